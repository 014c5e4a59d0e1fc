"""Which figure stands for a country in a year: its vintage, and what fills a gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd


class Tables(Protocol):
    """Gated inputs, rows of the study file and marts, by the name of their relation."""

    def __getitem__(self, name: str, /) -> pd.DataFrame:
        """Rows of a relation, which nobody may change."""


METHODS = np.array([None, "observed", "linear_between", "carry_forward", "carry_back"], object)
"""Where a value comes from, by code: 0 there is none, 1 it was observed, above it was filled."""

FILLED = 2
"""The first code of a value that was filled."""


@dataclass(frozen=True)
class Series:
    """One indicator of all countries, by country (rows) and year (columns).

    Attributes:
        numbers: NaN where there is none.
        methods: Codes of ``METHODS``.
        is_estimate: Whether the source estimated the figure that the value comes from.
        vintages: The newest vintage that the value comes from.
    """

    numbers: npt.NDArray[np.float64]
    methods: npt.NDArray[np.int8]
    is_estimate: npt.NDArray[np.bool_]
    vintages: npt.NDArray[np.datetime64]


def records(frame: pd.DataFrame) -> list[Any]:
    """Rows of a small frame with their columns as attributes."""
    return list(frame.itertuples(index=False))


def countries_of_today(gated: Tables) -> dict[str, str]:
    """ISO 3166 code by code of a source; without those that stand for no country of today."""
    known = {code: code for code in gated["gate_countries"]["country_iso3"]}
    older = gated["gate_country_code_mappings"].dropna(subset=["country_iso3"])
    return known | dict(zip(older["source_code"], older["country_iso3"], strict=True))


Place = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


def at(matrix: npt.NDArray[Any], place: Place, none: Any) -> npt.NDArray[Any]:
    """Elements of a series at ``place``; ``none`` outside of it."""
    row, column = place
    return np.where((row < 0) | (column < 0), none, matrix[row, column])


class Figures:
    """Series of all indicators as a study and a specification of it may use them.

    Attributes:
        countries: ISO 3166 codes in order, the rows of every series.
        years: Years with a figure of whatever indicator, in order, the columns of every series.
    """

    def __init__(self, gated: Tables) -> None:
        """Number countries and years, and set the figures of every indicator apart."""
        names = ("gate_observations", "gate_world_observations")
        rows = pd.concat([gated[name] for name in names], ignore_index=True)
        today = countries_of_today(gated)
        self.countries = np.array(sorted(set(today.values())), dtype=object)
        self.years = np.unique(rows["year"].to_numpy(dtype=np.int64))
        self._row = {iso3: k for k, iso3 in enumerate(self.countries)}
        number, codes = pd.factorize(rows["country_code"])
        country = np.array(
            [self._row.get(today.get(code, ""), -1) for code in codes], dtype=np.int64
        )
        self._country = country[number]
        self._year = np.searchsorted(self.years, rows["year"].to_numpy(dtype=np.int64))
        self._value = rows["observed_value"].to_numpy(dtype=np.float64)
        self._vintage = rows["vintage_date"].to_numpy(dtype="datetime64[D]")
        self._is_estimate = rows["is_estimate"].to_numpy(dtype=bool)
        indicator, names_of = pd.factorize(rows["indicator_code"])
        inside = self._country >= 0
        self._rows = {
            str(name): np.flatnonzero((indicator == k) & inside) for k, name in enumerate(names_of)
        }
        self._studies = gated["stg_study__studies"].set_index("study_id")["as_of_date"]
        keys = ["spec_kind", "spec_id", "indicator_code"]
        self._overrides = gated["stg_study__vintage_overrides"].set_index(keys)["vintage_date"]
        self._kinds = gated["gate_indicators"].set_index("indicator_code")["vintage_kind"]
        self._held = gated["gate_observation_vintages"].set_index("indicator_code")["vintage_date"]
        rules = gated["stg_study__imputation_rules"]
        self._reach = {
            (row.indicator_code, row.method): float(row.max_years) for row in records(rules)
        }
        self._made: dict[tuple[str, Any], Series] = {}

    @property
    def indicators(self) -> list[str]:
        """Codes of all indicators."""
        return [str(code) for code in self._kinds.index]

    def column(self, years: Any) -> npt.NDArray[np.int64]:
        """Columns of ``years``; -1 of a year without any figure."""
        asked = np.asarray(years, dtype=np.int64)
        found = np.minimum(np.searchsorted(self.years, asked), self.years.size - 1)
        return np.where(self.years[found] == asked, found, -1)

    def place(self, countries: Any, years: Any) -> Place:
        """Rows and columns of countries and years in every series."""
        number, codes = pd.factorize(countries)
        row = np.array([self._row.get(code, -1) for code in codes], dtype=np.int64)
        return row[number], self.column(years)

    def as_of(self, study_id: str) -> np.datetime64:
        """The as-of date of a study."""
        return np.datetime64(self._studies[study_id], "D")

    def series(self, study_id: str, spec_kind: str, spec_id: str, indicator: str) -> Series:
        """Figures not later than the as-of date of the study, or than the date of an override."""
        latest = self.as_of(study_id)
        override = (spec_kind, spec_id, indicator)
        if override in self._overrides.index:
            latest = np.datetime64(self._overrides[override], "D")
        made = self._made.get((indicator, latest))
        if made is None:
            made = self._filled(indicator, self._source(indicator, latest))
            self._made[indicator, latest] = made
        return made

    def _source(self, indicator: str, latest: np.datetime64) -> npt.NDArray[np.int64]:
        """Number of the row that holds the figure of a country and year; -1 where none does.

        Of revisions one vintage is used, of editions all that are old enough; where none is, the
        oldest there is.
        """
        held = np.sort(self._held[self._held.index == indicator].to_numpy(dtype="datetime64[D]"))
        old = held[held <= latest]
        chosen = held[:1]
        if old.size:
            chosen = old if self._kinds[indicator] == "edition" else old[-1:]
        rows = self._rows.get(indicator, np.array([], dtype=np.int64))
        rows = rows[np.isin(self._vintage[rows], chosen)]
        source = np.full((self.countries.size, self.years.size), -1)
        source[self._country[rows], self._year[rows]] = rows
        return source

    def _filled(self, indicator: str, source: npt.NDArray[np.int64]) -> Series:
        """Fill the years without a figure, each rule as far as it reaches."""
        linear, forward, back = (
            self._reach.get((indicator, method), -np.inf) for method in METHODS[FILLED:]
        )
        has, columns = source >= 0, np.arange(self.years.size)
        before = np.maximum.accumulate(np.where(has, columns, -1), axis=1)
        after = np.where(has, columns, columns.size)[:, ::-1]
        after = np.minimum.accumulate(after, axis=1)[:, ::-1]
        at = np.concatenate([self.years.astype(np.float64), [np.inf, -np.inf]])
        since, until = self.years - at[before], at[after] - self.years
        methods = np.select(
            [has, since + until <= linear, since <= forward, until <= back], [1, 2, 3, 4], 0
        ).astype(np.int8)

        empty = methods == 0
        start = np.where(methods == 4, after, before)
        start = np.where(empty, 0, start)
        end = np.where(methods == 2, after, start)
        line = np.arange(self.countries.size)[:, None]
        first, last = source[line, start], source[line, end]
        gap = np.where(methods == 2, since + until, 1.0)
        done = np.where(methods == 2, since, 0.0)
        values = (self._value[first] * (gap - done) + self._value[last] * done) / gap
        return Series(
            numbers=np.where(empty, np.nan, values),
            methods=methods,
            is_estimate=self._is_estimate[first] & ~empty,
            vintages=np.maximum(self._vintage[first], self._vintage[last]),
        )
