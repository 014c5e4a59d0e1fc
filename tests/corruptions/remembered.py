"""The gate, called again and again: what does not depend on what was changed is not computed twice.

Every function that is remembered is a pure one, and is remembered by the identity or the equality
of all it can read. `harness` runs the clean inputs a second time in the end and compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import Any
from unittest.mock import patch

import pandas as pd

from trade_potential.quality import gate
from trade_potential.quality.checks import Check
from trade_potential.quality.derived import ALL_DERIVED
from trade_potential.quality.frames import FRAMES, Frame
from trade_potential.quality.levels import Known

DERIVATIONS: tuple[Any, ...] = ALL_DERIVED
Results = dict[str, dict[str, Any]]
Tables = Mapping[str, pd.DataFrame]


class Watched(Known):
    """Tables that note which of them are read, also where one is asked for that is not there."""

    def __init__(self, tables: Tables) -> None:
        """Watch these tables."""
        super().__init__(tables)
        self.tables = tables
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> pd.DataFrame:
        """A table."""
        self.read.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        """Whether there is a table."""
        self.read.add(str(name))
        return super().__contains__(name)

    def __getattribute__(self, name: str) -> Any:
        """What many rules need (a cached property) is made once of the same tables."""
        made = vars(Known).get(name)
        if isinstance(made, cached_property):
            value, read = _shared(name, made.func, self.tables)
            self.read |= read
            return value
        return super().__getattribute__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """A table, or what stands for one that is not there."""
        self.read.add(name)
        return super().get(name, default)

    def items(self) -> Any:
        """All tables: all are read."""
        self.read.update(self)
        return super().items()

    def values(self) -> Any:
        """All tables: all are read."""
        self.read.update(self)
        return super().values()


class Remembered:
    """A function of tables: its value for the clean ones, and which of them it has read."""

    def __init__(self, compute: Callable[[Any], Any]) -> None:
        """Remember this function."""
        self._compute = compute
        self._clean: tuple[dict[str, pd.DataFrame | None], frozenset[str], Any] | None = None
        self._last: tuple[Tables, Any, set[str]] | None = None

    def __call__(self, tables: Tables) -> Any:
        return self.made(tables)[0]

    def made(self, tables: Tables) -> tuple[Any, set[str]]:
        """The value and the names of the tables it depends on."""
        if self._clean is not None:
            read, names, value = self._clean
            if names == frozenset(tables) and all(tables.get(k) is of for k, of in read.items()):
                return value, set(read)
        if self._last is not None and self._last[0] is tables:
            return self._last[1:]
        watched = Watched(tables)
        value = self._compute(watched)
        self._last = (tables, value, watched.read)
        if self._clean is None:
            held = {name: tables.get(name) for name in watched.read}
            self._clean = (held, frozenset(tables), value)
        return value, watched.read


_PROPERTIES: dict[str, Remembered] = {}


def _shared(name: str, make: Callable[[Any], Any], tables: Tables) -> tuple[Any, set[str]]:
    return _PROPERTIES.setdefault(name, Remembered(make)).made(tables)


class Validation:
    """Great Expectations on the checks whose columns differ from those of the clean frame."""

    def __init__(self) -> None:
        """Remember what is judged first."""
        self._validate = gate._validate
        self._clean: dict[tuple[str, str], tuple[pd.DataFrame, Results]] = {}

    def __call__(self, batches: Any, frame: pd.DataFrame, checks: Sequence[Check]) -> Results:
        place = (checks[0].suite, checks[0].of)
        filled = gate._with_missing_out_of_range(frame, checks)
        if place not in self._clean:
            self._clean[place] = (filled, self._validate(batches, filled, checks))
            return self._clean[place][1]
        before, results = self._clean[place]
        same = _same_columns(before, filled)
        changed = [check for check in checks if not _is_same(check, before, filled, same)]
        found = self._validate(batches, filled, changed) if changed else {}
        return {check.check_id: {**results, **found}[check.check_id] for check in checks}


def _same_columns(before: pd.DataFrame, after: pd.DataFrame) -> set[str]:
    return {str(name) for name in after if name in before and before[name].equals(after[name])}


def _is_same(check: Check, before: pd.DataFrame, after: pd.DataFrame, same: set[str]) -> bool:
    """Whether a check sees what it saw: its columns, in the rows that it looks at."""
    if not check.columns:
        return len(before) == len(after)
    if check.only is not None and check.only[0] in before and check.only[0] in after:
        column, value = check.only
        rows = [frame[frame[column] == value] for frame in (before, after)]
        return all(
            name in before and name in after and rows[0][name].equals(rows[1][name])
            for name in check.columns
        )
    return set(check.columns) <= same


def _read_once(read: Callable[..., Any]) -> Callable[..., Any]:
    """An input is read once of the same rows."""
    known: dict[str, tuple[Any, Any]] = {}

    def once(rows: Any, declared: Mapping[Any, Any]) -> Any:
        name = str(declared["input_name"])
        if name in known and known[name][0] is rows:
            return known[name][1]
        value = read(rows, declared)
        known.setdefault(name, (rows, value))
        return value

    return once


def _ordered_once(order: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """An input is sorted once."""
    known: dict[str, tuple[Any, Any]] = {}

    def once(read: Any) -> Any:
        if read.place in known and known[read.place][0] is read:
            return known[read.place][1]
        value = order(read)
        known.setdefault(read.place, (read, value))
        return value

    return once


@contextmanager
def remembering() -> Iterator[None]:
    """While it lasts the gate remembers what it computed of the inputs that it saw first."""
    derived = {
        id(part): {name: {c: Remembered(f) for c, f in of.items()} for name, of in part.items()}
        for part in DERIVATIONS
    }
    frames = {
        suite: {of: Frame(frame.key, Remembered(frame.made)) for of, frame in made.items()}
        for suite, made in FRAMES.items()
    }
    _PROPERTIES.clear()
    with ExitStack() as patches:
        for part in DERIVATIONS:
            patches.enter_context(patch.dict(part, derived[id(part)]))
        patches.enter_context(patch.dict(FRAMES, frames))
        for name, of in (
            ("_read", _read_once(gate._read)),
            ("_in_fixed_order", _ordered_once(gate._in_fixed_order)),
            ("_validate", Validation()),
        ):
            patches.enter_context(patch.object(gate, name, of))
        yield
