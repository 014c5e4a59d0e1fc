"""The page of the benchmark and the empty project: from made-up results, nothing is timed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks import build_tables, empty_project, page, tables
from benchmarks.dbt_cost import by_kind, counts, slowest
from benchmarks.jobs import JOBS
from benchmarks.plot import points
from benchmarks.results import Results, Run


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
    results.dbt, results.world = _dbt(), _world()
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


def _dbt() -> dict[str, object]:
    """Builds that take 30 and 10 s cold, 20 and 10 s warm; 18 s with a small world."""
    builds = [
        {"project": name, "state": state, "wall_s": wall, "cpu_s": 2.0 * wall, "peak_mb": 100.0}
        for name, state, wall in (
            *(("project", "cold", 30.0), ("empty", "cold", 10.0), ("small", "cold", 18.0)),
            *(("project", "warm", 19.0), ("empty", "warm", 10.0), ("project", "warm", 21.0)),
        )
    ]
    own = {"parse_cold": {"cpu_s": 8.0}, "parse_warm": {"cpu_s": 3.0}}
    return {
        **{"threads": 4, "nodes": {"view": 2, "python": 1}, "builds": builds},
        **{"start": {"cpu_s": 2.0}, "imports": {"pandas": 1.5}},
        "project": {**own, "by_kind": {"view": 4.0, "python": 12.0}},
        "empty": {**own, "by_kind": {"view": 3.0, "table": 1.0}},
        "slowest": [{"node": "est_audit", "kind": "python", "seconds": 8.0}],
        "release": {
            **{"mb": 100.0, "own_mb": 2.5, "database_mb": 17.0, "parts": 15, "parts_mb": 80.0},
            **{"largest_part_mb": 6.0, "publish_s": 3.0, "read_s": {"one year, its file": 0.011}},
        },
    }


def _world() -> list[dict[str, object]]:
    """One world, and a peer that takes four times as long for the estimate."""
    size = {"economies": 50, "years": 4, "rows": 9800}
    stages = {"reading": 0.1, "estimate": 0.5, "pairs left out": 0.2, "lasting ratios": 0.1}
    return [
        {
            **size,
            "program": "ours",
            "cpu_s": 1.0,
            "wall_s": 1.1,
            "peak_mb": 200.0,
            "stages": stages,
        },
        {
            **{**size, "program": "pyfixest", "cpu_s": 4.0, "wall_s": 4.1, "peak_mb": 300.0},
            **{"stages": {"reading": 0.2, "estimate": 2.0}, "gap": 1e-6, "compared": 14},
        },
    ]


def test_tables_of_the_build_show_ratios_and_where_the_time_goes() -> None:
    results = _results()
    results.dbt = _dbt()
    assert "| cold, wall s | 30.0 | 10.0 | 3.00 |" in tables.dbt_table(results)
    assert "| warm, wall s | 20.0 | 10.0 | 2.00 |" in tables.dbt_table(results)
    phases = tables.dbt_phases(results)
    assert "| reads the parse of the run before | 1.00 | 1.00 | 0.00 |" in phases
    assert "| compiles and runs the nodes | 37.0 | 17.0 | 20.0 |" in phases
    kinds = tables.dbt_kinds(results).splitlines()
    assert "| python | 1 | 12.0 | \N{EN DASH} |" in kinds
    assert "| `est_audit` | python | 8.00 |" in tables.dbt_slowest(results)
    assert set(page.found(results)) == set(page.found(_results()))


def test_the_budget_parts_the_first_build_and_leaves_room_for_what_is_to_come() -> None:
    results = _results()
    results.dbt = _dbt()
    found = build_tables.budget(results).splitlines()
    assert "| today's studies | 18.0 | 36.0 | 20.0 |" in found
    assert "| world with its second computation | 12.0 | 24.0 | 18.0 |" in found
    assert "| site | \N{EN DASH} | \N{EN DASH} | 8.00 |" in found
    assert found[-1] == "| **together** | 30.0 | 60.0 | 60.0 |"


def test_release_and_worlds_are_told() -> None:
    results = _results()
    results.dbt, results.world = _dbt(), _world()
    release = build_tables.release(results)
    assert "| `rpt_answer`, 15 files | 80.0 MB |" in release
    assert "| one pair from Parquet: one year, its file | 11.0 ms |" in release
    ours, peer = build_tables.world(results).splitlines()[-2:]
    assert ours.startswith("| 50 | 4 | 9,800 | **ours** | 1.00 |")
    assert ours.endswith("| 0.50 | 0.20 | 0.10 | 1.00 |  |")
    assert peer.endswith("| 2.00 | \N{EN DASH} | \N{EN DASH} | 4.00 | 1e-06 of 14 |")


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
            view: _node("model", "b", [seed, "source.p.s.a"], materialized="view"),
            python: _node("model", "c", [view], language="python"),
            "test.p.t": _node("test", "t", [view, seed], attached_node=view),
            "test.p.of_source": _node(
                "test", "of_source", ["source.p.s.a", view], attached_node="source.p.s.a"
            ),
            "test.p.s": _node("test", "s", [python], attached_node=None),
            "operation.p.p-on-run-end-0": _node("operation", "x", []),
        },
        "unit_tests": {"unit_test.p.c.u": {**_node("unit_test", "u", [python]), "model": "c"}},
    }
    assert counts(manifest) == {
        **{"seed": 1, "view": 1, "python": 1, "test": 3, "hook": 1, "unit test": 1}
    }
    empty_project.write(tmp_path, manifest, threads=4)
    model = (tmp_path / "models" / "c.sql").read_text()
    assert "materialized='table'" in model
    assert "{{ ref('b') }}" in model
    assert (tmp_path / "seeds" / "a.csv").exists()
    assert "ref('c')" in (tmp_path / "tests" / "s.sql").read_text()
    properties = (tmp_path / "models" / "properties.yml").read_text()
    assert "name: b_0" in properties
    assert "name: b_1" in properties
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
