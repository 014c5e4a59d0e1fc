"""Lasting ratio of each pair of world trade, and its class."""


def model(dbt, session):
    from trade_potential.results.estimated import estimated

    dbt.config(materialized="table")
    return estimated(
        "lasting",
        session,
        dbt.this,
        cells=dbt.ref("int_structural__cells"),
        runs=dbt.ref("int_structural__runs").df(),
        terms=dbt.ref("stg_study__gravity_terms").df(),
        specifications=dbt.ref("stg_study__gravity_specifications").df(),
        studies=dbt.ref("stg_study__studies").df(),
        classes=dbt.ref("int_panel__classes").df(),
    )
