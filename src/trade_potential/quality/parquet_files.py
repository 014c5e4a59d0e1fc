"""Parquet files that cannot be read, told by file; DuckDB tells the SQL that failed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from trade_potential.rows.read_errors import PARQUET
from trade_potential.sql.render import as_pattern, file_literal

if TYPE_CHECKING:
    import duckdb


def complaint_of_parquet(path: str) -> str:
    """Why a local file is no Parquet file that can be read; empty where it is one.

    Only the ends of the file are read: a file that is cut off or something else has no footer.
    """
    import duckdb

    try:
        with Path(path).open("rb"):
            pass
        _memory().cursor().execute("select 1 from parquet_schema(?)", [as_pattern(Path(path))])
    except OSError as error:
        return f"it cannot be opened: {error.strerror}"
    except duckdb.Error:
        return PARQUET
    return ""


def columns_of_parquet(path: Path) -> dict[str, str]:
    """Stored type by column, as DuckDB names it, of a file that can be read."""
    found = _memory().cursor().sql(f"from read_parquet({file_literal(path)})")
    return dict(zip(found.columns, map(str, found.types), strict=True))


@cache
def _memory() -> duckdb.DuckDBPyConnection:
    """A database of its own: an error in the one that asks would end its transaction."""
    import duckdb

    return duckdb.connect()
