"""Standard output and error that take every text, in whatever encoding they are."""

from __future__ import annotations

import codecs
import io
import os
import sys
from contextlib import suppress

ESCAPED = "trade_potential.escaped"
r"""Characters that an encoding lacks become ``\u20ac``, which JSON reads as the same again."""
CLOSED = "standard output is closed, so that nothing can be written; name a file with --output"


def prepare() -> None:
    """Let no text fail for want of a character."""
    codecs.register_error(ESCAPED, _escaped)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ESCAPED)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """UTF-16 units, as JSON has them, of what cannot be encoded."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    pairs = (units[at : at + 2].hex() for at in range(0, len(units), 2))
    return "".join(f"\\u{pair}" for pair in pairs), error.end


def is_closed() -> bool:
    """Whether the process was started without a standard output."""
    return sys.stdout is None


def finish() -> None:
    """Write what waits.

    Raises:
        OSError: It cannot be written, as on a disk that is full.
    """
    if sys.stdout is not None:
        sys.stdout.flush()


def abandon() -> None:
    """Keep the end of the process from writing once more what cannot be written."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError:
        with suppress(OSError):  # of a caller that has put something else in its place
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
