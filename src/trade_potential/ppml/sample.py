"""Rows of a panel as arrays: validated, sorted by key, effects as integers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trade_potential.errors import InputError
from trade_potential.linalg import FloatArray, IntArray
from trade_potential.ppml.columns import Columns
from trade_potential.ppml.keys import Encoded, cross, encode, order_by
from trade_potential.precision import CONSTANT_TOLERANCE

BoolArray = npt.NDArray[np.bool_]

SHOWN = 3
"""Offending keys that a message names."""


@dataclass(frozen=True)
class Effect:
    """One set of fixed effects.

    Attributes:
        columns: Columns whose combinations are the levels.
        levels: (L, len(columns)) values by level, sorted.
        codes: (N,) level of each row.
    """

    columns: tuple[str, ...]
    levels: tuple[tuple[Any, ...], ...]
    codes: IntArray

    @property
    def name(self) -> str:
        """As users write it: exporter^year."""
        return "^".join(self.columns)

    def label(self, code: int) -> str:
        """A level for messages: exporter^year (KAZ, 2012)."""
        values = ", ".join(str(value) for value in self.levels[code])
        return f"{self.name} ({values})"

    def counts(self) -> IntArray:
        """(L,) rows of each level."""
        return np.bincount(self.codes, minlength=len(self.levels)).astype(np.int64)


@dataclass(frozen=True)
class Sample:
    """Rows sorted by (entity, time).

    Attributes:
        key_names: Names of the columns of ``entity`` and ``time``.
        key_values: Values of ``entity`` and ``time`` by code, sorted.
        entity, time: (N,) codes of the keys.
        outcome: (N,) in its own unit.
        regressors: (N, p), contiguous by column.
        weights: (N,), ones where there are none.
        terms: Names of the p regressors.
        effects: Sets of fixed effects.
    """

    key_names: tuple[str, str]
    key_values: tuple[npt.NDArray[Any], npt.NDArray[Any]]
    entity: IntArray
    time: IntArray
    outcome: FloatArray
    regressors: FloatArray
    weights: FloatArray
    terms: tuple[str, ...]
    effects: tuple[Effect, ...]

    def __len__(self) -> int:
        """Rows N."""
        return len(self.outcome)

    @property
    def keys(self) -> pd.DataFrame:
        """(N, 2) columns ``entity`` and ``time``, made anew each time."""
        return self.keys_of(slice(None))

    def keys_of(self, rows: BoolArray | slice) -> pd.DataFrame:
        """Keys of some of the rows."""
        entity, time = self.key_values
        return pd.DataFrame({"entity": entity[self.entity[rows]], "time": time[self.time[rows]]})

    def no_keys(self) -> pd.DataFrame:
        """Keys of no rows, of their types."""
        return self.keys_of(slice(0, 1)).iloc[:0]

    def take(self, kept: BoolArray) -> Sample:
        """Some of the rows."""
        return replace(
            self,
            entity=self.entity[kept],
            time=self.time[kept],
            outcome=self.outcome[kept],
            regressors=_taken(self.regressors, kept),
            weights=self.weights[kept],
            effects=tuple(replace(effect, codes=effect.codes[kept]) for effect in self.effects),
        )

    def select(self, terms: Sequence[str]) -> Sample:
        """Some of the regressors."""
        if tuple(terms) == self.terms:
            return self
        at = [self.terms.index(term) for term in terms]
        return replace(self, regressors=self.regressors[:, at], terms=tuple(terms))

    def codes(self) -> IntArray:
        """(N, m) levels without gaps, as demeaning wants them, contiguous by column."""
        found: IntArray = np.empty((len(self.effects), len(self)), dtype=np.int64).T
        for k, effect in enumerate(self.effects):
            is_used = effect.counts() > 0
            place = np.cumsum(is_used) - 1
            found[:, k] = effect.codes if is_used.all() else place[effect.codes]
        return found

    def standardised(
        self, rows: BoolArray | None = None
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Regressors with mean 0 and standard deviation 1, their means and deviations.

        A regressor that does not vary becomes zeros with deviation 0; where only ``rows`` count, it
        is not divided by a deviation.

        Args:
            rows: (N,) over which means and deviations are taken; None for all.
        """
        n, p = self.regressors.shape
        unit: FloatArray = np.empty((p, n)).T
        mean, deviation = np.zeros(p), np.zeros(p)
        for k, column in enumerate(self.regressors.T):
            # Differences of values far from zero are exact, and below one they can be squared.
            origin = float(column[0]) if n else 0.0
            centred = np.subtract(column, origin, out=unit[:, k])
            largest = float(np.abs(centred).max(initial=0.0)) or 1.0
            centred /= largest
            part = centred if rows is None else centred[rows]
            centre = float(part.mean()) if len(part) else 0.0
            centred -= centre
            part = centred if rows is None else centred[rows]
            spread = float(np.sqrt(np.mean(part**2))) if len(part) else 0.0
            mean[k] = origin + centre * largest
            if spread * largest <= CONSTANT_TOLERANCE * abs(mean[k]):
                spread = 0.0
            if spread > 0.0:
                centred /= spread
            elif rows is None:
                centred[:] = 0.0
            deviation[k] = spread * largest
        return unit, mean, deviation


