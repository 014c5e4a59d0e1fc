"""Numbers of a table as digits, before any format: rounding, small and large values."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal

NOT_AVAILABLE = "\N{EN DASH}"
"""In place of a number that is NaN or infinite; an empty cell means: not in this model."""

LARGE = Decimal(10) ** 5
"""From here on a power of ten: six digits before the point are not read at a glance."""

SMALL_DIGITS = 2
"""Significant digits where the wanted decimals would show nothing but zeros."""

MORE_DECIMALS = 3
"""Decimals beyond the wanted ones that a small number may take before it gets a power of ten."""


@dataclass(frozen=True)
class Text:
    """Words in a cell, with the letter of a footnote."""

    text: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Figure:
    """A rounded number.

    Attributes:
        is_negative: Whether a minus sign stands before the digits.
        whole, fraction: Digits before (by thousands) and after the point.
        exponent: Power of ten, or None.
        stars: After the number.
        in_brackets: Whether it is a standard error.
    """

    is_negative: bool
    whole: str
    fraction: str
    exponent: int | None = None
    stars: str = ""
    in_brackets: bool = False

    @property
    def digits(self) -> str:
        """Both parts with their point."""
        return f"{self.whole}.{self.fraction}" if self.fraction else self.whole

    @property
    def is_plain(self) -> bool:
        """Whether there is no power of ten, so that points can stand under each other."""
        return self.exponent is None


Cell = Text | Figure
EMPTY = Text()


def rounded(value: Decimal, places: int) -> Decimal:
    """Half-even."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)


def figure(value: float, *, digits: int) -> Figure | None:
    """A number with ``digits`` decimals; None for NaN and infinity.

    What is rounded is the shortest decimal that names the float, so that 1.0015 becomes 1.002 as
    on paper. A small number takes more decimals, then a power of ten, rather than show as zero.
    """
    if not math.isfinite(value):
        return None
    exact = Decimal(repr(float(value)))
    places, exponent = digits, None
    if abs(exact) < LARGE:
        if exact and not rounded(exact, places):
            places = SMALL_DIGITS - 1 - exact.adjusted()
        if places > digits + MORE_DECIMALS:
            exponent = exact.adjusted()
    else:
        exponent = exact.adjusted()
    if exponent is not None:
        mantissa, _, power = f"{exact:.{digits}e}".partition("e")
        exact, places, exponent = Decimal(mantissa), digits, int(power)
    whole, _, fraction = f"{abs(rounded(exact, places)):,.{places}f}".partition(".")
    return Figure(is_negative=exact < 0, whole=whole, fraction=fraction, exponent=exponent)


def number_cell(value: float, *, digits: int, stars: str = "", in_brackets: bool = False) -> Cell:
    """A cell with a number, or the mark that there is none."""
    found = figure(value, digits=digits)
    if found is None:
        return Text(f"({NOT_AVAILABLE})" if in_brackets else NOT_AVAILABLE)
    return replace(found, stars=stars, in_brackets=in_brackets)


def count(value: float) -> Cell:
    """A whole number with its thousands separated."""
    return Text(f"{round(value):,}" if math.isfinite(value) else NOT_AVAILABLE)


def probability(value: float, *, digits: int) -> Cell:
    """A p-value; below the last decimal: less than that."""
    if not math.isfinite(value):
        return Text(NOT_AVAILABLE)
    exact, least = Decimal(repr(float(value))), Decimal(1).scaleb(-digits)
    return Text(f"<{least:f}" if exact < least else f"{rounded(exact, digits):f}")


@dataclass(frozen=True)
class Widths:
    """The longest parts of the plain figures in a column: what puts points under each other.

    Attributes:
        whole: Characters before the point.
        fraction: Characters after it, with the point itself.
    """

    whole: int
    fraction: int

    @classmethod
    def of(cls, column: Iterable[Cell]) -> Widths:
        """Of one column."""
        plain = [cell for cell in column if isinstance(cell, Figure) and cell.is_plain]
        return cls(
            whole=max((len(cell.whole) for cell in plain), default=0),
            fraction=max((len(cell.digits) - len(cell.whole) for cell in plain), default=0),
        )

    def padding(self, cell: Figure) -> tuple[int, int]:
        """Characters missing before and after; none for a power of ten."""
        if not cell.is_plain:
            return 0, 0
        own = len(cell.whole)
        return self.whole - own, self.fraction - (len(cell.digits) - own)
