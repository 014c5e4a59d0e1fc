"""The Poisson first-order conditions of a world: full Newton steps, effects eliminated by year.

Iterative scaling makes the first fit add up; a step then moves slopes and all effects together.
After a large step scaling moves each effect to its own optimum, which is in closed form.

Source: Santos Silva and Tenreyro (2006), eq. 9; Correia, Guimaraes and Zylkin (2020), eq. 5 to 9.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trade_potential.linalg import FloatArray, ScaledSystem
from trade_potential.structural.normal import Normal, sums
from trade_potential.structural.world import BoolArray

SCORES = 1e-12
"""Largest score at the end, as a share: of an exporter's or importer's trade in a year, or of a
regressor's sum of absolute terms. Rounding of sums of 200 cells leaves 1e-14."""

STEP = 1e-8
"""Largest change of a parameter in the last step, so that what is left is rounding: steps are
quadratic."""

MAX_STEPS = 100
"""Ten are usual."""

SWEEPS = 5
"""Of scaling before the first step."""

FAR = 0.1
"""Largest change of a parameter above which scaling follows a step."""

CLOSE = 0.01
"""Largest change of a parameter below which a step is taken without a look at the likelihood."""

HALVINGS = 20
"""A step is halved until the likelihood does not fall."""

SINGULAR = 1e12
"""Condition of the scaled information matrix from which on no digit of a slope is sure: regressors
that are independent over all cells may be collinear on those that have weight."""


@dataclass(frozen=True)
class Problem:
    """Scaled data.

    Attributes:
        trade: (T, n, n) with a mean near one.
        is_used: (T, n, n).
        regressors: (p, T, n, n) standardised; 0 where a cell is not used.
        base: (T, n) importers whose effect is 0, one a year.
    """

    trade: FloatArray
    is_used: BoolArray
    regressors: FloatArray
    base: BoolArray

    @property
    def flat(self) -> FloatArray:
        """(p, T n n) regressors."""
        return self.regressors.reshape(len(self.regressors), -1)


@dataclass(frozen=True)
class Point:
    """Parameters, and the fit by them.

    Attributes:
        slopes: (p,).
        exporters, importers: (T, n) effects; 0 without a cell.
        fitted: (T, n, n) conditional mean; 0 where a cell is not used.
    """

    slopes: FloatArray
    exporters: FloatArray
    importers: FloatArray
    fitted: FloatArray

    @classmethod
    def of(
        cls, problem: Problem, slopes: FloatArray, exporters: FloatArray, importers: FloatArray
    ) -> Point:
        """With the fit of the parameters."""
        fitted = np.tensordot(slopes, problem.regressors, axes=1)
        fitted += exporters[:, :, None]
        fitted += importers[:, None, :]
        np.exp(fitted, out=fitted)
        fitted *= problem.is_used
        return cls(slopes, exporters, importers, fitted)

    def loss(self, problem: Problem) -> float:
        """Minus the log likelihood, without its constant."""
        y = problem.trade
        linear = float(self.slopes @ (problem.flat @ y.ravel()))
        linear += float((self.exporters * y.sum(axis=2)).sum())
        linear += float((self.importers * y.sum(axis=1)).sum())
        return float(self.fitted.sum()) - linear

    def scaled(self, problem: Problem, times: int) -> Point:
        """Importers, then exporters, moved to add up to trade; the base back to 0."""
        y = problem.trade
        sends, takes = y.sum(axis=2), y.sum(axis=1)
        exporters, importers, fitted = self.exporters, self.importers, self.fitted
        for _ in range(times):
            by = _ratio(takes, fitted.sum(axis=1))
            fitted = fitted * by[:, None, :]
            importers = importers + np.log(by)
            by = _ratio(sends, fitted.sum(axis=2))
            fitted = fitted * by[:, :, None]
            exporters = exporters + np.log(by)
        shift = importers[problem.base][:, None]
        exporters = exporters + shift * problem.is_used.any(axis=2)
        importers = importers - shift * problem.is_used.any(axis=1)
        return Point(self.slopes, exporters, importers, fitted)


@dataclass(frozen=True)
class Solution:
    """Where the steps ended.

    Attributes:
        at: The parameters.
        score: Largest relative score.
        iterations: Newton steps.
        failure: Why they did not end at the optimum; empty if they did.
    """

    at: Point
    score: float
    iterations: int
    failure: str = ""


def solve(problem: Problem) -> Solution:
    """Solve the conditions, or say why not."""
    with np.errstate(all="ignore"):
        return _solve(problem)


