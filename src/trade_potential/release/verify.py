"""Is a release what it was when it was published?"""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from trade_potential.errors import ReleaseError
from trade_potential.progress import Say, silent
from trade_potential.release import regular
from trade_potential.release.disk import checksum
from trade_potential.release.layout import (
    CURRENT,
    MANIFEST,
    SUMS,
    ReleaseFolder,
    candidates,
    current_id,
    released,
)
from trade_potential.release.mart_files import opened, read_tables
from trade_potential.release.signature import SIGNATURE, signature_of

if TYPE_CHECKING:
    import duckdb

WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def complaints(release: ReleaseFolder, allowed_signers: Path | None = None) -> list[str]:
    """One sentence for each thing that is wrong with a release: files, checksums, rows, signature.

    Args:
        release: Which.
        allowed_signers: Whose signature is asked for; None: any, or none.
    """
    with opened() as memory:
        wrong = complaints_by(memory, release)
    return wrong + signature_of(release.folder, allowed_signers)[1]


def complaints_by(memory: duckdb.DuckDBPyConnection, release: ReleaseFolder) -> list[str]:
    """The same, read by a connection of the caller."""
    try:
        wrong = _wrong_files(release.folder)
        if not wrong:
            wrong = _wrong_rows(memory, release)
    except (ReleaseError, OSError) as error:
        return [str(error)]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [f"{release.folder / MANIFEST}: the manifest is damaged ({error!r})"]
    return wrong


def verify_all(
    root: Path, allowed_signers: Path | None = None, say: Say = silent
) -> dict[str, list[str]]:
    """Complaints about every release and candidate by its id, and about the link ``current``.

    Args:
        root: Folder of the releases.
        allowed_signers: File of keys, one of which must have signed.
        say: Told of each release.
    """
    try:
        current = current_id(root)
        known = released(root)
    except ReleaseError as error:
        return {CURRENT: [str(error)]}
    found = {}
    for release in [*known, *candidates(root)]:
        say("verify", release.release_id)
        found[release.release_id] = complaints(release, allowed_signers)
    # A publish may have removed one meanwhile: it is beyond those that are kept, and not damaged.
    gone = {of.release_id for of in known if not os.path.lexists(of.folder)} - {current}
    found = {name: wrong for name, wrong in found.items() if name not in gone}
    if current is None:
        link_is_wrong = [f"{root / CURRENT}: is missing; roll back to a release"] if known else []
    elif current not in {release.release_id for release in known}:
        what = "no release" if (root / CURRENT).exists() else "gone"
        link_is_wrong = [f"{root / CURRENT}: points to {current}, which is {what}; roll back"]
    else:
        link_is_wrong = []
    return {**found, CURRENT: link_is_wrong}


def _wrong_files(folder: Path) -> list[str]:
    """Files that are missing, changed or unknown, by the list of checksums."""
    path = folder / SUMS
    try:
        lines = regular.read(path).decode().splitlines()
        listed = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    except (OSError, ValueError) as error:
        return [f"{path}: no list of checksums ({error})"]
    within = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*")}
    folders = {str(of) for name in listed for of in PurePosixPath(name).parents} - {"."}
    known = listed.keys() | folders | {SUMS, SIGNATURE}
    wrong = [f"{folder / name}: is missing" for name in sorted(listed.keys() - within.keys())]
    wrong += [
        f"{within[name]}: is not part of the release" for name in sorted(within.keys() - known)
    ]
    wrong += _odd(folder, is_folder=True)
    for name in sorted(within.keys() & known):
        path = within[name]
        if name in listed and path.is_file() and not path.is_symlink():
            is_same = checksum(path) == listed[name]
            wrong += [] if is_same else [f"{path}: has changed since it was published (checksum)"]
        wrong += _odd(path, is_folder=name in folders)
    return wrong


def _odd(path: Path, *, is_folder: bool) -> list[str]:
    """What is wrong with a file or folder whatever it holds."""
    mode = path.lstat().st_mode
    if not (stat.S_ISDIR(mode) if is_folder else stat.S_ISREG(mode)):
        return [f"{path}: {regular.kind(path) or 'is a file'}, and was none when it was published"]
    if mode & WRITABLE:
        return [f"{path}: can be written to (mode {stat.S_IMODE(mode):04o}), and was read-only"]
    return []


def _wrong_rows(memory: duckdb.DuckDBPyConnection, release: ReleaseFolder) -> list[str]:
    """Tables that are not as the manifest says."""
    said = release.manifest()
    wrong = [
        f"{release.folder / name}: is of {(release.folder / name).stat().st_size} bytes, "
        f"the manifest says {held['bytes']}"
        for name, held in said["files"].items()
        if (release.folder / name).stat().st_size != held["bytes"]
        or checksum(release.folder / name) != held["sha256"]
    ]
    for mart, places in read_tables(memory, release.folder, list(said["marts"])).items():
        expected = said["marts"][mart]
        columns = tuple((column["name"], column["type"]) for column in expected["columns"])
        for place, held in places.items():
            if held.rows != expected["rows"]:
                wrong.append(
                    f"{place}: {mart} has {held.rows} rows, the manifest says {expected['rows']}"
                )
            if held.columns != columns:
                wrong.append(f"{place}: {mart} has other columns than the manifest says")
        if len({held.fingerprint for held in places.values()}) > 1:
            wrong.append(f"{release.folder}: {mart} differs between its two files")
    return wrong
