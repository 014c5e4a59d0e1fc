"""What serial correlation of order one does to the years of a pair that is seen for few of them."""

from __future__ import annotations

import numpy as np

from trade_potential.linalg import FloatArray

CORRELATIONS = np.linspace(0.0, 0.95, 20)
"""Of a year with the next; between them linear. Negative ones count as none."""


def correlation_matrices(years: FloatArray, rho: float) -> FloatArray:
    """(G, T, T) correlation rho^|s - t| of the years of G pairs; 0 where one is NaN.

    Args:
        years: (G, T) of each pair, NaN behind the last.
        rho: Of a year with the next.

    Source: Baltagi and Wu (1999), Unequally spaced panel data regressions with AR(1) disturbances.
    """
    lags = np.abs(years[:, :, None] - years[:, None, :])
    known = np.isfinite(lags)
    lags = np.where(known, lags, 0.0)
    powers = np.where(lags == 0.0, 1.0, rho**lags)
    found: FloatArray = np.where(known, powers, 0.0)
    return found


def correlation_of(ratio: float, expected: FloatArray) -> float:
    """The correlation at which a ratio of lagged products to squares is what is expected.

    Residuals about a mean of few years look less correlated than they are, which is why the ratio
    itself is not taken.

    Args:
        ratio: Sum of products of neighbouring residuals over the sum of squares.
        expected: The same of expectations, at each of ``CORRELATIONS``.
    """
    rising = np.maximum.accumulate(expected)
    if not np.isfinite(ratio) or rising[-1] <= rising[0]:
        return 0.0
    return float(np.interp(ratio, rising, CORRELATIONS))


def at_correlation(values: FloatArray, rho: float) -> FloatArray:
    """Values (R, ...) at ``CORRELATIONS``, at rho."""
    k = min(int(np.searchsorted(CORRELATIONS, rho, side="right")) - 1, len(CORRELATIONS) - 2)
    share = (rho - CORRELATIONS[k]) / (CORRELATIONS[k + 1] - CORRELATIONS[k])
    found: FloatArray = (1.0 - share) * values[k] + share * values[k + 1]
    return found
