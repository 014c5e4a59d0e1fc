"""Every estimator of every gravity specification: status, sizes, fit, coefficients by slot."""


def model(dbt, session):
    from trade_potential.results.build import fits

    dbt.config(materialized="table")
    return fits(
        moments=dbt.ref("int_gravity__moments").df(),
        sample=dbt.ref("int_gravity__ppml_sample").df(),
        terms=dbt.ref("stg_study__gravity_terms").df(),
        specifications=dbt.ref("stg_study__gravity_specifications").df(),
        runs=dbt.ref("int_panel__runs").df(),
        max_terms=int(dbt.config.meta_get("max_terms")),
    )
