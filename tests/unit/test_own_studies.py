"""Studies of one's own: what is refused, in one line each, and what is written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.panels import ROOT

import trade_potential as tp
from trade_potential import rehearsal
from trade_potential.cli import main
from trade_potential.own.design import Asked, designed
from trade_potential.own.facts import Facts
from trade_potential.own.front import examined
from trade_potential.quality.own_folder import complaints_of_own, located

VIETNAM = {"name": "vietnam", "reporter": "VNM", "partners": "asean", "years": "2010-2020"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project's seeds and inputs without an own folder."""
    monkeypatch.delenv("TRADE_POTENTIAL_OWN", raising=False)
    shutil.copy(ROOT / "dbt_project.yml", tmp_path)
    for name in ("seeds", "inputs"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Facts]:
    """The same, read once."""
    folder = tmp_path_factory.mktemp("facts")
    shutil.copy(ROOT / "dbt_project.yml", folder)
    for name in ("seeds", "inputs"):
        (folder / name).symlink_to(ROOT / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TRADE_POTENTIAL_OWN", raising=False)
        yield Facts(folder)


MISTAKES: dict[str, tuple[dict[str, str], str]] = {
    "name in capitals": ({"name": "Vietnam"}, "name 'Vietnam': a study is named in small letters"),
    "name of all": ({"name": "all"}, "all is taken"),
    "name taken": ({"name": "world"}, "name world: a bundled study is called so; take another"),
    "name of a country": ({"reporter": "Germany"}, "nearest: DEU Germany"),
    "unknown reporter": (
        {"reporter": "VNN"},
        "reporter 'VNN': no country has this ISO3 code; near",
    ),
    "reporter without trade": ({"reporter": "TWN", "partners": "KAZ,DEU,CHN"}, "has no flow of it"),
    "unknown partner": (
        {"partners": "THA,IDN,MYX"},
        "partner 'MYX': no country has this ISO3 code",
    ),
    "unknown group": ({"partners": "azean"}, "neither a country nor a group; nearest"),
    "doubled partner": ({"partners": "THA,IDN,THA,MYS"}, "partner THA: it is named twice"),
    "reporter among partners": ({"partners": "THA,VNM,IDN,MYS"}, "partner VNM: it is the reporter"),
    "too few partners": ({"partners": "THA,IDN"}, "2 of them trade with VNM"),
    "partners without trade": ({"partners": "THA,TWN,PRI,IDN"}, "without: TWN, PRI"),
    "no number of partners": ({"partners": "largest:many"}, "such as largest:40"),
    "more than there are": ({"partners": "largest:400"}, "economies of known distance"),
    "years unreadable": (
        {"years": "2010 to 2020"},
        "they are written first-last, such as 2010-2020",
    ),
    "years backwards": ({"years": "2020-2010"}, "the first is after the last; write 2010-2020"),
    "years too late": ({"years": "2015-2024"}, "is known of 2000-2020; take 2015-2020"),
    "years without any": ({"years": "2022-2024"}, "none of them is there"),
    "years without effects": ({"years": "2003-2010"}, "has effects of the years 2009-2022"),
    "unknown flow": ({"flow": "export"}, "flow 'export': it is one of total, exports, imports"),
    "unknown specification": ({"spec": "year_efects"}, "there is year_effects"),
    "of the whole world": ({"spec": "structural"}, "of every pair of economies"),
    "specification twice": ({"spec": "recommended,recommended"}, "named twice"),
    "unknown index": ({"index": "pca_12"}, "there is no such index; there is pca_11"),
    "unknown estimator": ({"estimator": "ols"}, "estimator 'ols': it is one of ppml, pooled"),
    "too many means": ({"estimator": "mundlak"}, "it takes more than 8 partners"),
    "one cut": ({"classes": "0.7"}, "two numbers, lower bound first"),
    "cuts backwards": ({"classes": "1.3,0.7"}, "write 0.7,1.3"),
    "cuts in per cent": ({"classes": "70,130"}, "a ratio and not per cent; write 0.7,1.3"),
    "cut below zero": ({"classes": "-1,1.3"}, "both above 0"),
    "no date": ({"as_of": "31.12.2023"}, "written YYYY-MM-DD"),
    "date to come": ({"as_of": "2050-01-01"}, "a date of 1990 to 2026"),
}
"""By mistake: what is asked otherwise than of Vietnam, and a part of the one line."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_in_one_line(facts: Facts, mistake: str) -> None:
    changed, said = MISTAKES[mistake]
    if mistake == "too many means":
        changed = changed | {"partners": "THA,IDN,MYS,SGP,PHL"}
    with pytest.raises(tp.InputError) as refused:
        examined(Asked(**(VIETNAM | changed)), facts)
    (line,) = str(refused.value).splitlines()
    assert said in line


def test_every_mistake_is_told_at_once(facts: Facts) -> None:
    asked = Asked("Bad", reporter="VNN", partners="THA,THA", years="2020-2010", flow="up")
    with pytest.raises(tp.InputError) as refused:
        designed(asked, facts)
    assert len(str(refused.value).splitlines()) == 5


def test_partners_are_members_of_a_group_without_the_reporter(facts: Facts) -> None:
    design = designed(Asked(**VIETNAM), facts)
    assert design.partners == ("BRN", "IDN", "KHM", "LAO", "MMR", "MYS", "PHL", "SGP", "THA")
    assert design.as_of == "2026-07-01"
    largest = designed(Asked("germany", "DEU", "largest:40", "2010-2020"), facts)
    assert len(largest.partners) == 40
    assert largest.partners[:3] == ("FRA", "NLD", "CHN")
    everyone = designed(Asked("germany", "DEU", "all", "2010-2020"), facts)
    assert everyone.is_all
    assert len(everyone.partners) > 150


def test_groups_are_agreements_incomes_and_regions(facts: Facts) -> None:
    assert len(facts.groups["eu"]) == 27
    assert len(facts.groups["rcep"]) == 15
    assert facts.groups["eaeu"] == ["ARM", "BLR", "KAZ", "KGZ", "RUS"]
    assert "VNM" in facts.groups["un_eastern_and_south_eastern_asia"]
    assert "DEU" in facts.groups["high_income"]


def study(project: Path, *arguments: str) -> int:
    return main(["study", *arguments, "--project", str(project)])


NEW = ("new", "vietnam", "--reporter", "VNM", "--partners", "asean", "--years", "2010-2020")


def test_nothing_is_written_unless_it_is_said(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert study(project, *NEW) == 0
    assert "nothing was written: add --yes" in capsys.readouterr().out
    assert not (project / "own").exists()
    assert study(project, *NEW, "--flow", "up", "--classes", "2,1", "--yes") == 3
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 2
    assert all(line.startswith("trade-potential study new: error: ") for line in errors)
    assert not (project / "own").exists()


def test_a_build_that_is_refused_says_why(project: Path) -> None:
    assert study(project, *NEW, "--yes") == 0
    with pytest.raises(tp.InputError) as refused:  # the copy has no profile
        tp.Study("vietnam", project=project).build()
    *_, why, reason = str(refused.value).splitlines()
    assert why.endswith("why it failed:")
    assert reason.strip()


def test_a_study_is_written_shown_exported_and_removed(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert study(project, *NEW, "--yes") == 0
    assert capsys.readouterr().out.endswith("next: make build\n")
    other = ("new", "other", "--reporter", "KAZ", "--partners", "all", "--years", "2012-2020")
    assert study(project, *other, "--index", "pca_11", "--yes") == 0
    capsys.readouterr()
    assert study(project, "list", "--format", "json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert [row["study_id"] for row in listed if row["is_own"]] == ["other", "vietnam"]
    assert study(project, "show", "other", "--format", "json") == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert rows["gravity_specifications"][0]["index_spec_id"] == "pca_11"
    assert {row["spec_id"] for row in rows["gravity_terms"]} == {"other"}
    # the rules of a build are another test's (tests/build/test_rehearsal.py)
    monkeypatch.setattr(rehearsal, "check", lambda *_, **__: rehearsal.Checked(refused=()))
    assert study(project, "check") == 0
    assert study(project, "export", "vietnam", str(project / "copy")) == 0
    assert {path.name for path in (project / "copy").iterdir()} == {
        "settings.toml", "studies.csv", "study_partners.csv", "study_specifications.csv",
    }  # fmt: skip
    assert study(project, "remove", "vietnam") == 0
    assert study(project, "remove", "world") == 3
    assert "a bundled study, and none of your own" in capsys.readouterr().err
    assert study(project, "remove", "other") == 0
    assert [path.name for path in (project / "own").iterdir()] == ["settings.toml"]


def test_bundled_studies_are_left_out_only_beside_own_ones(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert study(project, "bundled", "leave-out") == 3
    assert "no study of your own would be left" in capsys.readouterr().err
    study(project, *NEW, "--yes")
    assert study(project, "bundled", "leave-out") == 0
    assert not located(project).bundled_studies
    assert study(project, "remove", "vietnam") == 0
    (line,) = complaints_of_own(located(project)).lines
    assert line.startswith('own/settings.toml, column bundled_studies: "false" (rule: without the')


def test_study_in_python(project: Path) -> None:
    made = tp.Study.new(
        "kazakhstan", reporter="KAZ", partners=["CHN", "DEU", "RUS", "TUR"], years=(2010, 2020),
        project=project,
    )  # fmt: skip
    assert made.check(until="coverage") == []
    assert made.coverage().usable == ["CHN", "DEU", "RUS", "TUR"]
    with pytest.raises(tp.InputError, match="build first"):
        made.answer()
    with pytest.raises(tp.InputError, match="kazakstan: no study, and none of your own; yours are"):
        tp.Study("kazakstan", project=project)
    path = project / "own" / "study_partners.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("TUR", "KAZ"), encoding="utf-8")
    assert made.check(until="coverage") == [
        "partner KAZ: it is the reporter; a partner is another country"
    ]
    path = project / "own" / "studies.csv"
    header, row = path.read_text(encoding="utf-8").splitlines()
    path.write_text(f"{header}\n{row}\n{row}\n", encoding="utf-8")
    assert made.check(until="coverage") == ["studies: kazakhstan is a row twice; keep one"]


FORMS: dict[str, tuple[str, str, str]] = {
    "version": ("settings.toml", "rows_version = 2\n", "rows_version is 1, the form of rows"),
    "no version": ("settings.toml", "bundled_studies = true\n", 'column rows_version: "None"'),
    "setting": ("settings.toml", "rows_version = 1\nbundeled = true\n", "column bundeled"),
    "truth": ("settings.toml", 'rows_version = 1\nbundled_studies = "no"\n', "true or false"),
    "toml": ("settings.toml", "rows_version\n", "the settings are TOML"),
    "file": ("study_partner.csv", "study_id\n", "named as a seed, such as study_partners"),
    "column": ("studies.csv", "study_id,reporter\na,VNM\n", "such as reporter_iso3"),
    "key": (
        "study_partners.csv",
        "study_id\na\n",
        "own/study_partners.csv, line 1, column partner",
    ),
    "cell": ("studies.csv", "study_id,first_year\na,20l0\n", 'line 2, column first_year: "20l0"'),
    "cut off": ("studies.csv", "study_id,first_year\na,2010", "the file is not cut off"),
}
"""By mistake in the form: the file, its content and a part of the one line."""


@pytest.mark.parametrize("mistake", FORMS)
def test_the_form_of_the_own_folder_is_checked(project: Path, mistake: str) -> None:
    name, content, said = FORMS[mistake]
    (project / "own").mkdir()
    (project / "own" / name).write_text(content, encoding="utf-8")
    (line,) = complaints_of_own(located(project)).lines
    assert line.startswith(f"own/{name}")
    assert said in line
    with pytest.raises(tp.InputError):
        Facts(project)


def test_the_environment_names_another_folder(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRADE_POTENTIAL_OWN", str(tmp_path / "elsewhere"))
    assert located(project).path == tmp_path / "elsewhere"
    assert study(project, *NEW, "--yes") == 0
    assert (tmp_path / "elsewhere" / "studies.csv").is_file()
