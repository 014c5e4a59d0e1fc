"""What may be asked of a panel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import get_args

from trade_potential.errors import InputError
from trade_potential.inference.registry import COVARIANCES, ESTIMATORS, Correction, of_commands

Powers = tuple[int, ...]


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
    if isinstance(estimators, str):
        raise InputError(f"estimators: {estimators!r} is no list of them")
    for name in estimators:
        _refuse_unknown("estimator", name, of_commands())
    if covariance is not None:
        _refuse_unknown("covariance", covariance, COVARIANCES)
        for name in estimators:
            if covariance not in ESTIMATORS[name].covariances:
                raise InputError(f"{name} has no covariance {covariance}")
    if correction is not None:
        _refuse_unknown("correction", correction, get_args(Correction))
    refuse_level(confidence_level)


def refuse_level(level: float) -> None:
    """Refuse what is no confidence level."""
    if not isinstance(level, int | float) or not 0.0 < level < 1.0:
        raise InputError(f"confidence level {level} is not between 0 and 1")


def checked_powers(powers: Powers | None) -> Powers | None:
    """Powers of RESET as they are kept; None is the default of the estimator.

    Raises:
        InputError: They are not different whole numbers from 2 on.
    """
    if powers is None:
        return None
    held = tuple(powers) if isinstance(powers, Iterable) else (powers,)
    is_whole = all(isinstance(power, int) and power >= 2 for power in held)
    if not held or not is_whole or len(set(held)) < len(held):
        raise InputError(f"reset_powers {powers} are not different whole numbers from 2 on")
    return held


def _refuse_unknown(what: str, name: str, known: Iterable[str]) -> None:
    if name not in tuple(known):
        raise InputError(f"{what} {name!r} is none of {', '.join(known)}")
