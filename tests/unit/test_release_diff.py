"""Differences between releases, and the command line of releases."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from tests.releases import release

from trade_potential.cli import main
from trade_potential.release import compare, current_id, publish, released


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two releases that differ in one K and its class."""
    folder = tmp_path / "my 'releases'"
    release(folder, "run-1", k=1.5, name="high")
    release(folder, "run-2", k=2.0, name="vast")
    return folder


def _run(capsys: pytest.CaptureFixture[str], root: Path, *arguments: str, expected: int = 0) -> str:
    command, *rest = arguments
    assert main(["releases", command, "--release-path", str(root), *rest]) == expected
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return said.out + said.err


def test_diff_counts_rows_classes_and_figures(root: Path) -> None:
    found = compare(*released(root))
    assert found["marts"].pop("fct_trade_potential") == {
        "rows_before": 4,
        "rows_after": 4,
        "columns_added": [],
        "columns_removed": [],
        "rows_added": 0,
        "rows_removed": 0,
        "rows_changed": 1,
        "rows_noise": 0,
        "status": "changed",
    }
    assert {mart["status"] for mart in found["marts"].values()} == {"same"}
    assert found["classes"] == [{"before": "high", "after": "vast", "rows": 1}]
    assert found["answers"] == {
        "of_another_class": [
            {
                "key": {"partner": "UZB", "year": 2013},
                "is_default": True,
                "class_before": "high",
                "class_after": "vast",
                "k_before": 1.5,
                "k_after": 2.0,
                "why": [],
            }
        ],
        "of_another_k": [],
        "gone": [],
        "new": [],
    }
    assert found["figures"] == [
        {
            "mart": "fct_trade_potential",
            "column": "k_ratio",
            "rows_changed": 1,
            "largest_change": 0.25,
            "before": 1.5,
            "after": 2.0,
            "key": {"partner": "UZB", "year": 2013},
        }
    ]


def _pair(tmp_path: Path, before: str, after: str, **keys: list[str]) -> dict[str, object]:
    for run, sql in (("1", before), ("2", after)):
        key = keys.get(f"key_{run}", ["a"])
        rows = {"m": duckdb.sql(sql)}
        session = duckdb.default_connection()
        publish(tmp_path, rows, session=session, keys={"m": key}, run_id=run, about={})
    found = compare(*released(tmp_path))
    return {**found["marts"]["m"], "figures": found["figures"]}


def test_rows_and_columns_that_come_and_go(tmp_path: Path) -> None:
    found = _pair(
        tmp_path,
        "select * from (values (1, 'x', 0.0::double), (2, 'y', 1), (null, 'z', 1)) as t(a, b, c)",
        "select * from (values (2, 'y', null::double), (3, 'y', 1), (null, 'z', 1)) "
        'as t(a, "b d", c)',
    )
    assert (found["rows_added"], found["rows_removed"], found["rows_changed"]) == (1, 1, 1)
    assert (found["columns_added"], found["columns_removed"]) == (["b d"], ["b"])
    assert isinstance(found["figures"], list)
    assert [figure["largest_change"] for figure in found["figures"]] == [None]


def test_mart_with_another_key_is_not_matched(tmp_path: Path) -> None:
    rows = "select i as a, i as b, {} as c from range(2) as t(i)"
    found = _pair(tmp_path, rows.format(1), rows.format(2), key_2=["a", "b"])
    assert found["status"] == "other key"


def test_marts_that_come_and_go(tmp_path: Path) -> None:
    for run, mart in (("1", "old"), ("2", "new")):
        rows = {mart: duckdb.sql("select 1 as a")}
        session = duckdb.default_connection()
        publish(tmp_path, rows, session=session, keys={mart: ["a"]}, run_id=run, about={})
    marts = compare(*released(tmp_path))["marts"]
    assert {mart: found["status"] for mart, found in marts.items()} == {
        "old": "removed",
        "new": "added",
    }


def test_commands_on_good_releases(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = (found.release_id for found in released(root))
    table = _run(capsys, root, "list").splitlines()
    assert [line.split()[0] for line in table[1:]] == [first, second]
    listed = json.loads(_run(capsys, root, "list", "--format", "json"))
    assert [entry["is_current"] for entry in listed] == [False, True]
    assert [entry["rows"] for entry in listed] == [3007, 3007]
    text = _run(capsys, root, "diff", first, "current")
    assert "3 of 4 marts are the same" in text
    assert "vast" in text
    assert "fct_trade_potential.k_ratio" in text
    said = json.loads(_run(capsys, root, "diff", first, second, "--format", "json"))
    assert said == compare(*released(root))
    ok = "ok, unsigned"
    assert _run(capsys, root, "verify") == f"{first}: {ok}\n{second}: {ok}\ncurrent: ok\n"
    said = json.loads(_run(capsys, root, "verify", "current", "--format", "json"))
    assert said == {second: [], "signatures": {second: "unsigned"}}
    assert _run(capsys, root, "rollback") == f"current is {first}\n"
    assert current_id(root) == first
    _run(capsys, root, "rollback", second)
    assert current_id(root) == second


def test_commands_on_bad_releases(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = released(root)
    path = first.folder / "manifest.json"
    path.chmod(0o644)
    path.write_text("{", encoding="utf-8")
    assert "damaged" in _run(capsys, root, "list")
    said = _run(capsys, root, "verify", expected=3)
    assert f"{first.release_id}: damaged\n  {path}: has changed" in said
    said = _run(capsys, root, "rollback", expected=3)
    assert f"{first.release_id} is damaged, current stays" in said
    said = _run(capsys, root, "diff", first.release_id, "current", expected=3)
    assert f"{first.release_id} is damaged" in said
    said = _run(capsys, root, "verify", "000009-00000000", expected=3)
    assert f"there are {first.release_id}, {second.release_id}" in said
    assert "no such directory; dbt build" in _run(capsys, root / "none", "list", expected=3)
    (root / "current").unlink()
    assert "roll back to a release" in _run(capsys, root, "verify", expected=3)
    _run(capsys, root, "rollback")
    assert current_id(root) == second.release_id


def test_bad_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["releases"], ["releases", "diff", "a"], ["releases", "list", "--format=x"]):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == 2
    assert "Traceback" not in capsys.readouterr().err
