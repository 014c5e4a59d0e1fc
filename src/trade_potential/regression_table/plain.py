"""Plain text for a terminal, and Markdown as GitHub reads it."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from trade_potential.regression_table.cells import Cell, Figure
from trade_potential.regression_table.escape import clean, columns, markdown
from trade_potential.regression_table.layout import Row, Table, rows_of

CELL, LABEL = 12, 36
"""Characters after which words in a cell and in a label go on in a new line (plain text)."""

UNBROKEN = "\N{NO-BREAK SPACE}"
"""A space of the legend, where a line must not end."""

NARROWEST = 60
"""Columns of the notes below a narrow table."""


def parts(cell: Figure) -> tuple[str, str]:
    """What stands before the point, and the point with the rest."""
    power = "" if cell.exponent is None else f"e{cell.exponent:+03d}"
    before = ("(" if cell.in_brackets else "") + ("-" if cell.is_negative else "") + cell.whole
    after = cell.digits[len(cell.whole) :] + power + (")" if cell.in_brackets else cell.stars)
    return before, after


def split(text: str, width: int) -> list[str]:
    """Lines of a cell."""
    return wrap(clean(text), width, break_long_words=False, break_on_hyphens=False) or [""]


def centred(text: str, width: int) -> str:
    """In the middle; an odd column goes to the left."""
    free = width - columns(text)
    return " " * (free - free // 2) + text + " " * (free // 2)


def figures_of(column: Sequence[Cell]) -> tuple[int, int]:
    """Columns before and after the point."""
    both = [parts(cell) for cell in column if isinstance(cell, Figure)]
    return max((len(b) for b, _ in both), default=0), max((len(a) for _, a in both), default=0)


def cell_lines(cell: Cell, widths: tuple[int, int]) -> list[str]:
    """Lines of a cell; figures get the width of their column's figures."""
    if isinstance(cell, Figure):
        before, after = parts(cell)
        return [before.rjust(widths[0]) + after.ljust(widths[1])]
    return split(f"{cell.text} [{cell.mark}]" if cell.mark else cell.text, CELL)


def lines_of(label: str, cells: Sequence[list[str]]) -> list[list[str]]:
    """A row of cells with several lines as lines of single cells."""
    stacks = [split(label, LABEL), *cells]
    height = max(map(len, stacks))
    padded = [stack + [""] * (height - len(stack)) for stack in stacks]
    return [list(line) for line in zip(*padded, strict=True)]


def text_rows(row: Row, widths: Sequence[tuple[int, int]]) -> list[list[str]]:
    """A label with its cells, as lines."""
    found, label = [], row.label
    for cells in rows_of(row):
        found += lines_of(label, [cell_lines(c, w) for c, w in zip(cells, widths, strict=True)])
        label = ""
    return found


def render_text(table: Table) -> str:
    """Aligned columns between rules."""
    widths = [figures_of(table.column(k)) for k in range(len(table.numbers))]
    head = lines_of("", [[n] for n in table.numbers])
    if table.titles:
        head += lines_of("", [split(title, CELL) for title in table.titles])
    blocks = [[line for row in block for line in text_rows(row, widths)] for block in table.blocks]
    everything = [*head, *(line for block in blocks for line in block)]
    sizes = [max(map(columns, column)) for column in zip(*everything, strict=True)]

    def shown(lines: list[list[str]]) -> str:
        return "".join(
            (
                line[0]
                + " " * (sizes[0] - columns(line[0]))
                + "".join("  " + centred(c, s) for c, s in zip(line[1:], sizes[1:], strict=True))
            ).rstrip()
            + "\n"
            for line in lines
        )

    width = sum(sizes) + 2 * (len(sizes) - 1)
    legend = ", ".join(
        f"{stars}{UNBROKEN}p{UNBROKEN}<{UNBROKEN}{level}" for stars, level in table.legend
    )
    notes = ["Notes: " + " ".join([*map(clean, table.notes), f"{legend}."])]
    notes += [f"[{mark}] {clean(text)}" for mark, text in table.footnotes]
    below = [line for note in notes for line in wrap(note, max(width, NARROWEST))]
    return "".join(
        [
            f"{clean(table.caption)}\n" if table.caption else "",
            "=" * width + "\n",
            shown(head),
            "-" * width + "\n",
            "\n".join(shown(block) for block in blocks),
            "=" * width + "\n",
            *(f"{line.replace(UNBROKEN, ' ')}\n" for line in below),
        ]
    )


def markdown_cell(cell: Cell) -> str:
    """A cell; the letter of a footnote stands in brackets."""
    if isinstance(cell, Figure):
        return markdown("".join(parts(cell)))
    return markdown(f"{cell.text} [{cell.mark}]" if cell.mark else cell.text)


def render_markdown(table: Table) -> str:
    """A table of GitHub's kind: one line of headings, a standard error in a line of its own."""
    titles = table.titles or ("",) * len(table.numbers)
    heads = (f"{n} {markdown(t)}".rstrip() for n, t in zip(table.numbers, titles, strict=True))
    grid = [["", *heads]]
    for block in table.blocks:
        for row in block:
            label = markdown(row.label)
            for cells in rows_of(row):
                grid.append([label, *map(markdown_cell, cells)])
                label = ""
    sizes = [max(3, *map(columns, column)) for column in zip(*grid, strict=True)]
    padded = ([c + " " * (s - columns(c)) for c, s in zip(r, sizes, strict=True)] for r in grid)
    lines = [f"| {' | '.join(cells)} |" for cells in padded]
    rule = "|:" + "-" * sizes[0] + " |" + " |".join(f":{'-' * (s - 1)}:" for s in sizes[1:]) + " |"
    legend = ", ".join(f"{markdown(stars)} p \\< {level}" for stars, level in table.legend)
    notes = ["*Notes:* " + " ".join([*map(markdown, table.notes), f"{legend}."])]
    notes += [f"{markdown(f'[{mark}]')} {markdown(text)}" for mark, text in table.footnotes]
    caption = f"**{markdown(table.caption)}**\n\n" if table.caption else ""
    return caption + "\n".join([lines[0], rule, *lines[1:]]) + "\n\n" + "\n\n".join(notes) + "\n"
