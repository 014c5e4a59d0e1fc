"""Marts of a whole build: their second computation, and what stops one that left its parents."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import duckdb
import pandas as pd
import pytest
from tests.build.project import Project
from tests.unit.test_audit_marts_models import declared, given

from trade_potential.audit.marts.compare import TOLERANCE
from trade_potential.audit.marts.elsewhere import ELSEWHERE
from trade_potential.audit.marts.models import audit_marts, audit_reports

pytestmark = pytest.mark.build

Audited = Callable[..., pd.DataFrame]

WRONG = {
    "fct_trade_potential": {
        "k_ratio_ci_low": "(k_ratio + k_ratio_ci_low) / 2",
        "k_log_ratio_se": "k_log_ratio_se * k_log_ratio_se",
        "k_mean_ratio": "k_ratio",
        "potential_class": "case when k_ratio > 0.85 then potential_class"
        " when k_ratio is not null then 'huge_potential' end",
        "imputed_share": "imputed_share / 2",
        "is_default": "estimator = 'pooled'",
        "index_spec_id": "spec_id",
        "potential_key": "replace(potential_key, '/', '-')",
        "partner_year_key": "study_id || '/' || reporter_iso3 || '/' || year",
        "class_key": "'all/' || potential_class",
    },
    "fct_gravity_coefficients": {
        "coefficient": "coefficient * 1.01",
        "n_entities": "n_obs",
        "distribution": "'normal'",
    },
    "fct_gravity_tests": {"decision": "'keep'"},
    "fct_gravity_diagnostics": {"diagnostic_value": "diagnostic_value * (1 + 1e-15)"},
    "fct_gravity_descriptives": {"value_sd": "value_sd * sqrt((n_obs - 1.0) / n_obs)"},
    "fct_row_ledger": {"step": "'regressors'", "reason": "replace(reason, 'lncpi', 'lndist')"},
    "rpt_estimator_comparison": {
        "mundlak_k_ratio": "pooled_k_ratio",
        "class_count": "1",
    },
    "rpt_trade_potential": {
        "partner_name": "reporter_name",
        "index_rank": "188 - index_rank",
        "k_ratio": "k_ratio + 0.001",
        "structural_actual_usd_mn": "actual_usd_mn",
        "class_label": "structural_class_label",
        "difference_reason": "cast(null as varchar)",
        "is_default_study": "true",
        "estimator_status_label": "estimator_label",
        "structural_k_status_label": "probability_status_label",
        "reading_note": "study_name",
    },
    "rpt_trade_potential_v1": {"income_group": "un_region"},
    "int_gravity__sample": {"v2": "v2 + 1e-6"},
    "int_gravity__ppml_sample": {"actual_usd": "0.9 * actual_usd"},
    "rpt_answer_differences": {
        "difference_log": "-difference_log",
        "import_share": "1 - import_share",
        "hub_ratio": "greatest(partner_imports_ratio, partner_exports_ratio)",
        "partner_imports_log": "partner_imports_log + 1e-6",
        "year_level_log": "0.0",
        "other_terms_log": "trade_costs_log",
        "difference_reason": "replace(difference_reason, 'sells', 'buys')",
        "is_default": "not is_default",
        "answer_key": "replace(answer_key, '/total/', '/exports/')",
    },
    "rpt_answer": {
        "trade_flag": "case when year = 2010 then 'fine' end",
        "other_answers": "replace(other_answers, 'huge_potential', 'potential_expansion')",
        "difference_reason": "case when flow = 'imports' then difference_reason end",
        "k_reason": "replace(k_reason, '2020', '2021')",
        "k_status": "case when k_reason is null then k_status else 'no_structural_study' end",
        "partner_name": "reporter_name",
        "un_region_label": "un_region",
        "income_group": "case when partner_iso3 = 'KAZ' then 'high_income' else income_group end",
        "class_order": "4 - class_order",
        "class_key": "potential_class",
        "answer_key": "replace(answer_key, 'KAZ', 'KGZ')",
        "estimator_label": "estimator",
        "is_default_study": "year > 2010",
        "k_status_label": "probability_status_label",
        "reading_note": "''",
    },
    "fct_country_effects": {
        "log_effect_expected": "log_effect_expected * 1.0000001",
        "beyond_size_ratio": "1 / beyond_size_ratio",
    },
    "fct_country_year": {"country_year_key": "country_iso3 || '/' || year"},
    "fct_development_index": {"country_year_key": "study_id || '/' || country_iso3"},
    "fct_country_indicator": {
        "country_year_key": "country_iso3 || '/' || year",
        "indicator_value": "indicator_value * 1.0000001",
        "fill_method": "case when is_imputed then 'carry_back' end",
        "is_estimate": "not is_estimate",
    },
    "dim_country": {"country_name": "country_iso2", "source_id": "source"},
    "dim_date": {"year_date": "year_date + 1"},
    "dim_estimator": {"gives_k": "true", "effects": "coalesce(effects, '')"},
    "dim_index_specification": {"min_terms": "min_terms - 1"},
    "dim_label": {"label": "replace(label, '\u4e2d', '\u4e0a')", "source_id": "'unicode_cldr'"},
    "dim_study": {"as_of_date": "as_of_date + 1", "is_default_study": "revises_study_id is null"},
    "dim_specification": {"terms": "replace(terms, 'lncpi, ', '')"},
    "dim_specification_v1": {"component_rule": "'eigenvalue'"},
    "dim_potential_class": {
        "class_label": "'Potential to reshape'",
        "meaning": "replace(meaning, '0.8', '0.85')",
    },
    "fct_quality_results": {"rows_checked": "rows_total + 1", "failing_count": "0"},
    "rpt_printed_consistency": {"allowed": "2 * allowed", "is_consistent": "true"},
    "rpt_replication": {
        "rebuilt_value": "round(rebuilt_value, 3)",
        "status": "replace(status, 'not_reproducible', 'within_tolerance')",
        "settled_by": "cast(null as varchar)",
    },
    "rpt_index_validity": {
        "rank_correlation": "0.99 * rank_correlation",
        "rank_correlation_ci_low": "rank_correlation - 0.1",
        "rank_correlation_ci_high": "rank_correlation + 0.1",
        "verdict": "case when verdict is not null then 'strong' end",
        "economy_count": "measured_count",
        "method": "'isoc_ec_ibuy'",
        "reason": "replace(reason, 'at least 10', 'at least 9')",
    },
    "rpt_replication_findings": {
        "measured_value": "round(measured_value, 2)",
        "verdict": "'confirmed'",
    },
}
"""By mart and column: SQL of what a faulty build would have there."""


@pytest.fixture(scope="module")
def audited(built: Project) -> Iterator[Audited]:
    """Rows of both audits, with other SQL in the place of some tables."""
    with duckdb.connect(built.database, read_only=True) as warehouse:
        schemas = dict(
            warehouse.execute(
                "select table_name, table_schema from information_schema.tables"
            ).fetchall()
        )

        def rows(faulty: dict[str, str], max_rows: int = 200_000) -> pd.DataFrame:
            marts, reports = (
                {
                    name: warehouse.sql(
                        f"{faulty.get(name, 'select *')} from {schemas[name]}.{name}"  # noqa: S608
                    )
                    for name in given(adapter)
                }
                for adapter in ("est_audit_marts", "est_audit_reports")
            )
            return pd.concat([audit_marts(marts, max_rows=max_rows), audit_reports(reports)])

        yield rows


@pytest.fixture(scope="module")
def clean(audited: Audited) -> pd.DataFrame:
    return audited({})


def told(quantity: str) -> tuple[str, str]:
    """Mart and column; of marts that are compared in parts the part is named behind them."""
    mart, column = quantity.split(".")
    return mart.split(" ")[0], column


@pytest.mark.slow(reason="all marts are made again, as in every build")
def test_marts_are_made_again(clean: pd.DataFrame) -> None:
    found = clean
    assert set(found["status"]) == {"agrees"}
    assert found["relative_difference"].max() < TOLERANCE
    assert len(found) > 3_000


def test_every_column_of_every_mart_is_compared(clean: pd.DataFrame, built: Project) -> None:
    """Columns as the YAML of the marts declares them; a key is compared by the rows it names."""
    found = {".".join(told(one)) for one in clean["quantity"]}
    keys = json.loads(built.query("select plan from release.build_plan")[0][0])["keys"]
    for mart, columns in declared().items():
        if mart != "fct_audit_results":
            known = {*ELSEWHERE.get(mart, ()), *keys[mart]}
            assert {f"{mart}.{column}" for column in {*columns} - known} <= found, mart
            assert f"{mart}.rows" in found


@pytest.mark.slow(reason="all marts are made again")
def test_whole_pairs_of_large_samples_agree(audited: Audited) -> None:
    found = audited({}, max_rows=60)
    assert set(found["status"]) == {"agrees"}
    said = found.loc[found["quantity"] == "fct_trade_potential.k_mean_ratio", "reason"]
    assert said.str.contains(r"china_world, recommended: sample of \d+ pairs, \d+ of").all()


@pytest.mark.slow(reason="all marts are made again, with faults in them")
def test_every_planted_fault_is_named(audited: Audited) -> None:
    faulty = {
        mart: "select * replace ("
        + ", ".join(f"{sql} as {column}" for column, sql in columns.items())
        + ")"
        for mart, columns in WRONG.items()
    }
    found = audited(faulty)
    differs = found.loc[found["status"] == "differs", "quantity"]
    named = {told(one) for one in differs}
    planted = {(mart, column) for mart, columns in WRONG.items() for column in columns}
    assert planted - named == set()


LEFT_ITS_PARENTS = {
    "partner name is the reporter's": (
        "update marts.rpt_trade_potential set partner_name = reporter_name"
        " where partner_iso3 = 'KAZ'",
        "rpt_trade_potential, key KAZ, China, ",
        "none in dim_country",
    ),
    "a report without one study": (
        "delete from marts.rpt_estimator_comparison where study_id = 'central_asia'",
        "rpt_estimator_comparison, key central_asia, recommended, ",
        "the mart has the group",
    ),
    "an empty report": (
        "delete from marts.rpt_vintage_sensitivity",
        "rpt_vintage_sensitivity, key central_asia, central_asia_newest, ",
        "the mart has the group",
    ),
    "K of every estimator is that of pooled": (
        "update marts.fct_trade_potential set predicted_usd = other.predicted_usd,"
        " k_ratio = other.k_ratio from marts.fct_trade_potential as other"
        " where other.estimator = 'pooled' and fct_trade_potential.estimator = 'mundlak'"
        " and fct_trade_potential.study_id = other.study_id"
        " and fct_trade_potential.spec_id = other.spec_id"
        " and fct_trade_potential.partner_iso3 = other.partner_iso3"
        " and fct_trade_potential.year = other.year",
        "fct_trade_potential, key china_world, recommended, mundlak, ",
        "predictions rest on the coefficients of their estimator",
    ),
    "signs of the components": (
        "update marts.fct_index_weights set weight_value = -weight_value where component = 1",
        "fct_index_weights, key china_world, pca_11, internet_users_pct, ",
        "the anchor loads positively on the first component",
    ),
    "rank rises with the index": (
        "update marts.fct_development_index set index_rank = 300 - index_rank"
        " where study_id = 'china_world' and index_spec_id = 'pca_11' and year = 2015",
        "fct_development_index, key china_world, pca_11, ",
        "the rank falls as the index rises",
    ),
    "imports counted 0.9": (
        "update marts.rpt_answer set actual_usd = 0.9 * actual_usd, k_ratio = 0.9 * k_ratio,"
        " k_pair_out_ratio = 0.9 * k_pair_out_ratio where flow = 'imports'",
        "rpt_answer, key world, structural, ",
        "imports are those of all importers",
    ),
    "the label of another class": (
        "update marts.rpt_answer_differences set other_class = 'potential_reshaping'"
        " where other_class = 'huge_potential' and partner_iso3 = 'KAZ'",
        "potential_reshaping, column other_class",
        "K of a class lie between its bounds",
    ),
    "half the lower interval": (
        "update marts.fct_gravity_coefficients set coefficient_ci_low = coefficient + 1e-3"
        " where study_id = 'china_world' and spec_id = 'recommended' and estimator = 'pooled'",
        "fct_gravity_coefficients, key china_world, ",
        "the interval contains the coefficient",
    ),
    "a probability above 1": (
        "update marts.fct_gravity_tests set p_value = 1.5 where test = 'mundlak'",
        "fct_gravity_tests, key china_world, recommended, mundlak, ",
        "p_value >= 0 and p_value <= 1",
    ),
    "effects of another specification": (
        "update marts.fct_country_effects set trade_usd = 1.01 * trade_usd"
        " where spec_id = 'structural_index'",
        "fct_country_effects, key world, structural_index, ",
        "trade is that of the estimate",
    ),
    "a lost row without a name": (
        "delete from marts.fct_row_ledger where spec_kind = 'index' and year = 2015",
        "fct_row_ledger, key ",
        "the mart has the group",
    ),
    "a status flipped": (
        "update marts.rpt_replication set status = 'within_tolerance'"
        " where status = 'not_reproducible'",
        "rpt_replication, key ",
        "what is within the tolerance differs by no more",
    ),
    "coefficients times 1.01 after the audit": (
        "update marts.fct_gravity_coefficients set coefficient = 1.01 * coefficient,"
        " statistic = 1.01 * statistic where estimator = 'random' and spec_id = 'recommended'"
        " and study_id = 'central_asia'",
        "fct_gravity_coefficients, key central_asia, recommended, random, ",
        "coefficients are those of the estimate",
    ),
    "trade of last year's share": (
        "update marts.fct_trade_potential set actual_usd = 0.9 * actual_usd"
        " where study_id = 'central_asia_newest'",
        "fct_trade_potential, key central_asia_newest, recommended, 2015",
        "trade of the pairs is that of the gate",
    ),
    "a correlation on more economies than were measured": (
        "update marts.rpt_index_validity set economy_count = measured_count + 1"
        " where measure = 'online_buyers_pct' and study_id = 'world'",
        "rpt_index_validity, key world, pca_available, online_buyers_pct, ",
        "economies are some of those that are measured",
    ),
    "a share above 1": (
        "update marts.rpt_answer_differences set import_share = 2 where year = 2019",
        "rpt_answer_differences, key ",
        "import_share >= 0 and import_share <= 1",
    ),
}
"""By fault: SQL that plants it, the mart and key, and the rule that are named."""


@pytest.mark.slow(reason="tests of all marts")
def test_a_mart_that_left_its_parents_is_refused(rebuilt: Project) -> None:
    with duckdb.connect(rebuilt.database) as warehouse:
        for sql, _, _ in LEFT_ITS_PARENTS.values():
            warehouse.execute(sql)
    result = rebuilt.dbt(
        *("test", "--select", "test_name:keeps_to_parents", "classes_hold_their_k"),
        *("predictions_have_their_coefficients", "trade_is_that_of_the_gate"),
    )
    assert result.returncode != 0
    lines = result.stdout.splitlines()
    unnamed = [
        fault
        for fault, (_, key, rule) in LEFT_ITS_PARENTS.items()
        if not any(key in line and rule in line for line in lines)
    ]
    assert unnamed == []
