"""The adapter ``tradepostgres``: dbt-postgres, given the SQL of the project.

Rows travel as CSV by COPY, the fastest way into and out of PostgreSQL that its driver has
(https://www.postgresql.org/docs/current/populate.html).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt.adapters.contracts.connection import Connection
from dbt.adapters.postgres import (
    PostgresAdapter,
    PostgresConnectionManager,
    PostgresCredentials,
)
from dbt_common.exceptions import DbtRuntimeError

from trade_potential.engines.adapter import ProjectAdapter
from trade_potential.engines.dialect import TranslationError, type_name
from trade_potential.engines.python_models import Fetch, PythonModels, Write, held
from trade_potential.sql.render import file_literal, quoted, text_literal

if TYPE_CHECKING:
    import duckdb

TYPE = "tradepostgres"
NULL = r"\N"
TYPES = {
    16: "boolean",
    20: "bigint",
    21: "smallint",
    23: "integer",
    25: "varchar",
    700: "double",
    701: "double",
    1042: "varchar",
    1043: "varchar",
    1082: "date",
    1114: "timestamp",
    1700: "double",
}
"""DuckDB's type by the number of PostgreSQL's (catalog pg_type; built-in types keep theirs)."""


@dataclass
class TradePostgresCredentials(PostgresCredentials):
    """Those of dbt-postgres."""

    @property
    def type(self) -> str:
        """Name of the adapter."""
        return TYPE


class TradePostgresConnectionManager(PostgresConnectionManager):
    """That of dbt-postgres, to databases that order texts as DuckDB does."""

    TYPE = TYPE

    @classmethod
    def open(cls, connection: Any) -> Any:
        """Open a connection; refuse a database where ranks and lists would come out otherwise."""
        already = connection.state == "open"
        opened = super().open(connection)
        if not already:
            with opened.handle.cursor() as cursor:
                cursor.execute("select 'B' < 'a'")
                by_bytes = cursor.fetchone()[0]
            opened.handle.rollback()
            if not by_bytes:
                raise DbtRuntimeError(
                    "this database orders texts by a language, DuckDB by their bytes; make one"
                    " that does: create database trade_potential template template0"
                    " encoding 'UTF8' lc_collate 'C' lc_ctype 'C'"
                )
        return opened


def fetch(cursor: Any, session: duckdb.DuckDBPyConnection, name: str) -> duckdb.DuckDBPyRelation:
    """Rows of a relation of PostgreSQL in DuckDB; decimals become doubles, nulls stay.

    Args:
        cursor: Of psycopg2.
        session: To hold them.
        name: As it stands in SQL.

    Raises:
        TranslationError: A column has a type without a counterpart.
    """
    cursor.execute(f"select * from {name} limit 0")
    columns = {}
    for column in cursor.description:
        if column.type_code not in TYPES:
            raise TranslationError(f"{name}, column {column.name}: a type that models do not read")
        columns[column.name] = TYPES[column.type_code]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        with path.open("wb") as file:
            cursor.copy_expert(
                f"copy (select * from {name}) to stdout"
                f" (format csv, header, force_quote *, null '{NULL}')",
                file,
            )
        read = ", ".join(f"{text_literal(column)}: '{kind}'" for column, kind in columns.items())
        rows = session.sql(
            f"select * from read_csv({file_literal(path)}, columns = {{{read}}}, header = true,"
            f" auto_detect = false, delim = ',', quote = '\"', escape = '\"',"
            f" nullstr = '{NULL}', allow_quoted_nulls = false)"
        )
        return held(session, name, rows)


def write(cursor: Any, name: str, rows: duckdb.DuckDBPyRelation) -> None:
    """Create a table of PostgreSQL from a DuckDB relation.

    Args:
        cursor: Of psycopg2, in the transaction that holds the table.
        name: As it stands in SQL.
        rows: What it shall hold.
    """
    columns = ", ".join(
        f"{quoted(column)} {_stored(str(kind))}"
        for column, kind in zip(rows.columns, rows.types, strict=True)
    )
    cursor.execute(f"create table {name} ({columns})")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        rows.write_csv(str(path), header=False, na_rep=NULL)
        with path.open("rb") as file:
            cursor.copy_expert(f"copy {name} from stdin (format csv, null '{NULL}')", file)
    cursor.execute(f"analyze {name}")  # statistics, before the next model reads it


def _stored(kind: str) -> str:
    """PostgreSQL's type of a DuckDB column; wide whole numbers and decimals are doubles."""
    if kind in ("HUGEINT", "UBIGINT") or kind.startswith("DECIMAL"):
        kind = "DOUBLE"
    return type_name(kind, TradePostgresAdapter.ENGINE)


class PostgresModels(PythonModels):
    """Python models over a connection of their own, which is committed at the end."""

    @contextmanager
    def reached(self) -> Iterator[tuple[Fetch, Write]]:
        """A transaction."""
        connection = Connection(type=TYPE, name=self.model["name"], credentials=self.credentials)
        opened = TradePostgresConnectionManager.open(connection)
        with closing(opened.handle) as handle, handle, handle.cursor() as cursor:
            yield partial(fetch, cursor), partial(write, cursor)


class TradePostgresAdapter(ProjectAdapter, PostgresAdapter):
    """dbt-postgres with translation, seeds by line and Python models."""

    ENGINE = "postgres"
    JobHelper = PostgresModels
    ConnectionManager = TradePostgresConnectionManager

    def replace_relation(self, schema: str, name: str, rows: Any) -> None:
        """Create a table from a DuckDB relation, with its schema, over a connection of its own."""
        connection = Connection(type=TYPE, name=name, credentials=self.config.credentials)
        opened = TradePostgresConnectionManager.open(connection)
        with closing(opened.handle) as handle, handle, handle.cursor() as cursor:
            cursor.execute(f"create schema if not exists {quoted(schema)}")
            cursor.execute(f"drop table if exists {name} cascade")
            write(cursor, name, rows)

    def write_relation(self, name: str, rows: Any) -> None:
        """Create a table from a DuckDB relation, in the transaction of this thread."""
        with self.connections.get_thread_connection().handle.cursor() as cursor:
            write(cursor, name, rows)
