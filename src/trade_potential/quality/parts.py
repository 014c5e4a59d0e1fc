"""What checks across files need of all rows, asked of the database and added up there."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

import pandas as pd

from trade_potential.quality.coverage import WITHDRAWN
from trade_potential.quality.frames import PARTS
from trade_potential.quality.inputs import Input, Relation, asked, pairs_of_flows
from trade_potential.quality.levels import OLDER, OLDER_SQL
from trade_potential.quality.mirrors import MIRROR, MIRROR_SQL
from trade_potential.quality.world import ALL_GOODS, WORLD_PARTS
from trade_potential.sql.render import text_literal


def profile(tables: Mapping[str, Input]) -> dict[str, pd.DataFrame]:
    """What checks across files need of all rows; a part that cannot be computed is left out."""
    parts: dict[str, pd.DataFrame] = {}
    for part, (name, sql) in PROFILE.items():
        if name in tables:
            _add(parts, part, tables[name].relation, sql)
    for name, read in tables.items():
        if name != "sources" and "source_id" in read.frame:
            used = "select source_id, count(*) as n from input group by source_id"
            _add(parts, f"use of sources by {name}", read.relation, used)
    with contextlib.suppress(KeyError):
        parts["pairs of flows"] = pairs_of_flows(tables)
    with contextlib.suppress(KeyError):
        _add_older(parts, tables)
    with contextlib.suppress(KeyError):
        _add_mirror(parts, tables)
    return parts


def _add_older(parts: dict[str, pd.DataFrame], tables: Mapping[str, Input]) -> None:
    """Older vintages of the series that were read: a sample holds whole series."""
    is_read = tables["observations"].condition or "true"
    _add(parts, OLDER, tables["world_observations"].relation, OLDER_SQL.format(is_read=is_read))


def _add_mirror(parts: dict[str, pd.DataFrame], tables: Mapping[str, Input]) -> None:
    """The world's trade of the reporters whose flows were read."""
    reporters = sorted(tables["trade_flows"].frame["reporter_code"].dropna().unique())
    codes = ", ".join(text_literal(str(code)) for code in reporters) or "''"
    sql = MIRROR_SQL.format(codes=codes, source=ALL_GOODS)
    _add(parts, MIRROR, tables["world_trade"].relation, sql)


def _add(parts: dict[str, pd.DataFrame], part: str, relation: Relation | None, sql: str) -> None:
    import duckdb

    if relation is None:
        return
    try:
        parts[part] = asked(relation, sql)
    except duckdb.Error:  # a column is missing or holds text: the checks that need it will say so
        return


PROFILE: Mapping[str, tuple[str, str]] = {
    "trade by year": (
        "trade_flows",
        "select reporter_code as country_code, flow, year, sum(trade_usd) as trade_usd "
        "from input group by reporter_code, flow, year",
    ),
    "vintages": (
        "observations",
        "select indicator_code, vintage_date, count(*) as value_count, "
        "count(distinct country_code) as economy_count, min(year) as first_year, "
        "max(year) as last_year from input group by indicator_code, vintage_date",
    ),
    "withdrawn figures": ("observations", WITHDRAWN),
    **WORLD_PARTS,
    **PARTS,
}
"""By part: the input and the query."""
