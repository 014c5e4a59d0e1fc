"""World trade as one matrix of exporters and importers a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from trade_potential.errors import InputError, MemoryLimitError
from trade_potential.linalg import FloatArray, IntArray

LARGEST = 500_000_000
"""Numbers of all matrices of regressors together: four gigabytes."""

BoolArray = npt.NDArray[np.bool_]
Side = Literal["exporter", "importer"]
SIDES: tuple[Side, Side] = ("exporter", "importer")


@dataclass(frozen=True)
class World:
    """Cells of T years, n economies and p regressors; an axis each for exporter and importer.

    Attributes:
        economies: n names, sorted.
        years: T years, sorted.
        terms: p names.
        trade: (T, n, n) from exporter to importer, in any unit; 0 where a cell is not used.
        is_used: (T, n, n) whether a cell is an observation.
        regressors: (p, T, n, n); 0 where a cell is not used.
    """

    economies: tuple[str, ...]
    years: tuple[int, ...]
    terms: tuple[str, ...]
    trade: FloatArray
    is_used: BoolArray
    regressors: FloatArray

    @classmethod
    def of(
        cls,
        *,
        exporter: Codes,
        importer: Codes,
        year: IntArray,
        trade: FloatArray,
        regressors: Mapping[str, FloatArray],
    ) -> World:
        """The world of N cells in any order.

        Args:
            exporter: Of each cell.
            importer: Of each cell.
            year: (N,).
            trade: (N,) not negative, zeros included.
            regressors: (N,) each, by term.

        Raises:
            InputError: A cell is given twice or trades with itself; trade is negative; a number
                is missing or not finite. The message names the first such cell.
            MemoryLimitError: The matrices are too large.
        """
        economies = tuple(sorted({*exporter.used_names(), *importer.used_names()}))
        row, column = exporter.among(economies), importer.among(economies)
        years, t = np.unique(year, return_inverse=True)

        def refuse(wrong: BoolArray, said: str) -> None:
            if wrong.any():
                k = int(np.argmax(wrong))
                cell = f"{economies[row[k]]}-{economies[column[k]]} {year[k]}"
                raise InputError(f"{cell}: {said}")

        refuse(row == column, "exporter and importer are the same")
        refuse(~np.isfinite(trade), "trade is missing or not finite")
        refuse(trade < 0.0, "trade is negative")
        for term, values in regressors.items():
            refuse(~np.isfinite(values), f"{term} is missing or not finite")
        n, at = len(economies), (t, row, column)
        shape = (len(years), n, n)
        if (numbers := len(years) * n**2 * (len(regressors) + 1)) > LARGEST:
            raise MemoryLimitError(
                f"{n:,} economies, {len(years)} years and {len(regressors)} regressors are "
                f"{numbers:,} numbers, more than {LARGEST:,}"
            )
        flat = np.ravel_multi_index(at, shape) if len(t) else np.zeros(0, dtype=np.int64)
        counts = np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape)
        refuse(counts[at] > 1, "the cell is given more than once")
        held = np.zeros((len(regressors), *shape))
        for k, values in enumerate(regressors.values()):
            held[k][at] = values
        flows = np.zeros(shape)
        flows[at] = trade
        return cls(economies, tuple(years.tolist()), tuple(regressors), flows, counts > 0, held)

    def with_effects(self) -> World:
        """Without the cells of exporters and importers that trade nothing in a year.

        Their effect would be minus infinity, their fit 0: ``without_trade`` names them.
        """
        sends, takes = self.totals()
        kept = self.is_used & (sends > 0.0)[:, :, None] & (takes > 0.0)[:, None, :]
        if kept.sum() == self.is_used.sum():
            return self
        return replace(self, is_used=kept, regressors=self.regressors * kept)

    def without_trade(self) -> dict[Side, BoolArray]:
        """(T, n) by side: whether there are cells and none of them has trade."""
        lost = [
            self.has(side) & (total == 0.0)
            for side, total in zip(SIDES, self.totals(), strict=True)
        ]
        return dict(zip(SIDES, lost, strict=True))

    def totals(self) -> tuple[FloatArray, FloatArray]:
        """(T, n) exports of each economy, and its imports."""
        return self.trade.sum(axis=2), self.trade.sum(axis=1)

    def has(self, side: Side) -> BoolArray:
        """(T, n) whether an economy has a cell in a year."""
        return np.asarray(self.is_used.any(axis=2 if side == "exporter" else 1))

    @property
    def n_years_used(self) -> int:
        """Years that have a cell."""
        return int(self.is_used.any(axis=(1, 2)).sum())

    def select(self, terms: Sequence[str]) -> World:
        """With these regressors."""
        if tuple(terms) == self.terms:
            return self
        at = [self.terms.index(term) for term in terms]
        return replace(self, terms=tuple(terms), regressors=self.regressors[at])

    @property
    def pairs(self) -> tuple[IntArray, IntArray]:
        """(P,) economies i < j of the pairs that have a cell in a direction and a year."""
        some = self.is_used.any(axis=0)
        one, other = np.nonzero(np.triu(some | some.T, 1))
        return one, other


@dataclass(frozen=True)
class Codes:
    """A column of names: the names once, and for each row the position of its own."""

    names: Sequence[str]
    codes: IntArray

    @classmethod
    def of(cls, values: Sequence[str]) -> Codes:
        """From the names themselves."""
        names, codes = np.unique(np.asarray(values, dtype=str), return_inverse=True)
        return cls(names.tolist(), codes.astype(np.int64))

    def used_names(self) -> set[str]:
        """Names that a row has."""
        counts = np.bincount(self.codes, minlength=len(self.names))
        return {name for name, count in zip(self.names, counts, strict=True) if count}

    def among(self, names: Sequence[str]) -> IntArray:
        """(N,) positions in ``names``."""
        place = {name: k for k, name in enumerate(names)}
        found = np.array([place.get(name, -1) for name in self.names], dtype=np.int64)
        return found[self.codes] if len(found) else np.zeros(0, dtype=np.int64)
