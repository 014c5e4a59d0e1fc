"""Anyone's table as DuckDB reads it, every lost row counted with its reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from trade_potential.errors import InputError
from trade_potential.rows.keys import as_known_key
from trade_potential.rows.read_errors import WIDEST

if TYPE_CHECKING:
    import duckdb

COMMA = re.compile(r"[-+]?\d+,\d+(?:[eE][-+]?\d+)?")
"""A number with a decimal comma, or with one that parts thousands."""
NULL_TEXTS = ("", "na", "n/a", "nan", "null", "none", ".", "..", ":", "-")
"""Texts that mean "no value" in a numeric column, in any case. In a key NA is a name: Namibia."""

NUMERIC = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\)|BOOLEAN")
ORDERED_ROWS = 100_000
"""A table of more rows is read as it lies: last digits depend on the order of its rows."""

MOST_TIMES = 63
"""Times that fit into the bits of a number."""

SHOWN = 3
"""Offending keys that a message names."""


class Loss(NamedTuple):
    """Rows of a table that do not enter the sample."""

    step: str
    reason: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table that DuckDB can read; ``rows.source.open_table`` opens it.

    Attributes:
        name: What the user calls it, for messages.
        relation: SQL of the rows with columns c0, c1, ...
        columns: Names in the table, by position.
        types: DuckDB types; all VARCHAR for text files.
        too_wide: By position, decimals that DuckDB does not read right, as stored.
        first_row: Number of the first row in messages: rows of files count from 1, others from 0.
        may_stay: Whether its rows can be read again and again where they lie.
        told: Turns DuckDB's errors on reading the rows into InputError.
    """

    name: str
    relation: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    too_wide: Mapping[int, str] = field(default_factory=dict)
    first_row: int
    may_stay: bool
    told: Callable[[], AbstractContextManager[None]]

    def __post_init__(self) -> None:
        """Refuse repeated names."""
        repeated = sorted(name for name, count in Counter(self.columns).items() if count > 1)
        if repeated:
            raise InputError(f"{self.name}: two columns are called {', '.join(repeated)}")

    def position(self, column: str) -> int:
        """Position of a column that is used.

        Raises:
            InputError: There is none of that name, the message lists those that exist; or it is a
                decimal that DuckDB does not read right.
        """
        if column not in self.columns:
            there = ", ".join(f'"{name}"' for name in self.columns)
            raise InputError(f'{self.name}: no column "{column}"; it has {there}')
        k = self.columns.index(column)
        if k in self.too_wide:
            raise InputError(
                f"{self.name}: column {column} is of type {self.too_wide[k]}; "
                f"a decimal has at most {WIDEST} digits"
            )
        return k

    @property
    def _row_number(self) -> str:
        """The number of a row in SQL, as messages count."""
        return f"row_number() over () + {self.first_row - 1}"

    def _value(self, column: str) -> str:
        """A number in SQL; null where there is none."""
        k = self.position(column)
        if self.types[k] != "VARCHAR" and not NUMERIC.fullmatch(self.types[k]):
            raise InputError(
                f"{self.name}: column {column} is of type {self.types[k]}, not a number"
            )
        return f"try_cast(c{k} as double)"

    def _is_text(self, column: str) -> str:
        """Whether a cell holds text that is neither a number nor a word for no value."""
        k = self.position(column)
        words = ", ".join(f"'{text}'" for text in NULL_TEXTS)
        if self.types[k] != "VARCHAR":
            return "false"
        return (
            f"coalesce((try_cast(c{k} as double) is null and lower(trim(c{k})) not in ({words})) "
            f"or contains(c{k}, '_'), false)"  # 1_000 is a number to DuckDB
        )

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        keys: list[str],
        values: list[str],
        may_stay: bool = False,
    ) -> int:
        """Make the table file_rows: k0, k1, ... and v0, v1, ... in the order of the keys.

        Without keys, k0 is the number of the row. The order makes sums repeatable. With
        ``may_stay``, a large table that can stay where it lies is not copied: file_rows is a view
        of it, in its order.

        Returns:
            The number of rows.

        Raises:
            InputError: A column is missing or holds text where numbers belong, or no rows.
        """
        places = [self.position(name) for name in keys]
        selected = [f"{as_known_key(f'c{c}', self.types[c])} as k{k}" for k, c in enumerate(places)]
        selected = selected or [f"{self._row_number} as k0"]
        selected += [f"{self._value(name)} as v{k}" for k, name in enumerate(values)]
        is_text = " or ".join(self._is_text(name) for name in values)
        order = ", ".join(
            [f"k{k}" for k in range(max(len(keys), 1))] + [f"v{k}" for k in range(len(values))]
        )
        query = f"select {', '.join(selected)}, {is_text} as is_text from {self.relation}"
        drop(connection, "file_rows")  # of an earlier file
        with self.told():
            if may_stay and self.may_stay and self._stays(connection, values):
                connection.execute(f"create view file_rows as {query}")
            else:
                connection.execute(f"create table file_rows as {query} order by {order}")
        rows, texts = connection.execute(
            "select count(*), count(*) filter (where is_text) from file_rows"
        ).fetchone() or (0, 0)
        if rows == 0:
            raise InputError(f"{self.name}: no rows{' below the header' if self.first_row else ''}")
        if texts:
            self._refuse_text(connection, values)
        return int(rows)

    def _stays(self, connection: duckdb.DuckDBPyConnection, values: list[str]) -> bool:
        """Whether the table can be read again and again: large, and of numbers."""
        if any(self.types[self.position(name)] == "VARCHAR" for name in values):
            return False
        rows = connection.execute(f"select count(*) from {self.relation}").fetchone() or (0,)
        return int(rows[0]) > ORDERED_ROWS

    def _refuse_text(self, connection: duckdb.DuckDBPyConnection, values: list[str]) -> None:
        tests = {name: self._is_text(name) for name in values}
        cells = ", ".join(
            f"case when {test} then c{self.position(name)} end" for name, test in tests.items()
        )
        first = connection.execute(
            f"select row_number, {cells} from "
            f"(select {self._row_number} as row_number, * from {self.relation}) "
            f"where {' or '.join(tests.values())} order by row_number limit 1"
        ).fetchone()
        if first is None:
            return
        number, *found = first
        column, cell = next((n, c) for n, c in zip(values, found, strict=True) if c is not None)
        how = "; a decimal is written with a point" if COMMA.fullmatch(cell.strip()) else ""
        said = f"{cell!r} is not a number{how}"
        raise InputError(f"{self.name}: row {number}, column {column}: {said}")


