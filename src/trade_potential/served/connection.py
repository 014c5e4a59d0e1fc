"""A session of PostgreSQL whose errors are one line without a password."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from trade_potential.errors import ReleaseError

OLDEST = 15
"""Series of PostgreSQL that is still looked after; a key with nulls needs it."""
INSTALL = (
    "PostgreSQL needs the package psycopg2, which a build on DuckDB does without:"
    " .venv/bin/uv sync --frozen --inexact --group postgres, elsewhere pip install psycopg2-binary"
)
SESSION = (
    "set statement_timeout = 0",  # loading takes minutes, whatever a server allows its readers
    "set idle_in_transaction_session_timeout = 0",
    "set standard_conforming_strings = on",
    "set datestyle = 'ISO'",
    "set search_path = pg_catalog",
)
ODD_PASSWORD = re.compile(r"://[^:/?#]*:[^@]*([:/?#][^@]*@|@[^@]*@)")
"""Of an address: libpq would take a part of it for host or port, and say so."""
Cursor = Any
"""Of psycopg2, which need not be installed."""


@contextmanager
def transaction(dsn: str | None) -> Iterator[Cursor]:
    """A cursor in one transaction that is committed at the end, or has never been.

    Args:
        dsn: Connection string of libpq; what it leaves out, PG* and .pgpass say.

    Raises:
        ReleaseError: psycopg2 or the server is not there, the server is too old, or a statement
            has failed.
    """
    try:
        import psycopg2
    except ImportError as error:
        raise ReleaseError(INSTALL) from error
    connection = _connect(psycopg2, dsn)
    with closing(connection):
        try:
            with connection.cursor() as cursor:
                _begin(cursor, connection)
                yield cursor
        except psycopg2.Error as error:
            raise ReleaseError(f"PostgreSQL: {in_words(error)}; nothing has changed") from error
        try:
            connection.commit()
        except psycopg2.Error as error:
            raise ReleaseError(
                f"PostgreSQL: {in_words(error)}; the same command again says what is there"
            ) from error


def _connect(psycopg2: Any, dsn: str | None) -> Any:
    """A connection; what libpq quotes of a string that is none may hold the password."""
    if ODD_PASSWORD.search(dsn or ""):
        raise ReleaseError(
            "--dsn: the password has a character that ends it; write @ : / ? # as %40 %3A %2F %3F"
            " %23, or leave the password to ~/.pgpass"
        )
    try:
        return psycopg2.connect(
            dsn or "", fallback_application_name="trade-potential", client_encoding="UTF8"
        )
    except psycopg2.ProgrammingError as error:
        raise ReleaseError(
            "--dsn: is no connection string; write 'host=db.example dbname=bi user=me' or"
            " 'postgresql://me@db.example/bi'"
        ) from error
    except psycopg2.OperationalError as error:
        said = " ".join(str(error).split())
        raise ReleaseError(f"PostgreSQL: {without(said, _passwords(psycopg2, dsn))}") from None


def _passwords(psycopg2: Any, dsn: str | None) -> list[str]:
    """Passwords that this process was given."""
    return [
        password
        for password in (
            psycopg2.extensions.parse_dsn(dsn or "").get("password"),
            os.environ.get("PGPASSWORD"),
        )
        if password
    ]


def without(text: str, passwords: list[str]) -> str:
    """A text in which no password stands."""
    for password in passwords:
        text = text.replace(password, "***")
    return text


def _begin(cursor: Cursor, connection: Any) -> None:
    """Settings of the session; a server that is too old is refused."""
    if connection.server_version // 10_000 < OLDEST:
        found = connection.server_version // 10_000
        raise ReleaseError(f"PostgreSQL {found} is too old: {OLDEST} or newer is needed")
    for statement in SESSION:
        cursor.execute(statement)


def in_words(error: Any) -> str:
    """What PostgreSQL says of an error: message, detail and what helps, in a line."""
    said = error.diag
    parts = [said.message_primary or str(error), said.message_detail, said.message_hint]
    return "; ".join(" ".join(part.split()) for part in parts if part) or type(error).__name__
