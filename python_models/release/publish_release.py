"""The last node: every mart of a passed build as an immutable release (docs/operations.md)."""


def model(dbt, session):
    from dbt_trade_potential.log import say
    from trade_potential.release.node import publish_marts
    from trade_potential.site import write_into

    dbt.config(materialized="table")
    # no mart reads these; as parents they must pass, too
    dbt.ref("stg_published__exhibits")
    dbt.ref("stg_study__country_groups")
    marts = {
        "dim_country": dbt.ref("dim_country"),
        "dim_date": dbt.ref("dim_date"),
        "dim_estimator": dbt.ref("dim_estimator"),
        "dim_index_specification": dbt.ref("dim_index_specification"),
        "dim_indicator": dbt.ref("dim_indicator"),
        "dim_label": dbt.ref("dim_label"),
        "dim_potential_class": dbt.ref("dim_potential_class"),
        "dim_potential_class_v1": dbt.ref("dim_potential_class", version=1),
        "dim_source": dbt.ref("dim_source"),
        "dim_specification": dbt.ref("dim_specification"),
        "dim_specification_v1": dbt.ref("dim_specification", version=1),
        "dim_study": dbt.ref("dim_study"),
        "fct_audit_results": dbt.ref("fct_audit_results"),
        "fct_country_effects": dbt.ref("fct_country_effects"),
        "fct_country_indicator": dbt.ref("fct_country_indicator"),
        "fct_country_year": dbt.ref("fct_country_year"),
        "fct_development_index": dbt.ref("fct_development_index"),
        "fct_gravity_coefficients": dbt.ref("fct_gravity_coefficients"),
        "fct_gravity_descriptives": dbt.ref("fct_gravity_descriptives"),
        "fct_gravity_diagnostics": dbt.ref("fct_gravity_diagnostics"),
        "fct_gravity_tests": dbt.ref("fct_gravity_tests"),
        "fct_index_diagnostics": dbt.ref("fct_index_diagnostics"),
        "fct_index_weights": dbt.ref("fct_index_weights"),
        "fct_multiverse": dbt.ref("fct_multiverse"),
        "fct_quality_results": dbt.ref("fct_quality_results"),
        "fct_row_ledger": dbt.ref("fct_row_ledger"),
        "fct_share_potential": dbt.ref("fct_share_potential"),
        "fct_track_record": dbt.ref("fct_track_record"),
        "fct_trade_potential": dbt.ref("fct_trade_potential"),
        "rpt_answer": dbt.ref("rpt_answer"),
        "rpt_answer_differences": dbt.ref("rpt_answer_differences"),
        "rpt_class_robustness": dbt.ref("rpt_class_robustness"),
        "rpt_estimator_comparison": dbt.ref("rpt_estimator_comparison"),
        "rpt_index_validity": dbt.ref("rpt_index_validity"),
        "rpt_printed_consistency": dbt.ref("rpt_printed_consistency"),
        "rpt_replication": dbt.ref("rpt_replication"),
        "rpt_replication_findings": dbt.ref("rpt_replication_findings"),
        "rpt_trade_potential": dbt.ref("rpt_trade_potential"),
        "rpt_trade_potential_v1": dbt.ref("rpt_trade_potential", version=1),
        "rpt_vintage_sensitivity": dbt.ref("rpt_vintage_sensitivity"),
    }
    vintages, limits = dbt.ref("int_panel__vintages"), dbt.ref("stg_study__release_limits")
    series = dbt.ref("int_quality__series")
    acknowledged = dbt.ref("stg_study__acknowledged_warnings")
    return publish_marts(
        session, marts=marts, vintages=vintages, limits=limits, series=series,
        acknowledged=acknowledged, site=write_into, say=say,
    )  # fmt: skip
