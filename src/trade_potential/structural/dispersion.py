"""How widely the lasting ratios of pairs scatter, and how noisy a year is, by size of flow.

Trade y of a pair in a year has mean m u given the pair's lasting ratio u, with m the prediction
without the pair. Two laws are wanted, each by bands of size:

- of a year about the pair's mean: variance phi m u, serial correlation rho. Both go by the flow
  that a pair really has, not by the one that is predicted: a pair with a hundredth of its
  prediction is as lumpy as any small flow, and the few with far more would set phi for all.
- of u over pairs of like prediction: gamma with mean 1 and variance alpha.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

from trade_potential.linalg import FloatArray, IntArray
from trade_potential.structural.world import BoolArray

EDGES_USD = tuple(10.0**k for k in range(3, 10))
"""Bands of size: US$ a year, below 1,000, by powers of ten, from a thousand million on."""

MIN_PAIRS = 50
"""A band with fewer pairs takes the law of all: a variance of fifty is known to a fifth."""

LARGEST_CORRELATION = 0.95
"""Of a year with the next: twenty years would count as half a year. Negative ones count as 0."""

ALPHA_RANGE = (1e-4, 100.0)
"""Where alpha is looked for: deviations of ratios from 1 per cent to ten times the mean."""

LOG_STEP = 1e-4
"""Of ln alpha at the end: a hundredth of its standard error with all pairs of the world."""

AT_END = 0.1
"""Within this of an end of ln ALPHA_RANGE the search has met no optimum."""

ROUNDING = 1e-12
"""Years that deviate from a pair's mean by less than this share of its trade do not deviate."""

Method = Literal[
    "own",  # from the pairs of the band
    "all_sizes",  # the band has fewer than MIN_PAIRS: from all pairs
    "at_bound",  # the largest likelihood is at an end of ALPHA_RANGE
    "not_available",  # no pair has two years that differ
]


