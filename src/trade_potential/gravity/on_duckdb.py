"""Moments and scores of any DuckDB relation by the SQL that the dbt models run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from trade_potential.errors import InputError
from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.moments import MEAN_OF, PanelMoments
from trade_potential.gravity.scores import Meats, design_slots, read_products
from trade_potential.linalg import FloatArray
from trade_potential.macros import macros, quoted

if TYPE_CHECKING:
    import duckdb


class _Rows(NamedTuple):
    """What is known of a relation after the first look."""

    n_rows: int
    mean_weight: float
    has_weights: bool


REFINEMENTS = 6
"""Passes of ``refined`` at most; each gains as many digits as the condition number has left."""

KEYS = ["panel"]
"""Models of dbt keep several samples in a table; here there is one, with the key 1."""


def panel_moments(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    *,
    outcome: str,
    regressors: list[str],
    entity: str,
    time: str | None = None,
    weights: str | None = None,
) -> PanelMoments:
    """Aggregate a panel in the database to its moments, in two passes over the rows.

    Args:
        connection: Open connection; temporary tables named panel_* are made.
        relation: Name of a table or view.
        outcome: Column of the dependent variable.
        regressors: Columns of the regressors, without a constant.
        entity: Column of the entity (for a bilateral panel: the pair).
        time: Column of the time; needed for two-way effects and covariances over time, at the cost
            of one more pass. Numbers, or texts of numbers, are ordered as numbers.
        weights: Column of positive weights, scaled to a mean of 1; without, or where all weights
            are equal, rows count alike.

    Raises:
        InputError: The relation has no rows, a value is missing or not finite, or a weight is not
            positive.
    """
    slots = list(range(len(regressors) + 1))
    rows = _check(connection, relation, [outcome, *regressors], entity, weights)
    columns = [
        f"cast(source.{quoted(column)} as double) as v{k}"
        for k, column in enumerate([outcome, *regressors])
    ]
    if rows.has_weights:
        weight = f"cast(source.{quoted(str(weights))} as double)"
        columns.append(f"{weight} / {rows.mean_weight!r} as mass")
    joined = ""
    if time is None:
        columns.append("1 as time_key")
    else:
        columns.append("times.time_key")
        joined = f"inner join panel_times as times on source.{quoted(time)} = times.time_value"
        connection.execute(
            "create or replace temporary table panel_times as select time_value, row_number() over "
            "(order by try_cast(cast(time_value as varchar) as double), time_value) as time_key "
            f"from (select distinct {quoted(time)} as time_value from {quoted(relation)})"
        )
    mass = "mass" if rows.has_weights else None
    connection.execute(
        f"create or replace temporary view panel_rows as select 1 as panel, "
        f"source.{quoted(entity)} as entity, {', '.join(columns)} "
        f"from {quoted(relation)} as source {joined}"
    )
    sql, pair = macros(), [*KEYS, "entity"]
    tables = {
        "panel_means": sql.slot_means("panel_rows", pair, slots, mass),
        "panel_products": sql.centred_products("panel_rows", "panel_means", pair, slots, mass),
        "panel_grand": sql.grand_means("panel_means", KEYS, slots),
    }
    small: dict[str, str] = {}
    if time is not None:
        small = {"time_sums": "panel_time_sums", "time_overlaps": "panel_time_overlaps"}
        over = ("panel_rows", "panel_means", KEYS, "entity", "time_key")
        tables["panel_time_sums"] = sql.time_sums(*over, slots, mass)
        tables["panel_time_overlaps"] = sql.time_overlaps(*over, mass)
    # Groups come in the order of threads: stored in one order, later sums are the same every time.
    order = {"panel_means": "entity", "panel_products": "rows_.entity"}
    for name, query in tables.items():
        by = f" order by {order[name]}" if name in order else ""
        connection.execute(f"create or replace temporary table {name} as {query}{by}")
    moments = connection.execute(
        sql.panel_moments(
            "panel_means", "panel_products", "panel_grand", KEYS, slots, **small, time="time_key"
        )
    ).df()
    return PanelMoments.from_rows(moments, tuple(regressors), is_weighted=rows.has_weights)


def _check(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: list[str],
    entity: str,
    weights: str | None,
) -> _Rows:
    """Refuse a relation without rows or with values that cannot enter."""
    unusable = " or ".join(
        f"{quoted(name)} is null or not isfinite(cast({quoted(name)} as double))"
        for name in [*columns, *([] if weights is None else [weights])]
    )
    weight = "1.0" if weights is None else f"cast({quoted(weights)} as double)"
    counted = connection.execute(
        f"select count(*), count(*) filter (where {quoted(entity)} is null or {unusable}), "
        f"count(*) filter (where {weight} <= 0), avg({weight}), min({weight}) < max({weight}) "
        f"from {quoted(relation)}"
    ).fetchone()
    rows, bad, flat, mean_weight, has_weights = counted or (0, 0, 0, 1.0, False)
    if rows == 0:
        raise InputError(f"{relation} has no rows")
    if bad:
        raise InputError(f"{relation}: {bad} of {rows} rows hold a missing or not finite value")
    if flat:
        raise InputError(f"{relation}: {flat} of {rows} rows have a weight that is not positive")
    return _Rows(int(rows), float(mean_weight), bool(has_weights))


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
    sql, p = macros(), len(moments.terms)
    design = _design(moments, estimate)
    used = design_slots(moments.terms, estimate.terms, p)
    _store(connection, moments, estimate)
    if estimate.estimator == "twoway" or over_rows:
        _view_scores(connection, moments, estimate)
    if estimate.estimator == "twoway":
        query = sql.pair_scores("panel_scores", KEYS, "entity", design)
        connection.execute(
            f"create or replace temporary table panel_pair_scores as {query} order by entity"
        )
        query = sql.summed_outer_products("panel_pair_scores", [*KEYS, "estimator"], design)
    else:
        query = sql.clustered_meat(
            "panel_means",
            "panel_products",
            "panel_grand",
            "panel_coefficients",
            "panel_weights",
            KEYS,
            "entity",
            list(range(p + 1)),
            estimate.estimator == "mundlak",
        )
    by_entity = connection.execute(query).df()
    by_time = None
    if over_rows and estimate.estimator != "between":
        query = sql.time_scores("panel_scores", KEYS, "time_key", design)
        by_time = connection.execute(f"{query} order by time_key").df()
    return Meats.of(by_entity, by_time, used)


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
    last = np.inf
    for _ in range(REFINEMENTS):
        _store(connection, moments, estimate)
        _view_scores(connection, moments, estimate)
        found = connection.execute(f"select ssr, {columns} from ({query})").fetchone() or ()
        ssr, step = float(found[0]), estimate.bread @ np.array(found[1:], dtype=float)
        estimate = replace(estimate, ssr=ssr)
        with np.errstate(divide="ignore", invalid="ignore"):
            size = float(np.nanmax(np.abs(step) / np.abs(estimate.coefficients)))
        if not size < last / 2.0:  # what is left is the rounding of the residuals
            break
        last = size
        estimate = estimate.moved(step)
    return estimate.with_ssr(estimate.ssr)


def _design(moments: PanelMoments, estimate: Estimate) -> list[int]:
    """Design slots of the scores of a fit: the constant, the terms, for mundlak their means."""
    p = len(moments.terms)
    return list(range(2 * p + 1 if estimate.estimator == "mundlak" else p + 1))


def _view_scores(
    connection: duckdb.DuckDBPyConnection, moments: PanelMoments, estimate: Estimate
) -> None:
    """Make the temporary view panel_scores of the fit that ``_store`` put in place."""
    sql, slots = macros(), list(range(len(moments.terms) + 1))
    if estimate.estimator == "between":
        scores = sql.between_scores(
            "panel_means", "panel_grand", "panel_coefficients", KEYS, "entity", slots
        )
    else:
        scores = sql.row_scores(
            "panel_rows", "panel_means", "panel_grand", "panel_coefficients", "panel_weights",
            "panel_shifts", KEYS, "entity", "time_key", slots, estimate.estimator == "mundlak",
            "mass" if moments.is_weighted else None,
        )  # fmt: skip
    connection.execute(f"create or replace temporary view panel_scores as {scores}")


def _store(
    connection: duckdb.DuckDBPyConnection, moments: PanelMoments, estimate: Estimate
) -> None:
    """Put a fit into the tables that the macros of scores.sql read."""
    slopes = dict(zip(estimate.terms, estimate.slopes.tolist(), strict=True))
    names = [f"b{k}" for k in range(1, len(moments.terms) + 1)]
    names += [f"g{k}" for k in range(1, len(moments.terms) + 1)]
    terms = [*moments.terms, *(MEAN_OF.format(term) for term in moments.terms)]
    columns = "".join(f", cast(? as double) as {name}" for name in names)
    connection.execute(
        "create or replace temporary table panel_coefficients as select 1 as panel, "
        "? as estimator, cast(? as double) as b0, cast(? as double) as centred_constant, "
        f"cast(? as double) as within_weight{columns}",
        [
            estimate.estimator,
            float(estimate.coefficients[0]),
            estimate.centred_constant,
            estimate.within_weight,
            *(slopes.get(term) for term in terms),
        ],
    )
    connection.execute(
        "create or replace temporary table panel_weights as select 1 as panel, ? as estimator, "
        "unnest(?::bigint[]) as group_size, unnest(?::double[]) as between_weight, "
        "unnest(?::double[]) as theta",
        [
            estimate.estimator,
            moments.sizes.tolist(),
            estimate.between_weights.tolist(),
            estimate.theta.tolist(),
        ],
    )
    effects, times = estimate.time_effects, moments.times
    if effects is None or times is None:
        labels, shifts = [], np.zeros((0, len(moments.terms) + 1))
    else:
        labels, shifts = times.labels.tolist(), effects.shifts
    columns = "".join(f", unnest(?::double[]) as t{k}" for k in range(shifts.shape[1]))
    connection.execute(
        "create or replace temporary table panel_shifts as select 1 as panel, ? as estimator, "
        f"unnest(?::bigint[]) as time_key{columns}",
        [estimate.estimator, labels, *shifts.T.tolist()],
    )


def reset_products(
    connection: duckdb.DuckDBPyConnection, moments: PanelMoments, pooled_fit: Estimate
) -> FloatArray | None:
    """Products that ``wald_tests.reset`` reads, in one more pass over the rows.

    None where the fit has no numbers. Arguments as ``fit_meats``.
    """
    if not pooled_fit.is_estimated:
        return None
    sql, slots = macros(), list(range(len(moments.terms) + 1))
    more = list(range(len(slots) + 2))
    weight = "mass" if moments.is_weighted else None
    _store(connection, moments, pooled_fit)
    powers = sql.fit_powers("panel_rows", "panel_coefficients", KEYS, slots, weight)
    connection.execute(f"create or replace temporary table panel_powers as {powers}")
    means = sql.slot_means("panel_powers", KEYS, more, weight)
    connection.execute(f"create or replace temporary table panel_power_means as {means}")
    query = sql.centred_products("panel_powers", "panel_power_means", KEYS, more, weight)
    return read_products(connection.execute(query).df(), more)
