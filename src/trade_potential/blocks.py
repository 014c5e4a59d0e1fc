"""Rows of DuckDB in blocks: some thousand rows are in Python at a time, and none stay there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from trade_potential.linalg import FloatArray

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

BLOCK_ROWS = 32_768
"""Ten columns of so many rows lie in the second cache of a processor."""


def blocks(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[pa.RecordBatch]:
    """Record batches of a query, in the order of its rows.

    Before the last one the connection can do nothing else. pandas is not imported: that takes as
    long as to read ten million rows.
    """
    yield from connection.execute(query).to_arrow_reader(BLOCK_ROWS)


def has_nulls(block: pa.RecordBatch) -> bool:
    """Whether a value is missing."""
    return any(column.null_count for column in block.columns)


def doubles(block: pa.RecordBatch, first: int = 0) -> list[FloatArray]:
    """The columns from one on as (n,) arrays that share its memory; they hold numbers, no nulls."""
    return [np.asarray(np.from_dlpack(column), dtype=float) for column in block.columns[first:]]
