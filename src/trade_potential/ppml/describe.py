"""From the scaled solution to numbers in the units of the rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import lsqr
from scipy.special import gammaln, logsumexp

from trade_potential.gravity.estimate import CONSTANT
from trade_potential.linalg import FloatArray
from trade_potential.ppml.covariance import covariances
from trade_potential.ppml.demean import DummyRanks, dummies
from trade_potential.ppml.result import PpmlFit, counted
from trade_potential.ppml.sample import Sample
from trade_potential.ppml.solve import Problem, Solution

EFFECT_TOLERANCE = 1e-14
"""Of the least squares that splits the sum of the effects into its sets."""

EFFECT_STEPS = 100_000


def described(
    fit: PpmlFit,
    *,
    sample: Sample,
    problem: Problem,
    solution: Solution,
    ranks: DummyRanks,
    mean: FloatArray,
    spread: FloatArray,
    unit: float,
    size: float,
) -> PpmlFit:
    """Add the numbers to a fit that has converged.

    Args:
        fit: With status, reason and losses.
        sample: Rows and terms of the fit.
        problem: Scaled.
        solution: Of the problem.
        ranks: Of its effects.
        mean: (p,) of the regressors before standardising.
        spread: (p,) their standard deviations.
        unit: Weighted mean of the outcome.
        size: Mean weight.
    """
    p, m = problem.regressors.shape[1], problem.codes.shape[1]
    slopes = solution.slopes / spread
    constant = float("nan")
    design = solution.design
    back = np.diag(1.0 / spread)
    coefficients = slopes
    if m == 0:
        scaled = solution.predictor - problem.regressors @ solution.slopes
        constant = float(scaled.mean() - mean @ slopes + np.log(unit))
        design = np.column_stack([np.ones(len(sample)), problem.regressors])
        back = np.block([[np.ones((1, 1)), -(mean / spread)[None, :]], [np.zeros((p, 1)), back]])
        coefficients = np.concatenate([[constant], slopes])
    found = covariances(
        design,
        problem.outcome - solution.fitted,
        problem.weights,
        solution.fitted,
        n_slopes=p,
        ranks=ranks,
        entity=sample.entity,
        time=sample.time,
        correction=fit.correction,
    )
    # Scores and their products are in units of outcome * weight, the inverse of the bread too.
    scale = {"classical": unit * size}
    matrices = {
        kind: replace(part, matrix=back @ part.matrix @ back.T / scale.get(kind, 1.0))
        for kind, part in found.items()
    }
    y, w = sample.outcome, sample.weights
    predictor = solution.predictor + np.log(unit)
    fitted = np.exp(predictor)
    linear = sample.regressors @ slopes + (constant if m == 0 else 0.0)
    total = float(w @ y)
    grand = total / float(w.sum())
    logarithm = np.log(np.where(y > 0.0, y, 1.0))
    deviance = _deviance(w, y, logarithm - predictor, fitted)
    null_deviance = _deviance(w, y, logarithm - np.log(grand), grand)
    factorial = gammaln(y + 1.0)
    likelihood = float(w @ (y * predictor - fitted - factorial))
    null_likelihood = float(w @ (y * np.log(grand) - grand - factorial))
    del logarithm, factorial
    return replace(
        counted(fit, sample),
        terms=((CONSTANT, *sample.terms) if m == 0 else sample.terms),
        coefficients=coefficients,
        covariances=matrices,
        deviance=deviance,
        log_likelihood=likelihood,
        pseudo_r_squared=1.0 - likelihood / null_likelihood,
        deviance_r_squared=1.0 - deviance / null_deviance if null_deviance > 0.0 else float("nan"),
        r_squared=_squared_correlation(w, y / grand, fitted / grand),
        level=0.0 if m == 0 else float(np.log(total) - logsumexp(linear, b=w)),
        last_step=solution.last_step,
        iterations=solution.iterations,
        outcome=y,
        weights=w,
        fitted=fitted,
        linear_prediction=linear,
        effects_prediction=np.zeros_like(y) if m == 0 else predictor - linear,
        sample=sample,
        problem=problem,
        solution=solution,
    )


def _deviance(
    weights: FloatArray, y: FloatArray, log_ratio: FloatArray, mu: FloatArray | float
) -> float:
    """2 sum w (y ln(y / mu) - (y - mu)); the logarithm counts where y is positive."""
    return max(0.0, 2.0 * float(weights @ (y * log_ratio - (y - mu))))


def _squared_correlation(weights: FloatArray, one: FloatArray, other: FloatArray) -> float:
    a = one - np.average(one, weights=weights)
    b = other - np.average(other, weights=weights)
    spread = float(weights @ a**2) * float(weights @ b**2)
    return float(weights @ (a * b)) ** 2 / spread if spread > 0.0 else float("nan")


def effects_by_level(fit: PpmlFit) -> dict[tuple[str, ...], pd.DataFrame]:
    """Estimated effects of a fit, by set.

    With two or more sets only sums are identified. All but the first have mean zero over the rows,
    and the first carries the level; where more is free, as with exporter^year and importer^year,
    the split is the one of least squares of smallest norm. Sums over the sets are
    ``effects_prediction`` in any case.

    Returns:
        By the columns of the set: those columns (c0, c1, ... in this order), ``estimate`` in logs
        and ``n_obs``; levels without rows, such as singletons, are not there.
    """
    if not fit.is_estimated or fit.sample is None or not fit.effects:
        return {}
    codes = fit.sample.codes()
    blocks = [dummies(column) for column in codes.T]
    sizes = [block.shape[1] for block in blocks]
    counts = [np.bincount(column) for column in codes.T]
    centre = float(fit.effects_prediction.mean())
    if len(blocks) == 1:
        pieces = [np.bincount(codes[:, 0], fit.effects_prediction) / counts[0]]
    else:
        solution = lsqr(
            sparse.hstack(blocks, format="csr"),
            fit.effects_prediction - centre,
            atol=EFFECT_TOLERANCE,
            btol=EFFECT_TOLERANCE,
            iter_lim=EFFECT_STEPS,
        )[0]
        pieces = np.split(solution, np.cumsum(sizes)[:-1])
        pieces[0] = pieces[0] + centre
        for k in range(1, len(pieces)):
            shift = float(pieces[k] @ counts[k]) / len(codes)
            pieces[k] = pieces[k] - shift
            pieces[0] = pieces[0] + shift
    found = {}
    for effect, estimate, n in zip(fit.sample.effects, pieces, counts, strict=True):
        levels = [effect.levels[code] for code in np.unique(effect.codes).tolist()]
        frame = pd.DataFrame(levels, columns=[f"c{k}" for k in range(len(effect.columns))])
        found[effect.columns] = frame.assign(estimate=estimate, n_obs=n)
    return found
