"""Correlations and scores of any DuckDB relation by the SQL that the dbt models run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trade_potential.gravity.scores import read_products
from trade_potential.index.correlation import Correlation
from trade_potential.linalg import FloatArray
from trade_potential.macros import macros, quoted

if TYPE_CHECKING:
    import duckdb

LOOKED_AT = 10_000
"""Rows whose means are the provisional centre of products."""

FAR = 3.0
"""Standard deviations that the centre may lie off the mean. What is subtracted then is nine times
what is left, which takes one digit of sixteen; first rows of a trend lie off by 1.7."""

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
    """Correlations of columns of a table, in one pass over the rows, or two.

    Products are taken around the means of the first rows. Where those lie far from the means of
    all, in standard deviations, a second pass takes them around these.

    Args:
        connection: Open connection.
        relation: Name of a table or view with finite values in columns v0, v1, ...
        variables: Names of the p columns in the same order.
    """
    p = len(variables)
    first = ", ".join(f"avg(v{k}), min(v{k}) = max(v{k})" for k in range(p))
    found = (
        connection.execute(
            f"select {first} from (from {quoted(relation)} limit {LOOKED_AT})"
        ).fetchone()
        or ()
    )
    if not found or found[0] is None:
        nothing = np.full(p, np.nan)
        return ScaledTable(Correlation.of(variables, 0, np.full((p, p), np.nan)), nothing, nothing)
    centre = np.array(found[::2], dtype=float)
    # A column that varies here varies everywhere; of the others, all rows have to be asked.
    guessed = [k for k in range(p) if found[2 * k + 1]]
    for _ in range(2):
        products, sums, rows, constant = _around(connection, relation, centre, guessed)
        shift = sums / rows
        matrix = products - rows * np.outer(shift, shift)
        is_near = rows * shift**2 <= FAR**2 * np.diag(matrix)
        is_near[constant] = True
        if is_near.all():
            break
        centre = centre + shift
    mean = centre + shift
    # The mean of equal numbers may miss them by rounding: a constant is told by its range.
    deviation = np.sqrt(np.maximum(np.diag(matrix), 0.0))
    deviation[constant] = np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = matrix / np.outer(deviation, deviation)
    return ScaledTable(
        correlation=Correlation.of(variables, rows, correlation),
        mean=mean,
        deviation=deviation / np.sqrt(max(rows - 1, 1)),
    )


def _around(
    connection: duckdb.DuckDBPyConnection, relation: str, centre: FloatArray, guessed: list[int]
) -> tuple[FloatArray, FloatArray, int, list[int]]:
    """(p, p) products and (p,) sums of the columns less a centre, rows, and the constants."""
    p = len(centre)
    # A slot of ones more: products with it are sums.
    columns = [f"v{k} - ({float(value)!r}::double) as m{k}" for k, value in enumerate(centre)]
    shifted = f"(select {', '.join([*columns, f'1.0::double as m{p}'])} from {quoted(relation)})"
    query = macros().summed_outer_products(shifted, [], range(p + 1))
    products = read_products(connection.execute(query).fetchnumpy(), list(range(p + 1)))
    ranges = ", ".join(f"min(v{k}) = max(v{k})" for k in guessed)
    is_flat: tuple[bool, ...] = ()
    if ranges:
        is_flat = connection.execute(f"select {ranges} from {quoted(relation)}").fetchone() or ()
    constant = [k for k, flat in zip(guessed, is_flat, strict=True) if flat]
    return products[:p, :p], products[:p, p], round(products[p, p]), constant


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
