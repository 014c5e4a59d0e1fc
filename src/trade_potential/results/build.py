"""What the dbt models return: the typed tables of every study and specification."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from trade_potential.errors import InputError
from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.estimators import estimate_all
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.reset import RESET_POWERS
from trade_potential.gravity.scores import Meats, design_slots, read_products
from trade_potential.inference.registry import estimators
from trade_potential.linalg import FloatArray
from trade_potential.results.gravity import KEYS, FitRow, Results, Tables, coefficients_by_slot
from trade_potential.results.least_squares import inferred, solved
from trade_potential.results.memo import solved_once
from trade_potential.results.ppml import ppml_results

Key = tuple[str, str]
NO_ROWS = "no row of the sample is left: the row ledger tells why"


def terms_by_spec(terms: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Regressors of each specification in order."""
    result: dict[str, tuple[str, ...]] = {}
    for spec_id, group in terms.sort_values("position").groupby("spec_id"):
        positions = group["position"].tolist()
        if positions != list(range(1, len(positions) + 1)):
            raise InputError(f"gravity_terms of {spec_id}: positions {positions} are not 1, 2, ...")
        result[str(spec_id)] = tuple(group["term"])
    return result


def least_squares(moments: pd.DataFrame, terms: pd.DataFrame, *, max_terms: int) -> Tables:
    """Fits of the least-squares estimators, their weights and time shifts.

    Args:
        moments: Rows of int_gravity__moments: study_id, spec_id and the columns that
            ``PanelMoments.from_rows`` reads.
        terms: spec_id, term, position.
        max_terms: Regressors that the columns by slot provide for.

    Raises:
        InputError: Positions of terms have a gap, or moments are missing or not finite.
    """
    return Tables.of(_solved(moments, terms, max_terms), max_terms=max_terms)


def ppml(
    sample: pd.DataFrame, terms: pd.DataFrame, specifications: pd.DataFrame, *, max_terms: int
) -> Tables:
    """Every table of PPML; arguments as ``inference``."""
    found = _ppml(sample=sample, terms=terms, specifications=specifications, max_terms=max_terms)
    return Tables.of(found, max_terms=max_terms)


def fits(
    moments: pd.DataFrame,
    sample: pd.DataFrame,
    terms: pd.DataFrame,
    specifications: pd.DataFrame,
    runs: pd.DataFrame,
    *,
    max_terms: int,
) -> pd.DataFrame:
    """One row per estimator of every run; arguments as ``inference``.

    ``runs`` (study_id, spec_id) must be answered, those without rows by the status no_rows.
    """
    solutions = _solved(moments, terms, max_terms)
    from_rows = _ppml(
        sample=sample, terms=terms, specifications=specifications, max_terms=max_terms
    )
    keys = sorted(set(zip(runs["study_id"], runs["spec_id"], strict=True)))
    found = {
        key: solutions.get(key, _no_rows("least_squares", max_terms))
        + from_rows.get(key, _no_rows("ppml", max_terms))
        for key in keys
    }
    return Tables.of(found, max_terms=max_terms).fits


def inference(
    *,
    moments: pd.DataFrame,
    meat: pd.DataFrame,
    time_scores: pd.DataFrame,
    reset_products: pd.DataFrame,
    sample: pd.DataFrame,
    terms: pd.DataFrame,
    specifications: pd.DataFrame,
    max_terms: int,
) -> Tables:
    """Coefficients, covariances and tests of every estimator.

    The least-squares fits are solved once more from the same moments: systems of a dozen equations.

    Args:
        moments: As ``least_squares``.
        meat: study_id, spec_id, estimator, c_i_j: sums over pairs of products of scores.
        time_scores: study_id, spec_id, estimator, year, sums m_i and row products c_i_j of scores.
        reset_products: study_id, spec_id, c_i_j with the powers of the fit in the last two slots.
        sample: Rows of int_gravity__ppml_sample: study_id, spec_id, pair_id, year, actual_usd,
            outcome_divisor_usd, v1, v2, ...
        terms: spec_id, term, position.
        specifications: spec_id, confidence_level.
        max_terms: Slots of a sample; entity means stand behind them.
    """
    named, levels = terms_by_spec(terms), _levels(specifications)
    meats = dict(list(meat.groupby([*KEYS, "estimator"])))
    in_order = time_scores.sort_values([*KEYS, "estimator", "year"])
    over_time = dict(list(in_order.groupby([*KEYS, "estimator"])))
    powers = _by_key(reset_products)
    found: dict[Key, Results] = {}
    for key, group in _by_key(moments).items():
        panel = PanelMoments.from_rows(group, named[key[1]])
        solutions = estimate_all(panel)
        found[key] = inferred(
            panel,
            solutions,
            {
                estimator: Meats.of(
                    meats[*key, estimator],
                    over_time.get((*key, estimator)),
                    design_slots(panel.terms, fit.terms, max_terms),
                )
                for estimator, fit in solutions.items()
                if fit.is_estimated
            },
            _reset_products(panel, solutions["pooled"], powers.get(key), max_terms),
            confidence_level=levels[key[1]],
            max_terms=max_terms,
        )
    for key, more in _ppml(
        sample=sample, terms=terms, specifications=specifications, max_terms=max_terms
    ).items():
        found[key] = found.get(key, Results()) + more
    return Tables.of(dict(sorted(found.items())), max_terms=max_terms)


inference_once = solved_once(inference)
"""For the models of a build, which ask for the same tables one after the other."""


def _solved(moments: pd.DataFrame, terms: pd.DataFrame, max_terms: int) -> dict[Key, Results]:
    named = terms_by_spec(terms)
    found: dict[Key, Results] = {}
    for key, group in _by_key(moments).items():
        panel = PanelMoments.from_rows(group, named[key[1]])
        found[key] = solved(panel, estimate_all(panel), max_terms=max_terms)
    return found


@solved_once
def _ppml(
    *, sample: pd.DataFrame, terms: pd.DataFrame, specifications: pd.DataFrame, max_terms: int
) -> dict[Key, Results]:
    named, levels = terms_by_spec(terms), _levels(specifications)
    return {
        key: ppml_results(rows, named[key[1]], confidence_level=levels[key[1]], max_terms=max_terms)
        for key, rows in _by_key(sample).items()
    }


def _no_rows(family: str, max_terms: int) -> Results:
    """Fits of a run whose sample is empty."""
    none = coefficients_by_slot(np.zeros(0), [], max_terms)
    said: dict[str, Any] = {"status": "no_rows", "reason": NO_ROWS, "n_obs": 0, "n_entities": 0}
    return Results([FitRow(estimator=name, by_slot=none, **said) for name in estimators(family)])


def _by_key(frame: pd.DataFrame) -> dict[Key, pd.DataFrame]:
    """Rows by study and specification, in their order."""
    return {(str(study), str(spec)): rows for (study, spec), rows in frame.groupby([*KEYS])}


def _levels(specifications: pd.DataFrame) -> dict[str, float]:
    levels = zip(specifications["spec_id"], specifications["confidence_level"], strict=True)
    return {str(spec_id): float(level) for spec_id, level in levels}


def _reset_products(
    panel: PanelMoments, fit: Estimate, products: pd.DataFrame | None, max_terms: int
) -> FloatArray | None:
    """Products for the specification error test, from the slots of the warehouse."""
    if products is None or not fit.is_estimated:
        return None
    powers = range(max_terms + 1, max_terms + 1 + len(RESET_POWERS))
    used = [*design_slots(panel.terms, fit.terms, max_terms), *powers]
    return read_products(products, used)
