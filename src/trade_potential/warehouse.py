"""Moments of any DuckDB relation by the SQL that the dbt models run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
from jinja2 import Environment, StrictUndefined

from trade_potential.errors import InputError
from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.moments import PanelMoments
from trade_potential.index.correlation import Correlation
from trade_potential.linalg import FloatArray

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


@cache
def _macros() -> Any:
    text = files("trade_potential").joinpath("sql/moments.sql").read_text(encoding="utf-8")
    environment = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701
    return environment.from_string(text).module


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def panel_moments(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    *,
    outcome: str,
    regressors: list[str],
    entity: str,
) -> PanelMoments:
    """Aggregate a panel in the database to its moments, in two passes over the rows.

    Args:
        connection: Open connection; temporary tables named panel_* are made.
        relation: Name of a table or view.
        outcome: Column of the dependent variable.
        regressors: Columns of the regressors, without a constant.
        entity: Column of the entity (for a bilateral panel: the pair).

    Raises:
        InputError: The relation has no rows, or a value is missing or not finite.
    """
    slots = list(range(len(regressors) + 1))
    columns = ", ".join(
        f"cast({_quoted(column)} as double) as v{k}"
        for k, column in enumerate([outcome, *regressors])
    )
    unusable = " or ".join(
        f"{_quoted(column)} is null or not isfinite(cast({_quoted(column)} as double))"
        for column in [outcome, *regressors]
    )
    counted = connection.execute(
        f"select count(*), count(*) filter (where {_quoted(entity)} is null or {unusable}) "  # noqa: S608
        f"from {_quoted(relation)}"
    ).fetchone()
    rows, bad = counted or (0, 0)
    if rows == 0:
        raise InputError(f"{relation} has no rows")
    if bad:
        raise InputError(f"{relation}: {bad} of {rows} rows hold a missing or not finite value")
    macros = _macros()
    connection.execute(
        f"create or replace temporary view panel_rows as select 1 as panel, "  # noqa: S608
        f"{_quoted(entity)} as entity, {columns} from {_quoted(relation)}"
    )
    keys = ["panel", "entity"]
    connection.execute(
        "create or replace temporary table panel_means as "
        + macros.slot_means("panel_rows", keys, slots)
    )
    connection.execute(
        "create or replace temporary table panel_products as "
        + macros.centred_products("panel_rows", "panel_means", keys, slots)
    )
    connection.execute(
        "create or replace temporary table panel_grand as "
        + macros.grand_means("panel_means", ["panel"], slots)
    )
    moments = connection.execute(
        macros.panel_moments("panel_means", "panel_products", "panel_grand", ["panel"], slots)
    ).df()
    return PanelMoments.from_rows(moments, tuple(regressors))


def clustered_meat(
    connection: duckdb.DuckDBPyConnection, moments: PanelMoments, estimate: Estimate
) -> FloatArray:
    """Sum over entities of the outer products of their scores, from the means and products.

    Args:
        connection: The connection on which ``panel_moments`` made ``moments`` last.
        moments: What the estimate was computed from.
        estimate: An estimate with numbers.

    Returns:
        (k + 1, k + 1) for the constant and the estimated terms, as ``clustered_covariance`` reads.
    """
    slots = list(range(len(moments.terms) + 1))
    slopes = dict(zip(estimate.terms, estimate.slopes.tolist(), strict=True))
    columns = "".join(f", cast(? as double) as b{k}" for k in slots[1:])
    connection.execute(
        "create or replace temporary table panel_coefficients as select 1 as panel, "
        "? as estimator, cast(? as double) as centred_constant, cast(? as double) as within_weight"
        + columns,
        [
            estimate.estimator,
            estimate.centred_constant,
            estimate.within_weight,
            *(slopes.get(term) for term in moments.terms),
        ],
    )
    connection.execute(
        "create or replace temporary table panel_weights as select 1 as panel, ? as estimator, "
        "unnest(?::bigint[]) as group_size, unnest(?::double[]) as between_weight",
        [estimate.estimator, moments.sizes.tolist(), estimate.between_weights.tolist()],
    )
    sql = _macros().clustered_meat(
        "panel_means",
        "panel_products",
        "panel_grand",
        "panel_coefficients",
        "panel_weights",
        ["panel"],
        "entity",
        slots,
    )
    meat = np.full((len(slots), len(slots)), np.nan)
    for i, j, value in connection.execute(
        f"select row_slot, col_slot, moment_value from ({sql})"  # noqa: S608
    ).fetchall():
        meat[i, j] = meat[j, i] = value
    used = [0, *moments.positions(estimate.terms)]
    return meat[np.ix_(used, used)]


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
    macros = _macros()
    source = f"(select 1 as panel, * from {_quoted(relation)})"  # noqa: S608
    connection.execute(
        "create or replace temporary table table_statistics as "
        + macros.slot_statistics(source, ["panel"], slots)
    )
    products = macros.centred_products(source, "table_statistics", ["panel"], slots)
    matrix = np.zeros((len(slots), len(slots)))
    found = connection.execute(
        f"with products as ({products}) "
        + macros.products_as_rows("products", ["row_count"], slots)
    ).fetchall()
    for _, i, j, value in found:
        matrix[i, j] = matrix[j, i] = value
    rows = int(found[0][0]) if found else 0
    # The mean of equal numbers may miss them by rounding: a constant is told by its range.
    columns = ", ".join(f"m{k}, lo{k} = hi{k}" for k in slots)
    statistics = connection.execute(f"select {columns} from table_statistics").fetchone() or ()  # noqa: S608
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
    score = _macros().slot_sum("?::double * (v{k} - ?::double) / ?::double", slots)
    numbers = np.column_stack([weights, scaled.mean, scaled.deviation]).ravel().tolist()
    keys = ", ".join(f"k{k}" for k in range(n_keys))
    connection.execute(
        f"create or replace temporary table table_scores as select {keys}, {score} as score "  # noqa: S608
        f"from {_quoted(relation)}",
        numbers,
    )
    rows = connection.execute(
        f"select {keys}, score, (score - lowest) / nullif(highest - lowest, 0) from table_scores "  # noqa: S608
        "cross join (select min(score) as lowest, max(score) as highest from table_scores)"
    )
    while batch := rows.fetchmany(BATCH):
        yield from batch
