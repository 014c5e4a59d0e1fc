"""Every published number of the models beside its second computation from the rows."""


def model(dbt, session):
    from trade_potential.apart import apart
    from trade_potential.results.gravity import Tables

    dbt.config(materialized="table")
    published = Tables(
        max_terms=int(dbt.config.meta_get("max_terms")),
        fits=dbt.ref("est_gravity_fits").df(),
        weights=dbt.ref("est_gravity_weights").df(),
        coefficients=dbt.ref("est_gravity_coefficients").df(),
        covariances=dbt.ref("est_gravity_covariances").df(),
        tests=dbt.ref("est_gravity_tests").df(),
        losses=dbt.ref("est_gravity_losses").df(),
    )
    return apart(
        "trade_potential.audit.models:audit_models",
        sample=dbt.ref("int_audit__sample").df(),
        ppml_sample=dbt.ref("int_gravity__ppml_sample").df(),
        terms=dbt.ref("stg_study__gravity_terms").df(),
        specifications=dbt.ref("stg_study__gravity_specifications").df(),
        published=published,
    )
