"""Every task of every size in turn; results are written after each."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.agreement import read_answer
from benchmarks.columns import ROOT
from benchmarks.jobs import JOBS, OURS, SCAN, Job, command, exported, is_installed, programs_of
from benchmarks.measure import measure
from benchmarks.results import Results, Run

BYTES_PER_ROW = {"panel": 40, "index": 95}
"""Of the Parquet files, rounded up; gretl's CSV has 170, R's doubles 88."""

EXPORTED_BYTES = 260

Say = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """What is run, and within which limits.

    Attributes:
        sizes: Rows, ascending.
        peers: Who stands beside ours.
        jobs: Names of jobs; scans are always among them.
        repeats: Of tasks whose first run took less than ``repeat_below_s``.
        repeat_below_s: Wall seconds.
        peers_up_to: Rows; peers are not run with more.
        seed: Of the data.
        memory_limit: Of DuckDB in ours and in the scan.
        memory_cap_gb: Resident memory at which any task is stopped.
        timeout_s: Wall seconds at which a task of a peer is stopped.
        own_timeout_s: The same of ours.
        work: Folder of the data.
        keep_data: Whether the data stay there.
        note: What a reader of the page has to know, such as a busy machine.
    """

    sizes: tuple[int, ...]
    peers: tuple[str, ...]
    jobs: tuple[str, ...]
    repeats: int
    repeat_below_s: float
    peers_up_to: float
    seed: int
    memory_limit: str
    memory_cap_gb: float
    timeout_s: float
    own_timeout_s: float
    work: Path
    keep_data: bool = False
    note: str = ""

    @property
    def told(self) -> dict[str, object]:
        """What the numbers depend on."""
        names = ("repeats", "repeat_below_s", "peers_up_to", "seed", "memory_limit")
        limits = ("memory_cap_gb", "timeout_s", "own_timeout_s", "note")
        return {name: getattr(self, name) for name in (*names, *limits)}


@dataclass(frozen=True)
class Task:
    """A job of a program at a size, once."""

    job: Job
    program: str
    rows: int
    repeat: int


def tasks(settings: Settings, rows: int) -> Iterator[Task]:
    """Of one size: job by job, its programs in turn within each repeat."""
    for job in JOBS.values():
        if job.name not in settings.jobs and not _is_needed_scan(job, settings):
            continue
        for repeat in range(settings.repeats):
            for program in programs_of(job):
                is_peer = program not in (OURS, SCAN)
                if is_peer and (program not in settings.peers or rows > settings.peers_up_to):
                    continue
                if rows > job.most_rows:
                    continue
                yield Task(job, program, rows, repeat)


def _is_needed_scan(job: Job, settings: Settings) -> bool:
    kinds = {JOBS[name].kind for name in settings.jobs}
    return job.name.startswith("scan_") and job.kind in kinds


class Bench:
    """A run of the benchmark."""

    def __init__(self, settings: Settings, results: Results, target: Path, say: Say) -> None:
        """Results are extended and written to ``target``."""
        self.settings, self.results, self.target, self.say = settings, results, target, say

    def run(self) -> None:
        """All sizes.

        Raises:
            RuntimeError: Data cannot be made: too little room, or the generator failed.
        """
        self.settings.work.mkdir(parents=True, exist_ok=True)
        for rows in self.settings.sizes:
            open_tasks = [task for task in tasks(self.settings, rows) if not self._is_done(task)]
            for kind in ("panel", "index"):
                mine = [task for task in open_tasks if task.job.kind == kind]
                if not mine:
                    continue
                data = self._data(kind, rows)
                self._warm_file(data)
                for task in mine:
                    self._run(task, data)
                if not self.settings.keep_data:
                    for file in self.settings.work.glob(f"{data.stem}.*"):
                        file.unlink()

    def _data(self, kind: str, rows: int) -> Path:
        """The file of a kind and size, made if it is not there."""
        target = self.settings.work / f"{kind}-{rows}-{self.settings.seed}.parquet"
        if target.exists():
            return target
        self._need(rows * BYTES_PER_ROW[kind], target)
        started = time.monotonic()
        arguments = [kind, str(rows), str(self.settings.seed), str(target)]
        self._helper("benchmarks.data", *arguments)
        self.say(f"{target.name}: made in {time.monotonic() - started:.0f} s")
        return target

    def _need(self, size: int, target: Path) -> None:
        free = shutil.disk_usage(target.parent).free
        if free < 1.1 * size:
            raise RuntimeError(
                f"{target.name} needs {size / 1e9:.1f} GB, {free / 1e9:.1f} GB are free in the "
                "working folder: name another with --work, or smaller --sizes"
            )

    def _helper(self, module: str, *arguments: str) -> None:
        """Run a module that is not measured, in a process of its own to keep this one small."""
        found = subprocess.run(  # noqa: S603  # our own modules
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        if found.returncode != 0:
            said = " ".join(found.stderr.strip().splitlines()[-1:])
            raise RuntimeError(f"python -m {module} {' '.join(arguments)}: {said}")

    @staticmethod
    def _warm_file(data: Path) -> None:
        """Read the file once, so that every program finds it in the same state."""
        with data.open("rb") as file:
            while file.read(1 << 24):
                pass

    def _run(self, task: Task, data: Path) -> None:
        name = f"{task.job.name} {task.program} {task.rows:.0e} #{task.repeat + 1}"
        if self._is_done(task):
            return  # by its first run
        run = self._unable(task) or self._measured(task, data)
        self.results.runs.append(run)
        self.results.write(self.target)
        took = "" if run.cpu_s is None else f"{run.cpu_s:8.1f} s CPU {run.wall_s:8.1f} s wall"
        memory = "" if run.peak_mb is None else f" {run.peak_mb:8.0f} MB"
        self.say(f"{name:<42} {run.outcome:<14} {took}{memory}")

    def _is_done(self, task: Task) -> bool:
        """Whether it has run, or its first run failed or was long enough to count alone."""
        for run in self.results.of(task.job.name, task.program, task.rows):
            if run.repeat == task.repeat or run.outcome != "ok":
                return True
            if run.wall_s is not None and run.wall_s >= self.settings.repeat_below_s:
                return True
        return False

    def _unable(self, task: Task) -> Run | None:
        """Why a task is not run: the program is missing, or a smaller size was too much for it."""
        if not is_installed(task.program):
            return Run(task.job.name, task.program, task.rows, task.repeat, "not installed")
        smaller = [
            run
            for run in self.results.runs
            if (run.job, run.program) == (task.job.name, task.program)
            and run.rows < task.rows
            and (run.outcome.startswith("over ") or run.outcome == "out of memory")
        ]
        if smaller:
            last = smaller[-1]
            said = f"not tried: {last.outcome} at {last.rows:.0e}".replace("e+0", "e")
            return Run(task.job.name, task.program, task.rows, task.repeat, said)
        return None

    def _measured(self, task: Task, data: Path) -> Run:
        other = exported(task.program, data)
        if other is not None and not other.exists():
            self._need(task.rows * EXPORTED_BYTES, other)
            self._helper("benchmarks.export", str(data), str(other))
        answer = self.settings.work / "answer.txt"
        answer.unlink(missing_ok=True)
        words, variables = command(task.job, task.program, data, answer, self.settings.memory_limit)
        is_peer = task.program not in (OURS, SCAN)
        load = round(os.getloadavg()[0], 1)
        used = measure(
            words,
            cwd=ROOT,
            timeout_s=self.settings.timeout_s if is_peer else self.settings.own_timeout_s,
            memory_mb=self.settings.memory_cap_gb * 1e3,
            variables=variables,
        )
        outcome, estimates = used.outcome, {}
        if outcome == "ok":
            try:
                estimates = read_answer(answer)
            except ValueError as error:
                outcome = f"failed: {error}"
        return Run(
            job=task.job.name,
            program=task.program,
            rows=task.rows,
            repeat=task.repeat,
            outcome=outcome.replace(str(ROOT), "."),
            cpu_s=used.cpu_s,
            wall_s=used.wall_s,
            peak_mb=used.peak_mb,
            load=load,
            estimates=estimates if task.repeat == 0 else {},
        )
