"""What must not change a PPML fit, and what must change it in a known way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.test_ppml import PAIR, SPECIFICATIONS, TERMS, YEAR, gravity_fit, gravity_rows

from trade_potential.ppml.estimate import PpmlFit
from trade_potential.ppml.reset import reset

UNCHANGED = 1e-9
"""Another unit or order changes the rounding and where the last Newton step, at most 1e-10 and
squared, starts; measured 2e-12 at worst."""

ROWS = st.builds(gravity_rows, seed=st.integers(0, 10_000), n=st.just(5), years=st.just(4))
EFFECTS = st.sampled_from(SPECIFICATIONS[:4])


def assert_close(ours: Any, theirs: Any) -> None:
    """Close relative to the largest of a vector or matrix: a coefficient may be zero by chance."""
    first, second = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    scale = np.abs(second[np.isfinite(second)]).max(initial=0.0)
    np.testing.assert_allclose(first, second, rtol=0.0, atol=UNCHANGED * scale)


def assert_same(one: PpmlFit, other: PpmlFit, *, slopes_only: bool = False) -> None:
    first = int(slopes_only and one.terms[:1] == ("const",))
    assert (one.status, one.terms, one.reason) == (other.status, other.terms, other.reason)
    assert_close(one.coefficients[first:], other.coefficients[first:])
    for kind, covariance in one.covariances.items():
        if kind != "classical" or not slopes_only:
            theirs = other.covariances[kind].matrix
            assert_close(covariance.matrix[first:, first:], theirs[first:, first:])
    assert_close(one.r_squared, other.r_squared)
    assert_close(one.deviance_r_squared, other.deviance_r_squared)


@given(rows=ROWS, effects=EFFECTS, order=st.integers(0, 100))
def test_order_of_rows_is_nothing_to_the_last_bit(
    rows: pd.DataFrame, effects: Any, order: int
) -> None:
    one = gravity_fit(rows, effects)
    other = gravity_fit(rows.sample(frac=1.0, random_state=order), effects)
    np.testing.assert_array_equal(one.coefficients, other.coefficients)
    for kind, covariance in one.covariances.items():
        np.testing.assert_array_equal(covariance.matrix, other.covariances[kind].matrix)
    np.testing.assert_array_equal(one.fitted, other.fitted)
    pd.testing.assert_frame_equal(one.losses, other.losses)


@given(rows=ROWS, effects=EFFECTS, exponent=st.integers(-12, 12))
def test_unit_of_the_outcome_moves_the_constant_only(
    rows: pd.DataFrame, effects: Any, exponent: int
) -> None:
    factor = 10.0**exponent
    one = gravity_fit(rows, effects)
    other = gravity_fit(rows.assign(trade=rows["trade"] * factor), effects)
    assert_same(one, other, slopes_only=True)
    assert_close(other.fitted, one.fitted * factor)
    assert_close(other.deviance, one.deviance * factor)
    if not effects:
        moved = other.coefficients[0] - one.coefficients[0]
        np.testing.assert_allclose(moved, np.log(factor), rtol=UNCHANGED, atol=UNCHANGED)
    assert_close(
        other.covariances["classical"].matrix[-1, -1] * factor,
        one.covariances["classical"].matrix[-1, -1],
    )
    for kind, test in reset(one).items():
        scale = factor if kind == "classical" else 1.0  # variance = mean: of counts
        np.testing.assert_allclose(reset(other)[kind].statistic, test.statistic * scale, rtol=1e-6)


@given(rows=ROWS, effects=EFFECTS, exponent=st.integers(-6, 6), shift=st.floats(-1e3, 1e3))
def test_unit_and_origin_of_a_regressor(
    rows: pd.DataFrame, effects: Any, exponent: int, shift: float
) -> None:
    factor = 10.0**exponent
    one = gravity_fit(rows, effects)
    other = gravity_fit(rows.assign(gdp_log=(rows["gdp_log"] + shift) * factor), effects)
    back = np.where(np.array(one.terms) == "gdp_log", factor, 1.0)
    first = int(not effects)
    assert_close((other.coefficients * back)[first:], one.coefficients[first:])
    for kind, covariance in one.covariances.items():
        scaled = other.covariances[kind].matrix * np.outer(back, back)
        assert_close(scaled[first:, first:], covariance.matrix[first:, first:])
    assert_close(other.fitted, one.fitted)


@given(rows=ROWS, effects=EFFECTS, size=st.floats(1e-6, 1e6))
def test_common_weight_scales_the_classical_covariance_only(
    rows: pd.DataFrame, effects: Any, size: float
) -> None:
    one = gravity_fit(rows, effects)
    other = gravity_fit(rows.assign(weight=size), effects, weights="weight")
    assert_same(one, other, slopes_only=True)
    assert_close(other.covariances["classical"].matrix * size, one.covariances["classical"].matrix)


@given(rows=ROWS, effects=EFFECTS)
def test_fitted_add_up_in_total_and_by_level(rows: pd.DataFrame, effects: Any) -> None:
    fit = gravity_fit(rows, effects)
    kept = fit.keys.merge(rows).assign(fitted=fit.fitted)
    np.testing.assert_allclose(kept["fitted"].sum(), kept["trade"].sum(), rtol=UNCHANGED)
    for columns in effects:
        sums = kept.groupby(list(columns))[["fitted", "trade"]].sum()
        np.testing.assert_allclose(sums["fitted"], sums["trade"], rtol=UNCHANGED)


@given(rows=ROWS)
def test_zeros_matter_unless_their_pair_has_nothing_else(rows: pd.DataFrame) -> None:
    rows = rows.assign(trade=rows["trade"].where(rows["pair"] != "0-1", 0.0))
    effects = (PAIR, YEAR)
    whole = gravity_fit(rows, effects)
    without_pair = gravity_fit(rows[rows["pair"] != "0-1"], effects)
    np.testing.assert_array_equal(whole.coefficients, without_pair.coefficients)
    without_zeros = gravity_fit(rows[rows["trade"] > 0.0], effects)
    assert np.abs(without_zeros.coefficients / whole.coefficients - 1.0).max() > UNCHANGED


@given(rows=ROWS)
def test_effects_are_dummies(rows: pd.DataFrame) -> None:
    dummies = pd.get_dummies(rows["year"], prefix="y", dtype=float).iloc[:, 1:]
    one = gravity_fit(rows, (YEAR,))
    other = gravity_fit(rows.join(dummies), (), regressors=[*TERMS, *dummies.columns])
    at = [other.terms.index(term) for term in one.terms]
    assert_close(one.coefficients, other.coefficients[at])
    assert_close(one.fitted, other.fitted)
    for kind in ("classical", "robust", "clustered"):
        theirs = other.covariances[kind].matrix[np.ix_(at, at)]
        assert_close(one.covariances[kind].matrix, theirs)
