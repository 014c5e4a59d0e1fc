"""Moments and scores of any DuckDB relation, its rows read once, in blocks.

Where the times of rows matter, and for residuals, they are read again, by the SQL of the models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from trade_potential.errors import InputError
from trade_potential.gravity.estimate import Estimate, Estimator
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.on_blocks.entity_file import EntityFile
from trade_potential.gravity.on_blocks.entity_sums import Layout
from trade_potential.gravity.on_blocks.moments_of_sums import moments_of
from trade_potential.gravity.on_blocks.reading import (
    KEYS,
    Source,
    order_of_times,
    read_entities,
    refuse_unusable,
    store_entities,
    times_of,
    view_rows,
    with_mean_weight,
    with_origin,
)
from trade_potential.gravity.scores import (
    Meats,
    all_slopes,
    design_slots,
    entity_scores,
)
from trade_potential.precision import CONSTANT_TOLERANCE
from trade_potential.sql.render import double_literal, macros

if TYPE_CHECKING:
    import duckdb


REFINEMENTS = 6
"""Passes of ``refined`` at most; each gains as many digits as the condition number has left."""


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
        connection: Open connection; temporary tables named panel_* are made.
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
        connection: The connection on which ``panel_moments`` made ``moments`` last.
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
    if not over_rows or estimate.estimator == "between":
        return meats
    _store(connection, moments, estimate)
    _view_scores(connection, moments, estimate)
    design = _design(moments, estimate)
    used = design_slots(moments.terms, estimate.terms, len(moments.terms))
    query = macros().time_scores("panel_scores", KEYS, "time_key", design)
    by_time = connection.execute(f"{query} order by time_key").fetchnumpy()
    found = Meats.of(by_time, by_time, used)
    return replace(found, by_entity=meats.by_entity, times=order_of_times(connection))


def refined(
    connection: duckdb.DuckDBPyConnection, moments: PanelMoments, estimate: Estimate
) -> Estimate:
    """The estimate with the digits back that its moments have lost; see ``Estimate.digits_lost``.

    Residuals are taken from the rows and their scores, zero at the minimum, corrected for: Newton's
    steps, of which each takes one pass over the rows. Arguments as ``fit_meats``.

    Source: Björck (1996), Numerical Methods for Least Squares Problems, section 2.9.3.
    """
    used = design_slots(moments.terms, estimate.terms, len(moments.terms))
    columns = ", ".join(f"m{k}" for k in used)
    query = macros().summed_scores("panel_scores", KEYS, _design(moments, estimate))
    spread, slots = moments.spread, [(k - 1) % len(moments.terms) + 1 for k in used[1:]]
    last = np.inf
    for _ in range(REFINEMENTS):
        _store(connection, moments, estimate)
        _view_scores(connection, moments, estimate)
        found = connection.execute(f"select ssr, {columns} from ({query})").fetchone() or ()
        ssr, step = float(found[0]), estimate.bread @ np.array(found[1:], dtype=float)
        estimate = replace(estimate, ssr=ssr)
        # In standard units: beside a coefficient that is zero no step is small.
        slopes, constant = step[1:] * spread[slots], step[0] + estimate.term_means @ step[1:]
        size = float(np.abs([constant, *slopes]).max())
        if not size < last / 2.0:  # what is left is the rounding of the residuals
            break
        last = size
        estimate = estimate.moved(step)
    return estimate.with_ssr(0.0 if _is_rounding(moments, estimate) else estimate.ssr)


def _is_rounding(moments: PanelMoments, estimate: Estimate) -> bool:
    """Whether residuals are no larger than the rounding of the values that they are made of."""
    p = len(moments.terms)
    slopes = np.abs(all_slopes(moments.terms, estimate)).reshape(2, p).sum(axis=0)
    size = np.hypot(moments.centre, moments.spread) @ np.concatenate([[1.0], slopes])
    return bool(estimate.ssr <= estimate.n_rows * (CONSTANT_TOLERANCE * size) ** 2)


def _design(moments: PanelMoments, estimate: Estimate) -> list[int]:
    """Design slots of the scores of a fit: the constant, the terms, for mundlak their means."""
    p = len(moments.terms)
    return list(range(2 * p + 1 if estimate.estimator == "mundlak" else p + 1))


def _view_scores(
    connection: duckdb.DuckDBPyConnection, moments: PanelMoments, estimate: Estimate
) -> None:
    """Make the temporary view panel_scores of the fit that ``_store`` put in place."""
    store_entities(connection, moments)
    sql, slots = macros(), list(range(len(moments.terms) + 1))
    if estimate.estimator == "between":
        scores = sql.between_scores(
            "panel_pairs", "panel_grand", "panel_coefficients", KEYS, "entity", slots
        )
    else:
        scores = sql.row_scores(
            "panel_timed_rows", "panel_pairs", "panel_grand", "panel_coefficients", "panel_weights",
            "panel_shifts", KEYS, "entity", "time_key", slots, estimate.estimator == "mundlak",
            "mass" if moments.is_weighted else None, True,
        )  # fmt: skip
    connection.execute(f"create or replace temporary view panel_scores as {scores}")


def _store(connection: duckdb.DuckDBPyConnection, moments: PanelMoments, fit: Estimate) -> None:
    """Put a fit into the tables that the macros of scores.sql read."""
    p = len(moments.terms)
    names = ["b0", "centred_constant", "within_weight"]
    names += [f"{letter}{k}" for letter in "bg" for k in range(1, p + 1)]
    numbers = [float(fit.coefficients[0]), fit.centred_constant, fit.within_weight]
    sizes = [moments.sizes.tolist(), fit.between_weights.tolist(), fit.theta.tolist()]
    shifts: list[list[float]] = []
    if fit.time_effects is not None and moments.times is not None:
        labels = moments.times.labels.tolist()
        shifts = [
            [label, *row]
            for label, row in zip(labels, fit.time_effects.shifts.tolist(), strict=True)
        ]
    for table, columns, rows in (
        ("panel_coefficients", names, [[*numbers, *all_slopes(moments.terms, fit)]]),
        ("panel_weights", ["group_size", "between_weight", "theta"], zip(*sizes, strict=True)),
        ("panel_shifts", ["time_key", *(f"t{k}" for k in range(p + 1))], shifts),
    ):
        typed = ", ".join(f"{name} double" for name in columns)
        connection.execute(
            f"create or replace temporary table {table} (panel integer, estimator varchar, {typed})"
        )
        values = [
            f"(1, '{fit.estimator}', {', '.join(double_literal(value) for value in row)})"
            for row in rows
        ]
        if values:
            connection.execute(f"insert into {table} values {', '.join(values)}")
