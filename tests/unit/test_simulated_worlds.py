"""Simulated worlds: what they are drawn from is known, and the pages show the stored results."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest
from research.simulated_worlds import page
from research.simulated_worlds.geography import TERMS, YEARS, observed_world
from research.simulated_worlds.growth import LAGS, growth
from research.simulated_worlds.laws import Laws
from research.simulated_worlds.methods import BOUNDS, Answer, Answers, answers
from research.simulated_worlds.scores import SIZES, scores
from research.simulated_worlds.worlds import (
    MISSED,
    VARIANTS,
    Given,
    Truth,
    Variant,
    scaled,
)

from trade_potential.structural.world import World

N, T = 24, 13
LAST = (("B", "C", 30), ("C", "B", 30), ("A", "A", 1))
LAWS = Laws(
    predicted=np.array([1e5, 1e9]),
    spread=np.array([1.0, 1.0]),
    level=np.array([1e5, 1e9]),
    no_trade=np.array([0.5, 0.01]),
    deviation=np.array([0.5, 0.2]),
    memory=np.array([0.0, 0.5]),
    ties=0.4,
)


@pytest.fixture(scope="module")
def world() -> World:
    """Economies on a line; trade falls with distance, exactly as the model has it."""
    rng = np.random.default_rng(4)
    used = np.broadcast_to(~np.eye(N, dtype=bool), (T, N, N))
    place = np.sort(rng.uniform(0.0, 9_000.0, N))
    distance = np.log(300.0 + np.abs(place[:, None] - place[None, :]))
    ties = rng.uniform(size=(len(TERMS) - 1, N, N)) < 0.3
    regressors = np.array([distance, *ties])[:, None] * used
    size = rng.lognormal(0.0, 1.0, (2, N))
    trade = 1e11 * np.exp(-regressors[0]) * size[0][:, None] * size[1][None, :] * used
    names = tuple(f"E{k:02d}" for k in range(N))
    return World(names, tuple(YEARS), TERMS, trade, used.copy(), regressors)


def test_the_pages_show_the_stored_results() -> None:
    assert page.update(check=True) == 0


def test_a_page_that_says_something_else_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in page.tables(json.loads(page.RESULTS.read_text("utf-8"))):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(page.ROOT / name, tmp_path / name)
    monkeypatch.setattr(page, "ROOT", tmp_path)
    assert page.update(check=True) == 0
    reading = tmp_path / "docs" / "reading-k.md"
    text = reading.read_text("utf-8")
    at = text.index("<!-- no_shocks -->")
    digit = next(k for k in range(at, len(text)) if text[k].isdigit() and text[k - 1] == " ")
    other = str((int(text[digit]) + 1) % 10)
    reading.write_text(text[:digit] + other + text[digit + 1 :], encoding="utf-8")
    assert page.update(check=True) == 1
    assert "no_shocks" in capsys.readouterr().err


def test_the_worlds_are_those_of_the_study() -> None:
    """Years, terms, floor and cuts are those of the rows of the study world."""
    seeds = page.ROOT / "seeds" / "study"

    def rows(name: str) -> list[dict[str, str]]:
        with (seeds / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))

    (study,) = [row for row in rows("studies") if row["study_id"] == "world"]
    assert (YEARS.start, YEARS.stop - 1) == (int(study["first_year"]), int(study["last_year"]))
    assert float(study["minimum_prediction_usd"]) == SIZES[0]
    terms = [row for row in rows("gravity_terms") if row["spec_id"] == study["default_spec_id"]]
    used = [row["variable"] for row in sorted(terms, key=lambda row: int(row["position"]))]
    assert used == ["distance_weighted_km", *TERMS[1:]]
    classes = sorted(rows("potential_classes"), key=lambda row: int(row["display_order"]))
    assert {row["study_id"] for row in classes} == {"all"}
    bounds = [(row["k_lower"], row["k_upper"]) for row in classes]
    assert bounds == [tuple("" if k is None else f"{k:g}" for k in pair) for pair in BOUNDS]


def test_every_kind_of_world_has_results() -> None:
    found = json.loads(page.RESULTS.read_text("utf-8"))
    assert list(found["worlds"]) == list(VARIANTS)
    assert all(set(page.METHODS) == set(methods) for methods in found["worlds"].values())


def test_the_observed_world_is_that_of_the_inputs(tmp_path: Path) -> None:
    given = {
        "world_trade": "('A', 'B', 2019, 5.0), ('B', 'A', 2019, 7.0), ('A', 'C', 2019, 1.0), "
        "('C', 'B', 2019, 2.0), ('A', 'X', 2019, 9.0)",
        "world_pairs": ", ".join(
            f"('{o}', '{d}', {km}, {o + d == 'AB'}, false, false)"
            for o, d, km in (("A", "B", 10), ("B", "A", 10), ("A", "C", 20), ("C", "A", 20), *LAST)
        ),
        "agreement_spells": "('A', 'B', 'FTA', 2018, 2025), ('B', 'C', 'PSA', 2000, 2018)",
    }
    columns = {
        "world_trade": "exporter_code, importer_code, year, trade_usd",
        "world_pairs": "origin_code, destination_code, distance_weighted_km, is_contiguous, "
        "has_common_official_language, had_colonial_tie",
        "agreement_spells": "country_code_a, country_code_b, agreement_type, from_year, to_year",
    }
    with duckdb.connect() as connection:
        for name, rows in given.items():
            connection.execute(
                f"copy (select * from (values {rows}) as given({columns[name]})) "  # noqa: S608
                f"to '{tmp_path / name}.parquet'"
            )
    found = observed_world(tmp_path)
    t = found.years.index(2019)
    assert found.economies == ("A", "B", "C")
    assert found.trade[t].tolist() == [[0, 5, 1], [7, 0, 0], [0, 2, 0]]
    assert found.is_used[t].sum() == 6
    assert not found.is_used[: t - 1].any()  # nobody trades in the other years
    at = {term: found.regressors[k, t] for k, term in enumerate(found.terms)}
    assert at["lndist"][0, 2] == pytest.approx(np.log(20.0))
    assert at["is_contiguous"].tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]
    assert at["has_free_trade_agreement"].tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert not at["has_partial_agreement"].any()


def test_drawn_trade_has_the_mean_zeros_and_shocks_of_its_laws() -> None:
    rng = np.random.default_rng(1)
    n = 120
    mean = np.full((6, n, n), 1e9)
    mean[:, : n // 2] = 1e5
    trade = LAWS.noisy(rng, mean)
    for rows, level, zeros in ((slice(n // 2), 1e5, 0.5), (slice(n // 2, n), 1e9, 0.01)):
        assert trade[:, rows].mean() == pytest.approx(level, rel=0.03)
        assert (trade[:, rows] == 0.0).mean() == pytest.approx(zeros, rel=0.1)
    ratio = LAWS.shocks(rng, np.full((n, n), 1e6), 1.0)
    assert ratio.mean() == pytest.approx(1.0, rel=0.05)
    assert np.log(ratio).std() == pytest.approx(1.0, rel=0.05)
    logs = np.log(ratio)
    ahead = np.triu_indices(n, 1)
    assert np.corrcoef(logs[ahead], logs.T[ahead])[0, 1] == pytest.approx(LAWS.ties, abs=0.05)


@pytest.mark.parametrize("law", ["none", "lognormal", "gamma", "uniform"])
def test_shocks_have_mean_one(world: World, law: str) -> None:
    variant = Variant("", law)  # type: ignore[arg-type]
    rng = np.random.default_rng(2)
    ratios = [variant.truth(world, world.trade, LAWS, rng, -1.0).ratio for _ in range(30)]
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.03 if law != "none" else 0.0)
    assert (np.std(ratios) > 0.5) == (law != "none")


def test_uniform_shocks_are_uniform_in_logarithms_and_as_wide(world: World) -> None:
    rng = np.random.default_rng(2)
    variant = Variant("", "uniform")
    logs = np.log(variant.truth(world, world.trade, LAWS, rng, -1.0).ratio[world.is_used[0]])
    assert np.ptp(logs) == pytest.approx(np.sqrt(12.0), rel=0.02)
    assert logs.std() == pytest.approx(1.0, rel=0.1)


@pytest.mark.parametrize("name", MISSED)
def test_what_a_model_misses_leaves_the_sums_of_economies(world: World, name: str) -> None:
    truth = VARIANTS[name].truth(world, world.trade, LAWS, np.random.default_rng(3), -1.0)
    for axis in (1, 2):
        assert np.allclose(truth.expected.sum(axis=axis), world.trade.sum(axis=axis), rtol=1e-3)
    moved = truth.expected[world.is_used] / world.trade[world.is_used]
    assert np.ptp(np.log(moved)) > 0.1
    assert (truth.ratio == 1.0).all()
    assert set(world.terms) - set(truth.world.terms) == set(VARIANTS[name].omitted)


def test_a_kink_that_is_the_model_is_no_kink(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from research.simulated_worlds import worlds

    monkeypatch.setattr(worlds, "NEAR", -1.0)
    monkeypatch.setattr(worlds, "FAR", -1.0)
    missed = worlds.kink(Given(world, np.random.default_rng(0), -1.0))
    assert np.ptp(missed[world.is_used]) < 1e-9


def test_scaling_meets_both_sums() -> None:
    rng = np.random.default_rng(5)
    goal = rng.uniform(1.0, 2.0, (2, 4, 4))
    found = scaled(rng.uniform(1.0, 2.0, (2, 4, 4)), goal.sum(axis=2), goal.sum(axis=1))
    assert np.allclose(found.sum(axis=2), goal.sum(axis=2))
    assert np.allclose(found.sum(axis=1), goal.sum(axis=1))


def test_the_true_ratio_of_two_way_trade_by_hand(world: World) -> None:
    expected = np.zeros((1, 2, 2))
    expected[0, 0, 1], expected[0, 1, 0] = 30.0, 10.0
    truth = Truth(world, expected, np.array([[1.0, 2.0], [0.4, 1.0]]))
    ratio, size = truth.of_pairs(np.array([0]), np.array([1]))
    assert ratio.tolist() == [(60.0 + 4.0) / 40.0]
    assert size.tolist() == [40.0]


def test_every_method_is_right_where_trade_is_as_the_model_has_it(world: World) -> None:
    """Distance alone matters and there is no noise: K is 1."""
    found = answers(world)
    assert len(found.one) == N * (N - 1) // 2
    for name in ("year", "year_out", "years", "years_out"):
        assert np.allclose(found.by_method[name].k, 1.0, rtol=1e-6), name
    assert np.isfinite(found.by_method["log_gravity"].k).all()


def test_scores_by_hand() -> None:
    size = np.array([5e7, 5e7, 5e8, 5e9, 1e6])
    truth = np.array([0.5, 1.0, 2.0, 1.0, 9.0])
    found = scores(Answer.of(np.array([0.5, 1.5, 2.0, 1.0, 1.0])), truth, size)
    assert (found["all"]["n"], found["1"]["n"]) == (4, 2)  # the last is below the floor
    assert found["all"]["right"] == pytest.approx(3 / 4)
    assert found["all"]["false"] == pytest.approx(1 / 4)
    assert found["1"]["rmse"] == pytest.approx(np.log(1.5) / np.sqrt(2.0))
    assert found["1"]["brier"] == pytest.approx(1.0)
    assert found["2"]["share_2"] == 1.0
    half = Answer(np.ones(3), np.array([[0.25], [0.5], [0.25]]) * np.ones(3))
    unsure = scores(half, np.ones(3), np.array([5e7, 5e8, 5e9]))["1"]
    assert unsure["brier"] == pytest.approx(0.25 + 2 * 0.0625)
    assert unsure["log_score"] == pytest.approx(np.log(2.0))
    assert unsure["sure_1"] == 0.0


def test_growth_that_closes_a_third_of_every_gap_is_found(world: World) -> None:
    """Ln K falls by a third in five years, from whatever it was; K moves in no other year."""
    one, other = np.triu_indices(N, 1)
    fitted = np.where(world.is_used, 1e8, 0.0)
    gap = np.triu(np.random.default_rng(6).standard_normal((N, N)), 1)
    gap = gap + gap.T
    years = np.arange(T)
    path = (2.0 / 3.0) ** (years / 5.0)
    moved = replace(world, trade=fitted * np.exp(gap[None] * path[:, None, None]))
    fit = type("Fit", (), {"fitted": fitted})()
    slopes = growth(moved, Answers(one, other, {}, fit, fitted))
    assert slopes["all pairs"]["0"]["slope"] == pytest.approx(-1.0 / 3.0)
    assert slopes["all pairs"][str(max(LAGS))]["slope"] == pytest.approx(
        -((2.0 / 3.0) ** (max(LAGS) / 5.0)) / 3.0
    )
