"""Series of indicators beside what else is known of them: another vintage, another economy.

Every series (indicator, economy, vintage) has the vintage before it as witness, the oldest the one
after it. Vintages differ by revisions, which are small beside a wrong unit, economy or year.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.quality import exact
from trade_potential.quality.cubes import (
    COMPARED_YEARS,
    EDITIONS,
    Array,
    Figures,
    Vintages,
    figures_of,
    later,
    logs,
    longest_run,
    mean_gap,
    nearest_date,
    quiet,
    significant_digits,
)
from trade_potential.quality.exchanged import EXCHANGED, exchanged_years, swaps

OLDER = "figures of older vintages"
OLDER_SQL = """
select indicator_code, country_code, year, vintage_date, observed_value from input where {is_read}
"""
GROWTH = "% a year"
"""Unit of which differences are compared, not ratios."""
REBASED = "index"
"""Unit whose level is that of a base year: only the shape tells."""
PRICES = "constant"
"""Unit whose level all economies change together, with the year of the prices."""
NOISE = {True: 0.1, False: 0.004}
"""Revisions, in points of growth and in logarithms: smaller gaps tell nothing of years."""
APART = {True: 1.0, False: 0.1}
"""Gap to the own witness from which another economy's or indicator's is looked for."""
EXACT_DIGITS = 4
"""A figure written with fewer digits may be the same by chance, or be rounded to 99 %."""
FULL_DIGITS = 6
"""Digits from which a figure is not the same in two years but by being carried forward."""
SAME_DIGITS = 5
"""Digits from which the same figure of two economies is no chance."""


class Known(dict[str, pd.DataFrame]):
    """Inputs by name and what was asked of all their rows; what many rules need is made once."""

    @cached_property
    def figures(self) -> Figures:
        """Figures of `observations` and, where they are held, of `world_observations`."""
        frames = {"observations": self["observations"]}
        if OLDER in self and len(self[OLDER]):  # a series that stands in both is told of the last
            frames = {"world_observations": self[OLDER], **frames}
        kinds = self["indicators"].drop_duplicates("indicator_code")
        editions = kinds.loc[kinds["vintage_kind"] == "edition", "indicator_code"]
        return figures_of(frames, set(editions))

    @cached_property
    def series(self) -> pd.DataFrame:
        """One row per indicator, economy and vintage, beside its witnesses."""
        units = self["indicators"].drop_duplicates("indicator_code").set_index("indicator_code")
        unit = {str(code): str(of) for code, of in units["unit"].items()}
        return _series(self.figures, unit)


def _series(of: Figures, unit: Mapping[str, str]) -> pd.DataFrame:
    parts = []
    with quiet():
        same = exact.same_as_other(of, list(of.indicators))
        for code, held in of.indicators.items():
            for k in range(len(held.dates)):
                found = _alone(of, held, k) | exact.alone(
                    held, k, is_growth=unit.get(code, "") == GROWTH
                )
                if k + 1 == len(held.dates):
                    found["same_as"] = same[code]
                if len(held.dates) > 1:
                    found |= exact.beside_vintage(of, held, k)
                    found |= _beside(of, held, k, unit.get(code, ""))
                    found |= _sibling(of, code, k, unit)
                rows = pd.DataFrame(found | {"suite": held.suites[k]})
                rows.insert(0, "indicator_code", code)
                rows.insert(1, "country_code", of.economies)
                rows.insert(2, "vintage_date", held.dates[k])
                parts.append(rows[held.suites[k] != ""])
    every: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return every


def witness_of(k: int) -> int:
    """Place of the vintage that is compared: the one before, of the oldest the one after."""
    return k - 1 if k else 1


def _alone(of: Figures, held: Vintages, k: int) -> dict[str, Any]:
    """What a series tells by itself, and beside the other economies of its vintage."""
    x = held.figures[k]
    is_held = np.isfinite(x)
    digits = significant_digits(x)
    # editions are not yearly: neighbours are the figures held
    packed = _packed(x) if held.dates == [EDITIONS] else x
    same = (packed[:, 1:] == packed[:, :-1]) & (packed[:, 1:] != 0)
    run, end = longest_run(same)
    place = (np.arange(len(x)), end + 1)
    exact = significant_digits(packed)[place]
    weight = np.select([exact >= FULL_DIGITS, exact >= EXACT_DIGITS], [2, 1], -1)
    repeated = np.where(run > 0, run + weight, 0)
    if held.dates == [EDITIONS]:  # scores have few values
        repeated = np.zeros_like(run)
    return {
        "repeated_years": np.maximum(repeated, 0).astype("float64"),
        "repeated_value": packed[place],
        "copy_of": _copies(of, np.where(is_held & (digits >= SAME_DIGITS), x, np.nan)),
    }


def _packed(x: Array) -> Array:
    """The figures of a series moved together, without the years between."""
    order = np.argsort(~np.isfinite(x), axis=1, kind="stable")
    packed: Array = np.take_along_axis(x, order, axis=1)
    return packed


def _copies(of: Figures, x: Array) -> list[str | None]:
    """The economy that has the same figures in three years and more."""
    shared: dict[tuple[int, int], int] = {}
    for k in range(x.shape[1]):
        order = np.argsort(x[:, k], kind="stable")
        (equal,) = np.nonzero(np.diff(x[order, k]) == 0)
        for one, other in zip(order[equal], order[equal + 1], strict=True):
            pair = (min(one, other), max(one, other))
            shared[pair] = shared.get(pair, 0) + 1
    found: list[str | None] = [None] * len(x)
    for (one, other), count in shared.items():
        if count >= 3:
            for here, there in ((one, other), (other, one)):
                found[here] = f"{count} figures are those of {of.economies[there]}"
    return found


def _beside(of: Figures, held: Vintages, k: int, unit: str) -> dict[str, Any]:
    """A series beside the same of another vintage."""
    is_growth, j = unit == GROWTH, witness_of(k)
    x, w = held.figures[k], held.figures[j]
    one, other = (x, w) if is_growth else (logs(x), logs(w))
    apart = one - other
    if unit.startswith(PRICES):
        apart = apart - np.nanmedian(apart)
    level = np.nanmedian(apart, axis=1)
    count = np.isfinite(apart).sum(axis=1)
    broken = np.abs(apart - level[:, None])
    ranked = -np.sort(-np.nan_to_num(broken), axis=1)
    is_told = count >= COMPARED_YEARS
    worst = np.argmax(np.nan_to_num(np.abs(apart)), axis=1)
    place = (np.arange(len(x)), worst)
    has_level = not is_growth and not unit.startswith(REBASED)
    no = np.full(len(x), np.nan)
    return {
        "level_factor": np.where(count > 0, np.exp(np.abs(level)), np.nan) if has_level else no,
        "broken_factor": no if is_growth else np.where(is_told, np.exp(ranked[:, 0]), np.nan),
        "block_factor": no if is_growth else np.where(is_told, np.exp(ranked[:, 2]), np.nan),
        "growth_gap": np.where(is_told, ranked[:, 2], np.nan) if is_growth else no,
        "year_ratio": np.where(is_told, _year_ratio(one, other, is_growth, has_level), np.nan),
        "years_swapped": _years_swapped(of, one, other, is_growth, has_level),
        "dropped_by": _dropped_by(held, k),
        "zero_years": ((x == 0) & (w > 0)).sum(axis=1).astype("float64"),
        "swapped_with": _swapped(of, one, other, is_growth, has_level),
        "witness_date": held.dates[j],
        "witness_year": of.years[worst].astype("float64"),
        "value": x[place],
        "witness_value": w[place],
    }


def _year_ratio(one: Array, other: Array, is_growth: bool, has_level: bool) -> Array:
    """How many times nearer the series is to the witness's figures of the year beside."""
    noise = NOISE[is_growth]
    kinds = (False, True) if has_level or is_growth else (False,)
    ratios = [
        (_gap(one, other, kind) + noise) / (_gap(one, later(other, lag), kind) + noise)
        for kind in kinds
        for lag in (-1, 1)
    ]
    ratio: Array = np.max(np.nan_to_num(np.array(ratios)), axis=0)
    return ratio


