"""Fits as the tables that the macros of scores.sql and meat.sql read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from trade_potential.gravity.scores import own_slopes
from trade_potential.sql.render import double_literal

if TYPE_CHECKING:
    import duckdb

    from trade_potential.gravity.estimate import Estimate
    from trade_potential.gravity.moments import PanelMoments


def store_fits(
    connection: duckdb.DuckDBPyConnection,
    moments: PanelMoments,
    fits: Iterable[Estimate],
    *,
    absent: float | None,
) -> None:
    """Make the tables panel_fits, panel_weights and panel_time_shifts.

    Args:
        connection: Where to.
        moments: What the fits were computed from.
        fits: With numbers.
        absent: Slope of a regressor that a fit does not have; None, as in the warehouse, or 0.
    """
    slots = range(1, len(moments.terms) + 1)
    slopes = [f"{letter}{k}" for letter in "bg" for k in slots]
    rows: dict[str, list[str]] = {"fits": [], "weights": [], "time_shifts": []}
    for fit in fits:
        own = [absent if slope is None else slope for slope in own_slopes(moments.terms, fit)]
        scalars = [float(fit.coefficients[0]), fit.centred_constant, fit.within_weight]
        rows["fits"].append(_row(fit, [*scalars, *own]))
        sizes = moments.sizes.tolist(), fit.between_weights.tolist(), fit.theta.tolist()
        rows["weights"] += [_row(fit, row) for row in zip(*sizes, strict=True)]
        if fit.time_effects is not None and moments.times is not None:
            shifts = fit.time_effects.shifts.tolist()
            labels = moments.times.labels.tolist()
            rows["time_shifts"] += [
                _row(fit, [label, *row]) for label, row in zip(labels, shifts, strict=True)
            ]
    columns = {
        "fits": ["b0", "centred_constant", "within_weight", *slopes],
        "weights": ["group_size", "between_weight", "theta"],
        "time_shifts": ["time_key", *(f"t{k}" for k in (0, *slots))],
    }
    for name, numbers in columns.items():
        table, typed = f"panel_{name}", ", ".join(f"{number} double" for number in numbers)
        connection.execute(
            f"create or replace temporary table {table} (panel integer, estimator varchar, {typed})"
        )
        if rows[name]:
            connection.execute(f"insert into {table} values {', '.join(rows[name])}")


def _row(fit: Estimate, numbers: Iterable[float | None]) -> str:
    values = ("null" if value is None else double_literal(value) for value in numbers)
    return f"(1, '{fit.estimator}', {', '.join(values)})"
