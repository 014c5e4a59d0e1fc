"""The outside cases as Markdown."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Iterator

from tests.reference.outside.outside import Case, Figure, Model, cases, figures

NONE = "\N{EN DASH}"
MORE = 2
"""Decimals of ours beyond those of the print."""
WIDTH = 140
"""Letters of a line, but for tables."""

Found = list[tuple[Case, Model, list[Figure]]]


def compared() -> Found:
    """Every case and model with its figures."""
    return [(case, model, figures(case, model)) for case in cases() for model in case.models]


def unexplained(found: Found) -> list[str]:
    """Figures that ours does not round to, without a reason."""
    return [
        f"{case.name} | {model.place} | {figure.name}: {figure.ours!r} for a printed "
        f"{figure.printed}"
        for case, model, listed in found
        for figure in listed
        if case.data and not figure.is_same and not figure.reason
    ]


def _ours(figure: Figure) -> str:
    """Our number with somewhat more decimals than the print; whole numbers as they are."""
    if math.isnan(figure.ours):
        return NONE
    decimals = len(figure.printed.partition(".")[2])
    return f"{figure.ours:.{decimals + MORE}f}" if decimals else f"{figure.ours:.0f}"


def _lines(listed: list[Figure]) -> Iterator[tuple[str, str, str, str]]:
    """Name, print, ours and digits; a standard error stands behind its estimate."""
    errors = {f.name.removeprefix("s.e. of "): f for f in listed if f.name.startswith("s.e. of ")}
    for figure in listed:
        if figure.name.startswith("s.e. of "):
            continue
        pair = [figure, *([errors[figure.name]] if figure.name in errors else [])]
        printed, ours = (_joined(texts) for texts in zip(*map(_texts, pair), strict=True))
        digits = ", ".join(f"{f.digits} of {f.of}" for f in pair)
        yield figure.name, printed, ours, NONE if math.isnan(figure.ours) else digits


def _texts(figure: Figure) -> tuple[str, str]:
    return figure.printed, _ours(figure)


def _joined(texts: Iterable[str]) -> str:
    first, *rest = texts
    return f"{first} ({rest[0]})" if rest and first != NONE else first


def _wrapped(text: str) -> str:
    """A paragraph, or an entry of a list, in lines."""
    return textwrap.fill(
        text,
        WIDTH,
        subsequent_indent="  " if text.startswith("- ") else "",
        break_long_words=False,
        break_on_hyphens=False,
    )


def outside(found: Found) -> str:
    """All cases: source, data, table, notes."""
    parts = []
    for name in dict.fromkeys(case.name for case, _, _ in found):
        own = [(case, model, listed) for case, model, listed in found if case.name == name]
        case = own[0][0]
        data = f"Data: {case.data_source}." if case.data else f"Not here; to get them: {case.get}."
        table = ["| Model | Figure | Printed | Ours | Digits |", "| --- | --- | --- | --- | --- |"]
        notes: dict[str, None] = {}
        for _, model, listed in own:
            for k, line in enumerate(_lines(listed)):
                table.append("| " + " | ".join(["" if k else model.place, *line]) + " |")
            said = [model.note, *(f"{f.name}: {f.reason}" for f in listed if f.reason)]
            notes |= dict.fromkeys(_wrapped(f"- {model.place}: {text}.") for text in said if text)
        head = [f"**{case.title}.** {case.source}.", data]
        lines = ["\n".join(map(_wrapped, head)), "\n".join(table), "\n".join(notes)]
        parts += filter(None, lines)
    return "\n\n".join(parts) + "\n"
