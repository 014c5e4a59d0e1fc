"""The release as the last node: who publishes, and who does not."""

from __future__ import annotations

import re

import pytest
from tests.build.project import ROOT, Project

from trade_potential.release import current_id, released, verify_all

pytestmark = pytest.mark.build

NODE = "model.trade_potential.publish_release"
BUILT = ("model", "seed", "snapshot")


def test_no_mart_is_missing_from_the_node(built: Project) -> None:
    code = (ROOT / "python_models" / "release" / "publish_release.py").read_text(encoding="utf-8")
    named = re.findall(r'"(\w+)": dbt\.ref\("(\w+)"(?:, version=(\d+))?\)', code)
    assert all(
        name == f"{ref}_v{version}" if version else name == ref for name, ref, version in named
    )
    graph = built.manifest()
    marts = [node["alias"] for node in graph["nodes"].values() if node["fqn"][1] == "marts"]
    tests = {node["alias"] for node in graph["nodes"].values() if node["resource_type"] == "test"}
    assert sorted(name for name, _, _ in named) == sorted(set(marts) - tests)


def test_every_model_and_test_comes_before_the_node(built: Project) -> None:
    graph = built.manifest()
    before: set[str] = set()
    waiting = [NODE]
    while waiting:
        for parent in graph["parent_map"][waiting.pop()]:
            if parent not in before:
                before.add(parent)
                waiting.append(parent)
    nodes = {**graph["nodes"], **graph["unit_tests"]}.items()
    built_by_dbt = {name for name, node in nodes if node["resource_type"] in BUILT}
    # dbt runs a test before every node that stands below all parents of the test.
    late_tests = {
        name
        for name, node in nodes
        if node["resource_type"] in ("test", "unit_test")
        and not set(node["depends_on"]["nodes"]) <= before
    }
    assert built_by_dbt - before == {NODE}
    assert late_tests == {"test.trade_potential.release_is_published"}


def test_whole_build_publishes_every_mart(built: Project) -> None:
    root = built.root / "release"
    assert verify_all(root)[str(current_id(root))] == []
    newest = released(root)[-1]
    assert current_id(root) == newest.release_id
    said = newest.manifest()
    counted = dict(
        built.query(
            "select table_name, estimated_size from duckdb_tables() where schema_name = 'marts'"
        )
    )
    assert {mart: held["rows"] for mart, held in said["marts"].items()} == counted
    for mart, held in said["marts"].items():
        name = re.sub(r"_v\d+$", "", mart)  # versions share a description
        description = (ROOT / "models" / "marts" / f"{name}.yml").read_text(encoding="utf-8")
        assert f"Primary key: {', '.join(held['key'])}." in description
    assert said["gate"]["status"] == said["audit"]["status"] == "passed"
    assert said["audit"]["results"]["agrees"] == counted["fct_audit_results"]
    assert said["vintages"].keys() == {
        row[0] for row in built.query("select study_id from marts.dim_study")
    }
    assert built.query("select status, sequence from release.publish_release") == [
        ("published", newest.sequence)
    ]


@pytest.mark.slow(reason="a parse with other arguments")
def test_publish_that_is_asked_for_and_cannot_be_had_is_refused(rebuilt: Project) -> None:
    before = current_id(rebuilt.root / "release")
    result = rebuilt.dbt("build", "-s", "+publish_release", "--exclude-resource-type", "unit_test")
    assert result.returncode == 2
    assert "publish_release publishes only what a whole dbt build has made" in result.stdout
    assert "here unit tests are left out. Nothing was run" in result.stdout
    assert "Traceback" not in result.stdout
    assert current_id(rebuilt.root / "release") == before
    assert rebuilt.query("select status from release.publish_release") == [("published",)]


@pytest.mark.rare(reason="most of a build; tests/unit/test_release_*.py")
def test_failing_test_publishes_nothing_and_the_old_release_stays(rebuilt: Project) -> None:
    project, root = rebuilt, rebuilt.root / "release"
    before = current_id(root)
    # The last test that could fail: on a leaf, and nothing but the release comes after it.
    planted = project.root / "tests" / "data" / "planted.sql"
    planted.write_text(
        "select 'planted' as complaint from {{ ref('rpt_trade_potential') }} limit 1\n",
        encoding="utf-8",
    )
    result = project.build()
    assert result.returncode == 1
    assert "Rejected by planted" in result.stdout
    assert re.search(r"SKIP relation release\.publish_release", result.stdout)
    assert current_id(root) == before
    assert not any(path.name.startswith(".staging") for path in root.iterdir())
    planted.write_text("select 1 as complaint from {{ ref('rpt_trade_potential') }} limit 0\n")
    result = project.dbt("retry")
    assert result.returncode == 0, result.stdout
    assert "Not published, release/current stays: dbt retry runs only what" in result.stdout
    assert current_id(root) == before


@pytest.mark.slow(reason="a part of a build")
def test_a_figure_that_changes_under_its_vintage_is_told(rebuilt: Project) -> None:
    before = current_id(rebuilt.root / "release")

    def move(header: list[str], rows: list[list[str]]) -> None:
        """A cent of one flow; less than any other check looks at."""
        place = header.index("trade_usd")
        (row,) = (r for r in rows if r[:3] == ["CHN", "DEU", "export"] and "2020" in r)
        row[place] = str(float(row[place]) + 0.01)

    rebuilt.edit_seed("inputs/trade_flows", move)
    result = rebuilt.dbt(
        "build", "-s", "trade_flows", "stg_inputs__trade_flows", "int_quality__series"
    )
    assert result.returncode == 0, result.stdout[-5000:]
    said = result.stdout.partition("Warned by figures_keep_to_their_vintage (1 rows):")[2]
    assert "seeds/inputs/trade_flows.csv, key CHN, DEU, export: " in said
    assert f"other values in 18 rows of 2007-2024 (release {before} of " in said
    assert rebuilt.query(
        "select count(*) from quality.int_quality__series where status <> 'same'"
    ) == [(1,)]
