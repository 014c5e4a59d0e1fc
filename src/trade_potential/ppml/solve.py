"""The Poisson first-order conditions: damped Newton steps on pyfixest's demeaning.

pyfixest's own ``fepois`` is a reference of the tests and not the solver: it orders effects by a
Python set, so that with two of them the last digits depend on PYTHONHASHSEED; it stops when the
deviance stands still, with linear predictors of rows off by up to 1e-4 then; it returns without a
word when its iterations are used up; and importing it takes two seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trade_potential.linalg import FloatArray, IntArray, ScaledSystem
from trade_potential.ppml.demean import DEMEAN_TOLERANCE, NotDemeanedError, split
from trade_potential.precision import CONSTANT_TOLERANCE

STEP_TOLERANCE = 1e-10
"""Largest last change of the linear predictor of any row; what is left is of its square."""

MAX_STEPS = 200
"""Ten are usual. Separated data move by 1 in every step without end; outcomes of 1e-30 beside
outcomes of 1 do so until they are reached."""

HALVINGS = 10
"""A step is halved until the likelihood does not fall."""

SINGULAR = 1e12
"""Condition of the scaled information matrix from which on no digit of a coefficient is sure.

Regressors that are independent over all rows may be collinear on those that have weight."""

LEAST = 1e-250
"""A fitted value as a weight is at least this: a level of zeros would have no mean."""

LOOSEST, LOOSE = 1e-4, 1e-9
"""Demeaning tolerances of early steps; it follows the square of the last change."""

EXACT_FIT = 1e-12
"""A fit is exact when the residuals are at most this share of the outcome, or of its standard
deviation where that is less: a hundred times the rounding of exponentials and of demeaning."""

CLOSE = 1e-3
"""Last change below which demeaning is done in full: two or three steps from the end."""


@dataclass(frozen=True)
class Problem:
    """Scaled data.

    Attributes:
        outcome: (N,) with weighted mean one.
        regressors: (N, p) standardised.
        codes: (N, m) dense levels of the effects; m = 0: a constant.
        weights: (N,) with mean one.
    """

    outcome: FloatArray
    regressors: FloatArray
    codes: IntArray
    weights: FloatArray

    def loss(self, predictor: FloatArray) -> float:
        """Minus the log likelihood, without terms of the outcome alone: sum w (mu - y eta)."""
        value = self.weights @ (np.exp(predictor) - self.outcome * predictor)
        return float(value) if np.isfinite(value) else float("inf")


@dataclass(frozen=True)
class Solution:
    """Where the first-order conditions hold, or where the iterations ended.

    Attributes:
        slopes: (p,) of the standardised regressors.
        predictor: (N,) linear predictor with effects or constant, of the scaled outcome.
        fitted: (N,) its exponential.
        design: (N, p) regressors less their mu-weighted effects.
        last_step: Largest change of the linear predictor in the last step.
        iterations: Newton steps.
        failure: Why there is no solution, else empty.
    """

    slopes: FloatArray
    predictor: FloatArray
    fitted: FloatArray
    design: FloatArray
    last_step: float
    iterations: int
    failure: str

    def residual(self, problem: Problem) -> FloatArray:
        """(N,) scaled outcome less fitted; zeros where all of it is rounding."""
        residual = problem.outcome - self.fitted
        with np.errstate(divide="ignore", invalid="ignore"):
            squares = float(np.nansum(problem.weights * residual**2 / self.fitted))
        w, total = problem.weights, float(problem.weights @ self.fitted)
        spread = float(np.sqrt(w @ (problem.outcome - 1.0) ** 2 / w.sum()))
        share = max(EXACT_FIT * min(spread, 1.0), CONSTANT_TOLERANCE)
        is_exact = squares <= share**2 * total
        return np.zeros_like(residual) if is_exact else residual


def solve(problem: Problem) -> Solution:
    """Solve sum_i w_i (y_i - exp(eta_i)) (x_i, d_i) = 0 for eta = x'b + d'a.

    Newton's step is weighted least squares of the working residual r = y / mu - 1 on regressors and
    effects; the first starts from mu = (y + mean) / 2.
    Source: Correia, Guimaraes and Zylkin (2020), eq. 5 to 9.
    """
    y = problem.outcome
    predictor, slopes = np.zeros_like(y), np.zeros(problem.regressors.shape[1])
    design, size = problem.regressors, np.inf

    def ended(step: int, failure: str) -> Solution:
        return Solution(slopes, predictor, np.exp(predictor), design, size, step, failure)

    with np.errstate(all="ignore"):
        for step in range(1, MAX_STEPS + 1):
            fitted = (y + 1.0) / 2.0 if step == 1 else np.maximum(np.exp(predictor), LEAST)
            weight = problem.weights * fitted
            working = y / fitted - 1.0 + (np.log(fitted) if step == 1 else 0.0)
            loose = min(max(size**2 / 100.0, LOOSE), LOOSEST)
            try:
                # What is left of the regressors in the last step is a start for this one.
                part, rest = split(
                    np.column_stack([working, design]),
                    problem.codes,
                    weight,
                    tolerance=DEMEAN_TOLERANCE if size < CLOSE else loose,
                )
                design = rest[:, 1:]
                system = ScaledSystem.of(design.T @ (design * weight[:, None]))
            except (NotDemeanedError, np.linalg.LinAlgError) as error:
                return ended(step, str(error))
            change = system.inverse @ (design.T @ (weight * rest[:, 0]))
            moved = part[:, 0] + design @ change
            if not np.isfinite(moved).all():
                return ended(step, "a Newton step is not finite")
            if step == 1:
                predictor, slopes = moved, change
                continue
            is_close = size < CLOSE
            size = float(np.abs(moved).max())
            if is_close and size <= STEP_TOLERANCE:
                predictor, slopes = predictor + moved, slopes + change
                is_singular = not 0.0 < system.condition_number < SINGULAR
                return ended(step, "the information matrix is singular" if is_singular else "")
            share = _damping(problem, predictor, moved)
            predictor, slopes = predictor + share * moved, slopes + share * change
    return ended(
        MAX_STEPS,
        f"after {MAX_STEPS} Newton steps the linear predictor of a row still moves by {size:.1g}",
    )


def _damping(problem: Problem, predictor: FloatArray, moved: FloatArray) -> float:
    """Share of a step that does not lower the likelihood, beyond rounding."""
    before = problem.loss(predictor)
    bound = before + 1e-12 * abs(before)
    share = 1.0
    for _ in range(HALVINGS):
        if problem.loss(predictor + share * moved) <= bound:
            return share
        share /= 2.0
    # No descent at all: demeaning was too loose for the direction. The next step starts elsewhere.
    return 1.0 if np.isfinite(problem.loss(predictor + moved)) else share
