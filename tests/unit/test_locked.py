"""checks.lock: a check that is gone or weaker is named, one that is new is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.panels import ROOT

from trade_potential.quality.locked import HEAD, LOCK, lock, of_checks

TEST = "test unique_dim_study_study_id error if != 0 of count(*)"
CODE = "src/trade_potential/audit/compare.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / CODE).parent.mkdir(parents=True)
    (tmp_path / CODE).write_text("TOLERANCE = 1e-8\n", encoding="utf-8")
    (tmp_path / "tests" / "data").mkdir(parents=True)
    (tmp_path / "tests" / "data" / "audit_agrees.sql").write_text("select 1", encoding="utf-8")
    assert lock(str(tmp_path), [TEST, TEST]) == 3
    return tmp_path


def test_what_is_as_locked_says_nothing(project: Path) -> None:
    assert of_checks(str(project), [TEST]) == []
    assert (project / LOCK).read_text(encoding="utf-8").startswith(HEAD)


def test_what_is_new_is_no_weaker_check(project: Path) -> None:
    (project / "tests" / "data" / "own.sql").write_text("select 2", encoding="utf-8")
    assert of_checks(str(project), [TEST, "test own error if != 0 of count(*)"]) == []


@pytest.mark.parametrize(
    "declared",
    [[], [TEST.replace("error if", "warn if")], [TEST.replace("!= 0", "> 1000")]],
    ids=["removed", "warns", "counts more"],
)
def test_a_test_that_is_weaker_is_named(project: Path, declared: list[str]) -> None:
    assert of_checks(str(project), declared) == [f"not in force as locked: {TEST}"]


def test_code_that_is_another_is_named_by_its_file(project: Path) -> None:
    (project / CODE).write_text("TOLERANCE = 1e3\n", encoding="utf-8")
    (project / "tests" / "data" / "audit_agrees.sql").unlink()
    said = of_checks(str(project), [TEST])
    assert [line.split()[6] for line in said] == [CODE, "tests/data/audit_agrees.sql"]


def test_line_ends_are_not_code(project: Path) -> None:
    (project / CODE).write_bytes(b"TOLERANCE = 1e-8\r\n")
    assert of_checks(str(project), [TEST]) == []


def test_a_limit_that_the_run_was_given_is_no_slip(project: Path) -> None:
    limit, other = "var gate_max_rows 200000", "var gate_max_rows_of 5"
    lock(str(project), [TEST, limit, other])
    declared = [TEST, "var gate_max_rows 10"]
    lost = [f"not in force as locked: {line}" for line in (limit, other)]
    assert of_checks(str(project), declared) == lost
    assert of_checks(str(project), declared, ["gate_max_rows"]) == lost[1:]


def test_of_many_some_are_named_and_all_counted(project: Path) -> None:
    declared = [f"test t{k} error if != 0 of count(*)" for k in range(9)]
    lock(str(project), declared)
    said = of_checks(str(project), [])
    assert len(said) == 6
    assert said[-1] == "and 4 more"


def test_without_a_lock_nothing_is_in_force(tmp_path: Path) -> None:
    assert of_checks(str(tmp_path), [TEST]) == [f"{LOCK} is missing"]


def test_files_of_the_repository_are_as_locked() -> None:
    said = [line for line in of_checks(str(ROOT), []) if " file " in line]
    held = (ROOT / LOCK).read_text(encoding="utf-8").splitlines()
    declared = [line for line in held if not line.startswith(("#", "file "))]
    assert of_checks(str(ROOT), declared) == []
    assert said == []
