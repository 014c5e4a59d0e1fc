"""Files as they lie on the disk: no link to elsewhere is followed, no pipe is waited for."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

KINDS = {
    stat.S_IFLNK: "is a symbolic link",
    stat.S_IFDIR: "is a folder",
    stat.S_IFIFO: "is a pipe",
    stat.S_IFSOCK: "is a socket",
}


def opened(path: Path) -> BinaryIO:
    """A file, open for reading.

    Raises:
        OSError: It cannot be read, or is none.
    """
    wrong = kind(path)
    if wrong:
        raise OSError(errno.EINVAL, wrong, str(path))
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    return os.fdopen(handle, "rb")


def read(path: Path) -> bytes:
    """All of a file; errors as ``opened``."""
    with opened(path) as file:
        return file.read()


def kind(path: Path) -> str | None:
    """What something is that is no file; None for a file.

    Raises:
        OSError: There is nothing, or it cannot be looked at.
    """
    mode = path.lstat().st_mode
    return None if stat.S_ISREG(mode) else KINDS.get(stat.S_IFMT(mode), "is a device")
