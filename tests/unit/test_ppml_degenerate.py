"""PPML on samples that say nothing or hardly anything: a status, or the right number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.unit.test_ppml import (
    BALANCED,
    EXACT,
    PAIR,
    THREE_WAY,
    YEAR,
    fitted_on,
    gravity_fit,
    gravity_rows,
)

from trade_potential.ppml import demean as demean_module
from trade_potential.ppml import separation as separation_module
from trade_potential.ppml import solve as solve_module

# --- Degenerate samples ---------------------------------------------------------------------------

G = ["a", "a", "a", "b", "b", "b"]
DEGENERATE: list[tuple[str, dict[str, Any], tuple[str, ...], Any, str, str]] = [
    ("no rows", {"y": [], "x": []}, ("x",), (), "no_rows", "there are no rows"),
    ("zeros", {"y": [0, 0, 0], "x": [1, 2, 3]}, ("x",), (), "all_zero", "all 3 outcomes are 0"),
    ("few", {"y": [1, 2], "x": [1, 2]}, ("x",), (), "too_few_rows", "2 rows for 2 coefficients"),
    (
        "few with effects",
        {"y": [1, 2, 3, 4], "x": [1, 2, 2, 1], "z": [1, 4, 2, 7], "g": G[1:5]},
        ("x", "z"),
        (("g",),),
        "too_few_rows",
        "4 rows for 4 coefficients",
    ),
    (
        "absorbed altogether",
        {"y": [1, 2, 3, 4, 5, 6], "x": [1, 1, 1, 2, 2, 2], "g": G},
        ("x",),
        (("g",),),
        "rank_deficient",
        "the effects of g absorb x; none is left",
    ),
    (
        "singletons only",
        {"y": [1, 2, 3], "x": [1, 2, 1]},
        ("x",),
        (("e",),),
        "no_rows",
        "no row is left: 3 by singleton",
    ),
    (
        "separated altogether",
        {"y": [0, 0, 2, 3], "x": [1, 2, 1, 3], "g": ["a", "a", "b", "c"]},
        ("x",),
        (("g",),),
        "separated",
        "no row is left: 2 by separation, 2 by singleton",
    ),
]


@pytest.mark.parametrize(
    ("columns", "regressors", "effects", "status", "reason"),
    [case[1:] for case in DEGENERATE],
    ids=[case[0] for case in DEGENERATE],
)
def test_degenerate_samples_have_a_status(
    columns: dict[str, Any], regressors: tuple[str, ...], effects: Any, status: str, reason: str
) -> None:
    fit = fitted_on(columns, *regressors, effects=effects)
    assert fit.status == status
    assert reason in fit.reason
    assert not fit.is_estimated
    assert fit.coefficients.size == 0
    assert fit.covariances == {}
    # What was counted is said, also without numbers.
    assert fit.n_obs == len(columns["y"]) - len(fit.losses)
    assert (fit.n_entities > 0) == (fit.n_obs > 0)


def test_a_constant_alone_explains_nothing() -> None:
    y = np.random.default_rng(6).exponential(size=357) * 1.7
    fit = fitted_on({"y": y.tolist(), "x": [1] * 357}, "x")
    assert (fit.status, fit.reason) == ("ok", "x does not vary over the sample")
    assert np.isnan(fit.r_squared)
    assert fit.pseudo_r_squared == pytest.approx(0.0, abs=1e-15)


def test_a_single_year_or_entity_leaves_a_covariance_without_numbers() -> None:
    one_year = fitted_on({"y": [1, 2, 0, 4, 5], "x": [1, 2, 1, 3, 1]}, "x")
    assert one_year.is_estimated
    assert one_year.covariances["clustered"].status == "ok"
    assert one_year.covariances["clustered_twoway"].status == "single_cluster"
    assert np.isnan(one_year.covariances["clustered_twoway"].matrix).all()
    columns = {"y": [1, 2, 0, 4, 5], "x": [1, 2, 1, 3, 1], "e": "one", "t": range(5)}
    one_entity = fitted_on(columns, "x")
    assert one_entity.covariances["robust"].status == "ok"
    assert one_entity.covariances["clustered"].reason == "a single cluster of entity"


def test_absorbed_regressors_are_named() -> None:
    fit = gravity_fit(gravity_rows(4), (PAIR,))
    assert fit.status == "ok"
    assert fit.absorbed == ("distance_log",)
    assert fit.terms == ("gdp_log", "agreement")
    assert fit.reason == "the effects of pair absorb distance_log"


def test_twoway_that_is_not_positive_definite_says_so() -> None:
    found = [gravity_fit(gravity_rows(s, n=4, years=3)).covariances for s in range(12)]
    states = {f["clustered_twoway"].status for f in found}
    assert states == {"ok", "not_positive_definite"}
    for f in found:
        twoway = f["clustered_twoway"]
        smallest = np.linalg.eigvalsh(twoway.matrix)[0]
        assert (smallest < 0.0) == (twoway.status == "not_positive_definite") == bool(twoway.reason)


def test_no_number_before_the_first_order_conditions_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = gravity_rows(5)
    steps = gravity_fit(rows, (PAIR, YEAR)).iterations
    monkeypatch.setattr(solve_module, "MAX_STEPS", steps)
    assert gravity_fit(rows, (PAIR, YEAR)).status == "ok"
    monkeypatch.setattr(solve_module, "MAX_STEPS", steps - 1)
    refused = gravity_fit(rows, (PAIR, YEAR))
    assert refused.status == "not_converged"
    assert "still moves" in refused.reason
    assert refused.coefficients.size == 0


def test_separation_that_is_not_found_does_not_converge(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where libraries return coefficients of -20 without a word."""
    columns = {"y": [0, 0, 0, 1, 2, 3], "x": [1, 1, 0, 0, 0, 0], "z": [1, 2, 1, 2, 1, 1]}
    blind = separation_module.Separated(np.zeros(6, dtype=bool), "")
    monkeypatch.setattr(separation_module, "separated_rows", lambda _: blind)
    assert fitted_on(columns, "x", "z").status == "not_converged"


