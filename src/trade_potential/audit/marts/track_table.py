"""What the track record of a study of one reporter is made from: a row a cut-off and partner."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from trade_potential.audit.marts.gated import Gated

GDP = "NY.GDP.MKTP.CD"
OF_K = {"k_same_year": 0, "k_year_before": 1, "k_three_years_before": 3}


def _trade(gated: Gated, reporter: str) -> pd.Series:
    """Exports and imports together by partner and year, where both are reported."""
    flows = gated["gate_trade_flows"]
    flows = flows[flows["reporter_code"] == reporter]
    wide = flows.pivot_table(
        index=["partner_code", "year"], columns="flow", values="trade_usd", aggfunc="max"
    )
    both = (wide["export"] + wide["import"]).dropna().reset_index(name="usd")
    both["partner"] = both["partner_code"].map(_today(gated))
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
    names, today = rows["country_code"], _today(gated)
    return {
        (today[code], int(year)): float(value)
        for code, year, value in zip(names, rows["year"], rows["observed_value"], strict=True)
        if code in today
    }


OBSERVATIONS = ("observations", "world_observations")


def table_of(gated: Gated, study: str, horizon: int) -> pd.DataFrame:
    """A row a cut-off and partner: growth, and what was known of it."""
    ratios = gated["stg_track__frozen_ratios"]
    ratios = ratios[ratios["study_id"] == study]
    studies = gated["stg_study__studies"].set_index("study_id")
    reporter: Any = studies.loc[study, "reporter_iso3"]
    trade: dict[Any, float] = _trade(gated, str(reporter)).to_dict()
    gdp = _gdp(gated)
    regions = gated["gate_countries"].set_index("country_iso3")["un_region"].to_dict()
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
        return float(np.log(own)) if own > 0.0 else none

    rows = [
        {
            "cut_off": year,
            "partner": partner,
            "growth": rate(partner, year, year + horizon),
            "start": trade.get((partner, year), none),
            **{name: gap(partner, year - lag) for name, lag in OF_K.items()},
            "k": k[partner, year - 1],
            "size": np.log(trade[partner, year - 1] / k[partner, year - 1]),
            "momentum": rate(partner, year - 2, year),
            "gdp_growth": incomes(partner, year) - incomes(partner, year - 2),
            "low": limits[partner, year - 1][0],
            "high": limits[partner, year - 1][1],
            "later_k": k.get((partner, year + horizon), none),
            "region": regions.get(partner),
            "as_of_share": dated[year - 1],
        }
        for partner, before in sorted(k)
        if (year := before + 1) + horizon <= last
    ]
    table = pd.DataFrame(rows)
    table = table[table["growth"].notna()] if len(rows) else table
    level = gated["stg_study__gravity_specifications"].set_index("spec_id")["confidence_level"]
    table.attrs["nominal"] = float(level.loc[str(studies.loc[study, "default_spec_id"])])
    classes = gated["stg_study__potential_classes"]
    table.attrs["bounds"] = (classes["k_upper"].min(), classes["k_lower"].max())
    table.attrs["first"], table.attrs["last"] = min(year for _, year in trade) + 1, last
    return table
