"""Builds that are killed, disks that fail, two builds at once: ``current`` stays a release."""

from __future__ import annotations

import errno
import fcntl
import itertools
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.forked import forked
from tests.releases import contents, release, tiny

from trade_potential.errors import ReleaseError
from trade_potential.release import complaints, current_id, disk, released
from trade_potential.release.layout import LOCK, find

CALLS = ("fsync", "mkdir", "chmod", "rename", "replace", "symlink", "link", "unlink", "rmdir")
"""Calls that change a directory; between two of them nothing a reader sees can change."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("one") / "release"
    tiny(root, "first")
    tiny(root, "second")  # the third publish removes the first
    return root


@contextmanager
def interrupted(at: int, act: Callable[[], None]) -> Iterator[list[str]]:
    """Do something in place of the call number ``at``, once; lists the calls."""
    seen: list[str] = []
    patch = pytest.MonkeyPatch()

    def wrapped(name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            seen.append(name)
            if len(seen) == at:
                act()
            return real(*args, **kwargs)

        return call

    for name in CALLS:
        patch.setattr(os, name, wrapped(name))
    try:
        yield seen
    finally:
        patch.undo()


def killed(publish: Callable[[], object], at: int) -> bool:
    """Publish in a process that is killed at a call; whether there was such a call."""
    child = forked()
    if child == 0:
        with interrupted(at, lambda: os.kill(os.getpid(), signal.SIGKILL)):
            publish()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _names(root: Path) -> set[str]:
    return {path.name for path in root.iterdir()} - {LOCK, "current"}


@pytest.mark.slow(reason="killed at every call")
def test_killed_at_any_call_leaves_a_release_and_the_next_build_repairs(
    template: Path, tmp_path: Path
) -> None:
    moved = []
    for at in itertools.count(1):
        root = tmp_path / str(at)
        shutil.copytree(template, root, symlinks=True)
        if not killed(lambda: tiny(root, "killed"), at):  # noqa: B023
            break
        current = find(root, "current")
        assert complaints(current) == [], at
        # A complete directory that was never current is none of the releases.
        assert {found.sequence for found in released(root)} <= {1, 2, current.sequence}, at
        moved.append(current.sequence == 3)
        tiny(root, "next")
        known = released(root)
        assert _names(root) == {found.release_id for found in known}, at
        assert current_id(root) == known[-1].release_id
        assert complaints(known[-1]) == []
        assert [found.sequence for found in known] == [current.sequence, current.sequence + 1]
        shutil.rmtree(root)
    assert moved == sorted(moved)
    assert moved.count(False) > 10
    assert moved.count(True) > 10


def test_the_next_publish_says_what_it_found(template: Path, tmp_path: Path) -> None:
    root = tmp_path / "release"
    shutil.copytree(template, root, symlinks=True)
    staging = root / ".staging-000003-00000000"
    (staging / "marts").mkdir(parents=True)
    (staging / ".publisher").symlink_to("000003-00000000 4194305")  # no process is called so
    pending = root / "000003-11111111"
    shutil.copytree(find(root, "current").folder, pending)
    said = find(root, "current").manifest() | {"release_id": pending.name, "sequence": 3}
    (pending / "manifest.json").chmod(0o644)
    (pending / "manifest.json").write_text(json.dumps(said), encoding="utf-8")
    (root / ".pending").write_text(f"{pending.name}\n", encoding="utf-8")
    assert [found.sequence for found in released(root)] == [1, 2]
    notes = release(root, "next").notes
    assert notes == (
        "removed 000003-11111111: complete, but killed before it became current",
        "removed .staging-000003-00000000: left by a process that was killed",
    )


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.slow(reason="fails at every call")
def test_failure_at_any_call_changes_nothing(template: Path, tmp_path: Path, code: int) -> None:
    def fail() -> None:
        raise OSError(code, os.strerror(code), "the disk")

    refused = []
    for at in itertools.count(1):
        root = tmp_path / str(at)
        shutil.copytree(template, root, symlinks=True)
        before = contents(root)
        said, notes = "", ()
        with interrupted(at, fail) as calls:
            try:
                notes = tiny(root, "third").notes
            except ReleaseError as error:
                said = str(error)
        if len(calls) < at:
            break
        if said:
            assert os.strerror(code) in said
            assert "nothing is published" in said
            assert contents(root) == before, (at, calls)
        else:  # after the swap the release is out, and the failure a note
            assert find(root, "current").sequence == 3
            assert at == 1 or any(os.strerror(code) in note for note in notes), (at, notes)
        assert complaints(find(root, "current")) == []
        refused.append(bool(said))
    # The first call makes the folder that is there.
    assert refused[1:] == sorted(refused[1:], reverse=True)
    assert refused.count(True) > 10


def test_interrupt_from_the_keyboard_leaves_no_staging(template: Path, tmp_path: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    root = tmp_path / "release"
    shutil.copytree(template, root, symlinks=True)
    before = contents(root)
    with interrupted(6, interrupt), pytest.raises(KeyboardInterrupt):
        tiny(root, "run")
    assert contents(root) == before


def test_full_disk_is_named_and_leaves_no_staging(tmp_path: Path) -> None:
    root = tmp_path / "release"
    release(root, "first")
    before = contents(root)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in (100, 20_000, 300_000):  # in Parquet, in the database, while it is checkpointed
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            with pytest.raises(ReleaseError, match="nothing is published"):
                release(root, "second", k=2.0)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert contents(root) == before
    assert release(root, "second", k=2.0).release.sequence == 2


def test_folder_that_cannot_be_written_is_named(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").touch()
    with pytest.raises(ReleaseError, match="a file"):
        release(tmp_path / "a file", "run")
    root = tmp_path / "release"
    shutil.copytree(template, root, symlinks=True)
    before = contents(root)
    if os.getuid() == 0:  # root may write anywhere: refuse in the place of the kernel

        def refuse(path: Any, *_: Any, **__: Any) -> None:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

        monkeypatch.setattr(os, "mkdir", refuse)
    else:
        root.chmod(0o555)
    with pytest.raises(ReleaseError, match=r"Permission denied: let this user write there"):
        release(root, "run")
    root.chmod(0o755)
    assert contents(root) == before


HOLD = (
    "import sys, time; from pathlib import Path; from trade_potential.release import disk\n"
    "with disk.locked(Path(sys.argv[1]), wait_seconds=0):\n"
    "    print('held', flush=True); time.sleep(60)\n"
)


def test_two_builds_never_publish_at_once(template: Path, tmp_path: Path) -> None:
    root = tmp_path / "release"
    shutil.copytree(template, root, symlinks=True)
    before = contents(root)
    with subprocess.Popen([sys.executable, "-c", HOLD, root], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(ReleaseError, match=r"\.lock: another process publishes"):
            release(root, "second", wait=0.2)
        assert contents(root) == before
        holder.kill()  # the kernel lets go of the lock
        assert release(root, "third", wait=20).release.sequence == 3


def test_the_lock_is_not_held_after_a_publish(template: Path) -> None:
    with (template / LOCK).open("rb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_current_that_is_no_link_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "current").mkdir()
    with pytest.raises(ReleaseError, match="no symbolic link; move it away"):
        release(tmp_path, "run")
    assert _names(tmp_path) == set()


def test_a_pending_file_names_no_other_folder(template: Path, tmp_path: Path) -> None:
    root = tmp_path / "release"
    shutil.copytree(template, root, symlinks=True)
    (tmp_path / "precious").mkdir()
    (root / ".pending").write_text("../precious\n", encoding="utf-8")
    assert disk.recover(root) == []
    assert (tmp_path / "precious").is_dir()
