"""What DuckDB may take of a machine, checked before it is asked: it takes -4GB for no limit."""

from __future__ import annotations

import re

from trade_potential.errors import LimitError

MAX_THREADS = 1024
"""More than machines have cores; with 100,000 DuckDB stands still, and the system with it."""
MEMORY = re.compile(r"(?P<number>[0-9]+(\.[0-9]+)?) ?([KMGT]i?B)", re.IGNORECASE)


def threads(text: str) -> int:
    """A number of threads.

    Raises:
        LimitError: It is none.
    """
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= MAX_THREADS:
        raise LimitError(f"{text!r} is no number of threads from 1 to {MAX_THREADS:,}")
    return int(text)


def memory_limit(text: str) -> str:
    """A limit on memory, as it stands.

    Raises:
        LimitError: It is none.
    """
    match = MEMORY.fullmatch(text)
    if match is None or float(match["number"]) == 0.0:
        raise LimitError(f"{text!r} is no amount of memory such as 4GB, 1.5GB or 512MiB")
    return text
