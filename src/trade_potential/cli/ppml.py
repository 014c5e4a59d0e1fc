"""PPML of a table: the one estimator that needs all rows at once."""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np

from trade_potential.cli.model_report import ModelReport
from trade_potential.inference import CONSTANT
from trade_potential.inference.test_result import TestResult, not_available
from trade_potential.inference.wald import FEW_CLUSTERS, JOINT, Inference, wald
from trade_potential.linalg import one_thread
from trade_potential.ppml.covariance import CORRECTIONS, Kind
from trade_potential.ppml.estimate import fit_sample
from trade_potential.ppml.reset import PPML_POWERS, reset
from trade_potential.ppml.result import PpmlFit, strictly
from trade_potential.ppml.sample import Sample
from trade_potential.rows.files import Loss


def report_ppml(sample: Sample, args: argparse.Namespace, ledger: list[Loss]) -> ModelReport:
    """Estimate rows that are read: no database is needed, or its memory."""
    with one_thread():
        fit = fit_sample(sample, correction=args.correction or "small_sample")
        return _report(strictly(fit) if args.strict else fit, args, ledger)


def _factors(corrections: dict[str, float]) -> dict[str, float]:
    """Factors of the covariance under their names in the report."""
    if len(corrections) == 1:
        return {"correction_factor": next(iter(corrections.values()))}
    return {f"correction_factor_{part}": factor for part, factor in corrections.items()}


def _report(fit: PpmlFit, args: argparse.Namespace, ledger: list[Loss]) -> ModelReport:
    kind: Kind = args.covariance or "robust"
    level = args.confidence_level
    status, reason, inference = str(fit.status), fit.reason, None
    statistics: dict[str, float] = {}
    tests: tuple[TestResult, ...] = ()
    correction = CORRECTIONS[fit.correction][kind]
    if fit.is_estimated:
        errors = fit.covariances[kind]
        correction = errors.words(kind, fit.correction)
        few = fit.too_few(kind)
        if few or errors.status != "ok":
            status = FEW_CLUSTERS if few else errors.status
            reason = "; ".join(filter(None, [reason, few or errors.reason]))
        inference = Inference.of(fit.coefficients, errors.matrix, df=np.inf, confidence_level=level)
        statistics = {
            "df_resid": float(fit.df_resid),
            "n_zeros": float(fit.n_zeros),
            "deviance": fit.deviance,
            "log_likelihood": fit.log_likelihood,
            "pseudo_r_squared": fit.pseudo_r_squared,
            "deviance_r_squared": fit.deviance_r_squared,
            "n_parameters": float(errors.n_parameters),
            **_factors(errors.corrections),
        }
        if args.tests:
            first = 1 if CONSTANT in fit.terms else 0
            slopes, matrix = fit.coefficients[first:], errors.matrix[first:, first:]
            form = reset(fit, args.reset_powers or PPML_POWERS)[kind]
            found = (form, wald(replace(JOINT, covariance=kind), slopes, matrix, np.inf))
            tests = tuple(not_available(test, few) if few else test for test in found)
    lost = [
        Loss(step, f"{args.entity}, {args.time} = ({entity}, {time}): {said}", 1)
        for entity, time, step, said in fit.losses.itertuples(index=False)
    ]
    return ModelReport(
        estimator="ppml",
        covariance=kind,
        correction=correction,
        status=status,
        reason=reason,
        is_estimated=fit.is_estimated,
        n_obs=fit.n_obs,
        n_entities=fit.n_entities,
        r_squared=fit.r_squared,
        statistics=statistics,
        terms=fit.terms,
        inference=inference,
        absorbed=(*fit.absorbed, *fit.separated),
        omitted=fit.omitted,
        effects=tuple("^".join(effect) for effect in args.effects),
        alpha=1.0 - level,
        tests=tests,
        ledger=[*ledger, *lost],
    )
