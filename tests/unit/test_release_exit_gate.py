"""The gate at the exit: what is published unseen, and what is held, by measure and cause."""

from __future__ import annotations

import csv
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.declared import rules_of
from tests.panels import ROOT
from tests.studies import ABOUT, KEYS, SPEC, Rows, changed, limits, marts, released
from tests.unit.exit_plants import (
    Plant,
    all_k_by,
    beyond_after,
    figures_too,
    in_mart,
    one_k_by,
    without,
)

from trade_potential.release import HeldError, candidates, current_id
from trade_potential.release.causes import recorded
from trade_potential.release.exit_gate import BOUNDS, WORDS, Limit, in_words
from trade_potential.release.followed import FileState
from trade_potential.release.pair import Pair
from trade_potential.release.provenance import Run, TableState


def _no_trade(rows: dict[str, Rows]) -> None:
    one_k_by(0)(rows)
    for row in rows["fct_trade_potential"]:
        if row["k_ratio"] == 0:
            row["actual_usd"] = 0.0


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (one_k_by(1.01), {("k_largest", "code"), ("row_share", "code")}),
        (one_k_by(1 + 1e-10), set()),
        (figures_too(one_k_by(1.05)), set()),
        (figures_too(one_k_by(2.5)), {("k_doubled_share", "figures")}),
        # a pair that trades has no K of 0, one that does not has no other
        (figures_too(one_k_by(0)), {("k_doubled_share", "figures"), ("k_lowest", "all")}),
        (figures_too(_no_trade), {("k_doubled_share", "figures")}),
        (figures_too(one_k_by(-1)), {("k_doubled_share", "figures"), ("k_lowest", "all")}),
        (
            figures_too(all_k_by("fct_trade_potential", 1.12)),
            {("k_tenth_share", "figures"), ("class_share", "figures")},
        ),
        (
            figures_too(all_k_by("rpt_answer", 1.12)),
            {("k_tenth_share", "figures"), ("class_share", "figures")},
        ),
        (
            in_mart("fct_gravity_coefficients", {"coefficient": 1.01}, estimator="ppml"),
            {("coefficient_largest", "code"), ("row_share", "code")},
        ),
        (
            figures_too(in_mart("fct_gravity_coefficients", {"coefficient": 1.7}, study_id="asia")),
            set(),
        ),
        (
            figures_too(in_mart("fct_gravity_coefficients", {"coefficient": 1.9}, study_id="asia")),
            {("coefficient_largest", "figures")},
        ),
        (
            figures_too(
                in_mart("fct_gravity_coefficients", {"coefficient": None}, study_id="asia")
            ),
            {("coefficient_largest", "figures")},
        ),
        (
            figures_too(
                in_mart("fct_development_index", {"development_index": 5.0}, country_iso3="P01",
                      study_id="asia")
            ),
            {("index_largest", "figures")},
        ),
        (
            figures_too(
                in_mart("fct_development_index", {"index_rank": lambda row: 41 - row["index_rank"]},
                      study_id="asia")
            ),
            {("rank_largest", "figures")},
        ),
        (
            figures_too(without("fct_trade_potential", study_id="asia", partner_iso3="P03")),
            {("gone_share", "figures")},
        ),
        (without("rpt_answer", study_id="asia"), {("gone_share", "code")}),
        (without("fct_country_year", study_id="asia", year=2020), {("gone_share", "code")}),
        (
            in_mart("dim_potential_class", {"k_upper": 0.85}, potential_class="huge"),
            set(),  # the limits moved, and no answer with them
        ),
        (
            lambda rows: (
                changed(rows["dim_potential_class"], {"k_upper": 1.0}, potential_class="huge"),
                changed(rows["fct_trade_potential"], {"potential_class": lambda row: "huge"
                        if row["k_ratio"] <= 1 else row["potential_class"]}),
            )[0],
            {("class_share", "specification")},
        ),
        (
            in_mart("rpt_answer", {"k_ratio": 2000.0, "potential_class": "reshaping"},
                  partner_iso3="P39"),
            {("k_highest", "all"), ("k_doubled_share", "code"),
             ("k_largest", "code"), ("row_share", "code")} - {("class_share", "code")},
        ),
        (
            in_mart("fct_trade_potential", {"predicted_usd": 1e12, "k_ratio": 0.01},
                  estimator="ppml", partner_iso3="P00"),
            {("k_tenfold_share", "all"), ("k_doubled_share", "code"), ("k_largest", "code"),
             ("row_share", "code")},
        ),
        (
            in_mart("dim_study", {"study_name": "Asia"}, study_id="asia"),
            {("row_share", "code")},
        ),
        (
            in_mart("dim_study", {"first_year": 2018}, study_id="asia"),
            {("choices_changed", "specification")},
        ),
        (
            in_mart("dim_specification", {"terms": "gdp, distance"}),
            {("choices_changed", "specification")},
        ),
        (in_mart("fct_quality_results", {"passed": True}), set()),
    ],
)  # fmt: skip
def test_what_moves_is_measured_by_cause(
    tmp_path: Path, plant: Plant, found: set[tuple[str, str]]
) -> None:
    beyond = beyond_after(tmp_path, plant)
    assert {(one["measure"], one["cause"]) for one in beyond} == found