def _solve(problem: Problem) -> Solution:
    none = np.zeros(problem.base.shape)
    slopes = np.zeros(len(problem.regressors))
    at = Point.of(problem, slopes, none, none).scaled(problem, SWEEPS)
    size = np.inf
    for step in range(MAX_STEPS + 1):
        newton = Newton.of(problem, at.fitted)
        if newton.score <= SCORES and size <= STEP:
            return Solution(at, newton.score, step)
        try:
            move = newton.step(problem)
        except np.linalg.LinAlgError:
            said = "fitted values of too many orders of magnitude: a step is not determined"
            return Solution(at, newton.score, step, said)
        size = max(float(np.abs(part).max()) for part in move)
        before, share = at.loss(problem), 1.0
        for _ in range(HALVINGS):
            new = Point.of(
                problem,
                at.slopes + share * move[0],
                at.exporters + share * move[1],
                at.importers + share * move[2],
            )
            # close to the optimum the likelihood changes by less than its rounding
            if size < CLOSE or new.loss(problem) <= before + 1e-12 * abs(before):
                break
            share /= 2.0
        at = new.scaled(problem, 1) if size > FAR else new
    said = (
        f"after {MAX_STEPS} Newton steps a parameter still moves by {size:.1g}, and the largest "
        f"relative score is {newton.score:.1g}"
    )
    return Solution(at, newton.score, MAX_STEPS, said)


@dataclass(frozen=True)
class Newton:
    """The scores of a fit, and its weighted regressors.

    Attributes:
        fitted: (T, n, n).
        weighted: (p, T, n, n) regressors times fit.
        rows, columns: (T, n, 1) scores of the effects of exporters and importers.
        gradient: (p,) scores of the slopes.
        score: The largest as a share of what it is a difference of.
    """

    fitted: FloatArray
    weighted: FloatArray
    rows: FloatArray
    columns: FloatArray
    gradient: FloatArray
    score: float

    @classmethod
    def of(cls, problem: Problem, fitted: FloatArray) -> Newton:
        """The scores of a fit."""
        y = problem.trade
        residual = y - fitted
        rows, columns = residual.sum(axis=2), residual.sum(axis=1)
        gradient = problem.flat @ residual.ravel()
        score = max(
            _largest(rows, y.sum(axis=2)),
            _largest(columns, y.sum(axis=1)),
            _largest(gradient, np.abs(problem.flat) @ (y + fitted).ravel()),
        )
        weighted = problem.regressors * fitted
        return cls(fitted, weighted, rows[:, :, None], columns[:, :, None], gradient, score)

    def step(self, problem: Problem) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Change of slopes (p,), of exporters and of importers (T, n).

        Raises:
            LinAlgError: No digit of it is sure.
        """
        normal = Normal.of(self.fitted, problem.base)
        of_x = sums(self.weighted)
        through = normal.solve(*of_x)
        effects = normal.solve(self.rows, self.columns)
        information = self.weighted.reshape(len(self.weighted), -1) @ problem.flat.T
        information -= _products(of_x, through)
        system = ScaledSystem.of(information)
        if not 0.0 < system.condition_number < SINGULAR:
            raise np.linalg.LinAlgError
        slopes = system.inverse @ (self.gradient - _products(of_x, effects)[:, 0])
        exporters, importers = (
            own[:, :, 0] - x @ slopes for own, x in zip(effects, through, strict=True)
        )
        if not all(np.isfinite(part).all() for part in (slopes, exporters, importers)):
            raise np.linalg.LinAlgError
        return slopes, exporters, importers


def _products(
    one: tuple[FloatArray, FloatArray], other: tuple[FloatArray, FloatArray]
) -> FloatArray:
    """(k, m) sums over sides, years and economies of products of (T, n, k) and (T, n, m)."""
    axes = ((0, 1), (0, 1))
    found: FloatArray = np.tensordot(one[0], other[0], axes) + np.tensordot(one[1], other[1], axes)
    return found


def _largest(score: FloatArray, of: FloatArray) -> float:
    """Largest score as a share; where there is nothing, none."""
    share = np.divide(score, of, out=np.zeros_like(score), where=of > 0.0)
    return float(np.abs(share).max())


def _ratio(goal: FloatArray, total: FloatArray) -> FloatArray:
    """Goal over total; 1 where there is nothing."""
    return np.divide(goal, total, out=np.ones_like(goal), where=(total > 0.0) & (goal > 0.0))
