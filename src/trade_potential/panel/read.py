"""The rows of a user's table that have every value a model needs, each lost row counted."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trade_potential.errors import InputError
from trade_potential.gravity.moments import MEAN_OF
from trade_potential.inference import CONSTANT
from trade_potential.rows.model_columns import Columns, names_of
from trade_potential.rows.source import open_table
from trade_potential.rows.table import Loss, Table, keep_complete, refuse_repeated_keys

if TYPE_CHECKING:
    import duckdb

    from trade_potential.rows.source import Source

Effects = Sequence[str | Sequence[str]]


@dataclass(frozen=True)
class PanelTable:
    """The view ``sample`` of a connection: keys k0, k1, .., values v0, v1, ..

    Attributes:
        name: Of the user's table.
        rows: Of it, lost ones included.
        ledger: Rows lost.
        names: Columns of the user's table.
        slots: Columns of ``sample`` for least squares.
    """

    name: str
    rows: int
    ledger: tuple[Loss, ...]
    names: Columns
    slots: Columns

    @classmethod
    def read(
        cls,
        connection: duckdb.DuckDBPyConnection,
        source: Source,
        names: Columns,
        effects: Effects,
        name: str | None = None,
    ) -> PanelTable:
        """Make the view.

        Args:
            connection: Of the panel alone.
            source: As ``open_table``.
            names: Without effects.
            effects: Each a tuple of columns, or their names joined by ``^``; entity and time stand
                for those columns unless the table has columns of that name.
            name: As ``open_table``.

        Raises:
            InputError: A column has two parts to play, is missing or holds text where numbers
                belong; no row is complete; two rows have the same key; a weight is not positive.
        """
        _refuse_names(names)
        if isinstance(effects, str):
            raise InputError(f"effects: {effects!r} is no list of names of columns")
        split = (e.split("^") if isinstance(e, str) else e for e in effects)
        parts = [tuple(names_of("effects", effect)) for effect in split]
        stands = {"entity": names.entity, "time": names.time or "time"}
        used = {*names.keys, *names.numbers, *(part for effect in parts for part in effect)}
        table = open_table(connection, source, used=used, name=name)
        known = set(table.columns)
        sets = [tuple(p if p in known else stands.get(p, p) for p in part) for part in parts]
        names = replace(names, effects=tuple(sets))
        # A frame is copied: what becomes of it later does not change the panel.
        rows = table.read(
            connection,
            keys=names.keys,
            values=names.numbers,
            may_stay=isinstance(source, str | os.PathLike),
        )
        values = [f"v{k}" for k in range(len(names.numbers))]
        weight = values.pop() if names.weights else None
        keys = {f"k{k}": name for k, name in enumerate(names.keys)}
        key = {"k0": "entity"} if names.time is None else {"k0": "entity", "k1": "time"}
        time = None if names.time is None else "k1"
        slots = Columns("v0", values[1:], "k0", time, weights=weight)
        steps = {
            **{step: {slot: keys[slot]} for slot, step in key.items()},
            "effects": {slot: name for slot, name in keys.items() if slot not in key},
            "outcome": {"v0": names.outcome},
            "regressors": dict(zip(values[1:], names.regressors, strict=True)),
            "weights": {weight: names.weights} if weight and names.weights else {},
        }
        needed = {step: columns for step, columns in steps.items() if columns}
        ledger = keep_complete(connection, table, needed)
        if names.time is not None:
            refuse_repeated_keys(connection, table, [names.entity, names.time])
        if weight:
            _refuse_weights(connection, table, names, weight)
        return cls(table.name, rows, tuple(ledger), names, slots)

    def with_log_outcome(self, connection: duckdb.DuckDBPyConnection) -> tuple[str, PanelTable]:
        """The view ``log_sample`` with the logarithm of the outcome, and the rows that have none.

        Raises:
            InputError: No outcome is positive.
        """
        connection.execute(
            "create or replace view log_sample as "
            "select * replace (ln(v0) as v0) from sample where v0 > 0"
        )
        counted = connection.execute("select count(*) filter (where v0 <= 0), count(*) from sample")
        lost, rows = counted.fetchone() or (0, 0)
        if lost == rows:
            raise InputError(f"{self.name}: no value of {self.names.outcome} is positive")
        loss = Loss("logarithm", f"{self.names.outcome} is not positive", lost)
        return "log_sample", replace(self, ledger=(*self.ledger, *([loss] if lost else [])))


def _refuse_names(names: Columns) -> None:
    """Raise InputError where a column has two parts to play, or a name of the results."""
    terms = list(names.regressors)
    for name in (names.outcome, names.entity, names.time or "", names.weights or ""):
        if not isinstance(name, str):
            raise InputError(f"{name!r} is no name of a column")
    if not terms:
        raise InputError("no regressors")
    reserved = {CONSTANT, *map(MEAN_OF.format, terms)}
    for said, bad in {
        "is a regressor twice": [name for k, name in enumerate(terms) if name in terms[:k]],
        "is both outcome and regressor": [name for name in terms if name == names.outcome],
        "is both entity and time": [names.entity] if names.entity == names.time else [],
        "is a name of the result, and of a regressor": [n for n in terms if n in reserved],
    }.items():
        if bad:
            raise InputError(f"{bad[0]} {said}")


def _refuse_weights(
    connection: duckdb.DuckDBPyConnection, table: Table, names: Columns, weight: str
) -> None:
    """Raise InputError naming the first weight of ``sample`` that is not positive."""
    key = "k0" if names.time is None else "k0, k1"
    found = connection.execute(
        f"select {key}, {weight} from sample where {weight} <= 0 order by all limit 1"  # noqa: S608
    ).fetchone()
    if found:
        named = ", ".join(filter(None, [names.entity, names.time]))
        shown = ", ".join(map(str, found[:-1]))
        shown = f"({shown})" if names.time else shown
        raise InputError(
            f"{table.name}: {named} = {shown}, column {names.weights}: {found[-1]} is not a "
            "positive weight"
        )
