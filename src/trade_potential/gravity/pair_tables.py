"""One pass over the rows of a DuckDB relation, and the table of what is known of each pair.

Rows come sorted by pair, in blocks (pair_sums.py); all the rest is asked of pairs.
See docs/decisions/016-passes.md for what each of it costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trade_potential.blocks import blocks, has_nulls
from trade_potential.errors import InputError
from trade_potential.gravity.pair_file import PairFile
from trade_potential.gravity.pair_sums import PairSums, sums_of
from trade_potential.macros import number, quoted

if TYPE_CHECKING:
    import duckdb

    from trade_potential.gravity.moments import PanelMoments

KEYS = ["panel"]
"""Models of dbt keep several samples in a table; here there is one, with the key 1."""

INTEGERS = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UINTEGER", "USMALLINT", "UTINYINT")
"""Types of an entity that stay numbers; others are compared as texts."""


@dataclass(frozen=True)
class Source:
    """A relation and its columns.

    Attributes:
        relation: Name of a table or view.
        columns: Outcome and regressors.
        entity: Column of the entity.
        time: Column of the time, if times are asked for.
        weights: Column of weights, if rows have different ones.
        mean_weight: Their mean.
    """

    relation: str
    columns: list[str]
    entity: str
    time: str | None
    weights: str | None
    mean_weight: float = 1.0

    @property
    def mass(self) -> str | None:
        """Column of the views that holds the weight of a row, scaled to a mean of 1."""
        return None if self.weights is None else "mass"

    @property
    def slots(self) -> list[int]:
        """Slots of the columns."""
        return list(range(len(self.columns)))


def weights_of(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    *,
    columns: list[str],
    entity: str,
    weights: str | None,
) -> tuple[str | None, float]:
    """The column of weights, None where all are equal, and their mean.

    Raises:
        InputError: A weight is missing, not finite or not positive.
    """
    if weights is None:
        return None, 1.0
    weight = f"cast({quoted(weights)} as double)"
    rows, usable, flat, mean, differ = connection.execute(
        f"select count(*), coalesce(bool_and(isfinite({weight})) and count(*) = count({weight}), "
        f"false), count(*) filter (where {weight} <= 0), avg({weight}), "
        f"min({weight}) < max({weight}) from {quoted(relation)}"
    ).fetchone() or (0, False, 0, None, False)
    if flat or not usable:
        refuse_unusable(connection, relation, [*columns, weights], entity)
        raise InputError(f"{relation}: {flat} of {rows} rows have a weight that is not positive")
    return (weights, float(mean)) if differ else (None, 1.0)


def refuse_unusable(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: list[str], entity: str
) -> None:
    """Refuse a relation without rows or with values that cannot enter.

    One pass over the rows; ``make_pairs`` asks for it only where its own sums are suspicious.
    """
    unusable = " or ".join(
        f"{quoted(name)} is null or not isfinite(cast({quoted(name)} as double))"
        for name in columns
    )
    rows, bad = connection.execute(
        f"select count(*), count(*) filter (where {quoted(entity)} is null or {unusable}) "
        f"from {quoted(relation)}"
    ).fetchone() or (0, 0)
    if rows == 0:
        raise InputError(f"{relation} has no rows")
    if bad:
        raise InputError(f"{relation}: {bad} of {rows} rows hold a missing or not finite value")


def view_rows(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Make the views panel_rows and, with the number of the time, panel_timed_rows."""
    entity = f"source.{quoted(source.entity)}"
    kind = connection.execute(
        f"select typeof({entity}) from {quoted(source.relation)} as source limit 1"
    ).fetchone() or ("",)
    columns = [
        "1 as panel",
        f"cast({entity} as {'bigint' if kind[0] in INTEGERS else 'varchar'}) as entity",
    ]
    columns += [
        f"cast(source.{quoted(column)} as double) as v{k}"
        for k, column in enumerate(source.columns)
    ]
    if source.weights is not None:
        weight = f"cast(source.{quoted(source.weights)} as double)"
        columns.append(f"{weight} / {source.mean_weight!r} as mass")
    rows = f"from {quoted(source.relation)} as source"
    connection.execute("drop table if exists temp.panel_pairs")
    # Not every pass asks when: the times are joined for those that do.
    connection.execute(
        f"create or replace temporary view panel_rows as select {', '.join(columns)} {rows}"
    )
    timed = "1 as time_key"
    if source.time is not None:
        time, timed = quoted(source.time), "times.time_key"
        rows += f" inner join panel_times as times on source.{time} = times.time_value"
        connection.execute(
            "create or replace temporary table panel_times as select time_value, row_number() over "
            "(order by try_cast(cast(time_value as varchar) as double), time_value) as time_key "
            f"from (select distinct {time} as time_value from {quoted(source.relation)})"
        )
    connection.execute(
        "create or replace temporary view panel_timed_rows as "
        f"select {', '.join(columns)}, {timed} {rows}"
    )


