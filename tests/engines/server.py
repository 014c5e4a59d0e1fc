"""A PostgreSQL server of one's own, gone without a trace afterwards."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

OLDEST = 15
USER = "trade_potential"
CLUSTER = ("--encoding=UTF8", "--locale=C", "--no-sync")
HASTY = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
"""Settings of a server whose data nobody needs after a crash."""
SECONDS = 120
"""To start in; more on a machine that does much else is a failure worth seeing."""


def binaries() -> Path | None:
    """Folder with initdb and postgres, the newest there is; None where it is too old or missing."""
    places = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    found = shutil.which("postgres")
    places += [Path(found).resolve().parent] if found else []
    versions = {_version(place / "postgres"): place for place in places}
    newest = max(versions, default=0)
    return versions[newest] if newest >= OLDEST else None


def _version(program: Path) -> int:
    """Number of the series of a program."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return int(re.findall(r"\d+", said.stdout)[0])


def unprivileged() -> dict[str, str]:
    """Whom the server runs as: PostgreSQL refuses root."""
    if os.getuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    return {"user": "postgres" if "postgres" in names else "nobody"}


def _free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def postgres(*, listens: bool = False) -> Iterator[dict[str, str]]:
    """Environment of a running server.

    Args:
        listens: Whether on a port of this machine as well, not on a socket only.
    """
    programs = binaries()
    if programs is None:
        raise RuntimeError(f"no PostgreSQL {OLDEST} or newer here; apt-get install postgresql")
    owner = unprivileged()
    host, port = ("127.0.0.1", str(_free_port())) if listens else ("", "5432")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: the path of a socket has 107 bytes
    try:
        if owner:
            shutil.chown(folder, owner["user"])
        data = folder / "data"
        made = subprocess.run(
            [programs / "initdb", "-D", data, "-U", USER, "--auth=trust", *CLUSTER],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            **owner,
        )
        if made.returncode:
            raise RuntimeError(made.stderr)
        log = (folder / "log").open("wb")
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, "-h", host, "-p", port, *HASTY],
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            **owner,
        )
        environment = {"PGHOST": host or str(folder), "PGPORT": port, "PGUSER": USER}
        environment["PGDATABASE"] = "postgres"
        try:
            _wait(environment, server, folder / "log")
            yield environment
        finally:
            server.send_signal(signal.SIGINT)  # fast shutdown: sessions are ended
            server.wait(SECONDS)
    finally:
        shutil.rmtree(folder)


def _wait(environment: dict[str, str], server: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the server answers."""
    import psycopg2

    until = time.monotonic() + SECONDS
    while True:
        try:
            psycopg2.connect(
                host=environment["PGHOST"],
                port=environment["PGPORT"],
                user=USER,
                dbname=environment["PGDATABASE"],
            ).close()
            return
        except psycopg2.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(log.read_text(errors="replace")) from None
            time.sleep(0.2)
