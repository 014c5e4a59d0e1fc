"""What a run begins from: code, seeds, inputs, packages and vars; and whether all is still so.

The plugin of dbt calls ``begin`` before dbt reads anything, and the last node asks ``changed`` just
before a release becomes current. Both happen in one process, whose memory keeps what was seen:
nobody can rewrite it.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

import trade_potential
from trade_potential.errors import ReleaseError
from trade_potential.release.code import code_version
from trade_potential.release.mart_files import opened
from trade_potential.release.packages import installed
from trade_potential.release.secrets import without_secrets

SETTINGS = "dbt_project.yml"
FOLDERS = {
    "model-paths": ("models",), "seed-paths": ("seeds",), "macro-paths": ("macros",),
    "test-paths": ("tests",), "snapshot-paths": ("snapshots",),
}  # fmt: skip
"""Folders that dbt reads, by their setting, and where they lie unless it says otherwise."""
FILES = (
    SETTINGS, "profiles.yml", "pyproject.toml", "uv.lock", "packages.yml", "dependencies.yml",
    "selectors.yml",
)  # fmt: skip
"""Files of the project's own folder that a build follows."""
SUFFIXES = {".sql", ".py", ".yml", ".yaml", ".csv", ".parquet"}
"""What dbt and the library read; documentation may change while a build runs."""
PACKAGES = ("trade_potential", "dbt_trade_potential", "dbt/adapters/trade*", "dbt/include/trade*")
"""Folders of the library, beside each other whether it is installed or run from its source."""
INSTALLED = "installed:"
"""Before the name of a file of the library that does not lie in the project."""
THREADS = 4
"""Hashing leaves Python's lock alone, so that threads share the cores."""
MOST = 20
"""Changes that are told; the rest is counted."""


class FileState(NamedTuple):
    """A file as it was read.

    Attributes:
        size: Bytes.
        sha256: Of its content.
        witness: Device, inode and time of the last change of the inode, which nobody can set: a
            file that was replaced and put back has another.
    """

    size: int
    sha256: str
    witness: tuple[int, int, int]


class TableState(NamedTuple):
    """Rows that stand outside the project, as the engine read them (macro row_digest).

    Attributes:
        place: How people know them: a table, or the URL of Parquet files.
        rows: How many.
        checksum: Of all of them, in whatever order.
    """

    place: str
    rows: int
    checksum: str


@dataclass
class Run:
    """What one run began from.

    Attributes:
        invocation_id: Of dbt.
        project: Folder of dbt_project.yml.
        started_on: When, in UTC.
        code: Commit and whether files differed from it, or the version of the package.
        variables: Given to the run; values that look like secrets are cut.
        files: Code, seeds, inputs and lock file, by name.
        packages: Version by name of every installed distribution.
        patterns: Of the files that the var `inputs` names, by input.
        tables: By input, those that the var names elsewhere.
        notes: What the engine has found changed (macro look_again).
    """

    invocation_id: str
    project: Path
    started_on: datetime
    code: dict[str, Any]
    variables: dict[str, Any]
    files: dict[str, FileState]
    packages: dict[str, str]
    patterns: dict[str, str] = field(default_factory=dict)
    tables: dict[str, TableState] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def changed(self) -> list[str]:
        """One sentence for each thing that is not what the run began from, the first of them."""
        now = states(_paths(self.project, self.patterns.values()))
        found = [*_changes(self.files, now), *self.notes]
        held = installed()
        found += [
            f"package {name}: was {self.packages.get(name, 'not installed')} when the run began, "
            f"and is {held.get(name, 'not installed')} now"
            for name in sorted(self.packages.keys() | held.keys())
            if self.packages.get(name) != held.get(name)
        ]
        more = [f"and {len(found) - MOST} more"] if len(found) > MOST else []
        return found[:MOST] + more


_runs: dict[str, Run] = {}
"""The run of this process by its id; a process that runs dbt again begins anew."""


def begin(invocation_id: str, project: Path, variables: Mapping[str, Any]) -> Run:
    """Look at everything that a run follows, before it reads any of it.

    Raises:
        OSError: A file cannot be read.
    """
    files = states(_project_paths(project))
    run = Run(
        invocation_id=invocation_id, project=project, started_on=datetime.now(UTC),
        code=code_version(project), variables=without_secrets(variables),
        files={**library(), **files}, packages=installed(),
    )  # fmt: skip
    _runs.clear()
    _runs[invocation_id] = run
    return run


def begun(invocation_id: str) -> Run:
    """The run of an id.

    Raises:
        ReleaseError: Nobody saw it begin.
    """
    if invocation_id not in _runs:
        raise ReleaseError(
            f"what run {invocation_id} began from is not known: the plugin dbt_trade_potential "
            "has not seen it begin; install the project's environment (make build)"
        )
    return _runs[invocation_id]


