"""Wald inference: intervals of coefficients and tests of several at once, from a covariance."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trade_potential.inference.distributions import chi2_tail, f_tail, t_quantile, t_tail
from trade_potential.inference.test_result import TestResult, hypothesis, not_available
from trade_potential.linalg import FloatArray

FEW_CLUSTERS = "few_clusters"
"""Status of a covariance with no more clusters (entities, times) than coefficients."""


@dataclass(frozen=True)
class Inference:
    """Coefficients with uncertainty.

    Attributes:
        estimate, std_error, statistic, p_value, ci_low, ci_high: (k,) each.
        df: Degrees of freedom of Student's t; infinite means the normal distribution.
        critical_value: Quantile of that distribution by which standard errors become intervals.
    """

    estimate: FloatArray
    std_error: FloatArray
    statistic: FloatArray
    p_value: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    df: float
    critical_value: float

    @classmethod
    def of(
        cls, estimate: FloatArray, covariance: FloatArray, *, df: float, confidence_level: float
    ) -> Inference:
        """Wald inference from a (k, k) covariance."""
        with np.errstate(divide="ignore", invalid="ignore"):
            std_error = np.sqrt(np.diag(covariance))  # NaN where a variance is negative
            statistic = np.where(std_error == 0.0, np.nan, estimate / std_error)
        critical_value = t_quantile(0.5 + confidence_level / 2.0, df)
        margin = critical_value * std_error
        return cls(
            estimate=estimate,
            std_error=std_error,
            statistic=statistic,
            p_value=2.0 * t_tail(np.abs(statistic), df),
            ci_low=estimate - margin,
            ci_high=estimate + margin,
            df=df,
            critical_value=critical_value,
        )


def too_few(n_clusters: int, of: str, n_coefficients: int) -> str:
    """Why a clustered covariance cannot be trusted, in one sentence; empty if it can."""
    if n_clusters > n_coefficients:
        return ""
    return (
        f"{n_clusters} {of} for {n_coefficients} coefficients: the covariance cannot have full rank"
    )


JOINT = hypothesis("joint_significance", "all slopes are 0")


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
