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
from trade_potential.release import regular
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
    pending,
    publisher,
    released,
)

POLL_SECONDS = 0.1
WAIT_SECONDS = 60.0
"""For another publish to end: it takes seconds, unless the disk is very slow."""
CHUNK_BYTES = 1 << 20
_HELD: dict[Path, int] = {}
"""Open lock by directory of releases, of this process."""


def flush(path: Path) -> None:
    """Wait until a file, or the names in a directory, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def checksum(path: Path) -> str:
    """SHA-256 of a file; errors as ``regular.opened``."""
    digest = hashlib.sha256()
    with regular.opened(path) as file:
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
    end = time.monotonic() + wait_seconds
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_at(handle, path):
                break
        except BlockingIOError:
            if time.monotonic() >= end:
                os.close(handle)
                raise ReleaseError(
                    f"{path}: another process publishes, or rolls back, since more than "
                    f"{wait_seconds:g} s; try again when it has ended"
                ) from None
        os.close(handle)
        time.sleep(POLL_SECONDS)
    _HELD[root] = handle
    try:
        yield
    finally:
        del _HELD[root]
        os.close(handle)


def _has_lost(root: Path) -> bool:
    """Whether somebody has removed the lock file, so that another process has its own."""
    return root in _HELD and not _is_at(_HELD[root], root / LOCK)


def refuse_lost(root: Path) -> None:
    """See that the lock that this process holds is still the one that others look at.

    Raises:
        ReleaseError: Somebody has removed its file.
    """
    if _has_lost(root):
        raise ReleaseError(
            f"{root / LOCK}: was removed while this process held it, and another may publish now; "
            "current stays; try again, and leave the lock file alone"
        )


def _is_at(handle: int, path: Path) -> bool:
    """Whether the open file is the one of that name: not if somebody has removed it meanwhile."""
    try:
        return os.path.samestat(os.fstat(handle), path.lstat())
    except FileNotFoundError:
        return False


def said_of_mode(root: Path) -> str:
    """That others cannot read the releases of a new directory."""
    mode = stat.S_IMODE(root.stat().st_mode)
    return (
        f"{root}: others cannot enter it (mode {mode:04o}, by this user's umask), so that they "
        f"read no release; chmod a+rx {root} lets them"
    )


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
        ReleaseError: Something that no publish has written is in the way, or another process has.
    """
    if os.path.lexists(root / PENDING):
        if pending(root) is not None:
            raise ReleaseError(
                f"{root / PENDING}: another process publishes, for the lock file was removed; "
                "try again when it has ended"
            )
        raise ReleaseError(
            f"{root / PENDING}: was not written by a publish; move it away, then run dbt build"
        )
    draft = root / (LINK + name + PENDING)
    draft.write_text(f"{name} {os.getpid()}\n", encoding="utf-8")
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
    """Move ``current``: readers see the old release or the new one, never neither.

    Raises:
        ReleaseError: The release is not there, or the lock was removed; ``current`` stays.
    """
    refuse_lost(root)
    if not named(root / name).is_proven():
        raise ReleaseError(f"{root / name}: is gone, or is no release any more; current stays")
    link = root / (LINK + name)
    link.symlink_to(name)
    link.replace(root / CURRENT)
    flush(root)


def swap_in(root: Path, staging: Path, name: str) -> None:
    """Give a directory that is sealed the name of a release and make it current.

    Raises:
        ReleaseError: As ``intend`` and ``point``; ``current`` stays.
    """
    refuse_lost(root)
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
    if _has_lost(root):  # what lies there may be of the process that holds the new one
        return []
    notes = []
    told, current = pending(root), current_id(root)
    if told is not None and not _is_alive(told.process):
        waiting = named(root / told.release_id)
        newest = max((of.sequence for of in [*released(root), *candidates(root)]), default=0)
        if told.release_id != current and waiting.is_proven() and waiting.sequence >= newest:
            discard(waiting.folder)
            said = "complete, but killed before it became current"
            notes.append(f"removed {told.release_id}: {said}")
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
    return _is_alive((publisher(staging) or ("", os.getpid()))[1])


def _is_alive(process: int) -> bool:
    """Whether it is another process that runs."""
    if process in (0, os.getpid()):
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
