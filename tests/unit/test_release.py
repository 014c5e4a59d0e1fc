"""Publishing: what a release holds, how many stay, and what orders them."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import duckdb
import pytest
from tests.releases import KEYS, contents, marts, release

from trade_potential.errors import ReleaseError
from trade_potential.release import (
    complaints,
    current_id,
    manifest,
    publish,
    released,
    roll_back,
    verify_all,
)
from trade_potential.sql.render import quoted

AWKWARD = 're\'lease "of" [all] * marts; --'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / AWKWARD


def _ids(root: Path) -> list[str]:
    return [found.release_id for found in released(root)]


def test_release_holds_every_mart_twice_and_says_so(root: Path) -> None:
    published = release(root, "run-1").release
    folder = root / "current"
    assert folder.readlink() == Path(published.release_id)
    said = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (said["release_id"], said["sequence"]) == (published.release_id, 1)
    assert said["run_id"] == "run-1"
    assert said["gate"] == {
        "status": "passed",
        "expectations": {
            "error": {"passed": 1, "failed": 0},
            "warning": {"passed": 0, "failed": 1},
        },
    }
    assert said["audit"] == {"status": "passed", "results": {"agrees": 1}}
    assert said["marts"].keys() == KEYS.keys()
    for mart, held in said["marts"].items():
        assert held["key"] == KEYS[mart]
        assert held["file"] == f"marts/{mart}.parquet"
        assert held["bytes"] == (folder / held["file"]).stat().st_size
        relation = marts()[mart]
        assert held["rows"] == len(relation)
        assert [column["name"] for column in held["columns"]] == relation.columns
        with duckdb.connect(folder / "trade_potential.duckdb", read_only=True) as database:
            # repr, so that NaN equals itself
            rows = database.execute(f"select * from main.{quoted(mart)}").fetchall()  # noqa: S608
            assert sorted(map(repr, rows)) == sorted(map(repr, relation.fetchall()))


def test_rows_are_in_the_order_of_the_key_and_files_repeat(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (release(root, f"run-{k}").release for k in (1, 2))
    files = [
        {name: held["sha256"] for name, held in one.manifest()["files"].items() if "marts" in name}
        for one in (first, second)
    ]
    assert files[0] == files[1]
    shutil.copy(first.folder / "marts" / "fct_trade_potential.parquet", root / "copy.parquet")
    monkeypatch.chdir(root)
    rows = duckdb.sql("select partner, year from 'copy.parquet'").fetchall()
    assert rows == [("KAZ", 2013), ("KAZ", 2014), ("UZB", 2013), (None, 2013)]


def test_files_do_not_hang_on_the_number_of_threads(tmp_path: Path) -> None:
    rows = "select hash(i) % 1000 as a, i as b, i / 7 as x from range(250000) as t(i)"
    digests = set()
    for threads in (1, 4):
        with duckdb.connect(config={"threads": threads}) as session:
            session.execute(f"create table m as {rows}")
            said = publish(
                tmp_path,
                {"m": session.table("m")},
                session=session,
                keys={"m": ["a", "b"]},
                run_id=str(threads),
                about={},
            ).release.manifest()
        digests.add(said["marts"]["m"]["sha256"])
    # Two row groups: DuckDB writes them side by side where it has threads.
    assert len(digests) == 1


def test_sha256sum_checks_a_release(root: Path) -> None:
    folder = release(root, "run").release.folder
    if shutil.which("sha256sum") is None:
        pytest.skip("no sha256sum on this machine")
    said = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, check=False
    )
    assert said.returncode == 0


def test_files_are_read_only(root: Path) -> None:
    folder = release(root, "run").release.folder
    for path in [folder, *folder.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o555 if path.is_dir() else 0o444)


def test_the_database_opens_in_old_engines(root: Path) -> None:
    path = release(root, "run").release.folder / "trade_potential.duckdb"
    # Bytes 12 to 19 of a DuckDB file are its storage version; DuckDB 1.1 reads up to 64.
    assert int.from_bytes(path.read_bytes()[12:20], "little") <= 64


def test_newest_are_kept_and_what_a_reader_may_have_resolved(root: Path) -> None:
    for k in range(1, 5):
        release(root, f"run-{k}")
    first, _, third, fourth = _ids(root)
    roll_back(root, first)
    published = release(root, "run-5", kept=2)
    fifth = published.release.release_id
    # 1 was current until now: a reader may be about to open it.
    assert _ids(root) == [first, fourth, fifth]
    assert any(third in note for note in published.notes)
    sixth = release(root, "run-6", kept=1).release.release_id
    assert _ids(root) == [fifth, sixth]
    assert not any(verify_all(root).values())


def test_open_files_outlive_their_release(root: Path) -> None:
    release(root, "run-1")
    path = root / "current" / "trade_potential.duckdb"
    with duckdb.connect(path.resolve(), read_only=True) as reader:
        for k in (2, 3):
            release(root, f"run-{k}", kept=1)
        assert reader.execute("select count(*) from fct_trade_potential").fetchone() == (4,)


@pytest.mark.parametrize("kept", [0, -1])
def test_less_than_one_kept_is_refused(root: Path, kept: int) -> None:
    with pytest.raises(ReleaseError, match="releases_kept"):
        release(root, "run", kept=kept)


def test_a_clock_that_goes_backwards_does_no_harm(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(root, "run-1")

    class Past(manifest.datetime):
        @classmethod
        def now(cls, tz: object = None) -> manifest.datetime:  # noqa: ARG003
            return cls(1999, 12, 31, tzinfo=manifest.UTC)

    monkeypatch.setattr(manifest, "datetime", Past)
    second = release(root, "run-2", kept=1).release
    os.utime(second.folder, (0, 0))
    third = release(root, "run-3", kept=2).release
    assert second.manifest()["published_at"].startswith("1999")
    assert [found.sequence for found in released(root)] == [2, 3]
    assert current_id(root) == third.release_id
    assert roll_back(root)[0].release_id == second.release_id


def test_rollback_moves_the_link_only_to_what_is_whole(root: Path) -> None:
    old, new = (release(root, f"run-{k}").release for k in (1, 2))
    assert roll_back(root)[0] == old
    assert current_id(root) == old.release_id
    with pytest.raises(ReleaseError, match="older"):
        roll_back(root)
    assert roll_back(root, new.release_id)[0] == new
    damaged = old.folder / "manifest.json"
    damaged.chmod(0o644)
    damaged.write_bytes(damaged.read_bytes().replace(b"KAZ", b"KAX") + b" ")
    with pytest.raises(ReleaseError, match=r"manifest\.json: has changed"):
        roll_back(root)
    assert current_id(root) == new.release_id
    assert release(root, "run-3").release.sequence == 3


@pytest.mark.parametrize("part", ["marts/fct_trade_potential.parquet", "trade_potential.duckdb"])
def test_a_flipped_byte_is_found(root: Path, part: str) -> None:
    good, bad = (release(root, f"run-{k}", k=k).release for k in (1.0, 2.0))
    path = bad.folder / part
    path.chmod(0o644)
    held = bytearray(path.read_bytes())
    held[len(held) // 2] ^= 1
    path.write_bytes(held)
    path.chmod(0o444)
    found = verify_all(root)
    assert found[good.release_id] == found["current"] == []
    assert found[bad.release_id] == [f"{path}: has changed since it was published (checksum)"]


def test_missing_and_foreign_files_are_found(root: Path) -> None:
    only = release(root, "run").release
    for folder in (only.folder, only.folder / "marts"):
        folder.chmod(0o755)
    (only.folder / "marts" / "fct_audit_results.parquet").unlink()
    (only.folder / "notes.txt").touch()
    missing, foreign, *writable = complaints(only)
    assert missing.endswith("fct_audit_results.parquet: is missing")
    assert foreign.endswith("notes.txt: is not part of the release")
    assert [said.split(": ")[1] for said in writable] == [
        "can be written to (mode 0755), and was read-only"
    ] * 2
    (root / "current").unlink()
    assert "is missing" in verify_all(root)["current"][0]
    (root / "current").symlink_to("000099-00000000")
    assert "which is gone" in verify_all(root)["current"][0]
    (root / "current").unlink()
    (root / "current").symlink_to("/etc")
    assert "no release beside it" in verify_all(root)["current"][0]


def _refused(root: Path, rows: str, key: list[str], mart: str = "m") -> str:
    release(root, "good")
    before = contents(root)
    with pytest.raises(ReleaseError) as error:
        publish(
            root,
            {mart: duckdb.sql(rows)},
            session=duckdb.default_connection(),
            keys={mart: key},
            run_id="bad",
            about={},
        )
    assert contents(root) == before
    return str(error.value)


def test_a_folder_that_duckdb_cannot_open_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"path has a \?"):
        release(tmp_path / "what?", "run")
    assert list(tmp_path.iterdir()) == []


def test_marts_that_break_their_word_are_refused(root: Path) -> None:
    assert "share the key" in _refused(root, "select 1 as a from range(2)", ["a"])
    assert "no key" in _refused(root, "select 1 as a", ["b"])
    assert "no key" in _refused(root, "select 1 as a", [])
    assert "no name of a file" in _refused(root, "select 1 as a", ["a"], "../m")
    assert "Parquet has the types" in _refused(root, "select 1::hugeint as a", ["a"])
