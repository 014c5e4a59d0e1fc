"""The short version of ``make torture``: two kills, two readers, one build to the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.build.project import Project
from tests.torture.judge import Verdict, judge
from tests.torture.kills import Lane, Settings

pytestmark = pytest.mark.build


@pytest.mark.rare(reason="three builds, two of them killed: make torture has fifty")
def test_killed_builds_and_readers(built: Project, tmp_path: Path) -> None:
    said: list[str] = []
    # Early kills: tests/unit/test_release_killed.py kills at every call of a publish.
    settings = Settings(
        kills=2, readers=2, queries=100, releases=2, seed=3, pause=0.05, near_the_release=0.0
    )
    lane = Lane(tmp_path / "lane", settings, said.append, start=built, seconds=30.0)
    total = lane.run()
    assert total.wrong == []
    assert lane.is_done
    assert total.kills == 2
    assert total.published == 1
    assert total.read.is_good, total.read.examples
    assert total.read.queries >= settings.queries
    assert total.read.releases


KNOWN = {"000001-a": {"m": (1, 10), "n": (2, 20)}, "000002-b": {"m": (1, 11), "n": (2, 20)}}
WHOLE = {"release": "000001-a", "manifest": "000001-a", "failures": []}


@pytest.mark.parametrize(
    ("line", "torn"),
    [
        ({**WHOLE, "reads": [["duckdb", "m", 1, 10], ["parquet", "n", 2, 20]]}, 0),
        ({**WHOLE, "reads": [["duckdb", "m", 1, 11]]}, 1),
        ({**WHOLE, "reads": [["count", "m", False]]}, 1),
        ({**WHOLE, "reads": [["bytes", "m", False]]}, 1),
        ({**WHOLE, "reads": [], "manifest": "000002-b"}, 1),
        ({**WHOLE, "reads": [], "release": "000003-c"}, 1),
        ({**WHOLE, "release": None, "reads": [["link", "m", 1, 11], ["link", "n", 2, 20]]}, 0),
        ({**WHOLE, "release": None, "reads": [["link", "m", 1, 11], ["link", "m", 1, 10]]}, 1),
    ],
)
def test_the_judge_sees_torn_reads(line: dict[str, object], torn: int) -> None:
    verdict = Verdict()
    judge([line, {"totals": {"issued": 5, "answered": 3, "failed": 1}}], KNOWN, verdict)
    assert (verdict.torn, verdict.lost, verdict.queries) == (torn, 1, 3)
    assert not verdict.is_good
