"""One command in a process of its own: CPU, wall and peak memory, within limits.

The kernel's own counters of the process are read when it ends (`wait4`): user and system CPU over
all threads, and the largest resident set. The latter starts at the size that the calling process
had, so this process imports nothing large.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

POLL_S = 0.05
"""How often the resident set is looked at; a process that outgrows its limit is stopped then."""

PAGE = os.sysconf("SC_PAGE_SIZE")
MB = 1e6
OUT_OF_MEMORY = (
    *("MemoryError", "Unable to allocate", "ArrayMemoryError", "OutOfMemoryException"),
    *("cannot allocate", "Cannot allocate", "bad_alloc", "Out of memory"),
)
"""What programs say when an allocation fails."""

SAID = 200
"""Characters of a failed program's last words that are kept."""


@dataclass(frozen=True)
class Usage:
    """What a command took.

    Attributes:
        outcome: ok, "out of memory", "over N s" or "failed: ..."; numbers are up to that moment.
        cpu_s: User and system seconds of all threads.
        wall_s: Seconds.
        peak_mb: Largest resident set in 1e6 bytes.
    """

    outcome: str
    cpu_s: float
    wall_s: float
    peak_mb: float


def _resident(pid: int) -> int:
    """Bytes a process has in memory now; 0 once it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def environment() -> dict[str, str]:
    """The caller's, without limits on threads and settings of the project.

    Every program runs with its own default of threads, every build with the database of its folder,
    and Python keeps the modules it has compiled.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.endswith("_NUM_THREADS")
        and not name.startswith(("DBT_", "TRADE_"))
        and name != "PYTHONDONTWRITEBYTECODE"
    }
    return {**kept, "DO_NOT_TRACK": "1", "PYTHONHASHSEED": "0"}


def measure(
    command: list[str],
    *,
    cwd: Path,
    timeout_s: float,
    memory_mb: float,
    variables: Mapping[str, str] | None = None,
) -> Usage:
    """Run a command to its end or to its limits.

    Args:
        command: Program and arguments.
        cwd: Where it runs.
        timeout_s: Wall seconds after which it is stopped.
        memory_mb: Resident set after which it is stopped.
        variables: Added to the environment.
    """
    stopped = ""
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603  # the commands are those of jobs.py
            command,
            cwd=cwd,
            env={**environment(), **(variables or {})},
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            while True:
                pid, status, used = os.wait4(process.pid, os.WNOHANG)
                wall = time.perf_counter() - started
                if pid:
                    break
                if not stopped and wall > timeout_s:
                    stopped = f"over {timeout_s:g} s"
                elif not stopped and _resident(process.pid) > memory_mb * MB:
                    stopped = "out of memory"
                if stopped:
                    os.killpg(process.pid, signal.SIGKILL)
                time.sleep(POLL_S)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        process.returncode = os.waitstatus_to_exitcode(status)
        outcome = stopped or ("ok" if process.returncode == 0 else _failure(process, output))
    return Usage(
        outcome=outcome,
        cpu_s=round(used.ru_utime + used.ru_stime, 3),
        wall_s=round(wall, 3),
        peak_mb=round(used.ru_maxrss * 1024 / MB, 1),
    )


def _failure(process: subprocess.Popen[bytes], output: object) -> str:
    """Outcome of a command that ended by itself with an error."""
    output.seek(0)  # type: ignore[attr-defined]
    said = output.read().decode(errors="replace").strip()  # type: ignore[attr-defined]
    if process.returncode == -signal.SIGKILL or any(text in said for text in OUT_OF_MEMORY):
        return "out of memory"  # a SIGKILL that is not ours is the kernel's
    last = said.splitlines()[-1].strip(" ~^").replace("|", "/")[-SAID:] if said else ""
    return f"failed: {last or f'exit status {process.returncode}'}"
