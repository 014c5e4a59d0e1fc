"""Lasting ratios: posteriors beside numeric integration, zeros, few years, laws that are known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import gamma

from trade_potential.linalg import FloatArray
from trade_potential.structural import dispersion
from trade_potential.structural.dispersion import (
    ALPHA_RANGE,
    LARGEST_CORRELATION,
    MIN_PAIRS,
    noise_of,
)
from trade_potential.structural.lasting import (
    Lasting,
    benchmark_variances,
    lasting,
    lasting_of_world,
)

CLASSES = ((None, 0.8), (0.8, 1.2), (1.2, None))
YEARS, PAIRS = 13, 400
INTEGRATION = 1e-7
"""Relative error of quad at its defaults, with room."""
SETTLED = 1e-4
"""What another pass would move."""
EXACT = 1e-10
"""Rounding of a few hundred sums."""


def _drawn(
    *,
    pairs: int = PAIRS,
    years: int = YEARS,
    alpha: float = 0.5,
    deviation: float = 0.4,
    rho: float = 0.0,
    size: tuple[float, float] = (3e6, 3e6),
    seed: int = 1,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Trade, predictions and true ratios, which are gamma; years are normal about them."""
    rng = np.random.default_rng(seed)
    ratio = rng.gamma(1.0 / alpha, alpha, pairs) if alpha else np.ones(pairs)
    predicted = np.tile(np.exp(rng.uniform(*np.log(size), pairs)), (years, 1))
    noise = rng.standard_normal((years, pairs))
    for t in range(1, years):
        noise[t] = rho * noise[t - 1] + np.sqrt(1.0 - rho**2) * noise[t]
    return predicted * ratio * np.maximum(1.0 + deviation * noise, 0.0), predicted, ratio


def _unit(found: Lasting, k: int, size: float) -> float:
    """What sums of a pair are counted in: phi over the share of years that are independent.

    Read at the flow of its posterior mean, with half a year as predicted.
    """
    level = size * (YEARS * found.mean[[k]] + 0.5) / (YEARS + 0.5)
    phi, rho = found.noise.at(level)
    return float(phi[0] * (1.0 + rho[0]) / (1.0 - rho[0]))


@pytest.mark.parametrize("k", [0, 7, 19])
def test_the_posterior_is_that_of_numeric_integration(k: int) -> None:
    trade, predicted, _ = _drawn(rho=0.5)
    found = lasting(trade, predicted)
    y, m = trade[:, k].sum(), predicted[:, k].sum()
    unit = m / (found.rate[k] - 1.0 / found.alpha[k])
    assert unit == pytest.approx(_unit(found, k, m / YEARS), rel=SETTLED)
    assert found.shape[k] == pytest.approx(1.0 / found.alpha[k] + y / unit)
    prior = gamma(1.0 / found.alpha[k], scale=found.alpha[k])

    def density(u: float) -> float:
        return float(prior.pdf(u) * np.exp((y * np.log(u / (y / m)) - m * u + y) / unit))

    middle = found.mean[k]
    edges = [middle * factor for factor in (1e-3, 0.5, 1.0, 2.0, 20.0)]

    def integral(of: object, low: float = 0.0, high: float = np.inf) -> float:
        cuts = [low, *(edge for edge in edges if low < edge < high), min(high, edges[-1])]
        return sum(quad(of, a, b)[0] for a, b in pairwise(cuts))

    all_of_it = integral(density)
    mean = integral(lambda u: u * density(u)) / all_of_it
    assert mean == pytest.approx(found.mean[k], rel=INTEGRATION)
    chances = found.probabilities(CLASSES)[:, k]
    for (low, high), chance in zip(CLASSES, chances, strict=True):
        part = integral(density, low or 0.0, high or np.inf) / all_of_it
        assert chance == pytest.approx(part, abs=INTEGRATION)


def test_probabilities_of_classes_add_up_and_follow_their_bounds() -> None:
    found = lasting(*_drawn()[:2])
    assert np.allclose(found.probabilities(CLASSES).sum(axis=0), 1.0)
    halves = found.probabilities(((None, 1.0), (1.0, None)))
    assert np.allclose(halves.sum(axis=0), 1.0)
    assert (halves[0] >= found.probabilities(CLASSES)[0]).all()


