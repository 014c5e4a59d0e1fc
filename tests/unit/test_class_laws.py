"""Laws of lasting ratios: known values, properties, and cases in which there is none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from trade_potential.gravity import lasting as chain
from trade_potential.gravity.lasting import Line, law_of_panel
from trade_potential.gravity.pair_years import PairRows, YearNoise, year_noise
from trade_potential.inference.mixture import Mixture
from trade_potential.inference.serial import CORRELATIONS, correlation_matrices, correlation_of
from trade_potential.linalg import FloatArray
from trade_potential.structural.year_noise import expected, mean_variance, year_law

BOUNDS = ((None, 0.8), (0.8, 1.2), (1.2, None))


def mixture() -> Mixture:
    weights = np.array([[0.3, 0.7], [1.0, 0.0]])
    means, deviations = np.array([[0.0, 1.0], [0.2, 9.0]]), np.array([[1.0, 0.5], [0.4, 1.0]])
    return Mixture(weights, means, deviations, np.array([0.0, 0.1]))


def test_a_mixture_is_the_mean_of_normal_laws_beside_zero() -> None:
    law = mixture()
    expected = 0.3 * stats.norm.cdf(0.5) + 0.7 * stats.norm.cdf(-1.0)
    assert law.below(0.5)[0] == pytest.approx(expected, abs=1e-15)
    assert law.below(0.2)[1] == pytest.approx(0.1 + 0.9 * 0.5, abs=1e-15)
    assert law.probabilities(BOUNDS).sum(axis=0) == pytest.approx([1.0, 1.0], abs=1e-15)


@pytest.mark.parametrize("share", [1e-6, 0.025, 0.5, 0.975, 1 - 1e-6])
def test_quantiles_are_the_inverse(share: float) -> None:
    law = mixture()
    found = law.quantile(share)
    assert law.below(np.log(found[:1]).repeat(2))[0] == pytest.approx(share, rel=1e-9)
    if share < 0.1:  # trade of 0 is as likely
        assert found[1] == 0.0
    else:
        assert law.below(np.log(found[1:]).repeat(2))[1] == pytest.approx(share, rel=1e-9)


def test_correlations_go_by_years_and_not_by_places() -> None:
    (found,) = correlation_matrices(np.array([[2010.0, 2011.0, 2014.0, np.nan]]), 0.5)
    assert found[0].tolist() == [1.0, 0.5, 0.0625, 0.0]
    assert found[3].tolist() == [0.0, 0.0, 0.0, 0.0]


def test_a_ratio_without_slope_says_no_correlation() -> None:
    assert correlation_of(-0.5, np.full(20, -0.5)) == 0.0
    assert correlation_of(float("nan"), np.linspace(-0.5, 0.5, 20)) == 0.0


def panel(pairs: int, years: int, seed: int = 0) -> tuple[PairRows, FloatArray]:
    rows = PairRows(np.repeat(np.arange(pairs), years), np.tile(np.arange(years), pairs))
    x = np.random.default_rng(seed).standard_normal((pairs * years, 2))
    return rows, x + x.reshape(pairs, years, 2).mean(axis=1)[rows.pair] * 3.0


def remembering(rows: PairRows, rho: float, seed: int) -> FloatArray:
    t = len(rows.years[0])
    root = np.linalg.cholesky(rho ** np.abs(np.subtract.outer(np.arange(t), np.arange(t))))
    e = np.random.default_rng(seed).standard_normal((len(rows.n), t)) @ root.T
    return np.asarray(e.ravel())


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.8])
def test_few_years_and_slopes_do_not_bias_the_correlation(rho: float) -> None:
    rows, x = panel(3000, 5)
    found = year_noise(rows, 0.3 * remembering(rows, rho, 1) + x @ [1.0, -2.0], x)
    assert found is not None
    # 3,000 pairs of five years: a standard error of .02 to .03
    assert found.rho == pytest.approx(rho, abs=0.08)
    assert found.variance == pytest.approx(0.09, rel=0.2)


def test_years_without_residual_have_no_noise() -> None:
    rows, x = panel(5, 8)
    assert year_noise(rows, np.zeros(40), x) is None
    assert year_noise(PairRows(np.arange(3), np.zeros(3, dtype=int)), np.arange(3.0), x[:3]) is None


def pooled(rows: PairRows, x: FloatArray, y: FloatArray) -> tuple[Line, FloatArray]:
    design = np.column_stack([np.ones(len(x)), x])
    line = Line.least_squares(rows, design, np.zeros(len(rows.n)))
    return line, y - design @ np.linalg.lstsq(design, y)[0]


def drawn(pairs: int, seed: int) -> tuple[PairRows, Line, FloatArray, YearNoise, FloatArray]:
    rows, x = panel(pairs, 6, seed)
    u = 0.7 * np.random.default_rng(seed + 1).standard_normal(pairs)
    y = x @ [0.5, -0.3] + u[rows.pair] + 0.2 * remembering(rows, 0.4, seed + 2)
    line, errors = pooled(rows, x, y)
    noise = year_noise(rows, y, x)
    assert noise is not None
    return rows, line, errors, noise, y


def test_the_line_without_a_pair_is_the_estimate_without_its_rows() -> None:
    rows, line, errors, noise, y = drawn(8, 5)
    law = law_of_panel(rows, line, errors, noise, is_ratio=False)
    for pair in range(8):
        own, rest = rows.pair == pair, rows.pair != pair
        slopes = np.linalg.lstsq(line.design[rest], y[rest])[0]
        expected = y[own] - line.design[own] @ slopes
        assert errors[own] + law.log_change[own] == pytest.approx(expected, abs=1e-10)


def test_the_law_is_that_of_the_normal_conditional_of_all_residual_means() -> None:
    rows, line, errors, noise, _ = drawn(7, 9)
    law = law_of_panel(rows, line, errors, noise, is_ratio=False)
    k, s = 12, float(chain.SCALES[12])
    mean = np.zeros((7, 42))
    mean[rows.pair, np.arange(42)] = 1.0 / 6.0
    x = line.design
    off = mean @ (np.eye(42) - x @ np.linalg.solve(x.T @ x, x.T))
    same = np.equal.outer(rows.pair, rows.pair)
    years = same * noise.rho ** np.abs(np.subtract.outer(rows.year, rows.year))
    years = years * noise.of_pairs[rows.pair][:, None]
    indicator = np.eye(7)[rows.pair]
    z = off @ (x @ np.zeros(3) + errors)
    covariance = off @ (s**2 * indicator @ indicator.T + years) @ off.T
    gain = s**2 * indicator.T @ off.T @ np.linalg.pinv(covariance, rcond=1e-9, hermitian=True)
    assert law.lasting.means[:, k] == pytest.approx(gain @ z, abs=1e-9)
    own = s**2 - np.diag(gain @ (off @ indicator) * s**2)
    assert law.lasting.deviations[:, k] ** 2 == pytest.approx(own, rel=1e-7)


def test_many_pairs_one_by_one_are_as_all_together(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, line, _, noise, y = drawn(150, 3)
    # of random effects: the line of least squares is worse than what all means together say of it
    theta = np.full(150, 1.0 - np.sqrt(0.04 / (0.04 + 6 * 0.49)))
    x, mean = line.design, rows.means(y)[rows.pair]
    line = Line.least_squares(rows, x, theta)
    moved = x - theta[0] * rows.means(x)[rows.pair]
    errors = y - x @ np.linalg.lstsq(moved, y - theta[0] * mean)[0]
    together = law_of_panel(rows, line, errors, noise, is_ratio=False)
    monkeypatch.setattr(chain, "TOGETHER", 10)
    alone = law_of_panel(rows, line, errors, noise, is_ratio=False)
    gaps = np.abs(together.lasting.probabilities(BOUNDS) - alone.lasting.probabilities(BOUNDS))
    # 150 pairs and three coefficients: a pair is a hundredth of its line
    assert gaps.max() < 0.05
    assert gaps.mean() < 0.01


def test_a_pair_that_alone_moves_a_regressor_determines_the_line() -> None:
    rows, x = panel(6, 6)
    x[rows.pair != 0, 1] = 0.0
    y = x @ [1.0, 1.0] + 0.1 * remembering(rows, 0.2, 4)
    line, errors = pooled(rows, x, y)
    noise = year_noise(rows, y, x)
    assert noise is not None
    law = law_of_panel(rows, line, errors, noise, is_ratio=False)
    assert law.is_determined.tolist() == [False, True, True, True, True, True]
    assert np.isnan(law.log_change[rows.pair == 0]).all()


def test_scaling_trade_or_a_regressor_moves_no_law() -> None:
    rows, line, errors, noise, y = drawn(6, 11)
    scaled, _ = pooled(rows, 100.0 * line.design[:, 1:] + 3.0, y + 5.0)
    one = law_of_panel(rows, line, errors, noise, is_ratio=False).lasting.probabilities(BOUNDS)
    two = law_of_panel(rows, scaled, errors, noise, is_ratio=False).lasting.probabilities(BOUNDS)
    assert one == pytest.approx(two, abs=1e-7)


def test_the_variance_of_a_mean_of_years_by_hand() -> None:
    n, variance, rho, odds = np.array([1, 2]), np.full(2, 0.5), np.full(2, 0.6), np.full(2, 0.25)
    one = 1.25 * np.exp(0.5) - 1.0
    beside = (1.0 + 0.25 * 0.6) * np.exp(0.5 * 0.6) - 1.0
    expected = np.log1p([one, (2 * one + 2 * beside) / 4.0])
    assert mean_variance(n, variance, rho, odds) == pytest.approx(expected)


def test_the_noise_of_flows_is_found_again() -> None:
    rng = np.random.default_rng(8)
    size = np.exp(rng.uniform(12.0, 22.0, 3000))
    t = 7
    root = np.linalg.cholesky(0.5 ** np.abs(np.subtract.outer(np.arange(t), np.arange(t))))
    trade = size * np.exp(0.4 * root @ rng.standard_normal((t, 3000)))
    trade[rng.random(trade.shape) < 0.1] = 0.0
    law = year_law(trade, np.broadcast_to(size, trade.shape), np.ones(trade.shape, dtype=bool))
    assert law is not None
    variance, rho, odds = law.at(np.exp(np.array([14.0, 17.0, 20.0])))
    # groups of 150 pairs
    assert variance == pytest.approx([0.16] * 3, rel=0.15)
    assert odds == pytest.approx([0.1 / 0.9] * 3, rel=0.35)
    assert rho == pytest.approx([0.5] * 3, abs=0.1)


def test_flows_that_are_hardly_traded_have_no_law() -> None:
    trade = np.zeros((4, 3))
    trade[:2, 0] = 5.0
    assert year_law(trade, np.ones((4, 3)), np.ones((4, 3), dtype=bool)) is None


@pytest.mark.parametrize("missing", [0.0, 0.2, 0.4])
@pytest.mark.parametrize("rho", [0.0, 0.4, 0.7])
def test_years_without_trade_do_not_hide_the_correlation(rho: float, missing: float) -> None:
    chance = np.random.default_rng(5)
    size = np.exp(chance.uniform(0.0, 9.0, 20_000))
    rows = PairRows(np.repeat(np.arange(20_000), 10), np.tile(np.arange(10), 20_000))
    trade = size * np.exp(0.5 * remembering(rows, rho, 3).reshape(20_000, 10).T)
    trade[chance.random(trade.shape) < missing] = 0.0
    law = year_law(trade, np.broadcast_to(size, trade.shape), np.ones(trade.shape, dtype=bool))
    assert law is not None
    assert law.rho.mean() == pytest.approx(rho, abs=0.02)
    assert law.variance.mean() == pytest.approx(0.25, rel=0.03)


def test_expected_sums_of_years_with_gaps_are_those_of_their_matrix() -> None:
    traded = np.array([[1, 1, 1], [1, 0, 1], [0, 1, 1], [1, 1, 0], [1, 0, 1]], dtype=bool)
    products, squares = expected(traded)
    for k, rho in enumerate(CORRELATIONS):
        found = np.zeros(2)
        for years in (np.flatnonzero(own) for own in traded.T):
            off = np.eye(len(years)) - 1.0 / len(years)
            moved = off @ rho ** np.abs(np.subtract.outer(years, years)) @ off
            beside = np.subtract.outer(years, years) == 1
            found += moved[beside].sum(), np.trace(moved)
        assert [products[k], squares[k]] == pytest.approx(found, abs=1e-13)


def test_flows_of_one_size_have_the_noise_of_all() -> None:
    chance = np.random.default_rng(2)
    trade = 100.0 * np.exp(0.3 * chance.standard_normal((8, 1)) * np.ones((8, 200)))
    trade[:, ::2] = trade[::-1, ::2] * (1.0 + 1e-15)
    used = np.ones(trade.shape, dtype=bool)
    law = year_law(trade, np.full(trade.shape, 90.0), used)
    assert law is not None
    for flow in (1.0, 1e3, 1e9):
        variance, rho, odds = law.at(np.array([flow]))
        assert np.isfinite([*variance, *rho, *odds]).all()
        assert variance[0] == pytest.approx(np.log(trade[:, 0]).var(ddof=0), rel=0.5)
