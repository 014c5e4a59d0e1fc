"""The estimate without a pair, for pairs whose absence moves the slopes.

Newton's steps on the slopes with the effects at their optimum (``pair_balance``) and the scores of
all cells; the information is that of the fit without the pair, which a pair changes little.
"""

from __future__ import annotations

import numpy as np

from trade_potential.linalg import FloatArray, IntArray
from trade_potential.structural.estimate import StructuralFit
from trade_potential.structural.pair_balance import Year, balanced
from trade_potential.structural.pair_step import OneStep
from trade_potential.structural.world import BoolArray

AT_ONCE = 16
"""Pairs at a time, whose fits of a year stay in the cache of a processor."""

SETTLED = 1e-4
"""Largest change of a linear predictor by the last step of the slopes, itself included to first
order; what is left is a tenth of it or less."""

MAX_STEPS = 10
"""Two are usual."""


def refitted(
    fit: StructuralFit, dense: FloatArray, step: OneStep, pairs: IntArray
) -> tuple[FloatArray, BoolArray]:
    """(2, T, B) change of the linear predictor of B pairs, and (B,) whether its steps settled."""
    change = np.zeros((2, len(fit.world.years), len(pairs)))
    settled = np.zeros(len(pairs), dtype=bool)
    for k in range(0, len(pairs), AT_ONCE):
        part = slice(k, k + AT_ONCE)
        change[:, :, part], settled[part] = _refitted(fit, dense, step, pairs[part])
    return change, settled


def _refitted(
    fit: StructuralFit, dense: FloatArray, step: OneStep, pairs: IntArray
) -> tuple[FloatArray, BoolArray]:
    years = range(len(fit.world.years))
    held = [Year.of(fit, dense, step, t, pairs) for t in years]
    slopes = step.slopes[pairs].copy()
    found = np.zeros((2, len(years), len(pairs)))
    last = np.full(len(pairs), np.inf)
    active = np.arange(len(pairs))
    for _ in range(MAX_STEPS):
        score = np.zeros((len(active), slopes.shape[1]))
        unsettled = np.zeros(len(active))
        for t in years:
            own, of_year, change = _year(fit, held[t], t, slopes, active)
            found[:, t, active] = own
            score += of_year
            unsettled = np.maximum(unsettled, change)
        information = step.information[pairs[active]]
        more = np.asarray(np.linalg.solve(information, score[:, :, None]), dtype=float)[:, :, 0]
        slopes[active] += more
        followed = step.along(more, pairs[active])
        found[:, :, active] += followed
        last[active] = np.maximum(unsettled, np.abs(followed).max(axis=(0, 1)))
        active = active[~(last[active] <= SETTLED)]
        if not len(active):
            break
    return found, last <= SETTLED


def _year(
    fit: StructuralFit, year: Year, t: int, slopes: FloatArray, active: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Of one year: (2, B) change of the predictor, (B, p) score of the slopes, (B,) last change."""
    n = len(fit.world.economies)
    within = fit.within[:, t].reshape(len(fit.within), -1)
    own = year.select(active)
    at = np.arange(len(active))
    ratio = (slopes[active] @ within).reshape(-1, n, n)
    x = np.stack([ratio[at, own.one, own.other], ratio[at, own.other, own.one]])
    means = np.exp(ratio, out=ratio)
    means *= fit.fitted[t]
    means[at, own.one, own.other] = means[at, own.other, own.one] = 0.0

    def of(some: IntArray) -> FloatArray:
        return means if len(some) == len(means) else means[some]

    def over_importers(factors: FloatArray, some: IntArray) -> FloatArray:
        found: FloatArray = of(some) @ factors.T[:, :, None]
        return found[:, :, 0].T

    def over_exporters(factors: FloatArray, some: IntArray) -> FloatArray:
        found: FloatArray = factors.T[:, None, :] @ of(some)
        return found[:, 0].T

    exporters, importers, last = balanced(own, over_importers, over_exporters)
    means *= exporters.T[:, :, None]
    means *= importers.T[:, None, :]
    trade = fit.world.trade[t]
    score = (within @ trade.ravel())[None, :] - means.reshape(len(at), -1) @ within.T
    score -= (fit.within[:, t, own.one, own.other] * trade[own.one, own.other]).T
    score -= (fit.within[:, t, own.other, own.one] * trade[own.other, own.one]).T
    change = x + np.log(
        np.stack(
            [
                exporters[own.one, at] * importers[own.other, at],
                exporters[own.other, at] * importers[own.one, at],
            ]
        )
    )
    return change, score, last
