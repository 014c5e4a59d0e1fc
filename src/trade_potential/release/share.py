"""Large files that have not changed since the current release lie on the disk once, by hard links.

Each release still has every file under its name, and removing one leaves the others whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from trade_potential.errors import ReleaseError
from trade_potential.release.csv_files import CSV
from trade_potential.release.disk import checksum
from trade_potential.release.layout import DATABASE, MARTS, SERIES, ReleaseFolder
from trade_potential.release.manifest import COMMENTS

SHARED_BYTES = 1 << 20
"""Size from which a file is shared. Smaller ones save nothing, and damage to the file of one
release cannot reach a copy in another."""


def link_unchanged(
    staging: Path, current: ReleaseFolder | None, comments: str | None = None
) -> bool:
    """Put links to files of the current release in place of equal files.

    A file counts as equal by its checksum, read from the disk just now, so that damage does not
    spread. Where the file system makes no link, the file stays a copy.

    Args:
        staging: The release that is being written; it has its Parquet and CSV files and no DuckDB
            file.
        current: The release before it.
        comments: Digest of the comments that the DuckDB file is to have.

    Returns:
        Whether all marts and comments are unchanged and the DuckDB file is linked, too.
    """
    if current is None:
        return False
    try:
        said = current.manifest()
        before = {name: held["sha256"] for name, held in said["files"].items()}
        is_said_alike = said["database"].get(COMMENTS) == comments
    except (ReleaseError, KeyError, TypeError, AttributeError):  # damaged: nothing of it is taken
        return False
    folders = (*(staging / MARTS).rglob("*"), *(staging / CSV).rglob("*"))
    paths = [path for path in (*folders, staging / SERIES) if path.is_file()]
    now = {path.relative_to(staging).as_posix(): checksum(path) for path in paths}
    for name, digest in now.items():
        if before.get(name) == digest:
            _link(current.folder / name, staging / name, digest)
    is_same = is_said_alike and _marts(now) == _marts(before)
    old = current.folder / DATABASE
    return is_same and _link(old, staging / DATABASE, before.get(DATABASE))


def _marts(digests: Mapping[str, str]) -> dict[str, str]:
    return {name: digest for name, digest in digests.items() if name.startswith(f"{MARTS}/")}


def _link(old: Path, new: Path, digest: str | None) -> bool:
    """Make ``new`` a link to ``old``, where that is large enough and as the manifest says."""
    draft = new.with_name(new.name + ".link")
    try:
        if old.stat().st_size < SHARED_BYTES or checksum(old) != digest:
            return False
        draft.hardlink_to(old)
        draft.replace(new)
    except OSError:  # another disk, another owner, no links there, or too many of this file
        draft.unlink(missing_ok=True)
        return False
    return True
