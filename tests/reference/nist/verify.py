"""Exact check of the certified values, and how many digits a floating-point fit gets of them.

    python verify.py

Least squares in rational numbers: the figures of data.csv are decimal fractions, so coefficients,
squared standard errors, residual sum of squares and R-squared are exact; only the square roots of
the standard errors are rounded, to 50 digits.
"""

from __future__ import annotations

import csv
import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import statsmodels.api as sm

HERE = Path(__file__).resolve().parent
ROOT_DIGITS = 50
MOST_DIGITS = 15.0
"""Digits of the certified values: no fit can show more."""

Array = npt.NDArray[np.float64]
Key = tuple[str, str]


@dataclass(frozen=True)
class Problem:
    """A regression of ``y`` on powers of ``x`` and its certified values, as printed.

    Attributes:
        name: NIST's.
        y: (n,) outcome.
        x: (n,) regressor.
        powers: (k,) of the columns; 0 is the constant, absent in NoInt1 and NoInt2.
        certified: By quantity and term.
    """

    name: str
    y: tuple[Fraction, ...]
    x: tuple[Fraction, ...]
    powers: tuple[int, ...]
    certified: dict[Key, str]

    def design(self) -> Array:
        """(n, k) columns of the powers, each rounded once."""
        return np.array([[float(x**p) for p in self.powers] for x in self.x])

    def outcome(self) -> Array:
        """(n,) outcome."""
        return np.array([float(y) for y in self.y])

    def printed(self, quantity: str) -> Array:
        """(k,) certified values of a quantity, in the order of the columns."""
        return np.array([float(self.certified[quantity, f"b{p}"]) for p in self.powers])


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def problems() -> dict[str, Problem]:
    """The stored regressions by name."""
    data, certified = _rows("data.csv"), _rows("certified.csv")
    found: dict[str, Problem] = {}
    for name in dict.fromkeys(row["dataset"] for row in data):
        rows = [row for row in data if row["dataset"] == name]
        values = {
            (row["quantity"], row["term"]): row["value"]
            for row in certified
            if row["dataset"] == name
        }
        powers = tuple(int(term[1:]) for quantity, term in values if quantity == "coefficient")
        found[name] = Problem(
            name=name,
            y=tuple(Fraction(row["y"]) for row in rows),
            x=tuple(Fraction(row["x"]) for row in rows),
            powers=powers,
            certified=values,
        )
    return found


def _dot(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(left, right, strict=True)), Fraction())


def _solve(left: list[list[Fraction]], right: list[list[Fraction]]) -> list[list[Fraction]]:
    """Gauss-Jordan elimination without rounding; a zero pivot is the end of it."""
    size = len(left)
    work = [list(a) + list(b) for a, b in zip(left, right, strict=True)]
    for column in range(size):
        pivot = next(row for row in range(column, size) if work[row][column] != 0)
        work[column], work[pivot] = work[pivot], work[column]
        scale = work[column][column]
        work[column] = [value / scale for value in work[column]]
        for row in range(size):
            if row != column and work[row][column] != 0:
                factor = work[row][column]
                work[row] = [a - factor * b for a, b in zip(work[row], work[column], strict=True)]
    return [row[size:] for row in work]


def _root(value: Fraction) -> Fraction:
    with localcontext() as context:
        context.prec = ROOT_DIGITS
        return Fraction((Decimal(value.numerator) / Decimal(value.denominator)).sqrt())


def exact_fit(problem: Problem) -> dict[Key, Fraction]:
    """Every certified quantity from the data, by quantity and term."""
    y, powers = problem.y, problem.powers
    design = [[x**p for p in powers] for x in problem.x]
    columns = list(zip(*design, strict=True))
    gram = [[_dot(p, q) for q in columns] for p in columns]
    cross = [[_dot(p, y)] for p in columns]
    size = len(powers)
    unit = [[Fraction(i == j) for j in range(size)] for i in range(size)]
    slopes = [row[0] for row in _solve(gram, cross)]
    inverse = _solve(gram, unit)
    residuals = [a - _dot(slopes, row) for a, row in zip(y, design, strict=True)]
    ssr = _dot(residuals, residuals)
    centre = sum(y, Fraction()) / len(y) if 0 in powers else Fraction()
    shifted = [value - centre for value in y]
    total = _dot(shifted, shifted)
    df_resid = len(y) - size
    variance = ssr / df_resid
    found: dict[Key, Fraction] = {
        ("df_resid", ""): Fraction(df_resid),
        ("ssr", ""): ssr,
        ("sigma", ""): _root(variance),
        ("r_squared", ""): 1 - ssr / total,
    }
    for i, power in enumerate(powers):
        found["coefficient", f"b{power}"] = slopes[i]
        found["std_error", f"b{power}"] = _root(variance * inverse[i][i])
    return found


