"""PPML of a table: the one estimator that reads rows, with a library."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from trade_potential.files import Loss
from trade_potential.gravity.covariance import FEW_CLUSTERS, Inference
from trade_potential.gravity.estimate import CONSTANT
from trade_potential.gravity.report import ModelReport
from trade_potential.gravity.specification_tests import TestResult, not_available
from trade_potential.gravity.wald_tests import JOINT, wald
from trade_potential.linalg import one_thread
from trade_potential.ppml.covariance import CORRECTIONS, Kind
from trade_potential.ppml.estimate import fit_ppml
from trade_potential.ppml.reset import PPML_POWERS, reset
from trade_potential.ppml.result import PpmlFit, strictly

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


def report_ppml(
    connection: duckdb.DuckDBPyConnection,
    args: argparse.Namespace,
    *,
    keys: list[str],
    ledger: list[Loss],
) -> ModelReport:
    """Estimate on the table ``sample``; ``keys`` are the names of its columns k0, k1, ..."""
    # A column may be key, regressor and weight at once: keys and weights get names of their own.
    weights = f"{args.weights} (weight)" if args.weights else None
    values = [args.outcome, *args.regressors, *([weights] if weights else [])]
    key_names = [f"{name} (key)" if name in values else name for name in keys]
    name_of = dict(zip(keys, key_names, strict=True))
    with one_thread():
        fit = fit_ppml(
            _rows(connection, key_names, values),
            outcome=args.outcome,
            regressors=args.regressors,
            entity=name_of[args.entity],
            time=name_of[args.time],
            effects=[tuple(name_of[part] for part in effect) for effect in args.effects],
            weights=weights,
        )
        return _report(strictly(fit) if args.strict else fit, args, ledger)


def _rows(
    connection: duckdb.DuckDBPyConnection, keys: list[str], values: list[str]
) -> pd.DataFrame:
    """The table ``sample`` as a frame, with texts as codes: a text of a row would take 60 bytes.

    The table is dropped: it would stand beside the frame while the model is estimated.
    """
    columns = []
    for k in range(len(keys)):
        described = connection.execute(f"select typeof(k{k}) from sample limit 1").fetchone()
        if described == ("VARCHAR",):
            connection.execute(
                f"create or replace temporary type level_{k} as enum "
                f"(select distinct k{k} from sample order by k{k})"
            )
            columns.append(f"cast(k{k} as level_{k})")
        else:
            columns.append(f"k{k}")
    columns += [f"v{k}" for k in range(len(values))]
    frame = connection.execute(f"select {', '.join(columns)} from sample").df()
    connection.execute("drop view sample")
    connection.execute("drop table file_rows")
    frame.columns = [*keys, *values]
    return frame


def _report(fit: PpmlFit, args: argparse.Namespace, ledger: list[Loss]) -> ModelReport:
    kind: Kind = args.covariance or "robust"
    level = args.confidence_level
    status, reason, inference = str(fit.status), fit.reason, None
    statistics: dict[str, float] = {}
    tests: tuple[TestResult, ...] = ()
    if fit.is_estimated:
        errors = fit.covariances[kind]
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
        correction=CORRECTIONS[kind],
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
