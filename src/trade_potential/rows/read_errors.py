"""Files that DuckDB cannot read, told by file and line instead of by the SQL that failed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from trade_potential.errors import InputError

if TYPE_CHECKING:
    import duckdb

_LINE = re.compile(r"CSV Error on Line: (\d+)")
_WIDTH = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")
WIDEST = 38
"""Digits of a decimal that DuckDB reads. Of more it makes floats, and of most of them wrong ones,
without an error: 1.5e17 of 2.13861."""

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


class ParquetColumn(NamedTuple):
    """A column as it stands in a file.

    Attributes:
        name: DuckDB itself renames repeated ones.
        too_wide: Type of a decimal, itself or within, of more digits than ``WIDEST``; else empty.
    """

    name: str
    too_wide: str


def parquet_columns(connection: duckdb.DuckDBPyConnection, literal: str) -> list[ParquetColumn]:
    """The columns of a Parquet file.

    Args:
        connection: Any.
        literal: Path of the file in SQL, quotes included.
    """
    rows = connection.execute(
        "select name, coalesce(num_children, 0), case when try_cast(precision as integer) > "
        f"{WIDEST} then concat('DECIMAL(', precision, ',', scale, ')') else '' end "
        f"from parquet_schema({literal})"
    ).fetchall()
    columns: list[ParquetColumn] = []
    inside = 0  # fields of a nested column still to come
    for name, children, too_wide in rows[1:]:
        if inside == 0:
            columns.append(ParquetColumn(str(name), str(too_wide)))
        else:
            inside -= 1
            if too_wide:
                columns[-1] = columns[-1]._replace(too_wide=str(too_wide))
        inside += children
    return columns
