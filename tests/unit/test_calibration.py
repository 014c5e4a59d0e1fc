"""Probabilities are frequencies where the truth is known, and the page shows what is stored."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from research.calibration import page
from research.calibration.__main__ import SEED, worlds_of
from research.calibration.measures import Asked, bins, coverage, scores
from research.calibration.panels import SHAPES, asked

WORLDS = 17
"""Of each of three kinds: fifty in all, as many as five seconds have."""

LEAST, MOST = 0.85, 0.95
"""Coverage of 90 per cent: measured 89 to 90 in 450 worlds; fifty are off by less than 2 points."""

OFF = 0.08
"""Points between probability and frequency of huge potential and reshaping: measured 3, in bins of
some thousand pairs of fifty worlds up to 5."""


@cache
def drawn(flow: str) -> Asked:
    return Asked.joined([worlds_of(kind, WORLDS)[flow] for kind in ("half", "lognormal", "gamma")])


@pytest.mark.slow(reason="fifty worlds are drawn and estimated")
@pytest.mark.parametrize("flow", ["directed", "total"])
def test_fifty_worlds_are_calibrated(flow: str) -> None:
    held = drawn(flow)
    assert LEAST <= coverage(held.rank, held.world)["mean"] <= MOST
    assert LEAST <= coverage(held.rank_of_year, held.world)["mean"] <= MOST
    gaps = [row for row in bins(held) if row["class"] != 1]
    assert len(gaps) >= 18
    assert max(abs(row["mean"]) for row in gaps) <= OFF
    found = scores(held)
    assert found["brier"] < found["brier_of_hard_class"]


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
