"""Checks as they were accepted: what was taken away or made weaker since is told before a release.

A check that is gone says nothing, and a tolerance of 1e3 agrees with everything: no figure shows
it. So ``checks.lock`` lists the checks of the build: tests of dbt with what they do on failure,
rules of the inputs, contracts of the marts, hooks, limits of samples, and the checksums of the
files that are checks. A change of one is a line of the lock, which `make checks` writes and someone
reviews. What is new and not in the lock is no weaker check: marts, tests and studies of one's own
need no line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

LOCK = "checks.lock"
FILES = (
    "macros/audit_complaints.sql",
    "macros/check_*.sql",
    "macros/complaint.sql",
    "macros/gate_is_open.sql",
    "macros/input_contract.sql",
    "macros/input_rules.sql",
    "macros/keeps_to_parents.sql",
    "macros/plan_release.sql",
    "macros/report_failures.sql",
    "models/**/_unit_tests.yml",
    "models/audit/*.sql",
    "models/marts/fct_audit_results.sql",
    "models/marts/fct_quality_results.sql",
    "models/quality/*.sql",
    "python_models/audit/*.py",
    "python_models/quality/*.py",
    "python_models/release/*.py",
    "src/trade_potential/audit/**/*.py",
    "src/trade_potential/quality/**/*.py",
    "src/trade_potential/release/*.py",
    "tests/data/*.sql",
    "tests/generic/*.sql",
)
"""Code that is a check, or by which one is reached, from the folder of the project."""

HEAD = "# Checks of the build, one a line: written by `make checks`, compared before a release.\n"
SHOWN = 5
"""Checks that are named; the rest is counted."""


def of_checks(project: str, declared: Sequence[str], chosen: Sequence[str] = ()) -> list[str]:
    """What the lock has and the project has not, in words; empty where all is in force.

    Args:
        project: Its folder.
        declared: Checks that dbt knows, a line each.
        chosen: Vars that the run itself was given, which its release tells: no slip.
    """
    path = Path(project) / LOCK
    if not path.exists():
        return [f"{LOCK} is missing"]
    wanted = path.read_text(encoding="utf-8").splitlines()
    lost = sorted(
        {line for line in wanted if line and not line.startswith(("#", *_of_vars(chosen)))}
        - set(_all(path.parent, declared))
    )
    said = [f"not in force as locked: {line}" for line in lost[:SHOWN]]
    return said + ([f"and {len(lost) - SHOWN} more"] if len(lost) > SHOWN else [])


def lock(project: str, declared: Sequence[str]) -> int:
    """Write the lock; how many checks it has. Arguments as ``of_checks``."""
    lines = sorted(set(_all(Path(project), declared)))
    (Path(project) / LOCK).write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return len(lines)


def _of_vars(names: Sequence[str]) -> list[str]:
    """How lines of vars begin."""
    return [f"var {name} " for name in names]


def _all(project: Path, declared: Sequence[str]) -> Iterator[str]:
    yield from (" ".join(line.split()) for line in declared)
    for pattern in FILES:
        for path in project.glob(pattern):
            text = path.read_text(encoding="utf-8")  # without the line ends of a system
            checksum = hashlib.sha256(text.encode()).hexdigest()[:16]
            yield f"file {path.relative_to(project).as_posix()} {checksum}"
