"""What the track record of a study of one reporter is made from: a row a cut-off and partner."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trade_potential.audit.cuts import cuts_of
from trade_potential.audit.marts.gated import Gated

GDP = "NY.GDP.MKTP.CD"
OF_K = {"k_same_year": 0, "k_year_before": 1, "k_three_years_before": 3}
OBSERVATIONS = ("observations", "world_observations")

ENOUGH = 30
"""Flows from which on a share of them is given."""

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Table:
    """Rows of a cut-off and partner each.

    Attributes:
        columns: (N,) numbers by name; cut_off and partner are integers.
        region: (N,) of the partner, empty where it has none.
        horizon: Years of growth.
        first: First cut-off that trade allows; all studies and horizons share it.
        last: Last year of trade.
        nominal: Coverage that the intervals promise.
        bounds: Of K: below is the lowest class, from the second on the highest.
    """

    columns: dict[str, npt.NDArray[Any]]
    region: npt.NDArray[np.object_]
    horizon: int
    first: int
    last: int
    nominal: float
    bounds: tuple[float, float]

    def __len__(self) -> int:
        """Rows."""
        return len(self.region)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        """A column."""
        return self.columns[name]

    def at(self, rows: Mask) -> Table:
        """Some of the rows."""
        held = {name: values[rows] for name, values in self.columns.items()}
        return replace(self, columns=held, region=self.region[rows])

    def counts(self) -> npt.NDArray[np.int64]:
        """(cut-offs,) rows of each, in their order."""
        counts = np.bincount(self["cut_off"])
        return counts[counts > 0]

    def partners(self) -> int:
        """How many there are."""
        return int(np.count_nonzero(np.bincount(self["partner"])))

    def means(self, values: npt.NDArray[Any]) -> Floats:
        """(cut-offs,) mean of each, in their order."""
        counts = np.bincount(self["cut_off"])
        sums = np.bincount(self["cut_off"], values)
        found: Floats = sums[counts > 0] / counts[counts > 0]
        return found

    def centred(self, values: Floats) -> Floats:
        """(N,) values less the mean of their cut-off."""
        counts = np.bincount(self["cut_off"])
        means = np.bincount(self["cut_off"], values) / np.maximum(counts, 1)
        found: Floats = values - means[self["cut_off"]]
        return found

    def wide(self, values: Floats) -> tuple[Floats, Floats]:
        """(partners, cut-offs) values, 0 where there is none, and the cut-offs in order."""
        years, t = np.unique(self["cut_off"], return_inverse=True)
        partners, p = np.unique(self["partner"], return_inverse=True)
        found = np.zeros((len(partners), len(years)))
        found[p, t] = values
        return found, years.astype(float)


def directions(gap: Floats, centred: Floats, bounds: tuple[float, float]) -> dict[str, Any]:
    """How often a flow went the way its K told, and by chance; growth of the outer classes.

    Args:
        gap: (N,) symmetric gap of K.
        centred: (N,) growth less the mean of its cut-off.
        bounds: See ``Table``.
    """
    ratio = (2.0 + gap) / (2.0 - gap)
    found: dict[str, Any] = {
        name: own.mean() if len(own) >= ENOUGH else None
        for name, own in (
            ("growth_below_rate", centred[ratio < bounds[0]]),
            ("growth_above_rate", centred[ratio >= bounds[1]]),
        )
    }
    told = gap * centred != 0.0
    n = int(told.sum())
    if n < ENOUGH:
        return {"direction_status": "few_flows", **found}
    table = np.histogram2d(gap[told] > 0.0, centred[told] > 0.0, bins=2, range=[[0, 1]] * 2)[0]
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    return {
        "direction_status": "ok",
        "direction_share": (table[0, 1] + table[1, 0]) / n,
        "direction_chance_share": (expected[0, 1] + expected[1, 0]) / n,
        "faster_share": table[:, 1].sum() / n,
        **found,
    }


def _trade(gated: Gated, reporter: str) -> pd.Series:
    """Exports and imports together by partner and year, where both are reported."""
    flows = gated["gate_trade_flows"]
    flows = flows[flows["reporter_code"] == reporter]
    wide = flows.pivot_table(
        index=["partner_code", "year"], columns="flow", values="trade_usd", aggfunc="max"
    )
    both = (wide["export"] + wide["import"]).dropna().reset_index(name="usd")
    both["partner"] = both["partner_code"].map(gated.once(_today))
    return both.dropna().groupby(["partner", "year"])["usd"].sum()


def _today(gated: Gated) -> dict[str, str]:
    """Country of today by code."""
    countries, mapped = gated["gate_countries"], gated["gate_country_code_mappings"]
    own = {str(code): str(code) for code in countries["country_iso3"]}
    pairs = zip(mapped["source_code"], mapped["country_iso3"], strict=True)
    return own | {str(code): str(name) for code, name in pairs if isinstance(name, str)}


def _gdp(gated: Gated) -> dict[tuple[str, int], float]:
    """US$ by economy and year, of the first vintage."""
    columns = ("country_code", "year", "vintage_date", "observed_value")
    where = f"indicator_code = '{GDP}'"
    held = [gated.part(f"gate_{name}", *columns, where=where) for name in OBSERVATIONS]
    rows = pd.concat(held)
    rows = rows[rows["vintage_date"] == rows["vintage_date"].min()]
    names, today = rows["country_code"], gated.once(_today)
    return {
        (today[code], int(year)): float(value)
        for code, year, value in zip(names, rows["year"], rows["observed_value"], strict=True)
        if code in today
    }


def tables_of(gated: Gated, study: str, horizons: tuple[int, ...]) -> list[Table]:
    """By horizon, a row a cut-off and partner: growth, and what was known of it."""
    ratios = gated["stg_track__frozen_ratios"]
    ratios = ratios[ratios["study_id"] == study]
    studies = gated["stg_study__studies"].set_index("study_id")
    reporter: Any = studies.loc[study, "reporter_iso3"]
    trade: dict[Any, float] = _trade(gated, str(reporter)).to_dict()
    gdp = gated.once(_gdp)
    regions = gated["gate_countries"].set_index("country_iso3")["un_region"].dropna().to_dict()
    stored: list[Any] = [*ratios.itertuples()]
    k = {(row.partner_iso3, row.year): row.actual_usd / row.predicted_usd for row in stored}
    limits = {
        (row.partner_iso3, row.year): (row.k_ratio_ci_low, row.k_ratio_ci_high) for row in stored
    }
    dated = dict(zip(ratios["year"], ratios["as_of_share"], strict=True))
    last = max(year for _, year in trade)
    none = float("nan")

    def gap(partner: str, year: int) -> float:
        value: float = k.get((partner, year), none)
        return 2.0 * (value - 1.0) / (value + 1.0)

    def rate(partner: str, start: int, end: int) -> float:
        a, b = trade.get((partner, start), none), trade.get((partner, end), none)
        return 0.0 if a == b == 0.0 else (b - a) / ((a + b) / 2.0)

    def incomes(partner: str, year: int) -> float:
        own = gdp.get((str(reporter), year), none) * gdp.get((partner, year), none)
        return math.log(own) if own > 0.0 else none

    def row(partner: str, year: int, horizon: int) -> dict[str, Any]:
        return {
            "cut_off": year,
            "partner": number[partner],
            "growth": rate(partner, year, year + horizon),
            "start": trade.get((partner, year), none),
            **{name: gap(partner, year - lag) for name, lag in OF_K.items()},
            "size": math.log(trade[partner, year - 1] / k[partner, year - 1]),
            "momentum": rate(partner, year - 2, year),
            "gdp_growth": incomes(partner, year) - incomes(partner, year - 2),
            "low": limits[partner, year - 1][0],
            "high": limits[partner, year - 1][1],
            "later_k": k.get((partner, year + horizon), none),
            "as_of_share": dated[year - 1],
        }

    level = gated["stg_study__gravity_specifications"].set_index("spec_id")["confidence_level"]
    classes = cuts_of(gated["stg_study__potential_classes"], study)
    number = {name: place for place, name in enumerate(sorted({name for name, _ in k}))}
    found = []
    for horizon in horizons:
        held = [(name, before + 1) for name, before in sorted(k) if before + 1 + horizon <= last]
        rows = [row(name, year, horizon) for name, year in held]
        table = Table(
            columns={name: np.array([one[name] for one in rows]) for name in rows[0]}
            if rows
            else {},
            region=np.array([regions.get(name, "") for name, _ in held], dtype=object),
            horizon=horizon,
            first=min(year for _, year in trade) + 1,
            last=last,
            nominal=float(level.loc[str(studies.loc[study, "default_spec_id"])]),
            bounds=(classes["k_upper"].min(), classes["k_lower"].max()),
        )
        found.append(table.at(np.isfinite(table["growth"])) if rows else table)
    return found
