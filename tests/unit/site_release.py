"""A release of three economies with every mart that the site shows."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb

from trade_potential.release import Published, publish
from trade_potential.site import write_into

LABELS = Path(__file__).parents[2] / "seeds" / "study" / "labels.csv"
NAMES = {"AAA": "Aland", "BBB": "B & <script>alert(1)</script>", "CHN": "China"}
CLASSES = ("huge_potential", "potential_expansion", "potential_reshaping")
ANSWERS = """
    create table rpt_answer as
    with sides as (select unnest(['AAA', 'BBB', 'CHN']) as iso3),
    grid as (
        select
            one.iso3 as reporter_iso3, other.iso3 as partner_iso3, flow, year,
            (hash(one.iso3 || other.iso3 || flow || year) % 1000)::double as chance
        from sides as one, sides as other, unnest(['total', 'exports', 'imports']) as f(flow),
            unnest([2018, 2019, 2020]) as y(year)
        where one.iso3 <> other.iso3 and not (other.iso3 = 'BBB' and year = 2019)
    ),
    told as (
        select
            *,
            case when year = 2018 and partner_iso3 = 'AAA' then 'no_recorded_trade'
                when year = 2018 then 'below_minimum_prediction'
                when year = 2020 and partner_iso3 = 'AAA' then 'after_last_trade_year'
                else 'ok' end as k_status,
            1e5 * (1 + chance * chance * 17.3) as predicted
        from grid
    ),
    ratios as (
        select
            *,
            case k_status when 'no_recorded_trade' then 0.0 when 'after_last_trade_year' then null
                else {factor} * (0.0000024 + chance / 501.7) end as k_ratio
        from told
    )
    select
        reporter_iso3, partner_iso3, flow, year, k_status, k_ratio,
        case when k_status <> 'ok' then null when k_ratio <= 0.8 then 'huge_potential'
            when k_ratio < 1.2 then 'potential_expansion' else 'potential_reshaping'
        end as potential_class,
        case when k_status = 'ok' then 'leaning' end as answer_certainty,
        case when k_ratio is not null then predicted end as predicted_usd,
        k_ratio * predicted as actual_usd,
        case when k_status = 'ok' then k_ratio * 0.97 end as k_pair_out_ratio,
        case when k_status = 'ok' then 0.337 end as k_median_of_band,
        case when k_status = 'ok' then 7 end as size_band,
        case when k_status = 'ok' then chance / 10 end as k_percentile,
        case when partner_iso3 <> 'BBB' then 'huge_potential' end as lasting_class,
        case when partner_iso3 <> 'BBB' then 'ok' else 'high_leverage' end as probability_status,
        0.71234 as probability_huge, 0.2 as probability_expansion, 0.08766 as probability_reshaping,
        0.31 as k_lasting_median, 0.0123 as k_lasting_ci_low, 1.31 as k_lasting_ci_high,
        0.01 as k_new_year_ci_low, 2.5 as k_new_year_ci_high, 3 as n_years,
        k_status = 'no_recorded_trade' as is_unreported,
        chance > 500 as class_depends_on_own_trade,
        case when chance > 900 then 'customs_union_reporting' end as trade_flag,
        case when reporter_iso3 = 'CHN' and year = 2019 then 'study_of_china 1.3' end
            as other_answers,
        case when reporter_iso3 = 'CHN' and year = 2019 then 'other figures' end
            as difference_reason
    from ratios
