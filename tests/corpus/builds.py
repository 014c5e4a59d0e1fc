"""Mutated seeds in whole builds: one mutation per seed and build, each judged by itself."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb
from dbt.cli.main import dbtRunner
from tests.build.project import ROOT, Project
from tests.corpus.case import Case
from tests.corpus.judge import has_traceback, is_named, refusals
from tests.corpus.parquet import PREFIX


class Verdict(NamedTuple):
    """What became of a case; no failure: as expected."""

    case: Case
    failure: str = ""


TOGETHER = {"form": 15, "staging": 10, "gate": 3}
"""Replaced values of one seed in one build: fewer than are printed of a file or a test."""
APART = 2
"""Lines between two defects of the gate: its rules look at the years beside a value."""
STAGING = ["build", "-s", "path:seeds", "path:models/staging"]
PARTS = {
    "loaded": ["seed"],
    "staging": STAGING,
    "gate": ["build", "-s", "+gate_results"],
    "built": ["build", "--exclude", "publish_release"],
    "contract": STAGING,
    "rows": STAGING,
    "stored": STAGING,
}
"""Where nothing below could run anyway, only what refuses is run; the first build that the gate
must refuse is a whole one, and shows that the rest is skipped and nothing is published."""


def batches(cases: Iterable[Case]) -> list[list[Case]]:
    """Cases that do not mask each other: of one stage; of one seed, one or different cells."""
    full: list[list[Case]] = []
    for case in cases:
        for batch in full:
            if batch[0].stage == case.stage and _fits(case, batch):
                batch.append(case)
                break
        else:
            full.append([case])
    return full


def _fits(case: Case, batch: Sequence[Case]) -> bool:
    beside = [other.cell for other in batch if other.target == case.target]
    if not beside:
        return True
    if case.cell is None or None in beside or case.cell in beside:
        return False
    gaps = [abs(case.cell[0] - cell[0]) for cell in beside if cell]
    is_apart = case.stage != "gate" or min(gaps) > APART
    return is_apart and len(beside) < TOGETHER.get(case.stage, 1)


class Warehouse:
    """A copy of the project, built and published once, whose seeds are mutated."""

    def __init__(self, project: Project) -> None:
        """Remember what a project holds that was built and published."""
        self.project = project
        self._gate_is_begun = False
        self._release = self._fingerprint()
        self._marts = self._mart_lines()
        self._seeds = self._seed_rows()
        self._parquet = self._parquet_files()

    @classmethod
    def built_at(cls, root: Path) -> Warehouse:
        """Copy the project, build and publish it."""
        project = Project.copied_to(root)
        built = project.build()
        if built.returncode != 0:
            raise SystemExit(f"the clean build fails:\n{built.stdout[-4000:]}")
        return cls(project)

    def judge(self, batch: Sequence[Case]) -> Iterator[Verdict]:
        """Verdicts on a batch; what is not as expected is judged again in smaller ones."""
        failures = self._run(batch)
        yield from (Verdict(case) for case in batch if case not in failures)
        failed = [case for case in batch if case in failures]
        if len(batch) == 1:
            yield from (Verdict(case, failures[case]) for case in failed)
        elif len(failed) < len(batch):
            yield from self.judge(failed) if failed else ()
        else:
            half = len(batch) // 2
            yield from self.judge(batch[:half])
            yield from self.judge(batch[half:])

    def _run(self, batch: Sequence[Case]) -> dict[Case, str]:
        for case in batch:
            self._mutate(case)
        stage = batch[0].stage
        is_first = stage == "gate" and not self._gate_is_begun
        arguments = ["build"] if is_first else PARTS.get(stage, ["build"])
        self._gate_is_begun = self._gate_is_begun or is_first
        stored = [case.target.split("/")[1] for case in batch if case.target.startswith(PREFIX)]
        if stored:
            inputs = {name: {"parquet": f"parquet/{name}.parquet"} for name in stored}
            arguments = [*arguments, "--vars", json.dumps({"inputs": inputs})]
        # What is refused before dbt parses the project needs no process of its own.
        run = self._dbt_here if stage == "form" else self.project.dbt
        result = run(*arguments)
        output = f"{result.stdout}\n{result.stderr}"
        failures: dict[Case, str] = {}
        common = "a traceback is printed" if has_traceback(result.stdout, result.stderr) else ""
        if self._fingerprint() != self._release:
            common = "the release is another"
            self._reset_release()
        for case in batch:
            found = common
            if not found and case.is_refused:
                if result.returncode == 0:
                    found = "the build passes"
                elif not is_named(case, refusals(result.stdout)):
                    found = f"no complaint holds {case.expected}"
            elif not found:
                found = "" if result.returncode == 0 else "the build fails"
                found = found or self._difference(batch, case)
            if found:
                failures[case] = f"{found}\n{output[-3000:]}"
        for case in batch:
            self._restore(case)
        return failures

    def _dbt_here(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        out, err = io.StringIO(), io.StringIO()
        folder = str(self.project.root)
        options = ("--project-dir", folder, "--profiles-dir", folder, "--no-use-colors")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            done = dbtRunner().invoke([*arguments, *options])
        code = 0 if done.success else 1
        return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())

    def _difference(self, batch: Sequence[Case], case: Case) -> str:
        table = case.target.split("/")[-1]
        if case.stage == "stored":
            is_same = self._staged_rows(table) == sorted(self._seeds[table], key=str)
            return "" if is_same else "other rows are staged"
        if case.stage == "loaded":
            return "" if self._seed_rows()[table] == self._seeds[table] else "other rows are loaded"
        payloads = [c.payload for c in batch if c.payload]
        found = self._mart_lines(payloads)
        differing = [name for name in self._marts if found.get(name) != self._marts[name]]
        return f"other marts: {', '.join(differing)}" if differing else ""

    def _path(self, case: Case) -> Path:
        if case.target.startswith(PREFIX):
            return self.project.root / "parquet" / f"{case.target.split('/')[1]}.parquet"
        return self.project.root / "seeds" / f"{case.target}.csv"

    def _mutate(self, case: Case) -> None:
        path = self._path(case)
        mutated = case.change(path.read_bytes())
        if mutated is None:
            path.unlink()
        else:
            path.write_bytes(mutated)

    def _restore(self, case: Case) -> None:
        path = self._path(case)
        is_parquet = case.target.startswith(PREFIX)
        original = ROOT / "seeds" / f"{case.target}.csv"
        path.write_bytes(self._parquet[path] if is_parquet else original.read_bytes())

    def _mart_lines(self, payloads: Sequence[str] = ()) -> dict[str, list[str]]:
        lines = {}
        for name, content in self.project.marts().items():
            text = content.decode()
            for payload in payloads:
                text = text.replace(payload.replace('"', '""'), "")
            lines[name] = sorted(line.replace('"', "") for line in text.splitlines())
        return lines

    def _seed_rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Rows of every seed in their order; columns by name."""
        with duckdb.connect(self.project.database, read_only=True) as warehouse:
            columns = warehouse.execute(
                "select table_name, list(column_name order by column_name) "
                "from duckdb_columns() where schema_name = 'seeds' group by all"
            ).fetchall()
            return {
                name: warehouse.execute(
                    f"select {', '.join(names)} from seeds.{name} order by rowid"  # noqa: S608
                ).fetchall()
                for name, names in columns
            }

    def _staged_rows(self, table: str) -> list[tuple[object, ...]]:
        """Rows of an input below its seed or file, columns by name."""
        columns = "columns(lambda name: name not in ('file_name', 'file_line'))"  # as in the seed
        with duckdb.connect(self.project.database, read_only=True) as warehouse:
            found = warehouse.execute(
                f"select {columns} from staging.stg_inputs__{table}"  # noqa: S608
            )
            names = [column[0] for column in found.description or ()]
            order = sorted(range(len(names)), key=lambda k: names[k])
            return sorted((tuple(row[k] for k in order) for row in found.fetchall()), key=str)

    def _parquet_files(self) -> dict[Path, bytes]:
        """The inputs as Parquet files, rows in the order of their seeds."""
        folder = self.project.root / "parquet"
        folder.mkdir(exist_ok=True)
        files = {}
        with duckdb.connect(self.project.database, read_only=True) as warehouse:
            for seed in sorted((ROOT / "seeds" / "inputs").glob("*.csv")):
                path = folder / f"{seed.stem}.parquet"
                rows = f"select * from seeds.{seed.stem} order by rowid"  # noqa: S608
                warehouse.execute(f"copy ({rows}) to '{path}' (format parquet)")
                files[path] = path.read_bytes()
        return files

    def _fingerprint(self) -> str:
        """Of every byte of the current release, and of which it is."""
        root = self.project.root / "release"
        current = root / "current"
        digest = hashlib.sha256(str(current.readlink()).encode())
        for path in sorted(current.resolve().rglob("*")):
            if path.is_file():
                digest.update(path.name.encode())
                digest.update(path.read_bytes())
        return digest.hexdigest()

    def _reset_release(self) -> None:
        """Point `current` at the first release again, for the cases to come."""
        root = self.project.root / "release"
        first = min(path.name for path in root.iterdir() if path.name.startswith("000001"))
        (root / "current").unlink()
        (root / "current").symlink_to(first)
