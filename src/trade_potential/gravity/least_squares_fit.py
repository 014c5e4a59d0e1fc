"""The fit of an estimator that is solved on moments."""

from __future__ import annotations

from typing import Any

from trade_potential.gravity.covariance import CORRECTIONS, Covariance, Sandwich, law_df
from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.fit import Fit
from trade_potential.inference import CONSTANT
from trade_potential.inference.wald import Inference


def least_squares_fit(
    estimate: Estimate, covariance: Covariance, errors: Sandwich | None, **known: Any
) -> Fit:
    """Numbers and their uncertainty.

    Args:
        estimate: Of the sample.
        covariance: Kind of it.
        errors: Itself; None: the classical one of the estimate, or an estimate without numbers.
        known: What else ``Fit`` holds.
    """
    status, reason = str(estimate.status), estimate.reason
    numbers: dict[str, Any] = {}
    if estimate.is_estimated:
        matrix, df = estimate.covariance, float(estimate.df_resid)
        k = estimate.n_rows - estimate.df_resid
        if errors is not None:
            matrix, df, k = errors.matrix, errors.df, errors.n_parameters
            if errors.status != "ok":
                status = errors.status if status == "ok" else status
                reason = "; ".join(filter(None, [reason, errors.reason]))
        numbers = {
            "terms": (CONSTANT, *estimate.terms),
            "inference": Inference.of(
                estimate.coefficients,
                matrix,
                df=law_df(estimate.estimator, df),
                confidence_level=known["confidence_level"],
            ),
            "matrix": matrix,
            "r_squared": estimate.r_squared,
            "statistics": _statistics(estimate, k),
        }
    times = errors.times if errors else ""
    return Fit(
        estimator=estimate.estimator,
        cov_type=covariance,
        correction="; ".join(filter(None, [CORRECTIONS[covariance], times])),
        status=status,
        reason=reason,
        absorbed=estimate.absorbed,
        omitted=estimate.omitted,
        **numbers,
        **known,
    )


def _statistics(estimate: Estimate, n_parameters: int) -> dict[str, float]:
    found = {
        "df_resid": float(estimate.df_resid),
        "n_parameters": float(n_parameters),
        "r_squared_within": estimate.r_squared_within,
        "r_squared_between": estimate.r_squared_between,
        "r_squared_overall": estimate.r_squared_overall,
        "sigma_u": estimate.sigma_u,
        "sigma_e": estimate.sigma_e,
        "condition_number": estimate.condition_number,
    }
    if estimate.estimator in ("random", "mundlak"):
        found["theta_min"] = float(estimate.theta.min())
        found["theta_max"] = float(estimate.theta.max())
    return found
