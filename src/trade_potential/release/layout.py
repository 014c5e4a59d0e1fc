"""Names in a directory of releases, and which of them are releases.

``release/000012-1f2e3d4c/`` is a release, ``release/current`` a relative link to one. What begins
with a dot belongs to a publish under way, or is left of one that was killed. A name alone proves
nothing: what does not also hold what its name says is somebody else's, and left alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from trade_potential.errors import ReleaseError
from trade_potential.release import regular

CURRENT = "current"
MARTS = "marts"
DATABASE = "trade_potential.duckdb"
MANIFEST = "manifest.json"
SERIES = "input_series.parquet"
SUMS = "SHA256SUMS"
"""Checksums of every other file of a release, as ``sha256sum --check`` reads them."""

LOCK = ".lock"
PENDING = ".pending"
"""Holds the id of the directory that is about to become a release: until the link has moved, a
complete directory of that name is none."""
STAGING, LINK, REMOVING = ".staging-", ".current-", ".removing-"
HELD = "held-"
"""Of a candidate that is whole and waits for somebody to accept it: ``held-<id>``, no release."""
MARKER = ".publisher"
"""Link in a directory that is being written to "<id> <process>": whole as soon as it is there."""

ID = re.compile(r"(\d{6,})-[0-9a-f]{8}")


@dataclass(frozen=True)
class ReleaseFolder:
    """One release on disk.

    Attributes:
        release_id: Sequence number and a hash of the run, such as 000012-1f2e3d4c.
        sequence: What orders releases; a clock never does.
        folder: Where it lies.
    """

    release_id: str
    sequence: int
    folder: Path

    def manifest(self) -> dict[str, Any]:
        """What the release says of itself.

        Raises:
            ReleaseError: There is no manifest, or it is not one of this release.
        """
        path = self.folder / MANIFEST
        try:
            read = json.loads(regular.read(path))
            named = read["release_id"], read["sequence"]
            whole = isinstance(read["marts"], dict) and isinstance(read["files"], dict)
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise ReleaseError(f"{path}: no manifest of a release ({error})") from error
        if named != (self.release_id, self.sequence) or not whole:
            raise ReleaseError(f"{path}: is the manifest of {named[0]}, not of {self.release_id}")
        return dict(read)

    def is_proven(self) -> bool:
        """Whether it is a folder that holds the manifest of its own id: only such are removed."""
        try:
            self.manifest()
        except ReleaseError:
            return False
        return not self.folder.is_symlink()


def release_id(sequence: int, run_id: str) -> str:
    """The id of a release: unique even where a sequence number comes again."""
    return f"{sequence:06d}-{hashlib.sha256(run_id.encode()).hexdigest()[:8]}"


def current_id(root: Path) -> str | None:
    """The id that ``current`` names; None where nothing has been published.

    Raises:
        ReleaseError: ``current`` is no link to a release beside it.
    """
    link = root / CURRENT
    if not link.is_symlink():
        if link.exists():
            raise ReleaseError(f"{link}: is no symbolic link; move it away, then run dbt build")
        return None
    target = str(link.readlink())
    if not ID.fullmatch(target):
        raise ReleaseError(f"{link}: points to {target}, which is no release beside it; remove it")
    return target


class Pending(NamedTuple):
    """A directory that is about to become a release.

    Attributes:
        release_id: Its id.
        process: That publishes it; 0 where that is not told.
    """

    release_id: str
    process: int


def pending(root: Path) -> Pending | None:
    """What is about to become a release, if there is something."""
    try:
        name, _, process = regular.read(root / PENDING).decode().strip().partition(" ")
        told = Pending(name, int(process or 0))
    except (OSError, ValueError):  # none, or none of a publish
        return None
    return told if ID.fullmatch(name) else None


def released(root: Path) -> list[ReleaseFolder]:
    """Every release, oldest first; without a complete directory that was never current.

    One that is damaged counts as long as its DuckDB file is there.

    Raises:
        ReleaseError: ``current`` is no link to a release.
    """
    if not root.is_dir():
        return []
    told = pending(root)
    not_yet = {told.release_id if told else None} - {current_id(root)}
    found = [
        named(path)
        for path in root.iterdir()
        if ID.fullmatch(path.name) and path.name not in not_yet and not _foreign(path)
    ]
    return sorted(found, key=lambda release: (release.sequence, release.release_id))


def candidates(root: Path) -> list[ReleaseFolder]:
    """Candidates that wait to be accepted, oldest first; whole ones, for a name proves nothing."""
    if not root.is_dir():
        return []
    found = [
        named(path)
        for path in root.iterdir()
        if path.name.startswith(HELD) and ID.fullmatch(path.name.removeprefix(HELD))
    ]
    proven = [candidate for candidate in found if candidate.is_proven()]
    return sorted(proven, key=lambda candidate: (candidate.sequence, candidate.release_id))


def left_alone(root: Path) -> list[str]:
    """One sentence for each thing that has a name as ours are, and is not: nothing removes it."""
    return [
        f"{path.name}: {reason}; left alone"
        for path in sorted(root.iterdir())
        if (reason := _foreign(path))
    ]


def named(folder: Path) -> ReleaseFolder:
    """The release that a folder is by its name, also on its way in or out."""
    match = ID.search(folder.name)
    return ReleaseFolder(match[0], int(match[1]), folder) if match else ReleaseFolder("", 0, folder)


def publisher(staging: Path) -> tuple[str, int] | None:
    """Id and process of the publish that writes a directory, as its marker says."""
    try:
        name, process = str((staging / MARKER).readlink()).split(" ")
        return name, int(process)
    except (OSError, ValueError):
        return None


def is_leftover(path: Path) -> bool:
    """Whether a publish has made this and not ended: it holds what its name says, or nothing."""
    try:
        return _is_tree_of_ours(path) or _is_link_of_ours(path)
    except OSError:
        return False


def _is_tree_of_ours(path: Path) -> bool:
    """Whether it is a release on its way in or out."""
    name = named(path).release_id
    if path.name not in (STAGING + name, REMOVING + name) or path.is_symlink():
        return False
    marked = publisher(path)
    is_empty = not any(path.iterdir())
    return is_empty or (marked is not None and marked[0] == name) or named(path).is_proven()


def _is_link_of_ours(path: Path) -> bool:
    """Whether it is about to become ``current`` or ``.pending``."""
    name = path.name.removeprefix(LINK).removesuffix(PENDING)
    if not ID.fullmatch(name):
        return False
    if path.is_symlink():
        return path.name == LINK + name and str(path.readlink()) == name
    said = regular.read(path)
    return path.name == LINK + name + PENDING and (
        f"{name} ".encode().startswith(said) or said.startswith(f"{name} ".encode())
    )


def _foreign(path: Path) -> str | None:
    """Why something with a name as ours are is not ours; None for what is, or has another name."""
    try:
        if ID.fullmatch(path.name):
            if path.is_symlink():
                return "is a symbolic link, no release"
            if not path.is_dir():
                return "is no folder, no release"
            if named(path).is_proven() or os.path.lexists(path / DATABASE):
                return None
            return "holds no manifest of a release"
        if path.name.startswith((STAGING, LINK, REMOVING)):
            return None if is_leftover(path) else "was not made by a publish"
        if ID.fullmatch(path.name.removeprefix(HELD)):
            return None if named(path).is_proven() else "holds no manifest of a candidate"
        if path.name == PENDING:
            return None if pending(path.parent) else "names no release"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return None


def find(root: Path, wanted: str, *, or_held: bool = False) -> ReleaseFolder:
    """The release of an id, or of ``current``.

    Args:
        root: The directory of releases.
        wanted: Id, or ``current``.
        or_held: Whether a candidate that waits to be accepted will do as well.

    Raises:
        ReleaseError: There is none; the message lists those there are.
    """
    waiting = candidates(root)
    known = released(root) + (waiting if or_held else [])
    name = current_id(root) if wanted == CURRENT else wanted
    for release in known:
        if release.release_id == name:
            return release
    if any(candidate.release_id == name for candidate in waiting):
        raise ReleaseError(
            f"{root}: {name} is held and no release; trade-potential releases accept publishes it"
        )
    there = ", ".join(release.release_id for release in known) or "none; dbt build publishes one"
    raise ReleaseError(f"{root}: no release {name or wanted}; there are {there}")
