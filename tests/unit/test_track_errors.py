"""Errors of flows that share economies and years, by a sum over all pairs of rows."""

from __future__ import annotations

import numpy as np
import pytest

from trade_potential.linalg import FloatArray, IntArray
from trade_potential.track.overlapping import (
    MIN_ECONOMIES,
    Dependence,
    Estimate,
    mean,
    pairs_of,
    slope,
)

RNG = np.random.default_rng(11)
ROUNDING = 1e-10


def every_product(
    scores: FloatArray, time: IntArray, one: IntArray, other: IntArray, lags: int
) -> tuple[float, float, float]:
    """Sums of products of all pairs of rows: of a pair, of an economy, and with years."""
    shares = np.zeros((len(scores), len(scores)), dtype=bool)
    for first in (one, other):
        for second in (one, other):
            shares |= first[:, None] == second[None, :]
    apart = np.abs(time[:, None] - time[None, :])
    weight = np.where(apart <= lags, 1.0 - apart / (lags + 1), 0.0)
    products = np.outer(scores, scores)
    pair = pairs_of(one, other)
    of = (pair[:, None] == pair[None, :], shares, np.where(shares, 1.0, weight))
    same, economy, year = (float((products * held).sum()) for held in of)
    return same, economy, year


@pytest.mark.parametrize("lags", [0, 2, 4])
def test_the_variance_is_that_of_all_products(lags: int) -> None:
    one, other = np.nonzero(~np.eye(7, dtype=bool))
    time = np.repeat(np.arange(6), len(one))
    one, other = (np.tile(side, 6) for side in (one, other))
    scores = RNG.normal(size=len(time))
    found = Dependence.of(time, one, other, pairs_of(one, other), lags).variance(scores)
    expected = max(every_product(scores, time, one, other, lags)) * 7 / 6
    assert found == pytest.approx(expected, rel=ROUNDING)


def test_products_that_add_up_to_less_than_those_of_pairs_make_no_error_smaller() -> None:
    one, other = np.nonzero(~np.eye(4, dtype=bool))
    time, pair = np.zeros(12, dtype=np.int64), pairs_of(one, other)
    scores = np.where((one < 2) == (other < 2), 1.0, -0.5)  # sums of every economy are 0
    assert np.bincount(one, scores).tolist() == [0.0] * 4
    found = Dependence.of(time, one, other, pair, 0).variance(scores)
    assert found == pytest.approx((np.bincount(pair, scores) ** 2).sum() * 4 / 3, rel=ROUNDING)


def test_of_one_reporter_partners_are_the_blocks() -> None:
    time, partner = np.repeat(np.arange(5), 40), np.tile(np.arange(40), 5)
    reporter = np.full(200, 40)
    scores = RNG.normal(size=200)
    depends = Dependence.of(time, reporter, partner, pairs_of(reporter, partner), 1)
    alone = np.where(partner[:, None] == partner[None, :], np.outer(scores, scores), 0.0).sum()
    apart = np.abs(time[:, None] - time[None, :])
    weight = np.where(apart <= 1, 1.0 - apart / 2.0, 0.0)
    weight[partner[:, None] == partner[None, :]] = 1.0
    both = (weight * np.outer(scores, scores)).sum()
    assert depends.n_economies == 40
    assert depends.variance(scores) == pytest.approx(max(alone, both) * 40 / 39, rel=ROUNDING)


def test_a_slope_and_its_share_of_variance() -> None:
    one, other = np.nonzero(~np.eye(MIN_ECONOMIES, dtype=bool))
    time = np.repeat(np.arange(2), len(one))
    one, other = np.tile(one, 2), np.tile(other, 2)
    x = RNG.normal(size=len(time)) + time
    y = 5.0 * time - 0.4 * x
    depends = Dependence.of(time, one, other, pairs_of(one, other), 1)
    found = slope(x, y, depends)
    assert found is not None
    assert found[0].value == pytest.approx(-0.4, abs=ROUNDING)
    assert found[1] == pytest.approx(1.0, abs=ROUNDING)
    assert slope(time.astype(float), y, depends) is None


def test_errors_cover_what_shared_economies_do() -> None:
    """With a shock of each economy 95 % intervals hold the mean in most draws, naive ones not."""
    one, other = np.nonzero(~np.eye(MIN_ECONOMIES, dtype=bool))
    time, pair = np.zeros(len(one), dtype=np.int64), pairs_of(one, other)
    rng, held, naive = np.random.default_rng(2), 0, 0
    draws = 200
    for _ in range(draws):
        shock = rng.normal(size=(2, MIN_ECONOMIES))
        values = shock[0][one] + shock[1][other] + rng.normal(size=len(one))
        found = mean(values, Dependence.of(time, one, other, pair, 0))
        held += found.ci_low < 0.0 < found.ci_high
        naive += abs(values.mean()) < 1.96 * values.std() / np.sqrt(len(values))
    # twice the binomial error of 200 draws is .03; the errors are a little small with 30 economies
    assert 0.88 <= held / draws <= 0.99
    assert naive / draws < 0.5


def test_few_economies_give_a_number_without_an_error() -> None:
    time, one = np.zeros(10, dtype=np.int64), np.arange(10)
    found = mean(np.arange(10.0), Dependence.of(time, one, one + 10, one, 0))
    assert (found.value, found.n_economies) == (4.5, 20)
    assert np.isnan([found.std_error, found.ci_low, found.p_value]).all()


def test_an_exact_number_has_no_chance() -> None:
    time, one = np.zeros(40, dtype=np.int64), np.arange(40)
    found = Estimate.of(1.0, np.zeros(40), Dependence.of(time, one, one[::-1], one, 0))
    assert found.std_error == 0.0
    assert np.isnan(found.p_value)
