"""Wald tests: they need a covariance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trade_potential.gravity.covariance import FEW_CLUSTERS, Sandwich
from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.moments import MEAN_OF
from trade_potential.gravity.specification_tests import TestResult, named, not_available
from trade_potential.laws import chi2_tail, f_tail
from trade_potential.linalg import FloatArray

JOINT = named("joint_significance", "all slopes are 0")
_MEANS = "the slopes of the entity means are 0: effects go with no regressor"
MUNDLAK = named("mundlak", _MEANS, "classical")
HAUSMAN_ROBUST = named("hausman_robust", _MEANS, "clustered")

RANK_TOLERANCE = 1e-12
"""A scaled covariance with a smaller eigenvalue relative to the largest is taken as singular."""


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
