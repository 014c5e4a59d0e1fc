"""What a build has published, for people who work with it in Python."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from trade_potential.errors import ReleaseError
from trade_potential.release.layout import (
    DATABASE,
    ReleaseFolder,
    current_id,
    find,
    released,
)

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

PATH = "release"
"""The default of dbt's var release_path."""

TOLD = {"rows", "columns", "key", "bytes", "file"}
"""What a manifest says of each mart."""


class Release:
    """One release: the marts of one passed build, as they were published.

    It stays that release, whatever is published meanwhile: ``current`` is resolved once, and from
    the first mart that is read its file stays open, so that it outlives even its removal. Nothing
    is ever written. What it holds ends with ``close``, at the end of a ``with`` block, or when
    neither it nor a mart of it is referred to any more.

    Releases are looked for in ``path``: an argument, by default ``release`` in the current
    directory, as dbt's var release_path is by default in the folder of the project. The project's
    settings are not read: where the var names another folder, pass it.
    """

    def __init__(self, folder: ReleaseFolder) -> None:
        """Of a folder; ``current``, ``of`` and ``all`` find it."""
        self._folder = folder
        self._cursors: list[duckdb.DuckDBPyConnection] = []

    def _read(self) -> Self:
        """Itself, once its manifest is read."""
        self.manifest  # noqa: B018  refuses
        return self

    @classmethod
    def current(cls, path: str | os.PathLike[str] = PATH) -> Release:
        """The release that the link ``current`` names now.

        Args:
            path: Folder of the releases.

        Raises:
            ReleaseError: There is none, or it is damaged.
        """
        root = _root(path)
        name = current_id(root)
        if name is None:
            raise ReleaseError(f"{root}: no release is current; make build publishes one")
        return cls(find(root, name))._read()

    @classmethod
    def of(cls, id: str, path: str | os.PathLike[str] = PATH) -> Release:  # noqa: A002  its name
        """The release of an id, such as 000012-1f2e3d4c.

        Raises:
            ReleaseError: There is none, the message lists those there are; or it is damaged.
        """
        return cls(find(_root(path), id))._read()

    @classmethod
    def all(cls, path: str | os.PathLike[str] = PATH) -> list[Release]:
        """Every release, the oldest first; one that is damaged says so when it is read.

        Raises:
            ReleaseError: There is no such folder.
        """
        return [cls(folder) for folder in released(_root(path))]

    @property
    def id(self) -> str:
        """Sequence number and a hash of the run."""
        return self._folder.release_id

    @property
    def path(self) -> Path:
        """Its folder."""
        return self._folder.folder

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the release says of itself: code, versions, vintages, gate, audit, marts.

        Raises:
            ReleaseError: It is damaged; so do all properties below.
        """
        found = self._folder.manifest()
        try:
            datetime.fromisoformat(found["published_at"])
            lacking = {key for held in found["marts"].values() for key in TOLD - held.keys()}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ReleaseError(f"{self.path}: the manifest is damaged ({error})") from error
        if lacking:
            raise ReleaseError(f"{self.path}: the manifest tells no {', '.join(sorted(lacking))}")
        return found

    @property
    def published_at(self) -> datetime:
        """When, in UTC, by the clock of the publishing machine."""
        return datetime.fromisoformat(self.manifest["published_at"])

    @property
    def marts(self) -> tuple[str, ...]:
        """Names of its marts."""
        return tuple(self.manifest["marts"])

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        from trade_potential.release.mart_files import literal, opened

        memory = opened()
        with self._told():
            memory.execute(f"attach {literal(self.path / DATABASE)} as released (read_only)")
        return memory

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn errors of DuckDB into ReleaseError."""
        import duckdb

        try:
            yield
        except duckdb.Error as error:
            raise ReleaseError(
                f"{self.path / DATABASE}: cannot be read: {str(error).splitlines()[0]}; "
                "trade-potential releases verify says more, Release.current() is the one of now"
            ) from error

    def mart(self, name: str) -> duckdb.DuckDBPyRelation:
        """The rows of a mart as a relation of DuckDB: ``.df()``, ``.filter(..)``, ``.to_parquet``.

        Raises:
            ReleaseError: There is no such mart, the message lists those there are; or the release
                is damaged, or was removed before it was read.
        """
        from trade_potential.sql.render import quoted

        self._about(name)
        with self._told():
            # Each its own cursor: threads that share one end each other's results.
            self._cursors.append(self._connection.cursor())
            return self._cursors[-1].sql(f"select * from released.main.{quoted(name)}")

    def to_pandas(self, name: str) -> pd.DataFrame:
        """The rows of a mart as a frame; errors as ``mart``."""
        with self._told():
            return self.mart(name).df()

    def describe(self, name: str | None = None) -> pd.DataFrame:
        """What the manifest says: of a mart its columns, without a name one row for each mart.

        Args:
            name: A mart.

        Returns:
            Of a mart ``column``, ``type`` (of DuckDB) and ``is_key``; of all ``mart``, ``rows``,
            ``columns``, ``key``, ``bytes`` and ``file`` (Parquet, in ``path``).

        Raises:
            ReleaseError: There is no such mart.
        """
        import pandas as pd

        if name is None:
            return pd.DataFrame(
                {
                    "mart": mart,
                    "rows": held["rows"],
                    "columns": len(held["columns"]),
                    "key": ", ".join(held["key"]),
                    "bytes": held["bytes"],
                    "file": held["file"],
                }
                for mart, held in self.manifest["marts"].items()
            )
        held = self._about(name)
        return pd.DataFrame(
            {
                "column": column["name"],
                "type": column["type"],
                "is_key": column["name"] in held["key"],
            }
            for column in held["columns"]
        )

    def _about(self, name: str) -> dict[str, Any]:
        marts: dict[str, dict[str, Any]] = self.manifest["marts"]
        if name not in tuple(marts):
            raise ReleaseError(f"{self.path}: no mart {name}; there are {', '.join(marts)}")
        return marts[name]

    def verify(self) -> None:
        """Compare files, checksums, columns and rows with what was published.

        Raises:
            ReleaseError: Something differs; the message says what.
        """
        from trade_potential.release.verify import complaints

        wrong = complaints(self._folder)
        if wrong:
            raise ReleaseError(
                f"release {self.id} is damaged: {'; '.join(wrong)}; "
                "trade-potential releases rollback makes another one current"
            )

    def __repr__(self) -> str:
        """Id and folder."""
        return f"Release({self.id}, {self.path})"

    def _repr_html_(self) -> str:
        """The marts, for notebooks."""
        said = f"{self!r}, published {self.published_at:%Y-%m-%d %H:%M} UTC"
        return f"<p>{escape(said)}</p>{self.describe().to_html(index=False)}"

    def __enter__(self) -> Self:
        """The release, which the end of the block closes."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Let go of its file; relations of its marts cannot be read any more."""
        if "_connection" in self.__dict__:
            for opened in (*self._cursors, self._connection):
                opened.close()


def _root(path: str | os.PathLike[str]) -> Path:
    """The folder of releases, whatever the current directory becomes.

    Raises:
        ReleaseError: There is none.
    """
    root = Path(path).absolute()
    if not root.is_dir():
        raise ReleaseError(
            f"{root}: no such folder; make build publishes to release/ of the project, or where "
            "dbt's var release_path says: give that as path"
        )
    return root
