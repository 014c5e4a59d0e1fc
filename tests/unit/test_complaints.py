"""Complaints: columns in, one sentence out; a file for machines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trade_potential.quality import complaints
from trade_potential.quality.answers import answered
from trade_potential.quality.complaints import Complaint, limited, of_test, sentence

SEED = "seeds/inputs/trade_flows.csv"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            Complaint(SEED, 12, "CHN, KAZ", "flow", "gift", "the value is one of export, import"),
            f'{SEED}, line 12, column flow: "gift" (rule: the value is one of export, import)',
        ),
        (
            Complaint("/data/a.parquet", 3, "CHN", "year", "", "the value is present"),
            '/data/a.parquet, row 3, column year: "" (rule: the value is present)',
        ),
        (
            Complaint("table lake.main.rates", None, "CHN, 2015", "lcu_per_usd", "nan", "finite"),
            'table lake.main.rates, key CHN, 2015, column lcu_per_usd: "nan" (rule: finite)',
        ),
        (
            Complaint(SEED, None, None, None, "no such file", "every seed has its file"),
            f'{SEED}: "no such file" (rule: every seed has its file)',
        ),
        (
            Complaint(None, None, "world, pooled", None, "published 1, numpy says 2", "both agree"),
            "world, pooled: published 1, numpy says 2 (rule: both agree)",
        ),
        (
            Complaint(None, None, None, None, "disk full", "a release"),
            "disk full (rule: a release)",
        ),
    ],
)
def test_sentence(found: Complaint, said: str) -> None:
    assert sentence(found) == said


def test_what_is_not_told_is_counted() -> None:
    found = [Complaint(SEED, line, None, "year", "x", "whole") for line in range(2, 9)]
    told = limited(found, 3, SEED)
    assert told.complaints == found[:3]
    assert told.lines[3:] == [f"{SEED}: and 4 complaints more"]
    assert limited(found, 7, SEED).lines == [sentence(c) for c in found]


def row(**changes: str | None) -> dict[str, str | None]:
    """A row of a dbt test on an input, as a macro sends it."""
    columns = {"file_name": SEED, "file_line": "12", "row_key": "CHN, KAZ", "column_name": "flow"}
    return {**columns, "value": "gift", "rule": "a rule", **changes}


def test_rows_of_a_test_on_an_input() -> None:
    told = of_test("rules_of_trade_flows", 60, [row(), row(file_line=None, value=None)])
    assert told.complaints[0] == Complaint(SEED, 12, "CHN, KAZ", "flow", "gift", "a rule")
    assert told.complaints[1] == Complaint(SEED, None, "CHN, KAZ", "flow", "", "a rule")
    assert told.lines[-1] == "and 58 rows more"
    assert len(told.lines) == 3


def test_rows_of_any_other_test() -> None:
    told = of_test("unique_dim_study", 1, [{"study_id": "world", "n": "2"}])
    assert told.lines == ["study_id=world, n=2"]
    assert told.complaints == [
        Complaint(None, None, None, None, "study_id=world, n=2", "unique_dim_study")
    ]


def expectation(file: str, rows: list[Complaint], count: int) -> dict[str, str | None]:
    """A row of gate_has_no_errors."""
    refused = [{"file": r.file, "row": r.row, "key": r.key, "value": r.value} for r in rows]
    return {
        "file_name": file, "column_name": "trade_usd", "rule": "trade is above 0",
        "suite": "trade_flows", "severity": "error", "observed": "2 of 9 rows break the rule",
        "failing_count": str(count), "failing_rows": json.dumps(refused),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("file", "place", "line", "said"),
    [
        (SEED, SEED, 4, f"{SEED}, line 4, column trade_usd: CHN, KAZ = -7; line 5: CHN, UZB = 0"),
        (
            "/data/**/*.parquet", "/data/a.parquet", 4,
            "/data/a.parquet, row 4, column trade_usd: CHN, KAZ = -7; "
            "/data/a.parquet, row 5: CHN, UZB = 0",
        ),
        (
            "table lake.flows", "table lake.flows", None,
            "table lake.flows, key, column trade_usd: CHN, KAZ = -7; key: CHN, UZB = 0",
        ),
    ],
)  # fmt: skip
def test_an_expectation_is_one_sentence_and_a_complaint_per_row(
    file: str, place: str, line: int | None, said: str
) -> None:
    rows = [
        Complaint(place, line, "CHN, KAZ", "trade_usd", "-7", "trade is above 0"),
        Complaint(place, line and line + 1, "CHN, UZB", "trade_usd", "0", "trade is above 0"),
    ]
    told = of_test("gate_has_no_errors", 1, [expectation(file, rows, 5)])
    rule = "(rule: trade is above 0; suite trade_flows, severity error)"
    assert told.lines == [f"{said}; and 3 rows more {rule}"]
    assert told.complaints == rows


def test_an_expectation_that_could_not_be_checked() -> None:
    told = of_test("gate_has_no_errors", 1, [expectation(SEED, [], 0)])
    assert told.lines[0].startswith(f"{SEED}, column trade_usd: 2 of 9 rows break the rule (rule: ")
    assert told.complaints == [
        Complaint(SEED, None, None, "trade_usd", "2 of 9 rows break the rule", "trade is above 0")
    ]


def test_the_file_for_machines_is_whole_and_goes(tmp_path: Path) -> None:
    target = tmp_path / "target"
    found = Complaint(SEED, 12, "CHN, KAZ", "note", '哈萨克斯坦 "x"', "text is\nplain")
    complaints.write(target, "run-1", [found])
    complaints.write(target, "run-2", [found, found])
    (path,) = target.iterdir()  # no draft is left
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["invocation_id"] == "run-2"
    assert [Complaint(**of) for of in content["complaints"]] == [found, found]
    for _ in range(2):
        complaints.forget(target)
        assert not path.exists()


def test_a_folder_that_cannot_be_written_hides_no_refusal(tmp_path: Path) -> None:
    found = Complaint("seeds/\udcff.csv", None, None, None, "not declared", "a rule")
    (tmp_path / "taken").write_text("")
    said = complaints.write(tmp_path / "taken", "run-1", [found])
    assert said.startswith(f"{tmp_path / 'taken' / complaints.FILE} cannot be written: ")
    path = Path(complaints.write(tmp_path, "run-1", [found]))
    (listed,) = json.loads(path.read_text(encoding="utf-8"))["complaints"]
    assert listed["file"] == "seeds/\udcff.csv"


def test_macros_ask_by_name(tmp_path: Path) -> None:
    arguments = {"test": "t", "failures": 1, "rows": [row()]}
    told = json.loads(answered("of_test", json.dumps(arguments)))["answer"]
    assert told["lines"] == [f'{SEED}, line 12, column flow: "gift" (rule: a rule)']
    recorded = {"folder": str(tmp_path), "invocation_id": "x", "refused": told["complaints"]}
    path = json.loads(answered("record", json.dumps(recorded)))["answer"]
    assert json.loads(Path(path).read_text())["complaints"] == told["complaints"]
