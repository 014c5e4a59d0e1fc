"""The library's cheap tests and a whole build on other Pythons.

Usage: python -m tests.pythons 3.11 3.14

A Python that was asked for and cannot be found or fetched is a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.pythons.find import find

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "build" / "pythons"
CHEAP = (
    "cli*",
    "gravity",
    "gravity_twoway",
    "index*",
    "lasting",
    "ppml",
    "regression_table*",
    "seed_files",
    "structural",
)
"""Tests of tests/unit that use each room of the library once; the gate, the audit and the release
run in the build."""


def tests() -> list[str]:
    """Files of the cheap tests; a name that is gone stays, so that pytest complains of it."""
    folder = ROOT / "tests" / "unit"
    found = {name: sorted(folder.glob(f"test_{name}.py")) for name in CHEAP}
    files = [file for name in CHEAP for file in found[name] or [folder / f"test_{name}.py"]]
    return [str(file.relative_to(ROOT)) for file in files]


def run(version: str, python: Path) -> str:
    """What failed; empty where nothing did. The environment is made from the lock, not in .venv."""
    environment = HOME / version / "environment"
    variables = {
        **os.environ,
        "UV_PROJECT_ENVIRONMENT": str(environment),
        "UV_PYTHON": str(python),
        "OPENBLAS_NUM_THREADS": "1",
        "DO_NOT_TRACK": "1",
    }
    uv = Path(sys.executable).with_name("uv")
    own = str(environment / "bin" / "python")
    pytest = ["pytest", "-q", "-p", "no:cacheprovider", "--numprocesses", "auto"]
    steps = {
        "environment": [str(uv), "sync", "--frozen", "--no-python-downloads", "--quiet"],
        "tests": [own, "-m", *pytest, "--dist", "loadfile", *tests()],
        "build": [own, "-m", "tests.pythons.build"],
    }
    steps["environment"] += ["--group", "dev"]
    for step, command in steps.items():
        started = time.monotonic()
        print(f"== Python {version}: {step}", flush=True)
        code = subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode
        if code:
            return f"{step} failed"
        print(f"== Python {version}: {step}, {time.monotonic() - started:.0f} s", flush=True)
    return ""


def main(versions: list[str]) -> int:
    """0 where every Python was found and passed; what this one can do other targets test."""
    said, is_passed = [], True
    for version in versions:
        if version == f"{sys.version_info.major}.{sys.version_info.minor}":
            said.append(f"Python {version}: that of .venv, on which make build and make test run")
            continue
        found = find(version, HOME / version)
        failure = run(version, found.program) if found.program else "not found"
        is_passed = is_passed and not failure
        said.append(f"Python {version}: {failure or 'passed'} ({found.words})")
    print("\n".join(said))
    return 0 if is_passed and versions else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
