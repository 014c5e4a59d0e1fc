"""Moments and tests of gravity models beside formulas on the rows, statsmodels and linearmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.stats.diagnostic import linear_reset
from tests.panels import (
    ENTITY,
    OUTCOME,
    Array,
    Case,
)
from tests.reference.gravity_cases import (
    SAME,
    SHAPES,
    assert_same,
    random_frame,
    reference_fit,
)

from trade_potential.inference.registry import (
    Covariance,
)

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture(scope="module", params=SHAPES)
def random_case(request: pytest.FixtureRequest, engine: str) -> Case:  # noqa: ARG001
    return Case.of(random_frame(int(request.param)))


def test_moments_are_those_of_the_rows(random_case: Case) -> None:
    frame, moments = random_case.frame, random_case.moments
    columns = [OUTCOME, *moments.terms]
    values = frame[columns].to_numpy()
    means = frame.groupby(ENTITY)[columns].transform("mean").to_numpy()
    inner, outer = values - means, means - values.mean(axis=0)
    scale = np.sqrt(np.diag(moments.total))  # a product near zero has no relative error
    unit = np.outer(scale, scale)
    assert moments.n_obs == len(frame)
    assert moments.n_entities == frame[ENTITY].nunique()
    assert_same(moments.centre, values.mean(axis=0))
    np.testing.assert_allclose(moments.within / unit, inner.T @ inner / unit, rtol=0.0, atol=SAME)
    np.testing.assert_allclose(
        (moments.total - moments.within) / unit, outer.T @ outer / unit, rtol=0.0, atol=SAME
    )
    np.testing.assert_allclose(np.diag(moments.within), np.diag(inner.T @ inner), rtol=SAME)


def residual_squares(values: Array) -> Array:
    """Residuals of the first column on a constant and the others."""
    design = np.column_stack([np.ones(len(values)), values[:, 1:] / values[:, 1:].std(axis=0)])
    return values[:, 0] - design @ np.linalg.lstsq(design, values[:, 0], rcond=None)[0]


def test_breusch_pagan_from_rows(random_case: Case) -> None:
    """Baltagi and Li (1990), eq. 5, on residuals of the rows."""
    frame = random_case.frame
    residual = residual_squares(frame[[OUTCOME, *random_case.moments.terms]].to_numpy())
    sizes = frame.groupby(ENTITY)[OUTCOME].size().to_numpy()
    sums = pd.Series(residual).groupby(frame[ENTITY].to_numpy()).sum().to_numpy()
    a = 1.0 - sums @ sums / (residual @ residual)
    lm = len(frame) ** 2 / 2.0 * a**2 / (sizes @ sizes - len(frame))
    test = random_case.tests["breusch_pagan_lm"]
    assert_same(test.statistic, lm)
    assert test.df == 1


def test_hausman_from_reference_fits(random_case: Case) -> None:
    """Hausman (1978) on the coefficients and covariances of linearmodels."""
    inner = reference_fit(random_case, random_case.fits["within"])
    outer = reference_fit(random_case, random_case.fits["random"])
    terms = list(random_case.moments.terms)
    gap = (inner.params - outer.params)[terms].to_numpy()
    unit = inner.std_errors[terms].to_numpy()
    spread = (inner.cov - outer.cov).loc[terms, terms].to_numpy() / np.outer(unit, unit)
    statistic = gap / unit @ np.linalg.solve(spread, gap / unit)
    test = random_case.tests["hausman"]
    definite = bool((np.linalg.eigvalsh(spread) > 0.0).all())
    assert test.status == ("ok" if definite else "not_positive_definite")
    assert np.isnan(test.p_value) != definite
    assert test.df == len(terms)
    # A difference of covariances loses digits that its smallest eigenvalue does not have.
    lost = 1.0 / np.abs(np.linalg.eigvalsh(spread)).min()
    assert_same(test.statistic, statistic, SAME * max(1.0, lost))


def test_f_tests_from_reference_fits(random_case: Case) -> None:
    """Baltagi (2021), eq. 2.18 and 3.23, on the squares of linearmodels."""
    fits, tests = random_case.fits, random_case.tests
    inner = reference_fit(random_case, fits["within"])
    both = reference_fit(random_case, fits["twoway"])
    test = tests["f_effects"]
    assert_same(test.statistic, inner.f_pooled.stat)
    assert test.df_denominator == inner.f_pooled.df_denom
    rank = inner.df_resid - both.df_resid
    f_time = (inner.resid_ss - both.resid_ss) / rank / (both.resid_ss / both.df_resid)
    assert_same(tests["f_time_effects"].statistic, f_time, SAME * 10)
    assert (tests["f_time_effects"].df, tests["f_time_effects"].df_denominator) == (
        rank,
        both.df_resid,
    )


def test_reset_as_statsmodels(random_case: Case) -> None:
    """Regressors standardised: statsmodels inverts raw powers of them."""
    x = random_case.frame[list(random_case.moments.terms)]
    fit = sm.OLS(random_case.frame[OUTCOME], sm.add_constant((x - x.mean()) / x.std())).fit()
    theirs = linear_reset(fit, power=3, use_f=True)
    ours = random_case.tests["reset"]
    assert_same(ours.statistic, theirs.fvalue, 1e-7)
    assert_same(ours.p_value, theirs.pvalue, 1e-6)
    assert (ours.df, ours.df_denominator) == (theirs.df_num, theirs.df_denom)


@pytest.mark.parametrize(
    ("name", "kind"), [("mundlak", "classical"), ("hausman_robust", "clustered")]
)
def test_wald_tests_of_means(random_case: Case, name: str, kind: Covariance) -> None:
    fit = random_case.fits["mundlak"]
    theirs = reference_fit(random_case, fit, kind)
    means = [term for term in fit.terms if term.startswith("mean(")]
    gap = theirs.params[means].to_numpy()
    unit = theirs.std_errors[means].to_numpy()
    spread = theirs.cov.loc[means, means].to_numpy() / np.outer(unit, unit)
    test = random_case.tests[name]
    assert_same(test.statistic, gap / unit @ np.linalg.solve(spread, gap / unit), 1e-7)
    assert test.df == len(means)


def test_slopes_of_mundlak_are_those_of_within(random_case: Case) -> None:
    fits = random_case.fits
    k = len(fits["within"].terms)
    assert_same(fits["mundlak"].slopes[:k], fits["within"].slopes, 1e-8)
