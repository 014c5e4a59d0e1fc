"""Gamma PML and log least squares of world trade with the effects of PPML.

With mu = exp(line) and line = x'b + exporter-year effect + importer-year effect, all three
estimators solve sum x s = 0 and sums of s of each exporter-year and importer-year of 0, with

    Gamma PML   s = y / mu - 1,  weight y / mu;    log least squares   s = ln y - line,  weight 1,

so that the Newton step is that of PPML with other scores and weights, on the same normal equations.
Log least squares takes cells with trade only.

Source: Santos Silva and Tenreyro (2006), section III.B; Head and Mayer (2014), section 5.1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trade_potential.linalg import FloatArray, ScaledSystem
from trade_potential.structural.estimate import StructuralFit
from trade_potential.structural.existence import Components
from trade_potential.structural.normal import Normal, less_effects
from trade_potential.structural.pair_step import one_step
from trade_potential.structural.regressors import standardised
from trade_potential.structural.solve import Newton, Problem
from trade_potential.structural.world import BoolArray, World

SETTLED = 1e-9
"""Largest change of a parameter in the last step; steps are quadratic."""

MAX_STEPS = 60
"""Fifteen are usual."""

SWEEPS = 10
"""Of scaling before the first step: each effect to its own optimum, which is in closed form."""

HALVINGS = 20
"""A step is halved until the likelihood does not fall."""

Parameters = tuple[FloatArray, FloatArray, FloatArray]
"""Slopes (p,), effects of exporters and of importers (T, n)."""


@dataclass(frozen=True)
class TwoWay:
    """An estimate.

    Attributes:
        world: The cells used.
        slopes: (p,) in the unit of the regressors.
        exporters, importers: (T, n) effects; NaN without one.
        weights, scores: (T, n, n); 0 where a cell is not used.
        within: (p, T, n, n) regressors less effects, weighted by the weights.
        bread: (p, p) inverse of the information of the slopes.
        base: (T, n) importers with effect 0.
    """

    world: World
    slopes: FloatArray
    exporters: FloatArray
    importers: FloatArray
    weights: FloatArray
    scores: FloatArray
    within: FloatArray
    bread: FloatArray
    base: BoolArray

    def without_pair(self) -> FloatArray:
        """(n, n) change of the line of the last year by one Newton step without each pair.

        Of log least squares the step is exact. 0 where a cell is not used; NaN where the other
        pairs do not determine the effects.
        """
        held = StructuralFit(
            "ok", "", replace(self.world, trade=self.weights + self.scores), 0, 0, 0, 0, 0,
            fitted=self.weights, within=self.within, bread=self.bread,
        )  # fmt: skip
        step = one_step(held, Normal.of(self.weights, self.base).dense())
        unknown = step.is_bridge[-1] | step.is_alone
        found = np.zeros(self.weights.shape[1:])
        for own, i, j in zip(
            step.change[:, -1], (step.one, step.other), (step.other, step.one), strict=True
        ):
            found[i, j] = np.where(unknown, np.nan, own)
        changed: FloatArray = np.where(self.world.is_used[-1], found, 0.0)
        return changed


def fit_two_way(given: World, estimator: str) -> TwoWay | None:
    """Estimate by ``gamma`` or ``log_ols``; None where there is no estimate."""
    positive = given.trade > 0.0
    if estimator == "log_ols":
        given = replace(given, is_used=positive, regressors=given.regressors * positive)
    world = given.with_effects()
    used, y = world.is_used, world.trade
    if not used.any():
        return None
    joined = Components.of(positive, world.totals()[1])
    standard, mean, spread = standardised(world)
    if (joined.n_apart > 1).any() or not standard.reshape(len(standard), -1).any(axis=1).all():
        return None
    logs = np.log(np.where(positive, y, 1.0))
    problem = Problem(y, positive, standard * positive, joined.base)
    try:
        found = _step(problem, positive.astype(float), logs)
        weights, scores = positive.astype(float), (logs - _line(problem, found)) * positive
        if estimator == "gamma":
            problem = replace(problem, is_used=used, regressors=standard)
            found = _gamma(problem, _scaled(problem, found))
            weights = _ratio(problem, found)
            scores = weights - used
        within = less_effects(standard, weights, joined.base) * used
        flat = within.reshape(len(within), -1)
        bread = ScaledSystem.of((flat * weights.ravel()) @ flat.T).inverse
    except np.linalg.LinAlgError:
        return None
    slopes = found[0] / spread
    return TwoWay(
        world=world,
        slopes=slopes,
        exporters=np.where(world.has("exporter"), found[1] - float(slopes @ mean), np.nan),
        importers=np.where(world.has("importer"), found[2], np.nan),
        weights=weights,
        scores=scores,
        within=within,
        bread=bread,
        base=joined.base,
    )


def _line(problem: Problem, at: Parameters) -> FloatArray:
    line: FloatArray = np.tensordot(at[0], problem.regressors, axes=1)
    return line + at[1][:, :, None] + at[2][:, None, :]


def _ratio(problem: Problem, at: Parameters) -> FloatArray:
    """(T, n, n) trade over prediction; 0 where a cell is not used."""
    ratio: FloatArray = problem.trade * np.exp(-_line(problem, at))
    return ratio * problem.is_used


def _step(problem: Problem, weights: FloatArray, scores: FloatArray) -> Parameters:
    rows, columns = scores.sum(axis=2), scores.sum(axis=1)
    gradient = problem.flat @ scores.ravel()
    weighted = problem.regressors * weights
    newton = Newton(weights, weighted, rows[:, :, None], columns[:, :, None], gradient, np.nan)
    return newton.step(problem)


def _scaled(problem: Problem, at: Parameters) -> Parameters:
    """Each effect at the mean ratio of its cells, given all others; the base stays at 0."""
    slopes, exporters, importers = at
    ratio, used = _ratio(problem, at), problem.is_used
    counts = used.sum(axis=2), used.sum(axis=1)
    for _ in range(SWEEPS):
        by = _logs(ratio.sum(axis=2), counts[0])
        ratio, exporters = ratio * np.exp(-by)[:, :, None], exporters + by
        by = _logs(ratio.sum(axis=1), counts[1])
        ratio, importers = ratio * np.exp(-by)[:, None, :], importers + by
    shift = importers[problem.base][:, None]
    exporters = exporters + shift * used.any(axis=2)
    return slopes, exporters, importers - shift * used.any(axis=1)


def _logs(sums: FloatArray, counts: FloatArray) -> FloatArray:
    """Logarithms of means; 0 without a cell."""
    found: FloatArray = np.log(np.where(counts > 0, sums / np.maximum(counts, 1), 1.0))
    return found


def _gamma(problem: Problem, at: Parameters) -> Parameters:
    """Newton steps to where the scores are 0.

    Raises:
        LinAlgError: They do not end there.
    """

    def loss(held: Parameters) -> float:
        with np.errstate(over="ignore"):
            return float((_line(problem, held) * problem.is_used + _ratio(problem, held)).sum())

    for _ in range(MAX_STEPS):
        weights = _ratio(problem, at)
        move = _step(problem, weights, weights - problem.is_used)
        size = max(float(np.abs(part).max()) for part in move)
        before, share = loss(at), 1.0
        for _ in range(HALVINGS):
            new = tuple(own + share * change for own, change in zip(at, move, strict=True))
            if loss(new) <= before + 1e-12 * abs(before):  # type: ignore[arg-type]
                break
            share /= 2.0
        at = new  # type: ignore[assignment]
        if size <= SETTLED:
            return at
    raise np.linalg.LinAlgError