def units_off(exact: Fraction, printed: str) -> float:
    """Distance of a printed number from ``exact`` in units of its last printed digit."""
    exponent = Decimal(printed).as_tuple().exponent
    return abs(float((exact - Fraction(printed)) / Fraction(10) ** int(exponent)))


def correct_digits(found: npt.ArrayLike, certified: npt.ArrayLike) -> float:
    """Decimal digits of the worst value: minus log10 of its relative, or from 0 absolute, error."""
    ours, truth = np.asarray(found, dtype=float), np.asarray(certified, dtype=float)
    error = np.abs(ours - truth) / np.where(truth == 0.0, 1.0, np.abs(truth))
    worst = float(error.max())
    if math.isnan(worst):
        return 0.0  # a value that is none has no correct digit
    return MOST_DIGITS if worst == 0.0 else min(MOST_DIGITS, -math.log10(worst))


def condition_numbers(problem: Problem) -> tuple[float, float]:
    """Condition numbers (2-norm) of the columns in units of their length, and of correlations.

    The second is that of the matrix a solver of centred and scaled moments inverts. Means and
    lengths are exact, and singular values of the columns stand for eigenvalues of the products.
    """
    columns = [[x**p for x in problem.x] for p in problem.powers]
    centred = [
        [value - sum(column, Fraction()) / len(column) for value in column]
        for column, power in zip(columns, problem.powers, strict=True)
        if power
    ]
    if 0 not in problem.powers:
        centred = columns

    def condition(parts: list[list[Fraction]]) -> float:
        scaled = [
            [float(value / length) for value in part]
            for part in parts
            for length in [_root(_dot(part, part))]
        ]
        singular = np.linalg.svd(np.array(scaled), compute_uv=False)
        return float(singular[0] / singular[-1])

    return condition(columns), condition(centred) ** 2


Fit = Callable[[Problem], tuple[Array, Array]]
"""Coefficients and standard errors."""


def _by_statsmodels(method: Literal["qr", "pinv"]) -> Fit:
    def fit(problem: Problem) -> tuple[Array, Array]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a singular design: what is measured here
            result = sm.OLS(problem.outcome(), problem.design()).fit(method=method)
        return np.asarray(result.params), np.asarray(result.bse)

    return fit


def _by_scaled_qr(problem: Problem) -> tuple[Array, Array]:
    """QR of columns of length one; standard errors from the inverse of R, never from R'R."""
    design, outcome = problem.design(), problem.outcome()
    length = np.linalg.norm(design, axis=0)
    q, r = np.linalg.qr(design / length)
    inverse = np.linalg.inv(r)
    slopes = inverse @ (q.T @ outcome) / length
    residual = outcome - design @ slopes
    variance = residual @ residual / (len(outcome) - len(slopes))
    return slopes, np.sqrt(variance * (inverse**2).sum(axis=1)) / length


FITS: dict[str, Fit] = {
    "qr": _by_statsmodels("qr"),
    "pinv": _by_statsmodels("pinv"),
    "scaled": _by_scaled_qr,
}


def main() -> None:
    form = "{:10}{:>10}{:>9}{:>9}" + "{:>9}" * (2 * len(FITS))
    heads = [f"{name} {what}" for name in FITS for what in ("b", "s")]
    print(form.format("set", "units off", "cond(X)", "cond(R)", *heads))
    for name, problem in problems().items():
        exact = exact_fit(problem)
        worst = max(units_off(exact[key], value) for key, value in problem.certified.items())
        digits = []
        for fit in FITS.values():
            coefficients, errors = fit(problem)
            digits.append(correct_digits(coefficients, problem.printed("coefficient")))
            digits.append(correct_digits(errors, problem.printed("std_error")))
        conditions = [f"{value:.1e}" for value in condition_numbers(problem)]
        print(form.format(name, f"{worst:.2f}", *conditions, *(f"{value:.1f}" for value in digits)))


if __name__ == "__main__":
    main()
