"""Other ways to write the same figures, and texts that must stay texts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.corpus.case import Case, Mutate, Seed, edited, parsed, with_cell, written

PAYLOADS = {
    "SQL in a text": "'); drop schema marts cascade; select ('",
    "SQL comment in a text": "' or 1=1 --",
    "template in a text": "{{ 1 / 0 }}{% raw %}",
    "formula in a text": "=HYPERLINK(0)",
    "markup in a text": "<script>alert(1)</script>",
    "other scripts in a text": " Қазақстан 哈萨克斯坦 ñ",
}
FREE_TEXTS = (
    "caveat", "note", "reason", "description", "source_note", "why", "settled_by", "finding",
    "tolerance_reason", "exhibit_title", "citation", "definition", "country_name",
    "indicator_name", "variable_name", "series_note",
)  # fmt: skip
"""Columns whose text no rule reads."""


def harmless_cases(seed: Seed, number: int) -> Iterator[Case]:
    """Every case of one seed."""

    def loaded(kind: str, change: Mutate) -> Case:
        return Case(seed.target, kind, "loaded", change)

    yield loaded("byte order mark", lambda b: b"\xef\xbb\xbf" + b)
    yield loaded("CRLF", lambda b: b.replace(b"\n", b"\r\n"))
    yield loaded("blank lines at the end", lambda b: b + b"\n\n")
    yield loaded("byte order mark and CRLF", lambda b: b"\xef\xbb\xbf" + b.replace(b"\n", b"\r\n"))
    yield loaded("every value quoted", lambda b: written(parsed(b), quoting=1))
    yield loaded("columns in another order", edited(_reverse))
    numbers = seed.columns("double")
    if numbers:
        yield loaded("numbers with more zeros", _rewritten(seed, numbers, _with_zeros))
        yield loaded("numbers with an exponent", _rewritten(seed, numbers, _with_exponent))
    booleans = seed.columns("boolean")
    if booleans:
        yield loaded("booleans in capitals", _rewritten(seed, booleans, str.upper))
    if len(seed.rows) > 1:
        yield Case(seed.target, "rows in another order", "built", edited(_swap))
    texts = [column for column in seed.header if column in FREE_TEXTS]
    for kind, payload in PAYLOADS.items() if texts else ():
        chance = seed.random(kind, number)
        k = seed.header.index(chance.choice(texts))
        filled = [n for n, row in enumerate(seed.rows) if row[k]]
        n = chance.choice(filled)
        change = with_cell(n + 2, k, seed.rows[n][k] + payload)
        yield Case(seed.target, kind, "built", change, payload=payload)


def _reverse(rows: list[list[str]]) -> None:
    for row in rows:
        row.reverse()


def _swap(rows: list[list[str]]) -> None:
    """The last two rows; the lines of no warning move."""
    rows[-2:] = reversed(rows[-2:])


def _rewritten(seed: Seed, columns: list[str], write: object) -> Mutate:
    def edit(rows: list[list[str]]) -> None:
        for row in rows[1:]:
            for k in (seed.header.index(column) for column in columns):
                row[k] = row[k] and write(row[k])  # type: ignore[operator]

    return edited(edit)


def _with_zeros(number: str) -> str:
    return f"{number}00" if re.fullmatch(r"-?\d+\.\d+", number) else number


def _with_exponent(number: str) -> str:
    return number if "e" in number.lower() else f"{number}e0"
