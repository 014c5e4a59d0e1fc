"""Rows of DuckDB in blocks: some thousand rows are in Python at a time, and none stay there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from trade_potential.linalg import FloatArray

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

BLOCK_ROWS = 32_768
"""Ten columns of so many rows lie in the second cache of a processor."""


def blocks(
    connection: duckdb.DuckDBPyConnection, query: str, block_rows: int = BLOCK_ROWS
) -> Iterator[pa.RecordBatch]:
    """Record batches of a query, in the order of its rows.

    Before the last one the connection can do nothing else. pandas is not imported: that takes as
    long as to read ten million rows.
    """
    yield from connection.execute(query).to_arrow_reader(block_rows)


def has_nulls(block: pa.RecordBatch) -> bool:
    """Whether a value is missing."""
    return any(column.null_count for column in block.columns)


def doubles(columns: Sequence[pa.Array]) -> list[FloatArray]:
    """Columns of numbers without nulls as (n,) arrays that share their memory."""
    return [np.asarray(np.from_dlpack(column), dtype=float) for column in columns]
