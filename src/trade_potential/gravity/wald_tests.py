"""Tests that need a covariance or a pass over the rows: Wald tests and Ramsey's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trade_potential.gravity.covariance import FEW_CLUSTERS, Sandwich
from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.moments import MEAN_OF
from trade_potential.gravity.specification_tests import (
    NEAR_EXACT,
    TestResult,
    f_of_restriction,
    is_near_exact,
    named,
    not_available,
)
from trade_potential.laws import chi2_tail, f_tail
from trade_potential.linalg import FloatArray, ScaledSystem, collinear_columns

JOINT = named("joint_significance", "all slopes are 0")
MUNDLAK = named("mundlak", "the slopes of the entity means are 0: effects go with no regressor")
HAUSMAN_ROBUST = replace(MUNDLAK, name="hausman_robust")
RESET = named("reset", "powers of the fit add nothing: the form of the model is right")

RANK_TOLERANCE = 1e-12
"""A scaled covariance with a smaller eigenvalue relative to the largest is taken as singular."""

RESET_POWERS = 2
"""Powers 2 and 3 of the fit (Ramsey, 1969), the default of R lmtest and statsmodels."""


def wald(test: TestResult, slopes: FloatArray, covariance: FloatArray, df: float) -> TestResult:
    """Whether (q,) slopes with a (q, q) covariance are all zero.

    F(q, df) of W / q, or chi-squared(q) of W where df is infinite.
    """
    q = len(slopes)
    if q == 0:
        return not_available(test, "no slope to test")
    scale = np.sqrt(np.abs(np.diag(covariance)))
    if not np.isfinite(covariance).all() or not scale.all():
        return not_available(test, "the covariance is not finite or has a zero variance")
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    if values[0] <= RANK_TOLERANCE * values[-1]:
        return not_available(test, f"the covariance of {q} slopes has not full rank")
    along = vectors.T @ (slopes / scale)
    value = float((along**2 / values).sum())
    if np.isinf(df):
        return replace(test, statistic=value, df=float(q), p_value=chi2_tail(value, q))
    return replace(
        test,
        statistic=value / q,
        df=float(q),
        df_denominator=df,
        p_value=f_tail(value / q, q, df),
    )


def joint_significance(estimate: Estimate, covariance: FloatArray, df: float) -> TestResult:
    """Whether all slopes are zero, by a covariance of the coefficients and its df."""
    if estimate.ssr == 0.0:
        return not_available(JOINT, f"the {estimate.estimator} regression fits exactly")
    return wald(JOINT, estimate.slopes, covariance[1:, 1:], df)


def mundlak(estimate: Estimate) -> TestResult:
    """Whether the slopes of the entity means are zero, under the classical assumptions.

    Source: Mundlak (1978).
    """
    return _of_means(MUNDLAK, estimate, estimate.covariance)


def hausman_robust(estimate: Estimate, errors: Sandwich | None) -> TestResult:
    """The same by the covariance of the mundlak fit clustered by entity.

    The auxiliary-regression form of Hausman's test, which needs no efficient estimator. Source:
    Arellano (1993); Wooldridge (2010), 10.7.3.
    """
    if errors is not None and errors.status == FEW_CLUSTERS:
        return not_available(HAUSMAN_ROBUST, errors.reason)
    return _of_means(HAUSMAN_ROBUST, estimate, None if errors is None else errors.matrix)


def _of_means(test: TestResult, estimate: Estimate, covariance: FloatArray | None) -> TestResult:
    """Whether the slopes of the entity means of a mundlak fit are zero; chi-squared."""
    if not estimate.is_estimated or covariance is None:
        return not_available(test, f"mundlak: {estimate.reason}")
    if estimate.ssr == 0.0:
        return not_available(test, "the mundlak regression fits exactly")
    names = {MEAN_OF.format(term) for term in estimate.terms}
    at = [k for k, term in enumerate(estimate.terms, start=1) if term in names]
    return wald(test, estimate.coefficients[at], covariance[np.ix_(at, at)], float("inf"))


def reset(pooled_fit: Estimate, products: FloatArray | None) -> TestResult:
    """Ramsey's test on pooled least squares: F of the powers 2 and 3 of the fit.

    Args:
        pooled_fit: The fit whose powers were added.
        products: (p + 3, p + 3) products around the means of the outcome, the p regressors and the
            two powers of the standardised fit; None without numbers.

    Source: Ramsey (1969), section 3; as R's ``lmtest::resettest(power = 2:3)``.
    """
    if not pooled_fit.is_estimated or products is None:
        return not_available(RESET, f"pooled: {pooled_fit.reason}")
    if is_near_exact(pooled_fit):
        return not_available(RESET, NEAR_EXACT)
    if not np.isfinite(products).all():
        return not_available(RESET, "the fit does not vary")
    df2 = pooled_fit.df_resid - RESET_POWERS
    if df2 <= 0:
        return not_available(RESET, f"{df2} residual degrees of freedom with the powers")
    inner = products[1:, 1:]
    if collinear_columns(inner):
        return not_available(RESET, "a power of the fit is a combination of the regressors")
    slopes = ScaledSystem.of(inner).inverse @ products[1:, 0]
    ssr = max(0.0, float(products[0, 0] - products[0, 1:] @ slopes))
    fit = replace(pooled_fit, df_resid=df2)
    return f_of_restriction(RESET, pooled_fit.ssr, ssr, RESET_POWERS, fit)
