"""Moments and scores of any DuckDB relation, as the models of the warehouse make them of a sample.

The numbers that a build publishes come of this SQL. It has no weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from trade_potential.errors import InputError
from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.on_duckdb import refinement
from trade_potential.gravity.on_duckdb.source import (
    KEYS,
    Source,
    order_of_times,
    refuse_unusable,
    view_rows,
    with_mean_weight,
)
from trade_potential.gravity.on_duckdb.stored_fits import store_fits
from trade_potential.gravity.on_sql.steps import Steps
from trade_potential.gravity.reset import RESET_POWERS
from trade_potential.gravity.scores import Meats, design_slots, read_products
from trade_potential.linalg import FloatArray

if TYPE_CHECKING:
    import duckdb

PREFIX = "panel_"
WITHOUT_WEIGHTS = "the SQL of the warehouse has no weights: rows count alike in it"
WITHOUT_POWERS = "the SQL of the warehouse has the powers 2 and 3 of a fit, and no others"


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
    """Aggregate a panel in the database to its moments; arguments as on_blocks.

    Raises:
        InputError: As on_blocks, or rows have different weights.
    """
    columns = [outcome, *regressors]
    source = Source(relation, columns, entity, time, weights, origin=(0.0,) * len(columns))
    source = with_mean_weight(connection, source)
    if source.weights is not None:
        raise InputError(f"{relation}: {WITHOUT_WEIGHTS}")
    refuse_unusable(connection, source)
    view_rows(connection, source)
    connection.execute(f"create or replace temporary view {PREFIX}sample as from panel_timed_rows")
    steps = _steps(len(regressors)).of_moments(with_times=time is not None)
    query = steps.pop("moments")
    _create(connection, steps)
    rows = connection.execute(query).fetchnumpy()
    return PanelMoments.from_rows(rows, tuple(terms or regressors))


def fit_meats(
    connection: duckdb.DuckDBPyConnection,
    moments: PanelMoments,
    estimate: Estimate,
    *,
    over_rows: bool,
) -> Meats:
    """Sums of products of the scores of a fit; arguments as on_blocks."""
    store_fits(connection, moments, [estimate], absent=None)
    p = len(moments.terms)
    steps = _steps(p).of_scores()
    meat, time_scores = steps.pop("meat"), steps.pop("time_scores")
    _create(connection, steps)
    by_time = None
    if over_rows and estimate.spec.unit != "entity":
        by_time = connection.execute(f"{time_scores} order by time_key").fetchnumpy()
    by_entity = connection.execute(meat).fetchnumpy()
    found = Meats.of(by_entity, by_time, design_slots(moments.terms, estimate.terms, p))
    return found if by_time is None else replace(found, times=order_of_times(connection))


def refined(
    connection: duckdb.DuckDBPyConnection, moments: PanelMoments, estimate: Estimate
) -> Estimate:
    """The estimate with the digits back that its moments have lost; arguments as ``fit_meats``.

    The warehouse publishes what moments give, and how far from the minimum that is.
    """
    steps = _steps(len(moments.terms))

    def scores_of(fit: Estimate) -> str:
        store_fits(connection, moments, [fit], absent=None)
        of_rows = steps.of_scores()["scores"]
        query = steps.of_between() if fit.spec.unit == "entity" else of_rows
        _create(connection, {"scores": query})
        return steps.table("scores")

    return refinement.refined(connection, moments, estimate, scores_of)


def reset_products(
    connection: duckdb.DuckDBPyConnection,
    moments: PanelMoments,
    pooled_fit: Estimate,
    powers: tuple[int, ...] = RESET_POWERS,
) -> FloatArray | None:
    """Products that ``reset`` reads; None where the fit has no numbers. Arguments as ``fit_meats``.

    Raises:
        InputError: Powers other than those of the warehouse.
    """
    if powers != RESET_POWERS:
        raise InputError(WITHOUT_POWERS)
    if not pooled_fit.is_estimated:
        return None
    store_fits(connection, moments, [pooled_fit], absent=None)
    p = len(moments.terms)
    steps = _steps(p).of_powers()
    products = steps.pop("reset_products")
    _create(connection, steps)
    used = [*design_slots(moments.terms, pooled_fit.terms, p), p + 1, p + 2]
    return read_products(connection.execute(products).fetchnumpy(), used)


def _steps(n_terms: int) -> Steps:
    return Steps(PREFIX, PREFIX, KEYS, "entity", "time_key", n_terms)


def _create(connection: duckdb.DuckDBPyConnection, steps: Mapping[str, str]) -> None:
    """Make the temporary tables of steps; scores of rows are a view, as in the warehouse."""
    for name, query in steps.items():
        kind = "view" if name == "scores" else "table"
        connection.execute(f"create or replace temporary {kind} {PREFIX}{name} as {query}")
