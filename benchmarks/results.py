"""The file of results: written after every task, read by a resumed run and by the page."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.columns import ROOT

FILE = ROOT / "benchmarks" / "results.json"
PACKAGES = (
    *("trade-potential", "duckdb", "numpy", "scipy", "pandas", "pyarrow"),
    *("linearmodels", "statsmodels", "pyfixest", "dbt-core", "dbt-duckdb"),
)
Key = tuple[str, str, int]
"""Job, program, rows."""


@dataclass(frozen=True)
class Run:
    """One task, once.

    Attributes:
        job, program, rows, repeat: Which.
        outcome: ok, or what happened instead.
        cpu_s, wall_s, peak_mb: None where nothing ran.
        estimates: Of the first repeat.
        load: Mean number of running processes in the minute before; the task before is among them.
    """

    job: str
    program: str
    rows: int
    repeat: int
    outcome: str
    cpu_s: float | None = None
    wall_s: float | None = None
    peak_mb: float | None = None
    estimates: dict[str, float] = field(default_factory=dict)
    load: float | None = None

    @property
    def key(self) -> Key:
        """Without the repeat."""
        return self.job, self.program, self.rows


@dataclass
class Results:
    """Everything a run of the benchmark has found.

    Attributes:
        settings: What was asked for; a resumed run must ask for the same data and limits.
        machine: Processor, cores, memory, and versions.
        runs: In the order they were made.
        dbt: Of the default build and the empty project; empty where not measured.
        world: Of worlds of some sizes; empty where not measured.
    """

    settings: dict[str, Any]
    machine: dict[str, Any]
    runs: list[Run] = field(default_factory=list)
    dbt: dict[str, Any] = field(default_factory=dict)
    world: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> Results:
        """From a file that ``write`` wrote.

        Raises:
            ValueError: The file is none of ours.
        """
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            runs = [Run(**run) for run in found.pop("runs")]
            return cls(runs=runs, **found)
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"{path} holds no results of this benchmark: {error}") from error

    def write(self, path: Path) -> None:
        """Replace the file as a whole, so that an interruption leaves the one before."""
        runs = [{k: v for k, v in asdict(run).items() if v not in (None, {})} for run in self.runs]
        content = {"settings": self.settings, "machine": self.machine, "dbt": self.dbt}
        text = json.dumps({**content, "world": "WORLD", "runs": "RUNS"}, indent=1)
        for name, held in (("WORLD", self.world), ("RUNS", runs)):
            lines = ",\n  ".join(json.dumps(one) for one in held)
            text = text.replace(f'"{name}"', f"[\n  {lines}\n ]" if held else "[]")
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_text(text + "\n", encoding="utf-8")
        partial.replace(path)

    def of(self, job: str, program: str, rows: int) -> list[Run]:
        """All repeats of a task."""
        return [run for run in self.runs if run.key == (job, program, rows)]

    def sizes(self, jobs: Iterable[str]) -> list[int]:
        """Rows that jobs were run with, ascending."""
        names = set(jobs)
        return sorted({run.rows for run in self.runs if run.job in names})


def middle(runs: list[Run], what: str) -> float | None:
    """Median over runs of cpu_s, wall_s, peak_mb or load; None where no run has it."""
    values = [getattr(run, what) for run in runs]
    known = [value for value in values if value is not None]
    return median(known) if known else None


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.machine()


def _said_version(*command: str) -> str | None:
    if shutil.which(command[0]) is None:
        return None
    found = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    lines = found.stdout.strip().splitlines()
    return lines[0].split()[-1] if lines else None


def machine() -> dict[str, Any]:
    """What the numbers depend on; no names of machines or folders."""
    versions: dict[str, str] = {}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    plm = ("Rscript", "--vanilla", "-e", "cat(as.character(packageVersion('plm')))")
    for name, command in {"gretl": ("gretlcli", "--version"), "R plm": plm}.items():
        if found := _said_version(*command):
            versions[name] = found
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 1e9, 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": versions,
    }
