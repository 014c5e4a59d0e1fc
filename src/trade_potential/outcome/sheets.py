"""CSV, XLSX and Parquet files as rows of cells that know their place."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from trade_potential.errors import InputError

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
"""By the words of --delimiter."""
TEXTS = (".csv", ".tsv", ".txt")
BOOKS = (".xlsx", ".xlsm")
PARQUET = (".parquet", ".pq")
LARGEST = 200_000
"""Rows of a file: a series of partners and years has some thousand."""

Value = str | float | date | None
"""A cell: empty is None; a share that Excel formats as per cent is a text with its sign."""


@dataclass(frozen=True)
class Sheet:
    """Rows of a file or of one sheet of a workbook.

    Attributes:
        label: File, and sheet of a workbook.
        rows: Cells by row; rows of text files are as long as their line.
        has_cells: Whether a place is a cell of a workbook (C5), not a line of a file.
        notes: What a reader of the file should know.
    """

    label: str
    rows: Sequence[Sequence[Value]]
    has_cells: bool = False
    notes: tuple[str, ...] = ()

    def value(self, row: int, column: int) -> Value:
        """A cell, counted from 0; None beyond the end of a row."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else None

    def refuse(
        self, row: int, column: int | None, header: str, value: Value, rule: str
    ) -> NoReturn:
        """Say in one line what is wrong with a cell.

        Raises:
            InputError: Always.
        """
        if column is None:
            place = f"row {row + 1}" if self.has_cells else f"line {row + 1}"
        elif self.has_cells:
            place = f"cell {column_letter(column)}{row + 1}"
        else:
            place = f"line {row + 1}"
        of_column = f", column {header}" if header else ""
        raise InputError(f'{self.label}, {place}{of_column}: "{shown(value)}" (rule: {rule})')


