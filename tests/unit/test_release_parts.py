"""Large marts: parted by year, and shared by the releases that have them unchanged."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from tests.releases import contents
from tests.unit.test_release_killed import interrupted, killed

from trade_potential.errors import ReleaseError
from trade_potential.release import Published, compare, complaints, publish, released, share
from trade_potential.release.front import Release
from trade_potential.release.layout import find
from trade_potential.release.pair import Pairs

ANSWER = "rpt_answer"
KEYS = {ANSWER: ["reporter", "year"], "dim_study": ["study_id"]}
DATABASE = "trade_potential.duckdb"


def answers(
    root: Path,
    run: str,
    *,
    moved: float = 0,
    study: str = "world",
    years: tuple[int, ...] = (2019, 2017, 2018),
    **more: Any,
) -> Published:
    """Publish a mart of some years, figures of the last one moved, and a small one."""
    session = duckdb.connect()
    session.execute(
        "create table answers as select chr(cast(90 - i as int)) as reporter, y as year, "
        "i + case when y = 2019 then ?::double else 0.5 end as k_ratio "
        "from range(9) as t(i), (select unnest(?) as y)",
        [moved, list(years)],
    )
    session.execute("create table studies as select ? as study_id", [study])
    return publish(
        root,
        {ANSWER: session.table("answers"), "dim_study": session.table("studies")},
        session=session,
        keys=KEYS,
        parts={ANSWER: "year"},
        run_id=run,
        about={},
        **more,
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "re'lease [of] marts"


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of any size are shared."""
    monkeypatch.setattr(share, "SHARED_BYTES", 0)


def test_a_part_is_a_file_of_its_own_with_all_columns(root: Path) -> None:
    folder = answers(root, "one").release.folder
    parts = sorted((folder / "marts" / ANSWER).iterdir())
    assert [path.name for path in parts] == ["2017.parquet", "2018.parquet", "2019.parquet"]
    newest = pd.read_parquet(parts[-1])
    assert list(newest["reporter"]) == sorted(newest["reporter"])
    assert set(newest["year"]) == {2019}
    # All parts at once, by the pattern of the manifest and as the folder that other readers take.
    said = Release.current(root).manifest["marts"][ANSWER]
    assert said["file"] == f"marts/{ANSWER}/*.parquet"
    assert said["bytes"] == sum(path.stat().st_size for path in parts)
    assert said["rows"] == 27
    whole = Release.current(root).to_pandas(ANSWER)
    pd.testing.assert_frame_equal(whole, pd.read_parquet(parts[0].parent), check_dtype=False)
    assert complaints(find(root, "current")) == []


def test_damage_to_a_part_is_found(root: Path) -> None:
    release = answers(root, "one").release
    part = release.folder / "marts" / ANSWER / "2018.parquet"
    part.chmod(0o644)
    part.write_bytes(part.read_bytes()[:-1] + b"?")
    part.chmod(0o444)
    assert complaints(release) == [f"{part}: has changed since it was published (checksum)"]
    part.parent.chmod(0o755)
    part.unlink()
    part.parent.chmod(0o555)
    assert complaints(release) == [f"{part}: is missing"]


def test_a_mart_without_rows_is_one_file(root: Path) -> None:
    session = duckdb.connect()
    empty = {ANSWER: session.sql("select 1 as year limit 0")}
    settings: dict[str, Any] = {"keys": {ANSWER: ["year"]}, "parts": {ANSWER: "year"}}
    release = publish(root, empty, session=session, run_id="one", about={}, **settings).release
    assert release.manifest()["marts"][ANSWER]["file"] == f"marts/{ANSWER}.parquet"
    assert complaints(release) == []


@pytest.mark.parametrize(
    ("rows", "column", "said"),
    [
        ("select 1 as a", "year", "is parted by year, which is none of its columns"),
        ("select 1 as a, 2019.5 as year", "year", "must hold whole numbers only"),
        ("select 1 as a, '../2019' as year", "year", "must hold whole numbers only"),
        ("select a, null::int as year from range(2) as t(a)", "year", "must hold whole numbers"),
    ],
)
def test_parts_that_cannot_be_had_are_refused(
    root: Path, rows: str, column: str, said: str
) -> None:
    answers(root, "one")
    before = contents(root)
    session = duckdb.connect()
    settings: dict[str, Any] = {"keys": {"m": ["a"]}, "parts": {"m": column}}
    with pytest.raises(ReleaseError, match=f"m: .*{said}"):
        publish(root, {"m": session.sql(rows)}, session=session, run_id="two", about={}, **settings)
    assert contents(root) == before


def _same_file(one: Published, other: Published, name: str) -> bool:
    return (one.release.folder / name).samefile(other.release.folder / name)


