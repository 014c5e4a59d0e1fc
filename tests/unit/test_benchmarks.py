"""The benchmark itself: its data, its limits, and a small run. Nothing is timed."""

from __future__ import annotations

import sys
from math import exp
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from benchmarks import data, tables
from benchmarks.__main__ import parser
from benchmarks.agreement import difference, read_answer
from benchmarks.columns import CONSTANT, REGRESSORS, ROOT, YEARS
from benchmarks.measure import measure
from benchmarks.results import Results
from benchmarks.run import Bench, Settings

ROWS = 20_000


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    return pa.concat_tables(data.panel_chunks(ROWS, seed=1)).to_pandas()


# --- data -----------------------------------------------------------------------------------------


def test_panel_has_the_rows_asked_for_in_the_order_of_its_key(panel: pd.DataFrame) -> None:
    assert len(panel) == ROWS
    key = panel[["pair", "year"]]
    assert not key.duplicated().any()
    assert key.equals(key.sort_values(["pair", "year"], ignore_index=True))
    assert panel.notna().all(axis=None)
    assert (panel["exporter"] != panel["importer"]).all()


def test_panel_is_unbalanced_with_late_entries_gaps_and_exits(panel: pd.DataFrame) -> None:
    years = panel.groupby("pair")["year"].agg(["min", "max", "size"])
    span = years["max"] - years["min"] + 1
    assert (years["min"] > data.FIRST_YEAR).mean() > 0.2
    assert (years["max"] < data.FIRST_YEAR + YEARS - 1).mean() > 0.1
    assert (years["size"] < span).mean() > 0.3
    assert years["size"].nunique() > 20
    assert years["size"].max() <= YEARS


def test_panel_has_what_the_models_need(panel: pd.DataFrame) -> None:
    within = panel.groupby("pair")[list(REGRESSORS)].std().max()
    assert (within[list(CONSTANT)].fillna(0.0) == 0.0).all()
    assert (within.drop(list(CONSTANT)) > 0.0).all()
    assert (panel[list(REGRESSORS)].std() > 0.0).all()
    zeros = panel["trade"] == 0.0
    assert 0.1 < zeros.mean() < 0.6
    positive = panel[~zeros]
    assert positive["trade"].tolist() == pytest.approx([exp(x) for x in positive["ln_trade"]])
    agreement = panel.groupby("pair")["has_agreement"]
    assert (agreement.diff().dropna() >= 0.0).all()  # once made, it stays


def test_files_are_the_same_for_a_seed_and_differ_between_seeds(tmp_path: Path) -> None:
    for kind in ("panel", "index"):
        for name, seed in (("a", 1), ("b", 1), ("c", 2)):
            data.write(kind, 5_000, seed, tmp_path / f"{name}.parquet")
        first, again, other = (pq.read_table(tmp_path / f"{name}.parquet") for name in "abc")
        assert len(first) == 5_000
        assert first.equals(again)
        assert not first.equals(other)
        assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_units_have_pairs_enough_for_many_rows() -> None:
    for rows in (1e4, 1e6, 1e8):
        units = data.units_of(rows)
        assert units * (units - 1) * data.LEAST_YEARS >= rows


def test_too_few_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 1000"):
        data.write("panel", 10, 1, tmp_path / "x.parquet")


# --- limits ---------------------------------------------------------------------------------------


def _python(code: str, tmp_path: Path, *, timeout_s: float = 60.0, memory_mb: float = 4e3) -> str:
    words = [sys.executable, "-c", code]
    return measure(words, cwd=tmp_path, timeout_s=timeout_s, memory_mb=memory_mb).outcome


def test_outcomes_have_names(tmp_path: Path) -> None:
    assert _python("pass", tmp_path) == "ok"
    assert _python("import sys; sys.exit('no such thing')", tmp_path) == "failed: no such thing"
    assert _python("raise MemoryError", tmp_path) == "out of memory"
    slow = "import time; time.sleep(60)"
    assert _python(slow, tmp_path, timeout_s=0.2) == "over 0.2 s"
    large = "x = b'1' * 300_000_000; import time; time.sleep(60)"
    assert _python(large, tmp_path, memory_mb=200.0) == "out of memory"


# --- answers --------------------------------------------------------------------------------------


def test_difference_is_relative_and_over_what_both_have() -> None:
    gap, count = difference({"a": 2.0, "b": 1.0}, {"a": 2.002, "c": 5.0})
    assert (gap, count) == (pytest.approx(1e-3), 1)
    assert difference({"a": 1.0}, {"b": 1.0}) == (float("inf"), 0)
    assert difference({"a": 1.0}, {"a": float("nan")})[0] == float("inf")


def test_an_empty_answer_is_refused(tmp_path: Path) -> None:
    (tmp_path / "answer.txt").write_text("")
    with pytest.raises(ValueError, match="no estimates"):
        read_answer(tmp_path / "answer.txt")


# --- the whole ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["--sizes=10", "--peers=excel", "--jobs=panels", "--sizes=many", "--repeats=0"]
)
def test_bad_arguments_are_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        parser().parse_args([text])
    assert "error: argument" in capsys.readouterr().err


@pytest.mark.slow(reason="processes of every program that is compared")
def test_a_small_run_agrees_and_is_resumed(tmp_path: Path) -> None:
    settings = Settings(
        sizes=(10_000,),
        peers=("linearmodels",),
        jobs=("panel",),
        repeats=1,
        repeat_below_s=10.0,
        peers_up_to=1e7,
        seed=3,
        memory_limit="1GB",
        memory_cap_gb=8.0,
        timeout_s=300.0,
        own_timeout_s=300.0,
        work=tmp_path / "work",
    )
    results, said = Results(settings=settings.told, machine={}), list[str]()
    target = tmp_path / "results.json"
    Bench(settings, results, target, said.append).run()
    assert [(run.job, run.program, run.outcome) for run in results.runs] == [
        ("scan_panel", "scan", "ok"),
        ("panel", "ours", "ok"),
        ("panel", "linearmodels", "ok"),
    ]
    assert tables.wrong_answers(results) == []
    gap, count = difference(results.runs[1].estimates, results.runs[2].estimates)
    assert gap < 1e-9
    assert count == 74
    assert all(run.cpu_s and run.wall_s and run.peak_mb for run in results.runs)
    assert list((tmp_path / "work").glob("*.parquet")) == []

    kept = Results.read(target)
    del kept.runs[0]
    said.clear()
    Bench(settings, kept, target, said.append).run()
    assert [line.split()[0] for line in said] == ["panel-10000-3.parquet:", "scan_panel"]
    assert {run.key for run in kept.runs} == {run.key for run in results.runs}
    assert str(ROOT) not in target.read_text(encoding="utf-8")


def test_results_are_written_into_a_folder_that_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "build" / "results.json"
    Results(settings={"seed": 1}, machine={}).write(path)
    assert Results.read(path).settings == {"seed": 1}
