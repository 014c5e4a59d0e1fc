"""The project with other classes, other figures and other studies than it comes with."""

from __future__ import annotations

import pytest
from tests.build.project import Project

pytestmark = pytest.mark.build

BUNDLED = {"central_asia", "central_asia_newest", "china_world"}
OWN = "my_study"


def _other_cuts(_: list[str], rows: list[list[str]]) -> None:
    other = {"0.8": "0.7", "1.2": "1.3"}
    for row in rows:
        row[:] = [other.get(value, value) for value in row]


def _potential(project: Project) -> list[tuple[object, ...]]:
    return project.query(
        "select k_ratio, potential_class from marts.fct_trade_potential where k_status = 'ok'"
    )


def test_classes_texts_follow_the_cuts_and_printed_classes_do_not(
    built: Project, rebuilt: Project
) -> None:
    project = rebuilt
    project.edit_seed("study/potential_classes", _other_cuts)
    result = project.dbt(
        "build", "-s", "potential_classes", "stg_study__potential_classes+",
        "--exclude", "publish_release",
    )  # fmt: skip
    assert result.returncode == 0, result.stdout[-5000:]
    for k, name in _potential(project):
        assert name == (
            "huge_potential" if k <= 0.7 else "potential_reshaping" if k >= 1.3
            else "potential_expansion"
        )  # fmt: skip
    assert _potential(project) != _potential(built)
    assert project.query("select meaning from marts.dim_potential_class order by k_upper") == [
        ("Actual trade is at most 0.7 of what the model predicts.",),
        ("Actual trade is more than 0.7 and less than 1.3 of what the model predicts.",),
        ("Actual trade is at least 1.3 of what the model predicts.",),
    ]
    for mart in ("rpt_replication", "rpt_replication_findings", "rpt_printed_consistency"):
        rows = f"select * from marts.{mart} order by all"  # noqa: S608
        assert project.query(rows) == built.query(rows)


def test_replaced_trade_flows_are_not_compared_with_the_print(
    rebuilt: Project,
) -> None:
    project = rebuilt

    def replace(header: list[str], rows: list[list[str]]) -> None:
        k = header.index("trade_usd")
        for row in rows:
            if row[:3] == ["CHN", "KAZ", "export"]:
                row[k] = str(float(row[k]) * 1.001)

    project.edit_seed("inputs/trade_flows", replace)
    changed = ("int_panel__outcomes", "int_replication__figures", "int_replication__runs")
    result = project.dbt(
        "build", "-s", "trade_flows", "gate_trade_flows", *changed, "int_replication__printed_k",
        "int_replication__measures", "rpt_replication", "rpt_replication_findings",
    )  # fmt: skip
    assert result.returncode == 0, result.stdout[-5000:]
    told = (
        "study_printed: not compared with the print: exports_usd of central_asia (rule: the series"
    )
    assert told in result.stdout
    assert project.query("select distinct replication_id, status, why from marts.rpt_replication "
                         "order by all") == [
        (run, "not_comparable", f"other figures than those compared with the print: {series}")
        for run, series in (
            ("recommended", "exports_usd of china_world"),
            ("study_printed", "exports_usd of central_asia"),
            ("study_stated", "exports_usd of central_asia"),
        )
    ]  # fmt: skip
    verdicts = project.query(
        "select verdict, count(*) from marts.rpt_replication_findings group by verdict order by 1"
    )
    assert verdicts == [("confirmed", 2), ("not_measured", 22)]  # two are about the print alone


@pytest.mark.slow(reason="a whole build")
def test_the_bundled_studies_can_be_removed(unbuilt: Project) -> None:
    project = unbuilt

    def own(header: list[str], rows: list[list[str]]) -> None:
        row = next(row for row in rows if row[0] == "china_world")
        row[:2] = [OWN, "My study"]
        row[header.index("first_year")] = "2016"
        rows[:] = [row]

    project.edit_seed("study/studies", own)
    project.edit_seed("study/study_partners", lambda _, rows: rows.clear())
    project.edit_seed("study/study_specifications", lambda _, rows: rows.__setitem__(
        slice(None), [[OWN, "recommended"]]
    ))  # fmt: skip
    result = project.build()
    assert result.returncode == 0, result.stdout[-5000:]
    assert (project.root / "release" / "current").exists()
    assert 'replications.csv, line 2, column study_id: "central_asia"' in result.stdout
    for mart in ("rpt_replication", "rpt_replication_findings", "rpt_vintage_sensitivity"):
        assert project.query(f"select count(*) from marts.{mart}") == [(0,)]  # noqa: S608
    for mart in ("rpt_trade_potential", "fct_trade_potential", "fct_development_index"):
        studies = project.query(f"select distinct study_id from marts.{mart}")  # noqa: S608
        assert studies == [(OWN,)]
