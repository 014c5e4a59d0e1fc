"""Typed rows of PPML, which is solved from rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trade_potential.gravity.covariance import Sandwich
from trade_potential.inference import CONSTANT
from trade_potential.inference.registry import (
    ESTIMATORS,
    Correction,
    Covariance,
    Estimator,
    estimators,
)
from trade_potential.inference.test_result import TestResult
from trade_potential.inference.wald import FEW_CLUSTERS, JOINT, wald
from trade_potential.linalg import one_thread
from trade_potential.ppml.covariance import CORRECTIONS
from trade_potential.ppml.estimate import fit_ppml
from trade_potential.ppml.reset import reset
from trade_potential.ppml.result import PpmlFit
from trade_potential.results.gravity import FitRow, LossRow, Results, coefficients_by_slot, slots_of
from trade_potential.results.inference import (
    add_covariance,
    decided,
    interval_covariance,
    without_coefficient,
)

PAIR, YEAR = "pair_id", "year"
PPML_EFFECTS: dict[str, tuple[tuple[str, ...], ...]] = {
    name: tuple(({"entity": PAIR, "time": YEAR}[of],) for of in ESTIMATORS[name].effects)
    for name in estimators("ppml")
}
"""Columns of the effects. Of one reporter, exporter-year effects are year effects."""

PUBLISHED = ESTIMATORS["ppml"].published

NUMBERS = ("n_zeros", "df_resid", "deviance", "log_likelihood", "pseudo_r_squared", "r_squared")
CORRECTION: Correction = "small_sample"
"""Of the covariances of the marts."""


def ppml_rows(rows: pd.DataFrame, terms: tuple[str, ...]) -> pd.DataFrame:
    """Rows of one specification: keys, terms by name, trade in the unit of the specification."""
    slots = {f"v{k}": term for k, term in enumerate(terms, start=1)}
    outcome = rows["actual_usd"] / rows["outcome_divisor_usd"]
    return rows[[PAIR, YEAR, *slots]].rename(columns=slots).assign(outcome=outcome)


def ppml_results(
    rows: pd.DataFrame, terms: tuple[str, ...], *, confidence_level: float, max_terms: int
) -> Results:
    """Every estimator of the family on the rows of int_gravity__ppml_sample of one specification.

    Args:
        rows: pair_id, year, actual_usd, outcome_divisor_usd, v1, v2, ...
        terms: Names of v1, v2, ...
        confidence_level: Of intervals; tests decide at the rest.
        max_terms: Regressors that the columns by slot provide for.
    """
    found = Results()
    with one_thread():
        for estimator in estimators("ppml"):
            fit = fit_ppml(
                ppml_rows(rows, terms),
                outcome="outcome",
                regressors=list(terms),
                entity=PAIR,
                time=YEAR,
                effects=PPML_EFFECTS[estimator],
                correction=CORRECTION,
            )
            slots = slots_of(terms, fit.terms, max_terms)
            found.fits.append(
                FitRow(
                    estimator=estimator,
                    status=fit.status,
                    reason=fit.reason or None,
                    n_obs=fit.n_obs,
                    n_entities=fit.n_entities,
                    by_slot=coefficients_by_slot(fit.coefficients, slots, max_terms),
                    **({name: getattr(fit, name) for name in NUMBERS} if fit.is_estimated else {}),
                )
            )
            found.losses.extend(_loss_rows(fit, estimator))
            if fit.is_estimated:
                _infer(found, fit, estimator, slots, confidence_level, max_terms)
    return found


def _loss_rows(fit: PpmlFit, estimator: Estimator) -> Iterator[LossRow]:
    for loss in fit.losses.to_dict("records"):
        yield LossRow(
            estimator=estimator,
            pair_id=loss[PAIR],
            year=int(loss[YEAR]),
            step=loss["step"],
            reason=loss["reason"],
        )


def _infer(
    found: Results,
    fit: PpmlFit,
    estimator: Estimator,
    slots: list[int],
    confidence_level: float,
    max_terms: int,
) -> None:
    """Add coefficients, covariances and tests."""
    resets = reset(fit)
    own = {kind: _errors(fit, kind) for kind in PUBLISHED}
    of_intervals = interval_covariance(estimator, own["clustered"].status)
    for kind, errors in own.items():
        add_covariance(
            found,
            estimator,
            fit.terms,
            fit.coefficients,
            errors,
            slots=slots,
            max_terms=max_terms,
            correction=CORRECTIONS[CORRECTION][kind],
            confidence_level=confidence_level,
            is_of_intervals=kind == of_intervals,
        )
        for test in _tests(fit, kind, resets):
            found.tests.append(decided(test, 1.0 - confidence_level, estimator, errors))
    absorbed = (*fit.absorbed, *fit.separated)
    found.coefficients.extend(
        without_coefficient(estimator, fit.reason, absorbed=absorbed, omitted=fit.omitted)
    )


def _errors(fit: PpmlFit, kind: Covariance) -> Sandwich:
    """A covariance; with too few clusters it says so."""
    few, held = fit.too_few(kind), fit.covariances[kind]
    status, reason = (FEW_CLUSTERS, few) if few else (held.status, held.reason)
    return Sandwich(kind, held.matrix, np.inf, len(fit.terms), status, reason)


def _tests(
    fit: PpmlFit, kind: Covariance, resets: dict[Covariance, TestResult]
) -> Iterator[TestResult]:
    """RESET and the test of all slopes."""
    if kind in resets:
        yield resets[kind]
    first = 1 if CONSTANT in fit.terms else 0
    matrix = fit.covariances[kind].matrix[first:, first:]
    yield wald(JOINT, fit.coefficients[first:], matrix, np.inf)
