"""The small side of two-way effects of a DuckDB relation: sums of times, and who is seen when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trade_potential.gravity.pair_tables import KEYS, Source
from trade_potential.macros import macros

if TYPE_CHECKING:
    import duckdb

MOST_TIMES = 63
"""Times that fit into the bits of a number; of more, rows are joined with each other."""


def make_times(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Make the tables panel_time_sums and panel_time_overlaps; needs those of the pairs."""
    sql = macros()
    over = ("panel_timed_rows", "panel_means", KEYS, "entity", "time_key")
    overlaps = _overlaps(connection, source) or sql.time_overlaps(*over, source.mass)
    tables = {
        "panel_time_sums": sql.time_sums(*over, source.slots, source.mass),
        "panel_time_overlaps": overlaps,
    }
    for name, query in tables.items():
        connection.execute(f"create or replace temporary table {name} as {query}")


def _overlaps(connection: duckdb.DuckDBPyConnection, source: Source) -> str | None:
    """Overlaps in SQL, from the pattern of the times of each pair; None for too many times.

    A join of the rows with each other would take the square of the rows of a pair. Here rows are
    read once, and pairs with the same pattern count as one.
    """
    found = connection.execute("select count(*) from panel_times").fetchone() or (0,)
    times = range(1, int(found[0]) + 1)
    if len(times) > MOST_TIMES:
        return None
    patterns = "create or replace temporary table panel_patterns as"
    repeated = None
    if source.mass is None:
        connection.execute(
            "create or replace temporary table panel_bits as select entity, count(*) as rows_, "
            "bit_or(cast(1 as bigint) << (time_key - 1)) as bits from panel_timed_rows "
            "group by entity"
        )
        repeated = connection.execute(
            "select 1 from panel_bits where bit_count(bits) <> rows_ limit 1"
        ).fetchone()
    if source.mass is None and repeated is None:
        seen = ", ".join(f"cast((bits >> {k - 1}) & 1 as double) as w{k}" for k in times)
        connection.execute(
            f"{patterns} select {seen}, count(*) / bit_count(bits) as share from panel_bits "
            "group by bits order by bits"
        )
    else:
        mass = source.mass or "1.0"
        seen = ", ".join(
            f"coalesce(sum({mass}) filter (where time_key = {k}), 0) as w{k}" for k in times
        )
        connection.execute(
            f"{patterns} select {seen}, 1.0 / sum({mass}) as share from panel_timed_rows "
            "group by entity order by entity"
        )
    sums = ", ".join(
        f"sum(w{s} * w{t} * share) as o_{s}_{t}" for s in times for t in times if s <= t
    )
    overlaps = connection.execute(f"select {sums} from panel_patterns").fetchone() or ()
    both = ((s, t) for s in times for t in times if s <= t)
    rows = [
        f"(1, {s}, {t}, {float(overlap)!r}::double)"
        for (s, t), overlap in zip(both, overlaps, strict=True)
        if overlap > 0.0
    ]
    columns = "panel, time_key, other_time_key, overlap"
    return f"select * from (values {', '.join(rows)}) as seen({columns})"
