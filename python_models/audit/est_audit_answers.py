"""Every published answer beside its second computation from gated inputs and predictions."""


def model(dbt, session):
    from trade_potential.audit.structural.models import audit_answers

    dbt.config(materialized="table")
    return audit_answers(
        inputs={
            "world_trade": dbt.ref("gate_world_trade"),
            "countries": dbt.ref("gate_countries"),
            "country_code_mappings": dbt.ref("gate_country_code_mappings"),
        },
        study={
            "studies": dbt.ref("stg_study__studies"),
            "study_specifications": dbt.ref("stg_study__study_specifications"),
            "gravity_specifications": dbt.ref("stg_study__gravity_specifications"),
        },
        published={
            "pairs": dbt.ref("est_structural_pairs"),
            "lasting": dbt.ref("est_structural_lasting"),
        },
        potential_classes=dbt.ref("stg_study__potential_classes"),
        answers=dbt.ref("rpt_answer"),
        ledger=dbt.ref("fct_row_ledger"),
        sure_pct=(
            int(dbt.config.meta_get("firm_from_pct")),
            int(dbt.config.meta_get("leaning_from_pct")),
        ),
    )
