"""Studies of one's own from the command line to their answer, without a file touched by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.build.project import Project

from trade_potential.cli import main

pytestmark = pytest.mark.build

STUDIES = {
    "vietnam_asean": ("--reporter", "VNM", "--partners", "asean", "--years", "2010-2020"),
    "kazakhstan": (
        *("--reporter", "KAZ", "--partners", "eaeu,CHN,DEU,ITA,TUR,UZB"),
        *("--years", "2010-2020", "--flow", "exports"),
    ),
    "germany_40": ("--reporter", "DEU", "--partners", "largest:40", "--years", "2010-2020"),
}
"""Reporters that nobody prepared, as people ask for them."""
ASEAN = ["BRN", "IDN", "KHM", "LAO", "MMR", "MYS", "PHL", "SGP", "THA"]


def study(project: Project, *arguments: str) -> None:
    assert main(["study", *arguments, "--project", str(project.root)]) == 0


@pytest.fixture(scope="module")
def owned(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Three studies of one's own, none of the bundled ones; trade of the whole world."""
    root = tmp_path_factory.mktemp("owned") / "project"
    project = Project.copied_to(root, whole_world=True)
    for name, arguments in STUDIES.items():
        study(project, "new", name, *arguments, "--yes")
    study(project, "bundled", "leave-out")
    result = project.build()
    assert result.returncode == 0, result.stdout[-5000:]
    assert "WARN=0" in result.stdout
    return project


slow = pytest.mark.slow(reason="a whole build of studies of one's own")


@slow
def test_a_release_holds_only_studies_of_ones_own(owned: Project) -> None:
    assert (owned.root / "release" / "current").exists()
    marts = owned.query(
        "select table_name from information_schema.columns where table_schema = 'marts' "
        "and column_name = 'study_id' and table_name not like '%.%'"
    )
    held = {
        str(found)
        for (mart,) in marts
        for (found,) in owned.query(f"select distinct study_id from marts.{mart}")  # noqa: S608
    }
    assert held - {"None"} == {*STUDIES}


@slow
def test_every_study_has_an_answer(owned: Project) -> None:
    found = dict(
        owned.query(
            "select study_id, count(k_ratio) from marts.rpt_trade_potential group by study_id"
        )
    )
    assert found["germany_40"] == 440
    assert found["kazakhstan"] == 99
    assert 90 <= int(str(found["vietnam_asean"])) <= 99
    partners = owned.query(
        "select distinct partner_iso3 from marts.rpt_answer where reporter_iso3 = 'VNM' "
        "and other_answers like 'vietnam_asean/year_effects/ppml %' order by 1"
    )
    assert [partner for (partner,) in partners] == ASEAN


@slow
def test_a_release_says_which_rows_of_ones_own_it_was_built_from(owned: Project) -> None:
    said = json.loads((owned.root / "release" / "current" / "provenance.json").read_text("utf-8"))
    definition = said["predicate"]["buildDefinition"]
    names = {held["name"] for held in definition["resolvedDependencies"]}
    own = (owned.root / "own").resolve()
    assert {str(path) for path in own.iterdir()} == {n for n in names if n.startswith(str(own))}
    assert definition["externalParameters"]["vars"]["own_folder"] == str(own)


@pytest.mark.rare(reason="a whole build; test_two_studies.py builds them together, too")
def test_own_rows_stand_beside_the_bundled_ones(tmp_path: Path) -> None:
    project = Project.copied_to(tmp_path / "project")
    study(
        project, "new", "vietnam", "--reporter", "VNM", "--partners", "largest:12",
        "--years", "2016-2020", "--yes",
    )  # fmt: skip
    path = project.root / "own" / "study_partners.csv"
    right = path.read_text(encoding="utf-8")
    path.write_text(right.replace("CHN", "VNM"), encoding="utf-8")
    result = project.dbt("build", "-s", "path:seeds", "path:models/staging")
    told = 'own/study_partners.csv, line 2, column partner_iso3: "vietnam, VNM" (rule: a partner is'
    assert told in result.stdout
    path.write_text(right, encoding="utf-8")
    result = project.build()
    assert result.returncode == 0, result.stdout[-5000:]
    (answer,) = project.query(
        "select k_status, other_answers from marts.rpt_answer where reporter_iso3 = 'VNM' "
        "and partner_iso3 = 'CHN' and flow = 'total' and year = 2018"
    )
    assert answer[0] == "ok"
    assert "vietnam/year_effects/ppml " in str(answer[1])


def test_the_form_of_own_rows_is_told_before_anything_is_loaded(tmp_path: Path) -> None:
    project = Project.copied_to(tmp_path / "project")
    own = project.root / "own"
    own.mkdir()
    (own / "settings.toml").write_text("rows_version = 9\n", encoding="utf-8")
    (own / "studies.csv").write_text("study_id,first_year\nx,20l0\n", encoding="utf-8")
    result = project.dbt("build", "-s", "stg_study__studies")
    assert result.returncode == 2
    assert 'own/settings.toml, column rows_version: "9" (rule: rows_version is 1' in result.stdout
    assert 'own/studies.csv, line 2, column first_year: "20l0"' in result.stdout
