"""Rivals of K: three-way PPML, boosting and its tuning, a world in which K must not predict."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from tests.unit.track_flows import made_up_world

from trade_potential.structural.class_law import laws_of_world
from trade_potential.structural.estimate import fit_world
from trade_potential.structural.lasting import lasting_of_world
from trade_potential.structural.pair_out import without_pair
from trade_potential.structural.world import World
from trade_potential.track.flows import FEATURES, cut_off, symmetric_rate
from trade_potential.track.forecasts import CANDIDATES, MIN_ROWS, RIVALS, Past, Rival, forecast
from trade_potential.track.placebo import LAGS, Standing, placebo, placebo_rows
from trade_potential.track.three_way import three_way
from trade_potential.track.world import (
    Economies,
    economies_of,
    fits_by_year,
    flows_of_world,
    year_alone,
)

N, T = 14, 8
FOUR_ERRORS = 4.0
"""Standard errors of a mean of draws: one in 16,000 is farther off by chance."""
BOOSTING = next(rival for rival in RIVALS if rival.learner == "boosting")


@pytest.fixture(scope="module")
def world() -> World:
    return made_up_world(N, T)


def test_three_way_effects_are_those_of_statsmodels(world: World) -> None:
    few = slice(0, 7)
    trade, used = (held[:3, few, few] for held in (world.trade, world.is_used))
    found = three_way(trade, used)
    assert found is not None
    t, i, j = np.nonzero(used)
    blocks = [pd.get_dummies(code).to_numpy(float) for code in (i * 9 + t, j * 9 + t, i * 9 + j)]
    fit = sm.GLM(trade[t, i, j] / 1e9, np.hstack(blocks), family=sm.families.Poisson()).fit(
        tol=1e-10
    )
    theirs, last = fit.fittedvalues * 1e9, t == 2
    # of flows with trade; theirs go to 0 slowly where a pair has none
    some = found[i[last], j[last]] > 0.0
    np.testing.assert_allclose(found[i[last], j[last]][some], theirs[last][some], rtol=1e-4)


def test_three_way_fits_add_up_to_trade(world: World) -> None:
    found = three_way(world.trade[:4], world.is_used[:4])
    assert found is not None
    for axis in (0, 1):
        np.testing.assert_allclose(found.sum(axis=axis), world.trade[3].sum(axis=axis), rtol=1e-5)


def past_of(growth_of: str, rows: int = 400, seed: int = 0) -> Past:
    """Growth of twelve cut-offs that is twice a feature."""
    rng = np.random.default_rng(seed)
    features = {name: rng.normal(size=rows) for name in FEATURES}
    year = np.repeat(np.arange(2000.0, 2010.0), rows // 10)
    return Past(features, 2.0 * (features[growth_of] > 0.0), year)


def test_boosting_finds_a_step_that_a_line_cannot() -> None:
    past, at = past_of("size"), past_of("size", seed=1)
    step = forecast(BOOSTING, past, at.features, 1)
    line = forecast(Rival("size", "line", ("size",)), past, at.features, 1)
    losses = [float(((at.growth - said) ** 2).mean()) for said in (step, line)]
    assert losses[0] < 0.3 * losses[1]


def test_settings_are_chosen_by_growth_that_had_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[set[float], dict[str, int]]] = []

    def fitted(past: Past, _: tuple[str, ...], setting: dict[str, int]) -> object:
        seen.append((set(past.year.tolist()), setting))
        return lambda columns: np.zeros(len(columns))

    monkeypatch.setattr("trade_potential.track.forecasts._fitted", fitted)
    past = past_of("size", rows=1_500)
    forecast(BOOSTING, past, past.features, 3)
    tried, (last, chosen) = seen[:-1], seen[-1]
    assert [setting for _, setting in tried] == list(CANDIDATES)
    # judged by cut-off 2009: growth over three years had ended for cut-offs up to 2006
    assert all(years == set(range(2000, 2007)) for years, _ in tried)
    assert (last, chosen) == (set(range(2000, 2010)), CANDIDATES[0])
    seen.clear()
    forecast(BOOSTING, past.only(past.year > 2008.0), past.features, 3)
    assert len(seen) == 1, "with too short a past the most cautious setting is taken"


def test_features_without_figures_are_left_to_the_others() -> None:
    past, at = past_of("size"), past_of("size", seed=1)
    past.features["gdp_growth"][:] = np.nan
    assert np.isfinite(forecast(BOOSTING, past, at.features, 1)).all()
    by_gdp = Rival("gdp_growth", "line", ("gdp_growth",))
    assert np.isnan(forecast(by_gdp, past, at.features, 1)).all()


def test_known_forecasts() -> None:
    past = past_of("size")
    at = {name: np.zeros(3) for name in FEATURES}
    by_name = {rival.name: rival for rival in RIVALS}
    assert forecast(by_name["no_change"], past, at, 1).tolist() == [0.0] * 3
    np.testing.assert_allclose(forecast(by_name["mean_growth"], past, at, 1), past.growth.mean())
    few = past.only(np.arange(len(past.growth)) < MIN_ROWS - 1)
    assert np.isnan(forecast(by_name["mean_growth"], few, at, 1)).all()


def still(world: World) -> Standing:
    return Standing.of([year_alone(world, t) for t in range(T)], fits_by_year(world))


def test_in_shuffled_worlds_k_of_the_year_before_says_nothing(world: World) -> None:
    found = placebo(still(world), is_ordered=False, horizon=2, draws=60, floor=0.0, seed=1)
    assert found is not None
    for name in ("year_before", "three_years_before"):
        error = found.slopes[name].std(ddof=1) / np.sqrt(60)
        assert abs(found.slopes[name].mean()) < FOUR_ERRORS * error
    # K of the year itself is regression to the mean, and would be found
    assert found.slopes["same_year"].mean() < -10.0 * error
    assert 0.0 <= found.rejected() <= 0.3


def test_noise_that_remembers_is_told_by_k_of_the_year_before_where_order_is_kept(
    world: World,
) -> None:
    """Ratios never change and deviations last: shuffled worlds say 0, ordered ones do not."""
    rng = np.random.default_rng(2)
    held = still(world)
    deviation = np.zeros((40, len(held.size)))
    for t in range(1, 40):
        deviation[t] = 0.7 * deviation[t - 1] + rng.normal(0.0, 0.4, len(held.size))
    remembers = replace(held, noise=np.exp(deviation))
    of: dict[str, Any] = {"horizon": 3, "draws": 30, "floor": 0.0, "seed": 3}
    ordered, shuffled = (
        placebo(remembers, is_ordered=is_ordered, **of) for is_ordered in (True, False)
    )
    assert ordered is not None
    assert shuffled is not None
    error = ordered.slopes["year_before"].std(ddof=1) / np.sqrt(30)
    assert ordered.slopes["year_before"].mean() < -FOUR_ERRORS * error
    means = [ordered.slopes[name].mean() for name in LAGS]
    assert means == sorted(means, reverse=True)  # the later K, the more of it is undone
    error = shuffled.slopes["year_before"].std(ddof=1) / np.sqrt(30)
    assert abs(shuffled.slopes["year_before"].mean()) < FOUR_ERRORS * error


def test_ordered_worlds_are_years_in_a_row_one_way_or_the_other(world: World) -> None:
    held = still(world)
    years = np.arange(1.0, T + 1.0)[:, None]
    counted = replace(
        held, noise=np.broadcast_to(years, held.noise.shape), lasting=held.size * 0.0 + 1.0
    )
    drawn = counted.drawn(np.random.default_rng(1), (-2, 0, 1, 3), is_ordered=True) / held.size
    steps = np.round(np.diff(drawn[1:], axis=0)).T
    assert {tuple(row) for row in steps} == {(1.0, 2.0), (-1.0, -2.0)}
    # every row of years from the first to the last, either way
    assert set(np.round(drawn[1])) == set(range(1, T + 1))
    ahead = np.sign(drawn[2] - drawn[1])
    before = drawn[1] - 2.0 * ahead
    np.testing.assert_allclose(
        drawn[0], np.where((before > 0.5) & (before < T + 0.5), before, np.nan)
    )
    shuffled = counted.drawn(np.random.default_rng(1), (-2, 0, 1, 3), is_ordered=False) / held.size
    assert len({tuple(row) for row in np.round(np.diff(shuffled, axis=0)).T}) > 100


def test_a_world_shorter_than_its_years_has_no_placebo(world: World) -> None:
    of: dict[str, Any] = {"draws": 2, "floor": 0.0, "seed": 1}
    assert placebo(still(world), is_ordered=True, horizon=T - 1, **of) is None
    assert placebo(still(world), is_ordered=True, horizon=T - 4, **of) is not None


def test_rows_of_a_placebo_say_which_it_is(world: World) -> None:
    for is_ordered, prefix in ((True, "placebo_ordered_"), (False, "placebo_")):
        found = placebo(still(world), is_ordered=is_ordered, horizon=2, draws=3, floor=0.0, seed=1)
        assert found is not None
        rows = {row.predictor: row for row in placebo_rows(found, 2, (2001, 2008))}
        assert set(rows) == {prefix + name for name in LAGS}
        given = {name for name, row in rows.items() if row.rejected_share is not None}
        # ordered worlds do not say that the slope is 0, so that they do not try its error
        assert given == (set() if is_ordered else {"placebo_year_before"})
        assert rows[prefix + "year_before"].slope == found.slopes["year_before"].mean()


def test_drawn_worlds_keep_what_a_pair_has_and_change_who_has_it(world: World) -> None:
    standing = still(world)
    for is_ordered in (True, False):
        drawn, again = (
            standing.drawn(np.random.default_rng(1), (0, 1, 2), is_ordered=is_ordered)
            for _ in range(2)
        )
        assert drawn.shape == (3, N * (N - 1))
        np.testing.assert_array_equal(drawn, again)
    every = standing.drawn(np.random.default_rng(1), range(T), is_ordered=False)
    # over all years the noise of a pair is 1 in the mean, so that ratios are those of some pair
    ratios = np.sort(every.mean(axis=0) / standing.size)
    m = np.stack(fits_by_year(world))[:, standing.exporter, standing.importer]
    weights = (standing.noise * m).sum(axis=0) / m.sum(axis=0)
    np.testing.assert_allclose(weights[standing.lasting > 0.0], 1.0)
    assert ratios.shape == standing.lasting.shape


def test_flows_of_a_world_know_only_their_own_year(world: World) -> None:
    none = np.full((T, N), np.nan)
    known = Economies(("north",) * 7 + ("south",) * 7, none, none + 120.0)
    of = {"floor": 1e7, "bounds": (0.8, 1.2)}
    flows = flows_of_world(world, known, fits_by_year(world), **of)
    short = World(
        world.economies, world.years[:6], world.terms, world.trade[:6], world.is_used[:6],
        world.regressors[:, :6],
    )  # fmt: skip
    part = Economies(known.regions, none[:6], none[:6])
    cut = flows_of_world(short, part, fits_by_year(short), **of)
    held, asked = cut_off(flows, 5), cut_off(cut, 5)
    for name in ("k_year_before", "k_same_year", "momentum", "ppml_three_way"):
        np.testing.assert_allclose(held.features[name], asked.features[name], rtol=1e-9)
    assert set(held.intervals) == {"interval", "interval_new_year"}
    for name, ends in held.intervals.items():
        np.testing.assert_allclose(ends, asked.intervals[name], rtol=1e-9)
        assert np.isfinite(ends).any()
    window = slice(0, 5)  # the five years up to the one before the cut-off
    fit = fit_world(replace(
        short, years=short.years[window], trade=short.trade[window],
        is_used=short.is_used[window], regressors=short.regressors[:, window],
    ))  # fmt: skip
    out = without_pair(fit).predicted
    of = lasting_of_world(fit.world.trade, fit.fitted, out)
    law = laws_of_world(fit, out, of)[0].new_year
    np.testing.assert_array_equal((of[0].one, of[0].other), (flows.exporter, flows.importer))
    for end, chance in zip(held.intervals["interval_new_year"], (0.05, 0.95), strict=True):
        np.testing.assert_allclose(end, law.quantile(chance), rtol=1e-9)
    gap = symmetric_rate(flows.predicted[4], flows.trade[4])
    np.testing.assert_array_equal(held.features["k_year_before"], gap)
    assert held.groups["exporter_region", "north"].sum() == 7 * (N - 1)
    assert not held.groups["hub_on_a_side", "yes"].any()


def test_figures_of_economies_stand_where_they_belong() -> None:
    found = economies_of(
        ("AUT", "BRA"), (2001, 2002), regions={"BRA": "south"},
        figures={"gdp": [("BRA", 2002, np.e), ("XXX", 2002, 1.0)], "trade_pct_gdp": []},
    )  # fmt: skip
    assert found.regions == ("", "south")
    assert found.log_gdp[1, 1] == pytest.approx(1.0)
    assert np.isnan(found.log_gdp).sum() == 3