def _taken(matrix: FloatArray, kept: BoolArray) -> FloatArray:
    """Some of the rows, contiguous by column."""
    found: FloatArray = np.empty((matrix.shape[1], int(kept.sum()))).T
    for k, column in enumerate(matrix.T):
        found[:, k] = column[kept]
    return found


def read_sample(rows: pd.DataFrame, columns: Columns) -> Sample:
    """Rows of a frame as ``sample_of`` validates and sorts them.

    Raises:
        InputError: A column is missing, doubled or not numeric; see ``sample_of``.
    """
    for column in [*columns.numbers, *columns.keys]:
        found = list(rows.columns).count(column)
        if found != 1:
            raise InputError(f"{'no column' if not found else 'two columns'} {column}")
    return sample_of(
        columns,
        {column: encode(column, rows[column]) for column in columns.keys},
        (_numbers(rows[column], column) for column in columns.numbers),
    )


def sample_of(
    columns: Columns, keys: Mapping[str, Encoded], values: Iterator[FloatArray]
) -> Sample:
    """Validate rows and sort them by key, so that nothing depends on their order.

    Args:
        columns: Of the model.
        keys: By name of ``columns.keys``, each with (N,) codes.
        values: (N,) each of ``columns.numbers``: one at a time, so that whoever gives them need not
            hold them.

    Raises:
        InputError: A key is missing or there twice; entity and time are one column; an outcome is
            negative; a number is not finite; a weight is not positive.
    """
    entity, time = columns.entity, columns.time
    if not columns.regressors:
        raise InputError("no regressors")
    for what, names in (("regressor", columns.regressors), ("effect", columns.effects)):
        repeated = [name for k, name in enumerate(names) if name in names[:k]]
        if repeated:
            raise InputError(f"{what} {repeated[0]} is there twice")
    if entity == time:
        raise InputError(f"{entity} is entity and time")
    if not all(columns.effects):
        raise InputError("an effect has no columns")
    for name, key in keys.items():
        is_missing = key.codes < 0
        if is_missing.any():
            raise InputError(f"{name} is missing in row {int(np.argmax(is_missing)) + 1}")
    order = order_by(keys[entity], keys[time])
    entity_codes, time_codes = _in(order, keys[entity].codes), _in(order, keys[time].codes)
    entity_values, time_values = keys[entity].array, keys[time].array

    def named(bad: BoolArray) -> pd.DataFrame:
        at = np.flatnonzero(bad)[:SHOWN]
        return pd.DataFrame(
            {"entity": entity_values[entity_codes[at]], "time": time_values[time_codes[at]]}
        )

    twice = (np.diff(entity_codes) == 0) & (np.diff(time_codes) == 0)
    is_twice = np.concatenate([[False], twice]) if len(entity_codes) else twice
    _refuse(is_twice, named, "key", "is there twice")

    def numbers(column: str) -> FloatArray:
        found: FloatArray = _in(order, next(values))
        _refuse(~np.isfinite(found), named, column, "is not a finite number")
        return found

    y = numbers(columns.outcome)
    _refuse(y < 0.0, named, columns.outcome, "is negative")
    x: FloatArray = np.empty((len(columns.regressors), len(y))).T
    for k, name in enumerate(columns.regressors):
        x[:, k] = numbers(name)
    w = np.ones(len(y)) if columns.weights is None else numbers(columns.weights)
    _refuse(w <= 0.0, named, str(columns.weights), "is not positive")
    sets = []
    for effect in columns.effects:
        levels, codes = cross([keys[column] for column in effect])
        sets.append(Effect(tuple(effect), levels, _in(order, codes)))
    return Sample(
        key_names=(entity, time),
        key_values=(entity_values, time_values),
        entity=entity_codes,
        time=time_codes,
        outcome=y,
        regressors=x,
        weights=w,
        terms=tuple(columns.regressors),
        effects=tuple(sets),
    )


def _in(order: IntArray | None, values: npt.NDArray[Any]) -> Any:
    """``values`` (N,) in an order."""
    return values if order is None else values[order]


def _refuse(
    bad: BoolArray, keys: Callable[[BoolArray], pd.DataFrame], column: str, complaint: str
) -> None:
    if not bad.any():
        return
    named = [f"({k.entity}, {k.time})" for k in keys(bad).itertuples()]
    more = "" if bad.sum() <= SHOWN else f" and {int(bad.sum()) - SHOWN} more"
    raise InputError(f"{column} {complaint} in (entity, time) {', '.join(named)}{more}")


def _numbers(values: pd.Series[Any], column: str) -> FloatArray:
    """(N,) as floats; decimals and nullable types too, texts never."""
    if not pd.api.types.is_numeric_dtype(values):
        kinds = {type(v).__name__ for v in values if v is not None}
        if kinds - {"Decimal", "int", "float", "bool"}:
            raise InputError(f"column {column} is not numeric")
    return values.to_numpy(dtype=np.float64, na_value=np.nan)
