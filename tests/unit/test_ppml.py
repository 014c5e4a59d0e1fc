"""PPML on known values; samples for the other tests of PPML."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from trade_potential.ppml.demean import dummy_rank, is_nested
from trade_potential.ppml.estimate import PpmlFit, fit_ppml
from trade_potential.ppml.reset import reset

EXACT = 1e-12
"""A closed form in double precision; measured 3e-15 at worst."""

BALANCED = 1e-10
"""Sums of fitted values against sums of outcomes, relative; what the last Newton step, at most 1e-9
and squared, leaves is below rounding."""


def rows_of(columns: dict[str, Any]) -> pd.DataFrame:
    """Rows with keys, one entity each unless the columns say otherwise."""
    frame = pd.DataFrame(columns)
    defaults = {"e": range(len(frame)), "t": 1}
    return frame.assign(**{k: v for k, v in defaults.items() if k not in frame})


def fitted_on(columns: dict[str, Any], *regressors: str, **settings: Any) -> PpmlFit:
    """PPML of y on the regressors."""
    return fit_ppml(
        rows_of(columns), outcome="y", regressors=regressors, entity="e", time="t", **settings
    )


def gravity_rows(seed: int, *, n: int = 7, years: int = 5) -> pd.DataFrame:
    """Trade of n countries with each other: zeros, noise that is no Poisson, pair effects."""
    rng = np.random.default_rng(seed)
    i, j, t = (a.ravel() for a in np.meshgrid(range(n), range(n), range(years), indexing="ij"))
    i, j, t = i[i != j], j[i != j], t[i != j]
    between = rng.normal(size=(n, n))
    rows = pd.DataFrame({"pair": [f"{a}-{b}" for a, b in zip(i, j, strict=True)], "year": 2000 + t})
    rows["exporter"], rows["importer"] = i, j
    rows["distance_log"] = 8.0 + between[i, j]
    rows["gdp_log"] = 25.0 + rng.normal(size=len(rows))
    rows["agreement"] = (rng.random(len(rows)) < 0.4).astype(float)
    predictor = 12.0 - 0.8 * between[i, j] + 0.6 * (rows["gdp_log"] - 25.0)
    predictor += 0.3 * rows["agreement"] + rng.normal(size=n)[i] + rng.normal(size=n)[j]
    noise = rng.exponential(size=len(rows)) * (rng.random(len(rows)) > 0.25)
    rows["trade"] = np.exp(predictor) * noise
    rows["weight"] = rng.uniform(0.5, 2.0, size=len(rows))
    return rows


TERMS = ("distance_log", "gdp_log", "agreement")
PAIR, YEAR = ("pair",), ("year",)
THREE_WAY = (("exporter", "year"), ("importer", "year"), ("exporter", "importer"))
SPECIFICATIONS = [(), (PAIR,), (PAIR, YEAR), THREE_WAY[:2], THREE_WAY]


def gravity_fit(rows: pd.DataFrame, effects: Any = (), **settings: Any) -> PpmlFit:
    """PPML of trade."""
    return fit_ppml(
        rows,
        outcome="trade",
        regressors=settings.pop("regressors", TERMS),
        entity="pair",
        time="year",
        effects=effects,
        **settings,
    )


# --- Known values ---------------------------------------------------------------------------------


def test_saturated_model_gives_logs_of_group_means() -> None:
    fit = fitted_on({"y": [0.0, 2.0, 4.0, 3.0, 9.0], "x": [0, 0, 0, 1, 1]}, "x")
    assert (fit.status, fit.reason, fit.terms) == ("ok", "", ("const", "x"))
    np.testing.assert_allclose(fit.coefficients, [np.log(2.0), np.log(3.0)], rtol=EXACT)
    np.testing.assert_allclose(fit.fitted, [2.0, 2.0, 2.0, 6.0, 6.0], rtol=EXACT)
    np.testing.assert_allclose(fit.linear_prediction, np.log(fit.fitted), rtol=EXACT)
    assert (fit.n_obs, fit.n_zeros, fit.df_resid, fit.level) == (5, 1, 3, 0.0)
    # Information of group g: sum of mu, 6 and 12; scores of rows: -2, 0, 2 and -3, 3.
    classical = [[1 / 6, -1 / 6], [-1 / 6, 1 / 6 + 1 / 12]]
    a, b = 8 / 6**2, 18 / 12**2
    robust = np.array([[a, -a], [-a, a + b]]) * 5 / 3
    np.testing.assert_allclose(fit.covariances["classical"].matrix, classical, rtol=EXACT)
    np.testing.assert_allclose(fit.covariances["robust"].matrix, robust, rtol=EXACT)
    # Every row is an entity: G / (G - 1) (N - 1) / (N - K) is N / (N - K) as well.
    np.testing.assert_allclose(fit.covariances["clustered"].matrix, robust, rtol=EXACT)
    deviance = 2.0 * (2 * np.log(1) + 4 * np.log(2) + 3 * np.log(0.5) + 9 * np.log(1.5))
    np.testing.assert_allclose(fit.deviance, deviance, rtol=EXACT)


def test_effects_alone_carry_the_group_means() -> None:
    columns = {"y": [1.0, 3.0, 2.0, 6.0], "x": [0, 1, 0, 1], "g": ["a", "a", "b", "b"]}
    fit = fitted_on(columns, "x", effects=(("g",),))
    # exp(b) = (3 + 6) / (1 + 2), effects: mean of group / (1 + exp(b)).
    np.testing.assert_allclose(fit.coefficients, [np.log(3.0)], rtol=EXACT)
    np.testing.assert_allclose(fit.effects_prediction, np.log([1.0, 1.0, 2.0, 2.0]), atol=EXACT)
    np.testing.assert_allclose(fit.fitted, [1.0, 3.0, 2.0, 6.0], rtol=EXACT)
    np.testing.assert_allclose(np.exp(fit.linear_prediction), [1.0, 3.0, 1.0, 3.0], rtol=EXACT)
    np.testing.assert_allclose(fit.level, np.log(12.0 / 8.0), rtol=EXACT)


def test_weights_count_as_repeated_rows() -> None:
    columns = {"y": [0.0, 2.0, 4.0, 3.0, 9.0], "x": [0, 0, 0, 1, 1], "w": [1.0, 2.0, 3.0, 1.0, 2.0]}
    weighted = fitted_on(columns, "x", weights="w")
    repeated = fitted_on(
        {k: np.repeat(v, [1, 2, 3, 1, 2]) for k, v in columns.items() if k != "w"}, "x"
    )
    np.testing.assert_allclose(weighted.coefficients, repeated.coefficients, rtol=EXACT)
    np.testing.assert_allclose(weighted.deviance, repeated.deviance, rtol=EXACT)
    np.testing.assert_allclose(
        weighted.covariances["classical"].matrix,
        repeated.covariances["classical"].matrix,
        rtol=EXACT,
    )


@pytest.mark.parametrize("effects", SPECIFICATIONS)
@pytest.mark.parametrize("weights", [None, "weight"])
def test_first_order_conditions_hold(effects: Any, weights: str | None) -> None:
    rows = gravity_rows(1)
    fit = gravity_fit(rows, effects, weights=weights)
    assert fit.is_estimated
    kept = fit.keys.merge(rows)
    score = fit.weights * (fit.outcome - fit.fitted)
    total = float(fit.weights @ fit.outcome)
    np.testing.assert_array_equal(kept["trade"], fit.outcome)
    assert abs(score.sum()) <= BALANCED * total
    for columns in effects:
        by_level = kept.assign(s=score, m=fit.weights * fit.fitted).groupby(list(columns))
        assert (by_level["s"].sum().abs() <= BALANCED * by_level["m"].sum()).all()
    for term in TERMS:
        assert abs(score @ (kept[term] - kept[term].mean())) <= BALANCED * total


@pytest.mark.parametrize("effects", SPECIFICATIONS[1:])
def test_effects_are_sums_over_their_sets(effects: Any) -> None:
    rows = gravity_rows(2).sample(frac=0.8, random_state=0)  # unbalanced
    fit = gravity_fit(rows, effects)
    kept = fit.keys.merge(rows)
    levels = [pd.get_dummies(kept[list(of)].astype(str).agg("^".join, axis=1)) for of in effects]
    dummies = np.column_stack(levels).astype(float)
    total = dummies @ np.linalg.lstsq(dummies, fit.effects_prediction, rcond=None)[0]
    predicted = np.log(fit.fitted) - fit.linear_prediction
    np.testing.assert_allclose(fit.effects_prediction, predicted, rtol=BALANCED)
    np.testing.assert_allclose(total, fit.effects_prediction, rtol=0.0, atol=1e-8)
    restored = fit.weights @ np.exp(fit.level + fit.linear_prediction)
    np.testing.assert_allclose(restored, fit.outcome.sum(), rtol=BALANCED)


def test_reset_sees_a_wrong_conditional_mean_and_only_that() -> None:
    rng = np.random.default_rng(3)
    x = rng.uniform(-1.0, 1.0, size=600)
    noise = rng.exponential(size=600)
    right = fitted_on({"y": np.exp(1.0 + x) * noise, "x": x}, "x")
    wrong = fitted_on({"y": np.exp(1.0 + x + 1.5 * x**2) * noise, "x": x}, "x")
    for kind in ("robust", "clustered"):
        assert reset(right)[kind].decision(0.01) == "keep"
        assert reset(wrong)[kind].decision(0.01) == "reject"
    assert reset(wrong)["robust"].df == 1.0
    assert reset(wrong)["clustered_twoway"].status == "not_available"
    assert "single cluster of time" in reset(wrong)["clustered_twoway"].reason


def test_reset_is_not_available_where_the_square_says_nothing() -> None:
    saturated = fitted_on({"y": [0.0, 2.0, 4.0, 3.0, 9.0], "x": [0, 0, 0, 1, 1]}, "x")
    assert reset(saturated)["robust"].status == "not_available"
    assert "combination" in reset(saturated)["robust"].reason
    refused = fitted_on({"y": [0.0, 0.0], "x": [1, 2]}, "x")
    assert reset(refused)["clustered"].reason == "all 2 outcomes are 0"


def test_parameters_of_effects() -> None:
    one, other = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 0, 1, 2, 2])
    assert dummy_rank([]) == 1
    assert dummy_rank([one]) == 3
    assert dummy_rank([one, other]) == 3 + 3 - 2
    assert is_nested(np.array([0, 1, 1, 2]), np.array([5, 6, 6, 5]))
    assert not is_nested(np.array([0, 1, 1, 2]), np.array([5, 6, 5, 5]))
