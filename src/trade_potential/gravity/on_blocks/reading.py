"""How the rows of a DuckDB relation are read: once, by entity, in blocks (entity_sums.py).

All the rest is asked of entities (entity_file.py). docs/decisions/016-passes.md: what it costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trade_potential.gravity.on_blocks.entity_file import EntityFile
from trade_potential.gravity.on_blocks.entity_sums import EntitySums, Layout, sums_of
from trade_potential.gravity.on_blocks.time_sums import TimeSums
from trade_potential.rows.batches import batches, has_nulls
from trade_potential.sql.render import double_literal

if TYPE_CHECKING:
    import duckdb

    from trade_potential.gravity.moments import PanelMoments


def read_entities(
    connection: duckdb.DuckDBPyConnection, layout: Layout
) -> tuple[EntityFile, TimeSums]:
    """Means and products of each entity, and sums by time: a pass over the rows of ``view_rows``.

    Where entities do not come in a rising order, their rows may not lie together: reading begins
    again, and DuckDB sorts them.

    Returns:
        The entities, none where a value is missing or a sum not finite, and the sums by time.
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
    """Read the entities in the order their rows come in."""
    file, times = EntityFile(), TimeSums.of_none(layout.n_times, layout.n_slots)
    varying: set[int] = set()
    last: list[EntitySums] = []  # the entity that may go on
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
