"""Rows of a user's table that share a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trade_potential.errors import InputError

if TYPE_CHECKING:
    import duckdb

    from trade_potential.rows.files import TableFile

MOST_TIMES = 63
"""Times that fit into the bits of a number."""

SHOWN = 3
"""Offending keys that a message names."""


def refuse_repeated_keys(
    connection: duckdb.DuckDBPyConnection, file: TableFile, keys: list[str]
) -> None:
    """Raise InputError naming the first keys k0, k1, ... that two rows of sample share."""
    slots = ", ".join(f"k{k}" for k in range(len(keys)))
    if len(keys) == 2 and _are_few_and_single(connection):
        return
    repeated = connection.execute(
        f"select {slots} from sample group by {slots} having count(*) > 1 "
        f"order by {slots} limit {SHOWN + 1}"
    ).fetchall()
    if repeated:
        shown = ["(" + ", ".join(map(str, key)) + ")" for key in repeated]
        more = ["..."] if len(shown) > SHOWN else []
        raise InputError(
            f"{file.name}: more than one row for {', '.join(keys)} = "
            + ", ".join(shown[:SHOWN] + more)
        )


def _are_few_and_single(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether k1 takes few values in sample, and each k0 has each of them once at most.

    Groups of k0 alone, with a bit for each k1: a tenth of the memory that groups of both take.
    """
    times = "(select k1, row_number() over () - 1 as bit from (select distinct k1 from sample))"
    few = connection.execute(f"select count(*) <= {MOST_TIMES} from {times}").fetchone()
    if not (few and few[0]):
        return False
    repeated = connection.execute(
        f"select 1 from sample inner join {times} as times on sample.k1 = times.k1 group by k0 "
        "having bit_count(bit_or(cast(1 as bigint) << cast(bit as integer))) <> count(*) limit 1"
    ).fetchone()
    return repeated is None
