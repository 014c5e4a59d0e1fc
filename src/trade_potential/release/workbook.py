"""The reports of a release as one workbook, for people with a spreadsheet and nothing else.

openpyxl stamps its files with the time; here every time is the same, so that equal marts give equal
bytes.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from trade_potential.release.csv_files import FLOATS
from trade_potential.release.licence import LICENCE, SOURCES
from trade_potential.release.mart_files import Content, parquet_files, rows_of
from trade_potential.release.sheets import Sheet, sheets
from trade_potential.release.texts import Texts
from trade_potential.release.units import unit_of

if TYPE_CHECKING:
    import duckdb
    from openpyxl import Workbook
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

WORKBOOK = "trade_potential.xlsx"
NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The oldest that a zip file can tell."""
WIDTHS = {"VARCHAR": 18, "BOOLEAN": 9}
OTHER_WIDTH = 12
ABOUT = (
    "Trade potential: the reports of one release, for reading",
    "K is actual over predicted trade: below 1 less is traded than the model predicts.",
    "Studies are alternatives: they answer the same question from other figures, countries or "
    "models. Never add them up or average them: choose one study and one specification.",
    "This workbook holds the default studies, none that revises another. All studies and rows are "
    "in trade_potential.duckdb and marts/ (Parquet); reports and dimensions are in csv/ as well.",
    "Numbers have 16 digits here, all of them in csv/ and marts/. An empty cell is no value.",
    "What a column is and its unit: sheet Columns. Whose figures these are: sheet Sources. "
    f"Licences: {LICENCE}. Which build this is: manifest.json beside this file.",
)


class Undated(ZipFile):
    """A zip file whose members have no time."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        """Add a text."""
        super().writestr(self._member(str(zinfo_or_arcname)), data)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        """Add a file."""
        member = self._member(str(arcname or filename))
        with Path(filename).open("rb") as file, self.open(member, "w", force_zip64=True) as out:
            shutil.copyfileobj(file, out)

    @staticmethod
    def _member(name: str) -> ZipInfo:
        member = ZipInfo(name, NO_TIME)
        member.compress_type = ZIP_DEFLATED
        return member


def write_workbook(
    memory: duckdb.DuckDBPyConnection,
    folder: Path,
    contents: Mapping[str, Content],
    keys: Mapping[str, list[str]],
    texts: Texts,
) -> list[str]:
    """Write the workbook of a release that has reports.

    Args:
        memory: To read the Parquet files with.
        folder: Of the release.
        contents: What each mart holds.
        keys: Columns of the key of each mart.
        texts: What is said of each mart.

    Returns:
        A sentence for each report that is left out.
    """
    planned = list(sheets(memory, folder, contents, keys))
    if not planned:
        return []
    from openpyxl import Workbook
    from openpyxl.writer.excel import ExcelWriter

    book = Workbook(write_only=True)
    book.properties.creator = "trade-potential"
    book.properties.created = book.properties.modified = datetime(*NO_TIME)
    _read_me(book, planned, texts)
    for sheet in planned:
        if not sheet.refused:
            rows = memory.execute(sheet.query)
            _table(book, sheet.mart, contents[sheet.mart].columns, _batches(rows), sheet.rows)
    _columns(book, planned, contents, texts)
    if SOURCES in contents:
        held = contents[SOURCES]
        rows = memory.execute(f"select * from {rows_of(parquet_files(folder, SOURCES))}")
        _table(book, "Sources", held.columns, _batches(rows), held.rows)
    with Undated(folder / WORKBOOK, "w", ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).write_data()
    return [f"{WORKBOOK} has no sheet {of.mart}: {of.refused}" for of in planned if of.refused]


def _batches(rows: duckdb.DuckDBPyConnection) -> Iterable[Sequence[Any]]:
    while batch := rows.fetchmany(10_000):
        yield from batch


def _table(
    book: Workbook,
    name: str,
    columns: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[Any]],
    count: int,
    widths: Mapping[str, int] | None = None,
) -> None:
    """A sheet with a bold header that stays in sight, a filter, and typed cells."""
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(name)
    for position, (column, kind) in enumerate(columns, start=1):
        # The arrow of the filter covers the end of a header.
        width = max(WIDTHS.get(kind, OTHER_WIDTH), len(column) + 4)
        letter = get_column_letter(position)
        sheet.column_dimensions[letter].width = (widths or {}).get(column, width)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count + 1}"
    sheet.append([_bold(sheet, column) for column, _ in columns])
    for cells in _cells(sheet, [kind for _, kind in columns], rows):
        sheet.append(cells)


def _cells(
    sheet: WriteOnlyWorksheet, kinds: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Iterator[list[Any]]:
    """Values with their types; a text stays one, whatever a spreadsheet would make of it."""
    texts = [position for position, kind in enumerate(kinds) if kind == "VARCHAR"]
    floats = [position for position, kind in enumerate(kinds) if kind in FLOATS]
    others = set(range(len(kinds))) - {*texts, *floats}
    for row in rows:
        cells = list(row)
        for position in texts:
            if cells[position] and cells[position][0] in "=#":
                cells[position] = _text(sheet, cells[position])
        for position in floats:
            if cells[position] is not None and not math.isfinite(cells[position]):
                cells[position] = str(cells[position])
        for position in others:
            if not isinstance(cells[position], bool | int | date | None):
                cells[position] = str(cells[position])
        yield cells


def _text(sheet: WriteOnlyWorksheet, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet)
    cell.value = text
    cell.data_type = "s"
    return cell


def _bold(sheet: WriteOnlyWorksheet, text: str) -> Any:
    from openpyxl.styles import Font

    cell = _text(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _read_me(book: Workbook, planned: Sequence[Sheet], texts: Texts) -> None:
    """What the workbook is, and what each sheet holds or why there is none."""
    sheet = book.create_sheet("Read me")
    sheet.column_dimensions["A"].width = 30
    sheet.column_dimensions["B"].width = 10
    sheet.column_dimensions["C"].width = sheet.column_dimensions["D"].width = 60
    sheet.append([_bold(sheet, ABOUT[0])])
    for line in ABOUT[1:]:
        sheet.append([line])
    sheet.append([])
    sheet.append([_bold(sheet, text) for text in ("Sheet", "Rows", "Holds", "What a row is")])
    for of in planned:
        said = f"left out: {of.refused}; see csv/ and marts/" if of.refused else of.said
        sheet.append([of.mart, of.rows, said, _text(sheet, texts[of.mart].description)])


def _columns(
    book: Workbook, planned: Sequence[Sheet], contents: Mapping[str, Content], texts: Texts
) -> None:
    """Name, unit and description of every column of a sheet."""
    rows = [
        (of.mart, name, unit_of(name), texts[of.mart].columns[name])
        for of in planned
        for name, _ in contents[of.mart].columns
    ]
    names = [(name, "VARCHAR") for name in ("mart", "column", "unit", "description")]
    widths = {"mart": 28, "column": 30, "description": 90}
    _table(book, "Columns", names, rows, len(rows), widths)
