"""The Poisson first-order conditions at scale: damped Newton steps without demeaned copies.

``solve`` demeans every regressor in every step. Here the regressors are demeaned twice, at the
start with the weights of the likelihood and at the end with those of the solution, for the
covariance; a step between solves the normal equations of regressors and effects together, for one
column. After a step, while it is large, each set of effects moves to its own optimum, which is in
closed form: levels far too high would come down by one in every Newton step.

Source: Correia, Guimaraes and Zylkin (2020), eq. 5 to 9; Guimaraes and Portugal (2010) for the
closed form of effects.
"""

from __future__ import annotations

import numpy as np

from trade_potential.linalg import FloatArray, ScaledSystem
from trade_potential.ppml.demean import NotDemeanedError
from trade_potential.ppml.levels import gram
from trade_potential.ppml.normal import Plan
from trade_potential.ppml.solve import (
    CLOSE,
    HALVINGS,
    LEAST,
    MAX_STEPS,
    SINGULAR,
    STEP_TOLERANCE,
    Problem,
    Solution,
)

SWEEPS = 3
"""Of the closed forms before the first Newton step."""

FAR = 0.1
"""Last change above which the closed forms follow a Newton step."""

INNER_FAR, INNER_CLOSE = 1e-2, 1e-5
"""Tolerances of conjugate gradients, as shares of a step: what they leave is the next step's."""


def solve_at_scale(problem: Problem, plan: Plan) -> Solution:
    """Solve what ``solve`` solves; the design overwrites ``problem.regressors``.

    It has converged when a step changes no linear predictor by more than ``STEP_TOLERANCE`` and
    when before it no sum of scores over a level was larger than that share of the fitted values.

    Args:
        problem: With regressors less effects, contiguous by column.
        plan: Of its codes.
    """
    y, w, design = problem.outcome, problem.weights, problem.regressors
    predictor, slopes = np.zeros_like(y), np.zeros(design.shape[1])
    size = np.inf

    def ended(step: int, failure: str) -> Solution:
        return Solution(slopes, predictor, np.exp(predictor), design, size, step, failure)

    with np.errstate(all="ignore"):
        _sweep(problem, plan, predictor, SWEEPS)
        for step in range(1, MAX_STEPS + 1):
            fitted = np.exp(predictor)
            np.maximum(fitted, LEAST, out=fitted)
            weight = w * fitted
            loss = float(weight.sum() - (w * y) @ predictor)
            scores = w * y - weight
            is_close = size < CLOSE
            try:
                normal = plan.at(weight)
                change, moved = normal.step(
                    design, scores, tolerance=INNER_CLOSE if is_close else INNER_FAR
                )
            except (NotDemeanedError, np.linalg.LinAlgError) as error:
                return ended(step, str(error))
            if not np.isfinite(moved).all():
                return ended(step, "a Newton step is not finite")
            unbalanced = max(
                float(np.abs(one.sums(scores) / one.sums(weight)).max()) for one in plan.every
            )
            size = max(float(np.abs(moved).max()), unbalanced)
            if is_close and size <= STEP_TOLERANCE:
                if normal.is_singular:
                    return ended(step, "the fitted values of a level vanish beside others")
                predictor += moved
                slopes = slopes + change
                break
            share = _damping(problem, predictor, moved, loss)
            moved *= share
            predictor += moved
            slopes = slopes + share * change
            if size > FAR:
                _sweep(problem, plan, predictor, 1)
        else:
            return ended(
                MAX_STEPS,
                f"after {MAX_STEPS} Newton steps the linear predictor of a row still moves by "
                f"{size:.1g}",
            )
        try:
            plan.at(weight).demean(design)
            condition = ScaledSystem.of(gram(design, weight)).condition_number
        except (NotDemeanedError, np.linalg.LinAlgError) as error:
            return ended(step, str(error))
    is_singular = not 0.0 < condition < SINGULAR
    return ended(step, "the information matrix is singular" if is_singular else "")


def _sweep(problem: Problem, plan: Plan, predictor: FloatArray, times: int) -> None:
    """Move each set of effects so that its levels add up to the outcome, in place."""
    outcome = problem.weights * problem.outcome
    goals = [one.sums(outcome) for one in plan.every]
    for _ in range(times):
        for one, goal in zip(plan.every, goals, strict=True):
            total = one.sums(problem.weights * np.exp(predictor))
            ratio = np.log(goal / total)
            ratio[~np.isfinite(ratio)] = 0.0
            predictor += one.spread(ratio)


def _damping(problem: Problem, predictor: FloatArray, moved: FloatArray, before: float) -> float:
    """Share of a step that does not lower the likelihood, beyond rounding."""
    bound = before + 1e-12 * abs(before)
    share, last = 1.0, np.inf
    for _ in range(HALVINGS):
        last = problem.loss(predictor + share * moved)
        if last <= bound:
            return share
        share /= 2.0
    # No descent at all: the direction was too loose. The next step starts elsewhere.
    return 1.0 if np.isfinite(problem.loss(predictor + moved)) else share
