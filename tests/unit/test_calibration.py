"""Probabilities are frequencies where the truth is known, and the page shows what is stored."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from research.calibration import page
from research.calibration.__main__ import SEED, worlds_of
from research.calibration.measures import (
    FEWEST,
    Asked,
    again,
    bins,
    coverage,
    coverages,
    scores,
)
from research.calibration.panels import MEMORIES, SHAPES, asked
from research.calibration.tables import AIM, Part, worst

from trade_potential.inference.registry import ESTIMATORS

WORLDS = 17
"""Of each of three kinds: fifty in all, as many as five seconds have."""

ERRORS = 3.0
"""Of counting. Of 160 bins the one that is off most is off by 2.5; with another constant of the law
of years or effects by 3.3 to 10. In points they are 4 in half of the bins
of the kinds together, 6 of one kind."""

ROUNDED = 5e-4
"""Stored numbers have four digits."""

CHOSEN_ON = ("half", "lognormal", "gamma")


@cache
def of_kind(kind: str) -> dict[str, Asked]:
    return worlds_of(kind, WORLDS)


def drawn(flow: str) -> Asked:
    return Asked.joined([of_kind(kind)[flow] for kind in CHOSEN_ON])


def assert_is(found: Part, stored: Part, worlds: int) -> None:
    """The mean of that many worlds of each kind, as far as ``WORLDS`` of each can tell.

    The error of many is known better than that of few.
    """
    more = np.sqrt(worlds / WORLDS)
    assert abs(found["mean"] - stored["mean"]) <= ERRORS * more * stored["error"] + ROUNDED


@pytest.mark.slow(reason="fifty worlds are drawn and estimated")
@pytest.mark.parametrize("flow", ["directed", "total"])
def test_fifty_worlds_give_what_is_stored(flow: str) -> None:
    everything = page.stored()
    kept, worlds = everything["structural"][flow], everything["worlds"]
    parts = {"with": drawn(flow)} | {kind: of_kind(kind)[flow] for kind in CHOSEN_ON}
    for name, held in parts.items():
        stored = kept[name]
        cover = coverages(held)
        for interval in ("lasting", "new_year", "next_year"):
            assert_is(cover[interval]["all"], stored["coverage"][interval]["all"], worlds)
        gaps = {(row["class"], row["bin"]): row for row in stored["bins"]}
        rows = [row for row in bins(held) if row["class"] != 1]
        assert len(rows) >= 12
        for row in rows:
            assert_is(row, gaps[row["class"], row["bin"]], worlds)
        found = scores(held)
        assert found["brier"] < found["brier_of_hard_class"]


@pytest.mark.slow(reason="fifty worlds are drawn and estimated")
@pytest.mark.parametrize("flow", ["directed", "total"])
def test_kinds_of_worlds_together_are_within_the_aim(flow: str) -> None:
    for row in bins(drawn(flow)):
        if row["class"] != 1:
            assert abs(row["mean"]) <= AIM / 100 + ERRORS * row["error"]


@pytest.mark.slow(reason="fifty worlds are drawn and estimated")
def test_the_next_year_has_the_class_of_the_last_more_often_than_one_at_random() -> None:
    found = again(drawn("total"))
    for at_random, of_next in zip(found["random"], found["next"], strict=True):
        assert of_next["mean"] - at_random["mean"] > ERRORS * of_next["error"]


def test_years_of_panels_remember_up_to_the_next() -> None:
    rng = np.random.default_rng(SEED)
    draws = [asked(SHAPES["pooled"], rng, 0.3) for _ in range(40)]
    held = Asked.joined([one for one in draws if one])
    came = [held.came[held.memory == k].mean(axis=0) for k in range(len(MEMORIES))]
    # some eight hundred pairs of each: two standard errors of a share are four points
    assert abs(came[0][1] - came[0][0]) < 0.04
    assert came[-1][1] - came[-1][0] > 0.08


def test_every_estimator_that_predicts_is_calibrated() -> None:
    predict = {name for name, spec in ESTIMATORS.items() if spec.predicts}
    assert predict == {shape.estimator for shape in SHAPES.values()}


def test_the_bin_that_is_off_most_is_one_of_its_class() -> None:
    parts = [
        {"bins": [{"class": 0, "bin": 1, "mean": 0.02}, {"class": 1, "bin": 1, "mean": -0.2}]},
        {"bins": [{"class": 0, "bin": 4, "mean": -0.11}]},
    ]
    assert worst(parts, 0)["bin"] == 4
    assert worst(parts, 1)["mean"] == -0.2


def test_the_class_of_the_last_year_is_counted_by_what_was_said_of_it() -> None:
    n = 2 * FEWEST
    none, said = np.zeros(n), np.repeat([0.1, 0.9], FEWEST)
    came = np.column_stack([said > 0.5, np.ones(n)]).astype(float)
    held = Asked(
        world=np.arange(n),
        size=np.zeros(n, dtype=int),
        rank=none,
        rank_of_year=none,
        rank_of_next=none,
        rank_of_line=none,
        said=np.zeros((n, 3)),
        true=np.zeros(n, dtype=int),
        again=said,
        came=came,
        memory=np.repeat([0, 1], FEWEST),
    )
    found = again(held)
    assert [row["bin"] for row in found["random"]] == [0, 4]
    assert [row["mean"] for row in found["random"]] == pytest.approx([-0.1, 0.1])
    assert [row["mean"] for row in found["next"]] == pytest.approx([0.9, 0.1])
    assert [row["bin"] for row in found["next 1"]] == [4]


@pytest.mark.parametrize("name", ["short_pooled", "mundlak"])
def test_panels_are_calibrated(name: str) -> None:
    number = 60 if SHAPES[name].partners == 5 else 6
    draws = [asked(SHAPES[name], np.random.default_rng([SEED, k]), 0.6) for k in range(number)]
    held = Asked.joined([one for one in draws if one])
    # three hundred pairs: two standard errors are four points
    assert 0.84 <= coverage(held.rank, held.world)["mean"] <= 0.97
    found = scores(held)
    assert found["brier"] < found["brier_of_hard_class"]


def test_coverage_counts_worlds_and_not_pairs() -> None:
    rank = np.array([0.5, 0.5, 0.5, 0.99])
    found = coverage(rank, np.array([0, 0, 0, 1]))
    assert found["mean"] == 0.75
    # sums of deviations of the two worlds are .75 and -.75
    assert found["error"] == pytest.approx(np.sqrt(2 * 0.75**2 * 2) / 4)


def test_the_page_shows_what_is_stored() -> None:
    assert page.update(check=True) == 0


def test_intervals_of_the_lasting_ratio_reach_what_the_page_says() -> None:
    found = page.stored()
    flows = [own["with"]["coverage"]["lasting"] for own in found["structural"].values()]
    panels = [
        own["with"]["coverage"]["lasting"]
        for name, own in found["chain"].items()
        if name != "short_ppml"
    ]
    for cover in (*flows, *panels):
        held = cover["all"]
        assert 0.88 - 2 * held["error"] <= held["mean"] <= 0.92 + 2 * held["error"]
    for own in (*found["structural"].values(), *found["chain"].values()):
        score = own["with"]["scores"]
        assert score["brier"] < score["brier_of_hard_class"]
