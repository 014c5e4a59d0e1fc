"""A directory of releases that holds other people's things, too: none of them is ever removed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.releases import contents, tiny

from trade_potential.cli import main
from trade_potential.errors import ReleaseError
from trade_potential.release import (
    compare,
    current_id,
    disk,
    left_alone,
    released,
    roll_back,
    verify_all,
)
from trade_potential.release.layout import find

NAME = "20240101-0a1b2c3d"
"""Of a backup by date and hash: as a release is named, and later than any."""
NOBODY = 4_194_305
"""A process that cannot be: Linux counts to 4,194,304, macOS to 99,998."""


def _folder(root: Path, name: str = NAME, manifest: str | None = None) -> Path:
    (root / name / "marts").mkdir(parents=True)
    (root / name / "marts" / "photo.jpg").write_text("precious", encoding="utf-8")
    if manifest is not None:
        (root / name / "manifest.json").write_text(manifest, encoding="utf-8")
    return root / name


def _file(root: Path, name: str) -> None:
    (root / name).write_text("precious", encoding="utf-8")


def _foreign(root: Path) -> list[str]:
    """Put things there whose names, or beginnings of names, are as ours; returns the names."""
    names = {path.name for path in root.iterdir()}
    _folder(root)
    _folder(root, "20240102-0a1b2c3d", manifest='{"name": "a web page", "icons": []}')
    of_another = '{"release_id": "000001-00000000", "sequence": 1, "marts": {}, "files": {}}'
    _folder(root, "20240103-0a1b2c3d", manifest=of_another)
    _folder(root, "20240104-0a1b2c3d", manifest='{"release_id": "2024')
    _folder(root, "20240105-0a1b2c3d", manifest="[1]")
    _file(root, "20240106-0a1b2c3d")
    tiny(root.parent / "elsewhere", "run")
    moved = find(root.parent / "elsewhere", "current").folder
    (root / moved.name.replace("000001", "000000")).symlink_to(moved)
    _folder(root, f".staging-{NAME}")
    marked = _folder(root, ".staging-20240102-0a1b2c3d")
    (marked / ".publisher").symlink_to(f"{NAME} {NOBODY}")
    (_folder(root, ".staging-area") / ".publisher").symlink_to(f"area {NOBODY}")
    (root / ".staging-20240103-0a1b2c3d").symlink_to(_folder(root.parent, "mine"))
    _folder(root, f".removing-{NAME}")
    _file(root, ".removing-20240102-0a1b2c3d")
    _file(root, ".current-draft.txt")
    _file(root, f".current-{NAME}.pending")
    (root / f".current-{NAME}").symlink_to("000001-00000000")
    return sorted({path.name for path in root.iterdir()} - names)


def _but_releases(root: Path) -> dict[str, bytes]:
    """What is in the root but the releases that count, and the lock."""
    ours = {found.release_id for found in released(root)} | {"current"}
    return {k: v for k, v in contents(root).items() if k.split("/")[0] not in ours}


def test_what_is_foreign_stays_and_is_named_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "release"
    root.mkdir()
    names = _foreign(root)
    before = _but_releases(root)
    for k in (1, 2, 3):
        tiny(root, f"run-{k}")
    assert _but_releases(root) == before
    # They have no place in the order of releases either.
    assert [found.sequence for found in released(root)] == [2, 3]
    assert current_id(root) == released(root)[-1].release_id
    lines = left_alone(root)
    assert [line.split(": ")[0] for line in lines] == names
    for command in ("list", "verify"):
        assert main(["releases", command, "--release-path", str(root)]) == 0
        said = capsys.readouterr().out.splitlines()
        assert [said.count(line) for line in lines] == [1] * len(lines)
        assert main(["releases", command, "--release-path", str(root), "--format", "json"]) == 0
        document = json.loads(capsys.readouterr().out)
        if command == "list":
            told = [entry["reason"] for entry in document if entry["status"] == "left_alone"]
        else:
            told = document["left_alone"]
        assert told == lines


def test_what_has_another_name_is_not_spoken_of(tmp_path: Path) -> None:
    _folder(tmp_path, "2024")
    _file(tmp_path, "README.md")
    before = _but_releases(tmp_path)
    tiny(tmp_path, "run")
    assert left_alone(tmp_path) == []
    assert _but_releases(tmp_path) == before


def test_a_foreign_folder_is_no_release_to_any_command(tmp_path: Path) -> None:
    _folder(tmp_path, "000000-0a1b2c3d")
    first = tiny(tmp_path, "run").release
    with pytest.raises(ReleaseError, match="no release is older"):
        roll_back(tmp_path)
    with pytest.raises(ReleaseError, match="no release 000000-0a1b2c3d"):
        roll_back(tmp_path, "000000-0a1b2c3d")
    with pytest.raises(ReleaseError, match="no release 000000-0a1b2c3d"):
        compare(find(tmp_path, "000000-0a1b2c3d"), first)
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to("000000-0a1b2c3d")
    assert "which is no release" in verify_all(tmp_path)["current"][0]


def test_a_damaged_release_is_neither_removed_nor_forgotten(tmp_path: Path) -> None:
    damaged = tiny(tmp_path, "run-1").release
    damaged.folder.chmod(0o755)
    (damaged.folder / "manifest.json").unlink()
    before = {k: v for k, v in contents(tmp_path).items() if k.startswith(damaged.release_id)}
    for k in (2, 3, 4):
        tiny(tmp_path, f"run-{k}")
    after = {k: v for k, v in contents(tmp_path).items() if k.startswith(damaged.release_id)}
    assert after == before
    assert [found.sequence for found in released(tmp_path)] == [1, 3, 4]
    assert left_alone(tmp_path) == []
    assert verify_all(tmp_path)[damaged.release_id]


def test_pending_removes_no_folder_that_is_not_a_release(tmp_path: Path) -> None:
    _folder(tmp_path)
    (tmp_path / ".pending").write_text(f"{NAME}\n", encoding="utf-8")
    tiny(tmp_path, "run")
    assert (tmp_path / NAME / "marts" / "photo.jpg").is_file()


@pytest.mark.parametrize("held", [b"../precious\n", b"a note of mine\n", b"\xff\xfe", b""])
def test_a_pending_that_no_publish_wrote_is_kept(tmp_path: Path, held: bytes) -> None:
    tiny(tmp_path, "run")
    (tmp_path / ".pending").write_bytes(held)
    before = contents(tmp_path)
    with pytest.raises(ReleaseError, match=r"\.pending: was not written by a publish; move it"):
        tiny(tmp_path, "second")
    assert contents(tmp_path) == before
    assert left_alone(tmp_path) == [".pending: names no release; left alone"]


def test_a_staging_belongs_to_its_process_while_that_lives(tmp_path: Path) -> None:
    staging = f".staging-{NAME}"
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as other:
        (_folder(tmp_path, staging) / ".publisher").symlink_to(f"{NAME} {other.pid}")
        # Its lock file was removed by hand: nothing else keeps the two apart.
        assert disk.recover(tmp_path) == []
        assert (tmp_path / staging / "marts" / "photo.jpg").is_file()
        other.kill()
    assert disk.recover(tmp_path) == [f"removed {staging}: left by a process that was killed"]
    assert not (tmp_path / staging).exists()


def test_half_removed_trees_are_still_known(tmp_path: Path) -> None:
    name = tiny(tmp_path, "run").release.release_id
    shutil.copytree(tmp_path / name, tmp_path / f".removing-{name}")
    (tmp_path / f".staging-{NAME}").mkdir()
    for part in ("marts", "trade_potential.duckdb", "SHA256SUMS"):
        path = tmp_path / f".removing-{name}" / part
        path.parent.chmod(0o755)
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert len(disk.recover(tmp_path)) == 2
    assert json.loads((tmp_path / "current" / "manifest.json").read_bytes())["sequence"] == 1
    assert {path.name for path in tmp_path.iterdir()} == {name, "current", ".lock"}
