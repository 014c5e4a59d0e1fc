"""Commands of dbt in forks of tests/build/server.py, one server for each process of the tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tests import costs

ROOT = Path(__file__).resolve().parents[2]
ONE_THREAD = {"JE_ARROW_MALLOC_CONF": "background_thread:false", "OPENBLAS_NUM_THREADS": "1"}
"""A fork has no other thread of the process it comes from: Arrow and BLAS start none there."""


class Server:
    """One process that forks; it ends with the one that has started it, which closes its pipe."""

    def __init__(self) -> None:
        """Start it: imports take seconds."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.build.server"],
            cwd=ROOT,
            env={**os.environ, **ONE_THREAD},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def dbt(
        self,
        folder: Path,
        arguments: Sequence[str],
        environment: dict[str, str],
        *,
        library: Path | None = None,
        seconds: int = 0,
    ) -> subprocess.CompletedProcess[str]:
        """Run one command of dbt in `folder`.

        With `library`, a copy of src, instead of the one that is installed; ended after `seconds`.
        """
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        with tempfile.TemporaryDirectory() as outputs:
            out, err = (Path(outputs) / name for name in ("stdout", "stderr"))
            command = {
                "folder": str(folder),
                "arguments": ["--no-use-colors", *arguments],
                "environment": environment,
                "library": str(library or ""),
                "seconds": seconds,
                "stdout": str(out),
                "stderr": str(err),
            }
            process.stdin.write(json.dumps(command) + "\n")
            process.stdin.flush()
            code, spent = json.loads(process.stdout.readline())
            costs.add(spent)
            said = [path.read_text(encoding="utf-8") for path in (out, err)]
        return subprocess.CompletedProcess(list(arguments), code, *said)


@cache
def _server() -> Server:
    return Server()


def dbt(
    folder: Path, arguments: Sequence[str], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run one command of dbt in `folder`, with the one server of this process."""
    return _server().dbt(folder, arguments, environment)
