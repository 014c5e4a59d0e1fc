"""Sums of products of scores, as SQL returns them in wide tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trade_potential.gravity.columns import numbers
from trade_potential.gravity.moments import MEAN_OF
from trade_potential.linalg import FloatArray

if TYPE_CHECKING:
    from trade_potential.gravity.columns import Table


@dataclass(frozen=True)
class Meats:
    """Sums of products of the scores of one fit, k scores with the constant first.

    Attributes:
        by_entity: (k, k) sum over entities of products of their scores.
        by_row: (k, k) sum over rows of products; None where it was not computed, and for between.
        by_time: (T, k) scores of each time in order; None likewise.
    """

    by_entity: FloatArray
    by_row: FloatArray | None = None
    by_time: FloatArray | None = None

    @classmethod
    def of(cls, by_entity: Table, by_time: Table | None, used: list[int]) -> Meats:
        """Read one row of products by entity and, in order of time, rows of ``time_scores``."""
        meat = read_products(by_entity, used)
        if by_time is None or len(by_time["m0"]) == 0:
            return cls(meat)
        sums = np.column_stack([numbers(by_time, f"m{k}") for k in used])
        return cls(meat, read_products(by_time, used), sums)


def design_slots(regressors: tuple[str, ...], terms: tuple[str, ...], n_slots: int) -> list[int]:
    """Columns of the scores of the constant and of ``terms``.

    A regressor stands at its position from 1, its entity mean ``n_slots`` further.
    """
    slot_of = {term: k for k, term in enumerate(regressors, start=1)}
    slot_of |= {MEAN_OF.format(term): n_slots + k for term, k in slot_of.items()}
    return [0, *(slot_of[term] for term in terms)]


def read_products(rows: Table, used: list[int]) -> FloatArray:
    """(k, k) symmetric matrix of the columns c_i_j, i <= j, of the slots used; rows are summed."""
    names = [[f"c_{min(i, j)}_{max(i, j)}" for j in used] for i in used]
    # NaN in a sum is NaN: what has no value stays without, and is not 0.
    sums = {name: numbers(rows, name).sum() for name in {name for row in names for name in row}}
    return np.array([[float(sums[name]) for name in row] for row in names])
