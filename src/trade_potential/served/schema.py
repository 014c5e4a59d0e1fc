"""The schema that is served: whether it is ours, who reads it, and how the next takes its name.

Readers hold a lock on every table that they have read until their transaction ends. The swap asks
for all locks of the old tables, so a transaction that has read one of them reads the rest of the
old release, and one that has not yet reads the new: never some of each.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Any

from trade_potential.errors import ReleaseError
from trade_potential.served.connection import Cursor
from trade_potential.sql.render import quoted, text_literal

MARK = re.compile(r"Release (\d{6,}-[0-9a-f]{8}) of trade-potential,")
"""How the comment of a schema of ours begins."""
INFO = "release_info"
"""Table of every schema: the release, and a row for each of its tables."""
LONGEST_SCHEMA = 40
"""Bytes; the name that it has while it is loaded is longer."""
TRY_MS = 400
"""Of waiting for locks, then readers get their turn: PostgreSQL ends somebody after a second."""
PAUSE_SECONDS = 0.6


@dataclass(frozen=True)
class Served:
    """A schema of ours.

    Attributes:
        oid: Its number.
        release_id: What it holds.
        tables: Names of its tables, ``release_info`` first.
        users: Who may use the schema, as SQL names them.
        selects: Who may select from which table.
    """

    oid: int
    release_id: str
    tables: tuple[str, ...]
    users: tuple[str, ...] = ()
    selects: tuple[tuple[str, str], ...] = field(default=())


def lock(cursor: Cursor, schema: str, wait_seconds: float) -> None:
    """Keep other loads of this schema out until the transaction ends.

    Raises:
        ReleaseError: Another one is at work, after the wait.
    """
    deadline = time.monotonic() + wait_seconds
    while True:
        cursor.execute(
            "select pg_try_advisory_xact_lock(hashtext('trade-potential'), hashtext(%s))", [schema]
        )
        if cursor.fetchone()[0]:
            return
        if time.monotonic() >= deadline:
            raise ReleaseError(
                f"schema {schema}: another load is at work since more than {wait_seconds:g} s;"
                " try again when it has ended"
            )
        time.sleep(PAUSE_SECONDS)


def served(cursor: Cursor, schema: str) -> Served | None:
    """What a schema serves now; None where there is none of that name.

    Raises:
        ReleaseError: It is not ours, or holds something that is not.
    """
    cursor.execute(
        "select oid, obj_description(oid, 'pg_namespace'), pg_get_userbyid(nspowner),"
        " pg_has_role(nspowner, 'member') from pg_namespace where nspname = %s",
        [schema],
    )
    found = cursor.fetchone()
    if found is None:
        return None
    oid, comment, owner, is_member = found
    marked = MARK.match(comment or "")
    if marked is None:
        raise ReleaseError(
            f"schema {schema}: was not made by this command, and is left alone;"
            " --schema names another"
        )
    if not is_member:
        raise ReleaseError(f"schema {schema}: belongs to {owner}; connect as {owner}")
    tables = _tables(cursor, schema, oid)
    _refuse_strangers(cursor, schema, oid, tables)
    users = _all(
        cursor,
        "select distinct case when a.grantee = 0 then 'public' else a.grantee::regrole::text end"
        " from pg_namespace n, aclexplode(n.nspacl) a where n.oid = %s"
        " and a.privilege_type = 'USAGE' and a.grantee <> n.nspowner order by 1",
        oid,
    )
    selects = _all(
        cursor,
        "select distinct c.relname::text,"
        " case when a.grantee = 0 then 'public' else a.grantee::regrole::text end"
        " from pg_class c, aclexplode(c.relacl) a where c.relnamespace = %s"
        " and a.privilege_type = 'SELECT' and a.grantee <> c.relowner order by 1, 2",
        oid,
    )
    return Served(oid, marked[1], tables, tuple(row[0] for row in users), tuple(selects))


def _all(cursor: Cursor, query: str, oid: int) -> list[Any]:
    cursor.execute(query, [oid])
    return list(cursor.fetchall())


def _tables(cursor: Cursor, schema: str, oid: int) -> tuple[str, ...]:
    """Tables that a load has made, as it has written down."""
    known = "select 1 from pg_class where relnamespace = %s and relname = 'release_info'"
    if not _all(cursor, known, oid):
        return ()
    cursor.execute(f"select table_name from {quoted(schema)}.{INFO} order by table_name")
    return (INFO, *(name for (name,) in cursor.fetchall()))


def _refuse_strangers(cursor: Cursor, schema: str, oid: int, tables: tuple[str, ...]) -> None:
    """Name what a swap would take away from somebody: before the load, not after it."""
    strangers = [
        name
        for name, relname in _all(
            cursor,
            "select oid::regclass::text, relname::text from pg_class where relnamespace = %s"
            " and relkind in ('r', 'p', 'v', 'm', 'f', 'S') order by 1",
            oid,
        )
        if relname not in tables
    ]
    if strangers:
        raise ReleaseError(
            f"schema {schema}: holds {', '.join(strangers)}, which no load has made and the swap"
            " would remove; move it to another schema"
        )
    dependents = [
        name
        for (name,) in _all(
            cursor,
            "select distinct v.oid::regclass::text from pg_class t"
            " join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = t.oid"
            " join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid"
            " join pg_class v on v.oid = r.ev_class"
            " where t.relnamespace = %s and v.relnamespace <> t.relnamespace order by 1",
            oid,
        )
    ]
    if dependents:
        raise ReleaseError(
            f"schema {schema}: {', '.join(dependents)} stands on its tables, which are replaced;"
            " drop it, and make it again after the load"
        )


def take_place(
    cursor: Cursor, old: Served | None, following: str, schema: str, wait_seconds: float
) -> None:
    """Remove the old schema and give its name to the next, once no transaction reads the old.

    Raises:
        ReleaseError: Somebody still reads after the wait; the message says who.
    """
    if old is not None:
        places = ", ".join(f"{quoted(schema)}.{quoted(name)}" for name in old.tables)
        _lock_tables(cursor, old, schema, places, wait_seconds)
        # Without cascade: what somebody has built on a table meanwhile is an error, not gone.
        cursor.execute(f"drop table {places}")
        cursor.execute(f"drop schema {quoted(schema)}")
    cursor.execute(f"alter schema {quoted(following)} rename to {quoted(schema)}")


def _lock_tables(
    cursor: Cursor, old: Served, schema: str, places: str, wait_seconds: float
) -> None:
    """Get all tables for ourselves, a short try at a time: readers do not queue for long."""
    from psycopg2.errors import DeadlockDetected, LockNotAvailable

    deadline = time.monotonic() + wait_seconds
    cursor.execute(f"set local lock_timeout = {TRY_MS}")
    while True:
        cursor.execute("savepoint unlocked")
        try:
            cursor.execute(f"lock table {places} in access exclusive mode")
            break
        except (DeadlockDetected, LockNotAvailable) as error:
            cursor.execute("rollback to savepoint unlocked")
            if time.monotonic() >= deadline:
                raise ReleaseError(
                    f"schema {schema}: after {wait_seconds:g} s still read by"
                    f" {_readers(cursor, old)}; nothing has changed; end them, or wait longer"
                    " (--wait-seconds)"
                ) from error
            time.sleep(PAUSE_SECONDS)
    cursor.execute("set local lock_timeout = 0")


def _readers(cursor: Cursor, old: Served) -> str:
    """Sessions that hold a lock on a table."""
    found = _all(
        cursor,
        "select distinct a.pid, a.usename::text,"
        " coalesce(nullif(a.application_name, ''), 'no name'), a.state"
        " from pg_locks l join pg_class c on c.oid = l.relation"
        " join pg_stat_activity a on a.pid = l.pid"
        " where c.relnamespace = %s and a.pid <> pg_backend_pid() order by 1",
        old.oid,
    )
    told = [f"process {pid} of {user} ({name}, {state})" for pid, user, name, state in found]
    return ", ".join(told) or "somebody who has just ended"


def comment(release_id: str, published_at: str) -> str:
    """The comment of a schema, in SQL; it marks the schema as ours."""
    return text_literal(
        f"Release {release_id} of trade-potential, published {published_at}: the marts of one"
        f" tested build, replaced as a whole by the next load; {INFO} lists them. Make nothing of"
        " your own in here."
    )


def ensure_reader(cursor: Cursor, reader: str) -> bool:
    """Make the role of the readers where there is none; whether it was made.

    Raises:
        ReleaseError: It may not be made, or may write.
    """
    from psycopg2.errors import InsufficientPrivilege

    cursor.execute(
        "select pg_has_role(oid, current_user, 'member') from pg_roles where rolname = %s", [reader]
    )
    found = cursor.fetchone()
    if found is not None:
        if found[0]:
            raise ReleaseError(f"role {reader}: may do what this user may; name one that reads")
        return False
    cursor.execute("savepoint roles")
    try:
        cursor.execute(f"create role {quoted(reader)} nologin")
    except InsufficientPrivilege as error:
        cursor.execute("rollback to savepoint roles")
        raise ReleaseError(
            f"role {reader}: is not there and this user may not make it; let somebody who may"
            f" run: create role {quoted(reader)} nologin"
        ) from error
    cursor.execute("release savepoint roles")
    return True


def grant(
    cursor: Cursor, schema: str, tables: tuple[str, ...], reader: str, old: Served | None
) -> None:
    """Let the reader, and all who could read the schema before, read it."""
    for user in (quoted(reader), *(old.users if old else ())):
        cursor.execute(f"grant usage on schema {quoted(schema)} to {user}")
    cursor.execute(f"grant select on all tables in schema {quoted(schema)} to {quoted(reader)}")
    for table, user in old.selects if old else ():
        if table in tables:
            cursor.execute(f"grant select on {quoted(schema)}.{quoted(table)} to {user}")
