"""A pure function of data frames in a process of its own.

dbt runs the models of a build in threads of one process, which share one lock of Python: a long
computation holds up all others and uses one processor. Apart, it runs beside them, and what it
imports can be imported while the build still reads its seeds (``stand_by``).
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
from importlib import import_module
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from trade_potential.errors import TradePotentialError


class _Process:
    """One more Python, which computes what it is sent until its pipe is closed."""

    def __init__(self, modules: tuple[str, ...] = ()) -> None:
        """Start it; it imports the modules first."""
        self.pipe, there = Pipe()
        with there:
            self.process = subprocess.Popen(  # noqa: S603 (no shell, and no argument is a user's)
                [sys.executable, "-m", __name__, str(there.fileno()), *modules],
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=sys.__stderr__,
            )

    def end(self) -> int:
        """End it, whatever it does; its exit code."""
        self.pipe.close()
        self.process.kill()
        return self.process.wait()


_idle: list[_Process] = []
"""Started by ``stand_by``, and computing nothing now."""
_lock = threading.Lock()


def stand_by(*modules: str) -> None:
    """Start a process for calls of ``apart`` to come, which imports what they will need."""
    with _lock:
        if not _idle:
            _idle.append(_Process(modules))


def stands_by() -> bool:
    """Whether a process waits that ``stand_by`` has started."""
    with _lock:
        return bool(_idle)


@atexit.register
def stand_down() -> None:
    """End the processes that wait."""
    with _lock:
        while _idle:
            _idle.pop().end()


def apart(function: str, **given: Any) -> Any:
    """The result of a function, computed by another process of the same Python.

    Args:
        function: ``module:name`` of a function without side effects.
        given: What it is called with; must pickle, as must the result.

    Raises:
        Exception: What the function raised, with its traceback as a note.
        TradePotentialError: The process ended without an answer.
    """
    with _lock:
        waiting = _idle.pop() if _idle else None
    process = waiting or _Process()
    try:
        process.pipe.send((function, given))
        result, raised, traceback = process.pipe.recv()
    except (EOFError, OSError):
        code = _code_of(process)
        raise TradePotentialError(_ended(function, code)) from None
    except BaseException:
        process.end()
        raise
    if waiting is None:
        process.end()
    else:
        with _lock:
            _idle.append(waiting)
    if raised is None:
        return result
    raised.add_note(traceback)
    raise raised


def _code_of(process: _Process) -> int:
    """The exit code of a process that answers no more; it may still be ending."""
    try:
        return process.process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        return process.end()
    finally:
        process.pipe.close()


def _ended(function: str, code: int) -> str:
    how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
    short = ": the machine may be short of memory" if code == -signal.SIGKILL else ""
    return f"the process that computes {function} {how}, without a result{short}"


def _answer(asked: Connection) -> bool:
    """Compute what the other side asks for, and send result, error and traceback.

    False where the other side asks for nothing any more.
    """
    import traceback

    answer: tuple[Any, Exception | None, str]
    try:
        try:
            function, given = asked.recv()
        except EOFError:
            return False
        module, name = function.split(":")
        answer = (getattr(import_module(module), name)(**given), None, "")
    except Exception as error:
        answer = (None, error, traceback.format_exc())
    asked.send(answer)
    return True


def _import_ahead(asked: Connection, modules: list[str]) -> None:
    """Import, unless something is asked for already or nobody is there any more."""
    for module in modules:
        if asked.poll():
            return
        import_module(module)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # who asked tells of an interrupt
    with Connection(int(sys.argv[1])) as asked:
        _import_ahead(asked, sys.argv[2:])
        while _answer(asked):
            pass
        sys.stdout.flush()
        os._exit(0)  # nothing is left to tidy up: the answers are sent
