"""Releases as one file, and back: checked, never over anything, whatever the archive holds."""

from __future__ import annotations

import io
import itertools
import json
import shutil
import tarfile
from pathlib import Path

import pytest
from tests.releases import contents, release, tiny
from tests.unit.test_release_killed import killed

from trade_potential.cli import main
from trade_potential.errors import ReleaseError
from trade_potential.release import (
    complaints,
    current_id,
    export,
    pinned,
    released,
    restore,
    roll_back,
)
from trade_potential.release.layout import LOCK, find

Member = tuple[tarfile.TarInfo, bytes | None]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the first of two releases."""
    folder = tmp_path_factory.mktemp("archive")
    release(folder / "release", "one")
    release(folder / "release", "two", k=2.0)
    export(folder / "release", released(folder / "release")[0].release_id, folder / "one.tar")
    return folder / "one.tar"


def _members(archive: Path) -> list[Member]:
    with tarfile.open(archive) as read:
        found: list[Member] = []
        for member in read:
            file = read.extractfile(member)
            found.append((member, file.read() if file else None))
    return found


def _written(path: Path, members: list[Member]) -> Path:
    with tarfile.open(path, mode="w") as out:
        for member, held in members:
            out.addfile(member, None if held is None else io.BytesIO(held))
    return path


def _file(name: str, held: bytes = b"x") -> Member:
    member = tarfile.TarInfo(name)
    member.size = len(held)
    return member, held


def _special(name: str, kind: bytes, target: str = "") -> Member:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member, None


def test_a_release_comes_back_as_it_was(archive: Path, tmp_path: Path) -> None:
    source = released(archive.parent / "release")[0]
    root = tmp_path / "elsewhere"
    found, notes = restore(root, archive)
    assert (found.release_id, notes) == (source.release_id, [])
    assert complaints(found) == []
    assert contents(found.folder) == contents(source.folder)
    assert {path.stat().st_mode & 0o777 for path in found.folder.rglob("*.parquet")} == {0o444}
    assert current_id(root) is None
    assert roll_back(root, found.release_id)[0].release_id == found.release_id


def test_an_archive_repeats_byte_for_byte(archive: Path, tmp_path: Path) -> None:
    root = archive.parent / "release"
    export(root, released(root)[0].release_id, tmp_path / "again.tar")
    assert (tmp_path / "again.tar").read_bytes() == archive.read_bytes()


def test_a_restored_release_outlives_the_next_publish(archive: Path, tmp_path: Path) -> None:
    root = tmp_path / "release"
    for run in ("a", "b", "c"):
        tiny(root, run)
    old = restore(root, archive)[0].release_id
    assert current_id(root) == released(root)[-1].release_id != old
    assert pinned(root)[old]["reason"] == "restored from one.tar"
    tiny(root, "d")
    assert old in {found.release_id for found in released(root)}


def test_the_sequence_goes_on_from_a_restored_release(archive: Path, tmp_path: Path) -> None:
    members = _members(archive)
    manifest = next(held for member, held in members if member.name.endswith("manifest.json"))
    sequence = json.loads(manifest or b"")["sequence"]
    root = tmp_path / "release"
    restore(root, archive)
    assert tiny(root, "next").release.sequence == sequence + 1


def test_nothing_is_overwritten(archive: Path, tmp_path: Path) -> None:
    root = tmp_path / "release"
    name = restore(root, archive)[0].release_id
    before = contents(root)
    with pytest.raises(ReleaseError, match=f"{name}: is there already, and is not overwritten"):
        restore(root, archive)
    assert contents(root) == before
    file = tmp_path / "a.tar"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"a\.tar: is there already, and is not overwritten"):
        export(root, name, file)
    assert file.read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar", "release"]


ID = "000001-0a1b2c3d"


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([_file("../evil")], "is in no folder named as a release"),
        ([_file("/etc/evil")], "is in no folder named as a release"),
        ([_file(f"{ID}/../../evil")], "has a path that no file of a release has"),
        ([_file(f"{ID}/marts/../evil")], "has a path that no file of a release has"),
        ([_file(f"{ID}//evil")], "has a path that no file of a release has"),
        ([_file(f"{ID}/a/b/c/d/e")], "has a path that no file of a release has"),
        ([_file(f"{ID}/.publisher")], "has a path that no file of a release has"),
        ([_file(f"{ID}/back\\slash")], "has a path that no file of a release has"),
        ([_file(f"{ID}/li\nne")], "has a path that no file of a release has"),
        ([_file(ID)], "has a path that no file of a release has"),
        ([_file(f"{ID}/a"), _file("000002-0a1b2c3d/a")], "is not of 000001-0a1b2c3d"),
        ([_file(f"{ID}/a"), _file(f"{ID}/a")], "is there twice"),
        ([_file("9999999999-0a1b2c3d/a")], "is in no folder named as a release"),
        ([_special(f"{ID}/a", tarfile.SYMTYPE, "/etc/passwd")], "is no plain file"),
        ([_special(f"{ID}/a", tarfile.LNKTYPE, "/etc/passwd")], "is no plain file"),
        ([_special(f"{ID}/marts", tarfile.DIRTYPE)], "is no plain file"),
        ([_special(f"{ID}/a", tarfile.CHRTYPE)], "is no plain file"),
        ([_special(f"{ID}/a", tarfile.FIFOTYPE)], "is no plain file"),
        ([_special(f"{ID}/a", tarfile.GNUTYPE_SPARSE)], "is no plain file"),
        ([_file(f"{ID}/a")], "has no manifest.json"),
        ([], "has no manifest.json"),
        ([_file(f"{ID}/manifest.json")], "no list of checksums"),
        (
            [_file(f"{ID}/manifest.json"), _file(f"{ID}/marts"), _file(f"{ID}/marts/a")],
            "nothing is restored",
        ),
    ],
)
def test_a_hostile_archive_changes_nothing(
    tmp_path: Path, members: list[Member], said: str
) -> None:
    root = tmp_path / "release"
    tiny(root, "one")
    file = _written(tmp_path / "hostile.tar", members)
    before = contents(tmp_path)
    with pytest.raises(ReleaseError, match=r"hostile\.tar|marts") as refused:
        restore(root, file)
    assert said in str(refused.value)
    assert contents(tmp_path) == before


def test_damage_on_the_way_is_found(archive: Path, tmp_path: Path) -> None:
    root = tmp_path / "release"
    tiny(root, "another")
    before = contents(root)
    whole, members = archive.read_bytes(), _members(archive)
    renamed = [(tarfile.TarInfo(m.name.replace("000001-", "000007-")), held) for m, held in members]
    for member, held in renamed:
        member.size = len(held or b"")
    top = members[0][0].name.split("/")[0]
    half = tmp_path / "half.tar"
    half.write_bytes(whole[: len(whole) // 2])
    flipped = tmp_path / "flipped.tar"
    at = whole.index(b"PAR1") + 40
    flipped.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    text = tmp_path / "text.tar"
    text.write_text("no archive", encoding="utf-8")
    for file, said in (
        (half, "half.tar"),
        (flipped, "has changed since it was published"),
        (text, "is no archive of a release"),
        (_written(tmp_path / "lacks.tar", members[:-1]), "is missing"),
        (_written(tmp_path / "more.tar", [*members, _file(f"{top}/z")]), "is not part of"),
        (_written(tmp_path / "renamed.tar", renamed), "is the manifest of 000001-"),
        (tmp_path / "none.tar", "No such file"),
        (tmp_path, "Is a directory"),
    ):  # fmt: skip
        with pytest.raises(ReleaseError, match=said):
            restore(root, file)
        assert contents(root) == before


def test_a_damaged_release_is_not_exported(tmp_path: Path) -> None:
    published = tiny(tmp_path / "release", "one").release
    path = published.folder / "marts" / "m.parquet"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(ReleaseError, match="is damaged"):
        export(tmp_path / "release", "current", tmp_path / "a.tar")
    assert not (tmp_path / "a.tar").exists()


@pytest.mark.slow(reason="killed at every call")
def test_killed_at_any_call_a_restore_leaves_all_or_nothing(archive: Path, tmp_path: Path) -> None:
    template = tmp_path / "template"
    tiny(template, "another")
    first = current_id(template)
    there = []
    for at in itertools.count(1):
        root = tmp_path / str(at)
        shutil.copytree(template, root, symlinks=True)
        if not killed(lambda: restore(root, archive), at):  # noqa: B023
            break
        assert current_id(root) == first
        assert all(complaints(found) == [] for found in released(root)), at
        there.append(len(released(root)) == 2)
        tiny(root, "next")
        names = {path.name for path in root.iterdir()} - {LOCK, "current", "pins.json"}
        names -= {".pins.json.draft"}
        assert names == {found.release_id for found in released(root)}, at
        # One that is there whole was pinned before.
        assert sum(found.release_id in pinned(root) for found in released(root)) == there[-1]
        shutil.rmtree(root)
    assert there == sorted(there)
    assert len(there) > 10


def test_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root, file = tmp_path / "release", tmp_path / "one.tar"
    name = tiny(root, "one").release.release_id
    where = ["--release-path", str(root)]
    assert main(["releases", "export", "current", str(file), *where, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "exported": name,
        "file": str(file),
        "bytes": file.stat().st_size,
    }
    other = ["--release-path", str(tmp_path / "other")]
    assert main(["releases", "restore", str(file), *other]) == 0
    assert capsys.readouterr().out == f"restored {name}, which is pinned\n"
    assert main(["releases", "restore", str(file), *other]) == 3
    assert "is not overwritten" in capsys.readouterr().err
    assert find(tmp_path / "other", name).sequence == 1
