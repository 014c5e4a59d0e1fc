"""What double precision can tell of values far from zero.

Doubles near 3e12 are 0.0005 apart: a column that varies by 2 there holds three to four digits of
it, whatever is computed. Sums of such values would lose the rest, so that they are taken of the
differences from one value of the column, which are exact (Sterbenz 1974, theorem 4.3.1).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from trade_potential.errors import InputError
from trade_potential.linalg import FloatArray

CONSTANT_TOLERANCE = 2.0**-51
"""A column is constant when its standard deviation is at most this share of its mean: two to four
times the distance of doubles there, so that not one digit of what varies is sure."""

ABSORBED_TOLERANCE = 1e-12
"""A column is absorbed by effects when at most this share of its standard deviation is left: of a
smaller one fewer than four digits are given, and the rounding of means is a hundred times less."""

SMALLEST_SQUARES = 1e-250
"""Sums of squares below lose digits, or are 0, where they meet others: doubles end at 1e-308."""

DIGITS_GIVEN = 4.0
"""A column of which fewer digits are given is named beside the estimate."""


def is_constant(spread: FloatArray, centre: FloatArray) -> npt.NDArray[np.bool_]:
    """(p,) whether standard deviations are no more than rounding of values around ``centre``."""
    flat: npt.NDArray[np.bool_] = spread <= CONSTANT_TOLERANCE * np.abs(centre)
    return flat


def location(column: FloatArray) -> tuple[float, float]:
    """Mean and standard deviation of a column, from differences to its first value."""
    origin = float(column[0])
    centred = column - origin
    largest = float(np.abs(centred).max()) or 1.0  # below one, differences can be squared
    centred /= largest
    return origin + float(centred.mean()) * largest, float(centred.std()) * largest


def rounding(spread: FloatArray, centre: FloatArray) -> FloatArray:
    """(p,) standard deviations up to which what effects leave of columns says nothing."""
    return np.maximum(ABSORBED_TOLERANCE * spread, CONSTANT_TOLERANCE * np.abs(centre))


def refuse_squares(
    names: Sequence[str], squares: FloatArray, varies: npt.NDArray[np.bool_]
) -> None:
    """Refuse columns whose unit leaves their squares no place among doubles.

    Args:
        names: p columns.
        squares: (p,) sums of squared deviations.
        varies: (p,) whether a deviation is other than 0.

    Raises:
        InputError: Squares that are not finite, or vanish though the column varies.
    """
    for name, square, does_vary in zip(names, squares.tolist(), varies.tolist(), strict=True):
        if not np.isfinite(square):
            raise InputError(f"{name}: values are too large to square; give them in another unit")
        if does_vary and square < SMALLEST_SQUARES:
            raise InputError(f"{name}: values are too small to square; give them in another unit")


def few_digits(
    names: Sequence[str], left: FloatArray, spread: FloatArray, centre: FloatArray
) -> str:
    """Which columns hold fewer than ``DIGITS_GIVEN`` digits of what varies, in words; else empty.

    Args:
        names: p columns.
        left: (p,) standard deviations of what an estimator sees of them, such as deviations from
            means of entities; 0 of what it does not see.
        spread: (p,) standard deviations of the values.
        centre: (p,) their means.
    """
    apart = np.spacing(np.abs(centre) + spread)
    said = []
    for name, sd, step in zip(names, left.tolist(), apart.tolist(), strict=True):
        if not 0.0 < sd < 10.0**DIGITS_GIVEN * step:
            continue
        digits = max(round(np.log10(sd / step)), 1)
        given = "1 digit of it is" if digits == 1 else f"{digits} digits of it are"
        said.append(
            f"{name} varies by {sd:.2g} where doubles are {step:.2g} apart: at most {given} given"
        )
    return "; ".join(said)
