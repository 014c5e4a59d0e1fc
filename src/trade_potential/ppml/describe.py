"""From the scaled solution to numbers in the units of the rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import logsumexp

from trade_potential.inference import CONSTANT
from trade_potential.linalg import FloatArray
from trade_potential.ppml.covariance import covariances
from trade_potential.ppml.demean import DummyRanks
from trade_potential.ppml.likelihood import deviance, saturated
from trade_potential.ppml.result import PpmlFit, counted
from trade_potential.ppml.sample import Sample
from trade_potential.ppml.solve import Problem, Solution
from trade_potential.precision import CONSTANT_TOLERANCE


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
        solution.residual(problem),
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
    # Weights with mean one: sums of large ones would not be finite.
    y, w = sample.outcome, problem.weights
    predictor = solution.predictor + np.log(unit)
    fitted = np.exp(predictor)
    linear = predictor if m == 0 else sample.regressors @ slopes
    logarithm = np.log(np.where(y > 0.0, y, 1.0))
    share, mu = problem.outcome, solution.fitted
    of_fit = deviance(w, share, logarithm - predictor, mu)
    of_constant = deviance(w, share, logarithm - np.log(unit), 1.0)
    del logarithm
    with np.errstate(over="ignore", invalid="ignore"):  # of outcomes near 1e306 there is none
        most = saturated(w, y)
        likelihood = size * (most - unit * of_fit / 2.0)
        # The difference of two likelihoods is that of their deviances, which has more digits.
        gain = unit * (of_constant - of_fit) / 2.0
        pseudo_r_squared = gain / (unit * of_constant / 2.0 - most)
    return replace(
        counted(fit, sample),
        terms=((CONSTANT, *sample.terms) if m == 0 else sample.terms),
        coefficients=coefficients,
        covariances=matrices,
        deviance=of_fit * unit * size,
        log_likelihood=likelihood,
        pseudo_r_squared=pseudo_r_squared,
        deviance_r_squared=1.0 - of_fit / of_constant if of_constant > 0.0 else float("nan"),
        r_squared=_squared_correlation(w, share, mu),
        level=0.0 if m == 0 else float(np.log(unit * w.sum()) - logsumexp(linear, b=w)),
        last_step=solution.last_step,
        iterations=solution.iterations,
        outcome=y,
        weights=sample.weights,
        fitted=fitted,
        linear_prediction=linear,
        effects_prediction=np.zeros_like(y) if m == 0 else predictor - linear,
        sample=sample,
        problem=problem,
        solution=solution,
    )


def _squared_correlation(weights: FloatArray, one: FloatArray, other: FloatArray) -> float:
    a = one - np.average(one, weights=weights)
    b = other - np.average(other, weights=weights)
    squares = [float(weights @ part**2) for part in (a, b)]
    # Both have mean one: a fit of a constant alone does not vary but by rounding.
    if min(squares) <= CONSTANT_TOLERANCE**2 * float(weights.sum()):
        return float("nan")
    return float(weights @ (a * b)) ** 2 / (squares[0] * squares[1])
