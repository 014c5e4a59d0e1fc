"""A reader in a process of its own: python -m tests.torture.reader ROOT LOG STOP SEED PAUSE.

Half of its sessions resolve ``current`` once and read DuckDB, Parquet and manifest of that
directory; the other half open the DuckDB file through the link, as a BI tool does. What was read
goes to the log, where tests.torture.judge looks at it.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path
from typing import IO, Any

import duckdb

from trade_potential.release.disk import checksum
from trade_potential.release.layout import CURRENT, DATABASE, MANIFEST
from trade_potential.release.mart_files import content, parquet_files, rows_of
from trade_potential.sql.render import quoted

SESSION_QUERIES = 8
"""Queries on one connection or one resolved directory: a swap may come between any two."""


class Reader:
    """Counts what it asks, and writes down what it is told."""

    def __init__(self, root: Path, log: IO[str], seed: int, pause: float) -> None:
        """Read from the releases below a directory."""
        self._link = root / CURRENT
        self._log = log
        self._random = random.Random(seed)  # noqa: S311 (no secret)
        self._pause = pause
        self._marts: list[str] = []
        self.issued = self.answered = self.failed = 0

    def session(self) -> None:
        """Some queries that must all be of one release."""
        resolved = not self._marts or self._random.random() < 0.5
        said: dict[str, Any] = {"release": None, "reads": [], "failures": []}
        try:
            if resolved:
                self._resolved(said)
            else:
                self._through_the_link(said)
        except Exception as error:
            self.failed += 1
            said["failures"].append(f"{type(error).__name__}: {error}")
        self._log.write(json.dumps(said) + "\n")

    def _resolved(self, said: dict[str, Any]) -> None:
        folder = self._link.resolve()
        said["release"] = folder.name
        self.issued += 1
        manifest = json.loads((folder / MANIFEST).read_bytes())
        said["manifest"] = manifest["release_id"]
        self.answered += 1
        self._marts = sorted(manifest["marts"])
        for mart in self._some():
            self.issued += 1
            place = self._random.choice(("duckdb", "parquet", "bytes"))
            if place == "bytes":
                files = {path: path.relative_to(folder) for path in parquet_files(folder, mart)}
                listed = {manifest["files"][name.as_posix()]["sha256"] for name in files.values()}
                said["reads"].append([place, mart, listed == {checksum(path) for path in files}])
            else:
                with duckdb.connect(*_where(folder, place)) as connection:
                    rows = rows_of(parquet_files(folder, mart)) if place == "parquet" else None
                    said["reads"].append([place, mart, *_read(connection, mart, rows)])
                is_whole = said["reads"][-1][2] == manifest["marts"][mart]["rows"]
                said["reads"].append(["count", mart, is_whole])
            self.answered += 1

    def _through_the_link(self, said: dict[str, Any]) -> None:
        with duckdb.connect(self._link / DATABASE, read_only=True) as connection:
            for mart in self._some():
                self.issued += 1
                said["reads"].append(["link", mart, *_read(connection, mart, None)])
                self.answered += 1

    def _some(self) -> Any:
        for mart in self._random.sample(self._marts, SESSION_QUERIES):
            time.sleep(self._random.uniform(0, 2 * self._pause))
            yield mart


def _where(folder: Path, place: str) -> tuple[Any, ...]:
    return (folder / DATABASE, True) if place == "duckdb" else (":memory:",)


def _read(connection: duckdb.DuckDBPyConnection, mart: str, rows: str | None) -> tuple[int, int]:
    connection.execute("set threads = 1")
    found = content(connection.sql(f"select * from {rows or 'main.' + quoted(mart)}"))  # noqa: S608
    return found.rows, found.fingerprint


def main() -> None:
    """Read until the file STOP is there."""
    root, log, stop, seed, pause = sys.argv[1:]
    with Path(log).open("w", encoding="utf-8", buffering=1) as handle:
        reader = Reader(Path(root), handle, int(seed), float(pause))
        while not Path(stop).exists():
            reader.session()
        totals = {"issued": reader.issued, "answered": reader.answered, "failed": reader.failed}
        handle.write(json.dumps({"totals": totals}) + "\n")


if __name__ == "__main__":
    main()
