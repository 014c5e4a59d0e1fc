"""Columns the gate checks but no file holds: counts, ratios and gaps across rows and files.

Each function takes all inputs, and what `inputs.profile` asks of all their rows, and returns one
value per row of its own input, in its row order; a missing value means that the rule does not
apply to the row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

import pandas as pd

from trade_potential.quality.circles import CIRCLES, of_today
from trade_potential.quality.codes import CODES
from trade_potential.quality.coverage import COVERAGE, VINTAGE
from trade_potential.quality.quotes import QUOTES
from trade_potential.quality.slips import SLIPS

Tables = Mapping[str, pd.DataFrame]
Column = Callable[[Tables], "pd.Series[Any]"]

# Units whose level depends on a base year, or where a ratio means nothing: no revision is told.
REBASED_UNITS = ("index", "constant", "% a year")


def _lookup(left: pd.DataFrame, keys: list[str], values: pd.DataFrame, name: str) -> pd.Series:
    """Bring one column of `values` (unique by keys) to the rows of `left`."""
    unique = values[[*keys, name]].drop_duplicates(keys).rename(columns={name: "looked_up"})
    return left[keys].merge(unique, how="left", on=keys)["looked_up"]


def _year_of(dates: pd.Series) -> pd.Series:
    return pd.to_datetime(dates, errors="coerce").dt.year


def _change(frame: pd.DataFrame, group: list[str], column: str) -> pd.Series:
    """Share by which a value differs from the year before in its group."""
    ordered = frame.sort_values("year")
    grouped = ordered.groupby(group, sort=False)
    change = ordered[column] / grouped[column].shift() - 1
    return change.where(grouped["year"].diff() == 1).reindex(frame.index)


def _year_totals(t: Tables) -> pd.DataFrame:
    """Two-way trade of a country in a year, US$ and local currency."""
    totals: pd.DataFrame = (
        t["total_trade"].groupby(["country_code", "year"])["trade_usd"].sum().reset_index()
    )
    rates = _lookup(totals, ["country_code", "year"], t["exchange_rates"], "lcu_per_usd")
    return totals.assign(trade_lcu=totals["trade_usd"] * rates)


def _use_count(t: Tables) -> pd.Series:
    used = pd.concat([part for name, part in t.items() if name.startswith("use of sources by ")])
    counts: pd.Series = t["sources"]["source_id"].map(used.groupby("source_id")["n"].sum())
    return counts


def _vintage_count(t: Tables) -> pd.Series:
    counts = t["observation_vintages"]["indicator_code"].value_counts()
    return t["indicators"]["indicator_code"].map(counts)


def _counted(column: str) -> Column:
    return lambda t: _lookup(t["observation_vintages"], VINTAGE, t["vintages"], column)


def _edition_gap_years(t: Tables) -> pd.Series:
    observations = t["observations"]
    kind = _lookup(observations, ["indicator_code"], t["indicators"], "vintage_kind")
    gap = _year_of(observations["vintage_date"]) - observations["year"]
    return gap.where(kind == "edition")


def _vintages_of_edition(t: Tables) -> pd.Series:
    """Vintages of an indicator with editions that stand in one year: all of them would be used."""
    vintages = t["observation_vintages"]
    kind = _lookup(vintages, ["indicator_code"], t["indicators"], "vintage_kind")
    year = _year_of(vintages["vintage_date"])
    count = vintages.groupby([vintages["indicator_code"], year])["vintage_date"].transform("size")
    return count.where(kind == "edition")


def _population_change_share(t: Tables) -> pd.Series:
    rows = t["observations"][t["observations"]["indicator_code"] == "SP.POP.TOTL"]
    change = _change(rows, ["country_code", "vintage_date"], "observed_value")
    return change.reindex(t["observations"].index)


def _revision_share(t: Tables) -> pd.Series:
    observations = t["observations"]
    units = _lookup(observations, ["indicator_code"], t["indicators"], "unit").astype("str")
    rows = observations[~units.str.startswith(REBASED_UNITS)].sort_values("vintage_date")
    grouped = rows.groupby(["indicator_code", "country_code", "year"], sort=False)
    oldest = grouped["observed_value"].transform("first")
    is_newest = grouped.cumcount(ascending=False) == 0
    share = (rows["observed_value"] / oldest - 1).where(is_newest & (oldest > 0))
    return share.reindex(observations.index)


def _capitals_ratio(t: Tables) -> pd.Series:
    return t["country_pairs"]["distance_capitals_km"] / t["country_pairs"]["distance_km"]


def _listed_is_landlocked(t: Tables) -> pd.Series:
    countries = t["countries"].rename(columns={"country_iso3": "partner_code"})
    return _lookup(t["country_pairs"], ["partner_code"], countries, "is_landlocked")


def _pair_distance_km(t: Tables) -> pd.Series:
    """Distance of the pair, found by the code of today or the code of the source."""
    pairs = t["pairs of flows"]
    renamed = pairs.assign(partner_code=pairs["partner_code"].replace(of_today(t)))
    both = pd.concat([pairs, renamed])
    return _lookup(t["trade_flows"], ["reporter_code", "partner_code"], both, "distance_km")


def _partner_gap_share(t: Tables) -> pd.Series:
    keys = ["country_code", "flow", "year"]
    sums = t["trade by year"]
    return _lookup(t["total_trade"], keys, sums, "trade_usd") / t["total_trade"]["trade_usd"] - 1


def _flows_in_year(t: Tables) -> pd.Series:
    return t["total_trade"].groupby(["country_code", "year"])["flow"].transform("nunique")


def _totals_given(t: Tables) -> pd.Series:
    return t["total_trade_press"][["total_rmb_tn", "total_usd_tn"]].notna().sum(axis=1)


def _flows_gap_rmb_tn(t: Tables) -> pd.Series:
    press = t["total_trade_press"]
    return press["exports_rmb_tn"] + press["imports_rmb_tn"] - press["total_rmb_tn"]


def _press_gap(total: str, press: str) -> Column:
    def gap(t: Tables) -> pd.Series:
        keys = ["country_code", "year"]
        sums = _lookup(t["total_trade_press"], keys, _year_totals(t), total)
        return sums / 1e12 / t["total_trade_press"][press] - 1

    return gap


def _over_brent(prices: pd.DataFrame) -> pd.Series:
    """Prices over nominal Brent of the same year."""
    brent = prices[prices["benchmark"] == "brent_nominal"]
    looked_up = _lookup(prices, ["year"], brent, "price_usd_per_barrel")
    ratio: pd.Series = prices["price_usd_per_barrel"] / looked_up
    return ratio


def _brent_ratio(t: Tables) -> pd.Series:
    prices = t["oil_prices"]
    return _over_brent(prices).where(prices["benchmark"].str.endswith("_nominal"))


def _base_year_gap_share(t: Tables) -> pd.Series:
    prices = t["oil_prices"]
    return (_over_brent(prices) - 1).where(
        (prices["benchmark"] == "brent_real_2022") & (prices["year"] == 2022)
    )


def _trade_share(t: Tables) -> pd.Series:
    volumes = t["ecommerce_volumes"]
    trade_usd = _lookup(volumes, ["country_code", "year"], _year_totals(t), "trade_usd")
    rate = _lookup(volumes, ["currency", "year"], t["exchange_rates"], "lcu_per_usd")
    share: pd.Series = volumes["volume_tn"] * 1e12 / (trade_usd * rate)
    return share


def _growth_share(t: Tables) -> pd.Series:
    volumes = t["ecommerce_volumes"]
    whole = volumes[(volumes["scope"] == "whole year") & (volumes["lineage"] != "other")]
    lineage = ["country_code", "currency", "lineage"]
    change = _change(whole.drop_duplicates([*lineage, "year"]), lineage, "volume_tn")
    return change.reindex(volumes.index)


def _customs_ratio(t: Tables) -> pd.Series:
    volumes = t["ecommerce_volumes"]
    whole = volumes[volumes["scope"] == "whole year"]
    customs = whole[whole["lineage"] == "customs_narrow"]
    keys = ["country_code", "currency", "year"]
    ratio = volumes["volume_tn"] / _lookup(volumes, keys, customs, "volume_tn")
    is_compared = (volumes["lineage"] == "100ec") & (volumes["scope"] == "whole year")
    return ratio.where(is_compared)


def _currency_spread(t: Tables) -> pd.Series:
    """Rate over the lowest rate of its currency and year."""
    rates = t["exchange_rates"]
    lowest = rates.groupby(["currency", "year"])["lcu_per_usd"].transform("min")
    spread: pd.Series = rates["lcu_per_usd"] / lowest
    return spread


DERIVED: Mapping[str, Mapping[str, Column]] = {
    "sources": {"use_count": _use_count},
    "country_code_mappings": {
        "country_of_today": lambda t: t["country_code_mappings"]["source_code"].map(
            t["countries"].drop_duplicates("country_iso3").set_index("country_iso3")["country_name"]
        )
    },
    "indicators": {"vintage_count": _vintage_count},
    "observation_vintages": {
        "vintage_year": lambda t: _year_of(t["observation_vintages"]["vintage_date"]),
        "vintages_of_edition": _vintages_of_edition,
        "counted_values": _counted("value_count"),
        "counted_economies": _counted("economy_count"),
        "counted_first_year": _counted("first_year"),
        "counted_last_year": _counted("last_year"),
    },
    "observations": {
        "vintage_year": lambda t: _year_of(t["observations"]["vintage_date"]),
        "listed_value_count": lambda t: _lookup(
            t["observations"], VINTAGE, t["observation_vintages"], "value_count"
        ),
        "edition_gap_years": _edition_gap_years,
        "population_change_share": _population_change_share,
        "revision_share": _revision_share,
    },
    "trade_flows": {"pair_distance_km": _pair_distance_km},
    "country_pairs": {
        "capitals_ratio": _capitals_ratio,
        "listed_is_landlocked": _listed_is_landlocked,
    },
    "oil_prices": {"brent_ratio": _brent_ratio, "base_year_gap_share": _base_year_gap_share},
    "ecommerce_volumes": {
        "trade_share": _trade_share,
        "growth_share": _growth_share,
        "customs_ratio": _customs_ratio,
    },
    "total_trade": {"partner_gap_share": _partner_gap_share, "flows_in_year": _flows_in_year},
    "total_trade_press": {
        "totals_given": _totals_given,
        "flows_gap_rmb_tn": _flows_gap_rmb_tn,
        "usd_gap_share": _press_gap("trade_usd", "total_usd_tn"),
        "rmb_gap_share": _press_gap("trade_lcu", "total_rmb_tn"),
    },
    "exchange_rates": {
        "rate_change_share": lambda t: _change(
            t["exchange_rates"], ["country_code"], "lcu_per_usd"
        ),
        "currency_spread": _currency_spread,
    },
    "trade_agreements": {
        "status_year": lambda t: pd.to_numeric(
            t["trade_agreements"]["status_date"].astype("str").str[:4], errors="coerce"
        ),
        "date_length": lambda t: t["trade_agreements"]["status_date"].str.len(),
    },
}


ALL_DERIVED = (DERIVED, SLIPS, COVERAGE, CIRCLES, CODES, QUOTES)


def with_derived_columns(tables: Tables, profile: Tables) -> dict[str, pd.DataFrame]:
    """Add the derived columns to every input, given the profile of all rows.

    A column that cannot be computed, because an input lacks a column it needs or holds text where
    numbers belong, is left out: the checks that use it then fail for want of it.
    """
    known = {**tables, **profile}
    completed = {}
    for name, frame in tables.items():
        columns = {}
        derived = (part.get(name, {}).items() for part in ALL_DERIVED)
        for column, derive in chain.from_iterable(derived):
            try:
                columns[column] = derive(known)
            except (AttributeError, KeyError, TypeError, ValueError):
                continue
        completed[name] = frame.assign(**columns)
    return completed
