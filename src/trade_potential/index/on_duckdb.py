"""Correlations and scores of any DuckDB relation by the SQL that the dbt models run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trade_potential.index.correlation import Correlation
from trade_potential.linalg import FloatArray
from trade_potential.macros import macros, quoted

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
    """Correlations of columns of a table, in two passes over the rows.

    Args:
        connection: Open connection; a temporary table named table_statistics is made.
        relation: Name of a table or view with finite values in columns v0, v1, ...
        variables: Names of the p columns in the same order.
    """
    slots = list(range(len(variables)))
    sql = macros()
    source = f"(select 1 as panel, * from {quoted(relation)})"
    connection.execute(
        "create or replace temporary table table_statistics as "
        + sql.slot_statistics(source, ["panel"], slots)
    )
    products = sql.centred_products(source, "table_statistics", ["panel"], slots)
    matrix = np.zeros((len(slots), len(slots)))
    found = connection.execute(
        f"with products as ({products}) " + sql.products_as_rows("products", ["row_count"], slots)
    ).fetchall()
    for _, i, j, value in found:
        matrix[i, j] = matrix[j, i] = value
    rows = int(found[0][0]) if found else 0
    # The mean of equal numbers may miss them by rounding: a constant is told by its range.
    columns = ", ".join(f"m{k}, lo{k} = hi{k}" for k in slots)
    statistics = connection.execute(f"select {columns} from table_statistics").fetchone() or ()
    mean, constant = np.array(statistics[::2]), np.array(statistics[1::2], dtype=bool)
    deviation = np.sqrt(np.diag(matrix))
    deviation[constant] = np.nan
    return ScaledTable(
        correlation=Correlation.of(variables, rows, matrix / np.outer(deviation, deviation)),
        mean=mean,
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
    slots = list(range(len(weights)))
    score = macros().slot_sum("?::double * (v{k} - ?::double) / ?::double", slots)
    numbers = np.column_stack([weights, scaled.mean, scaled.deviation]).ravel().tolist()
    keys = ", ".join(f"k{k}" for k in range(n_keys))
    connection.execute(
        f"create or replace temporary table table_scores as select {keys}, {score} as score "
        f"from {quoted(relation)}",
        numbers,
    )
    rows = connection.execute(
        f"select {keys}, score, (score - lowest) / nullif(highest - lowest, 0) from table_scores "
        "cross join (select min(score) as lowest, max(score) as highest from table_scores)"
    )
    while batch := rows.fetchmany(BATCH):
        yield from batch
