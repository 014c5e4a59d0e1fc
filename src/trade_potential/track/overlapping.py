"""Errors for flows that share economies and years that overlap.

Growth from T to T+h and from T+1 to T+1+h have h-1 years in common, and two flows of one economy
have that economy in common, on whatever side. Rows count as dependent where they share an economy,
at whatever dates; or where their cut-offs lie less than h years apart, with Bartlett weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from trade_potential.linalg import FloatArray, IntArray

MIN_ECONOMIES = 30
"""Clusters below which no standard error is given: the usual lower end of what cluster-robust
inference is trusted with (Cameron and Miller 2015, on few clusters)."""

COVARIANCE = "dyadic_hac"
"""Name of these errors in tables."""


@dataclass(frozen=True)
class Dependence:
    """Who depends on whom among N rows.

    Attributes:
        time: (N,) position of the cut-off.
        blocks: Codes (N,) of the economies of a row, a side each; a side on which all rows have the
            same economy is left out, since it joins all of them.
        pair: (N,) code of the unordered pair.
        lags: Cut-offs this far apart still overlap: h - 1.
    """

    time: IntArray
    blocks: tuple[IntArray, ...]
    pair: IntArray
    lags: int

    @classmethod
    def of(
        cls, time: IntArray, exporter: IntArray, importer: IntArray, pair: IntArray, lags: int
    ) -> Dependence:
        """From cut-offs, economies (coded alike on both sides) and pairs of N rows."""
        blocks = tuple(side for side in (exporter, importer) if len(side) and np.ptp(side))
        return cls(time, blocks, pair, lags)

    @property
    def n_economies(self) -> int:
        """Clusters."""
        held = np.concatenate(self.blocks) if self.blocks else self.time[:0]
        return int((np.bincount(held) > 0).sum())

    def variance(self, scores: FloatArray) -> float:
        """Variance of the sum of (N,) scores, G/(G-1) with G economies; NaN with fewer than two.

        The largest of the sums of products over rows that share a pair; an economy; an economy, or
        nearby cut-offs: sums of all products are imprecise with few economies or cut-offs and may
        even be negative, and an error that they make smaller is not believed.

        Source: Aronow, Samii and Assenova (2015) for economies; Driscoll and Kraay (1998)
        for years; joined by inclusion and exclusion as in Thompson (2011).
        """
        g = self.n_economies
        if g < 2:
            return float("nan")
        economies = self._among_economies(scores, overlapping=False)
        both = economies + self._over_time(np.zeros_like(self.pair), scores)
        both -= self._among_economies(scores, overlapping=True)
        return max(_squares(self.pair, scores), economies, both) * g / (g - 1)

    def _among_economies(self, scores: FloatArray, *, overlapping: bool) -> float:
        """Sum of products over rows that share an economy; of overlapping cut-offs alone."""
        rows = np.concatenate([scores] * len(self.blocks))
        economy = np.concatenate(self.blocks)
        time = np.concatenate([self.time] * len(self.blocks))
        twice = len(self.blocks) - 1  # rows of a pair share both economies
        if overlapping:
            total = _weighted(economy, time, rows, self.lags)
            return total - twice * self._over_time(self.pair, scores)
        return _squares(economy, rows) - twice * _squares(self.pair, scores)

    def _over_time(self, group: IntArray, scores: FloatArray) -> float:
        return _weighted(group, self.time, scores, self.lags)


def _squares(group: IntArray, scores: FloatArray) -> float:
    return float((np.bincount(group, scores) ** 2).sum())


def _weighted(group: IntArray, time: IntArray, scores: FloatArray, lags: int) -> float:
    """Sum over groups of products of sums by time, Bartlett weights 1 - lag / (lags + 1)."""
    shape = (int(group.max()) + 1, int(time.max()) + 1)
    sums = np.bincount(group * shape[1] + time, scores, minlength=shape[0] * shape[1])
    by = sums.reshape(shape)
    total = float((by**2).sum())
    for lag in range(1, min(lags, shape[1] - 1) + 1):
        weight = 1.0 - lag / (lags + 1)
        total += 2.0 * weight * float((by[:, lag:] * by[:, :-lag]).sum())
    return total


@dataclass(frozen=True)
class Estimate:
    """A number with its error; the error is NaN below ``MIN_ECONOMIES``.

    Attributes:
        value: The number.
        std_error: Of it.
        ci_low, ci_high: 95 % interval by Student's t with n_economies - 1 degrees of freedom.
        p_value: Of the hypothesis that it is 0.
        n_economies: Clusters.
    """

    value: float
    std_error: float
    ci_low: float
    ci_high: float
    p_value: float
    n_economies: int

    @classmethod
    def of(cls, value: float, scores: FloatArray, dependence: Dependence) -> Estimate:
        """From a number and (N,) scores whose sum has its variance."""
        g = dependence.n_economies
        error = float("nan")
        if g >= MIN_ECONOMIES:
            error = float(np.sqrt(max(dependence.variance(scores), 0.0)))
        width = float(stats.t.ppf(0.975, max(g - 1, 1))) * error
        chance = 2.0 * float(stats.t.sf(abs(value) / error, g - 1)) if error > 0.0 else float("nan")
        return cls(value, error, value - width, value + width, chance, g)


def slope(
    x: FloatArray, growth: FloatArray, dependence: Dependence
) -> tuple[Estimate, float] | None:
    """Slope of growth on x within cut-offs, and the share of variance that it explains.

    None where x does not vary within a cut-off.

    Args:
        x: (N,).
        growth: (N,).
        dependence: Of the rows.
    """
    x, growth = within(x, dependence.time), within(growth, dependence.time)
    squares = float(x @ x)
    if squares <= np.finfo(float).eps * len(x):
        return None
    value = float(x @ growth) / squares
    scores = x * (growth - value * x) / squares
    total = float(growth @ growth)
    explained = value**2 * squares / total if total > 0.0 else float("nan")
    return Estimate.of(value, scores, dependence), explained


def mean(values: FloatArray, dependence: Dependence) -> Estimate:
    """The mean of (N,) values, such as differences of losses.

    Source: Diebold and Mariano (1995); for panels Timmermann and Zhu (2019).
    """
    value = float(values.mean())
    return Estimate.of(value, (values - value) / len(values), dependence)


def within(values: FloatArray, time: IntArray) -> FloatArray:
    """(N,) less the mean of their cut-off."""
    counts = np.maximum(np.bincount(time), 1)
    found: FloatArray = values - (np.bincount(time, values) / counts)[time]
    return found


def pairs_of(exporter: IntArray, importer: IntArray) -> IntArray:
    """(P,) codes of unordered pairs, from 0 without gaps."""
    low, high = np.minimum(exporter, importer), np.maximum(exporter, importer)
    codes = low * (int(high.max(initial=0)) + 1) + high
    return np.asarray(np.unique(codes, return_inverse=True)[1], dtype=np.int64)
