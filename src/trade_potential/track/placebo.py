"""A world in which gaps never close and years are as noisy as they are: K must not predict there.

Trade of a pair is its mean prediction, times the lasting ratio of another pair of like size, times
the pair's own deviations from its lasting ratio, in an order drawn anew. Years are exchangeable
then: whatever is known at T-1, growth from T to T+h is as likely as its opposite, and its slope on
K of T-1 is 0. K of T holds the noise of T, which growth takes away again: that slope is regression
to the mean and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trade_potential.linalg import FloatArray, IntArray
from trade_potential.structural.estimate import fit_world
from trade_potential.structural.world import World
from trade_potential.track.flows import symmetric_rate
from trade_potential.track.overlapping import Dependence, Estimate, pairs_of, slope

BAND = 200
"""Pairs of like size among which lasting ratios are exchanged."""

ATTEMPTS = 2
"""Worlds drawn for one that has an estimate."""


@dataclass(frozen=True)
class Standing:
    """A world that stands still.

    Attributes:
        world: Of one year; its trade is replaced.
        exporter, importer: (P,) flows that have a prediction in every year.
        size: (P,) US$ a year predicted, in the mean.
        lasting: (P,) trade over prediction, all years together.
        noise: (T, P) trade of a year over what the lasting ratio says.
    """

    world: World
    exporter: IntArray
    importer: IntArray
    size: FloatArray
    lasting: FloatArray
    noise: FloatArray

    @classmethod
    def of(cls, worlds: list[World], fitted: list[FloatArray]) -> Standing:
        """From worlds of one year each, of the same economies, and the (n, n) fit of each."""
        m = np.stack(fitted)
        exporter, importer = np.nonzero((m > 0.0).all(axis=0))
        y = np.stack([world.trade[0] for world in worlds])[:, exporter, importer]
        m = m[:, exporter, importer]
        lasting = y.sum(axis=0) / m.sum(axis=0)
        noise = y / (m * np.where(lasting > 0.0, lasting, 1.0))
        return cls(worlds[-1], exporter, importer, m.mean(axis=0), lasting, noise)

    def drawn(self, generator: np.random.Generator, n_years: int) -> FloatArray:
        """(n_years, P) trade."""
        order = np.argsort(self.size)
        lasting = np.empty_like(self.lasting)
        for start in range(0, len(order), BAND):
            band = order[start : start + BAND]
            lasting[band] = self.lasting[generator.permutation(band)]
        ranks = generator.random(self.noise.shape).argsort(axis=0)[:n_years]
        found: FloatArray = self.size * lasting * np.take_along_axis(self.noise, ranks, axis=0)
        return found

    def predicted(self, trade: FloatArray) -> FloatArray | None:
        """(P,) prediction of one year's trade, estimated anew; None where there is none."""
        flows = np.zeros_like(self.world.trade)
        flows[0, self.exporter, self.importer] = trade
        used = np.zeros_like(self.world.is_used)
        used[0, self.exporter, self.importer] = True
        world = replace(
            self.world, trade=flows, is_used=used, regressors=self.world.regressors * used
        )
        fit = fit_world(world)
        if not fit.is_estimated:
            return None
        return np.asarray(fit.fitted[0, self.exporter, self.importer])


@dataclass(frozen=True)
class Placebo:
    """Slopes of growth on K in drawn worlds.

    Attributes:
        year_before, same_year: (D,) by K of T-1 and of T.
        errors: (D,) standard errors of the first.
        n, n_economies: Flows and economies of the last draw.
    """

    year_before: FloatArray
    same_year: FloatArray
    errors: FloatArray
    n: int
    n_economies: int

    def rejected(self) -> float:
        """Share of draws whose slope by K of T-1 is told from 0 at 5 %."""
        return float((np.abs(self.year_before) > 1.96 * self.errors).mean())


def placebo(standing: Standing, *, draws: int, floor: float, seed: int) -> Placebo | None:
    """Slopes in ``draws`` worlds, of flows whose predictions of both directions reach ``floor``.

    None where no drawn world has an estimate. Growth is that from the second year drawn to the
    third, K that of the first and the second.
    """
    generator = np.random.default_rng(seed)
    pair = pairs_of(standing.exporter, standing.importer)
    found: list[tuple[Estimate, Estimate, int]] = []
    for _ in range(ATTEMPTS * draws):
        if len(found) == draws:
            break
        before, start, end = standing.drawn(generator, 3)
        growth = symmetric_rate(start, end)
        first, second = standing.predicted(before), standing.predicted(start)
        if first is None or second is None:
            continue
        asked = (first > 0.0) & (second > 0.0) & (_both_ways(standing, first) >= floor)
        one = Dependence.of(
            np.zeros(int(asked.sum()), dtype=np.int64),
            standing.exporter[asked],
            standing.importer[asked],
            pair[asked],
            lags=0,
        )
        by = [
            slope(symmetric_rate(prediction, trade)[asked], growth[asked], one)
            for prediction, trade in ((first, before), (second, start))
        ]
        if by[0] is not None and by[1] is not None:
            found.append((by[0][0], by[1][0], int(asked.sum())))
    if not found:
        return None
    return Placebo(
        np.array([one.value for one, _, _ in found]),
        np.array([other.value for _, other, _ in found]),
        np.array([one.std_error for one, _, _ in found]),
        found[-1][2],
        found[-1][0].n_economies,
    )


def _both_ways(standing: Standing, predicted: FloatArray) -> FloatArray:
    n = len(standing.world.economies)
    held = np.zeros((n, n))
    held[standing.exporter, standing.importer] = predicted
    found: FloatArray = (held + held.T)[standing.exporter, standing.importer]
    return found
