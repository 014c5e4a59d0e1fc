"""An explanation for people: a line for each number, recomputed beside stored."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from trade_potential.explain.trace import Line, Trace, Value
from trade_potential.plain_text import shown

LARGE = 1e5
"""From here on numbers are whole, with their thousands apart."""
WIDTH = 100
MARKS = {True: "agrees", False: "DIFFERS", None: ""}


def lines(trace: Trace, names: tuple[str, str]) -> Iterator[str]:
    """The lines of a trace.

    Args:
        trace: What to say.
        names: Reporter and partner in words.
    """
    asked = trace.subject
    yield f"{names[0]} with {names[1]}, {asked['flow']}, {asked['year']}"
    yield f"{asked['study_id']}/{asked['spec_id']}/{asked['estimator']}, {trace.read_from}"
    for number, step in enumerate(trace.steps, start=1):
        yield ""
        yield f"{number}. {step.title}"
        yield from _wrapped(f"from {', '.join(step.tables)}; {step.origin}")
        rows = [_row(line) for line in step.lines]
        if rows:
            widths = [max(len(row[k]) for row in rows) for k in range(2)]
            for (what, value, rest), _ in zip(rows, step.lines, strict=True):
                yield f"   {what.ljust(widths[0])}  {value.rjust(widths[1])}  {rest}".rstrip()
        for text in step.missing:
            yield from _wrapped(f"not here: {text}")
    yield ""
    yield _verdict(trace)


def _row(line: Line) -> tuple[str, str, str]:
    """What, value, and all that stands behind."""
    rest = []
    if line.agrees is not None:
        rest.append(f"{MARKS[line.agrees]}: {line.place} {_text(line.stored)}")
    parts = ", ".join(f"{k} {_text(v)}" for k, v in line.parts.items() if v is not None)
    rest += [text for text in (line.note, parts) if text]
    return line.what, _text(line.value), "; ".join(rest)


def _text(value: Value | Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= LARGE else shown(value)
    return str(value)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="   ", subsequent_indent="     ")


def _verdict(trace: Trace) -> str:
    count = sum(1 for _ in trace.compared())
    wrong = trace.differing
    if wrong:
        return (
            f"{len(wrong)} of {count} recomputed values are not the stored ones: "
            f"{'; '.join(line.what for line in wrong)}"
        )
    if not count:
        return "nothing to recompute"
    return f"all {count} recomputed values are the stored ones"
