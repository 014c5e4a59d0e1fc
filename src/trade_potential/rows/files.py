"""Anyone's CSV or Parquet file as a DuckDB table, every lost row counted with its reason.

Columns of a file are called c0, c1, ... in SQL and never by their own names; the one text of a user
that enters SQL is the quoted path.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from trade_potential.errors import InputError
from trade_potential.rows.keys import as_known_key
from trade_potential.rows.read_errors import WIDEST, parquet_columns, told_by_line
from trade_potential.sql.render import file_literal

if TYPE_CHECKING:
    import duckdb

DELIMITERS = {".csv": ",", ".csv.gz": ",", ".tsv": "\t"}
PARQUET = (".parquet", ".pq")
NULL_TEXTS = ("", "na", "n/a", "nan", "null", "none", ".")
"""Texts that mean "no value" in a numeric column, in any case. In a key NA is a name: Namibia."""

NUMERIC = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\)|BOOLEAN")
ORDERED_ROWS = 100_000
"""A Parquet file of more rows is read as it lies: last digits depend on the order of its rows."""


class Loss(NamedTuple):
    """Rows of a file that do not enter the sample."""

    step: str
    reason: str
    rows: int


@dataclass(frozen=True)
class TableFile:
    """A file that DuckDB can read; open it with ``of``.

    Attributes:
        name: As the user wrote it, for messages.
        relation: SQL of the rows with columns c0, c1, ...
        columns: Names in the file, by position.
        types: DuckDB types; all VARCHAR for text files.
        too_wide: By position, decimals that DuckDB does not read right, as stored.
    """

    name: str
    relation: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    too_wide: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, path: str) -> TableFile:
        """Read the names of the columns.

        Raises:
            InputError: No such file, unknown extension, empty file, or repeated column names.
        """
        file = Path(path)
        known = (*DELIMITERS, *PARQUET)
        suffix = next((end for end in known if file.name.lower().endswith(end)), None)
        if suffix is None:
            raise InputError(f"{path}: unknown extension; known are {', '.join(known)}")
        if not file.is_file():
            raise InputError(f"{path}: no such file")
        if file.stat().st_size == 0:
            raise InputError(f"{path}: the file is empty")
        literal = file_literal(file)
        if suffix in PARQUET:
            rows = f"read_parquet({literal}, hive_partitioning = false)"
            with told_by_line(path, is_parquet=True):
                described = connection.execute(f"describe select * from {rows}").fetchall()
                stored = parquet_columns(connection, literal)
            columns = tuple(column.name for column in stored)
            too_wide = {k: column.too_wide for k, column in enumerate(stored) if column.too_wide}
            types = tuple(str(row[1]) for row in described)
        else:
            columns, too_wide = _header(file, path, DELIMITERS[suffix]), {}
            types = ("VARCHAR",) * len(columns)
            fields = ", ".join(f"'c{k}': 'VARCHAR'" for k in range(len(columns)))
            rows = (
                f"read_csv({literal}, auto_detect = false, header = true, "
                f"delim = '{DELIMITERS[suffix]}', quote = '\"', escape = '\"', "
                f"hive_partitioning = false, columns = {{{fields}}})"
            )
        repeated = sorted(name for name, count in Counter(columns).items() if count > 1)
        if repeated:
            raise InputError(f"{path}: two columns are called {', '.join(repeated)}")
        aliases = ", ".join(f"c{k}" for k in range(len(columns)))
        relation = f"(select * from {rows} as file_rows({aliases}))"
        return cls(path, relation, columns, types, too_wide)

    def position(self, column: str) -> int:
        """Position of a column that is used.

        Raises:
            InputError: There is none of that name, the message lists those that exist; or it is a
                decimal that DuckDB does not read right.
        """
        if column not in self.columns:
            raise InputError(f"{self.name}: no column {column}; it has {', '.join(self.columns)}")
        k = self.columns.index(column)
        if k in self.too_wide:
            raise InputError(
                f"{self.name}: column {column} is of type {self.too_wide[k]}; "
                f"a decimal has at most {WIDEST} digits"
            )
        return k

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
        """Make the temporary table file_rows: k0, k1, ... and v0, v1, ... in the order of the keys.

        Without keys, k0 is the number of the row. The order makes sums repeatable. With
        ``may_stay``, a large Parquet file is not copied: file_rows is a view of it, in its order.

        Returns:
            The number of rows.

        Raises:
            InputError: A column is missing or holds text where numbers belong, or no rows.
        """
        places = [self.position(name) for name in keys]
        selected = [f"{as_known_key(f'c{c}', self.types[c])} as k{k}" for k, c in enumerate(places)]
        selected = selected or ["row_number() over () as k0"]
        selected += [f"{self._value(name)} as v{k}" for k, name in enumerate(values)]
        is_text = " or ".join(self._is_text(name) for name in values)
        order = ", ".join(
            [f"k{k}" for k in range(max(len(keys), 1))] + [f"v{k}" for k in range(len(values))]
        )
        is_parquet = self.name.lower().endswith(PARQUET)
        query = f"select {', '.join(selected)}, {is_text} as is_text from {self.relation}"
        drop_temporary(connection, "file_rows")  # of an earlier file
        with told_by_line(self.name, is_parquet=is_parquet):
            if may_stay and is_parquet and self._stays(connection, values):
                connection.execute(f"create temporary view file_rows as {query}")
            else:
                connection.execute(f"create temporary table file_rows as {query} order by {order}")
        rows, texts = connection.execute(
            "select count(*), count(*) filter (where is_text) from file_rows"
        ).fetchone() or (0, 0)
        if rows == 0:
            raise InputError(f"{self.name}: no rows below the header")
        if texts:
            self._refuse_text(connection, values)
        return int(rows)

    def _stays(self, connection: duckdb.DuckDBPyConnection, values: list[str]) -> bool:
        """Whether the file can be read again and again: large, and of numbers."""
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
            f"(select row_number() over () as row_number, * from {self.relation}) "
            f"where {' or '.join(tests.values())} order by row_number limit 1"
        ).fetchone()
        if first is None:
            return
        number, *found = first
        column, cell = next((n, c) for n, c in zip(values, found, strict=True) if c is not None)
        raise InputError(f"{self.name}: row {number}, column {column}: {cell!r} is not a number")


def drop_temporary(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Remove a temporary table or view if there is one: whichever of the two it is."""
    kinds = "select table_type from information_schema.tables where table_catalog = 'temp' "
    found = connection.execute(f"{kinds} and table_name = '{name}'").fetchone()
    if found:
        connection.execute(f"drop {'view' if found[0] == 'VIEW' else 'table'} temp.{name}")


