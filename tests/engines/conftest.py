"""The build on DuckDB that every engine is compared with."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.build.project import Project


def pytest_addoption(parser: pytest.Parser) -> None:
    said = "trade of the world that the builds read: a few economies and years, or all"
    parser.addoption("--world", choices=("small", "whole"), default="small", help=said)


@pytest.fixture(scope="session")
def whole_world(pytestconfig: pytest.Config) -> bool:
    return bool(pytestconfig.getoption("--world") == "whole")


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory, whole_world: bool) -> Path:
    """The release of a build on DuckDB, made in this run."""
    folder = tmp_path_factory.mktemp("duckdb") / "project"
    project = Project.copied_to(folder, whole_world=whole_world)
    result = project.dbt_as_typed("build")
    assert result.returncode == 0, result.stdout[-5000:]
    return project.root / "release" / "current"
