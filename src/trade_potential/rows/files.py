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

OTHERS = (";", "\t", "|", ",")
"""Signs that part cells where that of the extension parts none."""
HOW = {
    "-": "standard input is not read; write it to a file first",
    ".xlsx": "save the sheet as CSV; the command outcome reads .xlsx",
    ".xls": "save the sheet as CSV",
    ".dta": "pandas.read_stata(..).to_parquet(..) writes Parquet, which is read",
    ".sav": "pandas.read_spss(..).to_parquet(..) writes Parquet, which is read",
}
"""What to do about files that people have and that are not read, by their ends."""
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
    if file.is_dir():
        raise InputError(
            f"{path}: is a folder; DuckDB makes one file of the Parquet files in it: "
            f"copy (from '{path}/**/*.parquet') to 'all.parquet'"
        )
    if suffix is None:
        how = next(
            (f"; {said}" for end, said in HOW.items() if file.name.lower().endswith(end)), ""
        )
        raise InputError(f"{path}: unknown extension; known are {', '.join(known)}{how}")
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
        (columns, delimiter), too_wide = _header(file, path, DELIMITERS[suffix]), {}
        types = ("VARCHAR",) * len(columns)
        fields = ", ".join(f"'c{k}': 'VARCHAR'" for k in range(len(columns)))
        rows = (
            f"read_csv({literal}, auto_detect = false, header = true, "
            f"delim = '{delimiter}', quote = '\"', escape = '\"', "
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


def _header(file: Path, path: str, usual: str) -> tuple[tuple[str, ...], str]:
    """Names in the first line of a text file, and what parts its cells.

    That is the usual sign, but where it parts no names and exactly one other sign does.
    """
    opened = gzip.open if file.name.lower().endswith(".gz") else open
    try:
        # Bytes that are not UTF-8 in a row below are for DuckDB to tell: it knows the line.
        with opened(file, "rt", encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
            header, delimiter = next(csv.reader(text, delimiter=usual), []), usual
            if len(header) == 1:
                text.seek(0)
                line = text.readline().rstrip("\r\n")
                parted = {sign: next(csv.reader([line], delimiter=sign), []) for sign in OTHERS}
                several = {sign: cells for sign, cells in parted.items() if len(cells) > 1}
                if len(several) == 1:
                    ((delimiter, header),) = several.items()
        "".join(header).encode("utf-8")
    except csv.Error as error:
        raise InputError(f"{path}: line 1: {error}") from error
    except (UnicodeError, gzip.BadGzipFile, EOFError) as error:
        raise InputError(f"{path}: line 1: not a UTF-8 text file: {error}") from error
    if not header:
        raise InputError(f"{path}: the first line is empty")
    return tuple(header), delimiter
