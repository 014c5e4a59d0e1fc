"""What the gate asks of the world's trade in sums: by economy and year, and beside other sources.

China's own reports are a witness: exports are free on board in both, imports are cost, insurance
and freight in the reports alone. Merchandise trade in per cent of GDP is another, of all economies.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from trade_potential.quality.coverage import years_between
from trade_potential.quality.slips import AGREEING, NOTED_TRADE_USD, SPIKE_TRADE_USD, spike_factor

Parts = Mapping[str, pd.DataFrame]

PAIRED = "economies of pairs"
ALL_GOODS = "cepii_baci"
"""Source whose flows are of all goods; of another, such as of some products, none is a witness."""
WITNESS = "CHN"
WITNESS_PARTNERS = 30
"""Partners in both sources below which a median of their ratios tells nothing."""
COMPARED_TRADE_USD = 1e9
"""Merchandise trade of small economies and what is recorded of it differ by any factor."""
TRADE_PCT_GDP, GDP_USD = "TG.VAL.TOTL.GD.ZS", "NY.GDP.MKTP.CD"
OTHER_UNIT = 500
"""Factor that only a wrong unit gives, or a year that was hardly recorded."""
OTHER_DIGIT = 6
"""Factor beside two years that agree which a digit too many gives."""

_BESIDE = f"""
with beside as (
    select
        trade_usd,
        case when lag(year) over years = year - 1 then lag(trade_usd) over years end as before,
        case when lead(year) over years = year + 1 then lead(trade_usd) over years end as after
    from input
    semi join (
        select exporter_code, importer_code from input
        group by exporter_code, importer_code having max(trade_usd) >= {NOTED_TRADE_USD}
    ) as noted using (exporter_code, importer_code)
    window years as (partition by exporter_code, importer_code order by year)
),
compared as (
    select
        trade_usd,
        greatest(before, after) as high,
        case when before > 0 and after > 0 then least(before, after) end as low
    from beside
),
factors as (
    select
        greatest(
            case when high >= {NOTED_TRADE_USD} then trade_usd / high end,
            case when low >= {NOTED_TRADE_USD} then low / trade_usd end
        ) as jump_factor,
        case
            when high <= {AGREEING} * low and sqrt(high * low) >= {SPIKE_TRADE_USD}
                then greatest(trade_usd / sqrt(high * low), sqrt(high * low) / trade_usd)
        end as spike_factor
    from compared
)
select
    count(*) filter (jump_factor <= {OTHER_UNIT}) / nullif(count(jump_factor), 0)
        as flows_of_one_unit_share,
    count(*) filter (spike_factor <= {OTHER_DIGIT}) / nullif(count(spike_factor), 0)
        as steady_flows_share
