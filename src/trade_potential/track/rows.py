"""Rows of the track record: one dataclass, one field a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trade_potential.track.overlapping import Estimate

SlopeStatus = Literal[
    "ok",
    "not_defined",  # the row has no slope: no change, mean growth, boosting, intervals
    "no_rows",  # no flow has both the feature and growth
    "few_economies",  # fewer than MIN_ECONOMIES: neither slope nor error
    "no_variation",  # the feature is the same for all flows of every cut-off
]
DirectionStatus = Literal[
    "ok",
    "not_defined",  # what tells growth has no direction: all but K
    "few_flows",  # fewer than MIN_FLOWS
]
CoverageStatus = Literal[
    "ok",
    "not_defined",  # the row is not about an interval
    "no_interval",  # none was frozen: too few years had passed
    "no_later_k",  # K of the end is not known
    "few_flows",  # fewer than MIN_FLOWS
]
ForecastStatus = Literal[
    "ok",
    "not_defined",  # the row has no forecast: intervals, placebos
    "no_past",  # growth that had ended by the cut-off is too little to train on
    "few_economies",
]

ALL, WITH_CLASS, EVERY_FLOW = "all", "with_class", "every_flow"
"""The group of all: flows whose K has a class, and every flow that has a prediction."""

INTERVAL, INTERVAL_NEW_YEAR = "interval", "interval_new_year"
"""Names of the rows about intervals of K: of what lasts or of the fitted line; of a new year."""

MIN_FLOWS = 30
"""Flows below which no share of them and no mean of a class is given: one of thirty has a standard
error of up to 9 points even where no two flows depend on each other."""


@dataclass(frozen=True, kw_only=True)
class TrackRow:
    """One predictor, group and horizon, over one cut-off or all of them.

    Growth is symmetric, in [-2, 2]; slopes are within cut-offs; losses are squared errors.
    ``docs/track-record.md`` says what the columns mean.
    """

    predictor: str
    group_kind: str
    group_id: str
    horizon_years: int
    first_cut_off_year: int
    last_cut_off_year: int
    slope_status: SlopeStatus
    forecast_status: ForecastStatus
    direction_status: DirectionStatus = "not_defined"
    coverage_status: CoverageStatus = "not_defined"
    n_cut_offs: int
    n: int
    n_economies: int
    n_without_trade: int
    n_draws: int | None = None
    as_of_share: float | None = None
    slope: float | None = None
    slope_se: float | None = None
    slope_ci_low: float | None = None
    slope_ci_high: float | None = None
    slope_p_value: float | None = None
    rejected_share: float | None = None
    r_squared: float | None = None
    direction_share: float | None = None
    direction_chance_share: float | None = None
    faster_share: float | None = None
    growth_below_rate: float | None = None
    growth_above_rate: float | None = None
    n_forecasts: int | None = None
    n_forecast_cut_offs: int | None = None
    rmse: float | None = None
    gain_share: float | None = None
    gain_within_share: float | None = None
    loss_over_no_change: float | None = None
    loss_over_no_change_se: float | None = None
    loss_over_no_change_p_value: float | None = None
    loss_over_k: float | None = None
    loss_over_k_se: float | None = None
    loss_over_k_p_value: float | None = None
    coverage_share: float | None = None
    coverage_lowest_share: float | None = None
    coverage_highest_share: float | None = None
    coverage_nominal_share: float | None = None


def given(value: float) -> float | None:
    """None where there is no number."""
    return value if value == value else None


def slope_columns(found: Estimate, explained: float) -> dict[str, float | None]:
    """Columns of a slope."""
    return {
        "slope": given(found.value),
        "slope_se": given(found.std_error),
        "slope_ci_low": given(found.ci_low),
        "slope_ci_high": given(found.ci_high),
        "slope_p_value": given(found.p_value),
        "r_squared": given(explained),
    }


def loss_columns(name: str, found: Estimate) -> dict[str, float | None]:
    """Columns of a mean difference of losses."""
    return {
        name: given(found.value),
        f"{name}_se": given(found.std_error),
        f"{name}_p_value": given(found.p_value),
    }
