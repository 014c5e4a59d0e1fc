"""Weights of the rows of every index, by the variables that they have."""


def model(dbt, session):
    from trade_potential.results.row_weights import weights_of_rows

    dbt.config(materialized="table")
    return weights_of_rows(
        patterns=dbt.ref("int_index__patterns").df(),
        variables=dbt.ref("est_index_variables").df(),
        moments=dbt.ref("int_index__moments").df(),
        terms=dbt.ref("stg_study__index_terms").df(),
        max_terms=int(dbt.config.meta_get("max_terms")),
    )
