"""A release as one file, to be kept or taken elsewhere, and back again.

The archive is a plain tar: it can be read anywhere, and nothing in it grows when it is unpacked.
What comes back is checked before it is a release: names, checksums, rows. Nothing is overwritten.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from trade_potential.errors import ReleaseError
from trade_potential.release import disk, pins
from trade_potential.release.layout import (
    HELD,
    ID,
    MANIFEST,
    MARKER,
    REMOVING,
    STAGING,
    ReleaseFolder,
    find,
    named,
)
from trade_potential.release.mart_files import NAME
from trade_potential.release.verify import complaints

DEPTH = 4
"""Folders in a release and its files: rows of the site lie in site/data/reporter."""
LARGEST_SEQUENCE = 999_999_999
"""Of a release from elsewhere: the next one here counts on from it."""


def export(root: Path, wanted: str, file: Path) -> ReleaseFolder:
    """Write a release into one file; equal releases give equal bytes.

    Args:
        root: The directory of releases.
        wanted: Its id, or ``current``.
        file: The archive, which must not be there.

    Raises:
        ReleaseError: There is no such release, it is damaged, or the file is there.
    """
    release = find(root, wanted)
    wrong = complaints(release)
    if wrong:
        raise ReleaseError(f"{release.release_id} is damaged: {'; '.join(wrong)}")
    if os.path.lexists(file):
        raise ReleaseError(f"{file}: is there already, and is not overwritten")
    draft = file.with_name(f".{file.name}.{os.getpid()}.draft")
    try:
        with draft.open("xb") as out, tarfile.open(fileobj=out, mode="w") as archive:
            for path in sorted(release.folder.rglob("*")):
                if path.is_file():
                    inside = PurePosixPath(release.release_id, path.relative_to(release.folder))
                    _add(archive, path, str(inside))
        disk.flush(draft)
        os.link(draft, file)  # fails where somebody has made the file meanwhile
        disk.flush(file.parent)
    except FileExistsError as error:
        raise ReleaseError(f"{file}: is there already, and is not overwritten") from error
    except OSError as error:
        raise ReleaseError(f"{disk.in_words(error)}; nothing is written") from error
    finally:
        draft.unlink(missing_ok=True)
    return release


def _add(archive: tarfile.TarFile, path: Path, name: str) -> None:
    """A file without owner and time."""
    member = tarfile.TarInfo(name)
    member.size = path.stat().st_size
    member.mode = 0o444
    with path.open("rb") as file:
        archive.addfile(member, file)


def restore(
    root: Path, file: Path, *, wait: float = disk.WAIT_SECONDS
) -> tuple[ReleaseFolder, list[str]]:
    """Make a release of an archive beside the others; ``current`` stays.

    It keeps its id and with it its place in the order of releases, so that it may be the oldest: it
    is pinned, or the next publish would remove it.

    Args:
        root: The directory of releases; made where there is none.
        file: What ``export`` has written.
        wait: Seconds to wait while another process publishes.

    Returns:
        The release, and what was found of killed processes.

    Raises:
        ReleaseError: It is no archive of a release, it is damaged, or the release is there;
            nothing has changed.
    """
    try:
        with (
            disk.locked(root, wait_seconds=wait),
            tarfile.open(file, mode="r:") as archive,
        ):
            notes = disk.recover(root)
            members = list(_checked(file, archive))
            name = members[0].name.split("/")[0]
            for taken in (name, HELD + name, STAGING + name, REMOVING + name):
                if os.path.lexists(root / taken):
                    raise ReleaseError(f"{root / taken}: is there already, and is not overwritten")
            release = named(root / name)
            staging = root / (STAGING + name)
            try:
                _unpack(archive, members, staging)
                _refuse_damaged(file, release, staging)
                pins.add(root, name, f"restored from {file.name}")
                staging.rename(release.folder)
            except BaseException:
                # What cannot be removed now, the next publish removes.
                with contextlib.suppress(OSError):
                    if os.path.lexists(staging):
                        disk.discard(staging)
                raise
            disk.flush(root)
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise ReleaseError(f"{file}: is no archive of a release ({error})") from error
    except OSError as error:
        raise ReleaseError(f"{disk.in_words(error)}; nothing is restored") from error
    return release, notes


def _checked(file: Path, archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Members of an archive: plain files below one folder with the name of a release.

    Raises:
        ReleaseError: One is a link, a device, sparse, twice there or elsewhere.
    """
    seen: set[str] = set()
    top = None
    for member in archive:
        parts = member.name.split("/")
        wrong = None
        if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.issparse():
            wrong = "is no plain file"
        elif not ID.fullmatch(parts[0]) or int(parts[0].split("-")[0]) > LARGEST_SEQUENCE:
            wrong = "is in no folder named as a release"
        elif not 2 <= len(parts) <= DEPTH + 1 or not all(map(NAME.fullmatch, parts[1:])):
            wrong = "has a path that no file of a release has"
        elif top not in (None, parts[0]):
            wrong = f"is not of {top}, as the first file is"
        elif member.name in seen:
            wrong = "is there twice"
        if wrong:
            raise ReleaseError(f"{file}: {member.name!r} {wrong}; nothing is restored")
        top = parts[0]
        seen.add(member.name)
        yield member
    if f"{top}/{MANIFEST}" not in seen:
        raise ReleaseError(f"{file}: is no archive of a release: it has no {MANIFEST}")


def _unpack(archive: tarfile.TarFile, members: list[tarfile.TarInfo], staging: Path) -> None:
    """Write files that are checked by name into a new directory."""
    disk.begin(staging, named(staging).release_id)
    for member in members:
        target = staging.joinpath(*member.name.split("/")[1:])
        target.parent.mkdir(parents=True, exist_ok=True)
        held: IO[bytes] | None = archive.extractfile(member)
        if held is None:
            raise ReleaseError(f"{member.name!r} holds nothing")
        with held, target.open("xb") as out:
            shutil.copyfileobj(held, out)


def _refuse_damaged(file: Path, release: ReleaseFolder, staging: Path) -> None:
    """Seal what was unpacked, then ask of it what is asked of every release."""
    (staging / MARKER).unlink()
    disk.seal(staging)
    wrong = complaints(ReleaseFolder(release.release_id, release.sequence, staging))
    if wrong:
        text = "; ".join(wrong).replace(f"{staging}/", "")
        raise ReleaseError(f"{file}: is damaged: {text}; nothing is restored")