def test_only_what_has_changed_takes_room(root: Path, shared: None) -> None:  # noqa: ARG001
    first, second, third = (
        answers(root, run, moved=moved, kept=2) for run, moved in (("a", 0), ("b", 1), ("c", 1))
    )
    parts = [f"marts/{ANSWER}/{year}.parquet" for year in (2017, 2018, 2019)]
    assert [found.sequence for found in released(root)] == [2, 3]
    assert not first.release.folder.exists()
    assert [_same_file(second, third, name) for name in (*parts, DATABASE)] == [True] * 4
    fourth = answers(root, "d", moved=2)
    assert [_same_file(third, fourth, name) for name in parts] == [True, True, False]
    assert _same_file(third, fourth, "marts/dim_study.parquet")
    assert not _same_file(third, fourth, DATABASE)
    fifth = answers(root, "e", moved=2, study="another")
    assert [_same_file(fourth, fifth, name) for name in parts] == [True] * 3
    assert not _same_file(fourth, fifth, DATABASE)
    for published in (third, fourth, fifth):
        assert complaints(published.release) == []
    assert Release.current(root).to_pandas("dim_study")["study_id"].tolist() == ["another"]


def test_rows_that_differ_are_read_of_the_parts_that_differ(root: Path) -> None:
    first, second = (answers(root, run, moved=moved) for run, moved in (("a", 0), ("b", 1)))
    found = compare(first.release, second.release)
    counted = {name: n for name, n in found["marts"][ANSWER].items() if name.startswith("rows")}
    assert counted == {
        "rows_before": 27,
        "rows_after": 27,
        "rows_added": 0,
        "rows_removed": 0,
        "rows_changed": 9,
        "rows_noise": 0,
    }
    assert [figure["key"]["year"] for figure in found["figures"]] == [2019]
    third = answers(root, "c", moved=1, years=(2017, 2019))
    found = compare(second.release, third.release)["marts"][ANSWER]
    assert (found["status"], found["rows_removed"], found["rows_changed"]) == ("changed", 9, 0)
    pair = Pairs(duckdb.connect(), second.release, third.release)[ANSWER]
    for side, rows in pair.sides.items():  # nothing but the part that one of them has not
        read = duckdb.sql(f"select distinct year from {rows}").fetchall()  # noqa: S608
        assert read == ([(2018,)] if side == "old" else [])


def test_small_files_stay_copies(root: Path) -> None:
    first, second = (answers(root, run) for run in ("a", "b"))
    assert not _same_file(first, second, f"marts/{ANSWER}/2017.parquet")


def test_damage_does_not_spread(root: Path, shared: None) -> None:  # noqa: ARG001
    first = answers(root, "one")
    for name in (f"marts/{ANSWER}/2017.parquet", DATABASE):
        path = first.release.folder / name
        path.chmod(0o644)
        held = bytearray(path.read_bytes())
        held[len(held) // 2] ^= 1
        path.write_bytes(held)
    second = answers(root, "two")
    assert complaints(second.release) == []
    assert not _same_file(first, second, f"marts/{ANSWER}/2017.parquet")
    assert not _same_file(first, second, DATABASE)
    assert _same_file(first, second, f"marts/{ANSWER}/2018.parquet")


@pytest.mark.parametrize("code", [errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP])
def test_where_there_are_no_links_files_are_copies(
    root: Path,
    shared: None,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
    code: int,
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(code, os.strerror(code))

    first = answers(root, "one")
    monkeypatch.setattr(os, "link", refuse)
    second = answers(root, "two")
    assert complaints(second.release) == []
    assert not _same_file(first, second, DATABASE)


def test_killed_while_files_are_linked(root: Path, shared: None) -> None:  # noqa: ARG001
    one_year: dict[str, Any] = {"years": (2019,), "kept": 1}
    answers(root, "first", **one_year)
    template, tried = root.with_name("template"), root.with_name("tried")
    root.rename(template)
    shutil.copytree(template, tried, symlinks=True)
    with interrupted(0, lambda: None) as calls:
        answers(tried, "second", **one_year)
    linked = [at for at, name in enumerate(calls, start=1) if name == "link"]
    assert len(linked) == 3  # two files of marts, and the database
    left = 0
    for at in range(linked[0], linked[-1] + 3):
        shutil.copytree(template, root, symlinks=True)
        assert killed(lambda: answers(root, "killed", **one_year), at)
        left += len(list(root.glob(".staging-*/**/*.link")))
        assert complaints(find(root, "current")) == [], at
        answers(root, "next", **one_year)
        assert not list(root.glob(".*-*")), at
        assert [complaints(found) for found in released(root)] == [[], []], at
        shutil.rmtree(root)
    assert left == len(linked)  # killed between the link and its new name


def test_a_link_that_fails_leaves_no_trace(root: Path, shared: None) -> None:  # noqa: ARG001
    def fail() -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    answers(root, "first", kept=1)
    with interrupted(1, lambda: None) as calls:
        answers(root, "second", kept=1)
    at = 1 + calls.index("link")
    for step in (at, at + 1):  # the link itself, and its new name
        with interrupted(step, fail):
            answers(root, f"run-{step}", kept=1)
        assert complaints(find(root, "current")) == []
        assert not list(root.glob("**/*.link"))
