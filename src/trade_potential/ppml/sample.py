"""Rows of a panel as arrays: validated, sorted by key, effects as integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trade_potential.errors import InputError
from trade_potential.linalg import FloatArray

IntArray = npt.NDArray[np.int64]
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
        keys: (N, 2) columns ``entity`` and ``time``.
        entity, time: (N,) codes of the keys.
        outcome: (N,) in its own unit.
        regressors: (N, p).
        weights: (N,), ones where there are none.
        terms: Names of the p regressors.
        effects: Sets of fixed effects.
    """

    keys: pd.DataFrame
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

    def take(self, kept: BoolArray) -> Sample:
        """Some of the rows."""
        return replace(
            self,
            keys=self.keys[kept].reset_index(drop=True),
            entity=self.entity[kept],
            time=self.time[kept],
            outcome=self.outcome[kept],
            regressors=self.regressors[kept],
            weights=self.weights[kept],
            effects=tuple(replace(effect, codes=effect.codes[kept]) for effect in self.effects),
        )

    def select(self, terms: Sequence[str]) -> Sample:
        """Some of the regressors."""
        at = [self.terms.index(term) for term in terms]
        return replace(self, regressors=self.regressors[:, at], terms=tuple(terms))

    def codes(self) -> IntArray:
        """(N, m) levels without gaps, as demeaning wants them."""
        dense = [(np.cumsum(e.counts() > 0) - 1)[e.codes] for e in self.effects]
        return np.column_stack(dense).astype(np.int64) if dense else np.zeros((len(self), 0), int)

    def standardised(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Regressors with mean 0 and standard deviation 1, their means and deviations.

        A regressor that does not vary becomes zeros with deviation 0.
        """
        largest = np.abs(self.regressors).max(axis=0, initial=0.0)
        largest[largest == 0.0] = 1.0
        scaled = self.regressors / largest
        mean = scaled.mean(axis=0)
        centred = scaled - mean
        deviation = np.sqrt(np.mean(centred**2, axis=0))
        deviation[deviation <= CONSTANT_TOLERANCE * np.abs(mean)] = 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            unit = np.where(deviation > 0.0, centred / deviation, 0.0)
        return unit, mean * largest, deviation * largest


CONSTANT_TOLERANCE = 1e-12
"""A column is constant when its standard deviation is below this share of its mean."""


def read_sample(
    rows: pd.DataFrame,
    *,
    outcome: str,
    regressors: Sequence[str],
    entity: str,
    time: str,
    effects: Sequence[tuple[str, ...]],
    weights: str | None,
) -> Sample:
    """Validate rows and sort them by key, so that nothing depends on their order.

    Raises:
        InputError: A column is missing, doubled or not numeric; a key is missing or there twice;
            entity and time are one column; an outcome is negative; a number is not finite; a
            weight is not positive.
    """
    if not regressors:
        raise InputError("no regressors")
    for what, names in (("regressor", list(regressors)), ("effect", list(effects))):
        repeated = [name for k, name in enumerate(names) if name in names[:k]]
        if repeated:
            raise InputError(f"{what} {repeated[0]} is there twice")
    if entity == time:
        raise InputError(f"{entity} is entity and time")
    if any(not columns for columns in effects):
        raise InputError("an effect has no columns")
    used = [outcome, *regressors, entity, time, *(c for e in effects for c in e)]
    for column in used if weights is None else [*used, weights]:
        found = list(rows.columns).count(column)
        if found != 1:
            raise InputError(f"{'no column' if not found else 'two columns'} {column}")

    _, entity_codes = _encode(rows, (entity,))
    _, time_codes = _encode(rows, (time,))
    order = np.lexsort((time_codes, entity_codes))
    entity_codes, time_codes = entity_codes[order], time_codes[order]
    keys = pd.DataFrame(
        {
            "entity": rows[entity].iloc[order].to_numpy(),
            "time": rows[time].iloc[order].to_numpy(),
        }
    )
    twice = (np.diff(entity_codes) == 0) & (np.diff(time_codes) == 0)
    _refuse(np.concatenate([[False], twice]) if len(keys) else twice, keys, "key", "is there twice")

    def numbers(column: str) -> FloatArray:
        values = _numbers(rows[column], column)[order]
        _refuse(~np.isfinite(values), keys, column, "is not a finite number")
        return values

    y = numbers(outcome)
    _refuse(y < 0.0, keys, outcome, "is negative")
    w = np.ones(len(y)) if weights is None else numbers(weights)
    _refuse(w <= 0.0, keys, str(weights), "is not positive")
    sets = []
    for columns in effects:
        levels, codes = _encode(rows, columns)
        sets.append(Effect(tuple(columns), levels, codes[order]))
    return Sample(
        keys=keys,
        entity=entity_codes,
        time=time_codes,
        outcome=y,
        regressors=np.column_stack([numbers(name) for name in regressors]),
        weights=w,
        terms=tuple(regressors),
        effects=tuple(sets),
    )


def _refuse(bad: BoolArray, keys: pd.DataFrame, column: str, complaint: str) -> None:
    if not bad.any():
        return
    named = [f"({k.entity}, {k.time})" for k in keys[bad].head(SHOWN).itertuples()]
    more = "" if bad.sum() <= SHOWN else f" and {int(bad.sum()) - SHOWN} more"
    raise InputError(f"{column} {complaint} in (entity, time) {', '.join(named)}{more}")


def _numbers(values: pd.Series[Any], column: str) -> FloatArray:
    """(N,) as floats; decimals and nullable types too, texts never."""
    if not pd.api.types.is_numeric_dtype(values):
        kinds = {type(v).__name__ for v in values if v is not None}
        if kinds - {"Decimal", "int", "float", "bool"}:
            raise InputError(f"column {column} is not numeric")
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _encode(
    rows: pd.DataFrame, columns: Sequence[str]
) -> tuple[tuple[tuple[Any, ...], ...], IntArray]:
    """Levels in sorted order and the level of each row.

    Raises:
        InputError: A value is missing.
    """
    combined = np.zeros(len(rows), dtype=np.int64)
    levels: list[tuple[Any, ...]] = [()]
    for column in columns:
        codes, found = pd.factorize(rows[column], use_na_sentinel=True)
        if (codes < 0).any():
            raise InputError(f"{column} is missing in row {int(np.argmax(codes < 0)) + 1}")
        # By type, then value: texts and numbers in one column have no order of their own.
        typed = sorted((type(value).__name__, value, i) for i, value in enumerate(found))
        rank = np.zeros(max(len(found), 1), dtype=np.int64)
        rank[[i for _, _, i in typed]] = np.arange(len(found))
        # Dense again after every column: the product of all numbers of levels might overflow.
        combined, crossed = pd.factorize(combined * len(rank) + rank[codes], sort=True)
        levels = [
            (*levels[code // len(rank)], typed[code % len(rank)][1]) for code in crossed.tolist()
        ]
    return tuple(levels), combined.astype(np.int64)
