"""The plan of a project: kept beside it, and made anew by dbt where its rules have changed.

Rows change often, SQL and YAML seldom: dbt takes half a minute to compile them and a rehearsal
some seconds to run them. What dbt writes for that lies in `build/rehearsal`, not in `target/`.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trade_potential.errors import InputError
from trade_potential.quality.own_folder import located
from trade_potential.rehearsal.plan import GOAL, Plan, from_json, plan_of

FOLDER = Path("build") / "rehearsal"
FILE = "plan.json"
SOURCES = (
    "dbt_project.yml",
    "profiles/profiles.yml",
    "macros/**/*.sql",
    "src/trade_potential/sql/*.sql",
    "src/trade_potential/rehearsal/plan.py",
    "models/**/*.*",
    "python_models/**/*.*",
    "seeds/**/*.yml",
    "inputs/**/*.yml",
    "tests/data/*.sql",
    "tests/generic/*.sql",
)
"""What SQL is compiled from: no rows."""
SELECTED = (f"+{GOAL}", "path:seeds", "path:models/staging", "path:tests/data")
DATABASE = "TRADE_POTENTIAL_DUCKDB"


def digest_of(project: Path, variables: Mapping[str, Any] | None = None) -> str:
    """SHA-256 of what the plan of a project follows from, the place of the project included."""
    is_bundled = located(project).bundled_studies
    given = f"{project.resolve()} {json.dumps(variables or {})} {is_bundled}"
    found = hashlib.sha256(given.encode())
    for path in _sources(project):
        found.update(f"\n{path.relative_to(project).as_posix()}\n".encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def _sources(project: Path) -> Iterator[Path]:
    for pattern in SOURCES:
        yield from sorted(p for p in project.glob(pattern) if p.suffix != ".pyc" and p.is_file())


def kept(project: Path, digest: str) -> Plan | None:
    """The plan that was made before, where the rules are still those."""
    try:
        plan = from_json((project / FOLDER / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return plan if plan.digest == digest else None


def keep(project: Path, manifest: Path, digest: str) -> Plan | None:
    """Write the plan that a manifest of dbt holds; None where the manifest is not whole."""
    plan = plan_of(json.loads(manifest.read_text(encoding="utf-8")), digest)
    if plan is not None:
        folder = project / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"{FILE}.{os.getpid()}"
        draft.write_text(plan.as_json(), encoding="utf-8")
        draft.replace(folder / FILE)
    return plan


def compiled(project: Path, variables: Mapping[str, Any] | None, digest: str) -> Plan:
    """Have dbt compile the plan, on an empty database of its own.

    Raises:
        InputError: With what dbt says of the project.
    """
    target = project / FOLDER / "target"
    with tempfile.TemporaryDirectory() as scratch:
        given = ["--vars", json.dumps(variables)] if variables else []
        done = subprocess.run(  # noqa: S603 (no shell; arguments are the project's)
            [
                sys.executable, "-m", "dbt.cli.main", "--no-use-colors", "--log-path", scratch,
                "compile", "--quiet", "--project-dir", str(project), "--profiles-dir", str(project),
                "--target-path", str(target), "--target", "duckdb", *given,
                "--select", *SELECTED,
            ],
            cwd=project,
            env={**os.environ, "DO_NOT_TRACK": "1", DATABASE: f"{scratch}/trade_potential.duckdb"},
            capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    if done.returncode:
        said = " ".join((done.stdout + done.stderr).split())
        raise InputError(f"dbt cannot compile the project: {said[-2000:]}")
    plan = keep(project, target / "manifest.json", digest)
    if plan is None:
        raise InputError("dbt has compiled only a part of the project")
    return plan
