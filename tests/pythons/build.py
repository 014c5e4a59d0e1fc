"""One whole build by the Python that runs this, in a copy of the project."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.build.project import Project


def main() -> int:
    """0 where the build passed and left marts."""
    with tempfile.TemporaryDirectory(prefix="python-") as folder:
        project = Project.copied_to(Path(folder) / "project")
        result = project.build()
        if result.returncode:
            print(result.stdout, result.stderr, sep="\n", file=sys.stderr)
            return 1
        print(f"{result.stdout.strip().splitlines()[-1]} {project.mart_count()} marts")
        return 0 if project.mart_count() else 1


if __name__ == "__main__":
    sys.exit(main())
