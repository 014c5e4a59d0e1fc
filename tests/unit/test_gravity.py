"""Degenerate samples are named, never estimated in silence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from linearmodels.panel import RandomEffects
from tests.panels import ENTITY, OUTCOME, Case, make_panel, moments_of, regressors_of

from trade_potential.gravity.covariance import sandwich
from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.estimators import estimate_all
from trade_potential.gravity.scores import Meats
from trade_potential.gravity.specification_tests import hausman, run_tests
from trade_potential.inference.registry import Estimator, estimators

EXACT = 1e-12
"""The same formula on the same moments: only the order of additions differs."""

STUDY_SIZES = [8] * 5
"""Partners and years of the reference study."""


def fits_of(frame: pd.DataFrame) -> dict[Estimator, Estimate]:
    return estimate_all(moments_of(frame, regressors_of(frame)))


# --- Too little data ------------------------------------------------------------------------------


def test_more_regressors_than_partners_turn_random_effects_into_pooled() -> None:
    frame = make_panel(1, sizes=STUDY_SIZES, n_terms=7)
    fits = fits_of(frame)
    assert fits["between"].status == "too_few_entities"
    assert "5 partners for 8 coefficients" in fits["between"].reason
    random, pooled = fits["random"], fits["pooled"]
    assert random.status == "degenerate_pooled"
    assert "sigma_u is set to 0" in random.reason
    assert random.sigma_u == 0.0
    assert (random.theta == 0.0).all()
    np.testing.assert_allclose(random.coefficients, pooled.coefficients, rtol=EXACT)
    np.testing.assert_allclose(random.covariance, pooled.covariance, rtol=EXACT)
    panel = frame.set_index([ENTITY, "year"])
    with pytest.raises(ValueError, match="between regression has no residual degrees of freedom"):
        RandomEffects(panel[OUTCOME], panel[regressors_of(frame)].assign(const=1.0)).fit()


def test_fewer_rows_than_coefficients() -> None:
    fits = fits_of(make_panel(2, sizes=[2, 2], n_terms=4))
    assert fits["pooled"].status == "too_few_rows"
    assert fits["within"].status == "too_few_rows"
    assert fits["between"].status == "too_few_entities"
    assert fits["random"].status == fits["mundlak"].status == "too_few_rows"
    assert fits["twoway"].status == "too_few_rows"
    assert "4 rows for 5 coefficients: -1 residual" in fits["pooled"].reason
    assert fits["twoway"].reason.startswith("4 rows for")
    assert all(not fit.is_estimated and fit.coefficients.size == 0 for fit in fits.values())


def test_single_period_has_no_within() -> None:
    frame = make_panel(3, sizes=[1] * 20, n_terms=2)
    moments = moments_of(frame, ["x1", "x2"])
    fits = estimate_all(moments)
    for estimator in ("within", "twoway", "random", "mundlak"):
        assert fits[estimator].status == "single_period"
        assert "no partner has two rows" in fits[estimator].reason
    np.testing.assert_allclose(
        fits["between"].coefficients, fits["pooled"].coefficients, rtol=EXACT
    )
    assert {test.status for test in run_tests(moments, fits)} == {"not_available"}


def test_single_partner() -> None:
    moments = moments_of(make_panel(4, sizes=[12], n_terms=2), ["x1", "x2"])
    fits = estimate_all(moments)
    assert fits["pooled"].status == fits["within"].status == "ok"
    np.testing.assert_allclose(fits["within"].slopes, fits["pooled"].slopes, rtol=EXACT)
    assert fits["random"].status == "degenerate_pooled"
    tests = {test.name: test for test in run_tests(moments, fits)}
    assert tests["f_effects"].status == "not_available"
    assert tests["hausman"].status == "not_positive_definite"
    one = sandwich(fits["pooled"], Meats(np.eye(3)), "clustered", n_entities=1)
    assert np.isnan(one.matrix).all()
    assert one.status == "few_clusters"


# --- Regressors without information ---------------------------------------------------------------


def test_time_invariant_regressor_is_absorbed_and_named() -> None:
    frame = make_panel(5, sizes=[4, 6, 3, 5, 7, 4], n_terms=3, scales=(1e-3, 1e6))
    frame["x2"] = 0.1 + frame.groupby(ENTITY)["x2"].transform("mean")
    fits = fits_of(frame)
    inner = fits["within"]
    assert inner.status == "ok"
    assert inner.absorbed == ("x2",)
    assert inner.terms == ("x1", "x3")
    assert inner.reason.startswith("x2 does not vary within partners")
    without = fits_of(frame.drop(columns="x2"))["within"]
    np.testing.assert_allclose(inner.coefficients, without.coefficients, rtol=EXACT)
    assert fits["random"].terms == ("x1", "x2", "x3")


def test_nothing_left_within() -> None:
    frame = make_panel(6, sizes=[4] * 9, n_terms=1)
    frame["x1"] = frame.groupby(ENTITY)["x1"].transform("first")
    moments = moments_of(frame, ["x1"])
    fits = estimate_all(moments)
    assert fits["within"].absorbed == ("x1",)
    assert fits["within"].coefficients == pytest.approx([frame[OUTCOME].mean()], rel=EXACT)
    assert hausman(fits["within"], fits["random"]).status == "not_available"


@pytest.mark.parametrize("order", range(4))
def test_regressor_common_to_all_partners_has_no_part_between(order: int) -> None:
    """Sums of a price series in another order differ by rounding, which is no information."""
    frame = make_panel(9, sizes=[7] * 12, n_terms=3)
    frame["x3"] = np.tile(np.random.default_rng(0).uniform(20, 110, 7), 12)
    fits = fits_of(frame.sample(frac=1.0, random_state=order))
    assert (fits["between"].status, fits["between"].omitted) == ("ok", ("x3",))
    # Stata leaves it out of the between regression; the variance components need no more.
    assert fits["random"].status == "ok"
    assert "between regression without x3" in fits["random"].reason
    without = fits_of(frame.drop(columns="x3"))
    harmonic_size = 7.0
    variance_u = without["between"].ssr / without["between"].df_resid
    variance_u -= fits["within"].sigma_e ** 2 / harmonic_size
    assert fits["random"].sigma_u == pytest.approx(np.sqrt(variance_u), rel=EXACT)
    assert "x3 does not vary between partners" in fits["between"].reason
    assert fits["pooled"].status == fits["within"].status == "ok"


def test_regressor_common_to_few_partners_leaves_degrees_of_freedom_between() -> None:
    """Four partners and four coefficients, one of which the between regression does not need."""
    frame = make_panel(21, sizes=[9] * 4, n_terms=3, effect_sd=3.0)
    frame["x3"] = np.tile(np.random.default_rng(1).uniform(20, 110, 9), 4)
    random = fits_of(frame)["random"]
    assert random.status == "ok"
    assert random.sigma_u > 0.0
    assert random.reason == "between regression without x3"


# --- Variance components and tests ----------------------------------------------------------------


def test_sigma_u_zero_is_pooled() -> None:
    frame = make_panel(10, sizes=[6] * 15, n_terms=2, effect_sd=0.0, noise_sd=0.0)
    noise = pd.Series(np.random.default_rng(10).normal(size=len(frame)), index=frame.index)
    frame[OUTCOME] += noise - noise.groupby(frame[ENTITY]).transform("mean")
    fits = fits_of(frame)
    assert fits["random"].status == "sigma_u_zero"
    assert fits["random"].sigma_u == 0.0
    assert (fits["random"].theta == 0.0).all()
    np.testing.assert_allclose(fits["random"].coefficients, fits["pooled"].coefficients, rtol=EXACT)


def test_variance_of_the_effects_takes_the_harmonic_mean_of_the_sizes() -> None:
    """Swamy and Arora as Stata: sigma_u^2 = SSR_b / (G - K) - sigma_e^2 / T."""
    sizes = [2, 9, 3, 4, 9, 2, 5, 1, 6, 3]
    fits = fits_of(make_panel(12, sizes=sizes, n_terms=2, effect_sd=3.0))
    random, inner, outer = (fits[name] for name in ("random", "within", "between"))
    harmonic = len(sizes) / sum(1.0 / size for size in sizes)
    variance = outer.ssr / (10 - 3) - inner.ssr / (44 - 10 - 2) / harmonic
    assert random.sigma_u**2 == pytest.approx(variance, rel=EXACT)
    assert random.sigma_e**2 == pytest.approx(inner.ssr / 32, rel=EXACT)
    theta = 1.0 - random.sigma_e / np.sqrt(np.unique(sizes) * variance + random.sigma_e**2)
    np.testing.assert_allclose(random.theta, theta, rtol=EXACT)


@pytest.mark.parametrize("value", [3.0, 0.1, -1e6 / 3.0, 0.0])
def test_constant_outcome_is_refused_as_a_constant_regressor_is(value: float) -> None:
    """Means of 0.1 over 3 or 7 rows are not 0.1: rounding must not be estimated."""
    frame = make_panel(11, sizes=[4, 3, 7, 5] * 3, n_terms=2)
    frame[OUTCOME] = value
    case = Case.of(frame)
    assert set(case.fits) == set(estimators("least_squares"))
    for fit in case.fits.values():
        assert fit.status == "rank_deficient"
        assert fit.reason.endswith("the outcome does not vary over the sample")
    assert {test.status for test in case.tests.values()} == {"not_available"}
    assert all("does not vary" in test.reason for test in case.tests.values())


def test_outcome_without_variance_within_has_slopes_of_zero() -> None:
    frame = make_panel(11, sizes=[4, 3, 7, 5] * 3, n_terms=2)
    frame[OUTCOME] = frame.groupby(ENTITY)[OUTCOME].transform("first")
    case = Case.of(frame)
    for name in ("within", "twoway", "random"):
        fit = case.fits[name]
        assert fit.status == "ok"
        np.testing.assert_array_equal(fit.slopes, 0.0)
        assert fit.ssr == 0.0
    assert case.fits["pooled"].ssr > 0.0
    for name in ("f_effects", "f_time_effects", "hausman"):
        assert "fits exactly" in case.tests[name].reason


@pytest.mark.parametrize("seed", range(4))
def test_exact_fit_has_no_tests(seed: int) -> None:
    """Slopes are determined to the rounding of the outcome, in units of its spread.

    That is the spread of the regressor in the larger unit. Beside its own size the slope of the
    other has lost as many digits as its part is smaller; what stands there is up to the processor.
    """
    frame = make_panel(seed, sizes=[4, 3, 7, 5] * 3, n_terms=2, scales=(1e-3, 1e3))
    frame[OUTCOME] = 1.0 + 2.0 * frame["x1"] - frame["x2"] / 3.0
    units = frame[["x1", "x2"]].std().to_numpy() / frame[OUTCOME].std()
    case = Case.of(frame)
    for fit in case.fits.values():
        assert fit.is_estimated
        assert fit.ssr == 0.0
        gap = (fit.slopes[:2] - [2.0, -1.0 / 3.0]) * units
        np.testing.assert_allclose(gap, 0.0, atol=EXACT)
    assert {test.status for test in case.tests.values()} == {"not_available"}
    assert all("exactly" in test.reason for test in case.tests.values())


def test_effects_without_error_turn_random_effects_into_within() -> None:
    """sigma_e is 0, theta 1, and the entity means weigh nothing: mundlak has no equations."""
    case = Case.of(make_panel(12, sizes=[4, 3, 5] * 5, n_terms=2, noise_sd=0.0))
    random, inner, mundlak = (case.fits[name] for name in ("random", "within", "mundlak"))
    assert (random.theta == 1.0).all()
    assert "fits exactly: theta is 1" in random.reason
    np.testing.assert_array_equal(random.coefficients, inner.coefficients)
    assert mundlak.status == "rank_deficient"
    assert "within regression: it fits exactly" in mundlak.reason
    for name in ("f_effects", "f_time_effects", "hausman", "mundlak", "hausman_robust"):
        assert case.tests[name].status == "not_available"
        assert "exactly" in case.tests[name].reason


def test_hausman_without_a_chi_squared_distribution_says_so() -> None:
    """Effects that go with the regressors inflate the variance of random effects only."""
    frame = make_panel(
        13, sizes=[2, 3] * 6, n_terms=3, effect_sd=0.1, noise_sd=0.3, endogeneity=2.0
    )
    fits = fits_of(frame)
    inner, outer = fits["within"], fits["random"]
    test = hausman(inner, outer)
    spread = (inner.covariance - outer.covariance)[1:, 1:]
    gap = inner.slopes - outer.slopes
    assert np.linalg.eigvalsh(spread).min() < 0.0
    assert test.status == "not_positive_definite"
    assert "negative eigenvalues" in test.reason
    assert test.statistic == pytest.approx(gap @ np.linalg.solve(spread, gap), rel=1e-6)
    assert test.statistic < 0.0
    assert np.isnan(test.p_value)
    assert test.decision(0.05) == "none"


def test_decision() -> None:
    frame = make_panel(14, sizes=[6] * 20, n_terms=2, effect_sd=3.0)
    moments = moments_of(frame, ["x1", "x2"])
    f_test = run_tests(moments, estimate_all(moments))[0]
    assert f_test.decision(0.05) == "reject"
    assert replace(f_test, p_value=0.05).decision(0.05) == "keep"


def test_combination_that_only_effects_make_is_absorbed_and_named() -> None:
    """Years in work beside dummies of years, as in Wooldridge's wage equation."""
    frame = make_panel(22, sizes=[6] * 25, n_terms=1)
    begin = frame.groupby(ENTITY)["x1"].transform("first").round(1)
    frame["x2"] = frame["year"] - 1990.0 + begin
    for k in range(3, 8):
        frame[f"x{k}"] = (frame["year"] == 1998 + k).astype(float)
    fits = fits_of(frame)
    inner = fits["within"]
    assert inner.absorbed == ("x7",)
    assert inner.reason.startswith(
        "x7 is a combination of the regressors before it once the effects"
    )
    without = fits_of(frame.drop(columns="x7"))["within"]
    np.testing.assert_allclose(inner.coefficients, without.coefficients, rtol=1e-10)
    assert fits["random"].status == fits["mundlak"].status == "ok"
    assert fits["random"].terms == tuple(regressors_of(frame))
    panel = frame.set_index([ENTITY, "year"])
    theirs = RandomEffects(panel[OUTCOME], panel[regressors_of(frame)].assign(const=1.0)).fit()
    np.testing.assert_allclose(fits["random"].slopes, theirs.params.iloc[:-1], rtol=1e-10)
    assert "mean(x2) left out" in fits["mundlak"].reason
