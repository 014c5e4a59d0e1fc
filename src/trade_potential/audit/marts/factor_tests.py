"""Is there anything common in variables: tests from the triangle T of correlations R = T'T."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def adequacy(triangle: Floats) -> dict[str, Any]:
    """KMO and MSA: squared correlations over these plus squared partial correlations.

    A partial correlation given all other variables is an element of the inverse of the
    correlations, scaled to a unit diagonal (Kaiser and Rice 1974).
    """
    solved = np.linalg.inv(triangle)
    inverse = solved @ solved.T
    scale = np.sqrt(np.diag(inverse))
    partial = (inverse / scale / scale[:, None]) ** 2
    simple = (triangle.T @ triangle) ** 2
    for squares in (partial, simple):
        np.fill_diagonal(squares, 0.0)
    with np.errstate(invalid="ignore"):
        own = simple.sum(axis=1) / (simple.sum(axis=1) + partial.sum(axis=1))
        return {"kmo": float(simple.sum() / (simple.sum() + partial.sum())), "msa": own}


def sphericity(triangle: Floats, n: int) -> float:
    """Bartlett's (1950) statistic; the determinant of R = T'T is that of T, squared."""
    p = triangle.shape[1]
    log_determinant = 2.0 * np.log(np.abs(np.diag(triangle))).sum()
    return float(((2 * p + 5) / 6 - (n - 1)) * min(log_determinant, 0.0))


def chi2_tail(value: float, df: int) -> float:
    """P(X > value) of chi-squared with whole degrees of freedom, as a finite sum.

    Q(a + 1, x) = Q(a, x) + x^a exp(-x) / Gamma(a + 1) with a = df / 2, x = value / 2, from
    Q(1/2, x) = erfc(sqrt x) or Q(1, x) = exp(-x) (Abramowitz and Stegun 1972, 26.4.4 and 26.4.5).
    """
    if value <= 0.0:
        return 1.0
    x = value / 2.0
    a = 0.5 if df % 2 else 1.0
    tail = math.erfc(math.sqrt(x)) if df % 2 else math.exp(-x)
    while a < df / 2.0:
        tail += math.exp(a * math.log(x) - x - math.lgamma(a + 1.0))
        a += 1.0
    return tail
