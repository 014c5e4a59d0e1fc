"""The adapter behind the last node: its row, and what it refuses."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from trade_potential.release import current_id, provenance, released
from trade_potential.release.code import code_version
from trade_potential.release.node import publish_marts


def _publish(
    project: Path, say: Callable[[str], None] = lambda _: None, **plan: Any
) -> dict[str, Any]:
    """The row of a node that publishes one mart."""
    session = duckdb.connect()
    session.execute("create schema release")
    said = {
        "invocation_id": "run-1",
        "target": "duckdb",
        "project_dir": str(project),
        "release_path": "out",
        "releases_kept": 10,
        "publish_seconds": 600,
        "keys": {"dim_study": ["study_id"]},
        "parts": {},
        "texts": None,
        "target_path": None,
        "left_out": "",
        **plan,
    }
    provenance.begin(said["invocation_id"], project, {"it's": 1})
    session.execute("create table release.build_plan as select ? as plan", [json.dumps(said)])
    study = session.sql("select 's' as study_id, date '2026-11-01' as as_of_date")
    vintages = session.sql(
        "select 's' as study_id, unnest([date '2025-01-01', '2024-01-01']) as vintage_date"
    )
    marts = {"dim_study": study}
    limits = session.sql(
        "select 'all' as study_id, 'k_highest' as measure, 'all' as cause, "
        "1e3::double as limit_value, 'why' as reason"
    )
    series = session.sql(
        "select 'a' as input_name, 'b' as series, '' as source_id, 0 as vintage_digest, "
        "0 as column_digest, 1 as row_count, 2010 as first_year, 2010 as last_year, "
        "1.5 as largest_figure, 1 as digest, 'changed' as status, 'other values in 1 row' as "
        "change, 1.5 as moved_by, 'a.csv' as file, 'release x' as said_by"
    )
    row = publish_marts(
        session, marts=marts, vintages=vintages, limits=limits, series=series, say=say
    )
    session.register("row", row)
    # As dbt does it: the transaction of the build must still be usable, the row have types.
    session.execute("create table outcome as select * from row")
    (values,) = session.sql("select * from outcome").fetchall()
    return dict(zip(session.table("outcome").columns, values, strict=True))


def test_row_of_a_publish(tmp_path: Path) -> None:
    row = _publish(tmp_path)
    (only,) = released(tmp_path / "out")
    assert row == {
        "complaint": None,
        "notes": "",
        "release_id": only.release_id,
        "release_path": "out",
        "sequence": 1,
        "status": "published",
    }
    said = only.manifest()
    assert (said["run_id"], said["vars"]) == ("run-1", {"it's": 1})
    assert said["vintages"] == {
        "s": {
            "as_of_date": "2026-11-01",
            "oldest_vintage": "2024-01-01",
            "newest_vintage": "2025-01-01",
        }
    }
    assert {"python", "duckdb", "dbt-core", "trade-potential"} <= said["versions"].keys()


def test_row_of_a_run_that_is_no_whole_build(tmp_path: Path) -> None:
    row = _publish(tmp_path, left_out="dbt run runs no tests")
    assert (row["status"], row["notes"]) == ("skipped", "dbt run runs no tests")
    assert row["release_id"] is row["sequence"] is row["complaint"] is None
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("plan", "complaint"),
    [
        ({"keys": {}}, "dim_study: no key"),
        ({"releases_kept": "ten"}, "releases_kept is 'ten', not a whole number"),
        ({"releases_kept": 0}, "releases_kept is 0"),
        ({"publish_seconds": "soon"}, "publish_seconds is 'soon', not a whole number"),
        ({"release_path": "/dev/null/out"}, "/dev/null/out: Not a directory"),
    ],
)
def test_row_of_a_failure(tmp_path: Path, plan: dict[str, Any], complaint: str) -> None:
    row = _publish(tmp_path, **plan)
    assert row["status"] == "failed"
    assert row["release_id"] is row["sequence"] is None
    assert complaint in row["complaint"]
    assert not released(tmp_path / "out")


def test_code_version_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A checkout around the temporary directory is none of ours.
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert code_version(tmp_path).keys() == {"package_version"}
    monkeypatch.setenv("PATH", "")
    assert code_version(tmp_path).keys() == {"package_version"}


def test_code_version_names_the_commit_and_says_dirty(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        names = ("-c", "user.name=a", "-c", "user.email=a@b.c")
        said = subprocess.run(
            ["git", *names, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True
        )
        return said.stdout.strip()

    git("init", "--quiet")
    (tmp_path / "seed.csv").write_text("a\n", encoding="utf-8")
    git("add", ".")
    git("commit", "--quiet", "--message", "one")
    clean = {"git_commit": git("rev-parse", "HEAD"), "git_dirty": False}
    assert code_version(tmp_path) == clean
    (tmp_path / "new.csv").touch()
    assert code_version(tmp_path) == {**clean, "git_dirty": True}


@pytest.mark.parametrize(
    ("step", "told"),
    [("write_parquet", []), ("_retain", ["out/current now is {}"])],
    ids=["before the link moves", "after it has moved"],
)
def test_what_is_said_of_a_run_that_is_broken_off_is_what_the_link_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, told: list[str]
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["trade_potential.release.publish"], step, interrupt)
    said: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        _publish(tmp_path, said.append)
    current = current_id(tmp_path / "out")
    assert said == [line.format(current) for line in told]
    assert [found.release_id for found in released(tmp_path / "out")] == [current] * len(told)


def test_a_release_of_another_run_is_not_called_this_ones(tmp_path: Path) -> None:
    said: list[str] = []
    first = _publish(tmp_path, said.append)
    assert said == [f"out/current now is {first['release_id']}"]
    assert _publish(tmp_path, said.append, invocation_id="run-2", keys={})["status"] == "failed"
    assert len(said) == 1


@pytest.mark.parametrize("code", [errno.EIO, errno.EACCES])
def test_a_failure_after_the_link_has_moved_does_not_deny_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    module = sys.modules["trade_potential.release.publish"]
    real, calls = module.released, []

    def fail(root: Path) -> Any:
        calls.append(root)
        if len(calls) > 1:  # the first counts the sequence, the second looks for what is old
            raise OSError(code, os.strerror(code), "the disk")
        return real(root)

    monkeypatch.setattr(module, "released", fail)
    row = _publish(tmp_path)
    assert (row["status"], row["release_id"]) == ("published", current_id(tmp_path / "out"))
    assert "no old release was removed" in row["notes"]
