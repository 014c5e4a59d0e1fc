"""What a release keeps of its inputs: one row per series, for the gate of the next build.

The rows are those of int_quality__series; the gate compares its own with them (quality/before.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from trade_potential.errors import ReleaseError
from trade_potential.release.disk import checksum, in_words
from trade_potential.release.layout import SERIES, current_id, named
from trade_potential.release.mart_files import opened, rows_of

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

ORDER = "input_name, series, source_id"


class Kept(NamedTuple):
    """What the current release keeps of its inputs.

    Attributes:
        place: Its file, for people.
        said_by: The release and the date of its publication; without rows, what there is none of.
        rows: One per series; None: there are none.
        wrong: Why they cannot be read.
    """

    place: str
    said_by: str
    rows: pd.DataFrame | None = None
    wrong: str = ""


def write_series(
    folder: Path, series: duckdb.DuckDBPyRelation, *, build: duckdb.DuckDBPyConnection
) -> None:
    """Write the series of a build into a release, in a fixed order.

    Args:
        folder: Of the release.
        series: One row per series, of a table that the connection sees.
        build: A connection to its database, as ``write_parquet`` has it.
    """
    rows = build.sql(series.sql_query()).order(ORDER)
    rows.write_parquet(str(folder / SERIES), compression="zstd")


def kept_series(root: Path) -> Kept:
    """The series that the current release keeps; what is damaged is told, never taken."""
    place = str(root)
    try:
        current = current_id(root)
        if current is None:
            return Kept(place, "release before")
        release = named(root / current)
        place, said = str(release.folder / SERIES), release.manifest()
        if SERIES not in said["files"]:
            return Kept(place, f"series in release {current}")
        if checksum(release.folder / SERIES) != said["files"][SERIES]["sha256"]:
            return Kept(place, current, wrong=f"{place} has changed since it was published")
        with opened() as memory:
            rows = memory.sql(f"from {rows_of([release.folder / SERIES])}").df()
    except ReleaseError as error:
        return Kept(place, "release before", wrong=str(error))
    except OSError as error:
        return Kept(place, "release before", wrong=in_words(error))
    return Kept(place, f"release {current} of {str(said.get('published_at'))[:10]}", rows)
