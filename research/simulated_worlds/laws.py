"""What simulated trade takes from observed trade: how ratios scatter, how lumpy a flow is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtr

from trade_potential.linalg import FloatArray
from trade_potential.structural.world import BoolArray

EDGES = 10.0 ** np.arange(3, 10)
"""US$ a year: bands of size."""

ABOVE_MEDIAN = 0.6745
"""Upper quartile of a normal law: zeros and tiny flows do not move that side."""

ENOUGH_YEARS, LARGEST_MEMORY = 5, 0.9

NEVER = 0.9999
"""Largest share of years without trade."""


@dataclass(frozen=True)
class Laws:
    """By band of size in US$ a year; between the bands linear in logarithms, constant beyond.

    Attributes:
        predicted: (B,) median prediction of a band.
        spread: (B,) deviation of ln K of such flows.
        level: (B,) geometric mean of flows of a band.
        no_trade: (B,) share of years without trade.
        deviation: (B,) of ln trade within a pair, over years with trade.
        memory: (B,) correlation of that with the year before.
        ties: Correlation of ln K of the two directions of a pair.
    """

    predicted: FloatArray
    spread: FloatArray
    level: FloatArray
    no_trade: FloatArray
    deviation: FloatArray
    memory: FloatArray
    ties: float

    @classmethod
    def of(cls, trade: FloatArray, fitted: FloatArray, used: BoolArray) -> Laws:
        """Of (T, n, n) trade; only flows with a cell in every year."""
        always = np.nonzero(used.all(axis=0))
        y, m = trade[:, *always], fitted[:, *always]
        k, size, flow = y.sum(axis=0) / m.sum(axis=0), m.mean(axis=0), y.mean(axis=0)
        spreads, noises = [], []
        band = np.digitize(size, EDGES)
        for b in np.unique(band):
            of = band == b
            middle, upper = np.quantile(k[of], (0.5, 0.75))
            if middle > 0.0:
                spreads.append((np.median(size[of]), np.log(upper / middle) / ABOVE_MEDIAN))
        band = np.digitize(flow, EDGES)
        for b in np.unique(band[flow > 0.0]):
            of = (band == b) & (flow > 0.0)
            noises.append((np.exp(np.log(flow[of]).mean()), *_years(y[:, of], m[:, of])))
        held = np.zeros(fitted.shape[1:])
        held[always] = k
        ahead = np.triu((held > 0.0) & (held.T > 0.0), 1)
        ties = np.corrcoef(np.log(held[ahead]), np.log(held.T[ahead]))[0, 1]
        return cls(*np.array(spreads).T, *np.array(noises).T, float(ties))

    def shocks(self, rng: np.random.Generator, predicted: FloatArray, scale: float) -> FloatArray:
        """(n, n) lognormal ratios with mean 1; ``scale`` times the observed deviation."""
        n = len(predicted)
        common = np.triu(rng.standard_normal((n, n)), 1)
        common += common.T
        own = rng.standard_normal((n, n))
        z = np.sqrt(self.ties) * common + np.sqrt(1.0 - self.ties) * own
        s = scale * self.spread_at(predicted)
        return np.exp(s * z - s**2 / 2.0)

    def spread_at(self, predicted: FloatArray) -> FloatArray:
        """Deviation of ln K of flows with such a prediction."""
        return _at(predicted, self.predicted, self.spread)

    def noisy(self, rng: np.random.Generator, mean: FloatArray) -> FloatArray:
        """(T, n, n) trade with that mean: zeros, and lognormal years that remember each other."""
        level = mean.mean(axis=0)
        deviation = _at(level, self.level, self.deviation)
        memory = _at(level, self.level, self.memory)
        share = expit(_at(level, self.level, logit(self.no_trade), beyond=True))
        share = np.minimum(share, NEVER)
        years, silent = (_remembering(rng, memory, len(mean)) for _ in range(2))
        found = mean / (1.0 - share) * np.exp(deviation * years - deviation**2 / 2.0)
        return np.where(ndtr(silent) > share, found, 0.0)


def _years(y: FloatArray, m: FloatArray) -> tuple[float, float, float]:
    """Share without trade, deviation of ln trade from the pair's mean, and its memory."""
    has = y > 0.0
    n = has.sum(axis=0)
    some = n >= ENOUGH_YEARS
    has, n = has[:, some], n[some]
    logs = np.where(has, np.log(np.where(has, y[:, some], 1.0) / m[:, some]), 0.0)
    error = np.where(has, logs - logs.sum(axis=0) / n, 0.0)
    squares = (error**2).sum(axis=0)
    lagged = (error[1:] * error[:-1]).sum(axis=0) / squares
    years = n.mean()
    # what taking the mean of few years away costs: as structural.dispersion
    memory = min(max((years * lagged.mean() + 1.0) / (years - 4.0), 0.0), LARGEST_MEMORY)
    return float((y == 0.0).mean()), float(np.sqrt(squares / (n - 1)).mean()), float(memory)


def _at(
    size: FloatArray, places: FloatArray, values: FloatArray, *, beyond: bool = False
) -> FloatArray:
    """Interpolated; below the first place constant, or with the first slope."""
    x, grid = np.log(np.maximum(size, 1e-300)), np.log(places)
    found: FloatArray = np.interp(x, grid, values)
    if beyond:
        slope = (values[1] - values[0]) / (grid[1] - grid[0])
        found = found + np.minimum(x - grid[0], 0.0) * slope
    return found


def _remembering(rng: np.random.Generator, memory: FloatArray, years: int) -> FloatArray:
    """(T, n, n) standard normal, each year correlated with the one before."""
    found = rng.standard_normal((years, *memory.shape))
    for t in range(1, years):
        found[t] = memory * found[t - 1] + np.sqrt(1.0 - memory**2) * found[t]
    return found
