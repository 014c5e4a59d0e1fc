"""Components, loadings, weights and factor tests of every index, from its correlations."""


def model(dbt, session):
    from trade_potential.index.warehouse_tables import estimate_indices

    dbt.config(materialized="table")
    return estimate_indices(
        moments=dbt.ref("int_index__moments").df(),
        terms=dbt.ref("stg_study__index_terms").df(),
        specifications=dbt.ref("stg_study__index_specifications").df(),
        runs=dbt.ref("int_index__runs").df(),
    )
