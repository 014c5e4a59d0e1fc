"""Cells of a world estimate, a dense matrix of exporters and importers a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from trade_potential.linalg import FloatArray, IntArray

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cells:
    """What an estimate rests on.

    Attributes:
        economies: (n,) codes, in alphabetical order.
        years: (T,) in order.
        terms: (p,) names of the regressors.
        trade: (T, n, n) of exporter and importer, US$; 0 where there is no cell.
        is_cell: (T, n, n) whether the year has this exporter and importer.
        x: (p, T, n, n) regressors; 0 where there is no cell.
    """

    economies: tuple[str, ...]
    years: tuple[int, ...]
    terms: tuple[str, ...]
    trade: FloatArray
    is_cell: BoolArray
    x: FloatArray

    def only(self, terms: Sequence[str]) -> Cells:
        """With these regressors alone."""
        at = [self.terms.index(term) for term in terms]
        return replace(self, terms=tuple(terms), x=self.x[at])

    def where(self, is_cell: BoolArray) -> Cells:
        """With cells at these places alone."""
        kept = self.is_cell & is_cell
        trade, x = (np.where(kept, values, 0.0) for values in (self.trade, self.x))
        return replace(self, is_cell=kept, trade=trade, x=x)

    def pairs(self) -> tuple[IntArray, IntArray]:
        """(P,) places i < j of the two economies of every pair with a cell."""
        directed = np.any(self.is_cell, axis=0)
        one, other = np.nonzero(np.triu(directed | directed.T, 1))
        return one, other

    def named(self, at: int) -> str:
        """A cell by its place in the flat arrays."""
        year, exporter, importer = np.unravel_index(at, self.trade.shape)
        codes = f"{self.economies[exporter]} to {self.economies[importer]}"
        return f"{codes}, {self.years[year]}"

    def named_side(self, at: int) -> str:
        """An economy and a year by their place in a flat (T, n) array."""
        year, economy = divmod(at, len(self.economies))
        return f"{self.economies[economy]}, {self.years[year]}"


def cells_of(
    economies: Sequence[str],
    years: Sequence[int],
    trade: FloatArray,
    regressors: dict[str, FloatArray],
) -> Cells:
    """Keep what can be estimated: pairs with every regressor, sides of a year that trade in them.

    Without trade the effect of an exporter or importer in a year is minus infinity. Its cells have
    none, so that no sum of another changes when they go.

    Args:
        economies: n codes.
        years: T.
        trade: (T, n, n) US$, 0 where none is listed.
        regressors: By term, (n, n) or (T, n, n); NaN where a figure is missing.
    """
    x = np.empty((len(regressors), *trade.shape))
    for place, values in enumerate(regressors.values()):
        x[place] = values
    is_cell = np.isfinite(x).all(axis=0) & ~np.eye(len(economies), dtype=bool)
    counted = np.where(is_cell, trade, 0.0)
    is_cell &= (counted.sum(axis=2) > 0.0)[:, :, None] & (counted.sum(axis=1) > 0.0)[:, None, :]
    return Cells(
        economies=tuple(economies),
        years=tuple(years),
        terms=tuple(regressors),
        trade=counted,
        is_cell=is_cell,
        x=np.where(is_cell, x, 0.0),
    )
