"""Whether a warehouse holds the studies and figures that the pages are about."""

from __future__ import annotations

import sys

import duckdb

COMPARABLE = """
    select
        count(*) > 0 and count(*) = (
            select count(distinct replication_id) from staging.stg_published__replication_figures
        )
    from replication.int_replication__runs
    where is_comparable
"""


def is_bundled(connection: duckdb.DuckDBPyConnection, script: str) -> bool:
    """Whether it does; where not, said in one line: pages are not compared with others' data."""
    ((found,),) = connection.execute(COMPARABLE).fetchall()
    if not found:
        said = "the pages are about the bundled studies and figures, this warehouse holds others"
        print(f"{script}: {said}; nothing is compared", file=sys.stderr)
    return bool(found)
