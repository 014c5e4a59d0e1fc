"""Tables of the budget of the default build, of its release and of worlds, in Markdown."""

from __future__ import annotations

from typing import Any

from benchmarks.results import Results
from benchmarks.tables import NONE, amount, builds, ratio, table
from benchmarks.world_cost import STAGES

BUDGET = {
    "today's studies": 20.0,
    "world with its second computation": 18.0,
    "verification": 8.0,
    "certainty": 3.0,
    "worth": 3.0,
    "site": 8.0,
}
"""Wall seconds on two quiet cores, without the installation, by part of the default build."""


def budget(results: Results) -> str:
    """Seconds of the first build by part, measured and allowed; a dash where there is none yet."""
    found = {}
    for what in ("wall_s", "cpu_s"):
        whole, small = (builds(results.dbt, name, "cold", what) for name in ("project", "small"))
        found[what] = dict(zip(BUDGET, (small, whole - small), strict=False)) | {"sum": whole}
    rows = [
        [part, *(amount(found[what].get(part)) for what in found), amount(allowed)]
        for part, allowed in BUDGET.items()
    ]
    allowed = sum(BUDGET.values())
    rows.append(
        ["**together**", *(amount(held["sum"]) for held in found.values()), amount(allowed)]
    )
    return table(["part", "wall s", "CPU s", "wall s allowed"], rows)


def release(results: Results) -> str:
    """Sizes and seconds of reading."""
    found = results.dbt["release"]
    rows = [
        ["a release", f"{amount(found['mb'])} MB"],
        ["its DuckDB file", f"{amount(found['database_mb'])} MB"],
        [f"`rpt_answer`, {found['parts']} files", f"{amount(found['parts_mb'])} MB"],
        ["the largest of them", f"{amount(found['largest_part_mb'])} MB"],
        ["what the next release adds where no figure has changed", f"{amount(found['own_mb'])} MB"],
        ["`publish_release`", f"{amount(found['publish_s'])} s"],
    ]
    rows += [
        [f"one pair from Parquet: {what}", f"{amount(1e3 * seconds)} ms"]
        for what, seconds in found["read_s"].items()
    ]
    return table(["", ""], rows)


def world(results: Results) -> str:
    """Every world: ours by stage, and the peer."""
    rows: list[list[str]] = []
    own: dict[str, Any] = {}
    for run in results.world:
        is_ours = run["program"] == "ours"
        own = run if is_ours else own
        rows.append(
            [
                str(run["economies"]),
                str(run["years"]),
                f"{run['rows']:,}",
                "**ours**" if is_ours else str(run["program"]),
                *(amount(run[what]) for what in ("cpu_s", "wall_s", "peak_mb")),
                *(_stage(run, stage) for stage in STAGES),
                ratio(run["stages"]["estimate"], own["stages"]["estimate"]),
                "" if is_ours else f"{run['gap']:.0e} of {run['compared']}",
            ]
        )
    header = ["economies", "years", "cells", "program", "CPU s", "wall s", "peak MB", *STAGES]
    return table([*header, "estimate / ours", "largest difference"], rows)


def _stage(run: dict[str, Any], stage: str) -> str:
    return amount(run["stages"][stage]) if stage in run["stages"] else NONE
