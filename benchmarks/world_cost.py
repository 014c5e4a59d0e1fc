"""What the structural estimate of world trade costs, by economies and years: inputs/world, cut.

Each task is a process of its own that reads the cells from Parquet, as the tasks of the library:
`python -m benchmarks.world_cost ours FILE ANSWER` is one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.agreement import difference, read_answer
from benchmarks.columns import ROOT
from benchmarks.measure import measure
from benchmarks.programs.names import Estimates, named

ECONOMIES = (50, 100, 0)
"""The largest by trade; 0: all of them."""
YEARS = ((2017, 2020), (2008, 2020))
TIMEOUT_S = 600.0
MEMORY_MB = 16_000.0
STAGE = "seconds of "
"""Begins the names of numbers that are no estimates."""
STAGES = ("reading", "estimate", "pairs left out", "lasting ratios")

Say = Callable[[str], None]


def world_cost(say: Say) -> list[dict[str, Any]]:
    """Time, memory and agreement of every world, ours and pyfixest.

    Raises:
        RuntimeError: A task failed.
    """
    found = []
    with tempfile.TemporaryDirectory(prefix="bench-world-") as name:
        data, answer = Path(name) / "cells.parquet", Path(name) / "answer.txt"
        for years in YEARS:
            for count in ECONOMIES:
                # In a process of its own: measured ones begin with the size of this one.
                asked = [*map(str, (*years, count)), str(data)]
                made = subprocess.run(  # noqa: S603  # our own module
                    [sys.executable, "-m", "benchmarks.world_cost", "cut", *asked],
                    cwd=ROOT,
                    check=True,
                    capture_output=True,
                    text=True,
                )
                found += list(_programs(json.loads(made.stdout), data, answer, say))
    return found


def cut(first_year: int, last_year: int, count: int, target: Path) -> dict[str, int]:
    """Write the cells of the largest economies; returns how many of what."""
    from tests.worlds import real_cells

    cells = real_cells(first_year, last_year)
    size = cells.groupby("exporter")["trade"].sum().sort_values(ascending=False)
    kept = set(size.index[: count or len(size)])
    part = cells[cells["exporter"].isin(kept) & cells["importer"].isin(kept)]
    part.to_parquet(target, index=False)
    return {"economies": len(kept), "years": last_year - first_year + 1, "rows": len(part)}


def _programs(
    world: dict[str, Any], data: Path, answer: Path, say: Say
) -> Iterator[dict[str, Any]]:
    ours: Estimates = {}
    for program in ("ours", "pyfixest"):
        used = measure(
            [sys.executable, "-m", "benchmarks.world_cost", program, str(data), str(answer)],
            cwd=ROOT,
            timeout_s=TIMEOUT_S,
            memory_mb=MEMORY_MB,
        )
        if used.outcome != "ok":
            raise RuntimeError(
                f"world of {world['economies']} economies, {program}: {used.outcome}"
            )
        said = read_answer(answer)
        stages = {n.removeprefix(STAGE): v for n, v in said.items() if n.startswith(STAGE)}
        estimates = {n: v for n, v in said.items() if not n.startswith(STAGE)}
        ours = ours or estimates
        gap, compared = difference(ours, estimates)
        numbers = {"cpu_s": used.cpu_s, "wall_s": used.wall_s, "peak_mb": used.peak_mb}
        yield {**world, "program": program, **numbers, "stages": stages} | (
            {} if program == "ours" else {"gap": gap, "compared": compared}
        )
        say(f"world of {world['rows']} cells, {program}: {used.wall_s:.1f} s")


@contextmanager
def _timed(found: Estimates, stage: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    found[STAGE + stage] = round(time.perf_counter() - started, 3)


def ours(data: Path) -> Estimates:
    """Slopes with their errors, every pair left out, lasting ratios: as a build has them."""
    import pandas as pd
    from tests.worlds import REAL_TERMS, world_of

    from trade_potential.linalg import one_thread
    from trade_potential.structural.estimate import fit_world
    from trade_potential.structural.lasting import lasting_of_world
    from trade_potential.structural.pair_out import without_pair

    found: Estimates = {}
    with one_thread():
        with _timed(found, "reading"):
            world = world_of(pd.read_parquet(data), REAL_TERMS)
        with _timed(found, "estimate"):
            fit = fit_world(world)
        with _timed(found, "pairs left out"):
            out = without_pair(fit)
        with _timed(found, "lasting ratios"):
            lasting_of_world(fit.world.trade, fit.fitted, out.predicted)
    errors = fit.covariance.diagonal() ** 0.5
    found |= named("coefficient", fit.world.terms, fit.coefficients)
    return found | named("clustered", fit.world.terms, errors)


def pyfixest(data: Path) -> Estimates:
    """Slopes with their errors alone."""
    import pandas as pd
    import pyfixest as pf
    from tests.worlds import REAL_TERMS

    found: Estimates = {}
    with _timed(found, "reading"):
        cells = pd.read_parquet(data)
        ends = cells[["exporter", "importer"]]
        cells["pair"] = ends.min(axis=1) + ends.max(axis=1)
    with _timed(found, "estimate"):
        fit = pf.fepois(
            f"trade ~ {' + '.join(REAL_TERMS)} | exporter^year + importer^year",
            cells,
            vcov={"CRV1": "pair"},
            ssc=pf.ssc(k_adj=False),
            copy_data=False,
            store_data=False,
        )
    terms = list(fit.coef().index)
    return found | named("coefficient", terms, fit.coef()) | named("clustered", terms, fit.se())


def main(what: str, *arguments: str) -> None:
    """Cut a world, or compute with one and write one number a line."""
    if what == "cut":
        *numbers, target = arguments
        print(json.dumps(cut(*map(int, numbers), Path(target))))
        return
    data, answer = map(Path, arguments)
    found = {"ours": ours, "pyfixest": pyfixest}[what](data)
    lines = [f"{name}\t{float(value)!r}\n" for name, value in found.items()]
    answer.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
