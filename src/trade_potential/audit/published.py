"""Published numbers of the gravity models that are to be compared, one a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.gravity.estimate import ESTIMATED
from trade_potential.regression_table.model import WITHOUT_COEFFICIENT

SPEC = ["study_id", "spec_id"]
NUMBER = ["estimator", "covariance", "quantity", "term"]
Record = dict[str, Any]

OF_COEFFICIENTS = ("std_error", "p_value", "ci_high")
"""What stands beside a coefficient; the lower bound lies as far from it as the upper."""

SCALARS = (
    "n_obs",
    "n_entities",
    "n_rows",
    "n_absorbed",
    "df_resid",
    "ssr",
    "r_squared",
    "r_squared_within",
    "r_squared_between",
    "r_squared_overall",
    "sigma_u",
    "sigma_e",
    "condition_number",
)
WITH_SIGMA_U = ("within", "random", "mundlak")
WITH_SIGMA_E = (*WITH_SIGMA_U, "twoway")
WITH_THETA = ("random", "mundlak")
"""Of the others theta is 0 or 1 by definition."""

_TEXT = [*SPEC, "estimator", "covariance", "item", "name", "col_name", "status"]


def number_key(estimator: str, quantity: str, *, covariance: str = "", term: str = "") -> Record:
    """Key of a number."""
    return {"estimator": estimator, "covariance": covariance, "quantity": quantity, "term": term}


def published_numbers(estimates: pd.DataFrame, inference: pd.DataFrame) -> pd.DataFrame:
    """One row per published number that is to be compared.

    Args:
        estimates: Rows of est_gravity.
        inference: Rows of est_gravity_inference.

    Returns:
        ``SPEC``, ``NUMBER``, published. An estimator without numbers has one row of the quantity
        ``status`` with its status as term, a regressor without coefficient and a test that is not
        available rows without a number. Of a test the term ``p_value`` is its p-value.
    """
    rows: list[Record] = []
    for table in (estimates, inference):
        held = table.assign(**{name: table[name].astype(object).fillna("") for name in _TEXT})
        for row in held.to_dict("records"):
            spec = {key: row[key] for key in SPEC}
            rows += [{**spec, **one} for one in _published(row)]
    return pd.DataFrame(rows, columns=[*SPEC, *NUMBER, "published"])


def _published(row: dict[Any, Any]) -> Iterator[Record]:
    """Numbers in one row of est_gravity or est_gravity_inference."""
    estimator, item, name = str(row["estimator"]), row["item"], str(row["name"])
    kind = str(row["covariance"])
    if item == "estimator" and row["status"] not in ESTIMATED:
        yield {**number_key(estimator, "status", term=str(row["status"])), "published": np.nan}
    elif item == "coefficient":
        key = number_key(estimator, item, covariance=kind, term=name)
        yield {**key, "published": row["value"]}
        if row["status"] not in WITHOUT_COEFFICIENT:
            for quantity in OF_COEFFICIENTS:
                yield {**key, "quantity": quantity, "published": row[quantity]}
    elif item == "covariance":
        pair = f"{name}, {row['col_name']}"
        key = number_key(estimator, item, covariance=kind, term=pair)
        yield {**key, "published": row["value"]}
    elif item == "critical_value":
        yield {**number_key(estimator, item, covariance=kind), "published": row["value"]}
    elif item == "diagnostic" and name in SCALARS:
        if (name != "sigma_u" or estimator in WITH_SIGMA_U) and (
            name != "sigma_e" or estimator in WITH_SIGMA_E
        ):
            yield {**number_key(estimator, name), "published": row["value"]}
    elif item == "theta" and estimator in WITH_THETA:
        size = str(int(row["group_size"]))
        yield {**number_key(estimator, "theta", term=size), "published": row["value"]}
    elif item == "test":
        key = number_key(estimator, name, covariance=kind)
        yield {**key, "published": row["statistic"]}
        yield {**key, "term": "p_value", "published": row["p_value"]}
