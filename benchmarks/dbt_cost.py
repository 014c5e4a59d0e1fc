"""What the default `dbt build` costs beside an empty project with as many nodes, and where it goes.

Both are built in turn in a temporary folder, the first time without anything that dbt keeps from
run to run (as after a clone), then as the default: with the parse of the run before.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from benchmarks import empty_project
from benchmarks.columns import ROOT
from benchmarks.measure import Usage, environment, measure
from benchmarks.release_cost import release_cost

TIMEOUT_S = 900.0
MEMORY_MB = 16_000.0
SLOWEST = 10
START = "import dbt.cli.main, dbt.adapters.duckdb"
AS_MAKE = {"OPENBLAS_NUM_THREADS": "1"}
"""Set by `make build`; the Makefile says why."""

PROJECTS = ("project", "empty")
SMALL = "small"
"""This project with the small world of the tests, built once: what the others cost without it."""

Say = Callable[[str], None]


def _dbt(folder: Path, *arguments: str) -> Usage:
    used = measure(
        [sys.executable, "-m", "dbt.cli.main", "--no-use-colors", *arguments],
        cwd=folder,
        timeout_s=TIMEOUT_S,
        memory_mb=MEMORY_MB,
        variables=AS_MAKE,
    )
    if used.outcome != "ok":
        raise RuntimeError(f"dbt {' '.join(arguments)} of {folder.name}: {used.outcome}")
    return used


def _numbers(used: Usage) -> dict[str, float]:
    return {"cpu_s": used.cpu_s, "wall_s": used.wall_s, "peak_mb": used.peak_mb}


def dbt_cost(repeats: int, say: Say) -> dict[str, Any]:
    """Builds of both projects: one cold, ``repeats`` warm; of the small world one.

    The slowest nodes are those of the first build, which estimates the world.

    Raises:
        RuntimeError: A build failed, or the empty project has other nodes than the real one.
    """
    from tests.build.project import Project  # only here: it imports duckdb

    with tempfile.TemporaryDirectory(prefix="bench-dbt-") as name:
        folder = Path(name)
        Project.copied_to(folder / "project", whole_world=True)
        threads = _threads(folder / "project" / "profiles.yml")
        say("dbt parse")
        _dbt(folder / "project", "parse", "--no-partial-parse")
        manifest = _target(folder / "project", "manifest.json")
        empty_project.write(folder / "empty", manifest, threads)
        _dbt(folder / "empty", "parse", "--no-partial-parse")
        _compare(manifest, _target(folder / "empty", "manifest.json"))
        found: dict[str, Any] = {"threads": threads, "nodes": counts(manifest), "builds": []}
        for repeat in range(1 + repeats):
            state = "warm" if repeat else "cold"
            for project in PROJECTS:
                cold = [] if repeat else ["--no-partial-parse"]
                used = _dbt(folder / project, *cold, "build")
                found["builds"].append({"project": project, "state": state, **_numbers(used)})
                say(f"dbt build, {project}, {state}: {used.wall_s:.1f} s")
            if state == "cold":
                first = _target(folder / "project", "run_results.json")
        Project.copied_to(folder / SMALL)
        _dbt(folder / SMALL, "parse", "--no-partial-parse")
        used = _dbt(folder / SMALL, "--no-partial-parse", "build")
        found["builds"].append({"project": SMALL, "state": "cold", **_numbers(used)})
        say(f"dbt build, {SMALL} world: {used.wall_s:.1f} s")
        found["start"] = _numbers(
            measure(
                [sys.executable, "-c", START],
                cwd=folder,
                timeout_s=TIMEOUT_S,
                memory_mb=MEMORY_MB,
            )
        )
        found["imports"] = imports()
        for project in PROJECTS:
            path = folder / project
            results = _target(path, "run_results.json")
            manifest_of = _target(path, "manifest.json")
            found[project] = {
                "parse_cold": _numbers(_dbt(path, "parse", "--no-partial-parse")),
                "parse_warm": _numbers(_dbt(path, "parse")),
                "by_kind": by_kind(results, manifest_of),
            }
        found["slowest"] = slowest(first, manifest)
        found["release"] = release_cost(folder / "project") | {"publish_s": _seconds_of(first)}
    return found


def _seconds_of(results: Mapping[str, Any], node: str = "publish_release") -> float:
    """Of one node."""
    for result in results["results"]:
        if result["unique_id"].endswith(f".{node}"):
            return round(float(result["execution_time"]), 2)
    raise RuntimeError(f"the build has no node {node}")


def imports() -> dict[str, float]:
    """CPU seconds by what is imported."""
    said = subprocess.run(  # our own module
        [sys.executable, "-m", "benchmarks.imports"],
        cwd=ROOT,
        env=environment(),
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    rows = (line.split("\t") for line in said.splitlines() if "\t" in line)
    return {name: float(seconds) for name, seconds in rows}


def _threads(profile: Path) -> int:
    content = yaml.safe_load(profile.read_text(encoding="utf-8"))["trade_potential"]
    return int(content["outputs"][content["target"]]["threads"])


def _target(project: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((project / "target" / name).read_text(encoding="utf-8"))
    return found


def _all_nodes(manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {**manifest["nodes"], **manifest["unit_tests"]}


def counts(manifest: Mapping[str, Any]) -> dict[str, int]:
    """Nodes by kind."""
    found: dict[str, int] = defaultdict(int)
    for node in _all_nodes(manifest).values():
        found[empty_project.kind_of(node)] += 1
    return dict(found)


def edges(manifest: Mapping[str, Any]) -> int:
    """Edges between nodes."""
    return sum(len(empty_project.parents(node)) for node in manifest["nodes"].values())


def _compare(real: Mapping[str, Any], empty: Mapping[str, Any]) -> None:
    """The empty project has the nodes of the real one, its Python models as tables."""
    wanted, made = counts(real), counts(empty)
    wanted["table"] = wanted.get("table", 0) + wanted.pop("python", 0)
    if wanted != made or edges(real) != edges(empty):
        raise RuntimeError(
            f"the empty project has {made} and {edges(empty)} edges, not {wanted} and {edges(real)}"
        )


def by_kind(results: Mapping[str, Any], manifest: Mapping[str, Any]) -> dict[str, float]:
    """Seconds of the nodes by kind; nodes of several threads overlap, so they exceed the wall."""
    nodes = _all_nodes(manifest)
    found: dict[str, float] = defaultdict(float)
    for result in results["results"]:
        node = nodes.get(result["unique_id"])
        found[empty_project.kind_of(node) if node else "hook"] += result["execution_time"]
    return {kind: round(seconds, 2) for kind, seconds in found.items()}


def slowest(results: Mapping[str, Any], manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The slowest nodes."""
    nodes = _all_nodes(manifest)
    ordered = sorted(results["results"], key=lambda result: -result["execution_time"])[:SLOWEST]
    return [
        {
            "node": result["unique_id"].split(".", 2)[2],
            "kind": empty_project.kind_of(nodes[result["unique_id"]])
            if result["unique_id"] in nodes
            else "hook",
            "seconds": round(result["execution_time"], 2),
        }
        for result in ordered
    ]
