"""Poisson pseudo maximum likelihood of every gravity specification, from its rows."""


def model(dbt, session):
    from trade_potential.ppml.warehouse_tables import estimate_gravity_ppml

    dbt.config(materialized="table")
    return estimate_gravity_ppml(
        sample=dbt.ref("int_gravity__ppml_sample").df(),
        terms=dbt.ref("stg_study__gravity_terms").df(),
        specifications=dbt.ref("stg_study__gravity_specifications").df(),
        runs=dbt.ref("stg_study__study_specifications").df(),
    )