def _gap(one: Array, other: Array, is_absolute: bool) -> Array:
    """Mean distance but for the largest: the year at the end of a moved series is no neighbour."""
    apart = one - other
    off = np.abs(apart if is_absolute else apart - np.nanmedian(apart, axis=1)[:, None])
    count = np.isfinite(off).sum(axis=1)
    rest = np.nansum(off, axis=1) - np.nan_to_num(np.nanmax(off, axis=1))
    gap: Array = np.where(count >= COMPARED_YEARS, rest / (count - 1), np.nan)
    return gap


def _years_swapped(
    of: Figures, one: Array, other: Array, is_growth: bool, has_level: bool
) -> list[str | None]:
    """Two years of which each is the witness's other one."""
    names: list[str | None] = [None] * len(one)
    if not has_level and not is_growth:
        return names
    if not is_growth:
        other = other + np.nanmedian(one - other, axis=1)[:, None]
    return exchanged_years(of.years, one, other, APART[True] if is_growth else EXCHANGED)


def _dropped_by(held: Vintages, k: int) -> list[str | None]:
    """The next vintage, where it has no year of a series that has some here."""
    if k + 1 == len(held.dates):
        return [None] * len(held.suites[k])
    count, next_count = (np.isfinite(held.figures[n]).sum(axis=1) for n in (k, k + 1))
    is_dropped = (count >= COMPARED_YEARS) & (next_count == 0)
    return [held.dates[k + 1] if dropped else None for dropped in is_dropped]


