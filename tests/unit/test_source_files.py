"""Parquet files of inputs/: the ones that were declared, or the run is refused before anything."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
import yaml
from dbt_common.exceptions import DbtRuntimeError

import dbt_trade_potential
from dbt_trade_potential import SeedFiles
from trade_potential.engines.seeds import read_source
from trade_potential.quality.source_files import CHECKSUMS, complaints_of_sources, source_files

ROOT = Path(__file__).parents[2]
ROWS = "select 'ABW' as code, 7::integer as year, 1.5::double as trade_usd, true as is_told"
TYPES = {"code": "varchar", "year": "integer", "trade_usd": "double", "is_told": "boolean"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one source of one table, whose file is as declared."""
    folder = tmp_path / "inputs" / "world"
    folder.mkdir(parents=True)
    columns = [{"name": name, "data_type": kind} for name, kind in TYPES.items()]
    entry = {"sources": [{"name": "inputs", "tables": [{"name": "flows", "columns": columns}]}]}
    (folder / "_world__sources.yml").write_text(yaml.safe_dump(entry), encoding="utf-8")
    write(tmp_path, ROWS)
    return tmp_path


def write(project: Path, rows: str) -> Path:
    """Write the file and its checksum."""
    path = project / "inputs" / "world" / "flows.parquet"
    duckdb.sql(f"copy ({rows}) to '{path}' (format parquet)")
    listed(path)
    return path


def listed(path: Path) -> None:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (path.parent / CHECKSUMS).write_text(f"{digest}  {path.name}\n", encoding="utf-8")


def said(project: Path) -> str:
    return "\n".join(complaints_of_sources(project).lines)


def test_the_files_of_the_project_are_as_declared() -> None:
    assert said(ROOT) == ""
    folder = ROOT / "inputs" / "world"
    files = source_files(ROOT)
    assert {of.file for of in files.values()} == {
        path.relative_to(ROOT).as_posix() for path in folder.glob("*.parquet")
    }
    lines = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    assert [line.split("  ")[1] for line in lines] == sorted(f"{name}.parquet" for name in files)


def test_a_file_as_declared_is_not_told(project: Path) -> None:
    assert said(project) == ""


def _cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def _cut_off_and_listed(path: Path) -> None:
    _cut_off(path)
    listed(path)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "removed": (Path.unlink, 'flows.parquet: "no such file" (rule: every declared Parquet file'),
    "cut off": (_cut_off, 'flows.parquet: "its SHA-256 is '),
    "cut off, listed": (_cut_off_and_listed, "(rule: the file is a whole Parquet file)"),
    "no checksums": (lambda path: (path.parent / CHECKSUMS).unlink(), ", not listed"),
    "checksums of bytes": (
        lambda path: (path.parent / CHECKSUMS).write_bytes(b"\xff\xfe"),
        f'"{CHECKSUMS} cannot be read" (rule: the file is the one of which {CHECKSUMS} tells',
    ),
    "a folder": (
        lambda path: (path.unlink(), path.mkdir()),
        'inputs/world/flows.parquet: "no such file"',
    ),
    "another file": (
        lambda path: (path.parent / "more.parquet").write_bytes(b"PAR1"),
        'inputs/world/more.parquet: "not declared" (rule: every Parquet file of inputs/ is',
    ),
}


@pytest.mark.parametrize(("damage", "expected"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_missing_or_foreign_file_is_told(
    project: Path, damage: Callable[[Path], object], expected: str
) -> None:
    damage(project / "inputs" / "world" / "flows.parquet")
    assert expected in said(project)
    assert len(complaints_of_sources(project).lines) == 1


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            "select * exclude (year) from ({})",
            'column year: "the column is missing" (rule: the file holds every declared column)',
        ),
        (
            "select *, 1 as more from ({})",
            'column more: "the column is unknown" (rule: the file holds only declared columns)',
        ),
        (
            "select * replace (year::bigint as year) from ({})",
            'column year: "BIGINT" (rule: the column is stored as INTEGER)',
        ),
        (
            "select * replace ({{'a': 1}} as code) from ({})",
            'column code: "STRUCT(a INTEGER)" (rule: the column is stored as VARCHAR)',
        ),
    ],
)
def test_other_columns_are_told(project: Path, rows: str, expected: str) -> None:
    write(project, rows.format(ROWS))
    assert said(project) == f"inputs/world/flows.parquet, {expected}"


def test_yaml_that_cannot_be_read_is_left_to_dbt(project: Path) -> None:
    (project / "inputs" / "world" / "_world__sources.yml").write_text("sources: [", "utf-8")
    assert source_files(project) == {}


def test_dbt_is_stopped_before_it_reads_the_project(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "inputs" / "world" / CHECKSUMS).unlink()
    monkeypatch.chdir(project)
    monkeypatch.setattr(dbt_trade_potential, "get_flags", lambda: SimpleNamespace(WHICH="build"))
    with pytest.raises(
        DbtRuntimeError, match=r"Rejected before anything was loaded:\n +inputs/world/flows.parquet"
    ):
        SeedFiles("trade_potential")


def test_other_engines_get_rows_with_their_numbers(project: Path) -> None:
    path = write(project, f"{ROWS} union all {ROWS.replace('7', '8')}")
    with duckdb.connect() as memory:
        rows = read_source(memory, path, types={"year": "integer", "code": "varchar"})
        assert rows.columns == ["year", "code", "file_line"]
        assert rows.order("file_line").fetchall() == [(7, "ABW", 1), (8, "ABW", 2)]
