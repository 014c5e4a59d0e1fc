"""Moments of any DuckDB relation by the SQL that the dbt models run."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined

from trade_potential.errors import InputError
from trade_potential.gravity.moments import PanelMoments

if TYPE_CHECKING:
    import duckdb


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
