"""Correlations and scores of any DuckDB relation, its rows read in blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trade_potential.index.correlation import Correlation
from trade_potential.linalg import FloatArray
from trade_potential.precision import few_digits, is_constant, refuse_squares
from trade_potential.rows.batches import CentredProducts, batches, doubles
from trade_potential.sql.render import double_literal as literal
from trade_potential.sql.render import quoted

if TYPE_CHECKING:
    import duckdb

BATCH = 10_000
"""Rows that Python holds at a time."""


@dataclass(frozen=True)
class ScaledTable:
    """Correlations of the columns of a table.

    Attributes:
        correlation: Of the p columns.
        origin: (p,) value that a column was shifted by: sums of values far from zero lose digits.
        mean: (p,) of the shifted values.
        deviation: (p,) standard deviations.
        note: Of which columns few digits are given, else empty.
    """

    correlation: Correlation
    origin: FloatArray
    mean: FloatArray
    deviation: FloatArray
    note: str = ""


def table_correlation(
    connection: duckdb.DuckDBPyConnection, relation: str, *, variables: list[str]
) -> ScaledTable:
    """Correlations of columns of a table, in one pass over the rows and in their order.

    Args:
        connection: Open connection.
        relation: Name of a table or view with finite values in columns v0, v1, ...
        variables: Names of the p columns in the same order.

    Raises:
        InputError: A column is too large or too small to square.
    """
    p = len(variables)
    sums = CentredProducts.of_none(p)
    origin, varies = np.zeros(p), np.zeros(p, dtype=bool)
    columns = ", ".join(f"cast(v{k} as double) as v{k}" for k in range(p))
    for block in batches(connection, f"select {columns} from {quoted(relation)}"):
        values = np.array(doubles(block.columns))
        if sums.mass == 0.0:
            origin = values[:, 0].copy()
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused
            values -= origin[:, None]
            varies |= values.any(axis=1)
            sums.add(values)
    rows = round(sums.mass)
    squares = np.diag(sums.products)
    refuse_squares(variables, squares, varies)
    deviation = np.sqrt(squares / max(rows - 1, 1))
    deviation[is_constant(deviation, origin + sums.means)] = np.nan
    unit = deviation * np.sqrt(max(rows - 1, 1))
    return ScaledTable(
        correlation=Correlation.of(variables, rows, sums.products / np.outer(unit, unit)),
        origin=origin,
        mean=sums.means,
        deviation=deviation,
        note=few_digits(variables, deviation, deviation, origin + sums.means),
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
    columns = zip(weights, scaled.origin, scaled.mean, scaled.deviation, strict=True)
    score = " + ".join(
        f"{literal(weight)} * (v{k} - {literal(origin)} - {literal(mean)}) / {literal(sd)}"
        for k, (weight, origin, mean, sd) in enumerate(columns)
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
