"""Derived columns that tell a slip of units: thousands for units, miles for kilometres.

Real figures change from year to year, wrong units change a single one by a factor that no real
change reaches. The limits stand in `suites.py`, with the largest real change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

Tables = Mapping[str, pd.DataFrame]
Column = Callable[[Tables], "pd.Series[Any]"]

NOTED_TRADE_USD = 1e7
"""Flows of small partners come and go; a slip is told where the years beside it exceed this."""
GROWTH_UNITS = "% a year"
"""Growth may be anything beside anything."""
SPIKE_TRADE_USD = 1e8
"""Mean of the years beside a flow from which a single other year is told as a spike."""
AGREEING = 2.0
"""Years beside a value tell what it should be while they differ by at most this factor."""
FEW_UNITS = "per million people"
"""A few servers more change a small country's figure by any factor."""


def _with_years_beside(
    frame: pd.DataFrame, group: list[str], column: str
) -> tuple[pd.Series, pd.DataFrame]:
    """Values by series and year, and those of the year before and the year after, where held."""
    ordered = frame.sort_values([*group, "year"])
    grouped = ordered.groupby(group, sort=False)
    before = grouped[column].shift().where(grouped["year"].diff() == 1)
    after = grouped[column].shift(-1).where(grouped["year"].diff(-1) == -1)
    return ordered[column], pd.DataFrame({"before": before, "after": after})


def jump_factor(
    frame: pd.DataFrame, group: list[str], column: str, *, noted: float = 0.0
) -> pd.Series:
    """Factor by which a value exceeds both years beside it, or falls short of both.

    Missing where neither the year before nor the year after is held; a shortfall needs both, since
    many a series begins small. A slip is told at its own row: the rows beside it have another,
    ordinary neighbour. The first or last of a series has none and is told with a slip beside it.

    Args:
        frame: Rows with a column year.
        group: Columns that name a series.
        column: The values.
        noted: Values of the years beside it below this are too small to tell anything.
    """
    value, beside = _with_years_beside(frame, group, column)
    high, low = beside.max(axis=1), beside.min(axis=1, skipna=False)
    excess = (value / high).where((high > 0) & (high >= noted))
    shortfall = (low / value).where((value > 0) & (low > 0) & (low >= noted))
    factor: pd.Series = pd.DataFrame({"excess": excess, "shortfall": shortfall}).max(axis=1)
    return factor.reindex(frame.index)


def spike_factor(
    frame: pd.DataFrame, group: list[str], column: str, *, noted: float = 0.0
) -> pd.Series:
    """Factor between a value and the geometric mean of both years beside it, whichever is larger.

    Missing where a year beside it is, or where these two differ by more than `AGREEING`: a level
    that moves tells nothing. So a smaller factor than `jump_factor`'s tells a digit too many.

    Args:
        frame: Rows with a column year.
        group: Columns that name a series.
        column: The values.
        noted: Means of the years beside it below this are too small to tell anything.
    """
    value, beside = _with_years_beside(frame, group, column)
    value, beside = value.where(value > 0), beside.where(beside > 0)
    high, low = beside.max(axis=1, skipna=False), beside.min(axis=1, skipna=False)
    mean: pd.Series = ((high * low) ** 0.5).where(high <= AGREEING * low)
    ratio = (value / mean).where(mean >= noted)
    factor: pd.Series = ratio.where(ratio >= 1, 1 / ratio)
    return factor.reindex(frame.index)


SERIES = ["indicator_code", "country_code", "vintage_date"]
FLOWS = ["reporter_code", "partner_code", "flow"]


def _of_units(t: Tables, factor: pd.Series, *left_out: str) -> pd.Series:
    """The factor, but of indicators in units that it tells nothing of."""
    indicators = t["indicators"].drop_duplicates("indicator_code")
    units = t["observations"]["indicator_code"].map(indicators.set_index("indicator_code")["unit"])
    return factor.where(~units.isin(left_out))


def _observation_jumps(t: Tables) -> pd.Series:
    factor = jump_factor(t["observations"], SERIES, "observed_value")
    return _of_units(t, factor, GROWTH_UNITS)


def _observation_spikes(t: Tables) -> pd.Series:
    factor = spike_factor(t["observations"], SERIES, "observed_value")
    return _of_units(t, factor, GROWTH_UNITS, FEW_UNITS)


def _distance_spread(t: Tables) -> pd.Series:
    """Largest of the distances of a pair over the smallest."""
    columns = ["distance_km", "distance_capitals_km", "distance_weighted_km"]
    distances = t["country_pairs"][columns]
    spread: pd.Series = distances.max(axis=1) / distances.min(axis=1)
    return spread


def _slips(name: str, group: list[str], column: str) -> Mapping[str, Column]:
    return {
        "jump_factor": lambda t: jump_factor(t[name], group, column),
        "spike_factor": lambda t: spike_factor(t[name], group, column),
    }


SLIPS: Mapping[str, Mapping[str, Column]] = {
    "observations": {"jump_factor": _observation_jumps, "spike_factor": _observation_spikes},
    "trade_flows": {
        "jump_factor": lambda t: jump_factor(
            t["trade_flows"], FLOWS, "trade_usd", noted=NOTED_TRADE_USD
        ),
        "spike_factor": lambda t: spike_factor(
            t["trade_flows"], FLOWS, "trade_usd", noted=SPIKE_TRADE_USD
        ),
    },
    "total_trade": _slips("total_trade", ["country_code", "flow"], "trade_usd"),
    "exchange_rates": _slips("exchange_rates", ["country_code"], "lcu_per_usd"),
    "oil_prices": _slips("oil_prices", ["benchmark"], "price_usd_per_barrel"),
    "total_trade_press": _slips("total_trade_press", ["country_code"], "total_rmb_tn"),
    "country_pairs": {"distance_spread": _distance_spread},
}
