"""Standard errors clustered by partner, from the sums of score products."""


def model(dbt, session):
    from trade_potential.gravity.tables import estimate_clustered

    dbt.config(materialized="table")
    return estimate_clustered(
        estimates=dbt.ref("est_gravity").df(),
        meat=dbt.ref("int_gravity__meat").df(),
        terms=dbt.ref("stg_study__gravity_terms").df(),
        specifications=dbt.ref("stg_study__gravity_specifications").df(),
    )
