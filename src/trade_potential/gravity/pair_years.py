"""How noisy a year of a pair is, beside effects of pairs: variance and serial correlation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from trade_potential.inference.serial import (
    CORRELATIONS,
    at_correlation,
    correlation_matrices,
    correlation_of,
)
from trade_potential.linalg import FloatArray, IntArray

PRIOR_YEARS = 8.0
"""Years of which the common variance tells as much as a pair's own years do: traders differ in how
noisy they are, and few years tell it badly. From ``research.calibration``."""

FEW_YEARS = 3
"""With fewer years with trade a pair says nothing of serial correlation."""

ABSORBED = 1e-8
"""Regressors with less than this share of the largest singular value do not vary within pairs."""


@dataclass(frozen=True)
class PairRows:
    """N rows of G pairs, sorted by pair and year.

    Attributes:
        pair: (N,) 0 to G - 1, every pair with a row.
        year: (N,).
    """

    pair: IntArray
    year: IntArray

    @cached_property
    def n(self) -> IntArray:
        """(G,) years."""
        found: IntArray = np.bincount(self.pair)
        return found

    @cached_property
    def place(self) -> IntArray:
        """(N,) of a row among those of its pair."""
        found: IntArray = np.arange(len(self.pair)) - (np.cumsum(self.n) - self.n)[self.pair]
        return found

    @cached_property
    def years(self) -> FloatArray:
        """(G, T) NaN behind the last year of a pair."""
        found = np.full((len(self.n), int(self.n.max())), np.nan)
        found[self.pair, self.place] = self.year
        return found

    def sums(self, values: FloatArray) -> FloatArray:
        """(G, ...) sums by pair of (N, ...) values."""
        found: FloatArray = np.add.reduceat(values, np.cumsum(self.n) - self.n, axis=0)
        return found

    def means(self, values: FloatArray) -> FloatArray:
        """(G, ...) means by pair."""
        n = self.n.reshape(-1, *[1] * (values.ndim - 1))
        found: FloatArray = self.sums(values) / n
        return found

    def padded(self, values: FloatArray) -> FloatArray:
        """(G, T, ...) values of each pair, 0 behind the last."""
        found = np.zeros((*self.years.shape, *values.shape[1:]))
        found[self.pair, self.place] = values
        return found

    def mean_factor(self, rho: float) -> FloatArray:
        """(G,) variance of the mean of a pair's years over that of a year."""
        found: FloatArray = correlation_matrices(self.years, rho).sum(axis=(1, 2)) / self.n**2
        return found


@dataclass(frozen=True)
class YearNoise:
    """The scatter of years about the level of their pair.

    Attributes:
        rho: Correlation of a year with the next.
        variance: Of a year, over all pairs.
        of_pairs: (G,) the same of each pair, drawn towards the common one.
    """

    rho: float
    variance: float
    of_pairs: FloatArray


def year_noise(rows: PairRows, outcome: FloatArray, regressors: FloatArray) -> YearNoise | None:
    """Of the residuals of least squares with effects of pairs; None where they leave none.

    With M the projection off the effects and slopes and R the correlation matrix of all rows, sums
    of squares are expected to be sigma^2 tr(M R), sums of products of neighbouring years
    sigma^2 tr(M R M L), L halves at neighbours. Both are taken at every correlation of the grid;
    the one that fits the ratio is rho, so that neither a short panel nor many slopes bias it.

    Args:
        rows: Of pairs.
        outcome: (N,) logarithms.
        regressors: (N, k) without constant.
    """
    x = regressors - rows.means(regressors)[rows.pair]
    y = outcome - rows.means(outcome)[rows.pair]
    left, spread, _ = np.linalg.svd(x, full_matrices=False)
    basis = left[:, spread > ABSORBED * max(float(spread.max(initial=0.0)), 1e-300)]
    if len(y) - len(rows.n) - basis.shape[1] < 1:
        return None
    residual = y - basis @ (basis.T @ y)
    e, q = rows.padded(residual), rows.padded(basis)
    has = np.isfinite(rows.years).astype(float)
    apart = np.abs(rows.years[:, :, None] - rows.years[:, None, :])
    beside = np.where(apart == 1.0, 0.5, 0.0)
    off_means = np.eye(has.shape[1]) * has[:, :, None]
    off_means -= has[:, :, None] * has[:, None, :] / rows.n[:, None, None]
    squares, products = (e**2).sum(axis=1), np.einsum("gt,gts,gs->", e, beside, e)
    if not squares.sum() > 0.0:
        return None
    of_squares, of_products = [], []
    for rho in CORRELATIONS:
        matrix = correlation_matrices(rows.years, float(rho))
        moved = off_means @ matrix
        by_slopes = off_means @ (matrix @ q)
        inner = np.einsum("gtk,gtl->kl", q, by_slopes)
        of_squares.append(
            np.einsum("gts,gst->g", moved, off_means)
            - 2.0 * np.einsum("gtk,gtk->g", q, by_slopes)
            + np.einsum("gtk,kl,gtl->g", q, inner, q)
        )
        neighbours = beside @ q
        of_products.append(
            ((moved @ off_means) * beside).sum()
            - 2.0 * np.einsum("gtk,gtk->", neighbours, by_slopes)
            + np.einsum("gtk,kl,gtl->", neighbours, inner, q)
        )
    expected = np.array(of_squares)
    rho = correlation_of(products / squares.sum(), np.array(of_products) / expected.sum(axis=1))
    freedom = at_correlation(expected, rho)
    variance = float(squares.sum() / freedom.sum())
    of_pairs = (PRIOR_YEARS * variance + squares) / (PRIOR_YEARS + freedom)
    return YearNoise(rho, variance, of_pairs)
