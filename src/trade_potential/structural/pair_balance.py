"""Effects without a pair, the slopes given: rows and columns that add up again, for many pairs.

Effects of a year as factors u of exporters and v of importers of the fit M: u = exports / (M v) is
exact for given v, so that importers alone are sought. A step moves ln v by (I - T)^-1 ln(imports /
(v M'u)), where T is what a factor of one importer does to the sums of the others. T hardly changes,
for it holds shares alone: it is that of the fit, less the pair. Products with M are shared by all
pairs, or each has its own M.

Source: Deming and Stephan (1940) for the scaling.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trade_potential.linalg import FloatArray, IntArray
from trade_potential.structural.estimate import StructuralFit
from trade_potential.structural.pair_step import OneStep

SETTLED = 1e-4
"""Largest last change of the logarithm of a factor; what is left is a tenth of it or less."""

MAX_STEPS = 20
"""Two are usual."""

Product = Callable[[FloatArray, IntArray], FloatArray]
"""(n, B) of factors (n, B) of pairs (B,): sums of M over importers, or over exporters."""


@dataclass(frozen=True)
class Year:
    """What the steps of B pairs in a year share.

    Attributes:
        one, other: (B,) i and j.
        sends, takes: (n, B) exports and imports without the pair.
        weight: (n, B) imports by the fit without the pair.
        inverse: (n, n) of the normal equations of importers.
        reach: (2, n, B) what a score of a direction does to importers.
        gain: (2, 2, B) V of ``pair_step``.
        start: (n, B) factors of importers after one Newton step.
    """

    one: IntArray
    other: IntArray
    sends: FloatArray
    takes: FloatArray
    weight: FloatArray
    inverse: FloatArray
    reach: FloatArray
    gain: FloatArray
    start: FloatArray

    @classmethod
    def of(
        cls, fit: StructuralFit, dense: FloatArray, step: OneStep, t: int, pairs: IntArray
    ) -> Year:
        """Of some pairs in the t-th year; ``dense`` as in ``one_step``."""
        n = len(fit.world.economies)
        one, other = step.one[pairs], step.other[pairs]
        trade, fitted = fit.world.trade[t], fit.fitted[t]
        at = np.arange(len(pairs))

        def less(total: FloatArray, cells: FloatArray, *, of_exporters: bool) -> FloatArray:
            """(n, B) totals without both cells of each pair."""
            found = np.repeat(total[:, None], len(pairs), axis=1)
            first, second = (one, other) if of_exporters else (other, one)
            found[first, at] -= cells[one, other]
            found[second, at] -= cells[other, one]
            return found

        positive = (trade > 0.0).astype(float)
        goals: list[FloatArray] = []
        for axis in (1, 0):
            goal = less(trade.sum(axis=axis), trade, of_exporters=axis == 1)
            # differences of sums leave rounding where nothing is left
            goal[less(positive.sum(axis=axis), positive, of_exporters=axis == 1) == 0.0] = 0.0
            goals.append(goal)
        across, columns = dense[t, :n, n:], dense[t, n:, n:]
        reach = np.stack([across[one].T + columns[:, other], across[other].T + columns[:, one]])
        w = np.stack([fitted[one, other], fitted[other, one]])
        return cls(
            one,
            other,
            sends=goals[0],
            takes=goals[1],
            weight=less(fitted.sum(axis=0), fitted, of_exporters=False),
            inverse=columns,
            reach=reach,
            gain=w[:, None] * step.inverse[:, :, t, pairs],
            start=np.exp(np.einsum("dnb,db->nb", reach, step.push[:, t, pairs])),
        )

    def select(self, pairs: IntArray) -> Year:
        """Of some of the pairs."""
        return Year(
            self.one[pairs],
            self.other[pairs],
            self.sends[:, pairs],
            self.takes[:, pairs],
            self.weight[:, pairs],
            self.inverse,
            self.reach[:, :, pairs],
            self.gain[:, :, pairs],
            self.start[:, pairs],
        )

    def step(self, gap: FloatArray, pairs: IntArray) -> FloatArray:
        """(n, B) change of ln v for ln(imports / sums) of the pairs (B,) of these."""
        score = self.weight[:, pairs] * gap
        reach = self.reach[:, :, pairs]
        across = np.einsum("dnb,nb->db", reach, score)
        back = np.einsum("dcb,cb->db", self.gain[:, :, pairs], across)
        moved: FloatArray = self.inverse @ score
        moved += np.einsum("dnb,db->nb", reach, back)
        return moved


def balanced(
    year: Year, over_importers: Product, over_exporters: Product
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Factors (n, B) of exporters and importers, and (B,) the last change of a logarithm.

    A factor is 0 where nothing is left to add up to.
    """
    factors = year.start * (year.takes > 0.0)
    exporters = np.zeros_like(factors)
    last = np.full(factors.shape[1], np.inf)
    active = np.arange(factors.shape[1])

    def scaled(pairs: IntArray) -> FloatArray:
        total, goal = over_importers(factors[:, pairs], pairs), year.sends[:, pairs]
        return np.divide(goal, total, out=np.zeros_like(goal), where=goal > 0.0)

    exporters[:, active] = scaled(active)
    for _ in range(MAX_STEPS):
        sums = factors[:, active] * over_exporters(exporters[:, active], active)
        goal = year.takes[:, active]
        is_there = (goal > 0.0) & (sums > 0.0)
        gap = np.log(np.divide(goal, sums, out=np.ones_like(goal), where=is_there))
        moved = year.step(gap, active)
        factors[:, active] *= np.exp(moved)
        last[active] = np.abs(moved * is_there).max(axis=0)
        exporters[:, active] = scaled(active)
        active = active[~(last[active] <= SETTLED)]
        if not len(active):
            break
    return exporters, factors, last


def rebalanced(
    fit: StructuralFit, dense: FloatArray, step: OneStep, t: int, pairs: IntArray
) -> tuple[FloatArray, FloatArray]:
    """(2, B) change of the linear predictor of B pairs in the t-th year, and (B,) the last change.

    The slopes are those of one Newton step. On cells other than the pair's their change is taken
    out of the weighted sums by the effects to first order, as in the step.
    """
    year, fitted = Year.of(fit, dense, step, t, pairs), fit.fitted[t]
    one, other = year.one, year.other
    x = np.einsum("kdb,bk->db", step.within[:, :, t, pairs], step.slopes[pairs])
    own = np.exp(x) * np.stack([fitted[one, other], fitted[other, one]])

    def over_importers(factors: FloatArray, some: IntArray) -> FloatArray:
        found: FloatArray = fitted @ factors
        at = np.arange(len(some))
        found[one[some], at] -= own[0, some] * factors[other[some], at]
        found[other[some], at] -= own[1, some] * factors[one[some], at]
        return found

    def over_exporters(factors: FloatArray, some: IntArray) -> FloatArray:
        found: FloatArray = fitted.T @ factors
        at = np.arange(len(some))
        found[other[some], at] -= own[0, some] * factors[one[some], at]
        found[one[some], at] -= own[1, some] * factors[other[some], at]
        return found

    exporters, importers, last = balanced(year, over_importers, over_exporters)
    at = np.arange(len(pairs))
    moved = np.log(
        np.stack(
            [
                exporters[one, at] * importers[other, at],
                exporters[other, at] * importers[one, at],
            ]
        )
    )
    return x + moved, last
