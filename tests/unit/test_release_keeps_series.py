"""Series that a release keeps, as the next build reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
from tests.unit.kept_series import (
    DECLARED,
    RATES,
    RELEASE,
    Frames,
    beside,
    beside_clean,
    changed,
    clean,
    counted,
    of_rate,
    told,
)

from trade_potential.quality.series import series_of
from trade_potential.release import verify_all
from trade_potential.release.publish import publish
from trade_potential.release.series import (
    Kept,
    count_changed,
    kept_series,
    notes_of,
    told_of_series,
)


def released(root: Path, run_id: str, frames: Frames | None) -> Path:
    """Publish a mart, and the series of inputs beside it."""
    with duckdb.connect() as session:
        session.execute("create table m as select 1 as a")
        given: dict[str, Any] = {}
        if frames is not None:
            found = beside(frames, kept_series(root))  # noqa: F841 (found by its name)
            session.execute("create table s as from found")
            given["series"] = session.table("s")
        return publish(
            root, {"m": session.table("m")}, session=session, keys={"m": ["a"]}, run_id=run_id,
            about={}, **given,
        ).release.folder  # fmt: skip


def test_a_first_release_has_no_witness(tmp_path: Path) -> None:
    found = beside(clean(), kept_series(tmp_path))
    assert counted(found) == {"not compared": 5}
    assert set(found["said_by"]) == {"no release before"}
    assert told(found) == []


def test_a_release_keeps_what_the_next_build_reads(tmp_path: Path) -> None:
    folder = released(tmp_path, "run", of_rate(4, 79.9))
    assert verify_all(tmp_path) == {folder.name: [], "current": []}
    assert "input_series.parquet" in (folder / "SHA256SUMS").read_text("utf-8")
    kept = kept_series(tmp_path)
    assert counted(beside(of_rate(4, 79.9), kept)) == {"same": 5}
    today = json.loads((folder / "manifest.json").read_text("utf-8"))["published_at"][:10]
    assert kept.said_by == f"release {folder.name} of {today}"
    # What was there is no row of the next release.
    frames = changed("exchange_rates", lambda of: of[of["country_code"] == "CHN"])
    assert told(beside(frames, kept)) == [(RATES, "JPN", "gone, with 3 rows of 2010-2012")]
    released(tmp_path, "run-2", frames)
    assert counted(beside(frames, kept_series(tmp_path))) == {"same": 4}


def test_series_that_stay_are_the_same_bytes(tmp_path: Path) -> None:
    first = released(tmp_path, "run", clean()) / "input_series.parquet"
    shuffled = {name: frame.sample(frac=1, random_state=1) for name, frame in clean().items()}
    second = released(tmp_path, "run-2", shuffled) / "input_series.parquet"
    assert first.read_bytes() == second.read_bytes()


def test_a_release_that_keeps_none_is_named(tmp_path: Path) -> None:
    folder = released(tmp_path, "run", None)
    found = beside(clean(), kept_series(tmp_path))
    assert counted(found) == {"not compared": 5}
    assert set(found["said_by"]) == {f"no series in release {folder.name}"}


def test_series_of_another_form_are_no_witness() -> None:
    before = Kept(RELEASE, series_of(clean(), DECLARED).drop(columns="digest"))
    found = beside(clean(), before)
    assert counted(found) == {"not compared": 5}
    assert set(found["said_by"]) == {f"series of another form in {RELEASE}"}


def test_a_damaged_witness_is_told_and_no_traceback(tmp_path: Path) -> None:
    path = released(tmp_path, "run", clean()) / "input_series.parquet"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    found = beside(of_rate(4, 79.9), kept_series(tmp_path))
    assert counted(found) == {"not compared": 5, "unreadable": 1}
    ((_, _, said),) = told(found)
    assert said == f"{path} has changed since it was published"
    path.parent.chmod(0o755)
    path.unlink()
    ((_, _, said),) = told(beside(clean(), kept_series(tmp_path)))
    assert "input_series.parquet" in said


def test_a_link_to_no_release_is_told(tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to("elsewhere")
    ((_, _, said),) = told(beside(clean(), kept_series(tmp_path)))
    assert "points to elsewhere" in said


def manifest_entry(frames: Frames) -> dict[str, Any]:
    """What the manifest says of inputs beside the clean ones."""
    found = beside_clean(frames)  # noqa: F841 (DuckDB finds it by its name)
    with duckdb.connect() as session:
        return told_of_series(session.sql("from found"))


def test_the_manifest_counts_and_names_what_changed() -> None:
    said = manifest_entry(of_rate(4, 79.9))
    assert said["said_by"] == RELEASE
    assert said["status"] == {"changed": 1, "same": 4}
    assert said["changed"] == [
        {"file": RATES, "series": "JPN", "change": "other values in 3 rows of 2010-2012"}
    ]
    assert count_changed({"input_series": said}) == 1
    assert count_changed({}) == 0
    assert notes_of(said) == []


def test_the_log_says_how_far_another_vintage_moved() -> None:
    frames = of_rate(3, 96.58)
    frames["sources"].loc[0, "vintage"] = "2026"
    said = manifest_entry(frames)
    assert count_changed({"input_series": said}) == 0
    assert notes_of(said) == [
        f"series of another vintage than in {RELEASE}: 1 revised; their largest figures differ "
        "by 1.1 times in the median and 1.1 at most (exchange_rates: JPN)"
    ]
