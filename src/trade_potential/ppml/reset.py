"""Is the conditional mean well specified? The RESET test of a PPML fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trade_potential.inference.test_result import TestResult, named, not_available
from trade_potential.inference.wald import wald
from trade_potential.linalg import COLLINEARITY_TOLERANCE, FloatArray
from trade_potential.ppml.covariance import KINDS, Kind, covariances
from trade_potential.ppml.demean import DummyRanks, NotDemeanedError, demean
from trade_potential.ppml.levels import gram
from trade_potential.ppml.newton import solve_at_scale
from trade_potential.ppml.normal import Plan
from trade_potential.ppml.result import PpmlFit
from trade_potential.ppml.solve import solve

PPML_POWERS = (2,)
"""The square, as Santos Silva and Tenreyro."""

ROUNDING = 1e-12
"""Share of a prediction, or of a power of it, that the solution does not give."""


def reset(fit: PpmlFit, powers: tuple[int, ...] = PPML_POWERS) -> dict[Kind, TestResult]:
    """Add powers of the linear prediction and test their q coefficients, chi2(q), by kind.

    The prediction includes the effects, which are regressors in the paper; another unit of the
    outcome adds lower powers to a power, so that nothing changes where they run from 2 on.
    Source: Ramsey (1969); Santos Silva and Tenreyro (2006), section 5.
    """
    said = ", ".join(map(str, powers))
    null = (
        f"powers of the prediction ({said}) add nothing: the conditional mean is exp(x'b + effects)"
    )
    tests = {kind: replace(named("reset", null, kind), powers=powers) for kind in KINDS}

    def none(reason: str) -> dict[Kind, TestResult]:
        return {kind: not_available(test, reason) for kind, test in tests.items()}

    if not fit.is_estimated or fit.problem is None or fit.solution is None or fit.sample is None:
        return none(fit.reason)
    problem, eta = fit.problem, fit.solution.predictor
    if not fit.solution.residual(problem).any():
        return none("the regression fits exactly")
    centred, spread = eta - eta.mean(), float(eta.std())
    if spread <= ROUNDING * max(1.0, float(np.abs(eta).max())):
        return none("the fitted values do not vary")
    added = [_standardised((centred / spread) ** power) for power in powers]
    p, q = problem.regressors.shape[1], len(powers)
    plan = Plan.of(problem.codes) if fit.algorithm == "elimination" else None
    x: FloatArray = np.empty((p + q, len(eta))).T
    x[:, :p], x[:, p:] = problem.regressors, np.column_stack(added)
    try:
        if plan is None:
            within = demean(x, problem.codes, np.ones(len(x)))
        else:
            within = x
            plan.at(np.ones(len(x))).demean(within)
    except NotDemeanedError as error:
        return none(str(error))
    if not _is_new(gram(within, np.ones(len(within))), p, len(eta)):
        return none("a power of the prediction is a combination of regressors and effects")
    more = replace(problem, regressors=x)
    wider = solve(more) if plan is None else solve_at_scale(more, plan)
    if wider.failure:
        return none(f"with the powers of the prediction: {wider.failure}")
    design = wider.design
    if problem.codes.shape[1] == 0:
        design = np.column_stack([design, np.ones(len(x))])
    found = covariances(
        design,
        wider.residual(more),
        problem.weights,
        wider.fitted,
        n_slopes=p + q,
        ranks=DummyRanks(list(problem.codes.T)),
        entity=fit.sample.entity,
        time=fit.sample.time,
        correction=fit.correction,
    )
    # The classical covariance depends on the units of outcome and weights.
    unit = {"classical": float(fit.weights @ fit.outcome) / len(eta)}
    results: dict[Kind, TestResult] = {}
    for kind, test in tests.items():
        matrix = found[kind].matrix[p : p + q, p : p + q] / unit.get(kind, 1.0)
        if not (np.diag(matrix) > 0.0).all():
            results[kind] = not_available(test, found[kind].reason or "no variance")
            continue
        results[kind] = wald(test, wider.slopes[p:], matrix, np.inf)
    return results


def _standardised(values: FloatArray) -> FloatArray:
    """With mean 0 and standard deviation 1; zeros where nothing varies."""
    centred = values - values.mean()
    spread = float(centred.std())
    is_flat = spread <= ROUNDING * float(np.abs(values).max())
    return np.zeros_like(centred) if is_flat else np.asarray(centred / spread)


def _is_new(products: FloatArray, p: int, n_rows: int) -> bool:
    """Whether each power leaves something beside effects, regressors and those before it."""
    for k in range(p, len(products)):
        slopes = np.linalg.lstsq(products[:k, :k], products[:k, k])[0]
        left = float(products[k, k] - products[k, :k] @ slopes)
        if left <= COLLINEARITY_TOLERANCE * n_rows:
            return False
    return True
