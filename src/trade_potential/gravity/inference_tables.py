"""Second step of the warehouse: covariances and tests that need the scores of the fitted models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from trade_potential.gravity.covariance import (
    CORRECTIONS,
    COVARIANCES,
    OF_BETWEEN,
    Sandwich,
    law_df,
    sandwich,
)
from trade_potential.gravity.estimate import Estimate, Estimator
from trade_potential.gravity.estimators import estimate_all
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.reset import RESET_POWERS, reset
from trade_potential.gravity.scores import Meats, design_slots, read_products
from trade_potential.gravity.wald_tests import hausman_robust, joint_significance, mundlak
from trade_potential.gravity.warehouse_tables import (
    KEYS,
    frame_of,
    inference_rows,
    terms_by_spec,
    test_row,
)
from trade_potential.inference import CONSTANT
from trade_potential.inference.test_result import not_available
from trade_potential.inference.wald import FEW_CLUSTERS, JOINT
from trade_potential.linalg import FloatArray

Record = dict[str, Any]


def estimate_inference(
    moments: pd.DataFrame,
    meat: pd.DataFrame,
    time_scores: pd.DataFrame,
    reset_products: pd.DataFrame,
    terms: pd.DataFrame,
    specifications: pd.DataFrame,
    *,
    max_terms: int,
) -> pd.DataFrame:
    """Covariances beside the classical one, and the tests that rest on them.

    The estimates are solved once more from the same moments: systems of a dozen equations.

    Args:
        moments: As ``estimate_gravity``.
        meat: study_id, spec_id, estimator, c_i_j: sums over partners of products of scores.
        time_scores: study_id, spec_id, estimator, year, sums m_i and row products c_i_j of scores.
        reset_products: study_id, spec_id, c_i_j with the powers of the fit in the last two slots.
        terms: spec_id, term, position.
        specifications: spec_id, confidence_level.
        max_terms: Slots of a sample; entity means stand behind them.

    Returns:
        Rows of the items coefficient, covariance, critical_value and test as ``estimate_gravity``.
        joint_significance comes for each estimator and covariance.
    """
    named = terms_by_spec(terms)
    levels = dict(zip(specifications["spec_id"], specifications["confidence_level"], strict=True))
    by_fit = [*KEYS, "estimator"]
    meats = dict(list(meat.groupby(by_fit)))
    over_time = dict(list(time_scores.sort_values([*by_fit, "year"]).groupby(by_fit)))
    powers = dict(list(reset_products.groupby(KEYS)))
    rows: list[Record] = []
    for key, group in moments.groupby(KEYS):
        study_id, spec_id = (str(part) for part in key)
        panel = PanelMoments.from_rows(group, named[spec_id])
        fits = estimate_all(panel)
        sums = {
            estimator: _meats(panel, fit, max_terms, meats[own], over_time.get(own))
            for estimator, fit in fits.items()
            if fit.is_estimated
            for own in [(study_id, spec_id, estimator)]
        }
        products = _reset_products(
            panel, fits["pooled"], powers.get((study_id, spec_id)), max_terms
        )
        found = inference_of(fits, sums, products, panel.n_entities, float(levels[spec_id]))
        rows += [{"study_id": study_id, "spec_id": spec_id, **row} for row in found]
    return frame_of(rows)


def inference_of(
    fits: dict[Estimator, Estimate],
    meats: dict[Estimator, Meats],
    reset_products: FloatArray | None,
    n_entities: int,
    level: float,
) -> list[Record]:
    """Rows of one sample without its keys: the items that ``estimate_inference`` names.

    Args:
        fits: Every estimator.
        meats: Sums of products of the scores, of those with numbers.
        reset_products: As ``reset.reset``.
        n_entities: Entities of the sample.
        level: Confidence level; tests decide at the rest.
    """
    rows: list[Record] = []
    clustered: dict[Estimator, Sandwich] = {}
    for estimator, sums in meats.items():
        fit = fits[estimator]
        rows += _first_order_gap(fit, sums)
        rows.append(_joint(fit, "classical", fit.covariance, float(fit.df_resid), level))
        for errors in _covariances(fit, sums, n_entities):
            rows += _rows(fit, errors, level)
            if errors.kind == "clustered":
                clustered[estimator] = errors
    tests = (
        mundlak(fits["mundlak"]),
        hausman_robust(fits["mundlak"], clustered.get("mundlak")),
        reset(fits["pooled"], reset_products),
    )
    return [*rows, *(test_row(test, 1.0 - level) for test in tests)]


def _meats(
    panel: PanelMoments,
    fit: Estimate,
    max_terms: int,
    by_entity: pd.DataFrame,
    by_time: pd.DataFrame | None,
) -> Meats:
    """Read the sums of one fit from the wide tables of the warehouse."""
    return Meats.of(by_entity, by_time, design_slots(panel.terms, fit.terms, max_terms))


def _covariances(fit: Estimate, sums: Meats, n_entities: int) -> list[Sandwich]:
    """Every covariance beside the classical one, in order: robust, clustered, ..."""
    return [
        sandwich(fit, sums, kind, n_entities=n_entities)
        for kind in COVARIANCES[1:]
        if fit.estimator != "between" or kind in OF_BETWEEN
    ]


def _first_order_gap(fit: Estimate, sums: Meats) -> list[Record]:
    """How far the scores of the rows say that coefficients lie from the minimum, in errors.

    The scores come from the rows, the coefficients from moments: what moments lost shows here.
    """
    if sums.by_time is None or fit.ssr <= 0.0:
        return []
    step = fit.bread @ sums.by_time.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.abs(step) / np.sqrt(np.diag(fit.covariance))
    return [
        {
            "estimator": fit.estimator,
            "item": "diagnostic",
            "name": "first_order_gap",
            "value": float(np.nanmax(gap)),
        }
    ]


def _rows(fit: Estimate, covariance: Sandwich, level: float) -> list[Record]:
    """Coefficients with the errors of a covariance, and the test of all slopes."""
    df = law_df(fit.estimator, covariance.df)
    common = {"estimator": fit.estimator}
    rows = [
        {**common, **row}
        for row in inference_rows(
            (CONSTANT, *fit.terms),
            fit.coefficients,
            covariance.matrix,
            covariance_kind=covariance.kind,
            correction=CORRECTIONS[covariance.kind],
            df=df,
            confidence_level=level,
            status=covariance.status,
            reason=covariance.reason,
        )
    ]
    test = _joint(fit, covariance.kind, covariance.matrix, covariance.df, level)
    if covariance.status == FEW_CLUSTERS:
        test |= test_row(not_available(JOINT, covariance.reason), 1.0 - level)
    return [*rows, test]


def _joint(fit: Estimate, kind: str, matrix: FloatArray, df: float, level: float) -> Record:
    """The test of all slopes by a covariance."""
    test = joint_significance(fit, matrix, law_df(fit.estimator, df))
    return {"estimator": fit.estimator, "covariance": kind, **test_row(test, 1.0 - level)}


def _reset_products(
    panel: PanelMoments, fit: Estimate, products: pd.DataFrame | None, max_terms: int
) -> FloatArray | None:
    """Products for the specification error test, from the slots of the warehouse."""
    if products is None or not fit.is_estimated:
        return None
    powers = range(max_terms + 1, max_terms + 1 + len(RESET_POWERS))
    used = [*design_slots(panel.terms, fit.terms, max_terms), *powers]
    return read_products(products, used)