def column_letter(column: int) -> str:
    """A, B, .., AA of a column counted from 0."""
    letters, left = "", column + 1
    while left:
        left, digit = divmod(left - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def shown(value: Value) -> str:
    """A cell as people see it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.15g}"
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def read_sheet(path: Path, *, sheet: str | None, delimiter: str | None) -> Sheet:
    """Cells of a file.

    Args:
        path: .csv, .tsv, .txt, .xlsx, .xlsm or .parquet.
        sheet: Of a workbook; None: the only one that holds cells.
        delimiter: A key of ``DELIMITERS``, of a text file; None: the one that fits.

    Raises:
        InputError: No such file, an unknown kind, or one that cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix not in (*TEXTS, *BOOKS, *PARQUET):
        more = "; save the table as .xlsx" if suffix in (".xls", ".ods", ".xlsb") else ""
        known = ", ".join((*TEXTS, *BOOKS, *PARQUET))
        raise InputError(f"{path}: unknown extension (rule: it is one of {known}{more})")
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    if sheet is not None and suffix not in BOOKS:
        raise InputError(f"{path}: a {suffix} file has no sheets (rule: --sheet is of a workbook)")
    if suffix in BOOKS:
        found = _workbook(path, sheet)
    elif suffix in PARQUET:
        found = _parquet(path)
    else:
        found = _text(path, "tab" if suffix == ".tsv" and not delimiter else delimiter)
    if not any(any(cell is not None for cell in row) for row in found.rows):
        raise InputError(f"{found.label}: no cell holds anything (rule: it holds a table)")
    if len(found.rows) > LARGEST:
        said = f"{len(found.rows)} rows (rule: a series has at most {LARGEST})"
        raise InputError(f"{found.label}: {said}")
    return found


def cleaned(text: str) -> str | None:
    """A text without spaces around it; None where nothing is left."""
    return " ".join(text.replace("\ufeff", "").split()) or None


def _text(path: Path, delimiter: str | None) -> Sheet:
    content = path.read_bytes()
    notes: tuple[str, ...] = ()
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = content.decode("utf-16", "strict")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", "replace")
            notes = ("the file is not UTF-8 and was read as Windows-1252",)
    if "\x00" in text:
        raise InputError(f"{path}: it holds bytes of zero (rule: it is a text file)")
    mark = DELIMITERS[delimiter] if delimiter else _delimiter(path, text)
    try:
        rows = [[cleaned(cell) for cell in row] for row in _lines(text, mark)]
    except csv.Error as error:
        raise InputError(f"{path}: {error} (rule: it is a text file of rows)") from None
    return Sheet(str(path), rows, notes=notes)


def _lines(text: str, mark: str) -> Iterator[list[str]]:
    """Rows by line: a row that spans lines takes the place of all, so that numbers are right."""
    reader, line = csv.reader(io.StringIO(text, newline=""), delimiter=mark), 0
    for row in reader:
        yield row
        for _ in range(line + 1, reader.line_num):
            yield []
        line = reader.line_num


def _delimiter(path: Path, text: str) -> str:
    """The sign that parts the most rows into the same number of cells."""
    counts: dict[str, tuple[int, int]] = {}
    for name, mark in DELIMITERS.items():
        try:
            widths = [len(row) for row in _lines(text, mark) if len(row) > 1]
        except csv.Error:
            continue
        if widths:
            usual = max(set(widths), key=widths.count)
            counts[name] = (widths.count(usual), usual)
    if not counts:
        rule = f"cells are parted by one of {', '.join(DELIMITERS)}; --delimiter names it"
        raise InputError(f"{path}, line 1: one cell a line (rule: {rule})")
    best = max(counts.values())[0]
    leading = [name for name, (rows, _) in counts.items() if rows == best]
    if len(leading) > 1 and {"comma", "semicolon"} <= set(leading):
        # 1,5;2,5 is parted by both; a decimal comma never stands beside a delimiting comma
        leading = [name for name in leading if name != "comma"]
    if len(leading) > 1:
        rule = f"--delimiter decides: {' or '.join(leading)}"
        raise InputError(f"{path}: cells are parted by {' and by '.join(leading)} (rule: {rule})")
    return DELIMITERS[leading[0]]


def _workbook(path: Path, sheet: str | None) -> Sheet:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        values = load_workbook(path, data_only=True)
        formulas = load_workbook(path)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        rule = "it is a workbook that Excel saves as .xlsx, without a password"
        raise InputError(f"{path}: {error} (rule: {rule})") from None
    held = [one.title for one in values.worksheets if one.sheet_state == "visible"]
    held = [name for name in held if any(c.value is not None for r in values[name] for c in r)]
    if sheet is None and len(held) != 1:
        names = ", ".join(held) or "none"
        rule = "--sheet names the one to read"
        raise InputError(f"{path}: {len(held)} sheets hold cells: {names} (rule: {rule})")
    name = sheet or held[0]
    if name not in [one.title for one in values.worksheets]:
        rule = f"--sheet is one of {', '.join(one.title for one in values.worksheets)}"
        raise InputError(f"{path}, sheet {name}: no such sheet (rule: {rule})")
    label = f"{path}, sheet {name}"
    # columns and rows before the first cell count, so that places are those of Excel
    cells = values[name].iter_rows(min_row=1, min_col=1)
    rows = [[_of_cell(cell) for cell in row] for row in cells]
    found = Sheet(label, rows, has_cells=True)
    for r, row in enumerate(formulas[name].iter_rows(min_row=1, min_col=1)):
        for c, cell in enumerate(row):
            if cell.data_type == "f" and found.value(r, c) is None:
                rule = "a formula has its result beside it: open the file in Excel and save it"
                found.refuse(r, c, "", str(cell.value), rule)
    return found


def _of_cell(cell: Any) -> Value:
    value = cell.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        if "%" in (cell.number_format or ""):
            return f"{100.0 * value:.15g} %"
        return float(value)
    if value is None or isinstance(value, date):
        return value
    return cleaned(str(value))


def _parquet(path: Path) -> Sheet:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        said = " ".join(str(error).split())[:200]
        raise InputError(f"{path}: {said} (rule: it is a Parquet file)") from None
    columns = [[_of_parquet(value) for value in column.to_pylist()] for column in table.columns]
    header: list[Value] = [cleaned(name) for name in table.column_names]
    return Sheet(str(path), [header, *map(list, zip(*columns, strict=True))])


def _of_parquet(value: Any) -> Value:
    if value is None or isinstance(value, date):
        return value
    if isinstance(value, str | bool):
        return cleaned(str(value))
    try:
        number = float(value)
    except (TypeError, ValueError):
        return cleaned(str(value))
    return number if number == number else None  # NaN is how frames say missing
