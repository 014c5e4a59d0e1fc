"""One clean build that the tests of a session share."""

from __future__ import annotations

import pytest
from tests.build.project import Project


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project.copied_to(tmp_path_factory.mktemp("clean") / "project")
    result = project.build()
    assert result.returncode == 0, result.stdout[-5000:]
    return project
