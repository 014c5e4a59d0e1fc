"""Marts that people read as CSV, for programs that open neither Parquet nor DuckDB.

UTF-8 with a byte order mark: Excel takes a file without one for the code page of the machine, and
Cote d'Ivoire loses its accent. Line ends and quotes are those of RFC 4180.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from trade_potential.errors import ReleaseError
from trade_potential.release.mart_files import Content, parquet_files, rows_of
from trade_potential.sql.render import quoted, text_literal

if TYPE_CHECKING:
    import duckdb

CSV = "csv"
REPORTS, DIMENSIONS = "rpt_", "dim_"
"""How the names of marts begin that people read, and of those that tell what their keys mean."""
NEWEST_ONLY = {"rpt_answer": "k_ratio"}
"""Marts too long for a spreadsheet, by the column that an answered row has."""
BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First signs of a text that a spreadsheet runs."""
FLOATS = ("DOUBLE", "FLOAT")


class CsvFile(NamedTuple):
    """One CSV file of a release.

    Attributes:
        path: Within the release.
        year: The only year it holds; None: it holds the whole mart.
    """

    path: str
    year: int | None


def write_csv(
    memory: duckdb.DuckDBPyConnection,
    folder: Path,
    contents: Mapping[str, Content],
    keys: Mapping[str, list[str]],
) -> dict[str, CsvFile]:
    """Write the reports and the dimensions, rows in the order of the key.

    Args:
        memory: To read the Parquet files with.
        folder: Of the release.
        contents: What each mart holds.
        keys: Columns of the key of each mart.

    Returns:
        The file by name of the mart.

    Raises:
        ReleaseError: The name of a first column needs quotes.
    """
    written = {}
    for mart, held in sorted(contents.items()):
        if not mart.startswith((REPORTS, DIMENSIONS)):
            continue
        rows = rows_of(parquet_files(folder, mart))
        year = newest_year(memory, rows, mart, held)
        part = f"{CSV}/{mart}{'' if year is None else '_newest_year'}.csv"
        where = "" if year is None else f" where year = {year}"
        order = ", ".join(f"{quoted(column)} asc nulls last" for column in keys[mart])
        (folder / CSV).mkdir(exist_ok=True)
        memory.execute(
            f"copy (select {_cells(mart, held)} from {rows}{where} order by {order}) "
            f"to {text_literal(str((folder / part).absolute()))} "
            "(format csv, header true, delimiter ',', quote '\"', escape '\"', new_line '\\r\\n')"
        )
        written[mart] = CsvFile(part, year)
    return written


def newest_year(
    memory: duckdb.DuckDBPyConnection, rows: str, mart: str, held: Content
) -> int | None:
    """The newest year with answers of a mart that is too long to be whole; None: it is whole."""
    answer = NEWEST_ONLY.get(mart)
    if answer is None or not {answer, "year"} <= {name for name, _ in held.columns}:
        return None
    found = memory.execute(
        f"select max(year) from {rows} where {quoted(answer)} is not null"
    ).fetchone()
    return None if found is None or found[0] is None else int(found[0])


def _cells(mart: str, held: Content) -> str:
    """Columns as they are written; the mark stands before the name of the first."""
    first = held.columns[0][0]
    if set(first) & set('",\r\n'):
        raise ReleaseError(f"{mart}: the name of its first column, {first!r}, is none for a CSV")
    names = [BOM + first, *(name for name, _ in held.columns[1:])]
    cells = [
        f"{_cell(quoted(column), kind)} as {quoted(name)}"
        for name, (column, kind) in zip(names, held.columns, strict=True)
    ]
    return ", ".join(cells)


def _cell(column: str, kind: str) -> str:
    """A value as text: doubles with every digit, texts that no spreadsheet runs."""
    if kind in FLOATS:
        return (
            f"case when isfinite({column}) then cast({column} as varchar) "
            f"when isnan({column}) then 'NaN' when {column} > 0 then 'INF' "
            f"when {column} < 0 then '-INF' end"
        )
    if kind != "VARCHAR":
        return column
    starts = ", ".join(f"chr({ord(sign)})" for sign in FORMULA)
    # A negative number is no formula, also where it stands among texts.
    return (
        f"case when left({column}, 1) in ({starts}) and try_cast({column} as double) is null "
        f"then '''' || {column} else {column} end"
    )
