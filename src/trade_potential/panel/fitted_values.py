"""What an estimate on moments says of the rows it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.scores import all_slopes
from trade_potential.gravity.time_effects import TimeEffects, TimeMoments
from trade_potential.linalg import FloatArray
from trade_potential.panel.numbers import FittedValues

if TYPE_CHECKING:
    import duckdb

    from trade_potential.panel.read import PanelTable

Codes = npt.NDArray[np.int64]


def fitted_values(
    connection: duckdb.DuckDBPyConnection, relation: str, table: PanelTable, fit: Estimate
) -> FittedValues:
    """Outcome and fit of each row, sorted by key; effects of fixed effects are in the fit.

    Args:
        connection: Holds the rows.
        relation: Their name.
        table: Their columns.
        fit: With numbers.
    """
    slots, names = table.slots, table.names
    wanted = connection.table(relation).project(", ".join([*slots.keys, *slots.numbers]))
    found = {k: np.ma.getdata(v) for k, v in wanted.order("all").fetchnumpy().items()}
    y, weights = found[slots.outcome], np.ones(len(found[slots.outcome]))
    if slots.weights is not None:
        weights = found[slots.weights]
    entities = _codes(found[slots.entity])
    p = len(slots.regressors)
    slopes: FloatArray = np.array(all_slopes(tuple(names.regressors), fit))
    fitted = np.full(len(y), float(fit.coefficients[0]))
    for k, slot in enumerate(slots.regressors):
        x = found[slot]
        fitted += slopes[k] * x
        if slopes[p + k]:
            fitted += slopes[p + k] * _means(x, entities, weights)[entities]
    if fit.spec.effects:
        apart = y - fitted
        fitted += _means(apart, entities, weights)[entities]
    if fit.time_effects is not None and slots.time is not None:
        times = np.unique(found[slots.time], return_inverse=True)[1]
        fitted += _time_effects(y - fitted, entities, times, weights)
    keys = {str(names.entity): found[slots.entity]}
    if slots.time is not None:
        keys[str(names.time)] = found[slots.time]
    return FittedValues(keys, y, fitted)


def _codes(sorted_keys: npt.NDArray[Any]) -> Codes:
    """Numbers of sorted keys from 0."""
    is_new = np.concatenate([[False], sorted_keys[1:] != sorted_keys[:-1]])
    return np.cumsum(is_new)


def _means(values: FloatArray, codes: Codes, weights: FloatArray) -> FloatArray:
    """Weighted mean by code."""
    means: FloatArray = np.bincount(codes, values * weights) / np.bincount(codes, weights)
    return means


def _time_effects(
    apart: FloatArray, entities: Codes, times: Codes, weights: FloatArray
) -> FloatArray:
    """(N,) effects of times, less their means over entities, of deviations from entity means."""
    n_times = int(times.max()) + 1
    seen = np.bincount(entities * n_times + times, weights).copy()
    seen.resize((int(entities.max()) + 1, n_times))
    moments = TimeMoments(
        labels=np.arange(n_times),
        masses=seen.sum(axis=0),
        sums=np.bincount(times, apart * weights).astype(float)[:, None],
        overlaps=(seen / seen.sum(axis=1, keepdims=True)).T @ seen,
    )
    squares = np.array([[float(weights @ apart**2)]])
    effects = TimeEffects.of(moments, squares).shifts[:, 0][times]
    return effects - _means(effects, entities, weights)[entities]
