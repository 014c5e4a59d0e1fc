"""What stored specifications rest on now: figures, rows of their study, choices, and code."""


def model(dbt, session):
    from trade_potential.multiverse.digests import digest_rows

    dbt.config(materialized="table")
    return digest_rows(
        log_gravity={
            "gate_countries": dbt.ref("gate_countries"),
            "gate_country_code_mappings": dbt.ref("gate_country_code_mappings"),
            "gate_country_pairs": dbt.ref("gate_country_pairs"),
            "gate_ecommerce_volumes": dbt.ref("gate_ecommerce_volumes"),
            "gate_exchange_rates": dbt.ref("gate_exchange_rates"),
            "gate_indicators": dbt.ref("gate_indicators"),
            "gate_observation_vintages": dbt.ref("gate_observation_vintages"),
            "gate_oil_prices": dbt.ref("gate_oil_prices"),
            "gate_total_trade": dbt.ref("gate_total_trade"),
            "gate_trade_flows": dbt.ref("gate_trade_flows"),
            "int_panel__observations": dbt.ref("int_panel__observations"),
            "stg_multiverse__specification_choices": dbt.ref(
                "stg_multiverse__specification_choices"
            ),
            "stg_study__ecommerce_series": dbt.ref("stg_study__ecommerce_series"),
            "stg_study__gravity_specifications": dbt.ref("stg_study__gravity_specifications"),
            "stg_study__gravity_terms": dbt.ref("stg_study__gravity_terms"),
            "stg_study__imputation_rules": dbt.ref("stg_study__imputation_rules"),
            "stg_study__gravity_term_exceptions": dbt.ref("stg_study__gravity_term_exceptions"),
            "stg_study__index_specifications": dbt.ref("stg_study__index_specifications"),
            "stg_study__index_terms": dbt.ref("stg_study__index_terms"),
            "int_panel__classes": dbt.ref("int_panel__classes"),
            "stg_study__studies": dbt.ref("stg_study__studies"),
            "stg_study__study_partners": dbt.ref("stg_study__study_partners"),
            "stg_study__variables": dbt.ref("stg_study__variables"),
            "stg_study__vintage_overrides": dbt.ref("stg_study__vintage_overrides"),
        },
        world={
            "gate_agreement_spells": dbt.ref("gate_agreement_spells"),
            "gate_countries": dbt.ref("gate_countries"),
            "gate_country_code_mappings": dbt.ref("gate_country_code_mappings"),
            "gate_world_pairs": dbt.ref("gate_world_pairs"),
            "gate_world_trade": dbt.ref("gate_world_trade"),
            "stg_multiverse__specification_choices": dbt.ref(
                "stg_multiverse__specification_choices"
            ),
            "stg_study__gravity_specifications": dbt.ref("stg_study__gravity_specifications"),
            "stg_study__gravity_terms": dbt.ref("stg_study__gravity_terms"),
            "int_panel__classes": dbt.ref("int_panel__classes"),
            "stg_study__studies": dbt.ref("stg_study__studies"),
            "stg_study__study_specifications": dbt.ref("stg_study__study_specifications"),
            "stg_study__variables": dbt.ref("stg_study__variables"),
        },
    )
