"""Publishing ends, whatever stands still: no thread, or a query without an end."""

from __future__ import annotations

import fcntl
import resource
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from tests.releases import contents, tiny

from trade_potential.errors import ReleaseError
from trade_potential.release import publish
from trade_potential.release.layout import LOCK

PATIENCE_SECONDS = 120
"""A publish takes one; what is not there after so long hangs."""
HUGE, LESS = 1 << 42, 1 << 40
"""Bytes: a stack that each thread would reserve, and the addresses that a process may have."""
WITHOUT_THREADS = """
import sys
from pathlib import Path

import duckdb
import pyarrow.dataset  # with it DuckDB reads Arrow by Arrow's own threads

from trade_potential.errors import ReleaseError
from trade_potential.release import publish
from trade_potential.release.mart_files import write_parquet

session = duckdb.connect()
session.execute("create table m as select i as a from range(3000) t(i)")
marts, keys = {"m": session.table("m")}, {"m": ["a"]}
Path(sys.argv[1]).mkdir()
held = write_parquet(Path(sys.argv[1]), marts, keys, {}, build=session.cursor())
print(held["m"].rows)
try:
    publish(Path(sys.argv[2]), marts, session=session, keys=keys, run_id="run", about={})
except ReleaseError as error:
    print(error)
"""


def _limit() -> None:
    """As RLIMIT_NPROC does, and also where the user is root: no thread finds room for its stack."""
    resource.setrlimit(resource.RLIMIT_STACK, (HUGE, resource.getrlimit(resource.RLIMIT_STACK)[1]))
    resource.setrlimit(resource.RLIMIT_AS, (LESS, LESS))


def _is_free(root: Path) -> bool:
    with (root / LOCK).open("rb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return True


@pytest.mark.skipif(
    sys.platform != "linux" or resource.getrlimit(resource.RLIMIT_STACK)[1] != -1,
    reason="the limits are those of Linux, and may be raised",
)
def test_publishing_ends_where_no_thread_can_be_started(tmp_path: Path) -> None:
    root = tmp_path / "release"
    tiny(root, "before")
    before = contents(root)
    said = subprocess.run(
        [sys.executable, "-c", WITHOUT_THREADS, tmp_path / "tables", root],
        preexec_fn=_limit,
        stdout=subprocess.PIPE,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=True,
    )
    written, refused = said.stdout.splitlines()
    assert written == "3000"
    assert refused.startswith("no further thread can be started")
    assert "ulimit -u" in refused
    assert refused.endswith("nothing is published")
    assert contents(root) == before
    assert _is_free(root)


def test_writing_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    tiny(tmp_path, "before")
    before = contents(tmp_path)
    session = duckdb.connect()
    endless = {"m": session.sql("select count(*) as a from range(1000000000000) as t(i)")}
    with pytest.raises(ReleaseError, match=r"more than 0\.2 s: .* raise the var publish_seconds"):
        publish(
            tmp_path,
            endless,
            session=session,
            keys={"m": ["a"]},
            run_id="run",
            about={},
            limit_seconds=0.2,
        )
    assert contents(tmp_path) == before
    assert _is_free(tmp_path)
    # The session of the build is as it was, and so is the next publish.
    assert session.execute("select 1").fetchone() == (1,)
    assert tiny(tmp_path, "after").release.sequence == 2
