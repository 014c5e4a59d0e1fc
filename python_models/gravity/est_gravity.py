"""Estimators and tests of every gravity specification, from its moments."""


def model(dbt, session):
    from trade_potential.gravity.warehouse_tables import estimate_gravity

    dbt.config(materialized="table")
    return estimate_gravity(
        moments=dbt.ref("int_gravity__moments").df(),
        terms=dbt.ref("stg_study__gravity_terms").df(),
        specifications=dbt.ref("stg_study__gravity_specifications").df(),
        runs=dbt.ref("stg_study__study_specifications").df(),
    )