def test_the_finding_names_the_row_that_moved_most(tmp_path: Path) -> None:
    (finding,) = beyond_after(tmp_path, figures_too(one_k_by(2.5)))
    assert finding == {
        "measure": "k_doubled_share",
        "mart": "fct_trade_potential",
        "study_id": "asia",
        "spec_id": SPEC,
        "estimator": "ppml",
        "value": 1 / 80,
        "rows": 1,
        "of_rows": 80,
        "example": {
            "key": {"study_id": "asia", "spec_id": SPEC, "estimator": "ppml",
                    "partner_iso3": "P30", "year": 2020},
            "before": 1.2,
            "after": 3.0,
            "class_before": "reshaping",
            "class_after": "reshaping",
        },
        "cause": "figures",
        "limit": 0.005,
        "reason": next(one.reason for one in limits() if one.measure == "k_doubled_share"),
        "is_beyond": True,
    }  # fmt: skip


def test_the_choice_that_is_another_one_is_told(tmp_path: Path) -> None:
    plant = in_mart("dim_study", {"first_year": 2018}, study_id="asia")
    (finding,) = beyond_after(tmp_path, plant)
    assert in_words(finding) == (
        "asia, dim_study: choices that are others: 1, at most 0 allowed; cause: specification; "
        "most: first_year (2019 -> 2018)"
    )


def test_the_message_says_what_moved_and_what_helps(tmp_path: Path) -> None:
    released(tmp_path, "one")
    rows = marts()
    figures_too(one_k_by(2.5))(rows)
    with pytest.raises(HeldError) as held:
        released(tmp_path, "two", rows)
    said = str(held.value)
    assert (
        "asia, recommended, ppml, fct_trade_potential: answers whose K doubled or halved, came or "
        "went: 1 of 80 (0.0125), at most 0.005 allowed; cause: figures; most: asia, recommended, "
        "ppml, P30, 2020 (1.2 -> 3)"
    ) in said
    assert f"releases accept {held.value.release_id} --reason TEXT" in said
    assert f"--release-path {tmp_path}" in said


def test_standard_errors_are_those_before(tmp_path: Path) -> None:
    wide = {"coefficient": 1.9, "coefficient_se": 100.0}
    plant = figures_too(in_mart("fct_gravity_coefficients", wide, study_id="asia"))
    assert [one["value"] for one in beyond_after(tmp_path, plant)] == [pytest.approx(4.5)] * 2


def test_a_release_of_the_same_marts_reads_none_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released(tmp_path, "one")
    read: list[str] = []
    monkeypatch.setattr(Pair, "query", lambda self, _: read.append(self.mart) or [])
    said = released(tmp_path, "two").release.manifest()["exit_gate"]
    assert (said["status"], said["beyond"]) == ("passed", [])
    # The list of specifications is read whatever has moved.
    assert set(read) <= {"dim_specification"}


def test_new_and_dropped_studies_are_no_surprise(tmp_path: Path) -> None:
    released(tmp_path, "one", marts(["asia"]))
    both = released(tmp_path, "two", marts())
    assert both.release.manifest()["exit_gate"]["beyond"] == []
    dropped = released(tmp_path, "three", marts(["europe"]))
    assert "asia: no longer declared, its answers are gone" in dropped.notes
    assert dropped.release.manifest()["exit_gate"]["status"] == "passed"


def test_a_dropped_estimator_is_told_and_no_surprise(tmp_path: Path) -> None:
    released(tmp_path, "one")
    rows = marts()
    for mart, of_mart in rows.items():
        rows[mart] = [row for row in of_mart if row.get("estimator") != "pooled"]
    notes = released(tmp_path, "two", rows).notes
    assert f"asia, {SPEC}, pooled: no longer declared, its answers are gone" in notes


def test_a_mart_that_is_gone_or_has_another_key_is_held(tmp_path: Path) -> None:
    released(tmp_path, "one")
    rows = marts()
    del rows["rpt_answer"]
    with pytest.raises(HeldError, match="rpt_answer: rows that are gone: 160 of 160"):
        released(tmp_path, "two", rows)
    rows = marts()
    keys = {**KEYS, "fct_country_year": ["gdp_usd", "study_id", "year"]}
    with pytest.raises(HeldError, match="fct_country_year: rows that are gone: 160 of 160"):
        released(tmp_path, "three", rows, keys=keys)


