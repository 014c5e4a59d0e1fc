"""The project with other classes, other figures and other studies than it comes with."""

from __future__ import annotations

import pytest
from tests.build.changes import rows_added, rows_like
from tests.build.project import Change, Project

pytestmark = pytest.mark.build

BUNDLED = {"central_asia", "central_asia_newest", "china_world"}
OWN = "my_study"


def _other_cuts(_: list[str], rows: list[list[str]]) -> None:
    other = {"0.8": "0.7", "1.2": "1.3"}
    of_all = [[other.get(value, value) for value in row[1:]] for row in rows]
    rows.extend([study, *row] for study in sorted({*BUNDLED, "world"}) for row in of_all)


def _potential(project: Project) -> list[tuple[object, ...]]:
    return project.query(
        "select k_ratio, potential_class from marts.fct_trade_potential where k_status = 'ok'"
    )


@pytest.mark.rare(reason="every class of the world again; test_choices_as_rows.py")
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
    meanings = (
        "select meaning from marts.dim_potential_class "
        "where study_id = 'china_world' order by display_order"
    )
    assert project.query(meanings) == [
        ("Actual trade is at most 0.7 of what the model predicts.",),
        ("Actual trade is more than 0.7 and less than 1.3 of what the model predicts.",),
        ("Actual trade is at least 1.3 of what the model predicts.",),
    ]
    for mart in ("rpt_replication", "rpt_replication_findings", "rpt_printed_consistency"):
        rows = f"select * from marts.{mart} order by all"  # noqa: S608
        assert project.query(rows) == built.query(rows)


