"""A release into a schema of PostgreSQL, in one transaction.

Whatever ends it early, the server takes everything back: there is nothing left to clean up, and the
schema that is served stays.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trade_potential.errors import ReleaseError
from trade_potential.release.layout import ReleaseFolder, find
from trade_potential.release.mart_files import opened
from trade_potential.release.verify import complaints
from trade_potential.served import made, rows, schema
from trade_potential.served.compare import differences
from trade_potential.served.connection import Cursor, transaction
from trade_potential.served.tables import LONGEST_NAME, Table, attach, tables_of
from trade_potential.sql.render import quoted

if TYPE_CHECKING:
    import duckdb

WAIT_SECONDS = 300.0
"""For readers of the old schema to end their transactions, and for another load."""
LONG_ROWS = 100_000
"""Rows from which a table is told about while it is loaded."""
SAY_SECONDS = 10.0

Say = Callable[[str, str], None]
"""Told a phase, and what of it is at work."""


@dataclass(frozen=True)
class Loaded:
    """What a load has done.

    Attributes:
        release_id: The release that is served now.
        previous_id: What was served before, if anything.
        database: Where.
        schema: Where in it.
        reader: Role that may select.
        is_new: Whether anything was loaded.
        tables: How many tables.
        rows: And rows in all of them.
        seconds: It took.
        notes: One sentence for each thing that is not as the release has it.
    """

    release_id: str
    previous_id: str | None
    database: str
    schema: str
    reader: str
    is_new: bool
    tables: int
    rows: int
    seconds: float
    notes: list[str]


def to_postgres(
    root: Path,
    wanted: str,
    *,
    name: str,
    reader: str,
    dsn: str | None = None,
    is_forced: bool = False,
    wait_seconds: float = WAIT_SECONDS,
    say: Say = lambda *_: None,
) -> Loaded:
    """Verify a release and serve it from a schema of PostgreSQL.

    Args:
        root: The directory of releases.
        wanted: Its id, or ``current``.
        name: Of the schema; one that is there and not ours is refused.
        reader: Role that may select from it, made where it is missing.
        dsn: Connection string of libpq; what it leaves out, PG* and .pgpass say.
        is_forced: Whether to load a release again that is served already.
        wait_seconds: For readers of the old schema, and for another load, each.
        say: Told what is at work.

    Raises:
        ReleaseError: The release is damaged, the schema is not ours, or PostgreSQL refuses; what
            was served is served.
    """
    began = time.monotonic()
    release = find(root, wanted)
    with transaction(dsn) as cursor, opened() as memory, _readable(release):
        schema.lock(cursor, name, wait_seconds)
        old = schema.served(cursor, name)
        notes = [f"made role {reader}"] if schema.ensure_reader(cursor, reader) else []
        said = release.manifest()
        if old is not None and old.release_id == release.release_id and not is_forced:
            schema.grant(cursor, name, old.tables, reader, None)
            tables: list[Table] = []
        else:
            say("verify", release.release_id)
            wrong = complaints(release)
            if wrong:
                raise ReleaseError(f"{release.release_id} is damaged: {'; '.join(wrong)}")
            attach(memory, release)
            tables = tables_of(memory, release)
            following = f"{name}_next_{release.release_id}"[:LONGEST_NAME]
            notes += _make(cursor, memory, following, tables, say)
            about = (release.release_id, said["published_at"])
            made.info(cursor, following, tables, about)
            cursor.execute(f"comment on schema {quoted(following)} is {schema.comment(*about)}")
            loaded = (schema.INFO, *(table.name for table in tables))
            schema.grant(cursor, following, loaded, reader, old)
            say("swap", name)
            schema.take_place(cursor, old, following, name, wait_seconds)
        cursor.execute("select current_database()")
        database = cursor.fetchone()[0]
    return Loaded(
        release_id=release.release_id,
        previous_id=old.release_id if old else None,
        database=database,
        schema=name,
        reader=reader,
        is_new=bool(tables),
        tables=len(tables),
        rows=sum(table.rows for table in tables),
        seconds=round(time.monotonic() - began, 1),
        notes=notes,
    )


@contextmanager
def _readable(release: ReleaseFolder) -> Iterator[None]:
    """Turn errors of DuckDB into ReleaseError, and what it makes of Ctrl-C back into that."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        raise ReleaseError(
            f"{release.folder}: cannot be read: {said}; nothing has changed"
        ) from error
    except RuntimeError as error:
        if str(error) == "Query interrupted":
            raise KeyboardInterrupt from error
        raise


def _make(
    cursor: Cursor, memory: duckdb.DuckDBPyConnection, name: str, tables: list[Table], say: Say
) -> list[str]:
    """Make a schema with all tables and compare them; in words what could not be made."""
    if schema.INFO in {table.name for table in tables}:
        raise ReleaseError(f"a mart is called {schema.INFO}, as the table about the release is")
    cursor.execute(f"create schema {quoted(name)}")
    with_key = {}
    for position, table in enumerate(tables, start=1):
        place = f"{quoted(name)}.{quoted(table.name)}"
        is_long = table.rows >= LONG_ROWS
        counted = f"{position} of {len(tables)}"
        phase = f"{table.name} ({table.rows:,} rows, {counted})" if is_long else "load"
        say(phase, "" if is_long else f"{table.name} ({counted})")
        cursor.execute(made.create(place, table))
        rows.load(cursor, memory, place, table, _counted(table, say))
        if is_long:
            say(f"{table.name}: comparison", "")
        wrong = differences(cursor, memory, place, table)
        if wrong:
            raise ReleaseError(f"PostgreSQL holds another {'; '.join(wrong)}; nothing has changed")
        if is_long:
            say(f"{table.name}: key and indexes", "")
        with_key[table.name] = not made.has_nulls(cursor, place, table)
        cursor.execute(made.key(place, table, has_nulls=not with_key[table.name]))
        for statement in (*made.indexes(place, table), *made.comments(place, table)):
            cursor.execute(statement)
        cursor.execute(f"analyze {place}")
    statements, left = made.references(name, tables, with_key)
    if statements:
        say("foreign keys", "")
    for statement in statements:
        cursor.execute(statement)
    return left


def _counted(table: Table, say: Say) -> rows.Said:
    """Says every some seconds how many rows of a long table have been sent."""
    told = time.monotonic()

    def said(sent: int) -> None:
        nonlocal told
        if table.rows >= LONG_ROWS and time.monotonic() - told >= SAY_SECONDS:
            told = time.monotonic()
            say(f"{table.name}: {sent:,} of {table.rows:,} rows", "")

    return said
