"""The results as tables of Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log10
from statistics import median
from typing import Any

from benchmarks.agreement import difference
from benchmarks.jobs import JOBS, OURS, SCAN, Job, label, programs_of
from benchmarks.results import Results, middle

SMALLEST_OF_GROWTH = 100_000
"""Rows below which a task is mostly its own start."""

NONE = "\N{EN DASH}"
"""What cannot be had."""

KINDS = ("seed", "view", "table", "python", "test", "unit test", "hook")


TEXTS = ("", "program", "outcome", "least CPU of a peer", "kind")
"""Headers of columns of text, beside the first."""


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown; all columns but those of text stand right."""
    ruler = ["---" if k == 0 or name in TEXTS else "---:" for k, name in enumerate(header)]
    lines = [header, ruler, *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def power(rows: float) -> str:
    """Rows as 1e6 or 2.5e6."""
    mantissa, exponent = f"{rows:.1e}".split("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent)}"


def amount(value: float | None) -> str:
    """Three digits, or a dash."""
    if value is None:
        return NONE
    if value >= 100.0:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10.0 else f"{value:.2f}"


def ratio(above: float | None, below: float | None) -> str:
    """One number over another, or a dash."""
    return amount(above / below) if above is not None and below else NONE


def _gap(results: Results, job: Job, program: str, rows: int) -> tuple[float, int] | None:
    """Largest difference from ours and how many numbers were compared."""
    ours, theirs = results.of(job.name, OURS, rows), results.of(job.name, program, rows)
    if not ours or not theirs or not ours[0].estimates or not theirs[0].estimates:
        return None
    return difference(ours[0].estimates, theirs[0].estimates)


def job_table(results: Results, job: Job) -> str:
    """Every program at every size."""
    scan = f"scan_{job.kind}"
    lines = []
    for rows in results.sizes([job.name]):
        base = middle(results.of(scan, SCAN, rows), "cpu_s")
        own = middle(results.of(job.name, OURS, rows), "cpu_s")
        for program in programs_of(job):
            runs = results.of(job.name, program, rows)
            if not runs:
                continue
            outcome = next((run.outcome for run in runs if run.outcome != "ok"), "ok")
            cpu = middle(runs, "cpu_s")
            at_least = "> " if cpu is not None and outcome != "ok" else ""
            gap = _gap(results, job, program, rows) if program != OURS else None
            cells = [
                power(rows),
                f"**{label(program)}**" if program == OURS else job.label(program),
                at_least + amount(cpu),
                at_least + amount(middle(runs, "wall_s")),
                at_least + amount(middle(runs, "peak_mb")),
                at_least + ratio(cpu, base) if cpu else NONE,
                at_least + ratio(cpu, own) if cpu else NONE,
                "" if gap is None else f"{gap[0]:.0e} of {gap[1]}",
                "" if outcome == "ok" else outcome,
            ]
            lines.append(cells)
    header = ["rows", "program", "CPU s", "wall s", "peak MB", "CPU / scan", "CPU / ours"]
    return table([*header, "largest difference", "outcome"], lines)


def wrong_answers(results: Results) -> list[str]:
    """Peers whose answers are not ours, and tasks of ours that did not end."""
    found = []
    for job in JOBS.values():
        for rows in results.sizes([job.name]):
            for program in programs_of(job):
                name = f"{job.name}, {power(rows)} rows, {label(program)}"
                if program in (OURS, SCAN):
                    bad = [
                        run for run in results.of(job.name, program, rows) if run.outcome != "ok"
                    ]
                    found += [f"{name}: {run.outcome}" for run in bad]
                    continue
                gap = _gap(results, job, program, rows)
                if gap is not None and not gap[0] <= job.agreement:
                    said = f"differs from ours by {gap[0]:.1e}, more than {job.agreement:g}"
                    found.append(f"{name}: {said}")
    return found


def summary(results: Results) -> str:
    """Of each job and size: ours, and the peer that needs the least CPU."""
    lines = []
    for job in JOBS.values():
        for rows in results.sizes([job.name]):
            own = middle(results.of(job.name, OURS, rows), "cpu_s")
            peers = {
                program: middle(runs, "cpu_s")
                for program in job.peers
                if (runs := results.of(job.name, program, rows))
                and all(run.outcome == "ok" for run in runs)
            }
            known = {program: cpu for program, cpu in peers.items() if cpu is not None}
            if own is None or (not known and rows <= results.settings["peers_up_to"]):
                continue
            best = min(known, key=lambda program: known[program], default=None)
            scan = middle(results.of(f"scan_{job.kind}", SCAN, rows), "cpu_s")
            wall = middle(results.of(job.name, OURS, rows), "wall_s")
            peak = middle(results.of(job.name, OURS, rows), "peak_mb")
            theirs = [NONE, NONE, NONE]
            if best is not None:
                peer_wall = middle(results.of(job.name, best, rows), "wall_s")
                theirs = [job.label(best), ratio(known[best], own), ratio(peer_wall, wall)]
            cells = [job.title, power(rows), amount(own), amount(wall), amount(peak)]
            lines.append([*cells, ratio(own, scan), *theirs])
    header = ["job", "rows", "CPU s", "wall s", "peak MB", "CPU / scan"]
    return table([*header, "least CPU of a peer", "its CPU / ours", "its wall / ours"], lines)


def slope(small: tuple[float, float], large: tuple[float, float]) -> float:
    """Of log CPU on log rows between two sizes, each (rows, CPU)."""
    return (log10(large[1]) - log10(small[1])) / (log10(large[0]) - log10(small[0]))


def growth(results: Results) -> str:
    """Slopes of ours: from size to size and over all, by least squares."""
    sizes = [rows for rows in results.sizes(JOBS) if rows >= SMALLEST_OF_GROWTH]
    steps = list(pairwise(sizes))
    lines = []
    for job in JOBS.values():
        program = programs_of(job)[0]
        points = [
            (float(rows), cpu)
            for rows in sizes
            if all(run.outcome == "ok" for run in results.of(job.name, program, rows))
            and (cpu := middle(results.of(job.name, program, rows), "cpu_s"))
        ]
        at = {rows: (rows, cpu) for rows, cpu in points}
        between = [f"{slope(at[a], at[b]):.2f}" if a in at and b in at else NONE for a, b in steps]
        over_all = f"{_least_squares(points):.2f}" if len(points) > 2 else NONE
        lines.append([job.title, *between, over_all])
    named = [f"{power(a)} to {power(b)}" for a, b in steps]
    return table(["job", *named, "all sizes"], lines)


def _least_squares(points: Sequence[tuple[float, float]]) -> float:
    x, y = [log10(rows) for rows, _ in points], [log10(cpu) for _, cpu in points]
    centre = sum(x) / len(x)
    return sum((a - centre) * b for a, b in zip(x, y, strict=True)) / sum(
        (a - centre) ** 2 for a in x
    )


def machine_table(results: Results) -> str:
    """What the numbers depend on."""
    found, asked = results.machine, results.settings
    versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
    rows = [
        ["processor", f"{found['processor']}, {found['cores']} cores"],
        ["memory", f"{found['memory_gb']} GB"],
        ["system", f"{found['system']}, Python {found['python']}"],
        ["versions", versions],
        ["seed", str(asked["seed"])],
        ["repeats", f"{asked['repeats']} of tasks under {asked['repeat_below_s']:g} s, else 1"],
        ["memory limit of DuckDB", str(asked["memory_limit"])],
        ["a task is stopped at", f"{asked['memory_cap_gb']:g} GB resident memory"],
        ["a peer is stopped after", f"{asked['timeout_s']:g} s"],
    ]
    if (load := middle(results.runs, "load")) is not None:
        rows.append(["load average before a task", amount(load)])
    if asked.get("note"):
        rows.append(["note", str(asked["note"])])
    return table(["", ""], rows)


def builds(dbt: dict[str, Any], project: str, state: str, what: str) -> float:
    """Median of the builds of a project."""
    return median(
        float(build[what])
        for build in dbt["builds"]
        if (build["project"], build["state"]) == (project, state)
    )


def dbt_table(results: Results) -> str:
    """Both builds, cold and warm."""
    lines = []
    for state in ("cold", "warm"):
        for what, unit in (("wall_s", "wall s"), ("cpu_s", "CPU s"), ("peak_mb", "peak MB")):
            real, empty = (builds(results.dbt, name, state, what) for name in ("project", "empty"))
            lines.append([f"{state}, {unit}", amount(real), amount(empty), ratio(real, empty)])
    return table(["", "this project", "empty project", "ratio"], lines)


def dbt_phases(results: Results) -> str:
    """CPU seconds of a warm build by what dbt does."""
    dbt = results.dbt
    columns = []
    for project in ("project", "empty"):
        whole = builds(dbt, project, "warm", "cpu_s")
        start, parse = dbt["start"]["cpu_s"], dbt[project]["parse_warm"]["cpu_s"]
        cold = dbt[project]["parse_cold"]["cpu_s"] - start
        columns.append([start, parse - start, whole - parse, whole, cold])
    named = (
        *("Python starts and imports dbt", "reads the parse of the run before"),
        *("compiles and runs the nodes", "**together**", "(parses anew, when cold)"),
    )
    rows = [
        [name, amount(real), amount(empty), amount(real - empty)]
        for name, real, empty in zip(named, *columns, strict=True)
    ]
    return table(["CPU s", "this project", "empty project", "difference"], rows)


def dbt_kinds(results: Results) -> str:
    """Seconds of nodes by kind."""
    dbt = results.dbt
    real, empty = (dbt[name]["by_kind"] for name in ("project", "empty"))
    rows = [
        [kind, str(dbt["nodes"].get(kind, 0)), amount(real.get(kind)), amount(empty.get(kind))]
        for kind in KINDS
        if kind in real or kind in empty
    ]
    return table(["kind of node", "nodes", "seconds, this project", "seconds, empty project"], rows)


def dbt_slowest(results: Results) -> str:
    """The slowest nodes."""
    rows = [
        [f"`{row['node']}`", row["kind"], amount(row["seconds"])] for row in results.dbt["slowest"]
    ]
    return table(["node", "kind", "seconds"], rows)


def dbt_imports(results: Results) -> str:
    """CPU seconds by what is imported."""
    rows = [[name, amount(seconds)] for name, seconds in results.dbt["imports"].items()]
    return table(["import", "CPU s"], rows)
