"""The whole build on the real figures: answers, repeatability and one planted defect per kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.build.project import ROOT, Change, Project

from trade_potential.cli import main
from trade_potential.inference.registry import ESTIMATORS

pytestmark = pytest.mark.build


def _one(project: Project, sql: str) -> tuple[object, ...]:
    rows = project.query(sql)
    assert len(rows) == 1, rows
    return rows[0]


def test_second_build_gives_identical_marts(built: Project) -> None:
    first = built.marts()
    assert built.build().returncode == 0
    second = built.marts()
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_central_asia_has_40_rows_and_the_f_test_of_the_study(built: Project) -> None:
    sizes = built.query(
        "select spec_id, count(*) from gravity.int_gravity__sample "
        "where study_id = 'central_asia' group by spec_id order by spec_id"
    )
    assert sizes == [
        ("recommended", 40),
        ("study_printed", 40),
        ("study_printed_levels", 34),
        ("study_stated", 40),
    ]
    degrees = built.query(
        "select distinct df, df_denominator from marts.fct_gravity_tests "
        "where study_id = 'central_asia' and test = 'f_effects' and status = 'ok' "
        "and spec_id <> 'study_printed_levels'"
    )
    assert degrees == [(4, 28)]


def test_printed_descriptives_are_rebuilt(built: Project) -> None:
    rebuilt = {
        term: values
        for term, *values in built.query(
            "select term, n_obs, value_mean, value_sd, value_min, value_max "
            "from marts.fct_gravity_descriptives "
            "where study_id = 'central_asia' and spec_id = 'study_printed'"
        )
    }
    assert rebuilt["lnopen"][0] == 40
    assert [f"{value:.3f}" for value in rebuilt["lnopen"][1:]] == [
        "3.931",
        "0.386",
        "3.160",
        "4.708",
    ]
    assert rebuilt["lnnet"][1:] == pytest.approx([3.548, 0.624, 2.262, 4.454], abs=0.002)
    assert [f"{value:.3f}" for value in rebuilt["lnpop"][3:]] == ["6.285", "8.138"]
    assert [f"{value:.3f}" for value in rebuilt["lnPgdp"][3:]] == ["8.006", "10.221"]


def test_random_effects_of_the_study_are_degenerate_and_equal_pooled(built: Project) -> None:
    rows = built.query(
        "select estimator_status, max(diagnostic_value) filter (diagnostic = 'sigma_u'), "
        "max(diagnostic_value) filter (diagnostic = 'theta'), count(distinct reason) "
        "from marts.fct_gravity_diagnostics "
        "where study_id = 'central_asia' and estimator = 'random' group by estimator_status"
    )
    assert [(status, sigma_u, theta) for status, sigma_u, theta, _ in rows] == [
        ("degenerate_pooled", 0.0, 0.0)
    ]
    (gap,) = _one(
        built,
        "select max(abs(a.coefficient - b.coefficient)) from marts.fct_gravity_coefficients as a "
        "inner join marts.fct_gravity_coefficients as b "
        "using (study_id, spec_id, covariance, term) "
        "where a.study_id = 'central_asia' and a.estimator = 'random' and b.estimator = 'pooled'",
    )
    assert gap == 0.0


def test_china_world_is_wide_and_not_degenerate(built: Project) -> None:
    for partners, years in built.query(
        "select count(distinct partner_iso3), count(distinct year) "
        "from gravity.int_gravity__sample where study_id = 'china_world' group by spec_id"
    ):
        assert partners > 100
        assert years >= 10
    statuses = built.query(
        "select distinct estimator_status from marts.fct_gravity_diagnostics "
        "where study_id = 'china_world'"
    )
    assert statuses == [("ok",)]


def test_china_world_has_k_by_five_estimators(built: Project) -> None:
    rows = built.query(
        "select estimator, k_definition, count(*), count(potential_class), "
        "sum(case when k_ratio between k_ratio_ci_low and k_ratio_ci_high then 1 else 0 end) "
        "from marts.fct_trade_potential where study_id = 'china_world' "
        "and spec_id = 'recommended' group by all order by all"
    )
    (partner_years,) = _one(
        built,
        "select count(*) from gravity.int_gravity__sample "
        "where study_id = 'china_world' and spec_id = 'recommended'",
    )
    assert [row[0] for row in rows] == sorted(n for n, spec in ESTIMATORS.items() if spec.predicts)
    for estimator, definition, *counts in rows:
        expected = "mean" if estimator == "ppml" else "median"
        assert definition == f"{expected}_without_effects"
        assert counts == [partner_years] * 3
    # PPML's first-order condition of the constant: actual and predicted trade sum to the same.
    actual, predicted = _one(
        built,
        "select sum(actual_usd), sum(predicted_usd) from marts.fct_trade_potential "
        "where study_id = 'china_world' and spec_id = 'recommended' and estimator = 'ppml'",
    )
    assert predicted == pytest.approx(actual, rel=1e-9)
    (gap,) = _one(
        built,
        "select max(abs(ln(means.smeared))) from (select avg(k_mean_ratio) as smeared "
        "from marts.fct_trade_potential where k_definition = 'median_without_effects' "
        "group by study_id, spec_id, estimator) as means",
    )
    assert gap == pytest.approx(0.0, abs=1e-9)


def test_mundlak_has_the_slopes_of_partner_effects(built: Project) -> None:
    (gap,) = _one(
        built,
        "select max(abs(m.coefficient / w.coefficient - 1)) "
        "from marts.fct_gravity_coefficients as m "
        "inner join marts.fct_gravity_coefficients as w "
        "using (study_id, spec_id, covariance, term) "
        "where m.estimator = 'mundlak' and w.estimator = 'within' and term <> 'const' "
        "and covariance = 'classical' and w.term_status = 'ok'",
    )
    assert gap == pytest.approx(0.0, abs=1e-9)


def test_every_published_estimate_is_audited(built: Project) -> None:
    unaudited = built.query(
        "select estimator, covariance, term from marts.fct_gravity_coefficients as published "
        "where not exists (select 1 from marts.fct_audit_results as audit "
        "where audit.study_id = published.study_id and audit.spec_id = published.spec_id "
        "and audit.estimator = published.estimator and audit.covariance = published.covariance "
        "and audit.term = published.term and audit.quantity = 'coefficient' "
        "and audit.status = 'agrees')"
    )
    assert unaudited == []


def test_every_lost_partner_of_china_world_is_in_the_ledger(built: Project) -> None:
    unexplained = built.query(
        "select distinct partner_code from panel.int_panel__pair_years as candidate "
        "where study_id = 'china_world' and not exists (select 1 from gravity.int_gravity__sample "
        "as kept where kept.study_id = candidate.study_id and kept.spec_id = 'recommended' "
        "and kept.partner_iso3 = candidate.partner_iso3) and not exists (select 1 from "
        "marts.fct_row_ledger as lost where lost.study_id = candidate.study_id and "
        "lost.spec_kind = 'gravity' and lost.spec_id = 'recommended' "
        "and lost.partner_code = candidate.partner_code)"
    )
    assert unexplained == []


def _set(column: str, value: str, **where: str) -> Change:
    def change(header: list[str], rows: list[list[str]]) -> None:
        for row in rows:
            if all(row[header.index(key)] == wanted for key, wanted in where.items()):
                row[header.index(column)] = value
                return
        raise AssertionError(f"no row with {where}")

    return change


def _double(_: list[str], rows: list[list[str]]) -> None:
    rows.insert(1, list(rows[0]))


def _append(*row: str) -> Change:
    return lambda _, rows: rows.append(list(row))


def _without(**where: str) -> Change:
    def change(header: list[str], rows: list[list[str]]) -> None:
        rows[:] = [row for row in rows if any(row[header.index(k)] != v for k, v in where.items())]

    return change


def _drop(column: str) -> Change:
    def change(header: list[str], rows: list[list[str]]) -> None:
        position = header.index(column)
        for row in [header, *rows]:
            del row[position]

    return change


DEFECTS = {
    "negative population": (
        "inputs/observations",
        _set("observed_value", "-5", indicator_code="SP.POP.TOTL", country_code="KAZ", year="2015"),
        ["seeds/inputs/observations.csv", "line ", "SP.POP.TOTL, KAZ, 2015", "-5", "rule:"],
    ),
    "LPI 6.2": (
        "inputs/observations",
        _set("observed_value", "6.2", indicator_code="LP.LPI.CUST.XQ", country_code="KGZ"),
        ["seeds/inputs/observations.csv", "line ", "LP.LPI.CUST.XQ, KGZ", "6.2", "rule:"],
    ),
    "duplicate key": (
        "inputs/trade_flows",
        _double,
        ["seeds/inputs/trade_flows.csv, line 3", "rule: the key is unique"],
    ),
    "unknown country": (
        "inputs/trade_flows",
        _set("partner_code", "QQQ", year="2015"),
        ["seeds/inputs/trade_flows.csv, line ", 'column partner_code: "QQQ"', "rule: the code is"],
    ),
    "missing column": (
        "inputs/country_pairs",
        _drop("distance_capitals_km"),
        ["seeds/inputs/country_pairs.csv, line 1", "distance_capitals_km", "rule: the header"],
    ),
    "text in a number": (
        "inputs/exchange_rates",
        _set("lcu_per_usd", "about 6", year="2015"),
        ["exchange_rates.csv, line 17, column lcu_per_usd", "about 6", "rule: a number is"],
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_planted_defect_stops_the_build_and_is_named(defect: str, tmp_path: Path) -> None:
    seed, change, fragments = DEFECTS[defect]
    project = Project.copied_to(tmp_path / "project")
    project.edit_seed(seed, change)
    result = project.build()
    assert result.returncode != 0
    for fragment in fragments:
        assert fragment in result.stdout, result.stdout[-4000:]
    assert "Traceback" not in result.stdout
    assert project.mart_count() == 0


OUT_OF_RULE = {
    "countries": _set("latitude_deg", "91", country_iso3="KAZ"),
    "country_code_mappings": _append("KAZ", "UZB", "renames a country"),
    "indicators": _set("value_max", "-7", indicator_code="SP.POP.TOTL"),
    "observation_vintages": _set("value_count", "3", indicator_code="SE.TER.ENRR"),
    "observations": _set("observed_value", "100.5", indicator_code="IT.NET.USER.ZS"),
    "trade_flows": _set("trade_usd", "-1", partner_code="TJK"),
    "country_pairs": _set("distance_km", "40000", partner_code="TJK"),
    "oil_prices": _set("price_usd_per_barrel", "-37", benchmark="wti_nominal"),
    "ecommerce_volumes": _set("volume_tn", "1250", quote_id="100ec_2020"),
    "total_trade": _set("trade_usd", "0", year="2015"),
    "total_trade_press": _set("total_rmb_tn", "-3", year="2015"),
    "exchange_rates": _set("lcu_per_usd", "0", year="2015"),
    "trade_agreements": _set("status_date", "sometime", country_code="KAZ"),
}
"""One value per input that only an expectation can refuse; sources has texts alone."""


def test_value_out_of_rule_is_named_in_every_input(tmp_path: Path) -> None:
    project = Project.copied_to(tmp_path / "project")
    for seed, change in OUT_OF_RULE.items():
        project.edit_seed(f"inputs/{seed}", change)
    project.edit_seed("inputs/trade_flows", _without(year="2017"))
    result = project.build()
    assert result.returncode != 0
    refused = project.query(
        "select distinct suite from quality.gate_results where severity = 'error' and not passed"
    )
    assert {suite for (suite,) in refused} >= OUT_OF_RULE.keys()
    unnamed = [
        seed for seed in OUT_OF_RULE if f"seeds/inputs/{seed}.csv, line " not in result.stdout
    ]
    assert unnamed == []
    assert "import, 2018 = 2017 (rule: a reporter has flows in every year between" in result.stdout
    assert project.mart_count() == 0


def test_duplicate_key_is_named_in_every_seed(tmp_path: Path) -> None:
    project = Project.copied_to(tmp_path / "project")
    seeds = sorted(
        str(path.relative_to(ROOT / "seeds").with_suffix(""))
        for path in (ROOT / "seeds").glob("*/*.csv")
    )
    for seed in seeds:
        project.edit_seed(seed, _double)
    result = project.build()
    assert result.returncode != 0
    unnamed = [
        seed
        for seed in seeds
        if f"seeds/{seed}.csv, line 3" not in result.stdout
        or "(rule: the key is unique)" not in result.stdout
    ]
    assert unnamed == []
    assert project.mart_count() == 0


def _rows(*rows: str) -> Change:
    return lambda _, table: table.extend(row.split(",") for row in rows)


def test_new_study_is_new_rows_and_a_specification_without_any_has_a_status(
    tmp_path: Path,
) -> None:
    project = Project.copied_to(tmp_path / "project")
    settings = "none,,recommended,random,,trial"  # what is not scaled needs no series of volumes
    project.edit_seed(
        "study/studies",
        _rows(f"asean,ASEAN,CHN,one,listed,exports,{settings},2015,2025,2026-11-01"),
    )
    members = ("BRN", "IDN", "KHM", "LAO", "MMR", "MYS", "PHL", "SGP", "THA", "VNM")
    listed = [f"asean,{member},{k}" for k, member in enumerate(members, start=1)]
    project.edit_seed("study/study_partners", _rows(*listed))
    project.edit_seed(
        "study/gravity_specifications", _rows("log_of_0,Log of 0,pca_11,,ln,trial,1.0,0.95")
    )
    project.edit_seed("study/gravity_terms", _rows("log_of_0,ln2014,year_2014,ln,partner,1,1.0,"))
    runs = _rows("asean,recommended", "asean,log_of_0")
    project.edit_seed("study/study_specifications", runs)
    result = project.build()
    assert result.returncode == 0, result.stdout[-4000:]
    statuses = project.query(
        "select distinct spec_id, estimator_status from marts.fct_gravity_diagnostics "
        "where study_id = 'asean' order by spec_id"
    )
    assert statuses == [("log_of_0", "no_rows"), ("recommended", "ok")]
    # flows end in 2024: a year of the study that nothing is known of is lost to the ledger
    lost = project.query(
        "select step, count(*) from marts.fct_row_ledger where study_id = 'asean' "
        "and spec_id = 'recommended' and year = 2025 group by step"
    )
    assert lost == [("trade_flow", len(members))]
    (gap,) = _one(
        project,
        "select max(abs(potential.actual_usd - flows.trade_usd)) "
        "from marts.fct_trade_potential as potential "
        "inner join quality.gate_trade_flows as flows on flows.flow = 'export' "
        "and flows.partner_code = potential.partner_iso3 and flows.year = potential.year "
        "where potential.study_id = 'asean'",
    )
    assert gap == 0.0


def test_wrong_formula_stops_the_build_before_any_estimate_is_published(tmp_path: Path) -> None:
    project = Project.copied_to(tmp_path / "project")
    model = project.root / "models" / "gravity" / "int_gravity__meat.sql"
    right = model.read_text(encoding="utf-8")
    column = "c_{{ i }}_{{ j }}"
    planted = right.replace(f"{column},", f"{column} * 1.000001 as {column},")
    assert planted != right
    model.write_text(planted, encoding="utf-8")
    result = project.build()
    assert result.returncode != 0
    assert "Rejected by audit_agrees" in result.stdout
    assert "clustered" in result.stdout
    published = {
        name
        for (name,) in project.query(
            "select table_name from information_schema.tables where table_schema = 'marts'"
        )
    }
    assert not published & {
        "fct_gravity_coefficients",
        "fct_gravity_tests",
        "fct_gravity_diagnostics",
        "fct_trade_potential",
        "rpt_trade_potential",
    }


def test_models_of_the_warehouse_side_by_side(
    built: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--database", str(built.database), "--format", "markdown", "--digits", "4"]
    assert main(["table", "china_world", "--estimator", "mundlak,ppml", *arguments]) == 0
    table = capsys.readouterr().out
    (slope,) = _one(
        built,
        "select coefficient from marts.fct_gravity_coefficients where study_id = 'china_world' "
        "and spec_id = 'recommended' and estimator = 'mundlak' and covariance = 'clustered' "
        "and term = 'lnopen'",
    )
    assert isinstance(slope, float)
    row = next(line for line in table.splitlines() if line.startswith("| lnopen"))
    assert f"{slope:.4f}" in row
    assert main(["table", "nowhere", *arguments]) == 3
    assert (
        "no study nowhere; there are central_asia, central_asia_newest, china_world"
        in capsys.readouterr().err
    )
