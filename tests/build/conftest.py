"""One clean build that all tests of a run share, in whatever process they run."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.build.project import Project


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Whoever comes second waits for the first."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The clean build. Others read it at the same time: who changes anything takes a copy."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # of one worker; its parent is that of the run
    with _alone(folder / "clean.lock"):
        project = Project(folder / "clean")
        said = folder / "clean.log"
        if not project.root.exists():
            whole = Project.copied_to(project.root, whole_world=True)
            result = whole.dbt_as_typed("build")
            said.write_text(f"{result.returncode}\n{result.stdout[-5000:]}", encoding="utf-8")
    assert said.read_text(encoding="utf-8").startswith("0\n"), said.read_text(encoding="utf-8")
    return project


@pytest.fixture
def unbuilt(built: Project, tmp_path: Path) -> Project:
    """A project to be changed and built, with a small world."""
    return Project.copied_to(tmp_path / "project", parsed=built)


@pytest.fixture
def rebuilt(built: Project, tmp_path: Path) -> Project:
    """A project to be changed, of which only a part need be built again."""
    return built.built_copy(tmp_path / "project")
