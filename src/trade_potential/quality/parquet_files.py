"""Form of Parquet files: what DuckDB says of a file that it cannot read names neither file nor rule."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from trade_potential.macros import file_literal
from trade_potential.unreadable import PARQUET

if TYPE_CHECKING:
    import duckdb


def complaint_of_parquet(path: str) -> str | None:
    """Why a local file is no Parquet file that can be read; None where it is one.

    Only the ends of the file are read: a file that is cut off or something else has no footer.
    """
    import duckdb

    try:
        with Path(path).open("rb"):
            pass
        _memory().cursor().execute(
            f"select count(*) from parquet_schema({file_literal(Path(path))})"
        )  # noqa: S608
    except OSError as error:
        return f"it cannot be opened: {error.strerror}"
    except duckdb.Error:
        return PARQUET
    return None


@cache
def _memory() -> duckdb.DuckDBPyConnection:
    """A database of its own: an error in the one that asks would end its transaction."""
    import duckdb

    return duckdb.connect()
