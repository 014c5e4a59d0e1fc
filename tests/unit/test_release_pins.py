"""Releases that are pinned stay, however many follow."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.releases import contents, tiny

from trade_potential.cli import main
from trade_potential.errors import ReleaseError
from trade_potential.release import pin, pinned, released, unpin


def _ids(root: Path) -> list[str]:
    return [found.release_id for found in released(root)]


def test_a_pinned_release_stays_until_it_is_unpinned(tmp_path: Path) -> None:
    first = tiny(tmp_path, "one").release.release_id
    assert pin(tmp_path, "current", " report ") == first
    assert pinned(tmp_path)[first]["reason"] == "report"
    for run in ("two", "three", "four"):  # one is kept, beside the one before
        tiny(tmp_path, run)
    assert [name.split("-")[0] for name in _ids(tmp_path)] == ["000001", "000003", "000004"]
    assert unpin(tmp_path, first) == first
    assert pinned(tmp_path) == {}
    tiny(tmp_path, "five")
    assert first not in _ids(tmp_path)


def test_a_pin_again_has_the_new_reason_and_gone_releases_none(tmp_path: Path) -> None:
    first = tiny(tmp_path, "one").release
    pin(tmp_path, first.release_id, "a")
    pin(tmp_path, first.release_id, "b")
    assert pinned(tmp_path)[first.release_id]["reason"] == "b"
    second = tiny(tmp_path, "two").release.release_id
    first.folder.rename(tmp_path / "moved away")
    pin(tmp_path, second)
    assert list(pinned(tmp_path)) == [second]


def test_what_cannot_be_pinned_is_said(tmp_path: Path) -> None:
    first = tiny(tmp_path, "one").release.release_id
    with pytest.raises(ReleaseError, match=f"no release 000009-00000000; there are {first}"):
        pin(tmp_path, "000009-00000000")
    with pytest.raises(ReleaseError, match=f"{first} is not pinned; pinned are none"):
        unpin(tmp_path, first)


@pytest.mark.parametrize("text", ["{", "[]", '{"000001-00000000": 1}', '{"a": {"at": "x"}}', "é"])
def test_pins_that_cannot_be_read_remove_nothing(tmp_path: Path, text: str) -> None:
    for run in ("one", "two"):
        tiny(tmp_path, run)
    (tmp_path / "pins.json").write_bytes(text.encode("latin-1"))
    before = _ids(tmp_path)
    notes = tiny(tmp_path, "three").notes
    assert _ids(tmp_path)[:2] == before
    assert any("no old release was removed" in note and "pins.json" in note for note in notes)
    with pytest.raises(ReleaseError, match=r"pins\.json: .*mend or remove it"):
        pin(tmp_path, "current")


def test_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = tiny(tmp_path, "one").release.release_id
    where = ["--release-path", str(tmp_path)]
    assert main(["releases", "pin", name, "--reason", "report", *where]) == 0
    assert capsys.readouterr().out == f"pinned {name}\n"
    assert main(["releases", "list", *where]) == 0
    assert "published, pinned" in capsys.readouterr().out
    assert main(["releases", "list", *where, "--format", "json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert (entry["is_pinned"], entry["pin_reason"]) == (True, "report")
    before = contents(tmp_path)
    assert main(["releases", "unpin", "000009-00000000", *where]) == 3
    assert f"is not pinned; pinned are {name}" in capsys.readouterr().err
    assert contents(tmp_path) == before
    assert main(["releases", "unpin", "current", *where, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"unpinned": name}
