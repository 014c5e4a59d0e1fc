"""An end to what a publish asks of DuckDB: whatever stands still there must not hold the lock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from trade_potential.errors import ReleaseError

if TYPE_CHECKING:
    import duckdb

AGAIN_SECONDS = 0.1
"""Between two interrupts: one that falls between two queries is lost."""


@contextmanager
def ended_after(seconds: float) -> Iterator[Callable[[duckdb.DuckDBPyConnection], None]]:
    """Interrupt the queries of connections when their time is over.

    Yields:
        Takes a connection in, until the end of the block; it is open until then.

    Raises:
        ReleaseError: The time was over, or the system allows no thread to watch it.
    """
    import duckdb

    watched: list[duckdb.DuckDBPyConnection] = []
    is_done, is_over = threading.Event(), threading.Event()

    def watch() -> None:
        if is_done.wait(seconds):
            return
        is_over.set()
        while not is_done.wait(AGAIN_SECONDS):
            for connection in tuple(watched):
                connection.interrupt()

    watcher = threading.Thread(target=watch, name="deadline of a publish", daemon=True)
    try:
        watcher.start()
    except RuntimeError as error:
        raise ReleaseError(
            f"no further thread can be started ({error}): raise the limit on processes and threads "
            "(ulimit -u, TasksMax of systemd, pids of a container), then run dbt build; "
            "nothing is published"
        ) from error
    try:
        yield watched.append
    except duckdb.InterruptException as error:
        if not is_over.is_set():
            raise
        raise ReleaseError(
            f"writing the release took more than {seconds:g} s: see what holds up the disk or the "
            "machine, or raise the var publish_seconds, then run dbt build; nothing is published"
        ) from error
    finally:
        is_done.set()
        watcher.join()
