"""A PPML fit as the fit of a panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np

from trade_potential.inference import CONSTANT
from trade_potential.inference.registry import Correction, Covariance
from trade_potential.inference.test_result import TestResult, not_available
from trade_potential.inference.wald import FEW_CLUSTERS, JOINT, Inference, wald
from trade_potential.linalg import one_thread
from trade_potential.panel.fit import Fit
from trade_potential.panel.numbers import FittedValues
from trade_potential.panel.requests import Powers
from trade_potential.ppml.covariance import CORRECTIONS
from trade_potential.ppml.estimate import fit_sample
from trade_potential.ppml.reset import PPML_POWERS, reset
from trade_potential.ppml.result import PpmlFit, strictly
from trade_potential.ppml.sample import Sample
from trade_potential.rows.model_columns import Columns
from trade_potential.rows.table import Loss


def ppml_fit(
    sample: Sample,
    columns: Columns,
    ledger: Sequence[Loss],
    *,
    covariance: Covariance,
    correction: Correction,
    confidence_level: float,
    strict: bool,
) -> Fit:
    """Estimate rows that are arrays: no database is needed, or its memory.

    ``ledger``: rows lost before; the last four as ``Panel.fits``.
    """
    with one_thread():
        fit = fit_sample(sample, correction=correction)
        fit = strictly(fit) if strict else fit
    lost = [
        Loss(step, f"{columns.entity}, {columns.time} = ({entity}, {time}): {said}", 1)
        for entity, time, step, said in fit.losses.itertuples(index=False)
    ]
    numbers: dict[str, Any] = {}
    status, reason, words = str(fit.status), fit.reason, CORRECTIONS[correction][covariance]
    if fit.is_estimated:
        errors, few = fit.covariances[covariance], fit.too_few(covariance)
        words = errors.words(covariance, correction)
        if few or errors.status != "ok":
            status = FEW_CLUSTERS if few else errors.status
            reason = "; ".join(filter(None, [reason, few or errors.reason]))
        numbers = {
            "terms": fit.terms,
            "inference": Inference.of(
                fit.coefficients, errors.matrix, df=np.inf, confidence_level=confidence_level
            ),
            "matrix": errors.matrix,
            "r_squared": fit.r_squared,
            "statistics": {
                "df_resid": float(fit.df_resid),
                "n_zeros": float(fit.n_zeros),
                "deviance": fit.deviance,
                "log_likelihood": fit.log_likelihood,
                "pseudo_r_squared": fit.pseudo_r_squared,
                "deviance_r_squared": fit.deviance_r_squared,
                "n_parameters": float(errors.n_parameters),
                **_factors(errors.corrections),
            },
        }
    return Fit(
        estimator="ppml",
        cov_type=covariance,
        correction=words,
        status=status,
        reason=reason,
        columns=columns,
        outcome=columns.outcome,
        nobs=fit.n_obs,
        n_entities=fit.n_entities,
        absorbed=(*fit.absorbed, *fit.separated),
        omitted=fit.omitted,
        effects=tuple("^".join(effect) for effect in columns.effects),
        confidence_level=confidence_level,
        ledger=(*ledger, *lost),
        find_tests=cache(partial(_tests, fit, covariance)),
        find_values=partial(_values, fit),
        **numbers,
    )


def _factors(corrections: dict[str, float]) -> dict[str, float]:
    """Factors of the covariance under their names among the statistics."""
    if len(corrections) == 1:
        return {"correction_factor": next(iter(corrections.values()))}
    return {f"correction_factor_{part}": factor for part, factor in corrections.items()}


def _values(fit: PpmlFit) -> FittedValues:
    """Of the rows kept."""
    return FittedValues({str(n): fit.keys[n] for n in fit.keys}, fit.outcome, fit.fitted)


def _tests(fit: PpmlFit, kind: Covariance, powers: Powers | None) -> tuple[TestResult, ...]:
    """RESET and the test of all slopes."""
    if not fit.is_estimated:
        return ()
    with one_thread():
        form = reset(fit, powers or PPML_POWERS)[kind]
    first = 1 if CONSTANT in fit.terms else 0
    matrix = fit.covariances[kind].matrix[first:, first:]
    joint = wald(replace(JOINT, covariance=kind), fit.coefficients[first:], matrix, np.inf)
    few = fit.too_few(kind)
    return tuple(not_available(test, few) if few else test for test in (form, joint))