@pytest.mark.slow(reason="a part of a build")
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
    changed = (
        "int_panel__flows",
        "int_panel__outcomes",
        "int_replication__figures",
        "int_replication__runs",
    )
    result = project.dbt(
        "build", "-s", "trade_flows", "gate_trade_flows", *changed, "int_replication__printed_k",
        "int_replication__measures", "rpt_replication", "rpt_replication_findings",
        "--exclude", "trade_is_that_of_the_gate",  # K is not made anew here
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
    assert verdicts == [("confirmed", 3), ("not_measured", 25)]  # three are about prints alone


REPORTERS = {
    # reporter, partner_scope, flow, first and last year, what people see first, what runs beside it
    "vietnam": ("VNM", "all_reported", "total", "2016,2020", "recommended,mundlak", "year_effects"),
    "kazakhstan": ("KAZ", "listed", "exports", "2017,2022", "recommended,ppml", "year_effects"),
    "korea": ("KOR", "all_reported", "total", "2016,2020", "year_effects,ppml", ""),
}
PARTNERS = ("CHN", "DEU", "IND", "ITA", "KGZ", "KOR", "RUS", "TJK", "TKM", "TUR", "TWN", "UZB")
EXACT = 1e-12
"""A sum of two numbers and a quotient, computed twice."""


@pytest.fixture(scope="module")
def others(built: Project, tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, str]:
    """Without the bundled studies: one of China, three of reporters of whom BACI tells."""
    project = Project.copied_to(tmp_path_factory.mktemp("others") / "project", parsed=built)
    own = {"study_id": OWN, "first_year": "2016"}
    rows, runs, listed = [own], [f"{OWN},recommended"], []
    for study, (reporter, scope, flow, years, default, more) in REPORTERS.items():
        first, last = years.split(",")
        spec, estimator = default.split(",")
        values = [study, reporter, scope, flow, first, last, spec, estimator, "baci", "none", ""]
        columns = ["study_id", "reporter_iso3", "partner_scope", "flow", "first_year", "last_year"]
        columns += ["default_spec_id", "default_estimator", "trade_source", "outcome_scaling"]
        rows.append(dict(zip([*columns, "ecommerce_series"], values, strict=True)))
        runs += [f"{study},{name}" for name in (spec, more) if name]
        listed += [f"{study},{p},{k}" for k, p in enumerate(PARTNERS, 1) if scope == "listed"]
    project.edit_seed("study/studies", rows_like("china_world", *rows))
    for seed, kept in (("studies", []), ("study_partners", listed), ("study_specifications", runs)):
        keep = {*REPORTERS, OWN}
        project.edit_seed(f"study/{seed}", rows_added(*kept))
        project.edit_seed(f"study/{seed}", _only(keep))
    result = project.build()
    assert result.returncode == 0, result.stdout[-5000:]
    return project, result.stdout


def _only(studies: set[str]) -> Change:
    def change(_: list[str], rows: list[list[str]]) -> None:
        rows[:] = [row for row in rows if row[0] in studies]

    return change


slow = pytest.mark.rare(reason="a whole build of other studies; test_own_studies_build.py")


@slow
def test_the_bundled_studies_can_be_removed(others: tuple[Project, str]) -> None:
    project, said = others
    assert (project.root / "release" / "current").exists()
    assert 'replications.csv, line 2, column study_id: "central_asia"' in said
    for mart in ("rpt_replication", "rpt_replication_findings", "rpt_vintage_sensitivity"):
        assert project.query(f"select count(*) from marts.{mart}") == [(0,)]  # noqa: S608
    for mart in ("rpt_trade_potential", "fct_trade_potential", "fct_development_index"):
        studies = project.query(f"select distinct study_id from marts.{mart}")  # noqa: S608
        assert {study for (study,) in studies} == {OWN, *REPORTERS}


@slow
def test_any_reporter_is_measured_by_what_baci_lists(others: tuple[Project, str]) -> None:
    project, _ = others
    trade = {
        (exporter, importer, year): usd
        for exporter, importer, year, usd in project.query(
            "select exporter_code, importer_code, year, trade_usd from quality.gate_world_trade"
        )
    }
    found = project.query(
        "select study_id, reporter_iso3, partner_iso3, year, actual_usd, k_ratio, predicted_usd, "
        "is_unreported from marts.fct_trade_potential "
        "where trade_source = 'baci' and estimator = 'ppml' and spec_id = 'year_effects'"
    )
    assert {row[0] for row in found} == {*REPORTERS}
    for study, reporter, partner, year, usd, k, predicted, is_unreported in found:
        flows = [trade.get((reporter, partner, year))]
        if REPORTERS[str(study)][2] == "total":
            flows.append(trade.get((partner, reporter, year)))
        assert usd == pytest.approx(sum(float(str(flow)) for flow in flows if flow), rel=EXACT)
        assert is_unreported == (None in flows)
        assert k == pytest.approx(float(str(usd)) / float(str(predicted)), rel=EXACT)


@slow
def test_every_row_of_any_reporter_is_kept_or_lost_with_a_reason(
    others: tuple[Project, str],
) -> None:
    project, _ = others
    lost = project.query(
        "select partner_code, year, reason from marts.fct_row_ledger "
        "where study_id = 'kazakhstan' and spec_id = 'year_effects' and step = 'trade_flow'"
    )
    after = {(p, y, "BACI has no figures after 2020") for p in PARTNERS for y in range(2021, 2023)}
    unlisted = {("TWN", y, "BACI lists no trade of TWN in the year") for y in range(2017, 2021)}
    assert set(lost) == after | unlisted
    assert len(lost) == len(after | unlisted)


@slow
def test_year_effects_stand_for_the_years_of_the_study(others: tuple[Project, str]) -> None:
    project, _ = others
    terms = project.query(
        "select term_status, term from marts.fct_gravity_coefficients where study_id = 'korea' "
        "and estimator = 'pooled' and covariance = 'classical' and term like 'year_%' order by all"
    )
    assert [term for status, term in terms if status == "ok"] == [
        f"year_{year}" for year in range(2016, 2020)
    ]
    assert {status for status, _ in terms} == {"ok", "omitted"}
    # means of partners know no year
    assert project.query(
        "select distinct estimator from marts.fct_trade_potential where spec_id = 'year_effects' "
        "order by 1"
    ) == [("mundlak",), ("pooled",), ("ppml",), ("random",)]


@slow
def test_partial_index_has_korea_turkey_and_hong_kong(others: tuple[Project, str]) -> None:
    project, _ = others
    rows = project.query(
        "select country_iso3, count(*), bool_or(is_partial), min(indicator_count), "
        "bool_and(is_partial = (missing_indicators is not null)), "
        "bool_and(is_partial = (development_index_se > 0)) from marts.fct_development_index "
        "where study_id = 'vietnam' and index_spec_id = 'pca_available' "
        "and country_iso3 in ('HKG', 'KOR', 'TUR') group by country_iso3 order by 1"
    )
    assert [(name, count, bad[-2:]) for name, count, *bad in rows] == [
        (name, 5, [True, True]) for name in ("HKG", "KOR", "TUR")
    ]
    assert rows[0][2:4] == (True, 10)  # no figures of education
