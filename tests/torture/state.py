"""What lies in a directory of releases, and what a reader must find in each release."""

from __future__ import annotations

from pathlib import Path

import duckdb

from trade_potential.errors import ReleaseError
from trade_potential.release import ReleaseFolder, current_id, verify_all
from trade_potential.release.disk import checksum
from trade_potential.release.layout import DATABASE, PENDING, find, pending
from trade_potential.release.mart_files import content, literal

Fingerprints = dict[str, tuple[int, int]]
"""Rows and a sum over hashes of the rows, by mart."""


def files(folder: Path) -> dict[str, str]:
    """Checksum of every file of a release."""
    return {
        path.relative_to(folder).as_posix(): checksum(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def leftovers(root: Path) -> set[str]:
    """Names that a publish under way, or one that was killed, has left."""
    if not root.is_dir():
        return set()
    known = {path.name for path in root.iterdir()}
    hidden = {name for name in known if name.startswith((".staging-", ".current-", ".removing-"))}
    told = pending(root)
    if told is not None and told.release_id != current_id(root) and told.release_id in known:
        hidden.add(told.release_id)
    return hidden


def point_of(root: Path, before: str | None) -> str:
    """How far a killed publish had come, from what it has left."""
    if current_id(root) != before:
        return "after the link had moved"
    left = leftovers(root)
    if any(name.startswith(".staging-") for name in left):
        return "while the release was written"
    if left or (root / PENDING).exists():
        return "complete, before the link moved"
    return "before the release was begun"


def fingerprints(release: ReleaseFolder) -> Fingerprints:
    """What readers of a release must find, from its DuckDB file and its manifest."""
    with duckdb.connect() as memory:
        memory.execute(f"attach {literal(release.folder / DATABASE)} as r (read_only)")
        held = {
            mart: content(memory.table(f'r.main."{mart}"')) for mart in release.manifest()["marts"]
        }
    return {mart: (found.rows, found.fingerprint) for mart, found in held.items()}


class Known:
    """Releases that have been current: once published, never another byte."""

    def __init__(self, root: Path) -> None:
        """Nothing is known of a directory yet."""
        self.root = root
        self.current: str | None = None
        self.contents: dict[str, Fingerprints] = {}
        self._files: dict[str, dict[str, str]] = {}

    def look(self, *, rolled_back: bool = False) -> list[str]:
        """What is wrong now; learns the current release where it is a new one."""
        wrong = [text for texts in verify_all(self.root).values() for text in texts]
        try:
            now = find(self.root, "current")
            found = files(now.folder)
        except (OSError, ReleaseError) as error:
            return [*wrong, f"current: {error}"]
        name = now.release_id
        if name not in self._files:
            if self._files and name < max(self._files):
                wrong.append(f"{name} is current, and older than releases before it")
            self._files[name] = found
            self.contents[name] = fingerprints(now)
        elif self._files[name] != found:
            wrong.append(f"{name}: is not byte for byte what was published")
        if not rolled_back and name != max(self._files):
            wrong.append(f"{name} is current, and not the release published last")
        self.current = name
        return wrong
