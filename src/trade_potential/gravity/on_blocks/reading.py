"""How the rows of a DuckDB relation are read: once, by pair, in blocks (entity_sums.py).

All the rest is asked of pairs (entity_file.py). See docs/decisions/016-passes.md for what it costs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trade_potential.errors import InputError
from trade_potential.gravity.on_blocks.entity_file import EntityFile
from trade_potential.gravity.on_blocks.entity_sums import EntitySums, Layout, sums_of
from trade_potential.gravity.on_blocks.time_sums import TimeSums
from trade_potential.rows.batches import batches, has_nulls
from trade_potential.rows.keys import as_key, key_type
from trade_potential.rows.times import TimeOrder, time_order
from trade_potential.sql.render import double_literal, quoted

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from trade_potential.gravity.moments import PanelMoments

KEYS = ["panel"]
"""Models of dbt keep several samples in a table; here there is one, with the key 1."""


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
        origin: What is taken from each of ``columns``; see ``with_origin``.
    """

    relation: str
    columns: list[str]
    entity: str
    time: str | None
    weights: str | None
    mean_weight: float = 1.0
    origin: tuple[float, ...] = ()

    @property
    def keys(self) -> list[str]:
        """The entity and, if asked for, the time."""
        return [self.entity, *([] if self.time is None else [self.time])]

    @property
    def numbers(self) -> list[str]:
        """Every column that must be finite."""
        return [*self.columns, *([] if self.weights is None else [self.weights])]


def with_mean_weight(connection: duckdb.DuckDBPyConnection, source: Source) -> Source:
    """The source with the mean of its weights, or without weights where all are equal.

    Raises:
        InputError: A weight is missing, not finite or not positive.
    """
    if source.weights is None:
        return source
    weight = f"cast({quoted(source.weights)} as double)"
    rows, usable, flat, mean, differ = connection.execute(
        f"select count(*), coalesce(bool_and(isfinite({weight})) and count(*) = count({weight}), "
        f"false), count(*) filter (where {weight} <= 0), avg({weight}), "
        f"min({weight}) < max({weight}) from {quoted(source.relation)}"
    ).fetchone() or (0, False, 0, None, False)
    if flat or not usable:
        refuse_unusable(connection, source)
        raise InputError(
            f"{source.relation}: {flat} of {rows} rows have a weight that is not positive"
        )
    if not differ:
        return replace(source, weights=None)
    if not math.isfinite(mean):
        raise InputError(f"{source.relation}: weights are too large to add up; scale them")
    return replace(source, mean_weight=float(mean))


def with_origin(connection: duckdb.DuckDBPyConnection, source: Source) -> Source:
    """The source with the first value of each column: sums of values far from zero lose digits."""
    values = ", ".join(f"cast({quoted(name)} as double)" for name in source.columns)
    first = connection.execute(f"select {values} from {quoted(source.relation)} limit 1").fetchone()
    usable = [v if v is not None and math.isfinite(v) else 0.0 for v in first or ()]
    return replace(source, origin=tuple(usable) or (0.0,) * len(source.columns))