def test_demeaning_that_does_not_end_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demean_module, "DEMEAN_STEPS", 1)
    fit = gravity_fit(gravity_rows(5), THREE_WAY)
    assert fit.status == "not_converged"
    assert "demeaning did not converge" in fit.reason


def test_regressors_that_differ_only_where_nothing_is_fitted_are_singular() -> None:
    x = np.array([0.0, 1.0, 2.0, 3.0, 4.0, -32.0, -32.0])
    z = x + np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0, -1.0])
    y = np.exp(x) * np.array([1.0, 1.2, 0.8, 1.1, 0.9, 1.0, 1.0])
    fit = fitted_on({"y": y, "x": x, "z": z}, "x", "z")
    assert fit.status == "not_converged"
    assert fit.reason == "the information matrix is singular"


def test_an_outcome_far_above_its_fit_does_not_stop_convergence() -> None:
    x = np.linspace(0.0, 40.0, 81)
    y = np.exp(x) * np.tile([0.7, 1.3, 1.0], 27)
    y[0] = np.exp(25.0)
    fit = fitted_on({"y": y, "x": x}, "x")
    assert fit.status == "ok"
    assert y[0] / fit.fitted[0] > 1e9
    np.testing.assert_allclose(fit.fitted.sum(), y.sum(), rtol=EXACT)


def test_outcomes_over_thirty_orders_of_magnitude() -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(size=5) * 50.0, [100.0], rng.normal(size=50)])
    y = np.concatenate([np.zeros(5), [1e15], 1e-15 * rng.random(50)])
    fit = fitted_on({"y": y, "x": x}, "x")
    assert fit.status == "ok"
    np.testing.assert_allclose(fit.fitted.sum(), y.sum(), rtol=EXACT)


WILD = (16, 37, 61, 72, 80)
"""Four of these five diverge without damping."""


def wild_columns(seed: int) -> dict[str, Any]:
    """Cauchy regressors a and b, an outcome over ten orders of magnitude, two effects g and h."""
    rng = np.random.default_rng(seed)
    x = rng.standard_t(1, size=(40, 2))
    y = np.exp(rng.normal(size=40) * 6.0) * (rng.random(40) < 0.6)
    columns = {"y": y, "a": x[:, 0], "b": x[:, 1]}
    return columns | {"g": rng.integers(0, 4, 40), "h": rng.integers(0, 4, 40)}


@pytest.mark.parametrize("seed", WILD)
def test_wild_data_converge_by_damped_steps(seed: int) -> None:
    columns = wild_columns(seed)
    fit = fitted_on(columns, "a", "b", effects=(("g",), ("h",)))
    assert fit.status == "ok"
    np.testing.assert_allclose(fit.fitted.sum(), columns["y"].sum(), rtol=BALANCED)
