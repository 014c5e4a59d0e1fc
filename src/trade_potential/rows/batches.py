"""Rows of DuckDB in blocks: some thousand rows are in Python at a time, and none stay there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trade_potential.linalg import FloatArray

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

BATCH_ROWS = 32_768
"""Ten columns of so many rows lie in the second cache of a processor."""


def batches(
    connection: duckdb.DuckDBPyConnection, query: str, block_rows: int | None = None
) -> Iterator[pa.RecordBatch]:
    """Record batches of a query, in the order of its rows.

    Before the last one the connection can do nothing else. pandas is not imported: that takes as
    long as to read ten million rows.
    """
    yield from connection.execute(query).to_arrow_reader(block_rows or BATCH_ROWS)


def has_nulls(block: pa.RecordBatch) -> bool:
    """Whether a value is missing."""
    return any(column.null_count for column in block.columns)


def doubles(columns: Sequence[pa.Array]) -> list[FloatArray]:
    """Columns of numbers without nulls as (n,) arrays that share their memory."""
    return [np.asarray(np.from_dlpack(column), dtype=float) for column in columns]


@dataclass
class CentredProducts:
    """Products of p columns around their means, added up block by block.

    They are taken around the means of a block, and blocks merged: the digits of two passes.

    Attributes:
        mass: Sum of the weights, the number of rows without weights.
        means: (p,) weighted means.
        products: (p, p) weighted sums of products around them.

    Source: Chan, Golub and LeVeque (1983), Algorithms for Computing the Sample Variance: Analysis
    and Recommendations, The American Statistician 37(3), 242-247, equation 1.5.
    """

    mass: float
    means: FloatArray
    products: FloatArray

    @classmethod
    def of_none(cls, p: int) -> CentredProducts:
        """Before the first row."""
        return cls(0.0, np.zeros(p), np.zeros((p, p)))

    def add(self, values: FloatArray, weights: FloatArray | None = None) -> None:
        """Add the rows of a block, (p, n), with their (n,) weights; ``values`` are overwritten."""
        mass = float(values.shape[1] if weights is None else weights.sum())
        means = values.mean(axis=1) if weights is None else values @ weights / mass
        values -= means[:, None]
        apart, total = means - self.means, self.mass + mass
        within = values @ values.T if weights is None else (values * weights) @ values.T
        self.products += within + np.outer(apart, apart) * (self.mass * mass / total)
        self.means += apart * (mass / total)
        self.mass = total