def refuse_unusable(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Refuse a relation without rows, with values that are not finite or keys that are missing.

    One pass over the rows, for where the sums of ``read_entities`` are suspicious.
    """
    unusable = [
        f"not coalesce(isfinite(cast({quoted(name)} as double)), false)" for name in source.numbers
    ]
    unusable += [f"{quoted(name)} is null" for name in source.keys]
    rows, bad = connection.execute(
        f"select count(*), count(*) filter (where {' or '.join(unusable)}) "
        f"from {quoted(source.relation)}"
    ).fetchone() or (0, 0)
    if rows == 0:
        raise InputError(f"{source.relation} has no rows")
    if bad:
        raise InputError(
            f"{source.relation}: {bad} of {rows} rows hold a missing or not finite value"
        )


def view_rows(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Make the view panel_rows, and panel_timed_rows with the number of the time instead of it.

    Values are shifted by their origin, weights have a mean of 1.
    """
    keys = {"entity": source.entity, "time_value": source.time}
    columns = [
        f"{as_key(quoted(column), key_type(connection, source.relation, column))} as {name}"
        for name, column in keys.items()
        if column is not None
    ]
    slots = [
        f"cast({quoted(column)} as double) - {double_literal(origin)} as v{k}"
        for k, (column, origin) in enumerate(zip(source.columns, source.origin, strict=True))
    ]
    if source.weights is not None:
        weight = f"cast({quoted(source.weights)} as double)"
        slots.append(f"{weight} / {source.mean_weight!r} as mass")
    columns = ["1 as panel", columns[0], *slots, *columns[1:]]
    connection.execute("drop table if exists temp.panel_pairs")
    connection.execute(
        f"create or replace temporary view panel_rows as select {', '.join(columns)} "
        f"from {quoted(source.relation)}"
    )
    timed = "select *, 1 as time_key from panel_rows"
    if source.time is not None:
        _number_times(connection)
        timed = (
            "select panel_rows.* exclude (time_value), time_key from panel_rows "
            "inner join panel_times on panel_rows.time_value = panel_times.time_value"
        )
    connection.execute(f"create or replace temporary view panel_timed_rows as {timed}")


def _number_times(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table panel_times: the distinct times and their numbers from 1, in order."""
    import pyarrow as pa

    rows = "(select distinct time_value from panel_rows where time_value is not null)"
    query = f"select time_value, row_number() over (order by time_value) as time_key from {rows}"
    table = connection.execute(query).to_arrow_table()
    if table.schema.field("time_value").type != pa.int64():
        values = time_order(table["time_value"].to_pylist()).order
        keys = range(1, len(values) + 1)
        table = pa.table({"time_value": pa.array(values, pa.string()), "time_key": list(keys)})
    connection.register("panel_some", table)
    connection.execute("create or replace temporary table panel_times as from panel_some")
    connection.unregister("panel_some")


def order_of_times(connection: duckdb.DuckDBPyConnection) -> TimeOrder:
    """How the times that ``view_rows`` has found follow each other."""
    return time_order(times_of(connection).to_pylist())


def times_of(connection: duckdb.DuckDBPyConnection) -> pa.Array:
    """(T,) the times of the rows in order, as ``view_rows`` has found them."""
    import pyarrow as pa

    found = batches(connection, "select time_value from panel_times order by time_key")
    arrays = [block.columns[0] for block in found]
    return pa.concat_arrays(arrays) if arrays else pa.nulls(0)


def read_entities(
    connection: duckdb.DuckDBPyConnection, layout: Layout
) -> tuple[EntityFile, TimeSums]:
    """Means and products of each pair, and sums by time: a pass over the rows of ``view_rows``.

    Where pairs do not come in a rising order, their rows may not lie together: reading begins
    again, and DuckDB sorts them.

    Returns:
        The pairs, none where a value is missing or a sum not finite, and the sums by time.
    """
    try:
        return _in_order(connection, layout, "")
    except _NotRisingError:
        by = "entity" if layout.times is None else "entity, time_value"
        return _in_order(connection, layout, f" order by {by}")


class _NotRisingError(Exception):
    """An entity is not above the one before."""


def _in_order(
    connection: duckdb.DuckDBPyConnection, layout: Layout, order: str
) -> tuple[EntityFile, TimeSums]:
    """Read the pairs in the order their rows come in."""
    file, times = EntityFile(), TimeSums.of_none(layout.n_times, layout.n_slots)
    varying: set[int] = set()
    last: list[EntitySums] = []  # the pair that may go on
    # Not joined with the numbers of the times: a join may leave the rows in another order.
    query = f"select * exclude (panel) from panel_rows{order}"
    for block in batches(connection, query, layout.block_rows):
        if has_nulls(block):
            return EntityFile(), times
        pairs, by_time = sums_of(block, varying, layout)
        if not np.isfinite(pairs.means).all():
            return EntityFile(), times
        goes_on = bool(last) and last[0].entities[0] == pairs.entities[0]
        if not order and not pairs.is_rising(after=[] if goes_on else last):
            raise _NotRisingError
        times.deviations += by_time
        if goes_on:
            times.deviations += pairs.merge_first(last.pop())
        for finished in (*last, pairs.part(slice(0, -1))):
            file.add(finished)
            times.add_pairs(finished)
        last = [pairs.part(slice(-1, None))]
    for finished in last:
        file.add(finished)
        times.add_pairs(finished)
    file.flush()
    return file, times


def store_entities(connection: duckdb.DuckDBPyConnection, moments: PanelMoments) -> None:
    """Make the tables panel_pairs and panel_grand, of means, for passes by SQL; once suffices."""
    found = connection.execute(
        "select 1 from duckdb_tables() where table_name = 'panel_pairs' and temporary"
    ).fetchone()
    if found or moments.pairs is None:
        return
    grand = ", ".join(f"{double_literal(mean)} as m{k}" for k, mean in enumerate(moments.mean))
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
