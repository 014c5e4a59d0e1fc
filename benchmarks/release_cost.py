"""What a release of the default build takes on the disk, and how long one answer takes to read."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measure import MB

ANSWERS = "rpt_answer"
ASKED = "reporter_iso3 = 'VNM' and partner_iso3 = 'DEU'"
YEAR = 2019
READS = 5


def release_cost(project: Path) -> dict[str, Any]:
    """Sizes in MB of the current release and of what it does not share, seconds of reading.

    Args:
        project: Built at least twice with the same data.
    """
    folder = (project / "release" / "current").resolve()
    files = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    parts = sorted((folder / "marts" / ANSWERS).iterdir())

    def size(*paths: Path) -> float:
        return round(sum(files[path].st_size for path in paths) / MB, 2)

    database = folder / "trade_potential.duckdb"
    return {
        "mb": size(*files),
        "own_mb": size(*(path for path, stat in files.items() if stat.st_nlink == 1)),
        "database_mb": size(database),
        "parts": len(parts),
        "parts_mb": size(*parts),
        "largest_part_mb": max(map(size, parts)),
        "read_s": {
            "one year, its file": _seconds(lambda: _asked(folder, f"{YEAR}.parquet", ASKED)),
            "one year, all files": _seconds(
                lambda: _asked(folder, "*.parquet", f"{ASKED} and year = {YEAR}")
            ),
            "all years, all files": _seconds(lambda: _asked(folder, "*.parquet", ASKED)),
        },
    }


def _asked(folder: Path, files: str, condition: str) -> int:
    """Rows of an answer, by a connection of its own as a script has it."""
    import duckdb

    path = folder / "marts" / ANSWERS / files
    with duckdb.connect() as memory:
        return len(memory.execute(f"select * from '{path}' where {condition}").fetchall())  # noqa: S608


def _seconds(read: Callable[[], int]) -> float:
    """Median of some reads; each must find something."""
    taken = []
    for _ in range(READS):
        started = time.perf_counter()
        if not read():
            raise RuntimeError("the release has no answer to read")
        taken.append(time.perf_counter() - started)
    return round(median(taken), 4)
