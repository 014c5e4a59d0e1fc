"""Coefficients of every estimator by every covariance."""


def model(dbt, session):
    from trade_potential.results.build import inference

    dbt.config(materialized="table")
    return inference(
        moments=dbt.ref("int_gravity__moments").df(),
        meat=dbt.ref("int_gravity__meat").df(),
        time_scores=dbt.ref("int_gravity__time_scores").df(),
        reset_products=dbt.ref("int_gravity__reset_products").df(),
        sample=dbt.ref("int_gravity__ppml_sample").df(),
        terms=dbt.ref("stg_study__gravity_terms").df(),
        specifications=dbt.ref("stg_study__gravity_specifications").df(),
        max_terms=int(dbt.config.meta_get("max_terms")),
    ).coefficients