def test_zeros_count_like_any_other_year() -> None:
    trade, predicted, _ = _drawn()
    trade[:, 0] = 0.0
    trade[5:, 1] = 0.0
    found = lasting(trade, predicted)
    assert found.shape[0] == pytest.approx(1.0 / found.alpha[0])
    assert 0.0 < found.mean[0] < 0.05
    assert found.n_years[0] == YEARS
    assert found.probabilities(CLASSES)[0, 0] > 0.99
    plain = trade[:, 1].sum() / predicted[:, 1].sum()
    assert found.mean[1] == pytest.approx(plain, rel=0.2)
    assert np.isfinite(found.mean).all()


def test_a_pair_with_few_years_says_less() -> None:
    trade, predicted, _ = _drawn(deviation=1.0)
    trade[:, 0] = 4.0 * predicted[:, 0]
    whole = lasting(trade, predicted)
    predicted[1:, 0] = np.nan
    one = lasting(trade, predicted)
    assert (one.n_years[0], one.n_years[1]) == (1, YEARS)
    assert 1.0 < one.mean[0] < whole.mean[0] < 4.0
    assert one.shape[0] < whole.shape[0]
    predicted[:, 0] = 0.0
    none = lasting(trade, predicted)
    assert np.isnan(none.mean[0])
    assert none.n_years[0] == 0
    assert np.isfinite(none.mean[1:]).all()


@pytest.mark.parametrize("trade", ["one year", "no trade", "no noise"])
def test_without_noise_to_measure_there_is_no_lasting_ratio(trade: str) -> None:
    y, m, _ = _drawn()
    held = {"one year": (y[:1], m[:1]), "no trade": (0.0 * y, m), "no noise": (1.1 * m, m)}
    found = lasting(*held[trade])
    assert set(found.noise.methods) == set(found.spread.methods) == {"not_available"}
    assert np.isnan(found.mean).all()
    assert np.isnan(found.probabilities(CLASSES)).all()


def test_the_noise_of_pairs_that_are_alike_by_hand() -> None:
    """Six years, prediction 2 million, twice as much trade on the whole."""
    trade = np.tile(1e6 * np.array([5.0, 5.0, 3.0, 3.0, 5.0, 3.0])[:, None], MIN_PAIRS)
    predicted = np.full_like(trade, 2e6)
    noise = noise_of(trade, predicted, predicted > 0.0)
    at = noise.methods.index("own")
    assert noise.n_pairs[at] == MIN_PAIRS == noise.n_pairs.sum()
    assert noise.level_usd[at] == pytest.approx(4e6)
    assert noise.phi[at] == pytest.approx(6.0 / 5.0 / 16.0 * 4e6)  # squares 6, divided by 5, mean 4
    lagged = (1.0 - 1.0 + 1.0 - 1.0 - 1.0) / 6.0
    assert noise.rho[at] == pytest.approx((6.0 * lagged + 1.0) / 2.0, abs=EXACT)
    slow = trade[[0, 1, 4, 2, 3, 5]]
    lagged = (1.0 + 1.0 - 1.0 + 1.0 + 1.0) / 6.0
    found = noise_of(slow, predicted, predicted > 0.0).rho[at]
    assert found == pytest.approx(min((6.0 * lagged + 1.0) / 2.0, LARGEST_CORRELATION))