def drop(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Remove a table or view if there is one: whichever of the two it is."""
    kinds = "select table_type from information_schema.tables"
    found = connection.execute(f"{kinds} where table_name = '{name}'").fetchone()
    if found:
        connection.execute(f"drop {'view' if found[0] == 'VIEW' else 'table'} {name}")


def keep_complete(
    connection: duckdb.DuckDBPyConnection, table: Table, steps: dict[str, dict[str, str]]
) -> list[Loss]:
    """Make the view sample of the rows of file_rows that have every needed value.

    Args:
        connection: Where ``Table.read`` made file_rows.
        table: What it was made from.
        steps: By step, in order: columns of file_rows and their names in the table.

    Returns:
        The rows lost, by the first step that lost them.

    Raises:
        InputError: No row is left.
    """
    names = {slot: name for step in steps.values() for slot, name in step.items()}
    codes = {
        slot: f"when isnan({slot}) then '-' when isinf({slot}) then '+'" if slot[0] == "v" else ""
        for slot in names
    }
    # One letter a column: . usable, - no value, + infinite.
    pattern = " || ".join(
        f"case when {slot} is null then '-' {code} else '.' end" for slot, code in codes.items()
    )
    # As conditions and not as letters, which would be written for every row of every pass.
    complete = " and ".join(
        f"isfinite({slot})" if slot[0] == "v" else f"{slot} is not null" for slot in names
    )
    connection.execute(
        "create or replace view sample as select * exclude (is_text) from file_rows "
        f"where {complete}"
    )
    lost: Counter[tuple[str, str]] = Counter()
    for letters, rows in connection.execute(
        f"select {pattern} as letters, count(*) from file_rows "
        f"where not coalesce({complete}, false) group by letters order by letters"
    ).fetchall():
        found = dict(zip(names, letters, strict=True))
        step = next(s for s, slots in steps.items() if any(found[slot] != "." for slot in slots))
        missing = [name for slot, name in steps[step].items() if found[slot] == "-"]
        infinite = [name for slot, name in steps[step].items() if found[slot] == "+"]
        reason = "no value for " if missing else "infinite value of "
        lost[step, reason + ", ".join(missing or infinite)] += rows
    kept = connection.execute("select 1 from sample limit 1").fetchone()
    if kept is None:
        losses = "; ".join(f"{step}: {reason}" for step, reason in sorted(lost))
        raise InputError(f"{table.name}: no row has a value in every column used ({losses})")
    order = list(steps)
    return [
        Loss(step, reason, rows)
        for (step, reason), rows in sorted(lost.items(), key=lambda x: (order.index(x[0][0]), x[0]))
    ]


def refuse_repeated_keys(
    connection: duckdb.DuckDBPyConnection, table: Table, keys: list[str]
) -> None:
    """Raise InputError naming the first keys k0, k1, ... that two rows of sample share."""
    slots = ", ".join(f"k{k}" for k in range(len(keys)))
    if len(keys) == 2 and _are_few_and_single(connection):
        return
    repeated = connection.execute(
        f"select {slots} from sample group by {slots} having count(*) > 1 "
        f"order by {slots} limit {SHOWN + 1}"
    ).fetchall()
    if repeated:
        shown = ["(" + ", ".join(map(str, key)) + ")" for key in repeated]
        more = ["..."] if len(shown) > SHOWN else []
        raise InputError(
            f"{table.name}: more than one row for {', '.join(keys)} = "
            + ", ".join(shown[:SHOWN] + more)
        )


def _are_few_and_single(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether k1 takes few values in sample, and each k0 has each of them once at most.

    Groups of k0 alone, with a bit for each k1: a tenth of the memory that groups of both take.
    """
    times = "(select k1, row_number() over () - 1 as bit from (select distinct k1 from sample))"
    few = connection.execute(f"select count(*) <= {MOST_TIMES} from {times}").fetchone()
    if not (few and few[0]):
        return False
    repeated = connection.execute(
        f"select 1 from sample inner join {times} as times on sample.k1 = times.k1 group by k0 "
        "having bit_count(bit_or(cast(1 as bigint) << cast(bit as integer))) <> count(*) limit 1"
    ).fetchone()
    return repeated is None
