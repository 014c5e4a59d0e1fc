"""Files that a build follows: of the project, of the library, and outside both."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import yaml

from trade_potential.release.mart_files import opened

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
SUFFIXES = {".sql", ".py", ".yml", ".yaml", ".csv", ".parquet", ".j2", ".css", ".js"}
"""What dbt and the library read; documentation may change while a build runs."""
PACKAGES = ("trade_potential", "dbt_trade_potential", "dbt/adapters/trade*", "dbt/include/trade*")
"""Folders of the library, beside each other whether it is installed or run from its source."""
INSTALLED = "installed:"
"""Before the name of a file of the library, which need not lie in the project."""
THREADS = 4
"""Hashing leaves Python's lock alone, so that threads share the cores."""


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


def states(paths: Mapping[str, Path]) -> dict[str, FileState]:
    """Every file that can be read, by name."""
    with ThreadPoolExecutor(THREADS) as pool:
        found = zip(paths, pool.map(_state, paths.values()), strict=True)
        return {name: state for name, state in found if state}


def _state(path: Path) -> FileState | None:
    """A file that can be read; whoever needs it says why another cannot."""
    try:
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
            held = os.fstat(content.fileno())
    except OSError:
        return None
    return FileState(held.st_size, digest, (held.st_dev, held.st_ino, held.st_ctime_ns))


def followed(project: Path, patterns: Iterable[str]) -> dict[str, Path]:
    """Every file that a build follows, by name."""
    return {**library_paths(), **project_paths(project), **matching(patterns)}


def project_paths(project: Path) -> dict[str, Path]:
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


def library_paths() -> dict[str, Path]:
    """Files of the library that runs, by path from where it is installed."""
    root = Path(__file__).resolve().parents[2]
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


def matching(patterns: Iterable[str]) -> dict[str, Path]:
    """Local files by their patterns, as DuckDB reads them."""
    with opened() as memory:
        return {
            name: Path(name)
            for pattern in patterns
            for (name,) in memory.execute("select file from glob(?)", [pattern]).fetchall()
        }


def kind_of(name: str) -> str:
    """What a file is to a build: lock, input, seed or code."""
    if name == "uv.lock":
        return "lock"
    if re.search(r"[.]parquet$", name, re.IGNORECASE):
        return "input"
    return "seed" if name.endswith(".csv") else "code"