from factors
"""
_EXTREMES = " union all ".join(
    f"select indicator_code, vintage_date, {pick}(country_code, observed_value) as country_code,"
    f" {pick}(year, observed_value) as year, {pick}(file_line, observed_value) as file_line,"
    f" {value}(observed_value) as observed_value from input group by indicator_code, vintage_date"
    for pick, value in (("arg_min", "min"), ("arg_max", "max"))
)
_MEDIANS = (
    "select indicator_code, vintage_date, year, median(observed_value) as observed_value"
    " from input group by indicator_code, vintage_date, year"
)

WORLD_PARTS: Mapping[str, tuple[str, str]] = {
    "trade by economy": (
        "world_trade",
        "select exporter_code as country_code, 'export' as flow, year, sum(trade_usd) as trade_usd,"
        f" count(*) as flow_count, bool_and(source_id = '{ALL_GOODS}') as is_of_all_goods"
        " from input group by exporter_code, year union all "
        "select importer_code, 'import', year, sum(trade_usd), count(*),"
        f" bool_and(source_id = '{ALL_GOODS}') from input group by importer_code, year",
    ),
    "trade of the witness": (
        "world_trade",
        f"select importer_code as partner_code, 'export' as flow, year, trade_usd from input"
        f" where exporter_code = '{WITNESS}' and source_id = '{ALL_GOODS}' union all"
        " select exporter_code, 'import', year, trade_usd from input"
        f" where importer_code = '{WITNESS}' and source_id = '{ALL_GOODS}'",
    ),
    "slips of flows": ("world_trade", _BESIDE),
    "reports of the witness": (
        "trade_flows",
        "select partner_code, flow, year, trade_usd from input"
        f" where reporter_code = '{WITNESS}' and trade_usd > 0",
    ),
    "merchandise trade": (
        "observations",
        "select indicator_code, country_code, year, observed_value from input"
        f" where indicator_code in ('{TRADE_PCT_GDP}', '{GDP_USD}')"
        " qualify vintage_date = max(vintage_date) over (partition by indicator_code)",
    ),
    PAIRED: ("world_pairs", "select distinct origin_code from input"),
    "extremes of vintages": ("world_observations", _EXTREMES),
    "medians of vintages": ("world_observations", _MEDIANS),
    "medians of the newest": (
        "observations",
        f"select * from ({_MEDIANS}) as medians"
        " qualify vintage_date = max(vintage_date) over (partition by indicator_code)",
    ),
}
"""What is asked of all rows, by part: the input and the query."""


def economies(parts: Parts) -> pd.DataFrame:
    """Exports and imports of an economy and year, beside the years and the other source."""
    sums = parts["trade by economy"].sort_values(["country_code", "flow", "year"])
    sums = sums.reset_index(drop=True)
    series, keys = ["country_code", "flow"], ["country_code", "year"]
    both = (
        sums[sums["is_of_all_goods"]].groupby(keys)["trade_usd"].sum().rename("both").reset_index()
    )
    held = parts["merchandise trade"].pivot_table(
        index=keys, columns="indicator_code", values="observed_value", aggfunc="first"
    )
    held = held.reindex(columns=[TRADE_PCT_GDP, GDP_USD])  # either may not be among the indicators
    listed = (held[TRADE_PCT_GDP] / 100 * held[GDP_USD]).rename("listed").reset_index()
    both = both.merge(listed[listed["listed"] >= COMPARED_TRADE_USD], how="left", on=keys)
    compared = sums.merge(both, how="left", on=keys)
    ratio = compared["both"] / compared["listed"]
    return sums.assign(
        spike_factor=spike_factor(sums, series, "trade_usd", noted=SPIKE_TRADE_USD),
        years_without_figure=years_between(sums, series),
        merchandise_ratio=ratio.where(sums["flow"] == "export"),
    )


def years(parts: Parts) -> pd.DataFrame:
    """Flows of a year over those of the year before."""
    sums = parts["trade by economy"]
    counts = sums[sums["flow"] == "export"].groupby("year")["flow_count"].sum().reset_index()
    return counts.assign(flow_count_ratio=counts["flow_count"] / counts["flow_count"].shift())


def witness(parts: Parts) -> pd.DataFrame:
    """Trade over what the witness reports, by flow and year of the trade."""
    trade, reports = parts["trade of the witness"], parts["reports of the witness"]
    keys, apart = ["flow", "year"], {}
    for lag in (0, -1, 1):
        own = reports.assign(year=reports["year"] - lag, own_usd=reports["trade_usd"])
        both = trade.merge(own.drop(columns="trade_usd"), on=[*keys, "partner_code"])
        both["log_trade"], both["log_own"] = np.log(both["trade_usd"]), np.log(both["own_usd"])
        both["log_ratio"] = both["log_trade"] - both["log_own"]
        if lag == 0:
            found, correlations = _medians(both, keys)
        apart[lag] = both["log_ratio"].abs().groupby([both[key] for key in keys]).median()
    nearest = pd.DataFrame(apart).idxmin(axis=1).astype("float64")
    found = found.assign(log_correlation=correlations, years_off=nearest).reset_index()
    found = found[found["partner_count"] >= WITNESS_PARTNERS].reset_index(drop=True)
    ratio = np.exp(found["log_ratio"])
    return found.assign(
        export_ratio=ratio.where(found["flow"] == "export"),
        import_ratio=ratio.where(found["flow"] == "import"),
    )


def _medians(both: pd.DataFrame, keys: list[str]) -> tuple[pd.DataFrame, pd.Series]:
    """Medians and counts by group, and the correlation of the logarithms of both sources."""
    logs = both.groupby(keys)[["log_trade", "log_own"]]
    apart = both[["log_trade", "log_own"]] - logs.transform("mean")
    products = apart.assign(
        both=apart["log_trade"] * apart["log_own"],
        trade=apart["log_trade"] ** 2,
        own=apart["log_own"] ** 2,
    )
    sums = products.groupby([both[key] for key in keys])[["both", "trade", "own"]].sum()
    medians = both.groupby(keys)[["log_ratio"]].median().assign(partner_count=logs.size())
    return medians, sums["both"] / (sums["trade"] * sums["own"]) ** 0.5


def whole(parts: Parts) -> pd.DataFrame:
    """One row: shares of all flows."""
    sums, pairs = parts["trade by economy"], parts[PAIRED]["origin_code"]
    exports = sums[sums["flow"] == "export"]
    has_pair = exports["country_code"].isin(pairs)
    share = exports.loc[has_pair, "flow_count"].sum() / exports["flow_count"].sum()
    return parts["slips of flows"].assign(flows="all flows", exports_with_distance_share=share)


def vintages(parts: Parts) -> pd.DataFrame:
    """Median of a vintage over that of the newest one of the indicator, the median over years."""
    by_year = parts["medians of vintages"].merge(
        parts["medians of the newest"], on=["indicator_code", "year"], suffixes=("", "_newest")
    )
    by_year["median_ratio"] = by_year["observed_value"] / by_year["observed_value_newest"]
    keys = ["indicator_code", "vintage_date"]
    return by_year.groupby(keys)["median_ratio"].median().reset_index()


def extremes(parts: Parts) -> pd.DataFrame:
    """Lowest and highest figure of each vintage, with what the other inputs say of them."""
    rows, indicators = parts["extremes of vintages"], parts["indicators"]
    limits = indicators.drop_duplicates("indicator_code")[
        ["indicator_code", "value_min", "value_max"]
    ]
    rows = rows.merge(limits, how="left", on="indicator_code")
    listed = parts["observation_vintages"][["indicator_code", "vintage_date"]].drop_duplicates()
    for frame in (rows, listed):
        frame["vintage_date"] = pd.to_datetime(frame["vintage_date"])
    rows = rows.merge(
        listed.assign(is_listed=1.0), how="left", on=["indicator_code", "vintage_date"]
    )
    beyond = np.maximum(rows["value_min"] - rows["observed_value"], 0)
    beyond = np.maximum(beyond, rows["observed_value"] - rows["value_max"])
    return rows.assign(beyond_range=beyond, is_listed=rows["is_listed"].fillna(0.0))
