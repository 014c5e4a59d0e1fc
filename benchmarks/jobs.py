"""The jobs, who can do them, and the command of each."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.columns import Kind

OURS, SCAN = "ours", "scan"
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Job:
    """One thing to compute.

    Attributes:
        name: As in files and on the command line.
        title: As people read it.
        kind: Of the file it reads.
        peers: Who else does it, in the order of the tables.
        agreement: Largest relative difference of two answers that are called the same.
        most_rows: Ours is run up to so many rows; more is not meant to fit into memory.
        partial: Peers that do a part of it.
    """

    name: str
    title: str
    kind: Kind
    peers: tuple[str, ...]
    agreement: float = 1e-6
    most_rows: float = 1e8
    partial: tuple[str, ...] = ()

    def label(self, program: str) -> str:
        """A program as people read it, with what it leaves out."""
        return f"{label(program)} (part)" if program in self.partial else label(program)


JOBS = {
    job.name: job
    for job in (
        Job("scan_panel", "One scan of the panel", "panel", ()),
        Job("scan_index", "One scan of the indicators", "index", ()),
        Job(
            "panel",
            "Panel suite",
            "panel",
            ("linearmodels", "statsmodels", "pyfixest", "gretl", "plm"),
            partial=("statsmodels", "pyfixest"),
        ),
        Job("twoway", "Two-way fixed effects", "panel", ("pyfixest",)),
        Job("ppml_pair_year", "PPML, pair and year effects", "panel", ("pyfixest",), 1e-3, 1e7),
        Job(
            "ppml_country_year",
            "PPML, exporter-year and importer-year effects",
            "panel",
            ("pyfixest",),
            1e-3,
            1e7,
        ),
        Job(
            "ppml_three_way",
            "PPML, exporter-year, importer-year and pair effects",
            "panel",
            ("pyfixest",),
            1e-3,
            1e7,
        ),
        Job("index", "Principal components", "index", ("numpy_eigh", "numpy_svd", "statsmodels")),
    )
}
"""PPML of a peer stops when the deviance stands still: its default is part of what is timed."""

PEERS = tuple(dict.fromkeys(peer for job in JOBS.values() for peer in job.peers))
PROGRAMS = {"gretl": "gretlcli", "plm": "Rscript"}
"""Peers that are programs, by what is called; the others are Python packages."""

LABELS = {
    "numpy_eigh": "numpy, eigenvectors of the correlations",
    "numpy_svd": "numpy, SVD of the rows",
    "plm": "R plm",
}


def label(program: str) -> str:
    """A program as people read it."""
    return LABELS.get(program, program)


def programs_of(job: Job) -> tuple[str, ...]:
    """Everyone who does a job: the scan alone, or ours and the peers."""
    return (SCAN,) if job.name.startswith("scan_") else (OURS, *job.peers)


def is_installed(program: str) -> bool:
    """Whether a peer can be run here."""
    if program in PROGRAMS:
        if shutil.which(PROGRAMS[program]) is None:
            return False
        return program != "plm" or any(_plm_folders())
    return program in (OURS, SCAN) or find_spec(program.split("_")[0]) is not None


def _plm_folders() -> list[Path]:
    """Where R keeps plm, by the folders that Debian and CRAN use."""
    roots = [Path("/usr/lib/R"), Path("/usr/local/lib/R"), Path.home() / "R"]
    return [folder for root in roots if root.is_dir() for folder in root.glob("**/plm/DESCRIPTION")]


def exported(program: str, data: Path) -> Path | None:
    """The file that a program reads instead, because it cannot read Parquet."""
    suffix = {"gretl": ".csv", "plm": ".doubles"}.get(program)
    return data.with_suffix(suffix) if suffix else None


def command(
    job: Job, program: str, data: Path, answer: Path, memory_limit: str
) -> tuple[list[str], dict[str, str]]:
    """Command and variables of a task that reads ``data`` and writes ``answer``."""
    other = exported(program, data)
    if other is not None:
        variables = {"BENCH_DATA": str(other), "BENCH_ANSWER": str(answer)}
        if program == "gretl":
            return ["gretlcli", "-b", "-q", str(HERE / "programs" / "gretl.inp")], variables
        return ["Rscript", "--vanilla", str(HERE / "programs" / "plm.R")], variables
    python = [sys.executable, "-m", "benchmarks.child"]
    return [*python, job.name, program, str(data), str(answer), memory_limit], {}
