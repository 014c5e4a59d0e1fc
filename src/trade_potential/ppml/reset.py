"""Is the conditional mean well specified? The RESET test of a PPML fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import stats

from trade_potential.gravity.specification_tests import TestResult, named, not_available
from trade_potential.linalg import COLLINEARITY_TOLERANCE, FloatArray
from trade_potential.ppml.covariance import KINDS, Kind, covariances
from trade_potential.ppml.demean import DummyRanks, NotDemeanedError, demean
from trade_potential.ppml.levels import gram
from trade_potential.ppml.newton import solve_at_scale
from trade_potential.ppml.normal import Plan
from trade_potential.ppml.result import PpmlFit
from trade_potential.ppml.solve import solve

_RESET = named("reset", "the conditional mean is exp(x'b + effects)")


def reset(fit: PpmlFit) -> dict[Kind, TestResult]:
    """Add the square of the linear prediction and test its coefficient, chi2(1), by kind.

    The prediction includes the effects, which are regressors in the paper; another unit of the
    outcome adds a multiple of the prediction and a constant to the square, so nothing changes.
    Source: Ramsey (1969); Santos Silva and Tenreyro (2006), section 5.
    """

    def none(reason: str) -> dict[Kind, TestResult]:
        return {kind: not_available(_RESET, reason) for kind in KINDS if kind != "classical"}

    if not fit.is_estimated or fit.problem is None or fit.solution is None or fit.sample is None:
        return none(fit.reason)
    problem, eta = fit.problem, fit.solution.predictor
    if not fit.solution.residual(problem).any():
        return none("the regression fits exactly")
    square = (eta - eta.mean()) ** 2
    spread = float(square.std())
    if spread == 0.0:
        return none("the fitted values do not vary")
    square = (square - square.mean()) / spread
    plan = Plan.of(problem.codes) if fit.algorithm == "elimination" else None
    x: FloatArray = np.empty((problem.regressors.shape[1] + 1, len(square))).T
    x[:, :-1], x[:, -1] = problem.regressors, square
    try:
        if plan is None:
            within = demean(x, problem.codes, np.ones(len(x)))
        else:
            within = x
            plan.at(np.ones(len(x))).demean(within)
    except NotDemeanedError as error:
        return none(str(error))
    others, last = within[:, :-1], within[:, -1]
    products = gram(within, np.ones(len(within)))
    left = last - others @ np.linalg.lstsq(products[:-1, :-1], products[:-1, -1])[0]
    if float(left @ left) <= COLLINEARITY_TOLERANCE * float(square @ square):
        return none("the square of the prediction is a combination of regressors and effects")
    more = replace(problem, regressors=x)
    wider = solve(more) if plan is None else solve_at_scale(more, plan)
    if wider.failure:
        return none(f"with the square of the prediction: {wider.failure}")
    design = wider.design
    if problem.codes.shape[1] == 0:
        design = np.column_stack([design, np.ones(len(x))])
    found = covariances(
        design,
        wider.residual(more),
        problem.weights,
        wider.fitted,
        n_slopes=x.shape[1],
        ranks=DummyRanks(list(problem.codes.T)),
        entity=fit.sample.entity,
        time=fit.sample.time,
    )
    k = x.shape[1] - 1
    results = none("")
    for kind in results:
        variance = float(found[kind].matrix[k, k])
        if not variance > 0.0:
            results[kind] = not_available(_RESET, found[kind].reason or "no variance")
            continue
        value = float(wider.slopes[k]) ** 2 / variance
        results[kind] = replace(
            _RESET, statistic=value, df=1.0, p_value=float(stats.chi2.sf(value, 1))
        )
    return results
