"""Any panel gets numbers that hold or a status that says why not; never a silent number."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.panels import ENTITY, OUTCOME, Array, Case, make_panel, moments_of, regressors_of

from trade_potential.errors import InputError
from trade_potential.gravity.covariance import COVARIANCES, OF_BETWEEN
from trade_potential.gravity.estimate import (
    ESTIMATED,
    ESTIMATORS,
    Estimate,
    Estimator,
)
from trade_potential.gravity.estimators import estimate_all
from trade_potential.gravity.on_blocks.panel import panel_moments, refined

HOLDS = 1e-7
"""Slopes against least squares on rows, in standard errors or in units of the largest: offsets of
1e6 standard deviations leave ten of sixteen digits, and well-conditioned squares lose none."""

KINDS = ("constant", "within", "between", "trend", "twin", "dummy")


@st.composite
def panels(draw: st.DrawFn) -> pd.DataFrame:
    """Unbalanced panels in any unit, some columns without information of one kind or another."""
    sizes = draw(st.lists(st.integers(1, 6), min_size=2, max_size=14))
    n_terms = draw(st.integers(1, 3))
    frame = make_panel(draw(st.integers(0, 10_000)), sizes=sizes, n_terms=n_terms)
    first = frame.groupby(ENTITY)["x1"].transform("first")
    kind = draw(st.sampled_from(["none", "none", *KINDS]))
    added = {
        "constant": 0.1,
        "within": frame["x1"] - frame.groupby(ENTITY)["x1"].transform("mean"),
        "between": first,
        "trend": np.sqrt(frame["year"] - 1990.0),
        "twin": first - 3.0 * frame["x1"],
        "dummy": (np.arange(len(frame)) % 3 == 0).astype(float),
    }
    if kind in added:
        frame["x7"] = added[kind]
    outcome = draw(st.sampled_from(["as it is", "as it is", "constant", "effect", "exact"]))
    if outcome == "constant":
        frame[OUTCOME] = 0.1
    if outcome == "effect":
        frame[OUTCOME] = frame.groupby(ENTITY)[OUTCOME].transform("first")
    if outcome == "exact":
        frame[OUTCOME] = 2.0 - frame["x1"] / 3.0
    for column in [OUTCOME, *regressors_of(frame)]:
        unit = 10.0 ** draw(st.integers(-8, 8))
        origin = draw(st.sampled_from([0.0, 0.0, 1.0, -1e6]))
        frame[column] = unit * (origin + frame[column])
    return frame


def normal_gap(frame: pd.DataFrame, fit: Estimate) -> Array:
    """Correlations of the residual with the regressors, zero at the minimum.

    Columns as the estimator sees them: as they are, entity means, or deviations from them.
    """
    columns = frame[[OUTCOME, *fit.terms]].to_numpy()
    columns = columns - columns.mean(axis=0)
    means = pd.DataFrame(columns).groupby(frame[ENTITY].to_numpy()).transform("mean").to_numpy()
    if fit.estimator == "within":
        columns = columns - means
    if fit.estimator == "between":
        columns = means[~frame[ENTITY].duplicated()]
        columns = columns - columns.mean(axis=0)
    size = np.sqrt((columns**2).sum(axis=0))
    residual = columns[:, 0] - columns[:, 1:] @ fit.slopes
    gap: Array = columns[:, 1:].T @ residual / size[1:] / max(size[0], 1e-300)
    return gap


@given(frame=panels())
def test_numbers_or_a_reason(frame: pd.DataFrame) -> None:
    case = Case.of(frame)
    assert tuple(case.fits) == ESTIMATORS
    for estimator, fit in case.fits.items():
        assert fit.is_estimated == (fit.status in ESTIMATED)
        if not fit.is_estimated:
            assert fit.reason
            assert fit.terms == ()
            assert fit.coefficients.size == 0
            continue
        assert fit.status == "ok" or fit.reason
        assert fit.df_resid > 0
        assert fit.ssr >= 0.0
        assert np.isfinite(fit.coefficients).all()
        assert np.isfinite(fit.covariance).all()
        assert (np.diag(fit.covariance) >= 0.0).all()
        # Left out or estimated: no regressor gets lost on the way.
        kept = [term for term in fit.terms if not term.startswith("mean(")]
        assert sorted([*kept, *fit.absorbed, *fit.omitted]) == regressors_of(frame)
        for share in (fit.r_squared, fit.r_squared_within, fit.r_squared_between):
            assert np.isnan(share) or -HOLDS <= share <= 1.0 + HOLDS
        if fit.terms and estimator in ("pooled", "between", "within"):
            assert np.abs(normal_gap(frame, fit)).max() < HOLDS
        for kind in COVARIANCES[1:]:
            if estimator == "between" and kind not in OF_BETWEEN:
                continue
            found = case.errors(estimator, kind)
            assert (found.status == "ok") == (found.reason == "")
            assert np.isfinite(found.matrix).all() or found.status == "few_clusters"
    for test in case.tests.values():
        assert (test.status == "ok") == (test.reason == "")
        assert np.isnan(test.p_value) == (test.status != "ok")
        assert test.status != "ok" or (test.statistic >= 0.0 and 0.0 <= test.p_value <= 1.0)


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("is_weighted", [False, True])
def test_newton_steps_on_the_rows_find_the_minimum(estimator: Estimator, is_weighted: bool) -> None:
    """From coefficients half a standard error away, whatever the moments say."""
    frame = make_panel(3, sizes=[5, 3] * 8, n_terms=2, effect_sd=2.0)
    frame["weight"] = np.random.default_rng(3).uniform(0.5, 2.0, len(frame))
    frame["x2"] = frame["x1"] + 1e-2 * frame["x2"]
    with duckdb.connect() as connection:
        connection.register("test_panel", frame)
        moments = panel_moments(
            connection,
            "test_panel",
            outcome=OUTCOME,
            regressors=["x1", "x2"],
            entity=ENTITY,
            time="year",
            weights="weight" if is_weighted else None,
        )
        fit = estimate_all(moments)[estimator]
        error = np.sqrt(np.diag(fit.covariance))
        far = fit.moved(np.where(np.arange(len(error)) > 0, 0.5, 0.0) * error)
        found = refined(connection, moments, replace(far, ssr=-1.0))
    np.testing.assert_allclose((found.slopes - fit.slopes) / error[1:], 0.0, atol=HOLDS)
    assert found.ssr == pytest.approx(fit.ssr, rel=HOLDS)
    if estimator not in ("random", "mundlak"):
        assert found.r_squared == pytest.approx(fit.r_squared, rel=HOLDS)
    if estimator in ("within", "twoway"):
        assert found.sigma_e == pytest.approx(fit.sigma_e, rel=HOLDS)


@given(frame=panels(), data=st.data())
def test_a_value_that_is_not_finite_is_refused(frame: pd.DataFrame, data: st.DataObject) -> None:
    columns = [OUTCOME, *regressors_of(frame)]
    rows = data.draw(st.lists(st.integers(0, len(frame) - 1), min_size=1, unique=True))
    for row in rows:
        column = data.draw(st.sampled_from(columns))
        value = data.draw(st.sampled_from([np.nan, np.inf, -np.inf]))
        frame.loc[row, column] = value
    said = f"{len(rows)} of {len(frame)} rows hold a missing or not finite value"
    with pytest.raises(InputError, match=said):
        moments_of(frame, columns[1:])


@given(frame=panels())
def test_a_regressor_that_repeats_another_is_named(frame: pd.DataFrame) -> None:
    """Nothing changes but that the later column is named."""
    before = estimate_all(moments_of(frame, regressors_of(frame)))
    twice = frame.assign(x9=-3.0 * frame["x1"])
    after = estimate_all(moments_of(twice, regressors_of(twice)))
    for estimator, fit in before.items():
        found = after[estimator]
        assert found.status == fit.status
        if fit.is_estimated:
            assert {*found.omitted} == {*fit.omitted, "x9"}
            assert "x9 " in found.reason
            assert found.terms == fit.terms
            gap = np.abs(found.coefficients - fit.coefficients)
            assert (gap <= HOLDS * np.abs(fit.coefficients).max()).all()
