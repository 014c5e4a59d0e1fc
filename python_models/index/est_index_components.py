"""Components of the correlations of every index."""


def model(dbt, session):
    from trade_potential.results.index import estimate_indices

    dbt.config(materialized="table")
    return estimate_indices(
        moments=dbt.ref("int_index__moments").df(),
        terms=dbt.ref("stg_study__index_terms").df(),
        specifications=dbt.ref("stg_study__index_specifications").df(),
        runs=dbt.ref("int_index__runs").df(),
        max_terms=int(dbt.config.meta_get("max_terms")),
    ).components
