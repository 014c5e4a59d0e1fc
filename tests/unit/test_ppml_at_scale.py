"""The algorithms of large samples, forced on small ones: the same numbers, rows and statuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.test_ppml import PAIR, THREE_WAY, YEAR, fitted_on, gravity_fit, gravity_rows
from tests.unit.test_ppml_degenerate import WILD, wild_columns

from trade_potential.ppml import elimination as elimination_module
from trade_potential.ppml import newton as newton_module
from trade_potential.ppml import normal as normal_module
from trade_potential.ppml import separation as separation_module
from trade_potential.ppml.demean import dummies
from trade_potential.ppml.estimate import SCALE_ROWS, PpmlFit
from trade_potential.ppml.normal import Plan
from trade_potential.ppml.reset import reset

SAME = 1e-9
"""Two solvers of the same equations; measured 3e-12 at worst."""

EXACT = 1e-11
"""Effects by elimination or conjugate gradients, against dense least squares."""

EXPORTER, IMPORTER = ("exporter", "year"), ("importer", "year")
EFFECTS = [
    (PAIR,),
    (PAIR, YEAR),
    (YEAR, PAIR),
    THREE_WAY[:2],
    THREE_WAY,
    (PAIR, EXPORTER, IMPORTER),
    (("exporter",), ("importer",), YEAR),
    (("exporter",), EXPORTER),
]


def with_holes(seed: int, *, n: int = 7, years: int = 5) -> pd.DataFrame:
    """Missing rows, singletons, and pairs and exporter-years without trade."""
    rows = gravity_rows(seed, n=n, years=years)
    rng = np.random.default_rng(seed)
    rows = rows[rng.random(len(rows)) < 0.85]
    never = rows["pair"].isin(["0-1", "3-2"]) | (
        (rows["exporter"] == 4) & (rows["year"] == rows["year"].min())
    )
    rows.loc[never, "trade"] = 0.0
    return rows.drop(rows.index[(rows["pair"] == "5-6") & (rows["year"] > 2000)])


def relative(ours: Any, theirs: Any) -> float:
    """Largest deviation relative to the largest element."""
    first, second = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    assert (np.isfinite(first) == np.isfinite(second)).all()
    if not np.isfinite(second).any():
        return 0.0
    return float(np.nanmax(np.abs(first - second)) / np.nanmax(np.abs(second)))


def assert_same(large: PpmlFit, usual: PpmlFit) -> None:
    """Equal in everything that is said."""
    assert (large.status, large.reason) == (usual.status, usual.reason)
    assert (large.terms, large.absorbed, large.separated) == (
        usual.terms,
        usual.absorbed,
        usual.separated,
    )
    assert (large.df_resid, large.n_obs, large.n_zeros) == (
        usual.df_resid,
        usual.n_obs,
        usual.n_zeros,
    )
    pd.testing.assert_frame_equal(large.losses, usual.losses)
    pd.testing.assert_frame_equal(large.keys, usual.keys)
    for name in ("coefficients", "fitted", "linear_prediction", "effects_prediction"):
        assert relative(getattr(large, name), getattr(usual, name)) < SAME, name
    for name in ("deviance", "log_likelihood", "r_squared", "level"):
        assert getattr(large, name) == pytest.approx(getattr(usual, name), rel=SAME)
    for kind, covariance in usual.covariances.items():
        ours = large.covariances[kind]
        assert (ours.status, ours.n_parameters) == (covariance.status, covariance.n_parameters)
        assert ours.corrections == pytest.approx(covariance.corrections, nan_ok=True)
        assert relative(ours.matrix, covariance.matrix) < SAME, kind


@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize("effects", EFFECTS)
@pytest.mark.parametrize("seed", [1, 2])
def test_as_on_small_samples(seed: int, effects: Any, weights: str | None) -> None:
    rows = with_holes(seed)
    large = gravity_fit(rows, effects, weights=weights, scale_rows=0)
    usual = gravity_fit(rows, effects, weights=weights, scale_rows=len(rows) + 1)
    assert (large.algorithm, usual.algorithm) == ("elimination", "demeaning")
    assert usual.is_estimated
    assert_same(large, usual)
    others = reset(usual)
    for kind, test in reset(large).items():
        assert test.statistic == pytest.approx(others[kind].statistic, rel=1e-7)


def test_first_order_conditions_hold_to_rounding() -> None:
    rows = with_holes(3)
    fit = gravity_fit(rows, THREE_WAY, scale_rows=0)
    assert fit.sample is not None
    residual = fit.outcome - fit.fitted
    for codes in fit.sample.codes().T:
        sums = np.bincount(codes, residual) / np.bincount(codes, fit.fitted)
        assert np.abs(sums).max() < 1e-12
    x = fit.sample.standardised()[0]
    assert (np.abs(x.T @ residual) / (np.abs(x.T) @ fit.fitted)).max() < 1e-13


def test_order_of_rows_is_nothing_to_the_last_bit() -> None:
    rows = with_holes(4)
    one = gravity_fit(rows, THREE_WAY, scale_rows=0)
    other = gravity_fit(rows.sample(frac=1.0, random_state=1), THREE_WAY, scale_rows=0)
    np.testing.assert_array_equal(one.coefficients, other.coefficients)
    np.testing.assert_array_equal(one.fitted, other.fitted)
    pd.testing.assert_frame_equal(one.losses, other.losses)


# --- Which algorithm ------------------------------------------------------------------------------


def test_the_number_of_rows_decides() -> None:
    assert SCALE_ROWS == 20_000
    rows = gravity_rows(5)
    assert gravity_fit(rows, (PAIR, YEAR)).algorithm == "demeaning"
    assert gravity_fit(rows, (PAIR, YEAR), scale_rows=len(rows)).algorithm == "elimination"
    assert gravity_fit(rows, (), scale_rows=0).algorithm == "demeaning"


@pytest.mark.parametrize(
    ("limit", "value"),
    [("COMPONENTS", 0), ("SMALLER", 1), ("FLOPS_PER_ROW", 0), ("CELLS", 0)],
)
def test_effects_that_cost_too_much_are_demeaned(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    rows = gravity_rows(5)
    monkeypatch.setattr(elimination_module, limit, value)
    monkeypatch.setattr(elimination_module, "CELLS_PER_ROW", 0 if limit == "CELLS" else 4)
    fit = gravity_fit(rows, (PAIR, YEAR), scale_rows=0)
    assert (fit.status, fit.algorithm) == ("ok", "demeaning")


def test_four_sets_are_demeaned() -> None:
    effects = (*THREE_WAY, YEAR)
    rows = gravity_rows(5)
    fit = gravity_fit(rows, effects, scale_rows=0)
    assert (fit.status, fit.algorithm) == ("ok", "demeaning")
    assert_same(fit, gravity_fit(rows, effects))


# --- Least squares on dummies ---------------------------------------------------------------------


@pytest.mark.parametrize("n_sets", [1, 2, 3])
@pytest.mark.parametrize("seed", range(6))
def test_effects_are_least_squares(n_sets: int, seed: int) -> None:
    """Sets that fall apart, weights over six orders of magnitude, rows in any order."""
    rng = np.random.default_rng(seed)
    n = 120
    part = rng.integers(0, 3, n)
    codes = np.column_stack(
        [np.unique(part * 5 + rng.integers(0, 5, n), return_inverse=True)[1] for _ in range(n_sets)]
    )
    plan = Plan.of(codes)
    assert plan is not None
    weights = 10.0 ** rng.uniform(-3, 3, n)
    values = rng.normal(size=n)
    design = np.hstack([dummies(column).toarray() for column in codes.T])
    root = np.sqrt(weights)
    expected = design @ np.linalg.lstsq(design * root[:, None], values * root)[0]
    normal = plan.at(weights)
    found = normal.effects(values)
    parts = np.split(found, np.cumsum([one.size for one in plan.every])[:-1])
    fit = sum(p[codes[:, k]] for p, k in zip(parts, plan.order, strict=True))
    np.testing.assert_allclose(fit, expected, rtol=0.0, atol=EXACT)
    column = values[:, None].copy(order="F")
    normal.demean(column)
    np.testing.assert_allclose(column[:, 0], values - expected, rtol=0.0, atol=EXACT)


@given(seed=st.integers(0, 10_000))
def test_a_step_is_least_squares(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 80
    codes = rng.integers(0, 4, size=(n, int(rng.integers(1, 4))))
    plan = Plan.of(codes)
    assert plan is not None
    weights, values = rng.uniform(0.1, 2.0, n), rng.normal(size=n)
    x = rng.normal(size=(n, 2))
    slopes, fit = plan.at(weights).step(x, weights * values, tolerance=1e-13)
    design = np.hstack([x, *(dummies(column).toarray() for column in codes.T)])
    root = np.sqrt(weights)
    expected = np.linalg.lstsq(design * root[:, None], values * root)[0]
    np.testing.assert_allclose(slopes, expected[:2], rtol=0.0, atol=EXACT)
    np.testing.assert_allclose(fit, design @ expected, rtol=0.0, atol=EXACT)


# --- What is named --------------------------------------------------------------------------------


def test_no_number_before_the_first_order_conditions_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = gravity_rows(5)
    steps = gravity_fit(rows, (PAIR, YEAR), scale_rows=0).iterations
    monkeypatch.setattr(newton_module, "MAX_STEPS", steps - 1)
    refused = gravity_fit(rows, (PAIR, YEAR), scale_rows=0)
    assert refused.status == "not_converged"
    assert "still moves" in refused.reason
    assert refused.coefficients.size == 0


def test_iterations_that_do_not_end_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(normal_module, "ITERATIONS", 0)
    fit = gravity_fit(with_holes(5), THREE_WAY, scale_rows=0)
    assert fit.status == "not_converged"
    assert "no convergence in 0 conjugate gradients" in fit.reason


def test_separation_that_is_not_found_does_not_converge(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = {
        "y": [0, 1, 0, 0, 1] * 3,
        "id1": [1, 1, 2, 2, 2] * 3,
        "id2": [1, 1, 1, 2, 2] * 3,
        "x": np.random.default_rng(0).normal(size=15),
    }
    effects = (("id1",), ("id2",))
    assert len(fitted_on(columns, "x", effects=effects, scale_rows=0).losses) == 3
    blind = separation_module.Separated(np.zeros(15, dtype=bool), "")
    monkeypatch.setattr(separation_module, "separated_at_scale", lambda _: blind)
    assert fitted_on(columns, "x", effects=effects, scale_rows=0).status == "not_converged"


@pytest.mark.parametrize("seed", WILD)
def test_wild_data_converge_by_damped_steps(seed: int) -> None:
    """Those of ``test_ppml_degenerate``."""
    columns = wild_columns(seed)
    fit = fitted_on(columns, "a", "b", effects=(("g",), ("h",)), scale_rows=0)
    assert (fit.status, fit.algorithm) == ("ok", "elimination")
    np.testing.assert_allclose(fit.fitted.sum(), columns["y"].sum(), rtol=1e-10)


def test_a_regressor_that_varies_only_where_little_is_fitted() -> None:
    """Nearly all of its weighted sum of squares is explained: the difference has no digits."""
    rng = np.random.default_rng(0)
    n = 400
    g, h = np.arange(n) % 8, np.arange(n) // 8 % 5
    x, z = rng.normal(size=n), rng.normal(size=n) * np.where(g == 0, 1.0, 1e-7)
    y = np.exp(np.where(g == 0, 0.0, 16.0) + 0.3 * x + 0.5 * z) * rng.exponential(size=n)
    columns = {"y": y, "x": x, "z": z, "g": g, "h": h}
    effects = (("g",), ("h",))
    large = fitted_on(columns, "x", "z", effects=effects, scale_rows=0)
    usual = fitted_on(columns, "x", "z", effects=effects)
    assert (large.algorithm, usual.algorithm) == ("elimination", "demeaning")
    np.testing.assert_allclose(large.coefficients, usual.coefficients, rtol=1e-8)
