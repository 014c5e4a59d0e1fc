"""What holds on every engine; test_postgres.py and test_spark.py run it on theirs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import ClassVar

import pytest
from tests.build.project import Project
from tests.engines.parity import compared, report

from trade_potential.release import current_id


def _kaz_is_rich(header: list[str], rows: list[list[str]]) -> None:
    """Give Kazakhstan an income group that there is not."""
    row = next(row for row in rows if row[header.index("country_iso3")] == "KAZ")
    row[header.index("income_group")] = "richest"


class Engine:
    """Tests of one engine; its builds share a server, a project and their order."""

    target: ClassVar[str]
    seconds: ClassVar[float]
    """Of the build."""

    @staticmethod
    def running() -> AbstractContextManager[dict[str, str]]:
        """Environment of the engine, for as long as it runs."""
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def project(
        cls, tmp_path_factory: pytest.TempPathFactory, whole_world: bool
    ) -> Iterator[Project]:
        """A copy of the project, and the engine for it."""
        with cls.running() as environment, pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            folder = tmp_path_factory.mktemp(cls.target) / "project"
            yield Project.copied_to(folder, whole_world=whole_world)

    @pytest.fixture(scope="class")
    @classmethod
    def release(cls, project: Project) -> Path:
        """What the build on the engine publishes."""
        started = time.monotonic()
        result = project.dbt_as_typed("build", "--target", cls.target)
        assert result.returncode == 0, result.stdout[-8000:]
        assert "ERROR=0 SKIP=0" in result.stdout
        cls.seconds = time.monotonic() - started
        return project.root / "release" / "current"

    def test_marts_equal_those_of_duckdb(
        self, reference: Path, release: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        found = compared(reference, release)
        with capsys.disabled():
            print(f"\n\nDuckDB and {self.target} (build: {self.seconds:.0f} s)\n{report(found)}\n")
        assert [complaint for mart in found for complaint in mart.complaints] == []

    def test_nothing_is_left_beside_the_project(self, release: Path, project: Project) -> None:
        assert release.is_dir()
        known = {
            "checks.lock",
            "dbt_project.yml",
            "profiles",
            "profiles.yml",
            "seeds",
            "inputs",
            "models",
        }
        known |= {
            "macros",
            "python_models",
            "src",
            "tests",
            "warehouse",
            "release",
            "target",
            "logs",
        }
        assert {path.name for path in project.root.iterdir()} - known <= {".user.yml"}

    def test_planted_defect_stops_the_build_and_is_named(
        self, release: Path, project: Project
    ) -> None:
        before = current_id(release.parent)
        project.edit_seed("inputs/countries", _kaz_is_rich)
        text = (project.root / "seeds" / "inputs" / "countries.csv").read_text(encoding="utf-8")
        line = next(n for n, row in enumerate(text.splitlines(), 1) if row.startswith("KAZ,"))
        result = project.dbt_as_typed("build", "--target", self.target)
        assert result.returncode != 0
        named = f'seeds/inputs/countries.csv, line {line}, column income_group: "richest"'
        assert named in result.stdout, result.stdout[-8000:]
        assert "Traceback" not in result.stdout
        assert current_id(release.parent) == before