@dataclass(frozen=True)
class Noise:
    """The law of a year about the mean of its pair, by band of the flow that a pair has.

    Attributes:
        n_pairs: (B,) pairs of the band with trade and more than one year.
        level_usd: (B,) geometric mean of their flows a year.
        phi: (B,) US$, variance of a year over its mean, at that level.
        rho: (B,) correlation of a year with the next.
        methods: B.
    """

    n_pairs: IntArray
    level_usd: FloatArray
    phi: FloatArray
    rho: FloatArray
    methods: tuple[Method, ...]

    def at(self, level: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Phi and rho of flows of ``level`` US$ a year, between bands linear in logarithms.

        Beyond the smallest and the largest level the ratio of deviation to mean stays.
        """
        known = np.array([method == "own" for method in self.methods])
        if not known.any():
            known = np.array([method == "all_sizes" for method in self.methods])
            known &= known.cumsum() == 1
        if not known.any():
            return np.full_like(level, np.nan), np.full_like(level, np.nan)
        place = np.log(self.level_usd[known])
        x = np.log(np.maximum(level, np.finfo(float).tiny))
        relative = np.interp(x, place, np.log(self.phi[known] / self.level_usd[known]))
        return np.exp(relative) * level, np.interp(x, place, self.rho[known])


def band_of(size: FloatArray) -> IntArray:
    """Band of a flow in US$ a year: 0 below the first edge."""
    return np.digitize(size, EDGES_USD)


def noise_of(trade: FloatArray, predicted: FloatArray, used: BoolArray) -> Noise:
    """Moments of the years of each pair about its own mean, pooled by band.

    With e_t = y_t - k m_t, k = sum y / sum m and n years, a pair's squared ratio of deviation to
    mean is c = sum e^2 / (n - 1) / (mean y)^2, of about n at most: so no pair rules a band. Phi is
    the mean c of a band times its level. Rho is the mean of r = sum e_t e_(t-1) / sum e^2 without
    what taking the mean away costs: (n r + 1) / (n - 4).

    Args:
        trade: (T, P) US$, 0 where not used.
        predicted: The same.
        used: (T, P).

    Source of the correction, of order 1 / n: Tjøstheim and Paulsen (1983), Bias of some
    commonly-used time series estimates, for Yule-Walker estimates of order one about a mean.
    """
    n = used.sum(axis=0)
    total, mean = trade.sum(axis=0), trade.sum(axis=0) / np.maximum(n, 1)
    error = (trade - _ratio(total, predicted.sum(axis=0)) * predicted) * used
    squares = (error**2).sum(axis=0)
    has = (n > 1) & (squares > (ROUNDING * total) ** 2)
    relative = _ratio(squares, np.maximum(n - 1, 1) * mean**2)
    lagged = _ratio((error[1:] * error[:-1]).sum(axis=0), squares)
    band = band_of(mean)
    rows = []
    for k in range(len(EDGES_USD) + 1):
        own = has & (band == k)
        enough = bool(own.sum() >= MIN_PAIRS)
        of = own if enough else has
        if not has.any():
            rows.append((0, np.nan, np.nan, np.nan, "not_available"))
            continue
        level = float(np.exp(np.log(mean[of]).mean()))
        rows.append(
            (
                int(own.sum()),
                level,
                float(relative[of].mean()) * level,
                _correlation(lagged[of], n[of]),
                "own" if enough else "all_sizes",
            )
        )
    counts, levels, phi, rho, methods = zip(*rows, strict=True)
    return Noise(np.array(counts), np.array(levels), np.array(phi), np.array(rho), methods)


def _correlation(lagged: FloatArray, n: IntArray) -> float:
    """Serial correlation of pairs with n years each; 0 where they have too few to tell."""
    years = float(n.mean())
    if years <= 4.0:
        return 0.0
    rho = (years * float(lagged.mean()) + 1.0) / (years - 4.0)
    return min(max(rho, 0.0), LARGEST_CORRELATION)


@dataclass(frozen=True)
class Spread:
    """The law of lasting ratios over pairs, by band of the predicted flow.

    Attributes:
        n_pairs: (B,) pairs of the band.
        alpha: (B,) variance of the ratio, whose mean is 1.
        methods: B.
    """

    n_pairs: IntArray
    alpha: FloatArray
    methods: tuple[Method, ...]


def spread_of(
    trade: FloatArray, predicted: FloatArray, unit: FloatArray, size: FloatArray
) -> Spread:
    """The alpha of largest likelihood in each band.

    Sums over years in units of phi (1 + rho) / (1 - rho) count as Poisson given u, hence as
    negative binomial: zeros need no place of their own. A plain variance of ratios would be that of
    a few pairs with a hundred times their prediction.

    Args:
        trade: (P,) sums over years in US$.
        predicted: The same.
        unit: (P,) the unit.
        size: (P,) US$ predicted a year.

    Source: Lawless (1987), Negative binomial and mixed Poisson regression, eq. 1.2.
    """
    known = unit > 0.0
    band = band_of(size)[known]
    trade, predicted, unit = trade[known], predicted[known], unit[known]
    every: tuple[float, Method] | None = None
    alphas, methods, counts = [], [], []
    for k in range(len(EDGES_USD) + 1):
        own = band == k
        counts.append(int(own.sum()))
        if counts[-1] >= MIN_PAIRS:
            alpha, method = _largest_likelihood(trade[own], predicted[own], unit[own])
        else:
            if every is None:
                every = _largest_likelihood(trade, predicted, unit)
            alpha, method = every[0], "all_sizes" if len(unit) else "not_available"
        alphas.append(alpha)
        methods.append(method)
    return Spread(np.array(counts), np.array(alphas), tuple(methods))


def _largest_likelihood(
    trade: FloatArray, predicted: FloatArray, unit: FloatArray
) -> tuple[float, Method]:
    if not len(unit):
        return float("nan"), "not_available"
    y, m = trade / unit, predicted / unit

    def loss(log_alpha: float) -> float:
        a = np.exp(-log_alpha)
        return -float((gammaln(a + y) - gammaln(a) + a * np.log(a) - (a + y) * np.log(a + m)).sum())

    low, high = np.log(ALPHA_RANGE)
    found = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": LOG_STEP})
    at_end = min(found.x - low, high - found.x) < AT_END
    return float(np.exp(found.x)), "at_bound" if at_end else "own"


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    """0 where there is nothing to divide by."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0.0)
