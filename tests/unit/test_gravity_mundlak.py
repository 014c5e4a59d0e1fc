"""Correlated random effects where entity means cannot all be had, and what rests on them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.panels import ENTITY, OUTCOME, Array, Case, make_panel, unbalanced_sizes

from trade_potential.gravity.estimate import Estimate

pytestmark = pytest.mark.usefixtures("engine")

SAME = 1e-9
"""Two exact formulas in double precision; they agree to 1e-13 here, the
rest is room for other processors."""

TESTS = ("mundlak", "hausman_robust")


def means_of(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    return frame.groupby(ENTITY)[list(columns)].transform("mean")


def by_rows(frame: pd.DataFrame, fit: Estimate) -> Array:
    """Least squares on rows less theta times their entity mean, the means as regressors."""
    theta = 1.0 - fit.sigma_e / np.sqrt(
        frame.groupby(ENTITY)[OUTCOME].transform("size") * fit.sigma_u**2 + fit.sigma_e**2
    )
    names = [term.removeprefix("mean(").removesuffix(")") for term in fit.terms]
    means = means_of(frame, OUTCOME, *dict.fromkeys(names))
    columns = [1.0 - theta]
    for term, name in zip(fit.terms, names, strict=True):
        columns.append((means[name] if term != name else frame[name]) - theta * means[name])
    y = frame[OUTCOME] - theta * means[OUTCOME]
    found: Array = np.linalg.lstsq(np.column_stack(columns), y.to_numpy(), rcond=None)[0]
    return found


def assert_no_tests(case: Case, said: str) -> None:
    for name in TESTS:
        assert case.tests[name].status == "not_available"
        assert said in case.tests[name].reason
        assert case.tests[name].decision(0.05) == "none"


@pytest.mark.parametrize("seed", range(3))
def test_unbalanced_panel(seed: int) -> None:
    frame = make_panel(seed, sizes=unbalanced_sizes(seed, 25, 6), n_terms=2, effect_sd=2.0)
    fits = Case.of(frame).fits
    fit = fits["mundlak"]
    assert fit.status == "ok"
    assert fit.terms == ("x1", "x2", "mean(x1)", "mean(x2)")
    np.testing.assert_allclose(fit.coefficients, by_rows(frame, fit), rtol=SAME)
    np.testing.assert_allclose(fit.slopes[:2], fits["within"].slopes, rtol=SAME)
    np.testing.assert_array_equal(fit.theta, fits["random"].theta)


def test_fewer_partners_than_coefficients() -> None:
    case = Case.of(make_panel(2, sizes=[9] * 4, n_terms=3))
    assert case.fits["random"].status == "degenerate_pooled"
    assert case.fits["mundlak"].status == "too_few_entities"
    said = "4 partners for 4 coefficients between them: 0 residual degrees of freedom"
    assert case.fits["mundlak"].reason == said
    assert_no_tests(case, f"mundlak: {said}")


def test_a_mean_that_repeats_others_leaves_a_degree_of_freedom() -> None:
    """Four partners, and three means of which one says nothing new."""
    frame = make_panel(3, sizes=[9] * 4, n_terms=3)
    means = means_of(frame, "x1", "x2", "x3")
    frame["x3"] += means["x1"] - 2.0 * means["x2"] - means["x3"]
    fits = Case.of(frame).fits
    assert fits["random"].is_estimated
    assert fits["mundlak"].is_estimated
    assert fits["mundlak"].terms == ("x1", "x2", "x3", "mean(x1)", "mean(x2)")


def test_a_regressor_that_does_not_vary_within_keeps_a_slope_and_has_no_mean() -> None:
    frame = make_panel(4, sizes=[3, 5, 6] * 5, n_terms=3, effect_sd=2.0)
    frame["x2"] = means_of(frame, "x2")["x2"]
    case = Case.of(frame)
    fit = case.fits["mundlak"]
    assert (fit.status, fit.reason) == ("ok", "")
    assert fit.terms == ("x1", "x2", "x3", "mean(x1)", "mean(x3)")
    np.testing.assert_allclose(fit.coefficients, by_rows(frame, fit), rtol=SAME)
    np.testing.assert_allclose(fit.slopes[[0, 2]], case.fits["within"].slopes, rtol=SAME)
    assert case.tests["mundlak"].df == case.tests["hausman_robust"].df == 2


def test_a_regressor_common_to_all_partners_has_no_mean() -> None:
    frame = make_panel(5, sizes=[7] * 12, n_terms=2, effect_sd=2.0)
    frame["x2"] = np.tile(np.random.default_rng(5).uniform(20, 110, 7), 12)
    fit = Case.of(frame).fits["mundlak"]
    assert fit.status == "ok"
    assert fit.terms == ("x1", "x2", "mean(x1)")
    np.testing.assert_allclose(fit.coefficients, by_rows(frame, fit), rtol=SAME)


def test_a_collinear_mean_is_left_out_and_named() -> None:
    frame = make_panel(6, sizes=[6, 4] * 7, n_terms=3, effect_sd=2.0)
    means = means_of(frame, "x1", "x2", "x3")
    frame["x3"] += means["x1"] - 2.0 * means["x2"] - means["x3"]
    case = Case.of(frame)
    fit = case.fits["mundlak"]
    assert fit.status == "ok"
    assert fit.reason == "mean(x3) left out: a combination of the regressors before it"
    assert fit.terms == ("x1", "x2", "x3", "mean(x1)", "mean(x2)")
    assert case.tests["mundlak"].df == 2
    np.testing.assert_allclose(fit.slopes[:3], case.fits["within"].slopes, rtol=SAME)


def test_a_mean_that_is_a_regressor_already() -> None:
    frame = make_panel(7, sizes=[6, 4] * 7, n_terms=2, effect_sd=2.0)
    frame["x2"] = means_of(frame, "x1")["x1"]
    case = Case.of(frame)
    fit = case.fits["mundlak"]
    assert fit.terms == ("x1", "x2")
    assert "mean(x1) left out" in fit.reason
    assert_no_tests(case, "no slope to test")


def test_no_effects_leave_their_status() -> None:
    frame = make_panel(8, sizes=[6] * 15, n_terms=2, effect_sd=0.0, noise_sd=0.0)
    noise = pd.Series(np.random.default_rng(10).normal(size=len(frame)), index=frame.index)
    frame[OUTCOME] += noise - noise.groupby(frame[ENTITY]).transform("mean")
    fit = Case.of(frame).fits["mundlak"]
    assert fit.status == "sigma_u_zero"
    assert fit.reason.startswith("the between variance is no larger")
    np.testing.assert_allclose(fit.coefficients, by_rows(frame, fit), rtol=SAME)


@pytest.mark.parametrize(
    ("sizes", "status", "said"),
    [
        ([1] * 20, "single_period", "mundlak: within regression: no partner has two rows"),
        ([2, 2], "too_few_rows", "mundlak: within regression: 4 rows for"),
    ],
)
def test_not_estimable(sizes: list[int], status: str, said: str) -> None:
    case = Case.of(make_panel(9, sizes=sizes, n_terms=3))
    assert case.fits["mundlak"].status == status
    assert_no_tests(case, said)
