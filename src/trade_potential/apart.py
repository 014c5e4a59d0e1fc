"""A pure function of data frames in a process of its own.

dbt runs the models of a build in threads of one process, which share one lock of Python: a long
computation holds up all others and uses one processor. Apart, it runs beside them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from importlib import import_module
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from trade_potential.errors import TradePotentialError


def apart(function: str, **given: Any) -> Any:
    """The result of a function, computed by another process of the same Python.

    Args:
        function: ``module:name`` of a function without side effects.
        given: What it is called with; must pickle, as must the result.

    Raises:
        Exception: What the function raised, with its traceback as a note.
        TradePotentialError: The process ended without an answer.
    """
    here, there = Pipe()
    with here:
        with there:
            process = subprocess.Popen(  # noqa: S603 (no shell, and no argument is a user's)
                [sys.executable, "-m", __name__, str(there.fileno())],
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=sys.__stderr__,
            )
        with process:
            try:
                here.send((function, given))
                result, raised, traceback = here.recv()
            except (EOFError, OSError):
                process.kill()
                raise TradePotentialError(_ended(function, process.wait())) from None
    if raised is None:
        return result
    raised.add_note(traceback)
    raise raised


def _ended(function: str, code: int) -> str:
    how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
    short = ": the machine may be short of memory" if code == -signal.SIGKILL else ""
    return f"the process that computes {function} {how}, without a result{short}"


def _answer(asked: Connection) -> None:
    """Compute what the other side asks for, and send result, error and traceback."""
    import traceback

    answer: tuple[Any, Exception | None, str]
    try:
        function, given = asked.recv()
        module, name = function.split(":")
        answer = (getattr(import_module(module), name)(**given), None, "")
    except Exception as error:
        answer = (None, error, traceback.format_exc())
    asked.send(answer)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # who asked tells of an interrupt
    with Connection(int(sys.argv[1])) as asked:
        _answer(asked)
        sys.stdout.flush()
        os._exit(0)  # nothing is left to tidy up: the answer is sent