def _swapped(
    of: Figures, one: Array, other: Array, is_growth: bool, has_level: bool
) -> list[str | None]:
    """The economy whose witness is nearer, where the same holds the other way round."""
    if not has_level and not is_growth:  # levels mean nothing: changes from year to year
        one, other = np.diff(one, axis=1), np.diff(other, axis=1)
        found = swaps(one, other, 0.02)
    else:
        found = swaps(one, other, APART[is_growth])
    names: list[str | None] = [None] * len(one)
    for here, there in found.items():
        names[here] = f"nearer to {of.economies[there]}, and that one to this"
    return names


def _sibling(of: Figures, code: str, k: int, unit: Mapping[str, str]) -> dict[str, Any]:
    """The indicator of a like unit that has been swapped with this one, by economy."""
    held = of.indicators[code]
    date, x, w = held.dates[witness_of(k)], logs(held.figures[k]), logs(held.figures[witness_of(k)])
    named: list[str | None] = [None] * len(x)
    for other, vintages in of.indicators.items():
        if other == code or len(vintages.dates) < 2 or not _is_alike(unit, code, other):
            continue
        n = nearest_date(vintages.dates, date)
        m = nearest_date(vintages.dates, held.dates[k])
        y, v = logs(vintages.figures[m]), logs(vintages.figures[n])
        own = np.maximum(mean_gap(x, w, COMPARED_YEARS), mean_gap(y, v, COMPARED_YEARS))
        crossed = np.maximum(mean_gap(x, v, COMPARED_YEARS), mean_gap(y, w, COMPARED_YEARS))
        is_crossed = np.isfinite(own) & (own > APART[False]) & (2 * crossed < own) & (m != n)
        for here in np.nonzero(is_crossed)[0]:
            named[here] = f"nearer to {other}, and that one to this"
    return {"figures_of": named}


def _is_alike(unit: Mapping[str, str], one: str, other: str) -> bool:
    """Whether figures may be mistaken for another's: the unit ends in the same two words."""
    return unit.get(one, "").split()[-2:] == unit.get(other, "-").split()[-2:]
