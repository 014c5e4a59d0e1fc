"""One row per check of the inputs that must have run: the registry, without running anything."""


def model(dbt, session):
    import pandas as pd

    from trade_potential.quality.gate import expected_check_ids

    dbt.config(materialized="table")
    indicators = dbt.ref("stg_inputs__indicators").df()
    return pd.DataFrame({"check_id": expected_check_ids(indicators)})
