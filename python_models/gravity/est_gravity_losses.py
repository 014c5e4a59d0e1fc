"""Rows that PPML cannot use, and why."""


def model(dbt, session):
    from trade_potential.results.build import ppml

    dbt.config(materialized="table")
    return ppml(
        sample=dbt.ref("int_gravity__ppml_sample").df(),
        terms=dbt.ref("stg_study__gravity_terms").df(),
        specifications=dbt.ref("stg_study__gravity_specifications").df(),
        max_terms=int(dbt.config.meta_get("max_terms")),
    ).losses
