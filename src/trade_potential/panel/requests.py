"""What may be asked of a panel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import get_args

from trade_potential.errors import InputError
from trade_potential.inference.registry import COVARIANCES, ESTIMATORS, Correction, of_commands


def refuse_request(
    estimators: Sequence[str],
    covariance: str | None,
    confidence_level: float,
    correction: str | None,
) -> None:
    """Refuse what there is not, or what does not go together; None is the default.

    Raises:
        InputError: Says what there is.
    """
    for name in estimators:
        _refuse_unknown("estimator", name, of_commands())
    if covariance is not None:
        _refuse_unknown("covariance", covariance, COVARIANCES)
        for name in estimators:
            if covariance not in ESTIMATORS[name].covariances:
                raise InputError(f"{name} has no covariance {covariance}")
    if correction is not None:
        _refuse_unknown("correction", correction, get_args(Correction))
    if not 0.0 < confidence_level < 1.0:
        raise InputError(f"confidence level {confidence_level} is not between 0 and 1")


def _refuse_unknown(what: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise InputError(f"{what} {name!r} is none of {', '.join(known)}")
