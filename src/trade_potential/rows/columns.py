"""Small tables as their columns: frames of dbt, or what DuckDB hands to numpy.

pandas is not imported: that takes longer than to read a million rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from trade_potential.linalg import FloatArray

if TYPE_CHECKING:
    import pandas as pd

    Table = pd.DataFrame | Mapping[str, Any]


def numbers(table: Table, name: str) -> FloatArray:
    """A column as (n,) floats; what has no value is NaN."""
    column = table[name]
    if isinstance(column, np.ma.MaskedArray):
        return np.asarray(np.ma.filled(column.astype(float), np.nan))
    if hasattr(column, "to_numpy"):
        return np.asarray(column.to_numpy(dtype=float, na_value=np.nan))
    return np.asarray(column, dtype=float)


def texts(table: Table, name: str) -> npt.NDArray[np.str_]:
    """A column as (n,) texts."""
    return np.asarray(table[name], dtype=str)


def parts_of(table: Table, key: str, columns: list[str]) -> dict[str, dict[str, FloatArray]]:
    """The numeric columns of the rows of each text of a column, in the order they come in."""
    keys, values = texts(table, key), {name: numbers(table, name) for name in columns}
    _, first = np.unique(keys, return_index=True)
    return {
        str(text): {name: column[keys == text] for name, column in values.items()}
        for text in keys[np.sort(first)]
    }
