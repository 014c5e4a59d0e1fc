"""Candidates that wait to be accepted: who sees them, what becomes of them, and kills."""

from __future__ import annotations

import itertools
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.releases import contents
from tests.studies import tiny, tiny_held
from tests.unit.test_release_killed import interrupted, killed

from trade_potential.cli import main
from trade_potential.errors import ReleaseError
from trade_potential.release import (
    accept,
    candidates,
    complaints,
    current_id,
    left_alone,
    reject,
    released,
    roll_back,
    verify_all,
)
from trade_potential.release.front import Release
from trade_potential.release.layout import LOCK, find


def _run(capsys: pytest.CaptureFixture[str], root: Path, *arguments: str, expected: int = 0) -> str:
    command, *rest = arguments
    assert main(["releases", command, *rest, "--release-path", str(root)]) == expected
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return said.out + said.err


def _names(root: Path) -> set[str]:
    return {path.name for path in root.iterdir()} - {LOCK, "current"}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release and a candidate after it."""
    root = tmp_path_factory.mktemp("held") / "release"
    tiny(root, "first")
    tiny_held(root, "second")
    return root


@pytest.fixture
def root(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "release", symlinks=True))


def _candidate(root: Path) -> str:
    (only,) = candidates(root)
    return only.release_id


def test_a_candidate_is_whole_and_no_release(root: Path) -> None:
    (candidate,) = candidates(root)
    assert candidate.folder.name == f"held-{candidate.release_id}"
    assert complaints(candidate) == []
    assert [found.sequence for found in released(root)] == [1]
    assert Release.current(root).manifest["sequence"] == 1
    assert len(Release.all(root)) == 1
    assert left_alone(root) == []
    assert verify_all(root)[candidate.release_id] == []
    with pytest.raises(ReleaseError, match="is held and no release"):
        roll_back(root, candidate.release_id)
    with pytest.raises(ReleaseError, match="is held and no release"):
        Release.of(candidate.release_id, root)


def test_accepted_it_is_the_release_it_would_have_been(root: Path) -> None:
    held = candidates(root)[0].manifest()
    name = held["release_id"]
    release, notes = accept(root, name, reason=" looked at it ", by="Ada")
    assert (release.release_id, current_id(root), notes) == (name, name, [])
    assert _names(root) == {found.release_id for found in released(root)}
    assert complaints(release) == []
    said = release.manifest()
    accepted = said["exit_gate"].pop("accepted")
    assert (accepted["by"], accepted["reason"]) == ("Ada", "looked at it")
    assert accepted["at"] == said["published_at"] >= said["exit_gate"].pop("held_at")
    assert {**said, "published_at": None} == {**held, "published_at": None}
    # The next one is compared with it, and the sequence goes on.
    assert tiny(root, "third").release.sequence == 3


def test_files_are_shared_with_the_candidate_while_it_is_accepted(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("no links here")

    inodes = {path.stat().st_ino for path in candidates(root)[0].folder.rglob("*.parquet")}
    other = root.parent / "other"
    shutil.copytree(root, other, symlinks=True)
    release, _ = accept(root, _candidate(root), reason="x")
    assert {path.stat().st_ino for path in release.folder.rglob("*.parquet")} == inodes
    monkeypatch.setattr(Path, "hardlink_to", refuse)
    copied, _ = accept(other, _candidate(other), reason="x")
    assert complaints(copied) == []


def test_the_same_marts_again_leave_the_candidate_alone(root: Path) -> None:
    before = contents(root)
    held = tiny_held(root, "again")
    assert held.release_id == _candidate(root)
    assert "is held with the same marts; it stays" in str(held)
    assert contents(root) == before


def test_one_candidate_is_kept(root: Path) -> None:
    first = _candidate(root)
    held = tiny_held(root, "third", k=3000.0)
    assert held.release_id.startswith("000003-")
    assert f"is held in place of {first}" in str(held)
    assert _candidate(root) == held.release_id


def test_an_older_candidate_is_refused_with_the_reason(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = _candidate(root)
    newer = tiny(root, "third").release
    assert newer.sequence == 3
    before = contents(root)
    said = _run(capsys, root, "accept", name, "--reason", "x", expected=3)
    assert f"{name} is older than {newer.release_id}, which is current" in said
    assert contents(root) == before
    assert "outdated" in _run(capsys, root, "list")
    _run(capsys, root, "reject", name)
    assert candidates(root) == []


def test_a_candidate_is_accepted_only_over_what_it_was_compared_with(tmp_path: Path) -> None:
    first = tiny(tmp_path, "one").release
    tiny(tmp_path, "two")
    name = tiny_held(tmp_path, "three").release_id
    roll_back(tmp_path)
    with pytest.raises(ReleaseError, match=f"compared with 000002-.* but {first.release_id} is"):
        accept(tmp_path, name, reason="x")
    roll_back(tmp_path, released(tmp_path)[-1].release_id)
    assert accept(tmp_path, name, reason="x")[0].release_id == name


def test_commands(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, first = _candidate(root), str(current_id(root))
    listed = json.loads(_run(capsys, root, "list", "--format", "json"))
    assert [entry["status"] for entry in listed] == ["published", "held"]
    assert "k_ratio" in _run(capsys, root, "diff", "current", name)
    assert _run(capsys, root, "verify", name) == f"{name}: ok, unsigned\n"
    assert "is not held; held is" in _run(capsys, root, "reject", first[:-1] + "x", expected=3)
    said = _run(capsys, root, "accept", first, "--reason", "x", expected=3)
    assert f"{first} is a release already" in said
    said = _run(capsys, root, "accept", name, "--reason", "GDP is out", "--by", "Ada")
    assert said == f"current is {name}, accepted by Ada: GDP is out\n"
    status = json.loads((root / "status.json").read_bytes())
    assert (status["result"], status["current"]) == ("published", name)
    tiny_held(root, "third", k=5000.0)
    third = _candidate(root)
    document = json.loads(_run(capsys, root, "reject", third, "--format", "json"))
    assert document == {"rejected": third, "current": name, "notes": []}
    assert json.loads((root / "status.json").read_bytes())["result"] == "rejected"
    listed = json.loads(_run(capsys, root, "list", "--format", "json"))
    assert [(e["accepted"] or {}).get("by") for e in listed] == [None, "Ada"]


@pytest.mark.parametrize("arguments", [["--reason", " "], ["--reason", "a\nb"], []])
def test_an_acceptance_needs_a_reason(
    root: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    name = _candidate(root)
    with pytest.raises(SystemExit) as stopped:
        main(["releases", "accept", name, *arguments, "--release-path", str(root)])
    assert stopped.value.code == 2
    assert "reason" in capsys.readouterr().err
    with pytest.raises(ReleaseError, match="reason is empty"):
        accept(root, name, reason=" ")


def test_a_damaged_candidate_is_not_accepted(root: Path) -> None:
    path = next(candidates(root)[0].folder.rglob("*.parquet"))
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    before = contents(root)
    with pytest.raises(ReleaseError, match="is damaged, current stays"):
        accept(root, _candidate(root), reason="x")
    assert contents(root) == before


@pytest.mark.parametrize("name", ["held-000009-0a1b2c3d", "held-mine"])
def test_what_only_has_the_name_of_a_candidate_stays(root: Path, name: str) -> None:
    (root / name).mkdir()
    (root / name / "photo.jpg").write_text("precious", encoding="utf-8")
    told = [line.split(":")[0] for line in left_alone(root)]
    assert told == ([name] if "0" in name else [])
    tiny_held(root, "third", k=3000.0)
    reject(root, _candidate(root))
    assert (root / name / "photo.jpg").is_file()
    with pytest.raises(ReleaseError, match="is not held"):
        reject(root, name.removeprefix("held-"))


@pytest.mark.parametrize("what", ["hold", "accept", "reject"])
@pytest.mark.slow(reason="killed at every call")
def test_killed_at_any_call_it_is_held_or_released(
    template: Path, tmp_path: Path, what: str
) -> None:
    first = str(current_id(template))

    def act(root: Path) -> Callable[[], object]:
        name = _candidate(root)
        return {
            "hold": lambda: tiny_held(root, "third", k=3000.0),
            "accept": lambda: accept(root, name, reason="x"),
            "reject": lambda: reject(root, name),
        }[what]

    states = []
    for at in itertools.count(1):
        root = tmp_path / str(at)
        shutil.copytree(template, root, symlinks=True)
        second = _candidate(root)
        if not killed(act(root), at):
            break
        current = find(root, "current")
        assert complaints(current) == [], at
        assert current.release_id in {first, second}, at
        assert {found.sequence for found in released(root)} <= {1, current.sequence}, at
        states.append((current.release_id == second, len(candidates(root))))
        tiny(root, "next")
        known = released(root)
        left = candidates(root)
        assert _names(root) == {found.folder.name for found in (*known, *left)}, at
        assert all(complaints(one) == [] for one in (known[-1], *left)), at
        assert current_id(root) == known[-1].release_id
        if what == "accept":  # neither lost nor twice
            everywhere = [found.release_id for found in (*known, *left)]
            assert everywhere.count(second) == 1, (at, everywhere)
        shutil.rmtree(root)
    moved = [is_second for is_second, _ in states]
    assert moved == sorted(moved)
    assert any(moved) == (what == "accept")
    assert len(states) > 5


def test_a_failing_disk_while_it_is_accepted_changes_nothing(
    template: Path, tmp_path: Path
) -> None:
    def fail() -> None:
        raise OSError(28, os.strerror(28), "the disk")

    refused = []
    for at in itertools.count(1):
        root = tmp_path / str(at)
        shutil.copytree(template, root, symlinks=True)
        before, name = contents(root), _candidate(root)
        with interrupted(at, fail) as calls:
            try:
                accept(root, name, reason="x")
                said = ""
            except ReleaseError as error:
                said = str(error)
        if len(calls) < at:
            break
        if current_id(root) != name:
            assert "current stays" in said
            assert contents(root) == before, (at, calls)
        refused.append(current_id(root) != name)
        assert complaints(find(root, "current")) == []
    # A link that cannot be had is a copy.
    assert refused.count(True) > 10
    assert refused.count(False) > 10
