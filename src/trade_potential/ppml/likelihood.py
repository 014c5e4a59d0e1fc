"""Poisson deviance and likelihood of outcomes of any size.

Where the fit is close to an outcome of 1e9, y ln(y / mu) and y - mu agree in more digits than the
deviance leaves, and the terms of the log likelihood are 1e10 times what they add up to.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import gammaln

from trade_potential.linalg import FloatArray

CLOSE = 0.1
"""Relative residual below which the deviance is a series, here of terms down to 1e-18."""

SERIES = tuple((-1.0) ** k / (k * (k - 1)) for k in range(2, 18))
"""Of (1 + r) ln(1 + r) - r, from r^2 on."""

STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188)
"""Of ln gamma(y + 1) - (y + 1/2) ln y + y - ln(2 pi) / 2 in 1/y, 1/y^3, ...: off by less than
2e-3 / y^11."""

ROWS = 100_000
"""Of a block."""

LARGE = 30.0
"""Outcome from which on Stirling's series has all digits: 2e-3 / 30^11 = 1e-19."""


def deviance(
    weights: FloatArray, y: FloatArray, log_ratio: FloatArray, mu: FloatArray | float
) -> float:
    """2 sum w (y ln(y / mu) - (y - mu)).

    Args:
        weights: (N,).
        y: (N,) outcomes.
        log_ratio: (N,) ln(y / mu); any number where y is 0.
        mu: Conditional means, positive.

    Source: Loader (2000), Fast and accurate computation of binomial probabilities, section 3.
    """
    total = 0.0
    means = np.broadcast_to(mu, y.shape)
    for rows in _blocks(y):
        part, m = y[rows], means[rows]
        difference = part - m
        terms = part * log_ratio[rows] - difference
        with np.errstate(all="ignore"):
            r = difference / m
            series = m * r**2 * np.polynomial.polynomial.polyval(r, SERIES)
        total += float(weights[rows] @ np.where(np.abs(r) < CLOSE, series, terms))
    return max(0.0, 2.0 * total)


def saturated(weights: FloatArray, y: FloatArray) -> float:
    """Log likelihood where each outcome is its own mean: sum w (y ln y - y - ln gamma(y + 1))."""
    total = 0.0
    for rows in _blocks(y):
        part = y[rows]
        small, large = np.minimum(part, LARGE), np.maximum(part, LARGE)
        plain = small * np.log(np.where(small > 0.0, small, 1.0)) - small - gammaln(small + 1.0)
        inverse = 1.0 / large
        rest = inverse * np.polynomial.polynomial.polyval(inverse**2, STIRLING)
        series = -0.5 * (np.log(2.0 * np.pi) + np.log(large)) - rest
        total += float(weights[rows] @ np.where(part < LARGE, plain, series))
    return total


def _blocks(y: FloatArray) -> Iterator[slice]:
    """Rows a block at a time: a sample at scale has no room for ten more columns."""
    return (slice(k, k + ROWS) for k in range(0, len(y), ROWS))
