"""The release before is a witness of the inputs: what changed under a vintage that stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from trade_potential.quality.before import compared
from trade_potential.quality.series import COLUMNS, checksum_of, series_of
from trade_potential.release import verify_all
from trade_potential.release.publish import publish
from trade_potential.release.series import (
    Kept,
    count_changed,
    kept_series,
    notes_of,
    told_of_series,
)

RELEASE = "release 000001-0a1b2c3d of 2026-11-29"
RATES = "seeds/inputs/exchange_rates.csv"
Frames = dict[str, pd.DataFrame]
DECLARED = pd.DataFrame(
    [
        ("sources", "source_id", "source_id"),
        ("exchange_rates", "country_code, year", "country_code, year"),
        ("country_pairs", "reporter_code, partner_code", "reporter_code, partner_code"),
        (
            "observations",
            "indicator_code, country_code, year",
            "indicator_code, country_code, year, vintage_date",
        ),
    ],
    columns=["input_name", "key_columns", "row_key"],
).assign(
    place=lambda of: "seeds/inputs/" + of["input_name"] + ".csv", kind="seed", gate_max_rows=1000
)


def clean() -> Frames:
    """Two currencies, a pair, one indicator in two vintages."""
    return {
        "sources": pd.DataFrame(
            {
                "source_id": ["fx", "geo", "fx2"], "vintage": ["2025", "2011", "2025"],
                "retrieved": "a copy", "caveat": "none",
            }
        ),
        "exchange_rates": pd.DataFrame(
            {
                "country_code": ["CHN"] * 3 + ["JPN"] * 3, "currency": ["CNY"] * 3 + ["JPY"] * 3,
                "source_id": "fx", "year": [2010, 2011, 2012] * 2,
                "lcu_per_usd": [6.8, 6.5, 6.3, 87.8, 79.8, 79.8],
            }
        ),
        "country_pairs": pd.DataFrame(
            {
                "reporter_code": ["CHN"], "partner_code": ["JPN"], "source_id": ["geo"],
                "distance_km": [2098.0], "distance_capitals_km": [2103.5], "is_contiguous": [False],
            }
        ),
        "observations": pd.DataFrame(
            {
                "indicator_code": "SP.POP.TOTL", "country_code": "CHN",
                "year": [2010, 2011] * 2, "vintage_date": ["2024-01-01"] * 2 + ["2025-01-01"] * 2,
                "observed_value": [1.34e9, 1.35e9, 1.337e9, 1.345e9], "is_estimate": False,
            }
        ),
    }  # fmt: skip


def beside(frames: Frames, before: Kept) -> pd.DataFrame:
    """The series of inputs beside a release before."""
    return compared(series_of(frames, DECLARED), before, frames, DECLARED)


def beside_clean(frames: Frames) -> pd.DataFrame:
    """The same beside a release of the clean inputs."""
    return beside(frames, Kept(RELEASE, series_of(clean(), DECLARED)))


def changed(name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Frames:
    """The inputs with one of them another."""
    frames = clean()
    return frames | {name: change(frames[name])}


def of_rate(row: int, value: float) -> Frames:
    """The inputs with one exchange rate another."""
    frames = clean()
    frames["exchange_rates"].loc[row, "lcu_per_usd"] = value
    return frames


def told(found: pd.DataFrame) -> list[tuple[str, str, str]]:
    """File, series and what is said of each series that is told."""
    rows = found[found["status"].isin(["changed", "gone", "unreadable"])]
    return list(zip(rows["file"], rows["series"], rows["change"], strict=True))


def counted(found: pd.DataFrame) -> dict[str, int]:
    """Series by status."""
    return {str(status): int(n) for status, n in found["status"].value_counts().items()}


def test_a_series_has_a_checksum_that_can_be_computed_elsewhere() -> None:
    found = series_of(clean(), DECLARED).set_index(["input_name", "series"])
    china = found.loc[("exchange_rates", "CHN")]
    rows = ["CNY\x1f6.8\x1f2010", "CNY\x1f6.5\x1f2011", "CNY\x1f6.3\x1f2012"]
    halves = (hashlib.md5(row.encode(), usedforsecurity=False).digest()[8:] for row in rows)
    assert china["digest"] == sum(int.from_bytes(half, "little") for half in halves) % 2**63
    assert (china["row_count"], china["first_year"], china["last_year"]) == (3, 2010, 2012)
    assert china["largest_figure"] == pytest.approx(6.8)
    assert china["vintage_digest"] == checksum_of("2025; a copy")


def test_every_input_of_figures_has_its_series() -> None:
    found = series_of(clean(), DECLARED)
    assert list(found.columns) == list(COLUMNS)
    assert sorted(zip(found["input_name"], found["series"], strict=True)) == [
        ("country_pairs", "CHN, JPN"),
        ("exchange_rates", "CHN"),
        ("exchange_rates", "JPN"),
        ("observations", "SP.POP.TOTL, CHN, 2024-01-01"),
        ("observations", "SP.POP.TOTL, CHN, 2025-01-01"),
    ]
    pair = found.set_index("input_name").loc["country_pairs"]
    assert pd.isna(pair["first_year"])
    assert pair["largest_figure"] == pytest.approx(2103.5)


def test_the_order_of_rows_and_columns_does_not_matter() -> None:
    frames = {
        name: frame.iloc[::-1, ::-1].copy().assign(file_line=list(range(len(frame))))
        for name, frame in clean().items()
    }
    assert counted(beside_clean(frames)) == {"same": 5}


def test_one_digit_is_named_with_its_series_and_the_witness() -> None:
    found = beside_clean(of_rate(4, 79.9))
    assert told(found) == [(RATES, "JPN", "other values in 3 rows of 2010-2012")]
    assert counted(found) == {"same": 4, "changed": 1}
    assert set(found["said_by"]) == {RELEASE}


def test_another_level_is_told_by_the_largest_figure() -> None:
    ((_, _, said),) = told(beside_clean(of_rate(3, 878)))
    assert said.startswith("other values in 3 rows of 2010-2012, the largest figure 878 instead of")


def test_a_row_without_years_is_a_series() -> None:
    found = beside_clean(changed("country_pairs", lambda of: of.assign(is_contiguous=True)))
    assert told(found) == [("seeds/inputs/country_pairs.csv", "CHN, JPN", "other values in 1 row")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda of: of[of["country_code"] == "CHN"], "gone, with 3 rows of 2010-2012"),
        (lambda of: of.drop(index=4), "2 rows, where there were 3 rows of 2010-2012"),
        (lambda of: of.drop(index=5), "2 rows, where there were 3 rows of 2010-2012"),
        (
            lambda of: of.assign(year=of["year"] + (of["country_code"] == "JPN")),
            "2 rows, where there were 3 rows of 2010-2012",
        ),
        (
            lambda of: of.assign(year=of["year"] + 10 * (of["country_code"] == "JPN")),
            "0 rows, where there were 3 rows of 2010-2012",
        ),
    ],
    ids=["series", "row", "last_row", "years_shifted", "years_moved_away"],
)
def test_what_is_lost_is_told(change: Callable[[pd.DataFrame], pd.DataFrame], said: str) -> None:
    found = told(beside_clean(changed("exchange_rates", change)))
    assert [(file, key) for file, key, _ in found] == [(RATES, "JPN")]
    assert found[0][2].startswith(said)


def with_new_year(frame: pd.DataFrame) -> pd.DataFrame:
    """One more year of Japan, and a new currency."""
    new = {"country_code": ["JPN", "KOR"], "currency": ["JPY", "KRW"], "source_id": "fx"}
    return pd.concat([frame, pd.DataFrame(new | {"year": 2013, "lcu_per_usd": [97.6, 1095.0]})])


def test_new_years_and_new_series_change_nothing_that_was_there() -> None:
    found = beside_clean(changed("exchange_rates", with_new_year))
    assert counted(found) == {"same": 5, "new": 1}
    assert found["change"].isna().all()


def test_new_years_that_change_old_figures_are_told() -> None:
    frames = of_rate(4, 79.9)
    frames["exchange_rates"] = with_new_year(frames["exchange_rates"])
    assert told(beside_clean(frames)) == [(RATES, "JPN", "other values in 3 rows of 2010-2012")]


@pytest.mark.parametrize("column", ["vintage", "retrieved"])
def test_another_vintage_is_counted_and_told_by_its_size(column: str) -> None:
    frames = of_rate(3, 96.58)  # 1.1 times the largest of Japan
    frames["sources"].loc[0, column] = "2026"
    found = beside_clean(frames)
    assert counted(found) == {"same": 4, "revised": 1}
    (moved_by,) = found.loc[found["status"] == "revised", "moved_by"]
    assert moved_by == pytest.approx(1.1)


def test_what_a_source_says_besides_is_no_vintage() -> None:
    frames = of_rate(4, 79.9)
    frames["sources"]["caveat"] = "mind the gap"
    assert counted(beside_clean(frames)) == {"same": 4, "changed": 1}


def test_a_stored_vintage_of_an_indicator_never_changes() -> None:
    frames = clean()
    frames["sources"]["vintage"] = "2026"
    frames["observations"].loc[1, "observed_value"] = 1.36e9
    ((file, key, said),) = told(beside_clean(frames))
    assert (file, key) == ("seeds/inputs/observations.csv", "SP.POP.TOTL, CHN, 2024-01-01")
    assert said.startswith("other values in 2 rows of 2010-2011, the largest figure 1.36e+09")


def test_another_source_is_declared_by_the_rows() -> None:
    def other_source(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(
            source_id=frame["source_id"].where(frame["country_code"] == "CHN", "fx2")
        )

    found = beside_clean(changed("exchange_rates", other_source))
    assert counted(found) == {"same": 4, "new": 1, "withdrawn": 1}


def test_a_series_that_another_vintage_has_not_is_withdrawn() -> None:
    frames = changed("exchange_rates", lambda of: of[of["country_code"] == "CHN"])
    frames["sources"].loc[0, "vintage"] = "2026"
    assert counted(beside_clean(frames)) == {"same": 4, "withdrawn": 1}


def test_other_columns_are_declared_by_the_project() -> None:
    found = beside_clean(changed("exchange_rates", lambda of: of.assign(definition="average")))
    assert counted(found) == {"same": 3, "revised": 2}


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