def keep_complete(
    connection: duckdb.DuckDBPyConnection, file: TableFile, steps: dict[str, dict[str, str]]
) -> list[Loss]:
    """Make the temporary view sample of the rows of file_rows that have every needed value.

    Args:
        connection: Where ``TableFile.read`` made file_rows.
        file: What it was made from.
        steps: By step, in order: columns of file_rows and their names in the file.

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
        "create or replace temporary view sample as select * exclude (is_text) from file_rows "
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
        raise InputError(f"{file.name}: no row has a value in every column used ({losses})")
    order = list(steps)
    return [
        Loss(step, reason, rows)
        for (step, reason), rows in sorted(lost.items(), key=lambda x: (order.index(x[0][0]), x[0]))
    ]


def _header(file: Path, path: str, delimiter: str) -> tuple[str, ...]:
    """Names in the first line of a text file."""
    opened = gzip.open if file.name.lower().endswith(".gz") else open
    try:
        # Bytes that are not UTF-8 in a row below are for DuckDB to tell: it knows the line.
        with opened(file, "rt", encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
            header = next(csv.reader(text, delimiter=delimiter), [])
        "".join(header).encode("utf-8")
    except csv.Error as error:
        raise InputError(f"{path}: line 1: {error}") from error
    except (UnicodeError, gzip.BadGzipFile, EOFError) as error:
        raise InputError(f"{path}: line 1: not a UTF-8 text file: {error}") from error
    if not header:
        raise InputError(f"{path}: the first line is empty")
    return tuple(header)
