"""What must not change an estimate, and what must change it in a known way."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from tests.panels import ENTITY, Array, make_panel, moments_of, regressors_of, unbalanced_sizes

from trade_potential.gravity.estimate import Estimate, Estimator
from trade_potential.gravity.estimators import estimate_all
from trade_potential.gravity.specification_tests import run_tests

UNCHANGED = 1e-8
"""Another unit or order of rows changes the rounding, by some hundred units of 1e-16 each time the
condition number, at most 1e4 here, enters."""

Fits = dict[Estimator, Estimate]


def panel(seed: int, n_terms: int, effect_sd: float) -> pd.DataFrame:
    sizes = unbalanced_sizes(seed, 12 + n_terms, 6)
    return make_panel(seed, sizes=sizes, n_terms=n_terms, effect_sd=effect_sd)


PANELS = st.builds(
    panel,
    seed=st.integers(0, 10_000),
    n_terms=st.integers(1, 4),
    effect_sd=st.sampled_from([0.0, 0.3, 3.0]),
)


def fits_of(frame: pd.DataFrame) -> Fits:
    return estimate_all(moments_of(frame, regressors_of(frame)))


def assert_close(ours: object, theirs: object) -> None:
    """Close relative to the largest of a vector: a coefficient may be zero by chance."""
    first, second = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    scale = np.abs(second[np.isfinite(second)]).max(initial=0.0)
    np.testing.assert_allclose(first, second, rtol=0.0, atol=UNCHANGED * scale)


def std_errors(fit: Estimate) -> Array:
    return np.sqrt(np.diag(fit.covariance))


def assert_same_fit(one: Estimate, other: Estimate) -> None:
    assert one.status == other.status
    assert one.df_resid == other.df_resid
    for name in ("ssr", "r_squared", "r_squared_within", "r_squared_between", "sigma_e", "theta"):
        assert_close(getattr(one, name), getattr(other, name))


def assert_same_estimates(one: Fits, other: Fits) -> None:
    for estimator, fit in one.items():
        assert_same_fit(fit, other[estimator])
        assert_close(fit.coefficients, other[estimator].coefficients)
        assert_close(std_errors(fit), std_errors(other[estimator]))


@given(frame=PANELS, order=st.integers(0, 100))
def test_order_of_rows_is_nothing(frame: pd.DataFrame, order: int) -> None:
    assert_same_estimates(fits_of(frame), fits_of(frame.sample(frac=1.0, random_state=order)))


@given(frame=PANELS, order=st.integers(0, 100))
def test_names_of_entities_are_nothing(frame: pd.DataFrame, order: int) -> None:
    names = frame[ENTITY].unique()
    others = np.random.default_rng(order).permutation(len(names))
    renamed = frame.assign(entity=frame[ENTITY].map(dict(zip(names, others, strict=True))))
    assert_same_estimates(fits_of(frame), fits_of(renamed))


@given(frame=PANELS, exponent=st.integers(-6, 6))
def test_unit_of_a_regressor_scales_its_coefficient(frame: pd.DataFrame, exponent: int) -> None:
    factor = 10.0**exponent
    before, after = fits_of(frame), fits_of(frame.assign(x1=frame["x1"] * factor))
    for estimator, fit in before.items():
        other = after[estimator]
        back = np.ones(len(fit.coefficients))
        back[1] = factor
        assert_same_fit(fit, other)
        assert_close(other.coefficients * back, fit.coefficients)
        assert_close(std_errors(other) * back, std_errors(fit))


@given(frame=PANELS, shift=st.floats(-1e3, 1e3))
def test_origin_of_a_regressor_moves_the_intercept_only(frame: pd.DataFrame, shift: float) -> None:
    before, after = fits_of(frame), fits_of(frame.assign(x1=frame["x1"] + shift))
    for estimator, fit in before.items():
        other = after[estimator]
        assert_same_fit(fit, other)
        assert_close(other.slopes, fit.slopes)
        assert_close(std_errors(other)[1:], std_errors(fit)[1:])
        moved = fit.coefficients[0] - fit.slopes[0] * shift
        scale = 1.0 + abs(fit.slopes[0] * shift)
        np.testing.assert_allclose(other.coefficients[0], moved, rtol=0.0, atol=UNCHANGED * scale)


@given(frame=PANELS)
def test_random_effects_without_effects_are_pooled(frame: pd.DataFrame) -> None:
    fits = fits_of(frame)
    is_zero = (fits["random"].theta == 0.0).all()
    assert is_zero == (fits["random"].status in {"sigma_u_zero", "degenerate_pooled"})
    if is_zero:
        assert_close(fits["random"].coefficients, fits["pooled"].coefficients)
        assert_close(std_errors(fits["random"]), std_errors(fits["pooled"]))


@given(frame=PANELS)
def test_shares_and_probabilities_are_between_0_and_1(frame: pd.DataFrame) -> None:
    moments = moments_of(frame, regressors_of(frame))
    fits = estimate_all(moments)
    for fit in fits.values():
        shares = [fit.r_squared, fit.r_squared_within, fit.r_squared_between, fit.r_squared_overall]
        assert all(0.0 <= share <= 1.0 + UNCHANGED for share in shares)
        assert ((fit.theta >= 0.0) & (fit.theta <= 1.0)).all()
        assert fit.condition_number >= 1.0
    # Pooled is within with all effects equal: a restriction never fits better.
    assert fits["within"].ssr <= fits["pooled"].ssr
    for test in run_tests(moments, fits):
        assert np.isnan(test.p_value) or 0.0 <= test.p_value <= 1.0