def read_pairs(connection: duckdb.DuckDBPyConnection, source: Source) -> PairFile:
    """Means and products of each pair: the pass over the rows.

    Where pairs do not come in a rising order, their rows may not lie together: reading begins
    again, and DuckDB sorts them.

    Raises:
        InputError: The relation has no rows, or a value is missing or not finite.
    """
    try:
        return _in_order(connection, source, "")
    except _NotRisingError:
        return _in_order(connection, source, " order by entity")


class _NotRisingError(Exception):
    """An entity is not above the one before."""


def _in_order(connection: duckdb.DuckDBPyConnection, source: Source, order: str) -> PairFile:
    """Read the pairs in the order their rows come in."""
    file = PairFile()
    varying: set[int] = set()
    last: PairSums | None = None
    for block in blocks(connection, f"select * exclude (panel) from panel_rows{order}"):
        if has_nulls(block):
            break
        pairs = sums_of(block, varying, is_weighted=source.weights is not None)
        if not np.isfinite(pairs.means).all():
            break
        follows = last is not None and last.entities[0] == pairs.entities[0]
        if not order and not pairs.is_rising(after=None if follows else last):
            raise _NotRisingError
        if last is not None and follows:
            pairs.merge_first(last)
        elif last is not None:
            file.add(last)
        file.add(pairs.part(slice(0, -1)))
        last = pairs.part(slice(-1, None))
    else:
        if last is not None:
            file.add(last)
            file.flush()
            return file
    used = [*source.columns, *([] if source.weights is None else [source.weights])]
    refuse_unusable(connection, source.relation, used, source.entity)
    raise InputError(
        f"{source.relation}: sums of its rows are not finite, the values are too large"
    )


def store_pairs(connection: duckdb.DuckDBPyConnection, moments: PanelMoments) -> None:
    """Make the tables panel_pairs and panel_grand, of means, for passes by SQL; once suffices."""
    found = connection.execute(
        "select 1 from duckdb_tables() where table_name = 'panel_pairs' and temporary"
    ).fetchone()
    if found or moments.pairs is None:
        return
    grand = ", ".join(f"{number(mean)} as m{k}" for k, mean in enumerate(moments.mean))
    connection.execute(
        f"create or replace temporary table panel_grand as select 1 as panel, {grand}"
    )
    columns = ", ".join(f"cast(0 as double) as m{k}" for k in range(len(moments.mean)))
    connection.execute(
        "create temporary table panel_pairs as select panel, entity, cast(0 as bigint) as "
        f"row_count, cast(0 as double) as mass, {columns} from panel_rows limit 0"
    )
    for pairs in moments.pairs:
        sums = {"entity": pairs.entities, "row_count": pairs.rows, "mass": pairs.mass}
        means = {f"m{k}": mean for k, mean in enumerate(pairs.means)}
        connection.register("panel_some", {**sums, **means})
        connection.execute("insert into panel_pairs select 1, * from panel_some")
        connection.unregister("panel_some")
