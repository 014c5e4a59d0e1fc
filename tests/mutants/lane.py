"""Builds with one fault: copies of a project that is built once, changed and set back in turn."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.build import parsed_state
from tests.build.forks import Server
from tests.build.project import Project
from tests.mutants.mutant import Mutant
from tests.mutants.reach import selection

LIMIT_SECONDS = 900
"""Of one build: a fault may also let an iteration run for ever."""
STATE = "target/unchanged"
"""Manifest of the project without a fault, with which dbt compares."""
PUBLISH = "model.trade_potential.publish_release"
FAILED = ("error", "fail", "runtime error")
VOLATILE = {"release_id", "published_at", "run_id", "database"}
"""Entries of a manifest that are of one release alone. DuckDB writes no file twice alike."""


@dataclass(frozen=True)
class Verdict:
    """What became of a fault.

    Attributes:
        name: Of the fault.
        area: Of the fault.
        status: stopped, survived (the release would have followed), same (it would have followed,
            and nothing that is published is another), ended (by the limit of time: not judged).
        by: Node or test that said it first; of survivors the marts that are others.
        said: Its first words.
        seconds: Of the clock.
    """

    name: str
    area: str
    status: str
    by: str
    said: str
    seconds: float = 0.0


class Lane:
    """One copy of a built project and one process that runs dbt in it."""

    def __init__(self, base: Project, folder: Path) -> None:
        """Copy what was built, once; ``folder`` must not be there."""
        self._server, self._base = Server(), base
        self.project = base.built_copy(folder)
        self._dbt("parse")
        (folder / STATE).mkdir()
        shutil.copy(folder / "target" / "manifest.json", folder / STATE)
        shutil.copy(folder / parsed_state.FILE, folder / STATE)
        self._sums = base.mart_sums()

    def judge(self, mutant: Mutant) -> Verdict:
        """Build with the fault, and set everything back."""
        root = self.project.root
        path = root / mutant.file
        before = path.read_bytes()
        times = path.stat()
        chosen = [] if mutant.needs_whole_build else selection(root, mutant.file)
        if not chosen:
            remove_releases(root)  # the next one is the first
        if mutant.area == "study":
            shutil.copytree(self._base.root / "release", root / "release", symlinks=True)
        try:
            mutant.plant(root)
            code, said = self._build(chosen)
            return self._verdict(mutant, code, said, is_whole=not chosen)
        finally:
            path.write_bytes(before)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
            shutil.copy(self._base.database, self.project.database)
            self.project.database.with_suffix(".duckdb.wal").unlink(missing_ok=True)
            shutil.copy(root / STATE / parsed_state.FILE.name, root / parsed_state.FILE)

    def _build(self, chosen: list[str]) -> tuple[int, str]:
        (self.project.root / "target" / "run_results.json").unlink(missing_ok=True)
        # eager: a test that looks at a node that is made again and at one that is not is run, too
        arguments = ["build", "--fail-fast", "--state", STATE]
        if chosen:
            arguments += [*chosen, "--indirect-selection", "eager"]
        return self._dbt(*arguments)

    def _dbt(self, *arguments: str) -> tuple[int, str]:
        done = run_dbt(self._server, self.project.root, *arguments)
        return done.returncode, f"{done.stdout}\n{done.stderr}"

    def _verdict(self, mutant: Mutant, code: int, said: str, *, is_whole: bool) -> Verdict:
        def verdict(status: str, by: str, words: str) -> Verdict:
            return Verdict(mutant.name, mutant.area, status, by, words[:300])

        results = results_of(self.project.root)
        if code == -signal.SIGALRM:
            return verdict("ended", "", f"no answer within {LIMIT_SECONDS} s")
        if code:
            return verdict("stopped", *first_complaint(results, said))
        if PUBLISH not in results and results:
            return verdict("stopped", "publish_release", "not among the nodes that were run")
        others = [
            name for name, held in self.project.mart_sums().items() if held != self._sums.get(name)
        ]
        others += [name for name in self._sums if name not in self.project.mart_sums()]
        if is_whole and not others:
            others = different_entries(self._base.root, self.project.root)
        if not others and not mutant.is_check:
            return verdict("same", "", "")
        return verdict("survived", ", ".join(others[:4]), "")


def results_of(root: Path) -> dict[str, tuple[str, str]]:
    """Status and message by node of the last run, in the order in which they ended."""
    path = root / "target" / "run_results.json"
    if not path.exists():
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))["results"]
    found.sort(key=lambda one: one["timing"][-1]["completed_at"] if one["timing"] else "~")
    return {one["unique_id"]: (one["status"], one["message"] or "") for one in found}


def first_complaint(results: dict[str, tuple[str, str]], said: str) -> tuple[str, str]:
    """Node or test, and its words: the first refused row where a test counts them alone."""
    for name, (status, message) in results.items():
        if status in FAILED:
            short = name.split(".")[2] + (
                "" if not name.startswith("unit_test") else " (unit test)"
            )
            rows = re.search(rf"Rejected by {re.escape(short)}.*?\n(?:[\d:]+ +)?(.+)", said)
            return short, " ".join((rows[1] if rows else message).split())
    lines = [re.sub(r"^[\d:]+ +", "", line).strip() for line in said.splitlines()]
    # dbt-duckdb may fail to cancel what else runs, and dbt then writes no results
    for line in lines:
        if found := re.match(r"\d+ of \d+ (?:ERROR|FAIL)\S* +(?:\d+ )?(.*?)[ .]*\[", line):
            return found[1].split()[-1], line
    told = [line for line in lines if line and not line.startswith(("Running", "Registered"))]
    return "before any node is run", " ".join(told[-6:])


def different_entries(base: Path, root: Path) -> list[str]:
    """Entries of the manifest of a release that are not those of the unchanged project."""
    mine, theirs = (
        json.loads((one / "release" / "current" / "manifest.json").read_text(encoding="utf-8"))
        for one in (base, root)
    )
    for manifest in (mine, theirs):
        manifest["files"] = {k: v for k, v in manifest["files"].items() if ".duckdb" not in k}
    names = sorted({*mine, *theirs} - VOLATILE)
    return [f"manifest {name}" for name in names if mine.get(name) != theirs.get(name)]


def remove_releases(root: Path) -> None:
    """Releases are read-only: their folders must be opened first."""
    folder = root / "release"
    for path in folder.rglob("*") if folder.exists() else ():
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(folder, ignore_errors=True)


def run_dbt(server: Server, root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of dbt in a copy of the project, with its library and outside of a checkout."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DBT_", "TRADE_"))}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # where nothing is kept, all is compiled each time
    kept |= {
        "DO_NOT_TRACK": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "GIT_CEILING_DIRECTORIES": str(root.parent),
    }
    return server.dbt(root, arguments, kept, library=root / "src", seconds=LIMIT_SECONDS)


def built_at(root: Path) -> Project:
    """A project without a fault, built and published."""
    project = Project.copied_to(root)
    done = run_dbt(Server(), root, "build")
    if done.returncode:
        raise SystemExit(f"the build without a fault fails:\n{done.stdout[-4000:]}")
    return project
