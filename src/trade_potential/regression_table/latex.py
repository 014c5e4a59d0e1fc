"""LaTeX with booktabs, as wide as the text; points stand under each other without a package."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from trade_potential.regression_table.cells import Cell, Figure, Widths
from trade_potential.regression_table.escape import clean, latex
from trade_potential.regression_table.layout import Row, Table, rows_of

CELL, LABEL = 12, 36
"""Characters after which words in a cell and in a label go on in a new line."""

SIZES = ((4, r"\small"), (6, r"\footnotesize\setlength{\tabcolsep}{4pt}"))
SMALLEST = r"\scriptsize\setlength{\tabcolsep}{3pt}"
"""Type by the number of models, so that a page of ordinary width holds the table."""

DOCUMENT = r"""\documentclass{article}
\usepackage[margin=2.5cm]{geometry}
\usepackage{booktabs}
\begin{document}
%s\end{document}
"""


def stacked(text: str, *, width: int, align: str, mark: str = "") -> str:
    """Text, in several lines if it is long, with the letter of a footnote."""
    lines = wrap(clean(text), width, break_long_words=False, break_on_hyphens=False)
    letter = f"$^{{\\mathrm{{{mark}}}}}$" if mark else ""
    if len(lines) < 2:
        return latex(text) + letter
    inner = r" \\ ".join(map(latex, lines)) + letter
    return f"\\begin{{tabular}}[t]{{@{{}}{align}@{{}}}}{inner}\\end{{tabular}}"


def raised(stars: str, *, apart: str = "") -> str:
    """Stars in the place of an exponent, taking no room: they must not move the number."""
    return f"\\rlap{{{apart}$^{{{stars}}}$}}" if stars else ""


def cell_text(cell: Cell, widths: Widths) -> str:
    """A cell: digits centred, sign, bracket and stars outside of them."""
    if not isinstance(cell, Figure):
        return stacked(cell.text, width=CELL, align="c", mark=cell.mark)
    digits = cell.digits.replace(",", "{,}")
    if cell.exponent is not None:
        digits = f"${digits}\\times10^{{{cell.exponent}}}$"
    before, after = widths.padding(cell)
    left = ("(" if cell.in_brackets else "") + ("$-$" if cell.is_negative else "")
    return "".join(
        [
            f"\\phantom{{{'0' * before}}}" if before else "",
            f"\\llap{{{left}}}" if left else "",
            digits,
            r"\rlap{)}" if cell.in_brackets else "",
            raised(cell.stars, apart="" if cell.is_plain else r"\,"),
            f"\\phantom{{{'0' * after}}}" if after else "",
        ]
    )


def line(cells: Sequence[str]) -> str:
    """A line of the table."""
    return " & ".join(cells).rstrip() + " \\\\\n"


def row_text(row: Row, widths: Sequence[Widths]) -> str:
    """A label with its line or two of cells."""
    label = stacked(row.label, width=LABEL, align="l")
    lines = []
    for cells in rows_of(row):
        shown = (cell_text(cell, width) for cell, width in zip(cells, widths, strict=True))
        lines.append(line([label, *shown]))
        label = ""
    return "".join(lines)


def notes_text(table: Table) -> str:
    """Notes, legend and footnotes in small type below the table."""
    stars = ", ".join(f"$^{{{stars}}}$ $p<{level}$" for stars, level in table.legend)
    lines = [r"\textit{Notes:} " + " ".join([*map(latex, table.notes), f"{stars}."])]
    lines += [f"$^{{\\mathrm{{{mark}}}}}$ {latex(text)}" for mark, text in table.footnotes]
    body = "\\par\n".join(lines)
    return f"\\begin{{minipage}}{{\\linewidth}}\n\\footnotesize\n{body}\n\\end{{minipage}}\n"


def render(table: Table, *, standalone: bool) -> str:
    """A table environment for a document that loads booktabs, or a whole document."""
    n = len(table.numbers)
    widths = [Widths.of(table.column(k)) for k in range(n)]
    heads = [line(["", *table.numbers])]
    if table.titles:
        titles = (stacked(t, width=CELL, align="c") for t in table.titles)
        heads.append(line(["", *titles]))
    blocks = ("".join(row_text(row, widths) for row in block) for block in table.blocks)
    parts = [
        "\\begin{table}[htbp]\n\\centering\n",
        f"\\caption{{{latex(table.caption)}}}\n" if table.caption else "",
        f"\\label{{{table.label}}}\n" if table.caption and table.label else "",
        "\\smallskip\n" if table.caption else "",
        next((size for most, size in SIZES if n <= most), SMALLEST) + "\n",
        f"\\begin{{tabular*}}{{\\linewidth}}{{@{{\\extracolsep{{\\fill}}}}l*{{{n}}}{{c}}"
        "@{\\hspace{1.2em}}}\n",
        "\\toprule\n",
        *heads,
        "\\midrule\n",
        "\\addlinespace\n".join(blocks),
        "\\bottomrule\n\\end{tabular*}\n\\par\\smallskip\n",
        notes_text(table),
        "\\end{table}\n",
    ]
    text = "".join(parts)
    return DOCUMENT % text if standalone else text
