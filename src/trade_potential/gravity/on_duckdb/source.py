"""A relation whose rows an engine reads: what is asked of it, and the views of it for SQL."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trade_potential.errors import InputError
from trade_potential.rows.batches import batches
from trade_potential.rows.keys import as_key, key_type
from trade_potential.rows.times import TimeOrder, time_order
from trade_potential.sql.render import double_literal, quoted

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

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
