"""Between tidy tables of the warehouse and the estimators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.errors import InputError
from trade_potential.gravity.covariance import (
    FEW_CLUSTERS,
    Inference,
    clustered_covariance,
    law_df,
    too_few_clusters,
)
from trade_potential.gravity.estimate import CONSTANT, ESTIMATORS, Estimate
from trade_potential.gravity.estimators import estimate_all
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.specification_tests import run_tests
from trade_potential.linalg import FloatArray

KEYS = ["study_id", "spec_id"]
COLUMNS = {
    "study_id": "str",
    "spec_id": "str",
    "estimator": "str",
    "covariance": "str",
    "item": "str",
    "name": "str",
    "col_name": "str",
    "group_size": "float64",
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
)
NO_ROWS = "no row of the sample is left: the row ledger tells why"


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _terms_by_spec(terms: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    result: dict[str, tuple[str, ...]] = {}
    for spec_id, group in terms.sort_values("position").groupby("spec_id"):
        positions = group["position"].tolist()
        if positions != list(range(1, len(positions) + 1)):
            raise InputError(f"gravity_terms of {spec_id}: positions {positions} are not 1, 2, ...")
        result[str(spec_id)] = tuple(group["term"])
    return result


def _inference_rows(
    names: tuple[str, ...],
    coefficients: FloatArray,
    covariance: FloatArray,
    *,
    covariance_kind: str,
    df: float,
    confidence_level: float,
    status: str = "ok",
    reason: str = "",
) -> Iterator[dict[str, Any]]:
    """Rows for coefficients, their covariance and the quantile of their intervals."""
    inference = Inference.of(coefficients, covariance, df=df, confidence_level=confidence_level)
    common = {"covariance": covariance_kind, "status": status, "reason": reason}
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
            "ci_low": inference.ci_low[i],
            "ci_high": inference.ci_high[i],
        }
        for j, col_name in enumerate(names):
            yield {
                **common,
                "item": "covariance",
                "name": name,
                "col_name": col_name,
                "value": covariance[i, j],
            }
    yield {**common, "item": "critical_value", "value": inference.critical_value}


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
    yield from _inference_rows(
        (CONSTANT, *estimate.terms),
        estimate.coefficients,
        estimate.covariance,
        covariance_kind="classical",
        df=law_df(estimate.estimator, estimate.df_resid),
        confidence_level=level,
    )
    for term in estimate.absorbed:
        yield {
            "item": "coefficient",
            "name": term,
            "covariance": "classical",
            "status": "absorbed",
            "reason": "does not vary within partners",
        }
    yield {"item": "centred_constant", "value": estimate.centred_constant}
    yield {"item": "within_weight", "value": estimate.within_weight}
    for size, weight, theta in zip(
        moments.sizes, estimate.between_weights, estimate.theta, strict=True
    ):
        yield {"item": "between_weight", "group_size": size, "value": weight}
        yield {"item": "theta", "group_size": size, "value": theta}
    names = (CONSTANT, *estimate.terms)
    for i, row_name in enumerate(names):
        for j, col_name in enumerate(names):
            yield {
                "item": "bread",
                "name": row_name,
                "col_name": col_name,
                "value": estimate.bread[i, j],
            }


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
        needs: bread (coefficient by score), centred_constant, within_weight, and by group size
        between_weight and theta.

    Raises:
        InputError: Positions of terms have a gap, or moments are missing or not finite.
    """
    named = _terms_by_spec(terms)
    levels = dict(zip(specifications["spec_id"], specifications["confidence_level"], strict=True))
    rows = [] if runs is None else list(_unanswered(runs, moments))
    for (study_id, spec_id), group in moments.groupby(KEYS):
        keys = {"study_id": study_id, "spec_id": spec_id}
        panel = PanelMoments.from_rows(group, named[str(spec_id)])
        fits = estimate_all(panel)
        level = float(levels[spec_id])
        for estimator, fit in fits.items():
            rows += [
                {**keys, "estimator": estimator, **row} for row in _estimate_rows(panel, fit, level)
            ]
        for test in run_tests(panel, fits):
            rows.append(
                {
                    **keys,
                    "item": "test",
                    "name": test.name,
                    "col_name": test.decision(1.0 - level),
                    "value": 1.0 - level,
                    "statistic": test.statistic,
                    "df": test.df,
                    "df_denominator": test.df_denominator,
                    "p_value": test.p_value,
                    "status": test.status,
                    "reason": test.reason or test.null_hypothesis,
                }
            )
    return _frame(rows)


def estimate_clustered(
    estimates: pd.DataFrame, meat: pd.DataFrame, terms: pd.DataFrame, specifications: pd.DataFrame
) -> pd.DataFrame:
    """Coefficients with standard errors clustered by entity.

    Args:
        estimates: The table of ``estimate_gravity``.
        meat: study_id, spec_id, estimator, row_slot <= col_slot, meat_value: sums over clusters of
            products of scores; slot 0 is the constant, slot k the k-th term.
        terms: spec_id, term, position.
        specifications: spec_id, confidence_level.

    Returns:
        Rows of the items coefficient, covariance and critical_value as ``estimate_gravity``; status
        few_clusters where there are no more clusters than coefficients.
    """
    named = _terms_by_spec(terms)
    levels = dict(zip(specifications["spec_id"], specifications["confidence_level"], strict=True))
    keys = [*KEYS, "estimator"]
    meats = dict(list(meat.groupby(keys)))
    rows: list[dict[str, Any]] = []
    for key, group in estimates[estimates["estimator"] != ""].groupby(keys):
        bread_rows = group[group["item"] == "bread"]
        if bread_rows.empty:
            continue
        study_id, spec_id, estimator = (str(part) for part in key)
        diagnostics = group[group["item"] == "diagnostic"].set_index("name")["value"]
        clusters = int(diagnostics["n_entities"])
        breads = bread_rows.set_index(["name", "col_name"])["value"]
        estimated = set(bread_rows["name"])
        order = [name for name in (CONSTANT, *named[spec_id]) if name in estimated]
        bread = np.array([[breads[i, j] for j in order] for i in order])
        slots = [0 if name == CONSTANT else named[spec_id].index(name) + 1 for name in order]
        values = meats[key].set_index(["row_slot", "col_slot"])["meat_value"]
        meat_matrix = np.array([[values[min(i, j), max(i, j)] for j in slots] for i in slots])
        covariance = clustered_covariance(
            bread,
            meat_matrix,
            n_clusters=clusters,
            n_rows=int(diagnostics["n_rows"]),
        )
        coefficients = (
            group[(group["item"] == "coefficient") & (group["status"] == "ok")]
            .set_index("name")["value"]
            .loc[order]
            .to_numpy()
        )
        few = too_few_clusters(clusters, len(order))
        inference = _inference_rows(
            tuple(order),
            coefficients,
            covariance,
            covariance_kind="clustered",
            df=law_df(estimator, clusters - 1),
            confidence_level=float(levels[spec_id]),
            status=FEW_CLUSTERS if few else "ok",
            reason=few,
        )
        rows += [
            {"study_id": study_id, "spec_id": spec_id, "estimator": estimator, **row}
            for row in inference
        ]
    return _frame(rows)
