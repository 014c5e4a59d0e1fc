"""docs/two-studies.md, followed from first to last in a fresh copy of the project."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.build.project import Project
from tests.tutorial import clock, of_studies

pytestmark = pytest.mark.build


@pytest.mark.slow(reason="a whole build beside four studies of one's own")
def test_every_command_prints_what_stands_below_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = Project.checked_out_to(tmp_path / "trade-potential")
    with capsys.disabled(), clock():
        said, printed = of_studies(project)
    assert printed == said
    assert printed
