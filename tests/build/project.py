"""Copies of the project that a test may break, and builds of them."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from tests.build import forks, parsed_state, small_world

ROOT = Path(__file__).resolve().parents[2]
PARTS = (
    "checks.lock",
    "dbt_project.yml",
    "profiles",
    "seeds",
    "inputs",
    "models",
    "macros",
    "python_models",
    "src",
    "tests",
)
Change = Callable[[list[str], list[list[str]]], None]
"""Changes the header and the rows of a seed in place."""


def _environment() -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("DBT_", "TRADE_"))}
    return {**inherited, "DO_NOT_TRACK": "1"}


@dataclass(frozen=True)
class Project:
    """A copy of the project with a database of its own."""

    root: Path

    @classmethod
    def copied_to(
        cls, root: Path, *, parsed: Project | None = None, whole_world: bool = False
    ) -> Project:
        """A project that was never built; dbt need not parse again what it has `parsed`.

        Of the world's trade it has a few economies and years, unless `whole_world` is wanted.
        """
        root.mkdir(parents=True)
        for part in PARTS:
            source = ROOT / part
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "*.py" if part == "tests" else "")
                shutil.copytree(source, root / part, ignore=ignored)
            else:
                shutil.copy(source, root / part)
        (root / "profiles.yml").symlink_to("profiles/profiles.yml")
        (root / "warehouse").mkdir()
        if not whole_world:
            small_world.shrink(root)
        if parsed:
            parsed_state.bring(parsed.root, root)
        return cls(root)

    @classmethod
    def checked_out_to(cls, root: Path) -> Project:
        """A checkout as people have one: the whole world, what tutorials use, and `make build`.

        Its .venv is this environment, which make takes for synchronised.
        """
        project = cls.copied_to(root, whole_world=True)
        for part in ("Makefile", "pyproject.toml", "uv.lock", "tests/synthetic_outcome.py"):
            shutil.copy(ROOT / part, root / part)
        environment = root / ".venv"
        environment.mkdir()
        for part in Path(sys.prefix).iterdir():
            if not part.name.startswith(".stamp"):
                (environment / part.name).symlink_to(part)
        version = re.search(r"^UV_VERSION := (.+)$", (root / "Makefile").read_text("utf-8"), re.M)
        assert version is not None
        for stamp in (f".stamp-uv-{version[1]}", ".stamp-sync"):
            (environment / stamp).touch()
        return project

    def built_copy(self, root: Path) -> Project:
        """All that it holds, warehouse and releases too, at another place."""
        shutil.copytree(self.root, root, symlinks=True)
        parsed_state.bring(self.root, root)
        return Project(root)

    @property
    def database(self) -> Path:
        return self.root / "warehouse" / "trade_potential.duckdb"

    def dbt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of dbt in a process that is forked, which spares the imports."""
        return forks.dbt(self.root, arguments, _environment())

    def dbt_as_typed(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The same in a process that Python starts anew, with a hash seed of its own."""
        return subprocess.run(
            [sys.executable, "-m", "dbt.cli.main", "--no-use-colors", *arguments],
            cwd=self.root,
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def build(self) -> subprocess.CompletedProcess[str]:
        return self.dbt("build")

    def query(self, sql: str) -> list[tuple[object, ...]]:
        with duckdb.connect(self.database, read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def manifest(self) -> dict[str, Any]:
        """What dbt knew of the project when it last ran."""
        path = self.root / "target" / "manifest.json"
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return content

    def mart_sums(self) -> dict[str, tuple[object, ...]]:
        """Of every mart the number of rows and the sum of their hashes, in whatever order."""
        with duckdb.connect(self.database, read_only=True) as connection:
            names = connection.execute(
                "select table_name from information_schema.tables where table_schema = 'marts'"
            ).fetchall()
            return {
                name: connection.execute(
                    f"select count(*), sum(hash(mart)) from marts.{name} as mart"  # noqa: S608
                ).fetchall()[0]
                for (name,) in names
            }

    def marts(self) -> dict[str, bytes]:
        """Every mart as CSV, rows in the order of all columns."""
        exported = {}
        with (
            tempfile.TemporaryDirectory() as folder,
            duckdb.connect(self.database, read_only=True) as connection,
        ):
            names = connection.execute(
                "select table_name from information_schema.tables where table_schema = 'marts'"
            ).fetchall()
            for (name,) in names:
                target = Path(folder) / f"{name}.csv"
                connection.execute(
                    f"copy (select * from marts.{name} order by all) to '{target}' (header)"  # noqa: S608
                )
                exported[name] = target.read_bytes()
        return exported

    def mart_count(self) -> int:
        """Marts there are; none where the build was refused before it made a database."""
        if not self.database.exists():
            return 0
        return len(
            self.query("select 1 from information_schema.tables where table_schema = 'marts'")
        )

    def edit_seed(self, seed: str, change: Change) -> None:
        path = self.root / "seeds" / f"{seed}.csv"
        with path.open(encoding="utf-8", newline="") as handle:
            header, *rows = list(csv.reader(handle))
        change(header, rows)
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle, lineterminator="\n").writerows([header, *rows])
