"""One row per Great Expectations expectation on the inputs."""


def model(dbt, session):
    from trade_potential.quality.gate import check_inputs

    dbt.config(materialized="table")
    observations = dbt.ref("stg_inputs__observations").df()
    return check_inputs({"observations": observations})
