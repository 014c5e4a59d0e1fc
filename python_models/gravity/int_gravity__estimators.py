"""The estimators and what they can do, as the library has them."""


def model(dbt, session):
    from pandas import DataFrame

    from trade_potential.inference.registry import estimator_rows

    dbt.config(materialized="table")
    return DataFrame(estimator_rows())
