"""One row per Great Expectations expectation on the inputs."""


def model(dbt, session):
    from trade_potential.quality.gate import check_inputs

    dbt.config(materialized="table")
    inputs = {
        "sources": dbt.ref("stg_inputs__sources"),
        "countries": dbt.ref("stg_inputs__countries"),
        "country_code_mappings": dbt.ref("stg_inputs__country_code_mappings"),
        "indicators": dbt.ref("stg_inputs__indicators"),
        "observation_vintages": dbt.ref("stg_inputs__observation_vintages"),
        "observations": dbt.ref("stg_inputs__observations"),
        "trade_flows": dbt.ref("stg_inputs__trade_flows"),
        "country_pairs": dbt.ref("stg_inputs__country_pairs"),
        "oil_prices": dbt.ref("stg_inputs__oil_prices"),
        "ecommerce_volumes": dbt.ref("stg_inputs__ecommerce_volumes"),
        "ecommerce_measures": dbt.ref("stg_inputs__ecommerce_measures"),
        "own_outcomes": dbt.ref("stg_inputs__own_outcomes"),
        "total_trade": dbt.ref("stg_inputs__total_trade"),
        "total_trade_press": dbt.ref("stg_inputs__total_trade_press"),
        "exchange_rates": dbt.ref("stg_inputs__exchange_rates"),
        "trade_agreements": dbt.ref("stg_inputs__trade_agreements"),
        "trade_notes": dbt.ref("stg_inputs__trade_notes"),
        "world_trade": dbt.ref("stg_inputs__world_trade"),
        "world_pairs": dbt.ref("stg_inputs__world_pairs"),
        "agreement_spells": dbt.ref("stg_inputs__agreement_spells"),
        "world_observations": dbt.ref("stg_inputs__world_observations"),
    }
    declared = dbt.ref("int_quality__inputs").df()
    return check_inputs(inputs, declared, dbt.ref("stg_study__acknowledged_warnings").df())
