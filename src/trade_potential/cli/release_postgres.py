"""The command releases to-postgres: a release where BI tools read."""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import asdict

from trade_potential.cli.release_care import Add
from trade_potential.cli.release_document import root_of, write_document
from trade_potential.cli.session import OK

INTERRUPTED = 130
"""Exit code, as of a shell."""
SCHEMA, READER = "trade_potential", "trade_reader"
ABOUT = (
    "Verify a release and serve it from a schema of PostgreSQL, swapped at once; what was served "
    "stays until then, and for good where anything fails. Host, port, database and user come "
    "from --dsn or PGHOST, PGPORT, PGDATABASE, PGUSER, the password best from ~/.pgpass."
)


def add_arguments(command: Add) -> None:
    """The command."""
    leaf = command("to-postgres", ABOUT, _to_postgres)
    leaf.add_argument(
        "release", metavar="ID", nargs="?", default="current", help="id or current (default)"
    )
    leaf.add_argument("--schema", type=_schema, default=SCHEMA, help=f"default {SCHEMA}")
    leaf.add_argument(
        "--reader",
        type=_role,
        metavar="ROLE",
        default=READER,
        help=f"role that may select, made where it is missing (default {READER})",
    )
    leaf.add_argument("--dsn", metavar="TEXT", help="connection string, as psql takes it")
    leaf.add_argument("--force", action="store_true", help="load what is served already again")
    leaf.add_argument(
        "--wait-seconds",
        type=_seconds,
        metavar="N",
        default=300.0,
        help="for transactions that read the old schema (default 300)",
    )


def _name(text: str, longest: int) -> str:
    """A name that PostgreSQL takes whole, and prints on a line."""
    if not text or not text.isprintable() or text.startswith("pg_"):
        raise argparse.ArgumentTypeError(f"{text!r} is no name")
    if len(text.encode()) > longest:
        raise argparse.ArgumentTypeError(f"{text} is longer than {longest} bytes")
    return text


def _schema(text: str) -> str:
    return _name(text, 40)


def _role(text: str) -> str:
    if text == "public":
        raise argparse.ArgumentTypeError("public is everybody, no role")
    return _name(text, 63)


def _seconds(text: str) -> float:
    """A number of seconds, zero among them."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0.0 <= seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds")
    return seconds


def _to_postgres(args: argparse.Namespace) -> int:
    from trade_potential.progress import Progress
    from trade_potential.served.load import to_postgres

    progress = Progress()
    try:
        done = to_postgres(
            root_of(args),
            args.release,
            name=args.schema,
            reader=args.reader,
            dsn=args.dsn,
            is_forced=args.force,
            wait_seconds=args.wait_seconds,
            say=progress.show,
        )
    except KeyboardInterrupt:
        progress.end()
        print(f"{args.parser.prog}: interrupted; nothing has changed", file=sys.stderr)
        return INTERRUPTED
    finally:
        progress.end()
    where = f"schema {done.schema} of database {done.database}"
    if done.is_new:
        text = (
            f"{where} is {done.release_id}: {done.tables} tables, {done.rows:,} rows,"
            f" {done.seconds:.0f} s; {done.reader} reads it"
        )
    else:
        text = f"{where} is {done.release_id} already, {done.reader} reads it; --force loads again"
    write_document(args, asdict(done), "".join(f"{line}\n" for line in [*done.notes, text]))
    return OK
