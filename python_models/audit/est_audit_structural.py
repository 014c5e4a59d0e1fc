"""Every published number of world estimates beside its second computation from gated inputs."""


def model(dbt, session):
    from trade_potential.audit.structural.models import audit_structural

    dbt.config(materialized="table")
    return audit_structural(
        inputs={
            "world_trade": dbt.ref("gate_world_trade"),
            "world_pairs": dbt.ref("gate_world_pairs"),
            "agreement_spells": dbt.ref("gate_agreement_spells"),
            "countries": dbt.ref("gate_countries"),
            "country_code_mappings": dbt.ref("gate_country_code_mappings"),
        },
        study={
            "studies": dbt.ref("stg_study__studies"),
            "study_specifications": dbt.ref("stg_study__study_specifications"),
            "gravity_specifications": dbt.ref("stg_study__gravity_specifications"),
            "gravity_terms": dbt.ref("stg_study__gravity_terms"),
            "variables": dbt.ref("stg_study__variables"),
            "index_scores": dbt.ref("int_index__scores"),
        },
        potential_classes=dbt.ref("stg_study__potential_classes"),
        published={
            "fits": dbt.ref("est_structural_fits"),
            "coefficients": dbt.ref("est_structural_coefficients"),
            "covariances": dbt.ref("est_structural_covariances"),
            "effects": dbt.ref("est_structural_effects"),
            "pairs": dbt.ref("est_structural_pairs"),
            "lasting": dbt.ref("est_structural_lasting"),
            "dispersion": dbt.ref("est_structural_dispersion"),
        },
    )
