"""Ramsey's test on rows in DuckDB."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import numpy as np

from trade_potential.gravity.covariance import sandwich
from trade_potential.gravity.engine import Rows
from trade_potential.gravity.estimate import DIGITS_AT_STAKE, Estimate
from trade_potential.gravity.estimators import pooled
from trade_potential.gravity.reset import RESET_POWERS, reset, reset_by, scaled_slopes
from trade_potential.gravity.specification_tests import is_near_exact
from trade_potential.inference.registry import Covariance
from trade_potential.inference.test_result import TestResult
from trade_potential.sql.render import double_literal, quoted


def reset_of_rows(
    rows: Rows,
    pooled_fit: Estimate,
    covariance: Covariance,
    *,
    over_rows: bool,
    powers: tuple[int, ...] = RESET_POWERS,
) -> TestResult:
    """Ramsey's test by a covariance, the classical one in one pass over the rows.

    Another takes the moments of the rows with the powers beside the regressors, and its scores.

    Args:
        rows: Of the sample.
        pooled_fit: The pooled estimate of their moments.
        covariance: By which the powers are tested.
        over_rows: Whether it takes scores over rows and times.
        powers: Of the fit.
    """
    scaled = scaled_slopes(rows.moments, pooled_fit)
    if covariance == "classical" or is_near_exact(pooled_fit) or not np.isfinite(scaled).all():
        products = rows.reset_products(pooled_fit, powers)
        return reset(pooled_fit, products, powers, covariance)
    regressors, centre = rows.columns.regressors, rows.moments.centre[1:]
    parts = [
        f"{double_literal(slope)} * ({quoted(name)} - {double_literal(mean)})"
        for name, slope, mean in zip(regressors, scaled.tolist(), centre.tolist(), strict=True)
        if slope
    ]
    names = [f"fit_power_{power}" for power in powers]
    fit = " + ".join(parts)
    columns = ", ".join(
        f"power({fit}, {power}) as {name}" for power, name in zip(powers, names, strict=True)
    )
    kept = [regressors[k - 1] for k in rows.moments.positions(pooled_fit.terms)]
    wide = replace(
        rows.columns,
        regressors=[*kept, *names],
        time=rows.columns.time if over_rows else None,
    )
    with closing(rows.connection.cursor()) as own:
        own.execute(
            f"create temporary view reset_rows as select *, {columns} from {quoted(rows.relation)}"
        )
        wider = Rows.of(rows.engine, own, "reset_rows", wide)
        wide_fit = pooled(wider.moments)
        if wide_fit.digits_lost > DIGITS_AT_STAKE:
            wide_fit = wider.refined(wide_fit)
        if not wide_fit.is_estimated:
            return reset_by(wide_fit, None, names, powers, covariance)
        meats = wider.meats(wide_fit, over_rows=over_rows)
        errors = sandwich(wide_fit, meats, covariance, n_entities=wider.moments.n_entities)
        return reset_by(wide_fit, errors, names, powers, covariance)
