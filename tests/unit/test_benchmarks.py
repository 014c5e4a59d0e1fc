"""The benchmark itself: its data, its limits, its page, and a small run. Nothing is timed."""

from __future__ import annotations

import json
import sys
from math import exp
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from benchmarks import data, empty_project, page, tables
from benchmarks.__main__ import parser
from benchmarks.agreement import difference, read_answer
from benchmarks.columns import CONSTANT, REGRESSORS, ROOT, YEARS
from benchmarks.dbt_cost import by_kind, counts, slowest
from benchmarks.jobs import JOBS
from benchmarks.measure import measure
from benchmarks.plot import points
from benchmarks.results import Results, Run
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


# --- the page -------------------------------------------------------------------------------------


def _results() -> Results:
    """Two sizes, a peer that is stopped, one that is missing, one that has other answers."""
    runs = []
    for rows, seconds in ((100_000, 1.0), (1_000_000, 10.0)):
        runs += [
            Run("scan_panel", "scan", rows, 0, "ok", 0.1 * seconds, 0.1, 50.0, {"rows": rows}),
            Run("panel", "ours", rows, 0, "ok", seconds, seconds, 300.0, {"a": 1.0, "b": 2.0}),
            Run("panel", "ours", rows, 1, "ok", 3.0 * seconds, seconds, 300.0),
            Run("panel", "pyfixest", rows, 0, "ok", 4.0 * seconds, 9.0, 999.0, {"a": 1.0}),
            Run("panel", "statsmodels", rows, 0, "ok", 9.0 * seconds, 9.0, 999.0, {"b": 2.1}),
            Run("panel", "plm", rows, 0, "not installed"),
        ]
    runs.append(Run("panel", "linearmodels", 1_000_000, 0, "over 5 s", 6.0, 5.0, 4000.0))
    settings = {
        **{"repeats": 2, "repeat_below_s": 10.0, "peers_up_to": 1e7, "seed": 1},
        **{"memory_limit": "1GB", "memory_cap_gb": 16.0, "timeout_s": 5.0, "own_timeout_s": 9.0},
    }
    machine = {
        **{"processor": "CPU", "cores": 2, "memory_gb": 8.0, "system": "Linux"},
        **{"python": "3.11", "versions": {"duckdb": "1.5"}},
    }
    return Results(settings=settings, machine=machine, runs=runs)


def test_results_come_back_from_their_file(tmp_path: Path) -> None:
    results = _results()
    results.write(tmp_path / "results.json")
    assert Results.read(tmp_path / "results.json") == results
    (tmp_path / "other.json").write_text(json.dumps({"a": 1}))
    with pytest.raises(ValueError, match="no results"):
        Results.read(tmp_path / "other.json")


def test_tables_show_medians_ratios_and_named_outcomes() -> None:
    found = tables.job_table(_results(), JOBS["panel"]).splitlines()
    ours, linearmodels, statsmodels, pyfixest, plm = found[-5:]
    assert "| 1e6 | **ours** | 20.0 | 10.0 | 300 | 20.0 | 1.00 |" in ours
    assert "> 6.00" in linearmodels
    assert linearmodels.endswith("| over 5 s |")
    assert "5e-02 of 1" in statsmodels
    assert "| 40.0 | 9.00 | 999 | 40.0 | 2.00 | 0e+00 of 1 |  |" in pyfixest
    assert plm.endswith("| not installed |")


def test_wrong_answers_are_told() -> None:
    found = tables.wrong_answers(_results())
    assert len(found) == 2
    assert all("statsmodels: differs from ours by 5.0e-02" in line for line in found)


def test_growth_is_the_slope_of_logarithms() -> None:
    line = next(row for row in tables.growth(_results()).splitlines() if "Panel suite" in row)
    assert line == "| Panel suite | 1.00 | \N{EN DASH} |"
    assert tables.slope((1e5, 1.0), (1e6, 100.0)) == pytest.approx(2.0)


def test_stopped_tasks_are_on_the_plot_as_such() -> None:
    found = points(_results())
    assert found.loc[~found["is_whole"], "program"].tolist() == ["linearmodels"]
    assert "one scan of the same file" in set(found["program"])


def test_the_page_has_a_place_for_every_table() -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    places = {match["name"] for match in page.blocks.BLOCK.finditer(text)}
    assert places == set(page.found(_results()))


# --- the empty project ----------------------------------------------------------------------------


def _node(kind: str, name: str, parents: list[str], **more: object) -> dict[str, object]:
    config = {"materialized": more.pop("materialized", "table")}
    language = more.pop("language", "sql")
    edges = {"depends_on": {"nodes": parents}}
    return {
        **{"resource_type": kind, "name": name, "config": config, "language": language},
        **edges,
        **more,
    }


def test_empty_project_has_a_file_or_entry_for_every_node(tmp_path: Path) -> None:
    seed, view, python = "seed.p.a", "model.p.b", "model.p.c"
    manifest = {
        "nodes": {
            seed: _node("seed", "a", []),
            view: _node("model", "b", [seed], materialized="view"),
            python: _node("model", "c", [view], language="python"),
            "test.p.t": _node("test", "t", [view, seed], attached_node=view),
            "test.p.s": _node("test", "s", [python], attached_node=None),
            "operation.p.p-on-run-end-0": _node("operation", "x", []),
        },
        "unit_tests": {"unit_test.p.c.u": {**_node("unit_test", "u", [python]), "model": "c"}},
    }
    assert counts(manifest) == {
        **{"seed": 1, "view": 1, "python": 1, "test": 2, "hook": 1, "unit test": 1}
    }
    empty_project.write(tmp_path, manifest, threads=4)
    model = (tmp_path / "models" / "c.sql").read_text()
    assert "materialized='table'" in model
    assert "{{ ref('b') }}" in model
    assert (tmp_path / "seeds" / "a.csv").exists()
    assert "ref('c')" in (tmp_path / "tests" / "s.sql").read_text()
    properties = (tmp_path / "models" / "properties.yml").read_text()
    assert "name: b_0" in properties
    assert "input: ref('b')" in properties
    assert "on-run-end" in (tmp_path / "dbt_project.yml").read_text()
    results = {
        "results": [
            {"unique_id": view, "execution_time": 1.0},
            {"unique_id": python, "execution_time": 2.0},
        ]
    }
    assert by_kind(results, manifest) == {"view": 1.0, "python": 2.0}
    assert [row["node"] for row in slowest(results, manifest)] == ["c", "b"]


# --- the whole ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["--sizes=10", "--peers=excel", "--jobs=panels", "--sizes=many", "--repeats=0"]
)
def test_bad_arguments_are_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        parser().parse_args([text])
    assert "error: argument" in capsys.readouterr().err


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
