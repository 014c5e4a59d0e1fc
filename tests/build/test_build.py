"""The whole build on the real figures: answers and repeatability."""

from __future__ import annotations

import pytest
from tests.build.changes import rows_added, rows_like
from tests.build.project import Project

from trade_potential.cli import main
from trade_potential.inference.registry import ESTIMATORS

pytestmark = pytest.mark.build


def _one(project: Project, sql: str) -> tuple[object, ...]:
    rows = project.query(sql)
    assert len(rows) == 1, rows
    return rows[0]


@pytest.mark.slow(reason="a whole build")
def test_second_build_gives_identical_marts(built: Project, rebuilt: Project) -> None:
    first = built.mart_sums()
    result = rebuilt.dbt_as_typed("build")
    assert result.returncode == 0
    assert "Kept the estimate of world, structural of " in result.stdout
    second = rebuilt.mart_sums()
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


@pytest.mark.slow(reason="most of a build, beside the whole world")
def test_new_study_is_new_rows_and_a_specification_without_any_has_a_status(
    rebuilt: Project,
) -> None:
    project = rebuilt
    # what is not scaled needs no series of volumes
    study = {"study_id": "asean", "flow": "exports", "outcome_scaling": "none"}
    study |= {"ecommerce_series": "", "first_year": "2015", "last_year": "2025"}
    project.edit_seed("study/studies", rows_like("central_asia", study))
    members = ("BRN", "IDN", "KHM", "LAO", "MMR", "MYS", "PHL", "SGP", "THA", "VNM")
    listed = [f"asean,{member},{k}" for k, member in enumerate(members, start=1)]
    project.edit_seed("study/study_partners", rows_added(*listed))
    project.edit_seed(
        "study/gravity_specifications", rows_like("recommended", {"spec_id": "log_of_0"})
    )
    project.edit_seed(
        "study/gravity_terms", rows_added("log_of_0,ln2014,year_2014,ln,partner,1,1.0,")
    )
    runs = rows_added("asean,recommended", "asean,log_of_0")
    project.edit_seed("study/study_specifications", runs)
    below = "path:seeds/study+"
    asked = ("fct_gravity_diagnostics", "fct_row_ledger", "fct_trade_potential")
    parts = [f"{below},+{mart}" for mart in asked]
    result = project.dbt("build", "--exclude-resource-type", "unit_test", "-s", *parts)
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
