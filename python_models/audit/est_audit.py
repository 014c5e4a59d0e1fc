"""Every published number of the gravity models beside its second computation from the rows."""


def model(dbt, session):
    from trade_potential.audit.compare import audit_gravity

    dbt.config(materialized="table")
    return audit_gravity(
        sample=dbt.ref("int_gravity__sample").df(),
        terms=dbt.ref("stg_study__gravity_terms").df(),
        estimates=dbt.ref("est_gravity").df(),
        clustered=dbt.ref("est_gravity_covariance").df(),
    )
