"""Two hundred damaged folders: every command names what is wrong, ends, and loses nothing else."""

from __future__ import annotations

import fcntl
import json
import os
import random
import shutil
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.releases import release

from trade_potential.cli import main
from trade_potential.errors import ReleaseError
from trade_potential.release import complaints, current_id, disk, released, verify
from trade_potential.release.layout import LOCK, MANIFEST, SUMS, ReleaseFolder, find
from trade_potential.release.verify import verify_all

Damage = Callable[[Path, random.Random], None]
DAMAGES: dict[str, Damage] = {}
ROUNDS = 10
DEPTH = 100_000


def damage(act: Damage) -> Damage:
    DAMAGES[act.__name__] = act
    return act


def some_file(folder: Path, chance: random.Random) -> Path:
    return chance.choice(sorted(path for path in folder.rglob("*") if path.is_file()))


def rewrite(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)
    path.chmod(0o444)


def change_manifest(folder: Path, change: Callable[[dict[str, object]], object]) -> None:
    said = json.loads((folder / MANIFEST).read_bytes())
    rewrite(folder / MANIFEST, json.dumps(change(said) or said).encode())


@damage
def a_byte_is_flipped(folder: Path, chance: random.Random) -> None:
    path = some_file(folder, chance)
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    rewrite(path, bytes(content))


@damage
def a_file_ends_early(folder: Path, chance: random.Random) -> None:
    path = some_file(folder, chance)
    content = path.read_bytes()
    rewrite(path, content[: chance.randrange(len(content))])


@damage
def a_file_is_missing(folder: Path, chance: random.Random) -> None:
    some_file(folder, chance).unlink()


@damage
def a_file_is_doubled(folder: Path, chance: random.Random) -> None:
    path = some_file(folder, chance)
    shutil.copy(path, path.with_name(f"{path.name} (copy)"))


@damage
def a_file_is_a_link_to_a_copy_outside(folder: Path, chance: random.Random) -> None:
    path = some_file(folder, chance)
    outside = folder.parent.parent / f"outside-{path.name}"
    shutil.copy(path, outside)
    path.unlink()
    path.symlink_to(outside)


@damage
def a_file_is_a_link_to_nothing(folder: Path, chance: random.Random) -> None:
    path = some_file(folder, chance)
    path.unlink()
    path.symlink_to("nothing")


@damage
def a_file_is_a_link_to_itself(folder: Path, chance: random.Random) -> None:
    path = some_file(folder, chance)
    path.unlink()
    path.symlink_to(path.name)


@damage
def a_file_is_a_pipe(folder: Path, chance: random.Random) -> None:
    path = some_file(folder, chance)
    path.unlink()
    os.mkfifo(path)


@damage
def a_file_is_a_socket(folder: Path, chance: random.Random) -> None:
    path = some_file(folder, chance)
    path.unlink()
    with socket.socket(socket.AF_UNIX) as bound:
        here = Path.cwd()
        os.chdir(path.parent)  # the path of a socket is short
        try:
            bound.bind(path.name)
        finally:
            os.chdir(here)


@damage
def a_file_is_a_folder(folder: Path, chance: random.Random) -> None:
    path = some_file(folder, chance)
    path.unlink()
    path.mkdir()


@damage
def a_file_can_be_written(folder: Path, chance: random.Random) -> None:
    some_file(folder, chance).chmod(chance.choice([0o644, 0o666, 0o464, 0o777]))


@damage
def a_folder_can_be_written(folder: Path, chance: random.Random) -> None:
    chance.choice([folder, folder / "marts"]).chmod(chance.choice([0o777, 0o775, 0o1777]))


@damage
def a_folder_is_added(folder: Path, chance: random.Random) -> None:
    (chance.choice([folder, folder / "marts"]) / "new folder").mkdir()


@damage
def a_pipe_is_added(folder: Path, _: random.Random) -> None:
    os.mkfifo(folder / "pipe")


@damage
def the_folder_of_marts_is_a_link(folder: Path, _: random.Random) -> None:
    moved = folder.parent.parent / "moved"
    (folder / "marts").rename(moved)
    (folder / "marts").symlink_to(moved)


@damage
def the_manifest_lacks_a_key(folder: Path, chance: random.Random) -> None:
    def lack(said: dict[str, object]) -> None:
        del said[chance.choice(sorted(said))]

    change_manifest(folder, lack)


