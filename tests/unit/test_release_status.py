"""What monitors are told: the status file, the command of the user's, and releases status."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.releases import tiny
from tests.studies import marts, released, tiny_held
from tests.studies import tiny as tiny_answer

from trade_potential.cli import main
from trade_potential.errors import ReleaseError
from trade_potential.release import current_id, reject, status
from trade_potential.release.notify import COMMAND, notify
from trade_potential.release.status import (
    FAILED,
    HELD,
    PUBLISHED,
    REJECTED,
    result,
    tell,
    tell_failed,
)


def _command(tmp_path: Path, code: str) -> str:
    script = tmp_path / "a command.py"
    script.write_text(code, encoding="utf-8")
    return f"{sys.executable} '{script}'"


def test_the_status_file_says_how_it_ended(tmp_path: Path) -> None:
    name = tiny(tmp_path, "one").release.release_id
    assert tell(tmp_path, result(PUBLISHED, run_id="one", release_id=name)) == []
    said = json.loads((tmp_path / "status.json").read_bytes())
    assert datetime.now(UTC) - datetime.fromisoformat(said.pop("at")) < timedelta(minutes=5)
    assert said == {
        "result": "published",
        "run_id": "one",
        "release_id": name,
        "message": None,
        "findings": [],
        "release_path": str(tmp_path),
        "current": name,
    }


def test_the_command_gets_the_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = tmp_path / "heard.json"
    code = f"import sys; open({str(heard)!r}, 'w').write(sys.stdin.read())"
    monkeypatch.setenv(COMMAND, _command(tmp_path, code))
    assert tell_failed(str(tmp_path / "release"), "run-1", "dbt build failed: x") == ""
    assert json.loads(heard.read_bytes()) == json.loads(
        (tmp_path / "release" / "status.json").read_bytes()
    )


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import sys; sys.exit('no network')", "ended with 1: no network"),
        ("import os; os.abort()", "ended with -6"),
        ("import time; time.sleep(60)", "took more than 0.5 s and was ended"),
        (  # a child that keeps its outputs, and nobody who reads
            "import subprocess, sys, time\n"
            "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
            "print('x' * 10**6); time.sleep(60)",
            "took more than 0.5 s and was ended",
        ),
    ],
)
def test_a_command_that_fails_or_hangs_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    monkeypatch.setenv(COMMAND, _command(tmp_path, code))
    document = {"findings": ["x" * 10**6]}
    assert said in str(notify(document, limit_seconds=0.5 if "sleep" in code else 60))


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/no/such/command", "cannot be run"),
        ("unclosed 'quote", "was not run: No closing quotation"),
        ("", None),
        ("  ", None),
    ],
)
def test_a_command_that_cannot_be_run_is_told(
    monkeypatch: pytest.MonkeyPatch, command: str, said: str | None
) -> None:
    monkeypatch.setenv(COMMAND, command)
    found = notify({})
    assert found is None if said is None else said in str(found)


def test_a_status_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "status.json").mkdir()
    (note,) = tell(tmp_path, result(FAILED, run_id="one"))
    assert "status.json was not written" in note


def _status(
    root: Path, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, dict[str, Any]]:
    code = main(["releases", "status", "--release-path", str(root), "--json", *arguments])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return code, json.loads(said.out) if said.out else {"error": said.err}


def test_status_of_a_release(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = tiny(tmp_path, "one").release.release_id
    code, found = _status(tmp_path, capsys)
    assert code == 0
    assert (found["current"], found["held"], found["attention"]) == (name, [], [])
    assert (found["last_result"], found["warnings"]) == (None, None)  # no build has told
    assert 0 <= found["age_hours"] < 0.5
    tell(tmp_path, result(PUBLISHED, run_id="one", release_id=name))
    code, found = _status(tmp_path, capsys, "--max-age-hours", "1")
    assert (code, found["last_result"], found["last_run_id"]) == (0, "published", "one")
    assert main(["releases", "status", "--release-path", str(tmp_path)]) == 0
    assert "all is well" in capsys.readouterr().out


def test_status_names_what_needs_a_look(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = _status(tmp_path, capsys)
    assert (code, found["attention"]) == (5, ["no release is current"])
    release = tiny_answer(tmp_path, "one").release
    path = release.folder / "manifest.json"
    said, published_at = release.manifest(), datetime.now(UTC) - timedelta(hours=31)
    path.chmod(0o644)
    path.write_text(json.dumps({**said, "published_at": published_at.isoformat()}))
    code, found = _status(tmp_path, capsys, "--max-age-hours", "30")
    assert (code, found["age_hours"]) == (5, pytest.approx(31, abs=0.1))
    assert found["attention"] == [f"{release.release_id} is 31.0 hours old, more than 30"]
    assert _status(tmp_path, capsys, "--max-age-hours", "32")[0] == 0
    tell_failed(str(tmp_path), "two", "dbt build failed: a test")
    code, found = _status(tmp_path, capsys)
    assert (code, found["last_result"]) == (5, "failed")
    assert found["attention"] == ["the last result is failed: dbt build failed: a test"]
    name = tiny_held(tmp_path, "three").release_id
    tell(tmp_path, result(HELD, run_id="three", release_id=name, findings=["K"]))
    code, found = _status(tmp_path, capsys)
    assert (code, found["held"], found["findings"]) == (5, [name], ["K"])
    assert found["attention"] == [f"{name} is held: accept or reject it"]
    reject(tmp_path, name)
    tell(tmp_path, result(REJECTED, run_id="three", release_id=name))
    assert _status(tmp_path, capsys)[0] == 0


@pytest.mark.parametrize("text", ["{", "[]", '{"result": "fine"}', '{"result": ["x"]}'])
def test_a_status_file_that_cannot_be_read_needs_a_look(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    tiny(tmp_path, "one")
    (tmp_path / "status.json").write_text(text, encoding="utf-8")
    code, found = _status(tmp_path, capsys)
    assert (code, found["last_result"]) == (5, "unknown")


def test_warnings_are_new_where_the_release_before_had_none(tmp_path: Path) -> None:
    released(tmp_path, "one")
    assert (status(tmp_path)["warnings"], status(tmp_path)["new_warnings"]) == (1, 1)
    released(tmp_path, "two")
    assert (status(tmp_path)["warnings"], status(tmp_path)["new_warnings"]) == (1, 0)
    rows = marts()
    rows["fct_quality_results"].append({"check_id": "c", "severity": "warning", "passed": False})
    released(tmp_path, "three", rows)
    found = status(tmp_path)
    assert (found["warnings"], found["new_warnings"]) == (2, 1)
    assert found["attention"] == [f"1 new warnings of the gate in {current_id(tmp_path)}"]


def test_warnings_are_new_where_nobody_has_acknowledged_them(tmp_path: Path) -> None:
    rows = marts()
    for place, row in enumerate(rows["fct_quality_results"]):
        row["new_count"] = 3 * place
    released(tmp_path, "one", rows)
    assert status(tmp_path)["new_warnings"] == 1
    for row in rows["fct_quality_results"]:
        row["new_count"] = 0
    released(tmp_path, "two", rows)
    assert status(tmp_path)["new_warnings"] == 0


def test_status_of_what_is_damaged_or_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = _status(tmp_path / "none", capsys)
    assert code == 3
    assert "no such directory" in found["error"]
    path = tiny(tmp_path, "one").release.folder / "manifest.json"
    path.chmod(0o644)
    path.write_text("{", encoding="utf-8")
    code, found = _status(tmp_path, capsys)
    assert code == 3
    assert "no manifest of a release" in found["error"]
    with pytest.raises(ReleaseError):
        status(tmp_path)


@pytest.mark.parametrize("hours", ["0", "-1", "nan", "inf", "old"])
def test_an_age_is_a_positive_number(hours: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["releases", "status", "--max-age-hours", hours])
    assert stopped.value.code == 2
    assert "no positive number of hours" in capsys.readouterr().err
