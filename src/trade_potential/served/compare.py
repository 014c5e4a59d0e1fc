"""Do two tables hold the same? Counts, sums and extremes of every column, on both sides.

COPY refuses what it cannot read, so that this looks for what it would take: rows that are missing
or twice there, columns in another place, texts cut off.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from trade_potential.served.connection import Cursor
from trade_potential.served.tables import DAYS, NUMBERS, TEXTS, TRUTH, WHOLE, Column, Table
from trade_potential.sql.render import quoted

if TYPE_CHECKING:
    import duckdb

TOLERANCE = 1e-9
"""Of a sum, of the sum without signs: engines add in different orders, and a sum of 1e7 numbers is
known to 1e-9 of it."""
SUMMED_BELOW = 1e150
"""Larger numbers, infinities and NaN are seen in counts and extremes: their sum would overflow."""


class Measure(NamedTuple):
    """One number of a column: what it is called, and SQL of DuckDB and of PostgreSQL for it."""

    what: str
    ours: str
    theirs: str


def measures(column: Column) -> list[Measure]:
    """What is compared of a column."""
    name = quoted(column.name)
    found = [Measure("values", f"count({name})", f"count({name})")]
    if column.compared == NUMBERS:
        ours, theirs = f"{name}::double", f"{name}::double precision"
        small = f"filter (where abs({name}) < {SUMMED_BELOW})"
        found += [
            Measure("smallest value", f"min({ours})", f"min({theirs})"),
            Measure("largest value", f"max({ours})", f"max({theirs})"),
            Measure("sum", f"sum({ours}) {small}", f"sum({theirs}) {small}"),
            Measure("size", f"sum(abs({ours})) {small}", "null::double precision"),
        ]
    if column.compared == WHOLE:
        found += [
            Measure("smallest value", f"min({name})::varchar", f"min({name})::text"),
            Measure("largest value", f"max({name})::varchar", f"max({name})::text"),
            Measure("sum", f"sum({name})::varchar", f"sum({name})::text"),
        ]
    if column.compared == TEXTS:
        ordered = f'{name} collate "C"'
        found += [
            Measure("first text", f"min({name})", f"min({ordered})"),
            Measure("last text", f"max({name})", f"max({ordered})"),
            Measure("characters", f"sum(length({name}))", f"sum(length({name}))"),
        ]
    if column.compared == TRUTH:
        found.append(Measure("true values", *(2 * [f"count(*) filter (where {name})"])))
    if column.compared == DAYS:
        found += [
            Measure("first day", f"min({name})::varchar", f"min({name})::text"),
            Measure("last day", f"max({name})::varchar", f"max({name})::text"),
        ]
    return found


def differences(
    cursor: Cursor, memory: duckdb.DuckDBPyConnection, place: str, table: Table
) -> list[str]:
    """One sentence for each thing by which a loaded table differs from the release.

    Args:
        cursor: Of PostgreSQL.
        memory: A connection that has the release attached.
        place: The loaded table as it stands in SQL.
        table: What it is to hold.
    """
    asked = [(column.name, one) for column in table.columns for one in measures(column)]
    ours = ", ".join(["count(*)", *(one.ours for _, one in asked)])
    theirs = ", ".join(["count(*)", *(one.theirs for _, one in asked)])
    here = memory.execute(f"select {ours} from released.main.{quoted(table.name)}").fetchone()
    cursor.execute(f"select {theirs} from {place}")
    there = cursor.fetchone()
    assert here is not None  # noqa: S101  an aggregate without groups is a row
    named = [("", "rows"), *((name, one.what) for name, one in asked)]
    sizes = {name: held for (name, what), held in zip(named, here, strict=True) if what == "size"}
    return [
        f"{table.name}{'.' if name else ''}{name}: {what} {found!r}, the release has {held!r}"
        for (name, what), held, found in zip(named, here, there, strict=True)
        if what != "size"
        and not is_same(held, found, slack=TOLERANCE * (sizes.get(name) or 0.0) * (what == "sum"))
    ]


def is_same(ours: Any, theirs: Any, *, slack: float) -> bool:
    """Whether two numbers are one but for the slack; a null is a null, NaN is NaN."""
    if isinstance(ours, float) and isinstance(theirs, float):
        if math.isfinite(ours) and math.isfinite(theirs):
            return abs(ours - theirs) <= slack
        return ours == theirs or (math.isnan(ours) and math.isnan(theirs))
    if ours is None or theirs is None:
        return ours is theirs
    return bool(ours == theirs)