@damage
def a_mart_of_the_manifest_lacks_a_key(folder: Path, chance: random.Random) -> None:
    def lack(said: dict[str, object]) -> None:
        of = said[chance.choice(["marts", "files"])]
        assert isinstance(of, dict)
        held = of[chance.choice(sorted(of))]
        del held[chance.choice(sorted(held))]

    change_manifest(folder, lack)


@damage
def a_value_of_the_manifest_is_another(folder: Path, chance: random.Random) -> None:
    wrong = [None, [], {}, 7, "x", True, 1e400, [[]], {"a": {}}]

    def replace(said: dict[str, object]) -> None:
        said[chance.choice(sorted(said))] = chance.choice(wrong)

    change_manifest(folder, replace)


@damage
def the_manifest_is_no_object(folder: Path, chance: random.Random) -> None:
    kinds = [b"", b"[]", b"null", b"7", b"\xff\xfe", b"{", b'"x"', b"\x00" * 64]
    rewrite(folder / MANIFEST, chance.choice(kinds))


@damage
def json_is_deeply_nested(folder: Path, chance: random.Random) -> None:
    name = chance.choice([MANIFEST, *(p.name for p in folder.glob("*.json"))])
    rewrite(folder / name, b"[" * DEPTH + b"]" * DEPTH)


@damage
def the_list_of_checksums_is_odd(folder: Path, chance: random.Random) -> None:
    kinds = [b"", b"x", b"\xff\xfe\n", b"0  ../../etc/passwd\n", b"0  \n", b"0  /dev/zero\n"]
    rewrite(folder / SUMS, chance.choice(kinds))


