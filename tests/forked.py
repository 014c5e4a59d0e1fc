"""A process that begins as this one is, to be killed."""

from __future__ import annotations

import gc
import os


def forked() -> int:
    """Fork as ``os.fork``; in the child, garbage of the parent stays where it is.

    A DuckDB database among it, collected in the child, would wait for threads of the parent, and by
    their addresses, which are those of threads of the child: forever.
    """
    child = os.fork()
    if child == 0:
        gc.freeze()
    return child
