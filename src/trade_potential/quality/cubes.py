"""Series side by side: figures in arrays whose axes are vintages, economies and years.

What a series is compared with (another vintage, another economy, another year) lies beside it in
the array, so that a rule is a line of arithmetic on all series at once.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[Any]

EDITIONS = "all editions"
"""Vintage of an indicator of which every edition adds its own year to one series."""
COMPARED_YEARS = 4
"""Years held in both series below which nothing is told of shapes."""
AGREEING = 0.35
"""Logarithms by which the years beside a spike may differ."""
LARGEST = 50_000_000
"""Cells of an array, 400 MB, above which the figures are not of economies and years."""


@dataclass(frozen=True, kw_only=True)
class Vintages:
    """Figures of an indicator.

    Attributes:
        dates: Of the vintages, ascending.
        figures: By vintage, economy and year; NaN where there is none.
        suites: Input of a series, by vintage and economy.
    """

    dates: Sequence[str]
    figures: Array
    suites: Array


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Figures of all indicators; economies and years are the same in each."""

    economies: Array
    years: Array
    indicators: dict[str, Vintages]

    def newest(self, code: str) -> Array:
        """By economy and year; NaN throughout where there is no such indicator."""
        if code in self.indicators:
            newest: Array = self.indicators[code].figures[-1]
            return newest
        return np.full((len(self.economies), len(self.years)), np.nan)


def figures_of(frames: dict[str, pd.DataFrame], editions: set[str]) -> Figures:
    """Arrays of rows.

    Args:
        frames: By input: rows with indicator_code, country_code, year, vintage_date,
            observed_value.
        editions: Indicators of which every vintage holds its own year.
    """
    columns = ["indicator_code", "country_code", "year", "vintage_date", "observed_value"]
    rows = pd.concat([frame[columns].assign(suite=name) for name, frame in frames.items()])
    rows = rows.dropna(subset=columns[:4])
    codes, indicators = pd.factorize(rows["indicator_code"], sort=True)
    economy, economies = pd.factorize(rows["country_code"], sort=True)
    dated, dates = pd.factorize(pd.to_datetime(rows["vintage_date"]), sort=True)
    year = rows["year"].to_numpy(dtype="int64")
    first = int(year.min())
    years = np.arange(first, int(year.max()) + 1)
    if len(economies) * len(years) * len(dates) > LARGEST:
        raise ValueError("too many economies and years")
    value = rows["observed_value"].to_numpy(dtype="float64")
    suite = rows["suite"].to_numpy(dtype="object")
    found = {}
    for k, code in enumerate(indicators):
        here = codes == k
        held, vintage = np.unique(dated[here], return_inverse=True)
        names = [f"{dates[n]:%Y-%m-%d}" for n in held]
        if code in editions:
            names, vintage = [EDITIONS], np.zeros_like(vintage)
        values = np.full((len(names), len(economies), len(years)), np.nan)
        values[vintage, economy[here], year[here] - first] = value[here]
        suites = np.full(values.shape[:2], "", dtype="object")
        suites[vintage, economy[here]] = suite[here]
        found[str(code)] = Vintages(dates=names, figures=values, suites=suites)
    return Figures(economies=np.asarray(economies, dtype="object"), years=years, indicators=found)


def logs(values: Array) -> Array:
    """Natural logarithms; NaN where a value is not above 0."""
    return np.log(np.where(values > 0, values, np.nan))


@contextmanager
def quiet() -> Iterator[None]:
    """Without the warnings of numpy on empty slices: nothing to compare is a missing value."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        yield


def mean_gap(one: Array, other: Array, fewest: int = 1) -> Array:
    """Mean absolute difference over years (the last axis); infinite where too few are held."""
    apart = np.abs(one - other)
    count = np.isfinite(apart).sum(axis=-1)
    mean = np.nansum(np.where(np.isfinite(apart), apart, 0), axis=-1) / np.maximum(count, 1)
    return np.where(count >= fewest, mean, np.inf)


def later(values: Array, lag: int) -> Array:
    """The values `lag` years before each year; a negative lag looks ahead."""
    moved = np.full_like(values, np.nan)
    if lag > 0:
        moved[..., lag:] = values[..., :-lag]
    else:
        moved[..., :lag] = values[..., -lag:]
    return moved


def significant_digits(values: Array) -> Array:
    """Digits that a figure is written with, up to 6; 0 of none and of 0."""
    size = np.where(values != 0, np.abs(values), np.nan)
    scaled = size / 10.0 ** np.floor(np.log10(size))
    digits = np.full(values.shape, 6)
    for few in (5, 4, 3, 2, 1):
        rounded = np.round(scaled, few - 1)
        digits[np.abs(rounded - scaled) < 1e-7] = few
    digits[~np.isfinite(scaled)] = 0
    return digits


def longest_run(is_so: Array) -> tuple[Array, Array]:
    """Length of the longest run of true along the last axis, and the place where it ends."""
    run = np.zeros(is_so.shape[:-1], dtype="int64")
    longest, end = run.copy(), run.copy()
    for k in range(is_so.shape[-1]):
        run = np.where(is_so[..., k], run + 1, 0)
        end = np.where(run > longest, k, end)
        longest = np.maximum(run, longest)
    return longest, end


def nearest_date(dates: Sequence[str], date: str) -> int:
    """Place of the vintage that is nearest to a date."""
    days = [abs((pd.Timestamp(d) - pd.Timestamp(date)).days) for d in dates]
    return int(np.argmin(days))


def spikes(values: Array) -> Array:
    """Largest distance of a year from the years beside it, where these agree within `AGREEING`."""
    before, after = values[:, :-2], values[:, 2:]
    is_told = np.abs(before - after) < AGREEING
    off = np.where(is_told, np.abs(values[:, 1:-1] - (before + after) / 2), np.nan)
    largest: Array = np.nanmax(off, axis=1)
    return largest
