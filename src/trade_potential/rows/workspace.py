"""The database in which rows are worked on: in memory, spilling to a folder of its own."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any, NoReturn

from trade_potential import limits
from trade_potential.errors import InputError, LimitError, MemoryLimitError

MEMORY_LIMIT = "4GB"
"""Of DuckDB, unless the user says otherwise."""

QUIET = "set enable_progress_bar = false"
"""Notebooks would show one."""


class Workspace:
    """A connection of its own with all that is made on it; ends when closed or forgotten.

    It fetches no extensions, and no file of the user's is opened for writing.
    """

    def __init__(self, *, memory_limit: str = MEMORY_LIMIT, threads: int | None = None) -> None:
        """Open it.

        Args:
            memory_limit: Of DuckDB, such as 4GB; what needs more goes to the disk.
            threads: Of DuckDB; all of the machine by default.

        Raises:
            LimitError: A limit is none.
        """
        import duckdb

        self.memory_limit = limits.memory_limit(memory_limit)
        settings: dict[str, Any] = {"autoinstall_known_extensions": False}
        if threads is not None:
            settings["threads"] = limits.threads(str(threads))
        spill = tempfile.TemporaryDirectory(prefix="trade-potential-")
        settings |= {"memory_limit": self.memory_limit, "temp_directory": spill.name}
        try:
            self._connection = duckdb.connect(config=settings)
        except duckdb.Error as error:
            spill.cleanup()
            raise LimitError(str(error).splitlines()[0]) from error
        self._connection.execute(QUIET)
        self._cursors: list[Any] = []
        self._turn = RLock()
        self._end = weakref.finalize(self, _end, self._connection, self._cursors, spill)

    @property
    def connection(self) -> Any:
        """The connection.

        Raises:
            InputError: It is closed.
        """
        if not self._end.alive:
            closed_rows()
        return self._connection

    def cursor(self) -> Any:
        """Another connection to the same tables, with temporary names of its own."""
        self._cursors.append(self.connection.cursor())
        return self._cursors[-1].execute(QUIET)

    @contextmanager
    def told(self, name: str) -> Iterator[None]:
        """Turn DuckDB's errors into InputError about a table of that name.

        Threads take turns: the results of a connection end when it is asked for others.

        Raises:
            MemoryLimitError: The limit on memory is too low for the rows.
            InputError: Any other.
        """
        import duckdb

        try:
            with self._turn:
                yield
        except duckdb.OutOfMemoryException as error:
            raise MemoryLimitError(
                f"{name}: {self.memory_limit} is too little memory; raise memory_limit"
            ) from error
        except duckdb.Error as error:
            raise InputError(f"{name}: {' '.join(str(error).splitlines()[:3])}") from error

    def close(self) -> None:
        """End the connection and remove what it wrote to the disk; a second time does nothing."""
        with self._turn:
            self._end()


def closed_rows(*_: object) -> NoReturn:
    """What a copy of a result knows of its rows."""
    raise InputError("the rows are closed: ask for results before close()")


def without_rows(result: Any, asked: tuple[str, ...]) -> dict[str, Any]:
    """State of a result to copy or pickle, in which what is asked of rows is closed."""
    return {**vars(result), **dict.fromkeys(asked, closed_rows)}


def _end(connection: Any, cursors: list[Any], spill: tempfile.TemporaryDirectory[str]) -> None:
    for opened in (*cursors, connection):
        opened.close()
    spill.cleanup()
