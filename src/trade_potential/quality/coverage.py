"""Derived columns that tell what is left out: years of a series, figures of a newer vintage.

What a source has never had is no defect; what stands before and after a gap, or in the vintage
before, has been there. The columns hold a text that says what is missing, so that a complaint names
it; a missing value means that nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from trade_potential.quality.slips import NOTED_TRADE_USD

Tables = Mapping[str, pd.DataFrame]
Column = Callable[[Tables], "pd.Series[Any]"]

LARGEST_WITHDRAWN_SHARE = 0.2
"""Real vintages withdraw up to 17 % of the figures before (GDP per capita of 2023-06-30)."""
VINTAGE = ["indicator_code", "vintage_date"]

WITHDRAWN = """
with dates as (
    select distinct indicator_code, vintage_date from input
),
replaced as (
    select
        indicator_code,
        vintage_date,
        lead(vintage_date) over (partition by indicator_code order by vintage_date) as next_date
    from dates
)
select
    replaced.indicator_code,
    replaced.next_date as vintage_date,
    replaced.vintage_date as date_before,
    count(*) as count_before,
    count(*) - count(newer.year) as withdrawn,
    min(case when newer.year is null then older.year end) as first_withdrawn,
    max(case when newer.year is null then older.year end) as last_withdrawn,
    count(distinct case when newer.year is null then older.country_code end) as economies
from replaced
inner join input as older
    on replaced.indicator_code = older.indicator_code
    and replaced.vintage_date = older.vintage_date
left join input as newer
    on replaced.indicator_code = newer.indicator_code
    and replaced.next_date = newer.vintage_date
    and older.country_code = newer.country_code
    and older.year = newer.year
where replaced.next_date is not null
group by replaced.indicator_code, replaced.next_date, replaced.vintage_date
"""
"""By vintage that has one before it: how many figures of that one it does not hold."""

AFTER_A_GAP = """
select min({key}) as series
from input
inner join (
    select
        reporter_code,
        flow,
        year,
        year - lag(year) over (partition by reporter_code, flow order by year) as step
    from (select distinct reporter_code, flow, year from input) as held
) as steps using (reporter_code, flow, year)
where step > 1
group by reporter_code, flow, year
"""
"""The first flow of a reporter after years without any, where the gate tells of them."""


def years_between(frame: pd.DataFrame, group: list[str]) -> pd.Series:
    """The years between a row and the one before it in its group, as `2017` or `2009-2011`.

    Args:
        frame: Rows with a column year.
        group: Columns that name a series.
    """
    ordered = frame.sort_values([*group, "year"])
    before = ordered.groupby(group, sort=False)["year"].shift()
    first, last = before + 1, ordered["year"] - 1
    text = first.map("{:.0f}".format)
    text = text.where(first == last, text + "-" + last.map("{:.0f}".format))
    return text.where(last >= first).reindex(frame.index)


def _years_without_flows(t: Tables) -> pd.Series:
    """Years in which a reporter has no flow at all, at the first row of the year after them."""
    sums, flows = t["trade by year"].rename(columns={"country_code": "reporter_code"}), _keys(t)
    keys = ["reporter_code", "flow", "year"]
    skipped = sums[keys].assign(skipped=years_between(sums, keys[:2]))
    found = flows.merge(skipped, how="left", on=keys)["skipped"].set_axis(flows.index)
    return found.where(~flows.duplicated(keys))


def _years_without_pair(t: Tables) -> pd.Series:
    """Years of the reporter in which a pair has no flow, though noted ones stand beside them."""
    flows = _keys(t).assign(trade_usd=t["trade_flows"]["trade_usd"])
    keys, series = ["reporter_code", "flow", "year"], ["reporter_code", "partner_code", "flow"]
    held = t["trade by year"].rename(columns={"country_code": "reporter_code"})[keys]
    held = held.sort_values(keys)
    held["number"] = held.groupby(keys[:2]).cumcount()
    ordered = flows.sort_values([*series, "year"])
    number = ordered.merge(held, how="left", on=keys)["number"].set_axis(ordered.index)
    steps = number - number.groupby([ordered[name] for name in series], sort=False).shift()
    before = ordered.groupby(series, sort=False)["trade_usd"].shift()
    is_noted = (before >= NOTED_TRADE_USD) & (ordered["trade_usd"] >= NOTED_TRADE_USD)
    return years_between(flows, series).where(((steps > 1) & is_noted).reindex(flows.index))


def _keys(t: Tables) -> pd.DataFrame:
    return t["trade_flows"][["reporter_code", "partner_code", "flow", "year"]]


def _undeclared_withdrawals(t: Tables) -> pd.Series:
    """What a revision withdraws where that is not what is declared, or more than a fifth."""
    vintages, kinds = t["observation_vintages"], t["indicators"][["indicator_code", "vintage_kind"]]
    rows = vintages[[*VINTAGE, "withdrawn_count"]].merge(
        t["withdrawn figures"], how="left", on=VINTAGE
    )
    rows = rows.merge(kinds.drop_duplicates("indicator_code"), how="left", on="indicator_code")
    counted = rows["withdrawn"].fillna(0)
    is_broken = (rows["vintage_kind"] == "revision") & (
        (counted != rows["withdrawn_count"])
        | (counted > LARGEST_WITHDRAWN_SHARE * rows["count_before"])
    )
    texts = [_withdrawal(row) for row in rows.assign(counted=counted).to_dict("records")]
    text: pd.Series = pd.Series(texts, dtype="object", index=rows.index).where(is_broken)
    return text.set_axis(vintages.index)


def _withdrawal(row: Mapping[Any, Any]) -> str:
    declared = f"withdrawn_count is {row['withdrawn_count']:g}"
    if not row["counted"]:
        return f"no figure withdrawn, {declared}"
    return (
        f"{row['counted']:g} of {row['count_before']:g} figures of {str(row['date_before'])[:10]} "
        f"withdrawn, of {row['economies']:g} economies in "
        f"{row['first_withdrawn']:g}-{row['last_withdrawn']:g}, {declared}"
    )


def _gap(name: str, group: list[str]) -> Column:
    return lambda t: years_between(t[name], group)


COVERAGE: Mapping[str, Mapping[str, Column]] = {
    "observation_vintages": {"withdrawn_figures": _undeclared_withdrawals},
    "trade_flows": {
        "years_without_flows": _years_without_flows,
        "years_without_pair": _years_without_pair,
    },
    "oil_prices": {"years_without_figure": _gap("oil_prices", ["benchmark"])},
    "total_trade": {"years_without_figure": _gap("total_trade", ["country_code", "flow"])},
    "exchange_rates": {"years_without_figure": _gap("exchange_rates", ["country_code"])},
}
