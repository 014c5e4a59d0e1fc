"""Names in a directory of releases, and which of them are releases.

``release/000012-1f2e3d4c/`` is a release, ``release/current`` a relative link to one. What begins
with a dot belongs to a publish under way, or is left of one that was killed.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trade_potential.errors import ReleaseError

CURRENT = "current"
MARTS = "marts"
DATABASE = "trade_potential.duckdb"
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
"""Checksums of every other file of a release, as ``sha256sum --check`` reads them."""

LOCK = ".lock"
PENDING = ".pending"
"""Holds the id of the directory that is about to become a release: until the link has moved, a
complete directory of that name is none."""
STAGING, LINK, REMOVING = ".staging-", ".current-", ".removing-"

ID = re.compile(r"(\d{6,})-[0-9a-f]{8}")


@dataclass(frozen=True)
class Release:
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
            read = json.loads(path.read_bytes())
            named = read["release_id"], read["sequence"]
            whole = isinstance(read["marts"], dict) and isinstance(read["files"], dict)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReleaseError(f"{path}: no manifest of a release ({error})") from error
        if named != (self.release_id, self.sequence) or not whole:
            raise ReleaseError(f"{path}: is the manifest of {named[0]}, not of {self.release_id}")
        return dict(read)


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


def pending_id(root: Path) -> str | None:
    """The id of a directory that is about to become a release, if there is one."""
    try:
        return (root / PENDING).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None


def released(root: Path) -> list[Release]:
    """Every release, oldest first; without a complete directory that was never current.

    Raises:
        ReleaseError: ``current`` is no link to a release.
    """
    if not root.is_dir():
        return []
    not_yet = {pending_id(root)} - {current_id(root)}
    found = [
        Release(path.name, int(match[1]), path)
        for path in root.iterdir()
        if (match := ID.fullmatch(path.name)) and path.is_dir() and path.name not in not_yet
    ]
    return sorted(found, key=lambda release: (release.sequence, release.release_id))


def find(root: Path, wanted: str) -> Release:
    """The release of an id, or of ``current``.

    Raises:
        ReleaseError: There is none; the message lists those there are.
    """
    known = released(root)
    name = current_id(root) if wanted == CURRENT else wanted
    for release in known:
        if release.release_id == name:
            return release
    there = ", ".join(release.release_id for release in known) or "none; dbt build publishes one"
    raise ReleaseError(f"{root}: no release {name or wanted}; there are {there}")
