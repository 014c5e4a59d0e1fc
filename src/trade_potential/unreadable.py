"""Files that DuckDB cannot read, told by file and line instead of by the SQL that failed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from trade_potential.errors import InputError

if TYPE_CHECKING:
    import duckdb

_LINE = re.compile(r"CSV Error on Line: (\d+)")
_WIDTH = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")
PARQUET = "no readable Parquet file: it is cut off, damaged or something else"


@contextmanager
def told_by_line(path: str, *, is_parquet: bool) -> Iterator[None]:
    """Turn DuckDB's errors on reading a file into InputError.

    Raises:
        InputError: With the line and what is wrong there, as far as DuckDB says it.
    """
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise InputError(f"{path}: {PARQUET if is_parquet else _of_csv(str(error))}") from error


def _of_csv(message: str) -> str:
    line = _LINE.search(message)
    if line is None:
        return f"no readable text file: {message.splitlines()[0]}"
    width = _WIDTH.search(message)
    if width:
        said = f"{width[2]} values for {width[1]} columns"
    elif "This file is not utf-8 encoded" in message:
        said = "not a UTF-8 text file"
    elif "unterminated quote" in message:
        said = "a quote is not closed, or stands inside a value"
    else:
        said = message.splitlines()[-1]
    return f"line {line[1]}: {said}"


def parquet_names(connection: duckdb.DuckDBPyConnection, literal: str) -> list[str]:
    """Names of the columns as they stand in a Parquet file: DuckDB itself renames repeated ones.

    Args:
        connection: Any.
        literal: Path of the file, quoted for SQL.
    """
    rows = connection.execute(
        f"select name, coalesce(num_children, 0) from parquet_schema('{literal}')"
    ).fetchall()
    names: list[str] = []
    inside = 0  # fields of a nested column still to come
    for name, children in rows[1:]:
        if inside == 0:
            names.append(str(name))
        else:
            inside -= 1
        inside += children
    return names
