"""Typed rows of the estimators that are solved from moments."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from trade_potential.gravity.covariance import CORRECTIONS, Sandwich, sandwich
from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.reset import reset
from trade_potential.gravity.scores import Meats
from trade_potential.gravity.specification_tests import run_tests
from trade_potential.gravity.wald_tests import hausman_robust, joint_significance, mundlak_test
from trade_potential.inference import CONSTANT
from trade_potential.inference.registry import ESTIMATORS, Covariance, Estimator
from trade_potential.linalg import FloatArray
from trade_potential.results.gravity import (
    FitRow,
    Results,
    TimeShiftRow,
    WeightRow,
    coefficients_by_slot,
    slots_of,
)
from trade_potential.results.inference import (
    add_covariance,
    decided,
    interval_covariance,
    without_coefficient,
)

NUMBERS = (
    "n_rows",
    "n_absorbed",
    "df_resid",
    "ssr",
    "r_squared",
    "r_squared_within",
    "r_squared_between",
    "r_squared_overall",
    "sigma_u",
    "sigma_e",
    "condition_number",
    "within_weight",
    "centred_constant",
)


def solved(moments: PanelMoments, fits: dict[Estimator, Estimate], *, max_terms: int) -> Results:
    """Fits of one sample, and what their scores need: no row of the sample is read.

    Args:
        moments: Of the sample.
        fits: Every estimator on them.
        max_terms: Regressors that the columns by slot provide for.
    """
    found = Results()
    for fit in fits.values():
        found.fits.append(_fit_row(moments, fit, max_terms))
        if fit.is_estimated:
            found.weights.extend(_weight_rows(moments, fit))
            found.time_shifts.extend(_time_shift_rows(moments, fit, max_terms))
    return found


def inferred(
    moments: PanelMoments,
    fits: dict[Estimator, Estimate],
    meats: dict[Estimator, Meats],
    reset_products: FloatArray | None,
    *,
    confidence_level: float,
    max_terms: int,
) -> Results:
    """Coefficients and covariances of one sample, and every test.

    Args:
        moments: Of the sample.
        fits: Every estimator on them.
        meats: Sums of products of the scores, of those with numbers.
        reset_products: As ``gravity.reset.reset``.
        confidence_level: Of intervals; tests decide at the rest.
        max_terms: Regressors that the columns by slot provide for.
    """
    found, alpha = Results(), 1.0 - confidence_level
    clustered: dict[Estimator, Sandwich] = {}
    for estimator, sums in meats.items():
        fit, spec = fits[estimator], ESTIMATORS[estimator]
        names = (CONSTANT, *fit.terms)
        own = {kind: _errors(fit, sums, kind, moments.n_entities) for kind in spec.covariances}
        clustered[estimator] = own["clustered"]
        of_intervals = interval_covariance(estimator, own["clustered"].status)
        for kind, errors in own.items():
            add_covariance(
                found,
                estimator,
                names,
                fit.coefficients,
                errors,
                slots=slots_of(moments.terms, names, max_terms),
                max_terms=max_terms,
                correction=CORRECTIONS[kind],
                confidence_level=confidence_level,
                is_of_intervals=kind == of_intervals,
                first_order_gap=_first_order_gap(fit, sums) if kind == "classical" else None,
            )
            joint = joint_significance(fit, errors.matrix, spec.law_df(errors.df))
            found.tests.append(decided(joint, alpha, estimator, errors))
        found.coefficients.extend(
            without_coefficient(estimator, fit.reason, absorbed=fit.absorbed, omitted=fit.omitted)
        )
    for test in (
        *run_tests(moments, fits),
        mundlak_test(fits["mundlak"]),
        hausman_robust(fits["mundlak"], clustered.get("mundlak")),
        reset(fits["pooled"], reset_products),
    ):
        found.tests.append(decided(test, alpha))
    return found


def _fit_row(moments: PanelMoments, fit: Estimate, max_terms: int) -> FitRow:
    names = (CONSTANT, *fit.terms) if fit.is_estimated else ()
    slots = slots_of(moments.terms, names, max_terms)
    return FitRow(
        estimator=fit.estimator,
        status=fit.status,
        reason=fit.reason or None,
        n_obs=moments.n_obs,
        n_entities=moments.n_entities,
        by_slot=coefficients_by_slot(fit.coefficients, slots, max_terms),
        **({name: getattr(fit, name) for name in NUMBERS} if fit.is_estimated else {}),
    )


def _weight_rows(moments: PanelMoments, fit: Estimate) -> Iterator[WeightRow]:
    for size, weight, theta in zip(moments.sizes, fit.between_weights, fit.theta, strict=True):
        yield WeightRow(
            estimator=fit.estimator, group_size=int(size), between_weight=weight, theta=theta
        )


def _time_shift_rows(
    moments: PanelMoments, fit: Estimate, max_terms: int
) -> Iterator[TimeShiftRow]:
    if fit.time_effects is None or moments.times is None:
        return
    for label, shifts in zip(moments.times.labels, fit.time_effects.shifts, strict=True):
        held = np.full(max_terms + 1, np.nan)
        held[: len(shifts)] = shifts
        yield TimeShiftRow(estimator=fit.estimator, year=int(label), by_slot=held)


def _errors(fit: Estimate, sums: Meats, kind: Covariance, n_entities: int) -> Sandwich:
    """A covariance of any kind, the classical one among them."""
    if kind != "classical":
        return sandwich(fit, sums, kind, n_entities=n_entities)
    return Sandwich(kind, fit.covariance, fit.df_resid, len(fit.coefficients), "ok", "")


def _first_order_gap(fit: Estimate, sums: Meats) -> float | None:
    """How far the scores of the rows say that coefficients lie from the minimum, in errors.

    The scores come from the rows, the coefficients from moments: what moments lost shows here.
    """
    if sums.by_time is None or fit.ssr <= 0.0:
        return None
    step = fit.bread @ sums.by_time.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.abs(step) / np.sqrt(np.diag(fit.covariance))
    return float(np.nanmax(gap))