def note_inputs(
    invocation_id: str, patterns: Mapping[str, str], tables: Mapping[str, Sequence[Any]]
) -> None:
    """Add to a run what the var `inputs` names.

    Args:
        invocation_id: Of the run.
        patterns: Of local Parquet files, as DuckDB reads them, by input.
        tables: Place, rows and checksum of all other rows, by input.
    """
    run = begun(invocation_id)
    run.patterns = dict(patterns)
    run.tables = {name: _table(held) for name, held in tables.items()}
    run.files |= states(_matching(patterns.values()))


def look_again(
    invocation_id: str,
    tables: Mapping[str, Sequence[Any]],
    loaded: Mapping[str, Sequence[Sequence[Any]]],
) -> None:
    """Compare rows that stand outside the project with what the run began from, and has loaded.

    Args:
        invocation_id: Of the run.
        tables: As ``note_inputs``, read just now.
        loaded: By input the declared columns, as TableState: loaded, and read just now.
    """
    run = begun(invocation_id)
    run.notes = [
        f"{now.place}: held {was.rows} rows with the checksum {was.checksum} when the run began, "
        f"and {now.rows} with {now.checksum} now"
        for name, was in run.tables.items()
        if (now := _table(tables[name])) != was
    ]
    run.notes += [
        f"{there.place}: the {held.rows} rows that were loaded are not the {there.rows} rows there"
        for held, there in ((_table(a), _table(b)) for a, b in loaded.values())
        if held[1:] != there[1:]
    ]


FUNCTIONS = {"note_inputs": note_inputs, "look_again": look_again}
"""What macros ask (macro library)."""


def _table(held: Sequence[Any]) -> TableState:
    return TableState(str(held[0]), int(held[1]), str(held[2]))


@cache
def library() -> dict[str, FileState]:
    """The library's own files as this process found them when it began to import them."""
    return states(_library_paths())


def states(paths: Mapping[str, Path]) -> dict[str, FileState]:
    """Every file that is there, by name."""
    with ThreadPoolExecutor(THREADS) as pool:
        found = zip(paths, pool.map(_state, paths.values()), strict=True)
        return {name: state for name, state in found if state}


def _state(path: Path) -> FileState | None:
    """A file that is there."""
    try:
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
            held = os.fstat(content.fileno())
    except FileNotFoundError:
        return None
    return FileState(held.st_size, digest, (held.st_dev, held.st_ino, held.st_ctime_ns))


def _paths(project: Path, patterns: Iterable[str]) -> dict[str, Path]:
    return {**_library_paths(), **_project_paths(project), **_matching(patterns)}


def _project_paths(project: Path) -> dict[str, Path]:
    """Files of a dbt project that a build follows, by path from its folder."""
    path = project / SETTINGS
    settings = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    found = [project / name for name in FILES]
    for setting, usual in FOLDERS.items():
        # Of the tests dbt reads SQL and YAML alone.
        suffixes = SUFFIXES - {".py"} if setting == "test-paths" else SUFFIXES
        for folder in settings.get(setting, usual):
            found += _below(project / folder, suffixes)
    return {path.relative_to(project).as_posix(): path for path in sorted(set(found))}


def _library_paths() -> dict[str, Path]:
    root = Path(trade_potential.__file__).resolve().parents[1]
    folders = [folder for pattern in PACKAGES for folder in sorted(root.glob(pattern))]
    return {
        INSTALLED + path.relative_to(root).as_posix(): path
        for folder in folders
        for path in _below(folder, SUFFIXES)
    }


def _below(folder: Path, suffixes: set[str]) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in suffixes and path.is_file() and not hidden:
            yield path


def _matching(patterns: Iterable[str]) -> dict[str, Path]:
    """Local files by their patterns, as DuckDB reads them."""
    with opened() as memory:
        return {
            name: Path(name)
            for pattern in patterns
            for (name,) in memory.execute("select file from glob(?)", [pattern]).fetchall()
        }


def _changes(was: Mapping[str, FileState], now: Mapping[str, FileState]) -> Iterator[str]:
    for name in sorted(was.keys() | now.keys()):
        if name not in now:
            yield f"{name}: is gone since the run began"
        elif name not in was:
            yield f"{name}: has appeared since the run began"
        elif was[name].sha256 != now[name].sha256:
            yield f"{name}: has changed since the run began"
        elif was[name].witness != now[name].witness:
            yield f"{name}: was rewritten or replaced since the run began, and is again as it was"


def input_kind(name: str) -> str:
    """What a file is to a build: lock, input, seed or code."""
    if name == "uv.lock":
        return "lock"
    if re.search(r"[.]parquet$", name, re.IGNORECASE):
        return "input"
    return "seed" if name.endswith(".csv") else "code"
