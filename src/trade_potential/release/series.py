"""What a release keeps of its inputs: one row per series, for the next build to compare with.

The rows are those of int_quality__series, which has compared them with those of the release before
(quality/before.py). What came of it is told in the manifest: the marts follow from the inputs and
the code alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from trade_potential.errors import ReleaseError
from trade_potential.release.disk import checksum, in_words
from trade_potential.release.layout import SERIES, current_id, named
from trade_potential.release.mart_files import CODEC, opened, rows_of

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

ENTRY = "input_series"
"""Entry of the manifest (``told_of_series``)."""
KEPT = (
    "input_name, series, source_id, vintage_digest, column_digest, row_count, first_year, "
    "last_year, largest_figure, digest"
)
ORDER = "input_name, series, source_id"
THERE = "status not in ('gone', 'withdrawn', 'unreadable')"
TOLD = 20
"""Changed series that are named; the rest is counted."""


class Kept(NamedTuple):
    """What the current release keeps of its inputs.

    Attributes:
        said_by: The release and the date of its publication; without rows, why there are none.
        rows: One per series; None: there are none.
        is_damaged: Whether there should be some.
    """

    said_by: str
    rows: pd.DataFrame | None = None
    is_damaged: bool = False


def write_series(
    folder: Path, series: duckdb.DuckDBPyRelation, *, build: duckdb.DuckDBPyConnection
) -> None:
    """Write the series of a build into a release, in a fixed order.

    Args:
        folder: Of the release.
        series: int_quality__series, of a table that the connection sees.
        build: A connection to its database, as ``write_parquet`` has it.
    """
    rows = build.sql(series.sql_query()).filter(THERE).project(KEPT).order(ORDER)
    rows.write_parquet(str(folder / SERIES), compression=CODEC)


def told_of_series(series: duckdb.DuckDBPyRelation) -> dict[str, Any]:
    """What came of the comparison: `said_by` whom, series by `status`, and the first `changed`.

    `revised` tells of series of another vintage by which factor their largest figures differ, in
    the median and at most.
    """
    counted = series.aggregate("status, count(*) as n, any_value(said_by) as said_by", "status")
    rows = counted.order("status").fetchall()
    changed = series.filter("status in ('changed', 'gone', 'unreadable')").order(ORDER)
    moved = series.filter("status = 'revised' and moved_by is not null")
    size = moved.aggregate(
        "median(moved_by), max(moved_by), arg_max(input_name || ': ' || series, moved_by)"
    ).fetchall()[0]
    return {
        "said_by": rows[0][2] if rows else None,
        "status": {status: n for status, n, _ in rows},
        "changed": [
            {"file": file, "series": name, "change": change}
            for file, name, change in changed.project("file, series, change").limit(TOLD).fetchall()
        ],
        "revised": dict(zip(("median", "largest", "series"), size, strict=True))
        if size[0] is not None
        else None,
    }


def count_changed(manifest: dict[str, Any]) -> int:
    """Series that a release has otherwise than the one before, under a vintage that stands."""
    status = manifest.get(ENTRY, {}).get("status", {})
    return int(status.get("changed", 0)) + int(status.get("gone", 0))


def notes_of(told: dict[str, Any]) -> list[str]:
    """Sentences for the log on series of another vintage."""
    status, revised = told["status"], told["revised"]
    parts = [f"{status[name]} {name}" for name in ("revised", "withdrawn") if name in status]
    if not parts:
        return []
    said = f"series of another vintage than in {told['said_by']}: {', '.join(parts)}"
    if revised is None:
        return [said]
    return [
        f"{said}; their largest figures differ by {revised['median']:.4g} times in the median and "
        f"{revised['largest']:.4g} at most ({revised['series']})"
    ]


def kept_series(root: Path) -> Kept:
    """The series that the current release keeps; what is damaged is told, never taken."""
    try:
        current = current_id(root)
        if current is None:
            return Kept("no release before")
        release = named(root / current)
        path, said = release.folder / SERIES, release.manifest()
        if SERIES not in said["files"]:
            return Kept(f"no series in release {current}")
        if checksum(path) != said["files"][SERIES]["sha256"]:
            return Kept(f"{path} has changed since it was published", is_damaged=True)
        with opened() as memory:
            rows = memory.sql(f"from {rows_of([path])}").df()
    except ReleaseError as error:
        return Kept(str(error), is_damaged=True)
    except OSError as error:
        return Kept(in_words(error), is_damaged=True)
    return Kept(f"release {current} of {str(said.get('published_at'))[:10]}", rows)
