"""What tests of a release in PostgreSQL share: sessions, and releases of two sizes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb

from trade_potential.release import Published, publish
from trade_potential.served.load import Loaded, to_postgres


@contextmanager
def connected(**login: str) -> Iterator[Any]:
    import psycopg2

    with closing(psycopg2.connect("", application_name="reader", **login)) as connection:
        yield connection


def asked(query: str, *values: object) -> list[Any]:
    with connected() as connection, connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return list(cursor.fetchall())


def told(statement: str) -> None:
    with connected() as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)


def served(root: Path, name: str, wanted: str = "current", **settings: Any) -> Loaded:
    return to_postgres(root, wanted, name=name, reader="trade_reader", **settings)


def pair(root: Path, run: str, rows: int) -> Published:
    """Publish two marts of so many rows."""
    session = duckdb.connect()
    for mart in ("a", "b"):
        session.execute(f"create table {mart} as select range as i, range as j from range({rows})")  # noqa: S608
    marts = {mart: session.table(mart) for mart in ("a", "b")}
    keys = {"a": ["i"], "b": ["i"]}
    return publish(root, marts, session=session, keys=keys, run_id=run, about={})


def counts(name: str) -> tuple[int, int]:
    query = f"select (select count(*) from {name}.a), (select count(*) from {name}.b)"  # noqa: S608
    (found,) = asked(query)
    return found[0], found[1]


def following() -> int:
    """Schemas that a load has not finished; a server takes a moment to see that nobody is there."""
    until = time.monotonic() + 20
    while found := asked("select count(*) from pg_namespace where nspname like '%%_next_%%'")[0][0]:
        if time.monotonic() > until:
            break
        time.sleep(0.05)
    return int(found)
