"""Numbers as people write them: 1.234,5 and 1,234.5, and what tells which of both it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from trade_potential.outcome.sheets import Sheet, Value

MARKS = {"comma": ",", "point": "."}
"""Decimal marks by the words of --decimal."""

MISSING = frozenset(
    (
        *("", ".", "..", "...", "…", ":", "-", "\u2013", "\u2014", "/", "x", "c", "na", "n/a"),
        *("n.a.", "n. a.", "nan", "#n/a", "#nv", "k.a.", "k. a.", "null", "none", "missing"),
    )
)
"""Texts that stand for no figure, in lower case; Eurostat's ':' may have a flag behind it."""

GROUPS = re.compile(r"(?<=\d)[ '\u2019](?=\d{3}(?!\d))")
NUMBER = {
    mark: re.compile(
        rf"[+-]?(?:\d{{1,3}}(?:{re.escape(group)}\d{{3}})+|\d+)?(?:{re.escape(mark)}\d+)?"
        rf"(?:[eE][+-]?\d+)?"
    )
    for mark, group in ((",", "."), (".", ","))
}


class Figure(NamedTuple):
    """A cell that should hold a number, and where it stands."""

    row: int
    column: int
    header: str
    value: Value


def is_missing(value: Value) -> bool:
    """Whether a cell says that there is no figure."""
    if value is None:
        return True
    text = str(value).strip().lower()
    return text in MISSING or re.fullmatch(r":\s*[a-z]?", text) is not None


def decimal_mark(sheet: Sheet, figures: Iterable[Figure], given: str | None) -> str:
    """The decimal mark of all texts of a file; of numbers that are none, a point.

    Raises:
        InputError: Texts contradict each other, or 1.234 could be both, and nothing else tells.
    """
    if given:
        return MARKS[given]
    said: dict[str, Figure] = {}
    open_one = None
    for figure in figures:
        if isinstance(figure.value, str) and not is_missing(figure.value):
            for mark in marks_of(figure.value):
                if mark == "?":
                    open_one = open_one or figure
                else:
                    said.setdefault(mark, figure)
    if len(said) == 2:
        other, last = said["."], said[","]
        rule = f'the file has one decimal mark, and "{other.value}" has a point; correct one'
        sheet.refuse(last.row, last.column, last.header, last.value, rule)
    if not said and open_one:
        rule = "the sign may part thousands or decimals: --decimal comma or --decimal point decides"
        sheet.refuse(open_one.row, open_one.column, open_one.header, open_one.value, rule)
    return next(iter(said), ".")


def marks_of(text: str) -> str:
    """What a number tells of the decimal mark: ',' or '.', '?' where both are possible, or ''."""
    grouped = GROUPS.sub("", text.strip("()+- "))
    signs = re.sub(r"[^.,]", "", grouped)
    if not signs:
        return ""
    if len(set(signs)) == 2:
        return signs[-1]
    if len(signs) > 1:
        return "." if signs[0] == "," else ","
    before, after = re.split(r"[.,]", grouped)
    is_group = re.fullmatch(r"\d{3}", after) and re.fullmatch(r"[1-9]\d{0,2}", before)
    # where spaces part thousands the other sign parts decimals
    return "?" if is_group and grouped == text.strip("()+- ") else signs


def number(sheet: Sheet, figure: Figure, mark: str) -> float:
    """The number in a cell, not below zero.

    Raises:
        InputError: It is a share, no number, negative, or beyond every range.
    """
    value = figure.value
    place = (figure.row, figure.column, figure.header, value)
    if isinstance(value, str):
        text = value.replace("\u2212", "-")
        if "%" in text or "prozent" in text.lower():
            sheet.refuse(*place, "amounts are read, not shares: multiply by the total of the year")
        text = GROUPS.sub("", text)
        if re.fullmatch(r"\(.+\)|.+-", text):  # accountants' negatives
            text = "-" + text.strip("()- ")
        if not re.search(r"\d", text) or not NUMBER[mark].fullmatch(text):
            name = next(word for word, sign in MARKS.items() if sign == mark)
            rule = f"a value is a number with a decimal {name}, or a code such as .. for none"
            sheet.refuse(*place, rule)
        found = float(text.replace("," if mark == "." else ".", "").replace(mark, "."))
    elif isinstance(value, float):
        found = value
    else:
        sheet.refuse(*place, "a value is a number, not a date")
    if found < 0:
        sheet.refuse(*place, "a value is not below zero")
    if not found < 1e15:
        sheet.refuse(*place, "a value is below 1e15")
    return found
