"""Which rows of a release people get as sheets of a workbook, and what is said of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from trade_potential.release.csv_files import REPORTS, newest_year
from trade_potential.release.mart_files import Content, parquet_files, rows_of
from trade_potential.sql.render import quoted

if TYPE_CHECKING:
    import duckdb

STUDIES = "dim_study"
MOST_ROWS = 1_048_575
"""Below the header: a sheet of Excel has 1,048,576."""
MOST_SIGNS = 32_767
"""Of a cell of Excel."""
NAME_SIGNS = 31
"""Of the name of a sheet of Excel."""
MANY_CELLS = 250_000
"""From which a sheet holds its newest year only: writing a cell takes time, and the rest is CSV."""


class Sheet(NamedTuple):
    """Rows of a mart for one sheet.

    Attributes:
        mart: Name.
        query: The rows, in the order of the key.
        rows: How many.
        said: What they are of the mart, in words.
        refused: Why the sheet is left out; empty where it is not.
    """

    mart: str
    query: str
    rows: int
    said: str
    refused: str


def sheets(
    memory: duckdb.DuckDBPyConnection,
    folder: Path,
    contents: Mapping[str, Content],
    keys: Mapping[str, list[str]],
) -> Iterator[Sheet]:
    """A sheet for each report, of the default studies and the reporters that they name.

    Args:
        memory: To read the Parquet files with.
        folder: Of the release.
        contents: What each mart holds.
        keys: Columns of the key of each mart.
    """
    studies = _default_studies(folder, contents)
    for mart, held in sorted(contents.items()):
        if not mart.startswith(REPORTS):
            continue
        columns = {name for name, _ in held.columns}
        rows = rows_of(parquet_files(folder, mart))
        said, where = [], []
        if studies and "study_id" in columns:
            said.append("default studies")
            where.append(f"study_id in (select study_id from {studies})")
        if studies and "reporter_iso3" in columns:
            said.append("reporters that a default study names")
            where.append(f"reporter_iso3 in (select reporter_iso3 from {studies})")
        count = _count(memory, rows, where)
        year = newest_year(memory, rows, mart, held)
        if year is None and "year" in columns and count * len(columns) > MANY_CELLS:
            year = _last_year(memory, rows, where)
        if year is not None:
            said.append(f"the year {year} only")
            where.append(f"year = {year}")
            count = _count(memory, rows, where)
        order = ", ".join(f"{quoted(name)} asc nulls last" for name in keys[mart])
        yield Sheet(
            mart,
            f"select * from {rows}{_where(where)} order by {order}",
            count,
            "; ".join(said) or "every row",
            _refusal(memory, mart, held, rows, where, count),
        )


def _default_studies(folder: Path, contents: Mapping[str, Content]) -> str:
    """Rows of the studies that revise no other, as SQL; empty where nothing tells them."""
    columns = {name for name, _ in contents[STUDIES].columns} if STUDIES in contents else set()
    rule = "revises_study_id is null"
    if not {"revises_study_id", "reporter_iso3", "study_id"} <= columns:
        return ""
    return f"{rows_of(parquet_files(folder, STUDIES))} where {rule}"


def _refusal(
    memory: duckdb.DuckDBPyConnection,
    mart: str,
    held: Content,
    rows: str,
    where: Sequence[str],
    count: int,
) -> str:
    """Why a sheet cannot hold the rows: nothing is cut."""
    if count > MOST_ROWS:
        return f"{count} rows, a sheet has room for {MOST_ROWS}"
    if len(mart) > NAME_SIGNS:
        return f"its name has more than the {NAME_SIGNS} signs that a sheet's may have"
    texts = [quoted(name) for name, kind in held.columns if kind == "VARCHAR"]
    if texts:
        longest = ", ".join(f"max(length({name}))" for name in texts)
        found = memory.execute(f"select greatest({longest}, 0) from {rows}{_where(where)}")
        ((signs,),) = found.fetchall()
        if signs > MOST_SIGNS:
            return f"a text of {signs} signs, a cell has room for {MOST_SIGNS}"
    return ""


def _count(memory: duckdb.DuckDBPyConnection, rows: str, where: Sequence[str]) -> int:
    ((count,),) = memory.execute(f"select count(*) from {rows}{_where(where)}").fetchall()
    return int(count)


def _last_year(memory: duckdb.DuckDBPyConnection, rows: str, where: Sequence[str]) -> int | None:
    ((year,),) = memory.execute(f"select max(year) from {rows}{_where(where)}").fetchall()
    return year if isinstance(year, int) else None


def _where(conditions: Sequence[str]) -> str:
    return f" where {' and '.join(conditions)}" if conditions else ""
