"""Between tidy tables of the warehouse and PPML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.gravity.warehouse_tables import (
    KEYS,
    NO_ROWS,
    frame_of,
    inference_rows,
    terms_by_spec,
    test_row,
    without_coefficient,
)
from trade_potential.inference import CONSTANT
from trade_potential.inference.test_result import TestResult, not_available
from trade_potential.inference.wald import FEW_CLUSTERS, JOINT, wald
from trade_potential.linalg import one_thread
from trade_potential.ppml.covariance import CORRECTIONS, Correction, Kind
from trade_potential.ppml.estimate import fit_ppml
from trade_potential.ppml.reset import reset
from trade_potential.ppml.result import PpmlFit

PAIR, YEAR = "pair_id", "year"
PPML_EFFECTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "ppml": (),
    "ppml_twoway": ((PAIR,), (YEAR,)),
}
"""Estimators of the warehouse. Of one reporter, exporter-year effects are year effects."""

KINDS: tuple[Kind, ...] = ("robust", "clustered", "clustered_twoway")
"""The classical covariance takes the outcome for counts: of money it says nothing."""

DIAGNOSTICS = ("n_zeros", "df_resid", "deviance", "log_likelihood", "pseudo_r_squared", "r_squared")
CORRECTION: Correction = "small_sample"
"""Of the covariances of the marts."""

Record = dict[str, Any]


def estimate_gravity_ppml(
    sample: pd.DataFrame, terms: pd.DataFrame, specifications: pd.DataFrame, runs: pd.DataFrame
) -> pd.DataFrame:
    """Run PPML on every study and specification.

    Args:
        sample: Rows of int_gravity__ppml_sample: study_id, spec_id, pair_id, year, actual_usd,
            outcome_divisor_usd, v1, v2, ...
        terms: spec_id, term, position.
        specifications: spec_id, confidence_level.
        runs: study_id, spec_id that must be answered; without rows by the status no_rows.

    Returns:
        Rows as ``gravity.tables.estimate_gravity``, and one of the item loss for each row that an
        estimator cannot use: name the partner, time_key the year, col_name the step.
    """
    named = terms_by_spec(terms)
    levels = dict(zip(specifications["spec_id"], specifications["confidence_level"], strict=True))
    samples = dict(list(sample.groupby(KEYS)))
    rows: list[Record] = []
    for study_id, spec_id in sorted(zip(runs["study_id"], runs["spec_id"], strict=True)):
        keys = {"study_id": study_id, "spec_id": spec_id}
        own = samples.get((study_id, spec_id))
        for estimator, effects in PPML_EFFECTS.items():
            common = {**keys, "estimator": estimator}
            if own is None:
                found = list(_unanswered())
            else:
                with one_thread():
                    fit = _fit(own, named[str(spec_id)], effects)
                    found = list(_fit_rows(fit, float(levels[spec_id])))
            rows += [{**common, **row} for row in found]
    return frame_of(rows)


def ppml_rows(rows: pd.DataFrame, terms: tuple[str, ...]) -> pd.DataFrame:
    """Rows of one specification: keys, terms by name, trade in the unit of the specification."""
    slots = {f"v{k}": term for k, term in enumerate(terms, start=1)}
    outcome = rows["actual_usd"] / rows["outcome_divisor_usd"]
    return rows[[PAIR, YEAR, *slots]].rename(columns=slots).assign(outcome=outcome)


def _fit(
    rows: pd.DataFrame, terms: tuple[str, ...], effects: tuple[tuple[str, ...], ...]
) -> PpmlFit:
    return fit_ppml(
        ppml_rows(rows, terms),
        outcome="outcome",
        regressors=list(terms),
        entity=PAIR,
        time=YEAR,
        effects=effects,
        correction=CORRECTION,
    )


def _unanswered() -> Iterator[Record]:
    yield {"item": "estimator", "status": "no_rows", "reason": NO_ROWS}
    for name in ("n_obs", "n_entities"):
        yield {"item": "diagnostic", "name": name, "value": 0}


def _fit_rows(fit: PpmlFit, level: float) -> Iterator[Record]:
    yield {"item": "estimator", "status": fit.status, "reason": fit.reason}
    for loss in fit.losses.to_dict("records"):
        yield {
            "item": "loss",
            "name": loss[PAIR],
            "time_key": int(loss[YEAR]),
            "col_name": loss["step"],
            "reason": loss["reason"],
        }
    for name in ("n_obs", "n_entities", *(DIAGNOSTICS if fit.is_estimated else ())):
        yield {"item": "diagnostic", "name": name, "value": getattr(fit, name)}
    if not fit.is_estimated:
        return
    tests = reset(fit)
    for kind in KINDS:
        errors = fit.covariances[kind]
        few = fit.too_few(kind)
        status, reason = (FEW_CLUSTERS, few) if few else (errors.status, errors.reason)
        yield from inference_rows(
            fit.terms,
            fit.coefficients,
            errors.matrix,
            covariance_kind=kind,
            correction=CORRECTIONS[CORRECTION][kind],
            df=np.inf,
            confidence_level=level,
            status=status,
            reason=reason,
        )
        for test in _tests(fit, kind, tests):
            said = not_available(test, few) if few else test
            yield {"covariance": kind, **test_row(said, 1.0 - level)}
    absorbed = (*fit.absorbed, *fit.separated)
    yield from without_coefficient(fit.reason, KINDS[0], absorbed=absorbed, omitted=fit.omitted)


def _tests(fit: PpmlFit, kind: Kind, resets: dict[Kind, TestResult]) -> Iterator[TestResult]:
    """RESET and the test of all slopes."""
    if kind in resets:
        yield resets[kind]
    first = 1 if CONSTANT in fit.terms else 0
    matrix = fit.covariances[kind].matrix[first:, first:]
    yield wald(JOINT, fit.coefficients[first:], matrix, np.inf)
