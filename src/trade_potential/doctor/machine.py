"""Checks of disk, memory and folders."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from trade_potential.doctor.finding import Finding

GB = 1e9
BUILD_BYTES, FULL_BYTES = 5 * GB, 1 * GB
"""Room that a build asks for: its warehouse, what spills beside it, a candidate and the releases
kept; and room without which even a release cannot be written."""
UNITS = {"K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
LIMIT = re.compile(r"(?P<number>[0-9.]+) ?(?P<unit>[KMGT])i?B", re.IGNORECASE)


def disk(folder: Path, free: float) -> Finding:
    """Whether a build has room.

    Args:
        folder: Where it writes.
        free: Bytes.
    """
    said = f"{free / GB:.1f} GB free where {folder} is"
    if free < FULL_BYTES:
        return Finding("disk", "wrong", said, "make room: a release cannot be written")
    if free < BUILD_BYTES:
        remedy = f"make room: a build asks for {BUILD_BYTES / GB:.0f} GB"
        return Finding("disk", "warning", said, remedy)
    return Finding("disk", "ok", said)


def memory(available: float | None, limit: str) -> Finding:
    """Whether DuckDB may take as much as its limit allows.

    Args:
        available: Bytes that can be had without swapping; None if the system does not tell.
        limit: TRADE_POTENTIAL_MEMORY_LIMIT, such as 4GB.
    """
    if available is None:
        return Finding("memory", "ok", f"the system does not tell; DuckDB may take {limit}")
    found = LIMIT.fullmatch(limit)
    if found is None:
        return Finding(
            "memory",
            "wrong",
            f"TRADE_POTENTIAL_MEMORY_LIMIT is {limit!r}",
            "set it to an amount such as 4GB",
        )
    asked = float(found["number"]) * UNITS[found["unit"].upper()]
    said = f"{available / GB:.1f} GB available; DuckDB may take {limit}"
    if available < asked:
        remedy = "end other programs, or set TRADE_POTENTIAL_MEMORY_LIMIT lower"
        return Finding("memory", "warning", said, remedy)
    return Finding("memory", "ok", said)


def available_memory(meminfo: Path = Path("/proc/meminfo")) -> float | None:
    """Bytes that can be had without swapping, or None where no such file is.

    Args:
        meminfo: As Linux writes it.
    """
    if not meminfo.is_file():
        return None
    found = re.search(r"^MemAvailable:\s+(\d+) kB", meminfo.read_text(), re.MULTILINE)
    return float(found[1]) * 1024 if found else None


def writable(folders: Iterable[Path]) -> Iterator[Finding]:
    """Whether a build may write where it writes.

    Args:
        folders: Such as warehouse and release; one that is not there is made by a build.
    """
    for folder in folders:
        nearest = folder.absolute()
        while not nearest.exists() and nearest != nearest.parent:
            nearest = nearest.parent
        if not nearest.is_dir():
            yield Finding("permissions", "wrong", f"{nearest}: is no folder", "move it away")
        elif os.access(nearest, os.W_OK | os.X_OK):
            yield Finding("permissions", "ok", f"{folder} can be written")
        else:
            yield Finding(
                "permissions",
                "wrong",
                f"{folder}: {nearest} cannot be written",
                f"chown or chmod {nearest}",
            )


def temporary(folder: str | None = None) -> Finding:
    """Whether a temporary file can be made.

    Args:
        folder: None: that of the system.
    """
    try:
        where = folder or tempfile.gettempdir()
        with tempfile.TemporaryFile(dir=where) as file:
            file.write(b"x")
    except OSError as error:
        return Finding(
            "temporary",
            "wrong",
            f"no temporary file: {error.strerror or error}",
            "set TMPDIR to a folder that can be written and has room",
        )
    return Finding("temporary", "ok", f"{where} can be written")
