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


@cache
def _server() -> subprocess.Popen[str]:
    """It ends with this process, which closes the pipe that it reads."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.build.server"],
        cwd=ROOT,
        env={**os.environ, **ONE_THREAD},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def dbt(
    folder: Path, arguments: Sequence[str], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run one command of dbt in `folder`."""
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    with tempfile.TemporaryDirectory() as outputs:
        out, err = (Path(outputs) / name for name in ("stdout", "stderr"))
        command = {
            "folder": str(folder),
            "arguments": ["--no-use-colors", *arguments],
            "environment": environment,
            "stdout": str(out),
            "stderr": str(err),
        }
        server.stdin.write(json.dumps(command) + "\n")
        server.stdin.flush()
        code, seconds = json.loads(server.stdout.readline())
        costs.add(seconds)
        said = [path.read_text(encoding="utf-8") for path in (out, err)]
    return subprocess.CompletedProcess(list(arguments), code, *said)
