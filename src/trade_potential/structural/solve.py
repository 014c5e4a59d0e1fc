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

HALVINGS = 20
"""A step is halved until the likelihood does not fall."""

SINGULAR = 1e12
"""Condition of the scaled information matrix from which on no digit of a slope is sure."""


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


@dataclass(frozen=True)
class Solution:
    """Where the steps ended.

    Attributes:
        slopes: (p,).
        exporters, importers: (T, n) effects; 0 without a cell.
        fitted: (T, n, n) conditional mean; 0 where a cell is not used.
        score: Largest relative score.
        iterations: Newton steps.
        failure: Why they did not end at the optimum; empty if they did.
    """

    slopes: FloatArray
    exporters: FloatArray
    importers: FloatArray
    fitted: FloatArray
    score: float
    iterations: int
    failure: str = ""


def solve(problem: Problem) -> Solution:
    """Solve the conditions, or say why not."""
    with np.errstate(all="ignore"):
        return _solve(problem)


def fitted_values(
    problem: Problem, slopes: FloatArray, exporters: FloatArray, importers: FloatArray
) -> FloatArray:
    """(T, n, n) exp of the linear predictor; 0 where a cell is not used."""
    predictor = np.tensordot(slopes, problem.regressors, axes=1)
    predictor += exporters[:, :, None]
    predictor += importers[:, None, :]
    np.exp(predictor, out=predictor)
    predictor *= problem.is_used
    return predictor


def _solve(problem: Problem) -> Solution:
    y, x = problem.trade, problem.regressors
    p, size = len(x), np.inf
    sends, takes = y.sum(axis=2), y.sum(axis=1)
    flat = x.reshape(p, -1)
    slopes = np.zeros(p)
    exporters, importers = (np.zeros_like(sends) for _ in range(2))
    fitted = problem.is_used.astype(float)
    exporters, importers, fitted = _scaled(problem, exporters, importers, fitted, SWEEPS)
    score = np.inf
    for step in range(1, MAX_STEPS + 1):
        rows, columns = fitted.sum(axis=2), fitted.sum(axis=1)
        residual = y - fitted
        weighted = x * fitted
        x_rows, x_columns = sums(weighted)
        gradient = flat @ residual.ravel()
        size_of = np.abs(flat) @ (y + fitted).ravel()
        score = max(
            _largest(sends - rows, sends),
            _largest(takes - columns, takes),
            _largest(gradient, size_of),
        )
        if score <= SCORES and size <= STEP:
            return Solution(slopes, exporters, importers, fitted, score, step - 1)
        try:
            normal = Normal.of(fitted, problem.base)
            p_rows, p_columns = normal.solve(x_rows, x_columns)
            information = weighted.reshape(p, -1) @ flat.T - _product(
                x_rows, x_columns, p_rows, p_columns
            )
            e_rows, e_columns = normal.solve(
                (sends - rows)[:, :, None], (takes - columns)[:, :, None]
            )
            gradient -= _product(x_rows, x_columns, e_rows, e_columns)[:, 0]
            system = ScaledSystem.of(information)
        except np.linalg.LinAlgError as error:
            return Solution(slopes, exporters, importers, fitted, score, step, str(error))
        if not 0.0 < system.condition_number < SINGULAR:
            said = "the information matrix is singular"
            return Solution(slopes, exporters, importers, fitted, score, step, said)
        change = system.inverse @ gradient
        move = (
            e_rows[:, :, 0] - p_rows @ change,
            e_columns[:, :, 0] - p_columns @ change,
        )
        size = max(float(np.abs(part).max(initial=0.0)) for part in (change, *move))
        if not np.isfinite(size):
            said = "a Newton step is not finite"
            return Solution(slopes, exporters, importers, fitted, score, step, said)
        before, share = _loss(problem, fitted, slopes, exporters, importers), 1.0
        for _ in range(HALVINGS):
            tried = (
                slopes + share * change,
                *(at + share * by for at, by in zip((exporters, importers), move, strict=True)),
            )
            new = fitted_values(problem, *tried)
            if size < FAR**2 or _loss(problem, new, *tried) <= before + 1e-12 * abs(before):
                break
            share /= 2.0
        slopes, exporters, importers = tried
        fitted = new
        if size > FAR:
            exporters, importers, fitted = _scaled(problem, exporters, importers, fitted, 1)
    said = f"after {MAX_STEPS} Newton steps the largest relative score is {score:.1g}"
    return Solution(slopes, exporters, importers, fitted, score, MAX_STEPS, said)


def _product(
    rows: FloatArray, columns: FloatArray, of_rows: FloatArray, of_columns: FloatArray
) -> FloatArray:
    """(k, m) sums over years and economies of products of (T, n, k) and (T, n, m)."""
    found: FloatArray = np.tensordot(rows, of_rows, axes=((0, 1), (0, 1)))
    found += np.tensordot(columns, of_columns, axes=((0, 1), (0, 1)))
    return found


def _largest(score: FloatArray, of: FloatArray) -> float:
    """Largest score as a share; where there is nothing, none."""
    share = np.divide(score, of, out=np.zeros_like(score), where=of > 0.0)
    return float(np.abs(share).max(initial=0.0))


def _loss(
    problem: Problem,
    fitted: FloatArray,
    slopes: FloatArray,
    exporters: FloatArray,
    importers: FloatArray,
) -> float:
    """Minus the log likelihood without its constant."""
    y = problem.trade
    linear = float(slopes @ (problem.regressors.reshape(len(slopes), -1) @ y.ravel()))
    linear += float((exporters * y.sum(axis=2)).sum() + (importers * y.sum(axis=1)).sum())
    return float(fitted.sum()) - linear


def _scaled(
    problem: Problem,
    exporters: FloatArray,
    importers: FloatArray,
    fitted: FloatArray,
    times: int,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Move importers, then exporters, so that their sums are those of trade; the base back to 0."""
    y = problem.trade
    sends, takes = y.sum(axis=2), y.sum(axis=1)
    for _ in range(times):
        by = _ratio(takes, fitted.sum(axis=1))
        fitted = fitted * by[:, None, :]
        importers = importers + np.log(by)
        by = _ratio(sends, fitted.sum(axis=2))
        fitted = fitted * by[:, :, None]
        exporters = exporters + np.log(by)
    shift = importers[problem.base][:, None]
    has_rows, has_columns = problem.is_used.any(axis=2), problem.is_used.any(axis=1)
    return exporters + shift * has_rows, importers - shift * has_columns, fitted


def _ratio(goal: FloatArray, total: FloatArray) -> FloatArray:
    """Goal over total; 1 where there is nothing."""
    return np.divide(goal, total, out=np.ones_like(goal), where=(total > 0.0) & (goal > 0.0))
