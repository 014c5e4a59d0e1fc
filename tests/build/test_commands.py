"""Every command of dbt that people type: it does its part and leaves the releases alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.build.project import Project

from trade_potential.release import current_id

pytestmark = pytest.mark.build

ODD = 'Cote d\'Ivoire "x" [a-c] *y 100%s $HOME {{ none() }} ñ哈'

TYPES = """
    select table_schema, table_name, column_name, data_type
    from information_schema.columns
    where table_schema <> 'release'
    order by all
"""
"""Of every column: without rows a table keeps them."""


@pytest.fixture(scope="module")
def copied(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The clean build, to be changed."""
    return built.built_copy(tmp_path_factory.mktemp("commands") / "project")


def _runs(project: Project, *arguments: str) -> str:
    """What a command says that must succeed and publish nothing."""
    before = current_id(project.root / "release")
    result = project.dbt(*arguments)
    assert result.returncode == 0, result.stdout[-5000:]
    assert current_id(project.root / "release") == before
    return result.stdout


@pytest.mark.slow(reason="parses without a cache")
def test_fresh_checkout_in_an_odd_folder(tmp_path: Path) -> None:
    project = Project.copied_to(tmp_path / ODD)
    (project.root / "warehouse").rmdir()
    assert "Not published" not in _runs(project, "docs", "generate", "--static")
    assert (project.root / "target" / "static_index.html").stat().st_size > 1_000_000
    _runs(project, "seed", "-s", "exhibits", "trade_flows")
    assert project.query("select count(*) > 7000 from seeds.trade_flows") == [(True,)]
    assert not (project.root / "release").exists()


@pytest.mark.slow(reason="the catalogue of a whole build")
def test_docs_of_a_built_checkout(copied: Project) -> None:
    _runs(copied, "docs", "generate")
    assert (copied.root / "target" / "catalog.json").stat().st_size > 100_000
    assert copied.query("select status from release.publish_release") == [("published",)]


@pytest.mark.slow(reason="a part of a build")
def test_part_that_reaches_the_node_skips_publishing(copied: Project) -> None:
    said = _runs(copied, "build", "-s", "rpt_trade_potential+")
    assert said.count("Not published, release/current stays: ") == 1
    assert " nodes are left out: " in said
    assert "Published" not in said
    assert copied.query("select status from release.publish_release") == [("skipped",)]


@pytest.mark.slow(reason="a part of a build")
def test_part_without_the_node_says_nothing_of_publishing(copied: Project) -> None:
    assert "ublished, release" not in _runs(copied, "build", "-s", "dim_potential_class")


@pytest.mark.slow(reason="a whole build, if without rows")
def test_empty_build_makes_every_table_and_publishes_nothing(copied: Project) -> None:
    marts, types = copied.mart_count(), copied.query(TYPES)
    said = _runs(copied, "build", "--empty")
    assert "Not published, release/current stays: --empty leaves out rows" in said
    assert copied.mart_count() == marts
    assert copied.query(TYPES) == types
    assert copied.query("select count(*) from marts.fct_trade_potential") == [(0,)]
