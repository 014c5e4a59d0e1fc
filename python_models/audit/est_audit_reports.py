"""Every column of the reports beside its second computation from gated figures and other marts."""


def model(dbt, session):
    from trade_potential.audit.marts.models import audit_reports

    dbt.config(materialized="table")
    return audit_reports(
        {
            "est_structural_pairs": dbt.ref("est_structural_pairs"),
            "fct_country_effects": dbt.ref("fct_country_effects"),
            "fct_development_index": dbt.ref("fct_development_index"),
            "fct_multiverse": dbt.ref("fct_multiverse"),
            "fct_row_ledger": dbt.ref("fct_row_ledger"),
            "fct_trade_potential": dbt.ref("fct_trade_potential"),
            "gate_countries": dbt.ref("gate_countries"),
            "gate_country_code_mappings": dbt.ref("gate_country_code_mappings"),
            "gate_ecommerce_volumes": dbt.ref("gate_ecommerce_volumes"),
            "gate_exchange_rates": dbt.ref("gate_exchange_rates"),
            "gate_own_outcomes": dbt.ref("gate_own_outcomes"),
            "gate_total_trade": dbt.ref("gate_total_trade"),
            "gate_trade_flows": dbt.ref("gate_trade_flows"),
            "gate_trade_notes": dbt.ref("gate_trade_notes"),
            "gate_world_trade": dbt.ref("gate_world_trade"),
            "rpt_answer": dbt.ref("rpt_answer"),
            "rpt_answer_differences": dbt.ref("rpt_answer_differences"),
            "rpt_class_robustness": dbt.ref("rpt_class_robustness"),
            "rpt_trade_potential": dbt.ref("rpt_trade_potential"),
            "stg_multiverse__option_counts": dbt.ref("stg_multiverse__option_counts"),
            "stg_multiverse__pair_shares": dbt.ref("stg_multiverse__pair_shares"),
            "stg_multiverse__specification_choices": dbt.ref(
                "stg_multiverse__specification_choices"
            ),
            "stg_study__ecommerce_series": dbt.ref("stg_study__ecommerce_series"),
            "stg_study__gravity_specifications": dbt.ref("stg_study__gravity_specifications"),
            "stg_study__labels": dbt.ref("stg_study__labels"),
            "stg_study__potential_classes": dbt.ref("stg_study__potential_classes"),
            "stg_study__studies": dbt.ref("stg_study__studies"),
            "stg_study__study_partners": dbt.ref("stg_study__study_partners"),
            "stg_study__study_specifications": dbt.ref("stg_study__study_specifications"),
            "rpt_trade_potential_v1": dbt.ref("rpt_trade_potential", version=1),
        }
    )
