"""The fit of an estimator that is solved on moments."""

from __future__ import annotations

from typing import Any

from trade_potential.gravity.covariance import CORRECTIONS, Sandwich
from trade_potential.gravity.estimate import Estimate
from trade_potential.inference import CONSTANT
from trade_potential.inference.registry import Covariance
from trade_potential.inference.wald import Inference
from trade_potential.panel.fit import Fit

STATISTICS = (
    *(f"r_squared_{part}" for part in ("within", "between", "overall")),
    *("sigma_u", "sigma_e", "condition_number"),
)


def least_squares_fit(
    estimate: Estimate, covariance: Covariance, errors: Sandwich | None, **known: Any
) -> Fit:
    """Numbers and their uncertainty.

    ``errors``: the covariance, None without numbers; ``known``: what else ``Fit`` holds.
    """
    status, reason = str(estimate.status), estimate.reason
    numbers: dict[str, Any] = {}
    if errors is not None:
        if errors.status != "ok":
            status = errors.status if status == "ok" else status
            reason = "; ".join(filter(None, [reason, errors.reason]))
        numbers = {
            "terms": (CONSTANT, *estimate.terms),
            "inference": Inference.of(
                estimate.coefficients,
                errors.matrix,
                df=estimate.spec.distribution_df(errors.df),
                confidence_level=known["confidence_level"],
            ),
            "matrix": errors.matrix,
            "r_squared": estimate.r_squared,
            "statistics": _statistics(estimate, errors.n_parameters),
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
        effects=tuple(str(getattr(known["columns"], effect)) for effect in estimate.spec.effects),
        **numbers,
        **known,
    )


def _statistics(estimate: Estimate, n_parameters: int) -> dict[str, float]:
    found = {"df_resid": float(estimate.df_resid), "n_parameters": float(n_parameters)}
    found |= {name: getattr(estimate, name) for name in STATISTICS}
    if estimate.spec.has_theta:
        found["theta_min"] = float(estimate.theta.min())
        found["theta_max"] = float(estimate.theta.max())
    return found
