"""What lasts of K of every pair by every estimator, its classes' probabilities and intervals."""


def model(dbt, session):
    from trade_potential.results.gravity_lasting import lasting_rows

    dbt.config(materialized="table")
    return lasting_rows(
        sample=dbt.ref("int_gravity__ppml_sample").df(),
        fits=dbt.ref("est_gravity_fits").df(),
        weights=dbt.ref("est_gravity_weights").df(),
        losses=dbt.ref("est_gravity_losses").df(),
        terms=dbt.ref("stg_study__gravity_terms").df(),
        specifications=dbt.ref("stg_study__gravity_specifications").df(),
        classes=dbt.ref("int_panel__classes").df(),
    )
