"""docs/performance.md and its plot, from the results alone."""

from __future__ import annotations

import sys

from benchmarks import build_tables, tables
from benchmarks.columns import ROOT
from benchmarks.jobs import JOBS
from benchmarks.results import Results

sys.path.insert(0, str(ROOT / "docs"))  # shared with the other pages

import blocks

PAGE = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "images" / "performance.png"
NOT_MEASURED = "Not measured in this run."


def found(results: Results) -> dict[str, str]:
    """Every table of the page."""
    made = {name: tables.job_table(results, job) for name, job in JOBS.items()}
    made["summary"] = tables.summary(results)
    made["growth"] = tables.growth(results)
    made["machine"] = tables.machine_table(results)
    for name in ("dbt_table", "dbt_phases", "dbt_kinds", "dbt_slowest", "dbt_imports"):
        made[name] = getattr(tables, name)(results) if results.dbt else NOT_MEASURED
    for name in ("budget", "release"):
        made[name] = NOT_MEASURED
        if "release" in results.dbt:
            made[name] = getattr(build_tables, name)(results)
    made["world"] = build_tables.world(results) if results.world else NOT_MEASURED
    return made


def refresh(results: Results, *, check: bool) -> int:
    """Write the tables and the plot, or only say which tables would change; the exit status."""
    status = blocks.update(
        PAGE,
        found(results),
        lambda _, __, new: new,
        check=check,
        script="python -m benchmarks --page",
    )
    if not check:
        import figures

        from benchmarks.plot import chart

        figures.save(chart(results), PLOT)
    return status
