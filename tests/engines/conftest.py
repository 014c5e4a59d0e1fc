"""The build on DuckDB that every engine is compared with, and a server for releases."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.build.project import Project
from tests.engines.server import postgres
from tests.engines.serving import pair


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


@pytest.fixture(scope="module")
def private_server() -> Iterator[None]:
    """PG* of a server of this module alone."""
    with postgres() as environment, pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        yield


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A schema of this test alone."""
    return f"s{zlib.crc32(request.node.nodeid.encode())}"


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """Two releases of other sizes."""
    root = tmp_path_factory.mktemp("pairs")
    found = [pair(root, str(rows), rows).release.release_id for rows in (10, 200)]
    return root, found[0], found[1]
