"""What a release needs of a file system: a lock, files that are on the disk, a link that moves.

Linux and macOS: the lock is flock, which the kernel releases when the process ends, however that
happens.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trade_potential.errors import ReleaseError
from trade_potential.release.layout import (
    CURRENT,
    HELD,
    LINK,
    LOCK,
    MANIFEST,
    MARKER,
    PENDING,
    REMOVING,
    STAGING,
    candidates,
    current_id,
    is_leftover,
    named,
    pending_id,
    publisher,
)

POLL_SECONDS = 0.1
WAIT_SECONDS = 60.0
"""For another publish to end: it takes seconds, unless the disk is very slow."""
CHUNK_BYTES = 1 << 20


def flush(path: Path) -> None:
    """Wait until a file, or the names in a directory, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def checksum(path: Path) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def locked(root: Path, *, wait_seconds: float) -> Iterator[None]:
    """Hold the lock of a directory of releases; a second process waits.

    Raises:
        ReleaseError: Another process still holds it after the wait.
    """
    root.mkdir(parents=True, exist_ok=True)
    path = root / LOCK
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        end = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= end:
                    raise ReleaseError(
                        f"{path}: another process publishes, or rolls back, since more than "
                        f"{wait_seconds:g} s; try again when it has ended"
                    ) from None
            time.sleep(POLL_SECONDS)
        yield
    finally:
        os.close(handle)


def seal(folder: Path) -> None:
    """Make a tree read-only and wait until all of it is on the disk, the inside first."""
    for path in sorted(folder.rglob("*"), reverse=True):
        path.chmod(0o555 if path.is_dir() else 0o444)
        flush(path)
    folder.chmod(0o555)
    flush(folder)


def begin(staging: Path, name: str) -> None:
    """Make the directory that a release is written into, and mark it as this process's."""
    staging.mkdir()
    (staging / MARKER).symlink_to(f"{name} {os.getpid()}")


def discard(folder: Path) -> None:
    """Remove a tree, read-only or not; a release first loses its name, so that no half stays.

    What shows whose it is goes last: what is left of a process killed here is still known.
    """
    if not folder.name.startswith("."):
        doomed = folder.with_name(REMOVING + folder.name.removeprefix(HELD))
        folder.rename(doomed)
        folder = doomed
    if folder.is_symlink() or not folder.is_dir():
        folder.unlink()
        return
    folder.chmod(stat.S_IRWXU)
    for path in folder.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(stat.S_IRWXU)
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name not in (MANIFEST, MARKER):
            path.unlink()
    for name in (MANIFEST, MARKER):
        (folder / name).unlink(missing_ok=True)
    folder.rmdir()


def intend(root: Path, name: str) -> None:
    """Write down which directory is about to become a release, on the disk when this returns.

    Raises:
        ReleaseError: Something that no publish has written is in the way.
    """
    if os.path.lexists(root / PENDING):
        raise ReleaseError(
            f"{root / PENDING}: was not written by a publish; move it away, then run dbt build"
        )
    draft = root / (LINK + name + PENDING)
    draft.write_text(name + "\n", encoding="utf-8")
    flush(draft)
    draft.replace(root / PENDING)
    flush(root)


def write_text(path: Path, text: str) -> None:
    """Write a small file at once: readers see the old one or the new one, on the disk then."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text, encoding="utf-8")
    flush(draft)
    draft.replace(path)
    flush(path.parent)


def settle(root: Path) -> None:
    """The link has moved, or never will: nothing is pending."""
    (root / PENDING).unlink(missing_ok=True)
    flush(root)


def point(root: Path, name: str) -> None:
    """Move ``current``: readers see the old release or the new one, never neither."""
    link = root / (LINK + name)
    link.symlink_to(name)
    link.replace(root / CURRENT)
    flush(root)


def swap_in(root: Path, staging: Path, name: str) -> None:
    """Give a directory that is sealed the name of a release and make it current."""
    intend(root, name)
    staging.rename(root / name)
    flush(root)
    point(root, name)
    settle(root)


def recover(root: Path) -> list[str]:
    """Remove what killed processes have left, and nothing else; its caller holds the lock.

    Returns:
        One sentence for each thing found.
    """
    notes = []
    waiting, current = pending_id(root), current_id(root)
    if waiting is not None:
        if waiting != current and named(root / waiting).is_proven():
            discard(root / waiting)
            notes.append(f"removed {waiting}: complete, but killed before it became current")
        settle(root)
    for path in sorted(root.iterdir()):
        if not path.name.startswith((STAGING, LINK, REMOVING)):
            continue
        if is_leftover(path) and not _is_being_written(path):
            discard(path)
            notes.append(f"removed {path.name}: left by a process that was killed")
    for candidate in candidates(root):
        if named(root / candidate.release_id).is_proven():  # accepted, and killed before this
            discard(candidate.folder)
    return notes


def _is_being_written(staging: Path) -> bool:
    """Whether another process still writes it: somebody has removed the lock file."""
    process = (publisher(staging) or ("", os.getpid()))[1]
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # of another user, and alive
        pass
    return True


REMEDIES = {
    errno.ENOSPC: "free space on that disk",
    errno.EDQUOT: "free space within the quota",
    errno.EFBIG: "raise the limit on the size of files",
    errno.EROFS: "the file system is read-only; choose another release_path",
    errno.EACCES: "let this user write there, or choose another release_path",
    errno.EPERM: "let this user write there, or choose another release_path",
}


def in_words(error: OSError) -> str:
    """What failed, where, and what helps."""
    where = f"{error.filename}: " if error.filename else ""
    remedy = REMEDIES.get(error.errno or 0, "see to it, then run dbt build")
    return f"{where}{error.strerror or error}: {remedy}"
