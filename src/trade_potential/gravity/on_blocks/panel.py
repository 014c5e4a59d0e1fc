"""Moments and scores of any DuckDB relation, its rows read once, in blocks.

Where the times of rows matter, and for residuals, they are read again, by the SQL of the models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from trade_potential.errors import InputError
from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.on_blocks.entity_file import EntityFile
from trade_potential.gravity.on_blocks.entity_sums import Layout
from trade_potential.gravity.on_blocks.moments_of_sums import moments_of
from trade_potential.gravity.on_blocks.reading import read_entities, store_entities
from trade_potential.gravity.on_blocks.reset_products import reset_products
from trade_potential.gravity.on_duckdb import refinement
from trade_potential.gravity.on_duckdb.source import (
    KEYS,
    Source,
    order_of_times,
    refuse_unusable,
    times_of,
    view_rows,
    with_mean_weight,
    with_origin,
)
from trade_potential.gravity.on_duckdb.stored_fits import store_fits
from trade_potential.gravity.scores import Meats, design_slots, entity_scores, score_columns
from trade_potential.inference.registry import Estimator
from trade_potential.sql.render import macros

if TYPE_CHECKING:
    import duckdb

__all__ = ["clustered_meats", "fit_meats", "panel_moments", "refined", "reset_products"]


def panel_moments(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    *,
    outcome: str,
    regressors: list[str],
    entity: str,
    time: str | None = None,
    weights: str | None = None,
    terms: Sequence[str] | None = None,
) -> PanelMoments:
    """Aggregate a panel in the database to its moments, in one pass over the rows.

    Args:
        connection: Of these moments alone (a cursor will do): temporary tables named panel_* on it
            hold what later passes over the rows need.
        relation: Name of a table or view.
        outcome: Column of the dependent variable.
        regressors: Columns of the regressors, without a constant.
        entity: Column of the entity (for a bilateral panel: the pair).
        time: Column of the time; needed for two-way effects and covariances over time. Their order
            is that of ``times.time_order``.
        weights: Column of positive weights, scaled to a mean of 1; without, or where all weights
            are equal, rows count alike.
        terms: What the regressors are called; by default as their columns.

    Raises:
        InputError: The relation has no rows, a value is missing or not finite, a weight is not
            positive, or values are too large or too small to square.
    """
    source = Source(relation, [outcome, *regressors], entity, time, weights)
    source = with_origin(connection, with_mean_weight(connection, source))
    view_rows(connection, source)
    is_weighted = source.weights is not None
    times = None if time is None else times_of(connection)
    pairs, by_time = read_entities(connection, Layout(len(source.columns), is_weighted, times))
    if not pairs:
        refuse_unusable(connection, source)
        raise InputError(f"{relation}: a sum of its rows is not finite, its values are too large")
    return moments_of(
        pairs,
        tuple(terms or regressors),
        by_time.moments(),
        origin=np.array(source.origin),
        is_weighted=is_weighted,
    )


def clustered_meats(
    moments: PanelMoments, fits: Mapping[Estimator, Estimate]
) -> dict[Estimator, Meats]:
    """Sums over entities of products of the scores of fits, without a pass over the rows.

    Args:
        moments: What ``panel_moments`` made.
        fits: Estimates from it. Those without numbers are left out; twoway is not of this kind, see
            ``fit_meats``.
    """
    if moments.pairs is None:
        raise ValueError("the moments do not hold the sums of pairs")
    return _meats(moments.pairs, moments, fits)


def _meats(
    pairs: EntityFile, moments: PanelMoments, fits: Mapping[Estimator, Estimate]
) -> dict[Estimator, Meats]:
    kept = {name: fit for name, fit in fits.items() if fit.is_estimated}
    meats = {name: np.zeros_like(fit.bread) for name, fit in kept.items()}
    for some in pairs:
        for name, fit in kept.items():
            scores = entity_scores(moments, fit, some)
            meats[name] += scores @ scores.T
    return {name: Meats(meat) for name, meat in meats.items()}


def fit_meats(
    connection: duckdb.DuckDBPyConnection,
    moments: PanelMoments,
    estimate: Estimate,
    *,
    over_rows: bool,
) -> Meats:
    """Sums of products of the scores of a fit.

    Args:
        connection: On which ``panel_moments`` made ``moments``.
        moments: What the estimate was computed from.
        estimate: An estimate with numbers.
        over_rows: Whether sums over rows and times are wanted: one more pass over the rows, for
            which the moments need their times. Without, only two-way effects take that pass.
    """
    fits = {estimate.estimator: estimate}
    if estimate.time_effects is None:
        meats = clustered_meats(moments, fits)[estimate.estimator]
    else:
        # Less the effects of times, rows have the scores of one-way effects.
        shifts = estimate.time_effects.shifts
        times = times_of(connection)
        layout = Layout(len(moments.mean), moments.is_weighted, times, shifts)
        pairs, _ = read_entities(connection, layout)
        meats = _meats(pairs, moments, fits)[estimate.estimator]
    if not over_rows or estimate.spec.unit == "entity":
        return meats
    store_fits(connection, moments, [estimate], absent=0.0)
    _view_scores(connection, moments, estimate)
    design = score_columns(moments, estimate)
    used = design_slots(moments.terms, estimate.terms, len(moments.terms))
    query = macros().scores_by_time("panel_scores", KEYS, "time_key", design)
    by_time = connection.execute(f"{query} order by time_key").fetchnumpy()
    found = Meats.of(by_time, by_time, used)
    return replace(found, by_entity=meats.by_entity, times=order_of_times(connection))


def refined(
    connection: duckdb.DuckDBPyConnection, moments: PanelMoments, estimate: Estimate
) -> Estimate:
    """The estimate with the digits back that its moments have lost; arguments as ``fit_meats``."""

    def scores_of(fit: Estimate) -> str:
        store_fits(connection, moments, [fit], absent=0.0)
        _view_scores(connection, moments, fit)
        return "panel_scores"

    return refinement.refined(connection, moments, estimate, scores_of)


def _view_scores(
    connection: duckdb.DuckDBPyConnection, moments: PanelMoments, estimate: Estimate
) -> None:
    """Make the temporary view panel_scores of the fit that ``store_fits`` put in place."""
    store_entities(connection, moments)
    sql, slots = macros(), list(range(len(moments.terms) + 1))
    if estimate.spec.unit == "entity":
        scores = sql.between_scores(
            "panel_pairs", "panel_grand", "panel_fits", KEYS, "entity", slots
        )
    else:
        scores = sql.row_scores(
            "panel_timed_rows", "panel_pairs", "panel_grand", "panel_fits", "panel_weights",
            "panel_time_shifts", KEYS, "entity", "time_key", slots, estimate.spec.has_means,
            "mass" if moments.is_weighted else None, True,
        )  # fmt: skip
    connection.execute(f"create or replace temporary view panel_scores as {scores}")
