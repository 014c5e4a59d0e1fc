"""The commit of a project, asked of git."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from trade_potential.release.packages import OWN, installed

GIT_SECONDS = 20


def code_version(project: Path) -> dict[str, Any]:
    """Commit of the project and whether files differ from it; without git the package's version."""
    commit = git_says(project, "rev-parse", "HEAD")
    changed = git_says(project, "status", "--porcelain", "--", ".")
    if commit is None or changed is None:
        return {"package_version": installed().get(OWN)}
    return {"git_commit": commit.strip(), "git_dirty": bool(changed.strip())}


def git_says(project: Path, *arguments: str) -> str | None:
    """What git says; None where it is not installed, or this is no checkout."""
    git = shutil.which("git")
    if git is None:
        return None
    try:
        said = subprocess.run(  # noqa: S603 (no shell, and no argument is a user's)
            [git, "-C", str(project), *arguments],
            # Reading must not refresh the index: someone may commit just now.
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
            capture_output=True,
            text=True,
            timeout=GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return said.stdout if said.returncode == 0 else None
