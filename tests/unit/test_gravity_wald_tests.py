"""Wald tests and Ramsey's: known values, and why one cannot be had."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from tests.panels import Case, make_panel, unbalanced_sizes

from trade_potential.cli.model_report import ModelReport
from trade_potential.gravity.specification_tests import f_effects, f_time_effects
from trade_potential.gravity.wald_tests import hausman_robust, joint_significance
from trade_potential.inference.test_result import TestResult
from trade_potential.inference.wald import JOINT, wald

SAME = 1e-9
"""Two exact formulas in double precision; they agree to 1e-13 here, the
rest is room for other processors."""

NO_NUMBER = float("nan")


def assert_not_available(test: TestResult, said: str) -> None:
    assert test.status == "not_available"
    assert said in test.reason
    assert np.isnan([test.statistic, test.p_value, test.df]).all()
    assert test.decision(0.5) == "none"


# --- Wald -----------------------------------------------------------------------------------------


def test_known_values() -> None:
    slopes, covariance = np.array([1.0, 2.0]), np.array([[2.0, 1.0], [1.0, 3.0]])
    # Inverse (3 -1; -1 2) / 5, so that W = (3 - 4 + 8) / 5.
    chi2 = wald(JOINT, slopes, covariance, float("inf"))
    assert chi2.statistic == pytest.approx(1.4, rel=SAME)
    assert (chi2.df, np.isnan(chi2.df_denominator)) == (2, True)
    assert chi2.p_value == pytest.approx(np.exp(-0.7), rel=SAME)  # chi-squared(2) is exponential
    f = wald(JOINT, slopes, covariance, 10.0)
    assert (f.statistic, f.df, f.df_denominator) == (pytest.approx(0.7, rel=SAME), 2, 10)
    assert f.p_value == pytest.approx((1.0 + 2.0 * 0.7 / 10.0) ** -5.0, rel=SAME)  # F(2, n)
    assert (chi2.status, chi2.reason) == ("ok", "")


def test_units_are_nothing() -> None:
    slopes, covariance = np.array([1.0, 2.0]), np.array([[2.0, 1.0], [1.0, 3.0]])
    unit = np.array([1e8, 1e-8])
    found = wald(JOINT, slopes * unit, covariance * np.outer(unit, unit), 10.0)
    assert found.statistic == pytest.approx(0.7, rel=SAME)


@pytest.mark.parametrize(
    ("covariance", "said"),
    [
        ([[1.0, 2.0], [2.0, 4.0]], "the covariance of 2 slopes has not full rank"),
        ([[1.0, 2.0], [2.0, 1.0]], "the covariance of 2 slopes has not full rank"),
        ([[1.0, 0.0], [0.0, 0.0]], "not finite or has a zero variance"),
        ([[1.0, 0.0], [0.0, NO_NUMBER]], "not finite or has a zero variance"),
    ],
)
def test_covariance_that_tests_nothing(covariance: list[list[float]], said: str) -> None:
    assert_not_available(wald(JOINT, np.array([1.0, 2.0]), np.array(covariance), 10.0), said)


def test_no_slope() -> None:
    assert_not_available(wald(JOINT, np.zeros(0), np.zeros((0, 0)), 10.0), "no slope to test")


def test_joint_test_of_least_squares_is_that_of_its_r_squared() -> None:
    case = Case.of(make_panel(1, sizes=unbalanced_sizes(1, 20, 6), n_terms=3))
    for name in ("pooled", "between", "within", "twoway"):
        fit = case.fits[name]
        test = joint_significance(fit, fit.covariance, float(fit.df_resid))
        expected = fit.r_squared / 3.0 / ((1.0 - fit.r_squared) / fit.df_resid)
        assert test.statistic == pytest.approx(expected, rel=SAME)
        assert (test.df, test.df_denominator) == (3, fit.df_resid)
        assert test.p_value == pytest.approx(stats.f.sf(expected, 3, fit.df_resid), rel=1e-6)


def test_joint_test_of_a_report_uses_its_covariance_and_its_law() -> None:
    case = Case.of(make_panel(2, sizes=[8] * 3, n_terms=2, effect_sd=0.0))
    few, enough = case.errors("pooled", "clustered"), case.errors("pooled", "driscoll_kraay")
    fit = case.fits["pooled"]
    tests = {}
    for errors in (few, enough, None):
        report = ModelReport.of(
            fit,
            case.moments,
            covariance=errors.kind if errors else "classical",
            errors=errors,
            confidence_level=0.95,
            effects=(),
            tests=(),
            ledger=[],
        )
        tests[report.covariance] = report.with_joint_test(fit, errors).tests[0]
    assert_not_available(tests["clustered"], "3 clusters for 3 coefficients")
    assert tests["driscoll_kraay"].df_denominator == 7.0
    assert tests["classical"].df_denominator == 21.0


# --- Slopes of entity means -----------------------------------------------------------------------


def test_slopes_of_means_are_tested_together() -> None:
    frame = make_panel(3, sizes=unbalanced_sizes(3, 30, 6), n_terms=2, effect_sd=2.0)
    case = Case.of(frame)
    fit = case.fits["mundlak"]
    for name, matrix in (
        ("mundlak", fit.covariance),
        ("hausman_robust", case.errors("mundlak", "clustered").matrix),
    ):
        slopes, inner = fit.slopes[2:], matrix[3:, 3:]
        expected = slopes @ np.linalg.solve(inner, slopes)
        assert case.tests[name].statistic == pytest.approx(expected, rel=SAME)
        assert case.tests[name].p_value == pytest.approx(stats.chi2.sf(expected, 2), rel=1e-6)
    assert case.tests["mundlak"].null_hypothesis == case.tests["hausman_robust"].null_hypothesis
    assert_not_available(hausman_robust(fit, None), "mundlak: ")


def test_few_clusters_have_no_robust_test_of_means() -> None:
    """Five partners, five coefficients, of which three between partners."""
    case = Case.of(make_panel(10, sizes=[9] * 5, n_terms=2, effect_sd=2.0))
    assert case.fits["mundlak"].status == "ok"
    assert case.tests["mundlak"].status == "ok"
    assert_not_available(case.tests["hausman_robust"], "5 clusters for 5 coefficients")


# --- Squares --------------------------------------------------------------------------------------


def test_f_tests_name_what_is_missing() -> None:
    case = Case.of(make_panel(8, sizes=[12], n_terms=2))
    said = "a single partner has no effects to compare"
    assert_not_available(f_effects(case.moments, case.fits["within"]), said)
    said = "twoway: 12 rows for"
    assert_not_available(f_time_effects(case.moments, case.fits["twoway"]), said)


def test_years_that_partners_do_not_share_have_no_effects() -> None:
    """Rows of a partner stand in one year, which is then no effect beside the partner."""
    frame = make_panel(9, sizes=[4] * 6, n_terms=1)
    frame["year"] = 2000 + frame.groupby("entity").ngroup()
    case = Case.of(frame)
    assert case.fits["twoway"].time_effects is not None
    assert case.fits["twoway"].time_effects.rank == 0
    assert case.fits["twoway"].df_resid == case.fits["within"].df_resid
    assert case.fits["twoway"].ssr == pytest.approx(case.fits["within"].ssr, rel=SAME)
    assert_not_available(case.tests["f_time_effects"], "there are no times to compare")