def test_noise_between_and_beyond_its_bands() -> None:
    trade, predicted, _ = _drawn(pairs=4_000, size=(1e3, 1e9))
    noise = lasting(trade, predicted).noise
    for k in (1, 4):
        phi, rho = noise.at(noise.level_usd[[k]])
        assert (phi[0], rho[0]) == pytest.approx((noise.phi[k], noise.rho[k]))
    low, lower = (noise.at(np.array([level]))[0][0] / level for level in (10.0, 0.001))
    assert low == pytest.approx(lower)  # the ratio of deviation to mean stays
    between = np.sqrt(noise.level_usd[1] * noise.level_usd[2])
    relative = noise.phi / noise.level_usd
    middle = noise.at(np.array([between]))[0][0] / between
    assert middle == pytest.approx(np.sqrt(relative[1] * relative[2]))


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6])
def test_serial_correlation_is_recovered_and_cuts_the_years(rho: float) -> None:
    trade, predicted, _ = _drawn(pairs=4_000, alpha=0.0, deviation=0.2, rho=rho)
    found = lasting(trade, predicted)
    held = found.noise.rho[found.noise.methods.index("own")]
    assert held == pytest.approx(rho, abs=0.02)  # 48,000 lagged residuals: 0.005 and the bias of 13
    assert found.effective_years[0] == pytest.approx(YEARS * (1.0 - held) / (1.0 + held), rel=0.02)


@pytest.mark.parametrize(("step", "bound"), [(1.0, LARGEST_CORRELATION), (-1.0, 0.0)])
def test_serial_correlation_stays_where_it_means_something(step: float, bound: float) -> None:
    """Years that rise for ever, and years that jump to and fro."""
    years = np.arange(60.0)
    path = 1.0 + 0.01 * years if step > 0.0 else 1.0 + 0.3 * (-1.0) ** years
    predicted = np.full((60, MIN_PAIRS), 1e6)
    noise = noise_of(predicted * path[:, None], predicted, predicted > 0.0)
    assert noise.rho[noise.methods.index("own")] == bound


def test_the_laws_behind_drawn_trade_are_recovered() -> None:
    trade, predicted, ratio = _drawn(pairs=4_000, alpha=0.5, deviation=0.3)
    found = lasting(trade, predicted)
    band = found.spread.methods.index("own")
    # 4,000 ratios: the relative standard error of their variance is about 0.04
    assert found.spread.alpha[band] == pytest.approx(0.5, rel=0.12)
    at = found.noise.methods.index("own")
    assert np.sqrt(found.noise.phi / found.noise.level_usd)[at] == pytest.approx(0.3, rel=0.05)
    assert np.corrcoef(np.log(found.mean), np.log(ratio))[0, 1] > 0.97
    rank = gamma(found.shape, scale=1.0 / found.rate).cdf(ratio)
    inside = ((rank > 0.1) & (rank < 0.9)).mean()
    assert inside == pytest.approx(0.8, abs=0.03)  # 4,000 pairs: 0.006


def test_ratios_without_spread_are_said_to_have_none() -> None:
    found = lasting(*_drawn(pairs=4_000, alpha=0.0, deviation=0.3)[:2])
    assert np.nanmin(found.alpha) < 0.01
    assert np.abs(found.mean - 1.0).max() < 0.1


@pytest.mark.parametrize(("ratio", "bound"), [(1e-300, ALPHA_RANGE[1]), (1.0, ALPHA_RANGE[0])])
def test_the_search_for_alpha_says_when_it_meets_an_end(ratio: float, bound: float) -> None:
    """All but one pair without trade to speak of; every pair as predicted."""
    predicted = np.full((YEARS, PAIRS), 1e6)
    trade = predicted * np.where(np.arange(YEARS) % 2, 0.9, 1.1)[:, None]
    trade[:, 1:] *= ratio
    spread = lasting(trade, predicted).spread
    band = int(np.argmax(spread.n_pairs))
    assert spread.methods[band] == "at_bound"
    assert spread.alpha[band] == pytest.approx(bound, rel=0.1)


def test_a_thin_band_takes_the_law_of_all_pairs() -> None:
    trade, predicted, _ = _drawn(size=(1e6, 9e6))
    trade[:, :10] *= 1e3
    predicted[:, :10] *= 1e3
    found = lasting(trade, predicted)
    thin = dispersion.band_of(predicted[0, :1])[0]
    assert found.spread.n_pairs[thin] == 10
    assert found.spread.methods[thin] == "all_sizes"
    assert found.spread.methods.count("own") == 1
    assert np.isfinite(found.mean).all()


