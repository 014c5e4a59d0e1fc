"""What must not change an estimate, and what must change it in a known way."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.panels import (
    ENTITY,
    OUTCOME,
    Array,
    make_panel,
    moments_of,
    regressors_of,
    unbalanced_sizes,
)

from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.estimators import estimate_all
from trade_potential.gravity.specification_tests import run_tests
from trade_potential.inference.registry import Estimator

pytestmark = pytest.mark.usefixtures("engine")

UNCHANGED = 1e-8
"""Another unit or order of rows changes the rounding, by some hundred units of 1e-16 each time the
condition number, at most 1e4 here, enters."""

few_examples = settings(max_examples=10)
"""Of what each panel shows or does not: ten differ in everything."""
as_found = settings(max_examples=10, phases=(Phase.generate,))
"""Of what one engine refuses: a refusal need not be made smaller."""

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


def fits_of(frame: pd.DataFrame, *, weights: str | None = None) -> Fits:
    return estimate_all(moments_of(frame, regressors_of(frame), weights=weights))


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
def test_order_of_rows_and_names_of_entities_are_nothing(frame: pd.DataFrame, order: int) -> None:
    names = frame[ENTITY].unique()
    others = np.random.default_rng(order).permutation(len(names))
    renamed = frame.assign(entity=frame[ENTITY].map(dict(zip(names, others, strict=True))))
    assert_same_estimates(fits_of(frame), fits_of(renamed.sample(frac=1.0, random_state=order)))


@given(frame=PANELS, exponent=st.integers(-6, 6))
def test_unit_of_a_regressor_scales_its_coefficient(frame: pd.DataFrame, exponent: int) -> None:
    factor = 10.0**exponent
    before, after = fits_of(frame), fits_of(frame.assign(x1=frame["x1"] * factor))
    for estimator, fit in before.items():
        other = after[estimator]
        assert other.terms == fit.terms
        back = np.array([1.0, *(factor if "x1" in term else 1.0 for term in fit.terms)])
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
        # The mean of x1 moves with it, so that its slope moves the intercept too.
        own = sum(fit.slopes[k] for k, term in enumerate(fit.terms) if "x1" in term)
        moved = fit.coefficients[0] - own * shift
        scale = 1.0 + sum(abs(fit.slopes * shift))
        np.testing.assert_allclose(other.coefficients[0], moved, rtol=0.0, atol=UNCHANGED * scale)


@given(frame=PANELS)
def test_random_effects_without_effects_are_pooled(frame: pd.DataFrame) -> None:
    fits = fits_of(frame)
    is_zero = (fits["random"].theta == 0.0).all()
    assert is_zero == (fits["random"].status in {"sigma_u_zero", "degenerate_pooled"})
    if is_zero:
        assert_close(fits["random"].coefficients, fits["pooled"].coefficients)
        assert_close(std_errors(fits["random"]), std_errors(fits["pooled"]))


# --- The outcome ----------------------------------------------------------------------------------


@few_examples
@given(frame=PANELS, exponent=st.integers(-8, 8), origin=st.sampled_from([0.0, 1.0, -1e3]))
def test_unit_of_the_outcome_scales_everything(
    frame: pd.DataFrame, exponent: int, origin: float
) -> None:
    factor = 10.0**exponent
    before, after = fits_of(frame), fits_of(frame.assign(y=(frame[OUTCOME] + origin) * factor))
    for estimator, fit in before.items():
        other = after[estimator]
        assert (other.status, other.terms, other.df_resid) == (fit.status, fit.terms, fit.df_resid)
        moved = fit.coefficients.copy()
        moved[0] += origin
        assert_close(other.coefficients / factor, moved)
        assert_close(other.covariance / factor**2, fit.covariance)
        assert_close(other.theta, fit.theta)
        assert_close(other.ssr / factor**2, fit.ssr)


@few_examples
@given(frame=PANELS, seed=st.integers(0, 100))
def test_an_effect_of_entities_leaves_what_takes_it_out(frame: pd.DataFrame, seed: int) -> None:
    effect = np.random.default_rng(seed).normal(scale=10.0, size=frame[ENTITY].nunique())
    moved = frame.assign(y=frame[OUTCOME] + effect[frame.groupby(ENTITY).ngroup()])
    before, after = fits_of(frame), fits_of(moved)
    for estimator in ("within", "twoway"):
        assert_close(after[estimator].slopes, before[estimator].slopes)
        assert_close(after[estimator].covariance[1:, 1:], before[estimator].covariance[1:, 1:])
    k = len(before["within"].terms)
    assert_close(after["mundlak"].slopes[:k], before["within"].slopes)


@few_examples
@given(frame=PANELS, seed=st.integers(0, 100))
def test_an_effect_of_years_leaves_two_way_effects(frame: pd.DataFrame, seed: int) -> None:
    rng = np.random.default_rng(seed)
    effect = rng.normal(scale=10.0, size=frame["year"].nunique())
    common = rng.normal(size=len(effect))
    codes = frame["year"].rank(method="dense").astype(int) - 1
    moved = frame.assign(y=frame[OUTCOME] + effect[codes], x1=frame["x1"] + common[codes])
    before, after = fits_of(frame)["twoway"], fits_of(moved)["twoway"]
    assert_close(after.slopes, before.slopes)
    assert_close(after.covariance[1:, 1:], before.covariance[1:, 1:])
    assert_close(after.ssr, before.ssr)


# --- Estimators and each other --------------------------------------------------------------------


@few_examples
@given(frame=PANELS, data=st.data())
def test_order_of_years_is_nothing(frame: pd.DataFrame, data: st.DataObject) -> None:
    years = np.sort(frame["year"].unique())
    others = data.draw(st.permutations(range(1900, 1900 + len(years))))
    moved = frame.assign(year=frame["year"].map(dict(zip(years, others, strict=True))))
    assert_same_estimates(fits_of(frame), fits_of(moved))


@few_examples
@given(frame=PANELS)
def test_slopes_of_mundlak_are_those_of_within(frame: pd.DataFrame) -> None:
    frame = frame.assign(x9=frame.groupby(ENTITY)["x1"].transform("max"))  # never varies within
    fits = fits_of(frame)
    inner, mundlak = fits["within"], fits["mundlak"]
    assert inner.absorbed == ("x9",)
    assert "mean(x9)" not in mundlak.terms
    assert_close(mundlak.slopes[: len(inner.terms)], inner.slopes)


@few_examples
@given(seed=st.integers(0, 10_000), n_terms=st.integers(1, 3), years=st.integers(2, 6))
def test_two_way_effects_of_a_balanced_panel_are_two_subtractions(
    seed: int, n_terms: int, years: int
) -> None:
    frame = make_panel(seed, sizes=[years] * 10, n_terms=n_terms)
    frame[OUTCOME] += np.cos(frame["year"])
    columns = [OUTCOME, *regressors_of(frame)]
    inner = frame.copy()
    inner[columns] -= frame.groupby("year")[columns].transform("mean")
    both, one = fits_of(frame)["twoway"], fits_of(inner)["within"]
    assert_close(both.slopes, one.slopes)
    assert_close(both.ssr, one.ssr)
    assert both.df_resid == one.df_resid - (years - 1)


@as_found
@given(frame=PANELS, seed=st.integers(0, 100))
def test_whole_weights_are_repeated_rows(frame: pd.DataFrame, seed: int) -> None:
    counts = np.random.default_rng(seed).integers(1, 4, len(frame))
    weighted = fits_of(frame.assign(weight=3.0 * counts), weights="weight")
    repeated = fits_of(frame.loc[frame.index.repeat(counts)])
    for estimator in ("pooled", "within", "twoway"):
        one, other = weighted[estimator], repeated[estimator]
        assert one.terms == other.terms
        assert_close(one.coefficients, other.coefficients)
        assert_close(one.ssr * counts.mean(), other.ssr)
        assert one.df_resid == len(frame) - (counts.sum() - other.df_resid)


@given(frame=PANELS)
def test_shares_and_probabilities_are_between_0_and_1(frame: pd.DataFrame) -> None:
    moments = moments_of(frame, regressors_of(frame))
    fits = estimate_all(moments)
    for fit in fits.values():
        shares = [fit.r_squared, fit.r_squared_within, fit.r_squared_between, fit.r_squared_overall]
        assert all(0.0 <= share <= 1.0 + UNCHANGED for share in shares)
        assert ((fit.theta >= 0.0) & (fit.theta <= 1.0)).all()
        assert fit.condition_number >= 1.0
    # Pooled is within with all effects equal, and within two-way: a restriction never fits better.
    assert fits["twoway"].ssr <= fits["within"].ssr <= fits["pooled"].ssr
    for test in run_tests(moments, fits):
        assert np.isnan(test.p_value) or 0.0 <= test.p_value <= 1.0
