"""Key columns as integers: sorted levels, their combinations, and the order of the rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from trade_potential.errors import InputError

Codes = npt.NDArray[np.int64]

DENSE = 4
"""Cells of a table of combinations, for each row, up to which it is quicker than a sort."""


class Encoded(NamedTuple):
    """One column.

    Attributes:
        codes: (N,) level of each row, -1 where it is missing.
        labels: (L,) values of the levels, sorted.
        array: The same as an array of the type of the column.
    """

    codes: Codes
    labels: tuple[Any, ...]
    array: npt.NDArray[Any]


def encode(name: str, column: pd.Series[Any] | npt.NDArray[Any]) -> Encoded:
    """Levels of a column: by type, then value, as texts and numbers have no common order.

    Raises:
        InputError: It holds lists or the like, which are no keys.
    """
    try:
        codes, found = pd.factorize(column, use_na_sentinel=True)
    except TypeError as error:
        raise InputError(f"{name} holds what is no key: {error}") from error
    typed = sorted((type(value).__name__, value, i) for i, value in enumerate(found))
    at = np.array([i for _, _, i in typed], dtype=np.int64)
    rank = np.full(len(found) + 1, -1, dtype=np.int64)  # the last for the code -1
    rank[at] = np.arange(len(found))
    values = tuple(value for _, value, _ in typed)
    return Encoded(rank[codes], values, pd.Index(found).to_numpy()[at])


def cross(columns: Sequence[Encoded]) -> tuple[tuple[tuple[Any, ...], ...], Codes]:
    """Combinations of the levels of columns that rows have, sorted, and that of each row."""
    combined = columns[0].codes
    levels: list[tuple[Any, ...]] = [(value,) for value in columns[0].labels]
    for codes, values, _ in columns[1:]:
        # Dense again after every column: the product of all numbers of levels might overflow.
        place, size = combined * len(values) + codes, len(levels) * len(values)
        if size <= DENSE * len(codes):
            is_used = np.zeros(size, dtype=bool)
            is_used[place] = True
            combined, crossed = (np.cumsum(is_used) - 1)[place], np.flatnonzero(is_used)
        else:
            combined, crossed = pd.factorize(place, sort=True)
        levels = [
            (*levels[code // len(values)], values[code % len(values)]) for code in crossed.tolist()
        ]
    return tuple(levels), combined.astype(np.int64, copy=False)


def order_by(first: Encoded, second: Encoded) -> Codes | None:
    """(N,) order by two columns without missing values; None where the rows are in it."""
    one, other, width = first.codes, second.codes, len(second.labels)
    step = np.diff(one)
    if bool(((step > 0) | ((step == 0) & (np.diff(other) >= 0))).all()):
        return None
    cells = len(first.labels) * width
    if cells <= DENSE * len(one):
        at = np.full(cells, -1, dtype=np.int64)
        at[one * width + other] = np.arange(len(one))
        at = at[at >= 0]
        if len(at) == len(one):  # else a key is there twice
            return at
    order: Codes = np.lexsort((other, one))
    return order
