"""How noisy a year of a flow is, by the size of the flow: of logarithms, for few years.

ln y of a year with trade is normal about the level of its pair, with a variance and a correlation
with the next year; a year may be without trade. All three go by the flow that a pair has. They are
those of groups of flows of like size, between the groups linear in the logarithm of the flow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trade_potential.inference.serial import (
    CORRELATIONS,
    at_correlation,
    correlation_matrices,
    correlation_of,
)
from trade_potential.linalg import FloatArray, IntArray
from trade_potential.structural.world import BoolArray

FEWEST, MOST_GROUPS = 50, 20
"""Flows of a group at least: a variance of fifty pairs is known to a tenth; and groups at most."""

FEW_YEARS = 3
"""Years with trade below which a pair says nothing of correlation."""

SAME_SIZE = 1e-9
"""Logarithms of flows that are apart by less, which is rounding, give no slope."""

LARGEST_VARIANCE, LARGEST_CORRELATION, LARGEST_ODDS = 9.0, 0.95, 99.0
"""Beyond the smallest and the largest flow lines go on, but not further than this."""


def groups_of(size: FloatArray) -> list[IntArray]:
    """Places of flows of like size: as many in each, in order of size."""
    order = np.argsort(size, kind="stable")
    return np.array_split(order, int(np.clip(len(size) // FEWEST, 1, MOST_GROUPS)))


@dataclass(frozen=True)
class YearLaw:
    """By group: (K,) for years with trade, (Z,) for whether there is trade.

    Attributes:
        level: (K,) mean logarithm of the flow in US$ a year.
        variance: (K,) of ln trade.
        rho: (K,) correlation with the next year.
        zero_level: (Z,) as ``level``.
        odds: (Z,) of a year without trade.
    """

    level: FloatArray
    variance: FloatArray
    rho: FloatArray
    zero_level: FloatArray
    odds: FloatArray

    def at(self, flow: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Variance, correlation and odds of flows in US$ a year."""
        x = np.log(np.maximum(flow, np.finfo(float).tiny))
        variance = np.exp(_line(x, self.level, np.log(self.variance)))
        odds = np.exp(_line(x, self.zero_level, np.log(self.odds)))
        return (
            np.minimum(variance, LARGEST_VARIANCE),
            np.clip(_line(x, self.level, self.rho), 0.0, LARGEST_CORRELATION),
            np.minimum(odds, LARGEST_ODDS),
        )


def _line(x: FloatArray, places: FloatArray, values: FloatArray) -> FloatArray:
    """Between the places linear, beyond them with the slope from the first to the last."""
    if places[-1] - places[0] < SAME_SIZE:
        return np.full_like(x, values.mean())
    slope = (values[-1] - values[0]) / (places[-1] - places[0])
    beyond = np.minimum(x - places[0], 0.0) + np.maximum(x - places[-1], 0.0)
    found: FloatArray = np.interp(x, places, values) + beyond * slope
    return found


def year_law(trade: FloatArray, predicted: FloatArray, used: BoolArray) -> YearLaw | None:
    """The law of the flows of a world; None where no pair has ``FEW_YEARS`` with trade.

    Args:
        trade: (T, P) US$, 0 where not used.
        predicted: The same.
        used: (T, P).
    """
    traded = used & (trade > 0.0)
    n, n_traded = used.sum(axis=0), traded.sum(axis=0)
    logs = np.log(np.where(traded, trade, 1.0) / np.where(traded, predicted, 1.0))
    error = np.where(traded, logs - logs.sum(axis=0) / np.maximum(n_traded, 1), 0.0)
    squares, products = (error**2).sum(axis=0), (error[1:] * error[:-1]).sum(axis=0)
    flow = np.log(np.where(n_traded > 0, trade.sum(axis=0), 1.0) / np.maximum(n, 1))
    some = np.flatnonzero(n_traded >= FEW_YEARS)
    if not len(some) or not squares[some].sum() > 0.0:
        return None
    rows = [
        (float(flow[own].mean()), *_law_of(squares[own], products[own], traded[:, own]))
        for own in (some[group] for group in groups_of(flow[some]))
    ]
    level, variance, rho = map(np.array, zip(*[row for row in rows if row[1] > 0.0], strict=True))
    any_trade = np.flatnonzero(n_traded > 0)
    zeros = [
        (float(flow[own].mean()), _odds(n[own].sum() - n_traded[own].sum(), n_traded[own].sum()))
        for own in (any_trade[group] for group in groups_of(flow[any_trade]))
    ]
    zero_level, odds = map(np.array, zip(*zeros, strict=True))
    return YearLaw(level, variance, rho, zero_level, odds)


def _odds(without: int, with_trade: int) -> float:
    """Of a year without trade; half a year is added to both."""
    return float((without + 0.5) / (with_trade + 0.5))


def _law_of(squares: FloatArray, products: FloatArray, traded: BoolArray) -> tuple[float, float]:
    """Variance and correlation of years about the mean of their pair."""
    of_products, of_squares = expected(traded)
    rho = correlation_of(float(products.sum() / squares.sum()), of_products / of_squares)
    return float(squares.sum() / at_correlation(of_squares, rho)), rho


def expected(traded: BoolArray) -> tuple[FloatArray, FloatArray]:
    """(R,) sums of products of neighbours and of squares about the means of pairs, variance 1.

    Args:
        traded: (T, P) years of the pairs; years apart by a gap are no neighbours.
    """
    held = traded.astype(float)
    n, beside = held.sum(axis=0), held[1:] * held[:-1]
    of_products, of_squares = np.zeros((2, len(CORRELATIONS)))
    years = np.arange(len(held), dtype=float)[None, :]
    for k, rho in enumerate(CORRELATIONS.tolist()):
        (matrix,) = correlation_matrices(years, rho)
        of_mean = matrix @ held / n  # covariance of each year with the mean
        of_means = (held * of_mean).sum(axis=0) / n
        of_squares[k] = (n * (1.0 - of_means)).sum()
        moved = rho + of_means - of_mean[1:] - of_mean[:-1]
        of_products[k] = (beside * moved).sum()
    return of_products, of_squares


def mean_variance(
    n: IntArray, variance: FloatArray, rho: FloatArray, odds: FloatArray
) -> FloatArray:
    """(P,) ln(1 + squared ratio of deviation to mean) of the mean of n years.

    Two years k apart have the covariance (1 + odds rho^k) exp(variance rho^k) - 1 over the squared
    mean: of lognormal years that remember, and of years without trade that come together.
    """
    found = np.zeros(len(n))
    for years in np.unique(n[n > 0]).tolist():
        own = n == years
        powers = rho[own, None] ** np.arange(years)
        apart = (1.0 + odds[own, None] * powers) * np.exp(variance[own, None] * powers) - 1.0
        often = np.array([years, *(2 * (years - k) for k in range(1, years))])
        found[own] = np.log1p(apart @ often / years**2)
    return found
