"""What the least-squares estimators do to a pair with so many years."""


def model(dbt, session):
    from trade_potential.results.build import least_squares

    dbt.config(materialized="table")
    return least_squares(
        moments=dbt.ref("int_gravity__moments").df(),
        terms=dbt.ref("stg_study__gravity_terms").df(),
        max_terms=int(dbt.config.meta_get("max_terms")),
    ).weights