"""
OTHERS = {
    "dim_country": """
        select unnest(['AAA', 'BBB', 'CHN']) as country_iso3, 'un_asia' as un_region,
            'high_income' as income_group, 12.5 as longitude_deg, -3.5 as latitude_deg""",
    "dim_source": """
        select 'cepii_baci' as source_id, 'BACI' as title, 'CEPII' as publisher, '2022' as vintage,
            'https://example.org/baci' as url, 'Etalab' as licence, 'Gaulier' as citation,
            'today' as retrieved, 'know <this>' as caveat,
            'world_trade' as inputs, 1 as figure_count""",
    "dim_indicator": """
        select 'internet_users_pct' as indicator, '%' as unit, 'cepii_baci' as source_id,
            'IT.NET' as indicator_code""",
    "fct_country_indicator": """
        select 'AAA' as country_iso3, 'study_of_china' as study_id,
            'internet_users_pct' as indicator, 2019 as year, 55.25 as indicator_value,
            'carry_forward' as fill_method,
            false as is_estimate, true as is_imputed""",
    "fct_development_index": """
        select 'AAA' as country_iso3, 'study_of_china' as study_id, 'pca' as index_spec_id,
            2019 as year, 0.625 as development_index, 1 as index_rank, 0.25 as imputed_share""",
    "fct_trade_potential": """
        select 'CHN' as reporter_iso3, 'study_of_china' as study_id, 's' as spec_id,
            'random' as estimator, true as is_default, 'AAA' as partner_iso3, 2019 as year,
            'huge_potential' as potential_class, 'ok' as k_status, 'firm' as answer_certainty,
            0.5 as k_ratio, 0.4 as k_ratio_ci_low, 0.6 as k_ratio_ci_high, 0.9 as probability_huge,
            0.1 as probability_expansion, 0.0 as probability_reshaping, 1e9 as actual_usd,
            2e9 as predicted_usd, 0.25 as imputed_share""",
    "dim_study": """
        select 'study_of_china' as study_id, 's' as default_spec_id""",
    "fct_gravity_coefficients": """
        select 'study_of_china' as study_id, 's' as spec_id, 'random' as estimator,
            'clustered' as covariance, 'lnpgdp' as term, 0.5125 as coefficient,
            0.25 as coefficient_ci_low, 0.75 as coefficient_ci_high""",
    "fct_gravity_tests": """
        select 'study_of_china' as study_id, 's' as spec_id, 'hausman' as test,
            null::varchar as estimator, null::varchar as covariance, 'a <b> c' as reason,
            'reject' as decision, 12.25 as statistic, 0.0001 as p_value""",
    "fct_index_diagnostics": """
        select 'study_of_china' as study_id, 'pca' as index_spec_id, 'kmo' as diagnostic,
            null::varchar as variable, 0.7 as diagnostic_value, null::double as p_value""",
    "rpt_class_robustness": """
        select 'study_of_china' as study_id, 'ok' as status, 0.95 as share_same_class,
            true as is_robust, 100 as specification_count, 0.9 as robust_least_share,
            'years' as most_influential_choice, 0.5 as total_share""",
    "rpt_printed_consistency": """
        select 'claim' as claim, 'hausman' as exhibit, 'r' as row_label, 'c' as column_label,
            1.5 as printed_value, 1.75 as recomputed_value, false as is_consistent""",
    "rpt_replication": """
        select 'printed' as replication_id, 'hausman' as exhibit, 'reproduced' as status,
            'a' as row_label""",
    "rpt_replication_findings": """
        select 'f' as finding_id, 'found' as finding, 'measure' as measure, '<=' as comparison,
            'log points' as unit, 'confirmed' as verdict, 1 as position, 0.5 as measured_value,
            0.75 as threshold""",
    "rpt_vintage_sensitivity": """
        select 'study_of_china' as study_id, 'newer' as later_study_id, 'k_ratio' as quantity_kind,
            's' as spec_id, 'random' as estimator, 'AAA' as country_iso3, 2019 as year,
            'huge_potential' as potential_class, 'potential_expansion' as later_class,
            0.7 as quantity_value, 0.9 as later_value, 0.25 as relative_change,
            true as is_class_changed, false as is_sign_changed""",
    "fct_quality_results": """
        select 'a.b' as check_id, 'countries' as suite, 'seeds/countries.csv' as file,
            'name' as column_name, 'a name is not <empty>' as rule, 'warning' as severity,
            10 as rows_total, 2 as failing_count, 2 as acknowledged_count, 0 as new_count,
            false as passed""",
    "fct_row_ledger": """
        select 'world' as study_id, 'trade_flow' as step, 'no trade with anyone' as reason""",
    "fct_audit_results": """
        select 'linearmodels' as reference, 'agrees' as status, 1.5e-12 as relative_difference""",
    "fct_track_record": """
        select 'world' as study_id, 'k_year_before' as predictor, 'all' as group_kind,
            'with_class' as group_id, 5 as horizon_years, 2001 as first_cut_off_year,
            2015 as last_cut_off_year, 15 as n_cut_offs, 264942 as n, -0.134 as slope,
            -0.152 as slope_ci_low, -0.116 as slope_ci_high, 0.019 as r_squared,
            0.551 as direction_share, 0.511 as direction_chance_share, 195000 as n_forecasts,
            1.108 as rmse, 0.154 as loss_over_no_change, 0.002 as loss_over_no_change_p_value,
            0.018 as gain_within_share, null::double as coverage_share,
            null::double as coverage_nominal_share, true as is_headline, true as is_current""",
}  # fmt: skip
KEYS = {
    "rpt_answer": ["reporter_iso3", "partner_iso3", "flow", "year"],
    "dim_label": ["code_kind", "code", "language"],
    **{mart: ["country_iso3"] for mart in ("dim_country", "fct_country_indicator")},
    "fct_development_index": ["country_iso3"], "dim_source": ["source_id"],
    "dim_indicator": ["indicator"], "fct_trade_potential": ["partner_iso3"],
    "fct_quality_results": ["check_id"], "fct_row_ledger": ["reason"],
    "fct_audit_results": ["reference"], "fct_track_record": ["study_id"],
    **{mart: ["study_id"] for mart in ("dim_study", "fct_gravity_coefficients")},
    **{mart: ["study_id"] for mart in ("fct_gravity_tests", "fct_index_diagnostics")},
    **{mart: ["study_id"] for mart in ("rpt_class_robustness", "rpt_vintage_sensitivity")},
    "rpt_printed_consistency": ["claim"], "rpt_replication": ["replication_id"],
    "rpt_replication_findings": ["finding_id"],
}  # fmt: skip


def released(
    root: Path, run: str, *, factor: float = 1.0, empty: tuple[str, ...] = (), without: str = ""
) -> Published:
    """Publish it.

    Args:
        root: The directory of releases.
        run: Of the build.
        factor: Of every K.
        empty: Marts without a row.
        without: A mart that the release lacks.
    """
    session = duckdb.connect()
    session.execute(ANSWERS.format(factor=factor))
    for mart, rows in OTHERS.items():
        session.execute(f"create table {mart} as {rows}")
    exact = "select table_name, column_name from duckdb_columns() where data_type like 'DECIMAL%'"
    for table, column in session.execute(exact).fetchall():
        session.execute(f"alter table {table} alter {column} type double")
    with LABELS.open(encoding="utf-8", newline="") as file:
        labels = [tuple(row.values())[:4] for row in csv.DictReader(file)]
    names = [
        ("country", code, language, name)
        for code, name in NAMES.items()
        for language in ("en", "zh", "ru")
    ]
    session.execute(
        "create table dim_label (code_kind varchar, code varchar, language varchar, label varchar)"
    )
    labels = [row for row in labels if row[0] != "country"] + names
    session.executemany("insert into dim_label values (?, ?, ?, ?)", labels)
    for mart in empty:
        session.execute(f"delete from {mart}")  # noqa: S608
    return publish(
        root,
        {mart: session.table(mart) for mart in KEYS if mart != without},
        session=session,
        keys=KEYS,
        run_id=run,
        about={"target": "duckdb"},
        site=write_into,
    )
