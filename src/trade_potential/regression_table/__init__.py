"""Regression tables as economists print them: text, Markdown, HTML, LaTeX and Word.

Models come in as names and numbers, so any estimator can be shown. But for Word only the standard
library is imported: the command line stays fast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, get_args

from trade_potential.errors import InputError
from trade_potential.regression_table import latex, plain, web, word
from trade_potential.regression_table.layout import build
from trade_potential.regression_table.model import STARS, Coefficient, Model

__all__ = ["FORMATS", "STARS", "WORD", "Coefficient", "Format", "Model", "document", "render"]

Format = Literal["text", "markdown", "html", "latex"]
FORMATS: tuple[Format, ...] = get_args(Format)
WORD: Final = "docx"
"""The format that is no text: ``document`` makes it."""


def render(
    models: Sequence[Model],
    *,
    format: Format,  # noqa: A002  the word users know
    caption: str = "",
    label: str = "",
    outcome: str = "",
    digits: int = 3,
    labels: Mapping[str, str] | None = None,
    entity: str = "partner",
    time: str = "year",
    standalone: bool = False,
) -> str:
    r"""Models side by side: coefficients with stars, standard errors in parentheses below.

    Args:
        models: The columns, in order.
        format: One of ``FORMATS``.
        caption: Title; any text, as all other text here.
        label: Anchor, for \label and id: a letter, then letters, digits or ``:._-``. LaTeX needs
            a caption to refer to.
        outcome: Dependent variable, named in the notes.
        digits: Decimals, rounded half-even; what would show as zero gets more.
        labels: What to print for a term, by term.
        entity: Name of the first dimension, in "clustered by partner".
        time: Name of the second, in "clustered by partner and year".
        standalone: A whole document instead of a part (LaTeX and HTML; no change for the others).

    Returns:
        The table, ending in a newline. LaTeX needs \usepackage{booktabs}; HTML starts with its
        style element.

    Raises:
        InputError: No models, a term twice in a model, an unknown format, or a bad label or number
            of digits.
    """
    if format not in FORMATS:
        raise InputError(f"format: {format!r} is not one of {', '.join(FORMATS)}")
    table = build(
        models,
        caption=caption,
        label=label,
        outcome=outcome,
        digits=digits,
        labels=labels,
        entity=entity,
        time=time,
    )
    if format == "latex":
        return latex.render(table, standalone=standalone)
    if format == "html":
        return web.render(table, standalone=standalone)
    return plain.render_markdown(table) if format == "markdown" else plain.render_text(table)


def document(
    models: Sequence[Model],
    *,
    caption: str = "",
    label: str = "",
    outcome: str = "",
    digits: int = 3,
    labels: Mapping[str, str] | None = None,
    entity: str = "partner",
    time: str = "year",
) -> bytes:
    """The same as a file of Word: a native table, its caption above and its notes below.

    The arguments are those of ``render``; the label becomes a bookmark.

    Returns:
        The bytes of a .docx file, the same for the same numbers.

    Raises:
        InputError: As ``render``.
    """
    table = build(
        models,
        caption=caption,
        label=label,
        outcome=outcome,
        digits=digits,
        labels=labels,
        entity=entity,
        time=time,
    )
    return word.render(table)
