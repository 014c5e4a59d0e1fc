"""Runs commands of dbt in forks of one process that has imported what most of them import.

Reads one command as a line of JSON, answers with its exit code and CPU seconds as another.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys

# Seconds of every command. DuckDB is left out: it starts threads when it is imported.
import great_expectations  # noqa: F401
import linearmodels  # noqa: F401
import pyarrow.parquet  # noqa: F401
import scipy.stats  # noqa: F401
import statsmodels.api  # noqa: F401
from dbt.cli.main import cli


def _become(command: dict[str, object]) -> list[str]:
    """Folder, environment and files of a command; returns its arguments."""
    folder = str(command["folder"])
    os.chdir(folder)
    sys.path[0] = folder  # as python -m has it
    if command["library"]:  # before the one that is installed
        sys.path.insert(0, str(command["library"]))
    signal.alarm(int(command["seconds"]))  # type: ignore[call-overload]  # 0: no limit
    os.environ.clear()
    os.environ.update(command["environment"])  # type: ignore[call-overload]
    for descriptor, name in enumerate((os.devnull, command["stdout"], command["stderr"])):
        flags = os.O_RDONLY if descriptor == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        os.dup2(os.open(str(name), flags), descriptor)
    return list(command["arguments"])  # type: ignore[call-overload]


def _serve() -> list[str]:
    """Serve; in a fork, return the arguments of its command."""
    gc.freeze()  # forks share the pages that no collection writes to
    while line := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            return _become(json.loads(line))
        _, status, usage = os.wait4(child, 0)
        answer = (os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime)
        print(json.dumps(answer), flush=True)
    sys.exit()


if __name__ == "__main__":
    cli(_serve(), prog_name="dbt")
