"""Short series beside what is said of them: notes, parts, other quotations, customs, other years.

A quotation is a figure and the words that it was read from. The words tell it a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

Tables = Mapping[str, pd.DataFrame]
Column = Callable[[Tables], "pd.Series[Any]"]

FIGURE = r"^(\d+(?:\.\d+)?)(?: tn)?(?=[,;]|$)"
"""A note that begins with the figure, such as `12.5, +19.05%`."""
SHARE = r"(?:(?:penetration|share) (\d+(?:\.\d+)?)%|(\d+(?:\.\d+)?)% of |, (\d+(?:\.\d+)?)%$)"
"""The share of goods trade that a note tells beside it."""
WHOLE = "whole year"


def _quoted_ratio(t: Tables) -> pd.Series:
    """Volume over the figure with which its note begins."""
    volumes = t["ecommerce_volumes"]
    told = volumes["note"].astype("str").str.extract(FIGURE)[0].astype("float64")
    ratio: pd.Series = volumes["volume_tn"] / told
    return ratio


def _stated_share_ratio(t: Tables) -> pd.Series:
    """Volume over the share of trade in its note times the total of trade in the press."""
    volumes = t["ecommerce_volumes"]
    shares = volumes["note"].astype("str").str.extract(SHARE).astype("float64")
    share = shares.bfill(axis=1).iloc[:, 0] / 100
    totals = t["total_trade_press"].drop_duplicates(["country_code", "year"])
    total = volumes[["country_code", "year"]].merge(
        totals, how="left", on=["country_code", "year"]
    )["total_rmb_tn"]
    ratio: pd.Series = volumes["volume_tn"] / (share * total.to_numpy())
    return ratio.where((volumes["scope"] == WHOLE) & (volumes["currency"] == "CNY"))


def _quotes_ratio(t: Tables) -> pd.Series:
    """Volume over the smallest one of the same institute, year and scope."""
    volumes = t["ecommerce_volumes"]
    keys = ["country_code", "currency", "lineage", "scope", "year"]
    named = volumes["lineage"] != "other"
    ratio: pd.Series = volumes["volume_tn"] / volumes.groupby(keys)["volume_tn"].transform("min")
    return ratio.where(named)


def _part_share(t: Tables) -> pd.Series:
    """Volume of a part over the smallest of the whole year, of the same institute."""
    volumes = t["ecommerce_volumes"]
    keys = ["country_code", "currency", "lineage", "year"]
    wholes = volumes[volumes["scope"] == WHOLE].groupby(keys)["volume_tn"].min()
    whole = wholes.reindex(pd.MultiIndex.from_frame(volumes[keys])).to_numpy()
    ratio: pd.Series = volumes["volume_tn"] / whole
    return ratio.where(volumes["scope"] != WHOLE)


def _year_of_reason(t: Tables) -> pd.Series:
    """1 where the first year that the reason of a note names is its year, 0 where it is another."""
    notes = t["trade_notes"]
    years = notes["reason"].astype("str").str.findall(r"\b(?:19|20)\d\d\b")
    told = [
        float(found[0] == str(year)) if found else None
        for year, found in zip(notes["year"], years, strict=True)
    ]
    return pd.Series(told, index=notes.index, dtype="float64")


def _country_in_reason(t: Tables) -> pd.Series:
    """1 where the reason of a note names its country, 0 where it names others only."""
    notes = t["trade_notes"]
    names = t["countries"].drop_duplicates("country_iso3").set_index("country_iso3")["country_name"]
    told = []
    for code, reason in zip(notes["country_code"], notes["reason"].astype("str"), strict=True):
        others = any(str(name) in reason for name in names)
        told.append(float(str(names.get(code)) in reason) if others else None)
    return pd.Series(told, index=notes.index, dtype="float64")


def _press_gap(flow: str, press: str) -> Column:
    """A flow of `total_trade` through the rate of the year over the press, less one."""

    def gap(t: Tables) -> pd.Series:
        keys, totals = ["country_code", "year"], t["total_trade"]
        rates = t["exchange_rates"].drop_duplicates(keys)
        rows = totals[totals["flow"] == flow].drop_duplicates(keys).merge(rates, on=keys)
        local = (rows["trade_usd"] * rows["lcu_per_usd"] / 1e12).set_axis(
            pd.MultiIndex.from_frame(rows[keys])
        )
        quoted = t["total_trade_press"]
        own = local.reindex(pd.MultiIndex.from_frame(quoted[keys])).to_numpy()
        ratio: pd.Series = own / quoted[press] - 1
        return ratio

    return gap


def _same_as_year(name: str, series: Sequence[str], column: str) -> Column:
    """The other year of the series with the very same figure."""

    def same(t: Tables) -> pd.Series:
        rows = t[name]
        keys = [*series, column]
        first = rows.groupby(keys)["year"].transform("min")
        text: pd.Series = first.astype("Int64").astype("str")
        return text.where((first < rows["year"]) & rows[column].notna(), None)

    return same


QUOTES: Mapping[str, Mapping[str, Column]] = {
    "ecommerce_volumes": {
        "quoted_ratio": _quoted_ratio,
        "stated_share_ratio": _stated_share_ratio,
        "quotes_ratio": _quotes_ratio,
        "part_share": _part_share,
    },
    "trade_notes": {
        "year_of_reason": _year_of_reason,
        "country_in_reason": _country_in_reason,
    },
    "total_trade_press": {
        "exports_gap_share": _press_gap("export", "exports_rmb_tn"),
        "imports_gap_share": _press_gap("import", "imports_rmb_tn"),
    },
    "exchange_rates": {
        "same_as_year": _same_as_year("exchange_rates", ["country_code"], "lcu_per_usd")
    },
    "total_trade": {
        "same_as_year": _same_as_year("total_trade", ["country_code", "flow"], "trade_usd")
    },
    "oil_prices": {
        "same_as_year": _same_as_year("oil_prices", ["benchmark"], "price_usd_per_barrel")
    },
}
"""Derived columns of short series."""
