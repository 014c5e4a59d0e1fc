"""What is done to a series of years by mistake."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from .form import FORMS, Case, Change

Values = np.ndarray
Of = Callable[[Values, Values], Values]


def by_series(of: Of) -> Change:
    """A function of the years and the values of each series gives its new values."""

    def change(part: pd.DataFrame, case: Case) -> pd.DataFrame:
        form = FORMS[case.file]
        part = part.sort_values([*form.series, "year"], kind="stable")
        new = [
            of(rows["year"].to_numpy(), rows[form.figure].to_numpy(dtype=float))
            for _, rows in part.groupby(list(form.series), sort=False)
        ]
        part[form.figure] = np.concatenate(new) if new else part[form.figure]
        return part

    return change


def late(years: int) -> Change:
    """Values stand so many years late (negative: early); the first (last) one is repeated."""

    def of(_: Values, values: Values) -> Values:
        return values[np.clip(np.arange(len(values)) - years, 0, len(values) - 1)]

    return by_series(of)


def relabelled(years: int) -> Change:
    """Years are written too high; what falls outside the years of the file is lost."""

    def change(part: pd.DataFrame, case: Case) -> pd.DataFrame:
        known = case.frames[case.file]["year"]
        part["year"] = part["year"] + years
        return part[part["year"].between(known.min(), known.max())]

    return change


def repeated_from(first: int) -> Change:
    """From a year on its value is carried forward."""

    def of(years: Values, values: Values) -> Values:
        since = np.flatnonzero(years >= first)
        return np.where(years >= first, values[since[0]], values) if len(since) else values

    return by_series(of)


def year_copied(source: int, target: int) -> Change:
    """One year under the name of another as well."""

    def change(part: pd.DataFrame, _: Case) -> pd.DataFrame:
        copy = part[part["year"] == source].assign(year=target)
        return pd.concat([part[part["year"] != target], copy])

    return change


def years_swapped(one: int, two: int) -> Change:
    """Two years under each other's name."""
    return lambda part, _: part.assign(year=part["year"].replace({one: two, two: one}))


def years_lost(*lost: int) -> Change:
    """Years that are not there."""
    return lambda part, _: part[~part["year"].isin(lost)]


def multiplied_in(years: tuple[int, int], by: float) -> Change:
    """A part of the years in another unit or by another definition."""

    def of(known: Values, values: Values) -> Values:
        return np.where((known >= years[0]) & (known <= years[1]), values * by, values)

    return by_series(of)


def _interpolated(years: Values, values: Values) -> Values:
    return np.interp(years, [years[0], years[-1]], [values[0], values[-1]])


interpolated = by_series(
    _interpolated
)  # a straight line between the first and the last year of the rows
reversed_order = by_series(lambda _, values: values[::-1])
running_total = by_series(lambda _, values: np.cumsum(values))
as_index = by_series(lambda _, values: values / values[len(values) // 2] * 100)
as_growth = by_series(
    lambda _, values: np.concatenate([[0.0], (values[1:] / values[:-1] - 1) * 100])
)
fiscal_years = by_series(
    lambda _, values: np.concatenate([(values[:-1] + values[1:]) / 2, values[-1:]])
)
