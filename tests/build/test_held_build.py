"""A whole build beyond a limit is held, told and accepted."""

from __future__ import annotations

import json
import re

import pytest
from tests.build.project import Project

from trade_potential.cli import main
from trade_potential.release import candidates, current_id, verify_all

pytestmark = [
    pytest.mark.build,
    pytest.mark.rare(reason="two whole builds; tests/unit/test_release_held.py"),
]


def test_a_build_beyond_a_limit_is_held_and_accepted(
    unbuilt: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project, root = unbuilt, unbuilt.root / "release"
    first = project.build()
    assert first.returncode == 0, first.stdout[-5000:]
    assert json.loads((root / "status.json").read_bytes())["result"] == "published"
    before = current_id(root)
    path = project.root / "seeds" / "study" / "release_limits.csv"
    # Tighter than the last digits allow, and no error of any other check.
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}china_world,k_highest,all,2,A limit of this test.\n", encoding="utf-8")
    result = project.build()
    assert result.returncode == 1
    assert "Traceback" not in result.stdout
    assert "Rejected by release_is_published" in result.stdout
    (candidate,) = candidates(root)
    name = candidate.release_id
    assert re.search(rf"Held {name}, release/current stays", result.stdout)
    assert "china_world, fct_trade_potential: highest K:" in result.stdout
    assert f"releases accept {name} --reason TEXT" in result.stdout
    assert current_id(root) == before
    assert json.loads((root / "status.json").read_bytes())["result"] == "held"
    assert project.query("select status, release_id from release.publish_release") == [
        ("held", name)
    ]
    where = ["--release-path", str(root)]

    def attention() -> list[str]:
        """What status tells, but for the new warnings that the small world has of its own."""
        capsys.readouterr()
        assert main(["releases", "status", "--json", *where]) == 5
        *told, warnings = json.loads(capsys.readouterr().out)["attention"]
        assert re.fullmatch(rf"\d+ new warnings of the gate in {current_id(root)}", warnings)
        return told

    assert attention() == [f"{name} is held: accept or reject it"]
    assert main(["releases", "accept", name, "--reason", "a test", *where]) == 0
    assert attention() == []
    assert current_id(root) == name
    assert not any(verify_all(root).values())