def test_a_first_release_has_bounds_of_k_alone(tmp_path: Path) -> None:
    rows = marts()
    in_mart("rpt_answer", {"k_ratio": 2000.0}, partner_iso3="P39", study_id="asia")(rows)
    with pytest.raises(HeldError, match="nothing is current: asia, rpt_answer: highest K: 2000"):
        released(tmp_path, "one", rows)
    assert current_id(tmp_path) is None
    said = candidates(tmp_path)[0].manifest()["exit_gate"]
    assert {one["measure"] for one in said["within"]} <= set(BOUNDS)


def test_a_current_release_that_cannot_be_read_is_not_passed(tmp_path: Path) -> None:
    first = released(tmp_path, "one").release
    path = first.folder / "manifest.json"
    path.chmod(0o644)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(HeldError, match="the current release, cannot be read") as held:
        released(tmp_path, "two")
    assert "releases diff" not in str(held.value)


def test_limits_of_a_study_and_a_cause_come_first(tmp_path: Path) -> None:
    plant = figures_too(one_k_by(2.5))
    more = [*limits(), Limit("asia", "k_doubled_share", "all", 0.5, "a small study")]
    assert beyond_after(tmp_path / "a", plant, limits=more) == []
    more += [Limit("asia", "k_doubled_share", "figures", 0.001, "not its figures")]
    assert [one["limit"] for one in beyond_after(tmp_path / "b", plant, limits=more)] == [0.001]


def test_recorded_inputs_decide_between_figures_and_code(tmp_path: Path) -> None:
    def about(figures: str, specification: str = "1") -> dict[str, Any]:
        return {**ABOUT, "inputs": {"figures": figures, "specification": specification}}

    released(tmp_path, "one", about=about("1"))
    rows = marts()
    figures_too(one_k_by(1.05))(rows)
    with pytest.raises(HeldError, match="cause: code"):
        released(tmp_path, "two", rows, about=about("1"))
    one_k_by(2.5)(rows)
    with pytest.raises(HeldError, match="cause: specification"):
        released(tmp_path, "three", rows, about=about("1", "2"))
    with pytest.raises(HeldError, match="cause: figures"):
        released(tmp_path, "four", rows, about=about("2", "2"))


def test_what_a_build_read_is_recorded_by_kind() -> None:
    def digests(**shas: str) -> dict[str, str]:
        names = {
            "study": "seeds/study/studies.csv",
            "limits": "seeds/study/release_limits.csv",
            "seed": "seeds/inputs/a.csv",
            "world": "inputs/world/b.parquet",
            "code": "models/c.sql",
            "test": "tests/unit/known.csv",
        }
        files = {path: FileState(1, shas.get(name, "0"), (0, 0, 0)) for name, path in names.items()}
        tables = {"d": TableState("t", 1, shas.get("table", "0"))}
        nothing: dict[str, Any] = {"code": {}, "variables": {}, "packages": {}}
        now = datetime.now(UTC)
        return recorded(Run("i", Path(), now, files=files, tables=tables, **nothing))

    before = digests()
    for name, moved in (
        ("study", {"specification"}),
        ("seed", {"figures"}),
        ("world", {"figures"}),
        ("table", {"figures"}),
        ("limits", set()),
        ("code", set()),
        ("test", set()),
    ):
        after = digests(**{name: "1"})
        assert {what for what in after if after[what] != before[what]} == moved, name


def test_without_limits_nothing_is_held(tmp_path: Path) -> None:
    released(tmp_path, "one")
    rows = marts()
    all_k_by("rpt_answer", 50)(rows)
    said = released(tmp_path, "two", rows, limits=[]).release.manifest()["exit_gate"]
    assert said["status"] == "no_limits"


def test_the_seed_declares_the_measures_that_there_are() -> None:
    path = ROOT / "seeds" / "study" / "_study__seeds.yml"
    (seed,) = (
        one
        for one in yaml.safe_load(path.read_text(encoding="utf-8"))["seeds"]
        if one["name"] == "release_limits"
    )
    assert rules_of(seed).one_of["measure"] == list(WORDS)
    assert [column["name"] for column in seed["columns"]] == list(Limit._fields)
    with (ROOT / "seeds" / "study" / "release_limits.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["measure"] for row in rows} == set(WORDS)
    assert all(math.isfinite(float(row["limit_value"])) and row["reason"] for row in rows)
