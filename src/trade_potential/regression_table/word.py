"""Word: one native table with its caption above and its notes below, the same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from trade_potential.regression_table.cells import EMPTY, Cell, Figure
from trade_potential.regression_table.escape import clean
from trade_potential.regression_table.layout import Row, Table, rows_of

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph

FONT, SIZE, NOTE_SIZE = "Times New Roman", 10.0, 9.0
PORTRAIT, LABEL = 16.0, 4.5
"""Centimetres of text on a page of A4, and of the labels."""
LANDSCAPE = 24.7
MANY = 6
"""Models from which the page lies on its side."""
RULES = {"top": 12, "bottom": 12}
"""Of the table, in eighths of a point."""
AFTER_BORDERS = ("w:shd", "w:noWrap", "w:tblLayout", "w:tcMar", "w:tblCellMar", "w:tblLook")
"""Elements that must not stand before the borders, in tables and cells."""
UNKNOWN = re.compile("[\ufffe\uffff]")
"""What XML cannot hold and ``clean`` lets by."""
FIRST = (1980, 1, 1, 0, 0, 0)
"""The earliest time of a file in a zip: a table of the same numbers has the same bytes."""


def render(table: Table) -> bytes:
    """A file of Word with one table.

    Args:
        table: As laid out for every format.

    Returns:
        The bytes of a .docx file.
    """
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt

    word = docx.Document()
    style = word.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(SIZE)
    section = word.sections[0]
    sides = (Cm(21.0), Cm(29.7))
    is_wide = len(table.numbers) >= MANY
    if is_wide:
        section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = sides[::-1] if is_wide else sides
    section.left_margin = section.right_margin = Cm(2.5)
    if table.caption:
        _caption(word, table)
    _grid(word, table, LANDSCAPE if is_wide else PORTRAIT)
    _notes(word, table)
    return _saved(word, table)


def _text(text: str) -> str:
    return UNKNOWN.sub("?", clean(text))


def _caption(word: Word, table: Table) -> None:
    """Above the table, on its page, with a bookmark to refer to."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    paragraph = word.add_paragraph(style="Caption")
    paragraph.paragraph_format.keep_with_next = True
    run = paragraph.add_run(_text(table.caption))
    run.font.size, run.font.color.rgb, run.font.name = Pt(SIZE), RGBColor(0, 0, 0), FONT
    if table.label:
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for mark in (start, end):
            mark.set(qn("w:id"), "0")
        start.set(qn("w:name"), re.sub(r"\W", "_", table.label))
        run._r.addprevious(start)
        run._r.addnext(end)


def _grid(word: Word, table: Table, width: float) -> None:
    """Headings on every page, a rule between blocks, no row broken over pages."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Cm

    heads = [cells for cells in (table.numbers, table.titles) if cells]
    rows = [row for block in table.blocks for row in block]
    grid = word.add_table(len(heads) + len(rows), len(table.numbers) + 1)
    grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    column = (width - LABEL) / len(table.numbers)
    for index, found in enumerate(grid.columns):
        found.width = Cm(column if index else LABEL)
    _borders(grid._tbl.tblPr, "w:tblBorders", RULES)
    starts = {len(heads)}
    for block in table.blocks:
        starts.add(max(starts) + len(block))
    for index, line in enumerate(grid.rows):
        cells = line.cells
        for place, cell in enumerate(cells):
            cell.width = Cm(column if place else LABEL)
            if index in starts:
                _borders(cell._tc.get_or_add_tcPr(), "w:tcBorders", {"top": 6})
        _mark(line._tr.get_or_add_trPr(), "w:cantSplit")
        if index < len(heads):
            _mark(line._tr.get_or_add_trPr(), "w:tblHeader")
            for cell, text in zip(cells[1:], heads[index], strict=True):
                _centred(cell.paragraphs[0], text)
        else:
            _row(cells, rows[index - len(heads)], column)


def _row(cells: Sequence[_Cell], row: Row, column: float) -> None:
    """A label and its cells; standard errors stand below their coefficient."""
    _spaced(cells[0].paragraphs[0]).add_run(_text(row.label))
    for number, line in enumerate(rows_of(row)):
        for cell, value in zip(cells[1:], line, strict=True):
            if number == 0:
                _value(cell.paragraphs[0], value, column)
            elif value != EMPTY:
                _value(cell.add_paragraph(), value, column)


def _value(paragraph: Paragraph, value: Cell, column: float) -> None:
    """A number with its point below the others, or words in the middle."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Cm

    if isinstance(value, Figure):
        # In a cell, text goes to the first decimal stop without a tab.
        _spaced(paragraph).paragraph_format.tab_stops.add_tab_stop(
            Cm(column / 2), WD_TAB_ALIGNMENT.DECIMAL
        )
        paragraph.add_run(figure_text(value))
        return
    _centred(paragraph, value.text)
    if value.mark:
        paragraph.add_run(value.mark).font.superscript = True


def figure_text(cell: Figure) -> str:
    """A number as Word has it: a true minus, the power of ten in words of the sign."""
    power = "" if cell.exponent is None else f"\N{MULTIPLICATION SIGN}10^{cell.exponent}"
    sign = "\N{MINUS SIGN}" if cell.is_negative else ""
    inner = f"{sign}{cell.digits}{power}"
    return f"({inner})" if cell.in_brackets else f"{inner}{cell.stars}"


def _centred(paragraph: Paragraph, text: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    _spaced(paragraph).alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(_text(text))


def _spaced(paragraph: Paragraph) -> Paragraph:
    """Without room around it; on the page of the next."""
    from docx.shared import Pt

    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    return paragraph


def _notes(word: Word, table: Table) -> None:
    """What the other formats say below their table."""
    from docx.shared import Pt

    def run(paragraph: Paragraph, text: str) -> Any:
        made = paragraph.add_run(text)
        made.font.size = Pt(NOTE_SIZE)
        return made

    first = word.add_paragraph()
    first.paragraph_format.space_before, first.paragraph_format.space_after = Pt(4), Pt(0)
    run(first, "Notes:").italic = True
    legend = ", ".join(f"{stars} p < {level}" for stars, level in table.legend)
    run(first, " " + " ".join([*map(_text, table.notes), f"{legend}."]))
    for mark, text in table.footnotes:
        line = _spaced(word.add_paragraph())
        run(line, _text(mark)).font.superscript = True
        run(line, f" {_text(text)}")


def _borders(properties: Any, name: str, sizes: dict[str, int]) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement(name)
    for side, size in sizes.items():
        edge = OxmlElement(f"w:{side}")
        for key, value in {"val": "single", "sz": str(size), "space": "0"}.items():
            edge.set(qn(f"w:{key}"), value)
        borders.append(edge)
    properties.insert_element_before(borders, *AFTER_BORDERS)


def _mark(properties: Any, name: str) -> None:
    from docx.oxml import OxmlElement

    properties.append(OxmlElement(name))


def _saved(word: Word, table: Table) -> bytes:
    """The file without the time at which it was made."""
    about = word.core_properties
    about.title = _text(table.caption)[:255]
    about.author = about.last_modified_by = about.comments = about.keywords = ""
    about.language = "en"
    about.created = about.modified = datetime(*FIRST, tzinfo=UTC)
    about.revision = 1
    made = io.BytesIO()
    word.save(made)
    packed = io.BytesIO()
    with zipfile.ZipFile(made) as before, zipfile.ZipFile(packed, "w") as after:
        for name in before.namelist():
            entry = zipfile.ZipInfo(name, FIRST)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            after.writestr(entry, before.read(name))
    return packed.getvalue()
