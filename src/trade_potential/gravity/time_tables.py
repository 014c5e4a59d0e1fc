"""The small side of two-way effects of a DuckDB relation: sums of times, and who is seen when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trade_potential.gravity.pair_tables import KEYS, Source
from trade_potential.gravity.time_moments import TimeMoments
from trade_potential.linalg import FloatArray
from trade_potential.macros import macros

if TYPE_CHECKING:
    import duckdb

MOST_TIMES = 63
"""Times that fit into the bits of a number; of more, rows are joined with each other."""


def read_times(connection: duckdb.DuckDBPyConnection, source: Source) -> TimeMoments:
    """Sums by time and overlaps of times; needs the views of the rows and panel_pairs."""
    over = ("panel_timed_rows", "panel_pairs", KEYS, "entity", "time_key")
    query = macros().time_sums(*over, source.slots, source.mass)
    sums = connection.execute(f"{query} order by time_key").fetchnumpy()
    labels = np.asarray(sums["time_key"], dtype=np.int64)
    overlaps = _overlaps_of_patterns(connection, source, len(labels))
    if overlaps is None:
        seen = connection.execute(macros().time_overlaps(*over, source.mass)).fetchnumpy()
        overlaps = np.zeros((len(labels), len(labels)))
        i = np.searchsorted(labels, np.asarray(seen["time_key"]))
        j = np.searchsorted(labels, np.asarray(seen["other_time_key"]))
        overlaps[i, j] = overlaps[j, i] = seen["overlap"]
    return TimeMoments(
        labels=labels,
        masses=np.asarray(sums["mass"]),
        sums=np.column_stack([sums[f"m{k}"] for k in source.slots]),
        overlaps=overlaps,
    )


def _overlaps_of_patterns(
    connection: duckdb.DuckDBPyConnection, source: Source, n_times: int
) -> FloatArray | None:
    """Overlaps from the pattern of the times of each pair; None for too many times.

    A join of the rows with each other would take the square of the rows of a pair. Here rows are
    read once, and pairs with the same pattern count as one.
    """
    if n_times > MOST_TIMES:
        return None
    times = range(1, n_times + 1)
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
    found = connection.execute(f"select {sums} from panel_patterns").fetchone() or ()
    overlaps = np.zeros((n_times, n_times))
    overlaps[np.triu_indices(n_times)] = found
    return np.triu(overlaps) + np.triu(overlaps, 1).T
