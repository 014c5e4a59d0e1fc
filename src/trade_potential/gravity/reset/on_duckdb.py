"""Ramsey's test on rows in DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trade_potential.gravity.covariance import Covariance, sandwich
from trade_potential.gravity.estimate import DIGITS_AT_STAKE, Estimate
from trade_potential.gravity.estimators import pooled
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.on_blocks.panel import fit_meats, panel_moments, refined
from trade_potential.gravity.reset import RESET_POWERS, reset, reset_by
from trade_potential.gravity.scores import all_slopes
from trade_potential.gravity.specification_tests import is_near_exact
from trade_potential.inference.test_result import TestResult
from trade_potential.linalg import FloatArray
from trade_potential.rows.batches import CentredProducts, batches, doubles
from trade_potential.sql.render import double_literal, quoted

if TYPE_CHECKING:
    import duckdb


def reset_products(
    connection: duckdb.DuckDBPyConnection,
    moments: PanelMoments,
    pooled_fit: Estimate,
    powers: tuple[int, ...] = RESET_POWERS,
) -> FloatArray | None:
    """Products that ``reset`` reads, in one more pass over the rows.

    None where the fit has no numbers. Arguments as ``fit_meats``.
    """
    if not pooled_fit.is_estimated:
        return None
    scaled, used = _scaled(moments, pooled_fit), [0, *moments.positions(pooled_fit.terms)]
    sums = CentredProducts.of_none(len(used) + len(powers))
    columns = ", ".join(
        [*(f"v{k}" for k in range(len(moments.mean))), *(["mass"] if moments.is_weighted else [])]
    )
    for block in batches(connection, f"select {columns} from panel_rows"):
        values = doubles(block.columns)
        weights = values.pop() if moments.is_weighted else None
        rows = np.array(values)
        fit = scaled @ (rows[1:] - moments.mean[1:, None])
        sums.add(np.vstack([rows[used], *(fit**power for power in powers)]), weights)
    return sums.products


def reset_of_rows(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    *,
    outcome: str,
    regressors: list[str],
    entity: str,
    time: str | None,
    weights: str | None,
    moments: PanelMoments,
    pooled_fit: Estimate,
    covariance: Covariance,
    powers: tuple[int, ...] = RESET_POWERS,
) -> TestResult:
    """Ramsey's test by a covariance, the classical one in one pass over the rows.

    Another takes the moments of the rows with the powers beside the regressors, and its scores:
    what ``panel_moments`` made before is gone then.

    Args:
        connection: The connection on which ``panel_moments`` made ``moments`` last.
        relation: Name of the table or view, as for ``moments``; also the columns that follow.
        outcome: Column of the dependent variable.
        regressors: Columns of the regressors.
        entity: Column of the entity.
        time: Column of the time; None will do for classical and clustered.
        weights: Column of weights, or None.
        moments: Of the relation.
        pooled_fit: The pooled estimate of ``moments``.
        covariance: By which the powers are tested.
        powers: Of the fit.
    """
    scaled = _scaled(moments, pooled_fit)
    if covariance == "classical" or is_near_exact(pooled_fit) or not np.isfinite(scaled).all():
        products = reset_products(connection, moments, pooled_fit, powers)
        return reset(pooled_fit, products, powers, covariance)
    parts = [
        f"{double_literal(slope)} * ({quoted(name)} - {double_literal(mean)})"
        for name, slope, mean in zip(
            regressors, scaled.tolist(), moments.centre[1:].tolist(), strict=True
        )
        if slope
    ]
    names = [f"fit_power_{power}" for power in powers]
    fit = " + ".join(parts)
    columns = ", ".join(
        f"power({fit}, {power}) as {name}" for power, name in zip(powers, names, strict=True)
    )
    connection.execute(
        f"create or replace temporary view reset_rows as select *, {columns} "
        f"from {quoted(relation)}"
    )
    kept = [regressors[k - 1] for k in moments.positions(pooled_fit.terms)]
    wider = panel_moments(
        connection,
        "reset_rows",
        outcome=outcome,
        regressors=[*kept, *names],
        entity=entity,
        time=time,
        weights=weights,
    )
    wide_fit = pooled(wider)
    if wide_fit.digits_lost > DIGITS_AT_STAKE:
        wide_fit = refined(connection, wider, wide_fit)
    if not wide_fit.is_estimated:
        return reset_by(wide_fit, None, names, powers, covariance)
    meats = fit_meats(connection, wider, wide_fit, over_rows=time is not None)
    errors = sandwich(wide_fit, meats, covariance, n_entities=wider.n_entities)
    return reset_by(wide_fit, errors, names, powers, covariance)


def _scaled(moments: PanelMoments, pooled_fit: Estimate) -> FloatArray:
    """(p,) slopes by which the fit has variance one, so that its powers stay near one.

    Any centre and scale give the same test.
    """
    slopes = np.array(all_slopes(moments.terms, pooled_fit)[: len(moments.terms)])
    variance = float(slopes @ moments.total[1:, 1:] @ slopes) / moments.n_obs
    spread = np.sqrt(max(variance, 0.0))
    return slopes / spread if spread > 0.0 else np.full_like(slopes, np.nan)
