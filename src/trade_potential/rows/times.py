"""The order of times, whatever they are written as: one place for every reader of rows.

A rule reads a text as a number that grows with time. It holds for a column if it reads every value
of it and no two as the same; texts that no rule reads have no order, and are refused where one is
needed. Where two rules would order a column differently there is none either.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from trade_potential.rows.time_rules import (
    DAY_FIRST,
    KNOWN,
    LONGEST,
    MONTH_FIRST,
    RULES,
    Rule,
    affixed_rule,
    month_number,
)

LEADING_ZERO = re.compile(r"(?<!\d)0")
TWO_DIGITS = re.compile(r"\D*\d\d\D*")

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
class _Read:
    """A rule on a column: the numbers of the texts it reads, and their order if it holds."""

    rule: Rule
    numbers: dict[str, Fraction | int]
    order: tuple[str, ...]


def time_order(times: Sequence[object]) -> TimeOrder:
    """The order of distinct times, texts or whole numbers.

    The order is up to its direction: what is computed of it is the same backwards.
    """
    values = sorted(str(value) for value in times)
    clean = {value: value.strip().lower() for value in values}
    affixed = affixed_rule(list(clean.values()))
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
        problem = _over_a_century(single[0], clean)
        return TimeOrder(tuple(values), problem=problem) if problem else _ordered(single[0])
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


def _over_a_century(found: _Read, clean: dict[str, str]) -> str:
    """Why numbers may be years of two digits from 95 over 00 to 06; empty if they are not.

    Read so they take less time than as numbers, and one of them begins with 0 as no number does.
    """
    texts = [clean[value] for value in found.order]
    are_years = all(map(TWO_DIGITS.fullmatch, texts)) and any(map(LEADING_ZERO.search, texts))
    if len(texts) < 2 or not are_years:
        return ""
    numbers = [found.numbers[value] for value in found.order]
    step, k = max((after - before, k) for k, (before, after) in enumerate(pairwise(numbers)))
    if step <= 100 - (numbers[-1] - numbers[0]):
        return ""
    one, other = found.order[k + 1], found.order[k]
    return f"{one!r} may be before {other!r}: years of two digits have no century"


def _in_months(days: list[Fraction | int]) -> list[Fraction | int]:
    """Days as months, if all are the same day of a month, or its last; else empty."""
    if any(day < 1 for day in days):  # a time zone may lead before the first year
        return []
    dates = [date.fromordinal(int(day)) for day in days]
    is_same = len({(found.day, day % 1) for found, day in zip(dates, days, strict=True)}) == 1
    is_last = all(found.day == monthrange(found.year, found.month)[1] for found in dates)
    return [month_number(d.year, d.month) for d in dates] if is_same or is_last else []


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
