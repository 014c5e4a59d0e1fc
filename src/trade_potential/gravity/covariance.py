"""Standard errors: classical and clustered by entity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from trade_potential.linalg import FloatArray

FEW_CLUSTERS = "few_clusters"
"""Status of a clustered covariance with no more clusters than coefficients."""


@dataclass(frozen=True)
class Inference:
    """Coefficients with uncertainty.

    Attributes:
        estimate, std_error, statistic, p_value, ci_low, ci_high: (k,) each.
        df: Degrees of freedom of Student's t; infinite means the normal distribution.
        critical_value: Quantile of that law by which standard errors become intervals.
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
        std_error = np.sqrt(np.diag(covariance))
        with np.errstate(divide="ignore", invalid="ignore"):
            statistic = estimate / std_error
        law = stats.norm() if np.isinf(df) else stats.t(df)
        critical_value = float(law.ppf(0.5 + confidence_level / 2.0))
        margin = critical_value * std_error
        return cls(
            estimate=estimate,
            std_error=std_error,
            statistic=statistic,
            p_value=2.0 * law.sf(np.abs(statistic)),
            ci_low=estimate - margin,
            ci_high=estimate + margin,
            df=df,
            critical_value=critical_value,
        )


def law_df(estimator: str, df: float) -> float:
    """Degrees of freedom of t; infinite, the normal distribution, for random effects (Stata)."""
    return float("inf") if estimator == "random" else float(df)


def too_few_clusters(n_clusters: int, n_coefficients: int) -> str:
    """Why a clustered covariance cannot be trusted, in one sentence; empty if it can."""
    if n_clusters > n_coefficients:
        return ""
    return (
        f"{n_clusters} clusters for {n_coefficients} coefficients: the covariance cannot have "
        "full rank"
    )


def clustered_covariance(
    bread: FloatArray, meat: FloatArray, *, n_clusters: int, n_rows: int
) -> FloatArray:
    """Covariance clustered by entity: c * bread @ meat @ bread'.

    Args:
        bread: (k, k) maps scores to coefficients; k counts the constant, not absorbed effects.
        meat: (k, k) sum over clusters of the outer products of their scores.
        n_clusters: Clusters G.
        n_rows: Rows N of the regression (G for between).

    Returns:
        (k, k) with c = G / (G - 1) * (N - 1) / (N - k), as Stata, statsmodels and fixest; NaN for
        a single cluster.

    Source: Liang and Zeger (1986); Cameron and Miller (2015), eq. 11 and 12.
    """
    k = bread.shape[0]
    if n_clusters < 2:
        return np.full((k, k), np.nan)
    correction = n_clusters / (n_clusters - 1) * (n_rows - 1) / (n_rows - k)
    covariance: FloatArray = correction * bread @ meat @ bread.T
    return covariance
