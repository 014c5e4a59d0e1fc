"""One scan: DuckDB sums every column that is used, once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from benchmarks.columns import USED, Kind
from benchmarks.programs.names import Estimates


def _scan(kind: Kind) -> Callable[[Path, str], Estimates]:
    def run(data: Path, memory_limit: str) -> Estimates:
        sums = ", ".join(f"sum({name})" for name in USED[kind])
        with duckdb.connect(config={"memory_limit": memory_limit}) as connection:
            relation = connection.read_parquet(str(data))
            found = relation.aggregate(f"count(*), {sums}").fetchone() or ()
        return {"rows": float(found[0])}

    return run


JOBS = {"scan_panel": _scan("panel"), "scan_index": _scan("index")}
