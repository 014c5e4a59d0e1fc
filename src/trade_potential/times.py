"""The order of times, whatever they are written as: one place for every reader of rows.

A rule reads a text as a number that grows with time. It holds for a column if it reads every value
of it and no two as the same; texts that no rule reads have no order, and are refused where one is
needed. Where two rules would order a column differently there is none either.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
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

SHOWN = 3
"""Gaps that words name."""


@dataclass(frozen=True)
class TimeOrder:
    """How the times of a column follow each other.

    Attributes:
        order: The times in order; in the order of their texts where there is none.
        rule: What they are read as, in words.
        gaps: Times after which a longer step follows than the shortest of all.
        problem: Why there is no order; empty if there is one.
    """

    order: tuple[str, ...]
    rule: str = ""
    gaps: tuple[str, ...] = ()
    problem: str = ""

    @property
    def words(self) -> str:
        """The order and its gaps, for output."""
        said = f"{len(self.order)} times in the order of {self.rule}"
        if self.order:
            said += f", {self.order[0]} to {self.order[-1]}"
        if not self.gaps:
            return said
        more = "" if len(self.gaps) <= SHOWN else f" and {len(self.gaps) - SHOWN} more"
        return f"{said}; lags pass over the gaps after {', '.join(self.gaps[:SHOWN])}{more}"


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


@dataclass(frozen=True)
class _Read:
    """A rule on a column: the numbers of the texts it reads, and their order if it holds."""

    rule: Rule
    numbers: dict[str, Fraction | int]
    order: tuple[str, ...]


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


def _month_number(year: int, month: int) -> int:
    return 12 * year + month - 1


def _month(text: str) -> int | None:
    if re.fullmatch(r"(1[89]|20|21)\d{2}(0[1-9]|1[0-2])", text):
        return _month_number(int(text[:4]), int(text[4:]))
    for pattern in (YEAR_MONTH, MONTH_YEAR):
        if (match := pattern.fullmatch(text)) and 1 <= int(match["m"]) <= 12:
            return _month_number(int(match["y"]), int(match["m"]))
    if match := NAMED_MONTH.fullmatch(text):
        month = MONTH_OF[match["name"] or match["last"]]
        return _month_number(int(match["y"] or match["y2"]), month)
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


def time_order(times: Sequence[object]) -> TimeOrder:
    """The order of distinct times, texts or whole numbers.

    The order is up to its direction: what is computed of it is the same backwards.
    """
    values = sorted(str(value) for value in times)
    clean = {value: value.strip().lower() for value in values}
    affixed = _affixed(list(clean.values()))
    rules = [*RULES, *([affixed] if affixed else [])]
    tried = [_tried(rule, clean) for rule in (*rules, DAY_FIRST, MONTH_FIRST)]
    whole = [found for found in tried if len(found.numbers) == len(values)]
    single = [found for found in whole if found.order]
    for other in single[1:]:
        for one, another in zip(single[0].order, other.order, strict=True):
            if one != another:
                places = f"in the order of {single[0].rule.name} and of {other.rule.name}"
                problem = f"{one!r} has another place {places}, and no value tells which they are"
                return TimeOrder(tuple(values), problem=problem)
    if {DAY_FIRST, MONTH_FIRST} <= {found.rule for found in single}:
        return TimeOrder(single[0].order, "dates, day or month first")
    if single:
        return _ordered(single[0])
    if len(values) <= 2:
        return TimeOrder(tuple(values), "their texts, as good as any for two")
    return TimeOrder(tuple(values), problem=_problem(values, whole, tried))


def _tried(rule: Rule, clean: dict[str, str]) -> _Read:
    numbers: dict[str, Fraction | int] = {}
    for value, text in clean.items():
        found = rule.read(text) if len(text) <= LONGEST else None
        if found is not None:
            numbers[value] = found
    is_single = len(set(numbers.values())) == len(clean)
    return _Read(
        rule, numbers, tuple(sorted(numbers, key=numbers.__getitem__)) if is_single else ()
    )


def _ordered(found: _Read) -> TimeOrder:
    numbers = [found.numbers[value] for value in found.order]
    if found.rule.steps == "unknown":
        return TimeOrder(found.order, found.rule.name)
    if found.rule.steps == "days":
        numbers = _in_months(numbers) or numbers
    steps = [after - before for before, after in pairwise(numbers)]
    shortest = min(steps, default=0)
    gaps = tuple(v for v, step in zip(found.order, steps, strict=False) if step > shortest)
    return TimeOrder(found.order, found.rule.name, gaps)


def _in_months(days: list[Fraction | int]) -> list[Fraction | int]:
    """Days as months, if all are the same day of a month, or its last; else empty."""
    if any(day < 1 for day in days):  # a time zone may lead before the first year
        return []
    dates = [date.fromordinal(int(day)) for day in days]
    is_same = len({(found.day, day % 1) for found, day in zip(dates, days, strict=True)}) == 1
    is_last = all(found.day == monthrange(found.year, found.month)[1] for found in dates)
    return [_month_number(d.year, d.month) for d in dates] if is_same or is_last else []


def _affixed(texts: list[str]) -> Rule | None:
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


def _problem(values: list[str], whole: list[_Read], tried: list[_Read]) -> str:
    """Why no rule orders the values."""
    if whole:
        seen: dict[Fraction | int, str] = {}
        for value, number in whole[0].numbers.items():
            if number in seen:
                said = f"{seen[number]!r} and {value!r} are the same"
                return f"{said} in the order of {whole[0].rule.name}"
            seen[number] = value
    best = max(tried, key=lambda found: len(found.numbers))
    unread = next(value for value in values if value not in best.numbers)
    if len(best.numbers) > 1:
        example = next(iter(best.numbers))
        return (
            f"{unread!r} is none of the {best.rule.name} that other values are, such as {example!r}"
        )
    return f"{unread!r} has no known order; known are {KNOWN}"
