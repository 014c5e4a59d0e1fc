"""Anyone's CSV or Parquet file as a table of DuckDB, without reading its rows.

Columns of a file are called c0, c1, ... in SQL and never by their own names; the one text of a user
that enters SQL is the quoted path.
"""

from __future__ import annotations

import csv
import gzip
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from trade_potential.errors import InputError
from trade_potential.rows.read_errors import parquet_columns, told_by_line
from trade_potential.rows.table import Table
from trade_potential.sql.render import file_literal

if TYPE_CHECKING:
    import duckdb

DELIMITERS = {".csv": ",", ".csv.gz": ",", ".tsv": "\t"}
PARQUET = (".parquet", ".pq")


def file_table(connection: duckdb.DuckDBPyConnection, path: str) -> Table:
    """A file, the names of its columns read; its rows count from 1 below the header.

    Raises:
        InputError: No such file, unknown extension, empty file, or repeated column names.
    """
    file = Path(path)
    known = (*DELIMITERS, *PARQUET)
    suffix = next((end for end in known if file.name.lower().endswith(end)), None)
    if suffix is None:
        raise InputError(f"{path}: unknown extension; known are {', '.join(known)}")
    if not file.is_file():
        raise InputError(f"{path}: no such file")
    if file.stat().st_size == 0:
        raise InputError(f"{path}: the file is empty")
    literal, is_parquet = file_literal(file), suffix in PARQUET
    told = partial(told_by_line, path, is_parquet=is_parquet)
    if is_parquet:
        rows = f"read_parquet({literal}, hive_partitioning = false)"
        with told():
            described = connection.execute(f"describe select * from {rows}").fetchall()
            stored = parquet_columns(connection, literal)
        columns = tuple(column.name for column in stored)
        too_wide = {k: column.too_wide for k, column in enumerate(stored) if column.too_wide}
        types = tuple(str(row[1]) for row in described)
    else:
        columns, too_wide = _header(file, path, DELIMITERS[suffix]), {}
        types = ("VARCHAR",) * len(columns)
        fields = ", ".join(f"'c{k}': 'VARCHAR'" for k in range(len(columns)))
        rows = (
            f"read_csv({literal}, auto_detect = false, header = true, "
            f"delim = '{DELIMITERS[suffix]}', quote = '\"', escape = '\"', "
            f"hive_partitioning = false, columns = {{{fields}}})"
        )
    aliases = ", ".join(f"c{k}" for k in range(len(columns)))
    return Table(
        name=path,
        relation=f"(select * from {rows} as file_rows({aliases}))",
        columns=columns,
        types=types,
        too_wide=too_wide,
        first_row=1,
        may_stay=is_parquet,
        told=told,
    )


def _header(file: Path, path: str, delimiter: str) -> tuple[str, ...]:
    """Names in the first line of a text file."""
    opened = gzip.open if file.name.lower().endswith(".gz") else open
    try:
        # Bytes that are not UTF-8 in a row below are for DuckDB to tell: it knows the line.
        with opened(file, "rt", encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
            header = next(csv.reader(text, delimiter=delimiter), [])
        "".join(header).encode("utf-8")
    except csv.Error as error:
        raise InputError(f"{path}: line 1: {error}") from error
    except (UnicodeError, gzip.BadGzipFile, EOFError) as error:
        raise InputError(f"{path}: line 1: not a UTF-8 text file: {error}") from error
    if not header:
        raise InputError(f"{path}: the first line is empty")
    return tuple(header)
