"""The build on DuckDB that every engine is compared with."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.build.project import Project


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of a build on DuckDB, made in this run."""
    project = Project.copied_to(tmp_path_factory.mktemp("duckdb") / "project")
    result = project.dbt_as_typed("build")
    assert result.returncode == 0, result.stdout[-5000:]
    return project.root / "release" / "current"
