"""The track record: exact panels, what a cut-off may know, and statuses instead of numbers."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
from tests.unit.track_flows import after, followed, made_up

from trade_potential.errors import InputError
from trade_potential.track.flows import FEATURES, Flows, cut_off, frozen, symmetric_rate
from trade_potential.track.forecasts import RIVALS
from trade_potential.track.record import EVERY_FLOW, WITH_CLASS, Scored, track_record
from trade_potential.track.rows import TrackRow

EXACT = 1e-10
"""Of slopes: sums of a thousand rates, each right to 1e-15."""

LEARNED = [rival for rival in RIVALS if rival.learner != "boosting"]
"""Boosting needs a package that builds do without; its own tests ask for it."""


@pytest.fixture(autouse=True)
def without_boosting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trade_potential.track.record.RIVALS", LEARNED)


def scored(flows: Flows, horizon: int) -> Scored:
    known = {t: cut_off(flows, t) for t in range(1, len(flows.years))}
    return Scored.of(flows, known, horizon)


def row(flows: Flows, horizon: int, predictor: str, **of: Any) -> TrackRow:
    """The row over all cut-offs of flows with a class, unless something else is said."""
    asked = {"group_kind": "all", "group_id": WITH_CLASS} | of
    rows = [
        one
        for one in scored(flows, horizon).rows()
        if one.predictor == predictor and asked.items() <= asdict(one).items()
    ]
    return max(rows, key=lambda one: one.last_cut_off_year - one.first_cut_off_year)


def test_rates_keep_zeros() -> None:
    before = np.array([0.0, 0.0, 4.0, 2.0, 3.0, np.nan])
    later = np.array([0.0, 5.0, 0.0, 6.0, 3.0, 1.0])
    expected = [0.0, 2.0, -2.0, 1.0, 0.0, np.nan]
    np.testing.assert_allclose(symmetric_rate(before, later), expected)
    np.testing.assert_allclose(symmetric_rate(later, before), -np.array(expected))


@pytest.mark.parametrize("horizon", [1, 3, 5])
def test_where_k_of_the_year_before_predicts_exactly_its_slope_is_found(horizon: int) -> None:
    flows = followed(made_up(2 + horizon), slope=-0.3, level=0.2, horizon=horizon)
    found = row(flows, horizon, "k_year_before")
    assert found.slope == pytest.approx(-0.3, abs=EXACT)
    assert found.r_squared == pytest.approx(1.0, abs=EXACT)
    assert found.slope_se == pytest.approx(0.0, abs=EXACT)
    other = row(flows, horizon, "k_same_year")
    assert other.r_squared is not None
    assert other.r_squared < 0.1


def test_a_line_learned_from_growth_that_had_ended_forecasts_exactly() -> None:
    flows = made_up(7)
    trade = np.where(flows.trade > 0.0, flows.trade, 1e6)
    for t in range(1, 6):  # growth of every year follows K of the year before it
        gap = symmetric_rate(flows.predicted[t - 1], trade[t - 1])
        trade[t + 1] = after(trade[t], 0.1 - 0.4 * gap)
    found = row(replace(flows, trade=trade), 1, "k_year_before")
    assert found.rmse == pytest.approx(0.0, abs=1e-6)
    assert found.gain_share == pytest.approx(1.0, abs=EXACT)
    assert found.n_forecast_cut_offs == found.n_cut_offs - 1  # the first has no past


def test_nothing_after_a_cut_off_changes_what_is_frozen_there() -> None:
    flows, other = made_up(9), made_up(9, seed=8)
    for t in range(1, 8):
        later = np.arange(9) > t
        mixed = replace(
            flows,
            **{
                name: np.where(later[:, None], getattr(other, name), getattr(flows, name))
                for name in ("trade", "predicted", "has_class", "three_way", "log_gdp", "low")
            },
            groups={
                key: np.where(later[:, None], other.groups[key], values)
                for key, values in flows.groups.items()
            },
        )
        one, changed = cut_off(flows, t), cut_off(mixed, t)
        for name in FEATURES:
            np.testing.assert_array_equal(one.features[name], changed.features[name])
        np.testing.assert_array_equal(one.k, changed.k)
        np.testing.assert_array_equal(one.is_asked, changed.is_asked)
        np.testing.assert_array_equal(one.low, changed.low)
        np.testing.assert_array_equal(one.groups["size", "small"], changed.groups["size", "small"])
        said, after_change = (scored(some, 1).forecasts for some in (flows, mixed))
        for rival in LEARNED:
            # the forecast at the cut-off rests on growth that ended by it
            if t < 8:
                np.testing.assert_array_equal(
                    said[rival.name][t - 1], after_change[rival.name][t - 1]
                )


def test_what_a_cut_off_knows_reaches_every_feature() -> None:
    """The test above would pass if features looked at nothing."""
    flows, other = made_up(9), made_up(9, seed=8)
    held, changed = frozen(flows.until(6)), frozen(other.until(6))
    for name in FEATURES:
        assert not np.array_equal(held[name], changed[name], equal_nan=True)


def test_k_of_the_cut_off_itself_is_no_part_of_the_headline() -> None:
    flows = made_up(9)
    predicted = flows.predicted.copy()
    predicted[6] *= np.random.default_rng(1).lognormal(0.0, 1.0, predicted.shape[1])
    one, changed = cut_off(flows, 6), cut_off(replace(flows, predicted=predicted), 6)
    np.testing.assert_array_equal(one.features["k_year_before"], changed.features["k_year_before"])
    assert not np.array_equal(one.features["k_same_year"], changed.features["k_same_year"])


def test_flows_without_trade_at_both_ends_count_as_no_growth() -> None:
    flows = made_up(3)
    trade = flows.trade.copy()
    trade[:, :50] = 0.0
    found = row(replace(flows, trade=trade), 1, "k_year_before", group_id=EVERY_FLOW)
    both = (trade[1] == 0.0) & (trade[2] == 0.0)
    assert both.sum() >= 50
    assert (found.n, found.n_without_trade) == (trade.shape[1], int(both.sum()))


def test_few_economies_have_neither_slope_nor_error() -> None:
    found = row(made_up(4, n=6), 1, "k_year_before")
    assert (found.slope_status, found.slope, found.slope_se) == ("few_economies", None, None)
    assert found.direction_share is not None
    assert found.n_economies == 6


def test_a_feature_that_does_not_vary_has_no_slope() -> None:
    flows = made_up(4)
    found = row(replace(flows, trade=2.0 * flows.predicted), 1, "k_year_before")
    assert (found.slope_status, found.slope) == ("no_variation", None)


def test_an_unknown_past_gives_no_forecast() -> None:
    found = row(made_up(3), 1, "k_year_before")
    assert (found.forecast_status, found.rmse) == ("no_past", None)
    assert row(made_up(3), 1, "no_change").forecast_status == "ok"


def test_growth_by_class_and_direction() -> None:
    flows = followed(made_up(3), slope=-0.3, level=0.0, horizon=1)
    found = row(flows, 1, "k_year_before")
    assert found.growth_below_rate is not None
    assert found.growth_above_rate is not None
    assert found.growth_below_rate > 0.0 > found.growth_above_rate
    at = cut_off(flows, 1)
    gap = at.features["k_year_before"][at.is_asked]
    growth = symmetric_rate(flows.trade[1], flows.trade[2])[at.is_asked]
    growth = growth - growth.mean()
    k = (flows.trade[0] / flows.predicted[0])[at.is_asked]
    assert found.growth_below_rate == pytest.approx(growth[k < 0.8].mean(), abs=EXACT)
    assert found.growth_above_rate == pytest.approx(growth[k >= 1.2].mean(), abs=EXACT)
    assert found.direction_share == pytest.approx(((gap < 0) == (growth > 0)).mean(), abs=1e-3)


def test_coverage_counts_later_k_inside_the_frozen_interval() -> None:
    flows = made_up(3)
    found = row(flows, 1, "interval")
    k = (flows.trade[2] / flows.predicted[2])[cut_off(flows, 1).is_asked]
    assert found.coverage_share == pytest.approx(((k >= 0.5) & (k <= 2.0)).mean())
    assert found.coverage_nominal_share == 0.9
    over = row(made_up(6), 1, "interval")
    assert over.coverage_lowest_share is not None
    assert over.coverage_highest_share is not None
    assert over.coverage_lowest_share < over.coverage_highest_share


def test_no_change_loses_nothing_to_itself_and_k_nothing_to_k() -> None:
    rows = list(track_record(made_up(8)))
    for one in rows:
        if one.predictor == "no_change":
            assert one.loss_over_no_change is None
        if one.predictor == "k_year_before":
            assert one.loss_over_k is None
    keys = [tuple(asdict(one).values())[:6] for one in rows]
    assert len(set(keys)) == len(keys)


def test_years_that_do_not_follow_each_other_are_refused() -> None:
    flows = made_up(4)
    with pytest.raises(InputError, match="follow"):
        replace(flows, years=np.array([2001, 2002, 2004, 2005]))
    with pytest.raises(InputError, match="shape"):
        replace(flows, low=flows.low[:2])
    with pytest.raises(InputError, match="2001 has no year before it"):
        cut_off(flows, 0)