def test_the_order_of_pairs_does_not_matter() -> None:
    trade, predicted, _ = _drawn(size=(1e3, 1e9), rho=0.4)
    order = np.random.default_rng(3).permutation(PAIRS)
    one, other = lasting(trade, predicted), lasting(trade[:, order], predicted[:, order])
    assert np.allclose(one.shape[order], other.shape, rtol=EXACT)
    assert np.allclose(one.rate[order], other.rate, rtol=EXACT)


def test_a_thousand_times_all_trade_is_the_same_world() -> None:
    """Bands are powers of ten, so that a thousand moves each pair by three bands."""
    trade, predicted, _ = _drawn(size=(1e4, 1e5), alpha=0.1, deviation=0.2)
    one, other = lasting(trade, predicted), lasting(1e3 * trade, 1e3 * predicted)
    assert np.allclose(one.shape, other.shape, rtol=1e-6)  # of the search for alpha
    assert np.allclose(one.mean, other.mean, rtol=1e-6)


def test_an_uncertain_benchmark_keeps_the_mean_and_widens_the_law() -> None:
    found = lasting(*_drawn()[:2])
    variance = np.linspace(0.0, 0.5, PAIRS)
    wide = found.with_benchmark(variance)
    assert np.allclose(wide.mean, found.mean, rtol=EXACT)
    assert np.allclose(1.0 / wide.shape, 1.0 / found.shape + variance, rtol=EXACT)
    assert wide.shape[0] == found.shape[0]


def test_the_variance_of_a_benchmark_by_hand() -> None:
    fitted = np.array(
        [[0.0, 6.0, 3.0, 1.0], [2.0, 0.0, 2.0, 2.0], [1.0, 1.0, 0.0, 1.0], [5.0, 0, 0, 0]]
    )
    alpha = np.where(fitted > 0.0, [[0.5, 0.1, 0.2, 0.3]] * 4, 0.0)
    found = benchmark_variances(fitted, alpha)
    of_exporter = (9.0 * 0.2 + 1.0 * 0.3) / 4.0**2
    of_importer = 1.0 * 0.1 / 1.0**2
    assert found[0, 1] == pytest.approx(of_exporter + of_importer)
    assert np.isinf(found[3, 0]) or np.isnan(found[3, 0])  # its only partner
    assert np.isnan(found[0, 0])


@pytest.mark.parametrize("times", [1.0, 1e8, 1e12])
def test_the_error_of_a_prediction_is_that_of_small_partners_beside_a_huge_one(
    times: float,
) -> None:
    """What the pair itself trades is not in it."""
    fitted = np.array(
        [[0.0, times, 3.0, 1.0], [2.0, 0.0, 2.0, 2.0], [1.0, 1.0, 0, 1.0], [5.0, 5.0, 5.0, 0.0]]
    )
    found = benchmark_variances(fitted, np.ones((4, 4)))
    assert found[0, 1] == pytest.approx(10.0 / 4.0**2 + 26.0 / 6.0**2, rel=EXACT)


def test_totals_are_sums_of_both_directions_in_years_that_have_both() -> None:
    rng = np.random.default_rng(5)
    n, years = 12, 8
    fitted = np.exp(rng.uniform(np.log(1e6), np.log(9e6), (years, n, n)))
    fitted[:, range(n), range(n)] = 0.0
    trade = fitted * rng.gamma(2.0, 0.5, (n, n)) * np.exp(0.3 * rng.standard_normal(fitted.shape))
    out = fitted.copy()
    out[3, 1, 4] = np.nan
    directed, total = lasting_of_world(trade, fitted, out)
    assert (total.one < total.other).all()
    assert len(total.one) == n * (n - 1) // 2 == len(directed.one) // 2
    at = int(np.flatnonzero((total.one == 1) & (total.other == 4))[0])
    assert total.lasting.n_years[at] == years - 1
    there = int(np.flatnonzero((directed.one == 4) & (directed.other == 1))[0])
    assert directed.lasting.n_years[there] == years
    both = [v + v.transpose(0, 2, 1) for v in (trade, fitted)]
    sums = [v.sum(axis=0)[total.one, total.other] for v in both]
    assert np.corrcoef(np.log(total.lasting.mean), np.log(sums[0] / sums[1]))[0, 1] > 0.99
    assert (total.lasting.benchmark_variance > 0.0).all()
