"""The ways to read a time: each a number that grows with it, of the texts that are such times."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
MONTH_OF = {name[:n]: k for k, name in enumerate(MONTHS, start=1) for n in (3, len(name))}
MONTH_OF["sept"] = 9
PARTS = {"m": 12, "q": 4, "h": 2, "s": 2, "w": 53}
"""Parts of a year by their letter: months, quarters, halves, semesters, weeks."""

NAME = rf"(?P<name>{'|'.join(sorted(MONTH_OF, key=len, reverse=True))})\.?"
CLOCK = (
    r"(?:[ t](?P<h>\d{2}):(?P<min>\d{2})(?::(?P<s>\d{2}(?:\.\d+)?))?"
    r"(?:z|(?P<zone>[+-]\d{2})(?::?(?P<more>\d{2}))?)?)?"
)
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?")
ISO_DATE = re.compile(rf"(?P<y>\d{{4}})([-/.])(?P<m>\d{{1,2}})\2(?P<d>\d{{1,2}}){CLOCK}")
NAMED_DATE = re.compile(
    rf"(?:(?P<d>\d{{1,2}})[ -]?{NAME}|{NAME.replace('name', 'first')} (?P<d2>\d{{1,2}}),?)"
    rf"[ -]?(?P<y>\d{{4}}){CLOCK}"
)
TWO_NUMBERS_AND_YEAR = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(?P<y>\d{{4}}){CLOCK}")
YEAR_MONTH = re.compile(r"(?P<y>\d{4})[-/](?P<m>\d{1,2})")
MONTH_YEAR = re.compile(r"(?P<m>\d{1,2})[-/.](?P<y>\d{4})")
NAMED_MONTH = re.compile(
    rf"(?:{NAME}[ ,/-]*(?P<y>\d{{4}})|(?P<y2>\d{{4}})[ /-]*{NAME.replace('name', 'last')})"
)
TWO_YEARS = re.compile(r"(?P<y>\d{4})[-/](?P<next>\d{4}|\d{2})")
SIGNED = re.compile(r"(\D*?)([+-]?\d+)(\D*)")
UNSIGNED = re.compile(r"(\D*)(\d+)(\D*)")
LONGEST = 64
"""Letters of a time; what is longer is none."""


@dataclass(frozen=True)
class Rule:
    """A way to read times.

    Attributes:
        name: In words, in the plural.
        read: The number of a text, in lower case and without space around it; None if it is not
            one of these.
        steps: What equal steps of time are: of the numbers, of days (or months, if all dates have
            the same day or are the last of their month), or not known.
    """

    name: str
    read: Callable[[str], Fraction | int | None]
    steps: Literal["numbers", "days", "unknown"] = "numbers"


def _number(text: str) -> Fraction | None:
    return Fraction(text) if NUMBER.fullmatch(text) else None


def _day(year: int, month: int, day: int, match: re.Match[str] | None = None) -> Fraction | None:
    """Days since year 1, with the part of the day."""
    try:
        days = date(year, month, day).toordinal()
    except ValueError:
        return None
    if match is None or match["h"] is None:
        return Fraction(days)
    clock = 3600 * int(match["h"]) + 60 * int(match["min"]) + Fraction(match["s"] or 0)
    if zone := match["zone"]:
        minutes = 60 * int(zone[1:]) + int(match["more"] or 0)
        clock -= 60 * minutes if zone[0] == "+" else -60 * minutes
    return days + clock / 86400


def _date(text: str) -> Fraction | None:
    if re.fullmatch(r"\d{8}", text):
        return _day(int(text[:4]), int(text[4:6]), int(text[6:]))
    if match := ISO_DATE.fullmatch(text):
        return _day(int(match["y"]), int(match["m"]), int(match["d"]), match)
    if match := NAMED_DATE.fullmatch(text):
        month = MONTH_OF[match["name"] or match["first"]]
        return _day(int(match["y"]), month, int(match["d"] or match["d2"]), match)
    return None


def month_number(year: int, month: int) -> int:
    """Months since year 0."""
    return 12 * year + month - 1


def _month(text: str) -> int | None:
    if re.fullmatch(r"(1[89]|20|21)\d{2}(0[1-9]|1[0-2])", text):
        return month_number(int(text[:4]), int(text[4:]))
    for pattern in (YEAR_MONTH, MONTH_YEAR):
        if (match := pattern.fullmatch(text)) and 1 <= int(match["m"]) <= 12:
            return month_number(int(match["y"]), int(match["m"]))
    if match := NAMED_MONTH.fullmatch(text):
        month = MONTH_OF[match["name"] or match["last"]]
        return month_number(int(match["y"] or match["y2"]), month)
    return _part("m")(text)


def _part(letters: str) -> Callable[[str], int | None]:
    """Reader of parts of a year: 2010q1, 2010-Q1, Q1 2010."""
    first = re.compile(rf"(?P<y>\d{{4}})[ _/-]?[{letters}](?P<n>\d{{1,2}})")
    last = re.compile(rf"[{letters}](?P<n>\d{{1,2}})[ _/-]?(?P<y>\d{{4}})")
    count = PARTS[letters[0]]

    def read(text: str) -> int | None:
        match = first.fullmatch(text) or last.fullmatch(text)
        if match is None or not 1 <= int(match["n"]) <= count:
            return None
        return count * int(match["y"]) + int(match["n"]) - 1

    return read


def _two_years(text: str) -> int | None:
    match = TWO_YEARS.fullmatch(text)
    if match is None:
        return None
    digits = len(match["next"])
    is_next = int(match["next"]) == (int(match["y"]) + 1) % 10**digits
    return int(match["y"]) if is_next else None


def _with_day(place: int) -> Callable[[str], Fraction | None]:
    """Reader of two numbers and a year; the day is the first or the second."""

    def read(text: str) -> Fraction | None:
        match = TWO_NUMBERS_AND_YEAR.fullmatch(text)
        if match is None:
            return None
        one, other = int(match[1]), int(match[3])
        day, month = (one, other) if place == 1 else (other, one)
        return _day(int(match["y"]), month, day, match)

    return read


RULES = (
    Rule("years of two calendar years", _two_years),
    Rule("months", _month),
    Rule("dates", _date, "days"),
    Rule("numbers", _number),
    Rule("quarters", _part("q")),
    Rule("half-years", _part("hs")),
    Rule("weeks", _part("w"), "unknown"),
    Rule("months of a year", lambda text: MONTH_OF.get(text)),
)
DAY_FIRST = Rule("dates, day first", _with_day(1), "days")
MONTH_FIRST = Rule("dates, month first", _with_day(2), "days")
KNOWN = (
    "numbers, numbers with the same text around them (t1, FY2010), dates (2010-01-31, 31jan2010), "
    "months (2010m1, 2010-01, Jan 2010), quarters (2010q1), half-years (2010h1), weeks (2010-W05)"
)


def affixed_rule(texts: list[str]) -> Rule | None:
    """Numbers with the same text before and after them, if the first value is such a one."""
    if all(NUMBER.fullmatch(text) for text in texts):
        return None  # a sign is no text before them
    # With a hyphen before every number it is no sign: wave-1, wave-2.
    pattern = UNSIGNED if all(re.search(r"-\d", text) for text in texts) else SIGNED
    first = pattern.fullmatch(texts[0]) if texts else None
    if first is None or not first[1] + first[3]:
        return None
    before, after = first[1].strip(), first[3].strip()

    def read(text: str) -> int | None:
        match = pattern.fullmatch(text)
        is_such = match and (match[1].strip(), match[3].strip()) == (before, after)
        return int(match[2]) if match and is_such else None

    around = " and ".join(repr(part) for part in (before, after) if part)
    return Rule(f"numbers beside {around}", read)
