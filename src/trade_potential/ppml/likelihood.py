"""Poisson deviance and likelihood of outcomes of any size.

Where the fit is close to an outcome of 1e9, y ln(y / mu) and y - mu agree in more digits than the
deviance leaves, and the terms of the log likelihood are 1e10 times what they add up to.
"""

from __future__ import annotations

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
    terms = y * log_ratio - (y - mu)
    with np.errstate(all="ignore"):
        r = (y - mu) / mu
        series = mu * r**2 * np.polynomial.polynomial.polyval(r, SERIES)
    return max(0.0, 2.0 * float(weights @ np.where(np.abs(r) < CLOSE, series, terms)))


def saturated(y: FloatArray) -> FloatArray:
    """(N,) log likelihood of each outcome if it is its own mean: y ln y - y - ln gamma(y + 1)."""
    large = np.maximum(y, LARGE)
    inverse = 1.0 / large
    rest = inverse * np.polynomial.polynomial.polyval(inverse**2, STIRLING)
    small = np.minimum(y, LARGE)
    plain = small * np.log(np.where(small > 0.0, small, 1.0)) - small - gammaln(small + 1.0)
    return np.asarray(
        np.where(y < LARGE, plain, -0.5 * (np.log(2.0 * np.pi) + np.log(large)) - rest)
    )
