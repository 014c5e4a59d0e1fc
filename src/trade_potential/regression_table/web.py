"""HTML: one table element with its own style, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from trade_potential.regression_table.cells import Cell, Figure, Widths
from trade_potential.regression_table.escape import html
from trade_potential.regression_table.layout import Row, Table, rows_of

FIGURE_SPACE = "\u2007"
"""As wide as a digit."""

WORD_JOINER = "\u2060"
"""Of no width; after a figure space, which at the end of a line need not take room."""

STYLE = """<style>
.regression-table { border-collapse: collapse; border-top: 2px solid;
  font: 15px/1.35 "Times New Roman", Times, serif; font-variant-numeric: lining-nums tabular-nums; }
.regression-table caption { caption-side: top; padding: 0 0 .6em; font-weight: bold; }
.regression-table th, .regression-table td { padding: .08em 1.3em; text-align: center;
  vertical-align: top; font-weight: normal; max-width: 9em; }
.regression-table th[scope="row"] { padding-left: 0; text-align: left; max-width: 20em; }
.regression-table thead tr:first-child > * { padding-top: .4em; }
.regression-table thead tr:last-child > * { padding-bottom: .4em; border-bottom: 1px solid; }
.regression-table tbody tr:first-child > * { padding-top: .5em; }
.regression-table tbody:last-of-type tr:last-child > * { padding-bottom: .5em; }
.regression-table tfoot td { max-width: 0; padding: .5em 0; border-top: 2px solid;
  font-size: 13px; text-align: left; }
.regression-table tfoot p { margin: 0; }
.regression-table .before { display: inline-block; width: 2em; margin-left: -2em;
  text-align: right; }
.regression-table .after { display: inline-block; width: 2em; margin-right: -2em;
  text-align: left; }
.regression-table sup { line-height: 0; }
</style>
"""
DOCUMENT = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
{style}</head>
<body>
{table}</body>
</html>
"""


def cell_text(cell: Cell, widths: Widths) -> str:
    """A cell: digits centred, sign, bracket and stars outside of them."""
    if not isinstance(cell, Figure):
        mark = f"<sup>{html(cell.mark)}</sup>" if cell.mark else ""
        return html(cell.text) + mark
    digits = cell.digits
    if cell.exponent is not None:
        power = str(cell.exponent).replace("-", "&minus;")
        digits = f"{digits}&nbsp;&times;&nbsp;10<sup>{power}</sup>"
    before, after = widths.padding(cell)
    left = ("(" if cell.in_brackets else "") + ("&minus;" if cell.is_negative else "")
    right = ")" if cell.in_brackets else cell.stars
    return "".join(
        [
            FIGURE_SPACE * before,
            f'<span class="before">{left}</span>' if left else "",
            digits,
            f'<span class="after">{right}</span>' if right else "",
            FIGURE_SPACE * after + WORD_JOINER if after else "",
        ]
    )


def row_text(row: Row, widths: Sequence[Widths]) -> str:
    """A line whose header is the label; standard errors stand in the cell of their coefficient."""
    cells = (
        "<br>".join(filter(None, (cell_text(line[k], width) for line in rows_of(row))))
        for k, width in enumerate(widths)
    )
    inner = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{html(row.label)}</th>{inner}</tr>\n'


def head_text(cells: Sequence[str]) -> str:
    """A line of column headers; the corner above the labels heads nothing."""
    inner = "".join(f'<th scope="col">{html(cell)}</th>' for cell in cells)
    return f"<tr><td></td>{inner}</tr>\n"


def notes_text(table: Table) -> str:
    """Notes, legend and footnotes."""
    legend = ", ".join(f"{stars} <i>p</i> &lt; {level}" for stars, level in table.legend)
    lines = ["<i>Notes:</i> " + " ".join([*map(html, table.notes), f"{legend}."])]
    lines += [f"<sup>{html(mark)}</sup> {html(text)}" for mark, text in table.footnotes]
    return "\n".join(f"<p>{line}</p>" for line in lines)


def render(table: Table, *, standalone: bool) -> str:
    """A style and a table element, or a whole page."""
    widths = [Widths.of(table.column(k)) for k in range(len(table.numbers))]
    heads = [head_text(cells) for cells in (table.numbers, table.titles) if cells]
    blocks = ("".join(row_text(row, widths) for row in block) for block in table.blocks)
    anchor = f' id="{table.label}"' if table.label else ""
    text = "".join(
        [
            f'<table class="regression-table"{anchor}>\n',
            f"<caption>{html(table.caption)}</caption>\n" if table.caption else "",
            f"<thead>\n{''.join(heads)}</thead>\n",
            *(f"<tbody>\n{block}</tbody>\n" for block in blocks),
            f'<tfoot>\n<tr><td colspan="{len(widths) + 1}">{notes_text(table)}</td></tr>\n</tfoot>',
            "\n</table>\n",
        ]
    )
    title = html(table.caption or "Regression table")
    return DOCUMENT.format(title=title, style=STYLE, table=text) if standalone else STYLE + text
