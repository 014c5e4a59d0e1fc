"""Correlations and scores of any DuckDB relation, its rows read in blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trade_potential.blocks import CentredProducts, blocks, doubles
from trade_potential.index.correlation import Correlation
from trade_potential.linalg import FloatArray
from trade_potential.macros import quoted

if TYPE_CHECKING:
    import duckdb

BATCH = 10_000
"""Rows that Python holds at a time."""


@dataclass(frozen=True)
class ScaledTable:
    """Correlations of the columns of a table, with the (p,) means and standard deviations."""

    correlation: Correlation
    mean: FloatArray
    deviation: FloatArray


def table_correlation(
    connection: duckdb.DuckDBPyConnection, relation: str, *, variables: list[str]
) -> ScaledTable:
    """Correlations of columns of a table, in one pass over the rows and in their order.

    Args:
        connection: Open connection.
        relation: Name of a table or view with finite values in columns v0, v1, ...
        variables: Names of the p columns in the same order.
    """
    p = len(variables)
    sums = CentredProducts.of_none(p)
    first, is_flat = np.zeros(p), np.ones(p, dtype=bool)
    columns = ", ".join(f"cast(v{k} as double) as v{k}" for k in range(p))
    for block in blocks(connection, f"select {columns} from {quoted(relation)}"):
        values = np.array(doubles(block.columns))
        if sums.mass == 0.0:
            first = values[:, 0].copy()
        # The mean of equal numbers may miss them by rounding: a constant is told by its values.
        is_flat[is_flat] = (values[is_flat] == first[is_flat, None]).all(axis=1)
        sums.add(values)
    rows = round(sums.mass)
    deviation = np.sqrt(np.diag(sums.products))
    deviation[is_flat] = np.nan
    return ScaledTable(
        correlation=Correlation.of(variables, rows, sums.products / np.outer(deviation, deviation)),
        mean=sums.means,
        deviation=deviation / np.sqrt(max(rows - 1, 1)),
    )


def index_scores(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    scaled: ScaledTable,
    weights: FloatArray,
    *,
    n_keys: int,
) -> Iterator[tuple[Any, ...]]:
    """Keys k0, k1, ..., score and index (the score rescaled to 0-1) of each row, in their order.

    Nothing where the weights, (p,), are NaN.
    """
    if np.isnan(weights).any():
        return
    numbers = zip(weights, scaled.mean, scaled.deviation, strict=True)
    score = " + ".join(
        f"({float(weight)!r}::double) * (v{k} - ({float(mean)!r}::double)) / {float(sd)!r}::double"
        for k, (weight, mean, sd) in enumerate(numbers)
    )
    keys = ", ".join(f"k{k}" for k in range(n_keys))
    connection.execute(
        f"create or replace temporary table table_scores as select {keys}, {score} as score "
        f"from {quoted(relation)}"
    )
    rows = connection.execute(
        f"select {keys}, score, (score - lowest) / nullif(highest - lowest, 0) from table_scores "
        "cross join (select min(score) as lowest, max(score) as highest from table_scores)"
    )
    while batch := rows.fetchmany(BATCH):
        yield from batch
