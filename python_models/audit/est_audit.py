"""Every published number of the models beside its second computation from the rows."""


def model(dbt, session):
    from trade_potential.audit.models import audit_models

    dbt.config(materialized="table")
    return audit_models(
        sample=dbt.ref("int_audit__sample").df(),
        ppml_sample=dbt.ref("int_gravity__ppml_sample").df(),
        terms=dbt.ref("stg_study__gravity_terms").df(),
        specifications=dbt.ref("stg_study__gravity_specifications").df(),
        estimates=dbt.ref("est_gravity").df(),
        inference=dbt.ref("est_gravity_inference").df(),
        ppml=dbt.ref("est_gravity_ppml").df(),
    )
