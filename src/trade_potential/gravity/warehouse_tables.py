"""Between tidy tables of the warehouse and the estimators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.errors import InputError
from trade_potential.gravity.covariance import CORRECTIONS, law_df
from trade_potential.gravity.estimate import ESTIMATORS, Estimate, Estimator
from trade_potential.gravity.estimators import estimate_all
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.specification_tests import run_tests
from trade_potential.inference import CONSTANT
from trade_potential.inference.test_result import TestResult
from trade_potential.inference.wald import Inference
from trade_potential.linalg import FloatArray
from trade_potential.regression_table.model import WITHOUT_COEFFICIENT

KEYS = ["study_id", "spec_id"]
COLUMNS = {
    "study_id": "str",
    "spec_id": "str",
    "estimator": "str",
    "covariance": "str",
    "correction": "str",
    "item": "str",
    "name": "str",
    "col_name": "str",
    "group_size": "float64",
    "time_key": "Int64",
    "value": "float64",
    "std_error": "float64",
    "statistic": "float64",
    "df": "float64",
    "df_denominator": "float64",
    "p_value": "float64",
    "ci_low": "float64",
    "ci_high": "float64",
    "status": "str",
    "reason": "str",
}
DIAGNOSTICS = (
    "n_rows",
    "df_resid",
    "ssr",
    "r_squared",
    "r_squared_within",
    "r_squared_between",
    "r_squared_overall",
    "sigma_u",
    "sigma_e",
    "condition_number",
    "n_absorbed",
)
OF_INTERVALS = ("classical", "robust", "clustered")
"""Covariances of which every element is stored: one of them goes into the intervals of K."""

NO_ROWS = "no row of the sample is left: the row ledger tells why"


def frame_of(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows with every column of ``COLUMNS``."""
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def terms_by_spec(terms: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Regressors of each specification in order."""
    result: dict[str, tuple[str, ...]] = {}
    for spec_id, group in terms.sort_values("position").groupby("spec_id"):
        positions = group["position"].tolist()
        if positions != list(range(1, len(positions) + 1)):
            raise InputError(f"gravity_terms of {spec_id}: positions {positions} are not 1, 2, ...")
        result[str(spec_id)] = tuple(group["term"])
    return result


def inference_rows(
    names: tuple[str, ...],
    coefficients: FloatArray,
    covariance: FloatArray,
    *,
    covariance_kind: str,
    correction: str,
    df: float,
    confidence_level: float,
    status: str = "ok",
    reason: str = "",
) -> Iterator[dict[str, Any]]:
    """Rows for coefficients and, for ``OF_INTERVALS``, their covariance and quantile."""
    inference = Inference.of(coefficients, covariance, df=df, confidence_level=confidence_level)
    common = {"covariance": covariance_kind, "status": status, "reason": reason}
    is_kept = covariance_kind in OF_INTERVALS
    for i, name in enumerate(names):
        yield {
            **common,
            "item": "coefficient",
            "name": name,
            "value": inference.estimate[i],
            "std_error": inference.std_error[i],
            "statistic": inference.statistic[i],
            "df": None if np.isinf(df) else df,
            "p_value": inference.p_value[i],
            "correction": correction,
            "ci_low": inference.ci_low[i],
            "ci_high": inference.ci_high[i],
        }
        for j, col_name in enumerate(names if is_kept else ()):
            yield {
                **common,
                "item": "covariance",
                "name": name,
                "col_name": col_name,
                "value": covariance[i, j],
            }
    if is_kept:
        yield {**common, "item": "critical_value", "value": inference.critical_value}


def without_coefficient(
    reason: str, covariance: str, *, absorbed: tuple[str, ...], omitted: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    """Rows for the regressors that have no coefficient."""
    words = zip(WITHOUT_COEFFICIENT, (absorbed, omitted), strict=True)
    for term, status in [(term, word) for word, terms in words for term in terms]:
        yield {
            "item": "coefficient",
            "name": term,
            "covariance": covariance,
            "status": status,
            "reason": reason,
        }


def test_row(test: TestResult, alpha: float) -> dict[str, Any]:
    """Row of a test, its decision at level ``alpha``."""
    return {
        "item": "test",
        "name": test.name,
        "col_name": test.decision(alpha),
        "value": alpha,
        "statistic": test.statistic,
        "df": test.df,
        "df_denominator": test.df_denominator,
        "p_value": test.p_value,
        "status": test.status,
        "reason": test.reason or test.null_hypothesis,
        **({"covariance": test.covariance} if test.covariance else {}),
    }


def _estimate_rows(
    moments: PanelMoments, estimate: Estimate, level: float
) -> Iterator[dict[str, Any]]:
    yield {"item": "estimator", "status": estimate.status, "reason": estimate.reason}
    yield {"item": "diagnostic", "name": "n_obs", "value": moments.n_obs}
    yield {"item": "diagnostic", "name": "n_entities", "value": moments.n_entities}
    if not estimate.is_estimated:
        return
    for name in DIAGNOSTICS:
        yield {"item": "diagnostic", "name": name, "value": getattr(estimate, name)}
    yield from inference_rows(
        (CONSTANT, *estimate.terms),
        estimate.coefficients,
        estimate.covariance,
        covariance_kind="classical",
        correction=CORRECTIONS["classical"],
        df=law_df(estimate.estimator, estimate.df_resid),
        confidence_level=level,
    )
    yield from without_coefficient(
        estimate.reason, "classical", absorbed=estimate.absorbed, omitted=estimate.omitted
    )
    yield {"item": "centred_constant", "value": estimate.centred_constant}
    yield {"item": "within_weight", "value": estimate.within_weight}
    for size, weight, theta in zip(
        moments.sizes, estimate.between_weights, estimate.theta, strict=True
    ):
        yield {"item": "between_weight", "group_size": size, "value": weight}
        yield {"item": "theta", "group_size": size, "value": theta}
    effects, times = estimate.time_effects, moments.times
    if effects is not None and times is not None:
        for label, shifts in zip(times.labels, effects.shifts, strict=True):
            for slot, shift in enumerate(shifts):
                yield {"item": "time_shift", "name": str(slot), "time_key": label, "value": shift}


def _unanswered(runs: pd.DataFrame, moments: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Status rows for runs whose sample is empty."""
    answered = set(zip(moments["study_id"], moments["spec_id"], strict=True))
    for study_id, spec_id in zip(runs["study_id"], runs["spec_id"], strict=True):
        if (study_id, spec_id) in answered:
            continue
        for estimator in ESTIMATORS:
            common = {"study_id": study_id, "spec_id": spec_id, "estimator": estimator}
            yield {**common, "item": "estimator", "status": "no_rows", "reason": NO_ROWS}
            for name in ("n_obs", "n_entities"):
                yield {**common, "item": "diagnostic", "name": name, "value": 0}


def estimate_gravity(
    moments: pd.DataFrame,
    terms: pd.DataFrame,
    specifications: pd.DataFrame,
    runs: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Run every estimator and test of every study and specification.

    Args:
        moments: Rows of int_gravity__moments: study_id, spec_id and the columns that
            ``PanelMoments.from_rows`` reads.
        terms: spec_id, term, position.
        specifications: spec_id, confidence_level.
        runs: study_id, spec_id that must be answered; without moments by the status no_rows.

    Returns:
        One long table with the columns ``COLUMNS``; ``item`` says what a row holds: estimator
        (status), coefficient, covariance, critical_value, diagnostic, test, and what later SQL
        needs: centred_constant, within_weight, by group size between_weight and theta, by time and
        slot time_shift.

    Raises:
        InputError: Positions of terms have a gap, or moments are missing or not finite.
    """
    named = terms_by_spec(terms)
    levels = dict(zip(specifications["spec_id"], specifications["confidence_level"], strict=True))
    rows = [] if runs is None else list(_unanswered(runs, moments))
    for (study_id, spec_id), group in moments.groupby(KEYS):
        keys = {"study_id": study_id, "spec_id": spec_id}
        panel = PanelMoments.from_rows(group, named[str(spec_id)])
        found = panel_rows(panel, estimate_all(panel), float(levels[spec_id]))
        rows += [{**keys, **row} for row in found]
    return frame_of(rows)


def panel_rows(
    moments: PanelMoments, fits: dict[Estimator, Estimate], level: float
) -> Iterator[dict[str, Any]]:
    """Rows of one sample without its keys: every estimator, and the tests that need moments."""
    for estimator, fit in fits.items():
        for row in _estimate_rows(moments, fit, level):
            yield {"estimator": estimator, **row}
    for test in run_tests(moments, fits):
        yield test_row(test, 1.0 - level)
