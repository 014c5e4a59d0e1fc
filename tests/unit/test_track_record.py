"""The track record: exact panels, what a cut-off may know, and statuses instead of numbers."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
from tests.unit.track_flows import after, followed, made_up

from trade_potential.errors import InputError
from trade_potential.track.flows import BY_YEAR, FEATURES, Flows, cut_off, frozen, symmetric_rate
from trade_potential.track.forecasts import RIVALS
from trade_potential.track.record import Scored, track_record
from trade_potential.track.rows import EVERY_FLOW, MIN_FLOWS, WITH_CLASS, TrackRow

EXACT = 1e-10
"""Of slopes: sums of a thousand rates, each right to 1e-15."""

FOUR_ERRORS = 4.0
"""Standard errors of a share: one in 16,000 is farther off by chance."""

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
                for name in BY_YEAR
            },
            groups={
                key: np.where(later[:, None], other.groups[key], values)
                for key, values in flows.groups.items()
            },
            intervals={
                key: tuple(
                    np.where(later[:, None], *ends)
                    for ends in zip(other.intervals[key], held, strict=True)
                )
                for key, held in flows.intervals.items()
            },
        )
        one, changed = cut_off(flows, t), cut_off(mixed, t)
        for name in FEATURES:
            np.testing.assert_array_equal(one.features[name], changed.features[name])
        np.testing.assert_array_equal(one.k, changed.k)
        np.testing.assert_array_equal(one.is_asked, changed.is_asked)
        for key, ends in one.intervals.items():
            np.testing.assert_array_equal(ends, changed.intervals[key])
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
    assert found.n_economies == 6


def test_shares_of_few_flows_are_not_given() -> None:
    flows = made_up(3, n=7)
    none = (None,) * 4
    for kept in (MIN_FLOWS - 1, MIN_FLOWS):
        trade = flows.trade.copy()
        trade[:, kept:] = np.nan
        held = replace(
            flows, trade=trade, has_class=np.ones_like(flows.has_class), predicted=trade[::-1] + 1e6
        )
        found, of = row(held, 1, "k_year_before"), row(held, 1, "interval")
        assert found.n == of.n == kept
        shares = (
            *(found.direction_share, found.direction_chance_share, found.faster_share),
            of.coverage_share,
        )
        said = "few_flows" if kept < MIN_FLOWS else "ok"
        assert (found.direction_status, of.coverage_status) == (said, said)
        assert (shares == none) == (kept < MIN_FLOWS)
        # of thirty flows no class has thirty
        assert (found.growth_below_rate, found.growth_above_rate) == (None, None)


def test_an_interval_that_was_not_scored_says_why() -> None:
    flows = made_up(4)
    none = np.full_like(flows.trade, np.nan)
    without = row(replace(flows, intervals={"interval": (none, none)}), 1, "interval")
    assert (without.coverage_status, without.coverage_share) == ("no_interval", None)
    later = replace(flows, predicted=np.where(np.arange(4)[:, None] < 2, flows.predicted, np.nan))
    unknown = row(later, 1, "interval")
    assert (unknown.coverage_status, unknown.coverage_share) == ("no_later_k", None)
    assert row(flows, 1, "interval").coverage_status == "ok"
    assert row(flows, 1, "k_year_before").coverage_status == "not_defined"


def test_a_range_over_cut_offs_needs_enough_flows_in_each() -> None:
    flows = made_up(4)
    trade = flows.trade.copy()
    trade[0, 5:] = np.nan  # the first cut-off has five flows
    found = row(replace(flows, trade=trade), 1, "interval")
    assert found.coverage_status == "ok"
    assert (found.coverage_lowest_share, found.coverage_highest_share) == (None, None)


def test_the_interval_of_a_new_year_is_scored_in_the_year_after_it_too() -> None:
    flows = made_up(4)
    rows = list(track_record(flows))
    first = [one for one in rows if one.horizon_years == 0]
    assert {one.predictor for one in first} == {"interval_new_year"}
    whole = next(one for one in first if one.last_cut_off_year > one.first_cut_off_year)
    asked = np.stack([cut_off(flows, t).is_asked for t in (1, 2, 3)])
    k = (flows.trade / flows.predicted)[1:]
    low, high = (ends[:-1] for ends in flows.intervals["interval_new_year"])
    inside = ((k >= low) & (k <= high))[asked]
    assert 0.0 < inside.mean() < 1.0
    assert (whole.n, whole.coverage_share) == (asked.sum(), pytest.approx(inside.mean()))
    without = replace(flows, intervals={"interval": flows.intervals["interval"]})
    assert {one.horizon_years for one in track_record(without)} == {1}


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
    told = (gap != 0.0) & (growth != 0.0)
    low, fast = (gap < 0)[told], (growth > 0)[told]
    assert found.direction_share == pytest.approx((low == fast).mean(), abs=EXACT)
    assert found.faster_share == pytest.approx(fast.mean(), abs=EXACT)
    chance = low.mean() * fast.mean() + (1 - low.mean()) * (1 - fast.mean())
    assert found.direction_chance_share == pytest.approx(chance, abs=EXACT)


def test_where_k_tells_nothing_the_direction_is_right_as_often_as_by_chance() -> None:
    """Most flows lie below their prediction and most grow slower than the mean: no coin."""
    flows = made_up(3, n=80)
    rng = np.random.default_rng(4)
    trade = flows.predicted * rng.lognormal(-1.0, 1.0, flows.predicted.shape)
    grows = rng.random(trade.shape[1]) < 0.2  # a few much, the others nearly alike
    trade[2] = trade[1] * np.where(grows, 50.0, rng.uniform(0.99, 1.01, trade.shape[1]))
    found = row(replace(flows, trade=trade), 1, "k_year_before")
    assert found.direction_share is not None
    assert found.direction_chance_share is not None
    error = 0.5 / np.sqrt(found.n)
    assert abs(found.direction_chance_share - 0.5) > 0.1
    assert abs(found.direction_share - found.direction_chance_share) < FOUR_ERRORS * error


def test_coverage_counts_later_k_inside_the_frozen_interval() -> None:
    flows = made_up(3)
    found = row(flows, 1, "interval")
    k = (flows.trade[2] / flows.predicted[2])[cut_off(flows, 1).is_asked]
    assert found.coverage_share == pytest.approx(((k >= 0.5) & (k <= 2.0)).mean())
    assert (found.coverage_status, found.coverage_nominal_share) == ("ok", 0.9)
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
        replace(flows, predicted=flows.predicted[:2])
    with pytest.raises(InputError, match="interval/low has the shape"):
        replace(flows, intervals={"interval": (flows.trade[:2], flows.trade)})
    with pytest.raises(InputError, match="2001 has no year before it"):
        cut_off(flows, 0)
