"""Wald tests: they need a covariance."""

from __future__ import annotations

import numpy as np

from trade_potential.gravity.covariance import Sandwich
from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.moments import MEAN_OF
from trade_potential.inference.test_result import TestResult, named, not_available
from trade_potential.inference.wald import FEW_CLUSTERS, JOINT, wald
from trade_potential.linalg import FloatArray

_MEANS = "the slopes of the entity means are 0: effects go with no regressor"
MUNDLAK = named("mundlak", _MEANS, "classical")
HAUSMAN_ROBUST = named("hausman_robust", _MEANS, "clustered")


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
