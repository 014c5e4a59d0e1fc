"""Before a build: a warehouse that is held is named in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from trade_potential import warehouse

HOLD = (
    "import duckdb, sys\n"
    "with duckdb.connect(sys.argv[1], read_only=True): print('held', flush=True); input()\n"
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "it's.duckdb"
    duckdb.connect(path).close()
    return path


def test_a_free_or_missing_warehouse_is_fine(database: Path, tmp_path: Path) -> None:
    assert warehouse.complaint(database) is None
    missing = tmp_path / "missing.duckdb"
    assert warehouse.complaint(missing) is None
    assert not missing.exists()


def test_a_reader_is_named(database: Path) -> None:
    arguments = [sys.executable, "-c", HOLD, str(database)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(arguments, **pipes) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        said = subprocess.run(
            [sys.executable, "-m", "trade_potential.warehouse"],
            env={"TRADE_POTENTIAL_DUCKDB": str(database)},
            capture_output=True,
            text=True,
            check=False,
        )
        holder.kill()
    assert said.returncode == 2
    (line,) = said.stderr.splitlines()
    assert line.startswith(f"error: {database}: process {holder.pid} (")
    assert "release/current" in line


def test_what_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    path.write_bytes(b"no database" * 1000)
    said = warehouse.complaint(path)
    assert said is not None
    assert said.startswith(f"{path}: ")
    assert "\n" not in said


def test_the_default_is_that_of_the_profile() -> None:
    profile = Path(__file__).resolve().parents[2] / "profiles" / "profiles.yml"
    assert f"'{warehouse.DEFAULT}'" in profile.read_text(encoding="utf-8")