def named(report: dict[str, list[str]], name: str) -> str:
    return "; ".join(report.get(name, [])) + "; ".join(report["current"])


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("three") / "release"
    for run in ("first", "second", "third"):
        release(root, run)
    return root


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (stat.S_IMODE(path.lstat().st_mode), path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def quiet(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["releases", *arguments])
    told = capsys.readouterr()
    return code, told.out + told.err


@pytest.mark.slow(reason="two hundred folders")
@pytest.mark.parametrize("which", ["current", "older"])
@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_release_is_named_and_nothing_else_is_lost(
    template: Path, tmp_path: Path, kind: str, which: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in range(ROUNDS // 2):
        root = tmp_path / str(seed) / "release"
        shutil.copytree(template, root, symlinks=True)
        first, second, third = released(root)
        hit = third if which == "current" else second
        whole = [of for of in (first, second, third) if of is not hit]
        kept = {of.release_id: snapshot(of.folder) for of in whole}
        for folder in (hit.folder, hit.folder / "marts"):
            folder.chmod(0o755)
        DAMAGES[kind](hit.folder, random.Random(f"{kind} {seed}"))  # noqa: S311 (which damage)
        for folder in (hit.folder, hit.folder / "marts"):
            if not folder.is_symlink() and stat.S_IMODE(folder.stat().st_mode) == 0o755:
                folder.chmod(0o555)
        _every_command_answers(root, hit, whole, capsys)
        for of in whole:
            assert snapshot(of.folder) == kept[of.release_id]
            assert complaints(of) == []


def _every_command_answers(
    root: Path, hit: ReleaseFolder, whole: list[ReleaseFolder], capsys: pytest.CaptureFixture[str]
) -> None:
    path = ("--release-path", str(root))
    assert str(hit.folder) in named(verify_all(root), hit.release_id)
    code, text = quiet(capsys, "verify", *path)
    assert code != 0
    assert hit.release_id in text
    code, text = quiet(capsys, "list", *path, "--format", "json")
    assert code == 0
    assert {hit.release_id, *(of.release_id for of in whole)} <= {
        entry["release_id"] or entry["reason"].split(":")[0] for entry in json.loads(text)
    }
    for pair in ((hit, whole[0]), (whole[0], hit)):
        code, text = quiet(capsys, "diff", *(of.release_id for of in pair), *path)
        assert code == 0 or hit.release_id in text
    code, text = quiet(capsys, "rollback", hit.release_id, *path)
    assert code != 0
    assert hit.release_id in text
    assert current_id(root) != hit.release_id or hit.sequence == 3
    for more in (("status",), ("export", hit.release_id, str(root.parent / "archive.tar"))):
        quiet(capsys, *more, *path)
    assert not (root.parent / "archive.tar").exists()
    try:
        new = release(root, "next").release
    except ReleaseError as error:
        assert hit.release_id in str(error) or str(hit.folder) in str(error)  # noqa: PT017
    else:
        assert complaints(new) == []
        assert current_id(root) == new.release_id
    assert os.path.lexists(hit.folder)


def test_a_lock_that_is_removed_during_a_publish_leaves_current_whole(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "release"
    shutil.copytree(template, root, symlinks=True)
    real = disk.seal
    others: list[str] = []

    def seal(folder: Path) -> None:
        real(folder)
        if not others:
            others.append("under way")
            (root / LOCK).unlink()
            others[0] = _elsewhere(root)

    monkeypatch.setattr(disk, "seal", seal)
    with pytest.raises(ReleaseError, match=r"\.lock: was removed while this process held it"):
        release(root, "mine")
    assert current_id(root) == others[0]
    assert {name: wrong for name, wrong in verify_all(root).items() if wrong} == {}
    monkeypatch.undo()
    new = release(root, "after").release
    assert current_id(root) == new.release_id
    assert {name: wrong for name, wrong in verify_all(root).items() if wrong} == {}


def _elsewhere(root: Path) -> str:
    """Publish in another process; the id."""
    code = (
        "import sys; from pathlib import Path; from tests.releases import release; "
        "print(release(Path(sys.argv[1]), 'theirs').release.release_id)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, str(root)],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True,
    )  # fmt: skip
    return said.stdout.strip()


def test_a_waiting_process_takes_the_lock_file_that_is_there(tmp_path: Path) -> None:
    found = []

    def wait() -> None:
        with disk.locked(tmp_path, wait_seconds=60):
            found.append((tmp_path / LOCK).exists())

    with (tmp_path / LOCK).open("w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(3 * disk.POLL_SECONDS)  # it has opened the file, and not got it
        (tmp_path / LOCK).unlink()
    waiting.join()
    assert found == [True]


@pytest.mark.parametrize("said", ["{old}\n", "{old} 0\n", "{old} 4194305\n"])
def test_what_is_pending_and_older_than_a_release_stays(
    template: Path, tmp_path: Path, said: str
) -> None:
    root = tmp_path / "release"
    shutil.copytree(template, root, symlinks=True)
    old = released(root)[0]
    (root / ".pending").write_text(said.format(old=old.release_id), encoding="utf-8")
    new = release(root, "next").release
    assert [of.sequence for of in released(root)] == [1, 2, 3, new.sequence]
    assert complaints(old) == []


def test_a_process_that_publishes_without_its_lock_keeps_what_it_has_written(
    template: Path, tmp_path: Path
) -> None:
    root = tmp_path / "release"
    shutil.copytree(template, root, symlinks=True)
    newest = released(root)[-1]
    (root / "current").unlink()
    (root / "current").symlink_to(released(root)[0].release_id)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        said = f"{newest.release_id} {other.pid}\n"
        (root / ".pending").write_text(said, encoding="utf-8")
        with pytest.raises(ReleaseError, match="another process publishes"):
            release(root, "next")
        assert newest.is_proven()
        other.communicate(b"\n")
    new = release(root, "next").release
    assert current_id(root) == new.release_id


def test_what_retention_removes_meanwhile_is_not_damaged(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "release"
    shutil.copytree(template, root, symlinks=True)
    real, doomed = verify.complaints, released(root)[0]

    def slow(of: ReleaseFolder, *signers: Path | None) -> list[str]:
        if of.release_id == doomed.release_id:
            disk.discard(doomed.folder)
        return real(of, *signers)

    monkeypatch.setattr(verify, "complaints", slow)
    found = verify_all(root)
    assert [name for name, wrong in found.items() if wrong] == []
    assert doomed.release_id not in found
    with pytest.raises(ReleaseError, match=f"no release {doomed.release_id}"):
        find(root, doomed.release_id)


def test_who_alone_can_enter_the_folder_is_told(tmp_path: Path) -> None:
    old = os.umask(0o077)
    try:
        notes = release(tmp_path / "own", "first").notes
        again = release(tmp_path / "own", "second").notes
    finally:
        os.umask(old)
    assert [note for note in notes if "mode 0700" in note] == list(notes)
    assert len(notes) == 1
    assert again == ()
    assert release(tmp_path / "open", "first").notes == ()
