"""Published numbers of the gravity models that are to be compared, one a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.gravity.estimate import ESTIMATED
from trade_potential.inference.left_out import WITHOUT_COEFFICIENT
from trade_potential.inference.registry import ESTIMATORS
from trade_potential.linalg import FloatArray
from trade_potential.results.gravity import Tables, slots_of

SPEC = ["study_id", "spec_id"]
NUMBER = ["estimator", "covariance", "quantity", "term"]
Record = dict[Any, Any]

OF_COEFFICIENTS = {
    "std_error": "coefficient_se",
    "p_value": "p_value",
    "ci_high": "coefficient_ci_high",
}
"""What stands beside a coefficient; the lower bound lies as far from it as the upper."""

SIZES = ("n_obs", "n_entities")
NUMBERS = {
    "least_squares": (
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
    ),
    "ppml": (
        "n_zeros",
        "df_resid",
        "r_squared",
        "deviance",
        "log_likelihood",
        "pseudo_r_squared",
    ),
}
"""What a fit has beside its sizes, by family of estimators."""


def number_key(estimator: str, quantity: str, *, covariance: str = "", term: str = "") -> Record:
    """Key of a number."""
    return {"estimator": estimator, "covariance": covariance, "quantity": quantity, "term": term}


def published_numbers(tables: Tables, terms: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """One row per published number that is to be compared.

    Args:
        tables: Of a build.
        terms: Regressors of each specification in order.

    Returns:
        ``SPEC``, ``NUMBER``, published. An estimator without numbers has one row of the quantity
        ``status`` with its status as term, a regressor without coefficient and a test that is not
        available rows without a number. Of a test the term ``p_value`` is its p-value.
    """
    named = {
        key: tuple(rows.loc[~rows["term_status"].isin(WITHOUT_COEFFICIENT), "term"])
        for key, rows in tables.coefficients.groupby([*SPEC, "estimator", "covariance"])
    }
    rows = [
        {**{key: row[key] for key in SPEC}, **number}
        for frame, numbers in (
            (tables.fits, _of_fit),
            (tables.weights, _of_weight),
            (tables.coefficients, _of_coefficient),
            (tables.tests, _of_test),
        )
        for row in frame.to_dict("records")
        for number in numbers(row)
    ]
    for row in tables.covariances.to_dict("records"):
        spec = {key: row[key] for key in SPEC}
        names = named[*spec.values(), row["estimator"], row["covariance"]]
        used = slots_of(terms[spec["spec_id"]], names, tables.max_terms)
        cells = [[row[f"c_{min(i, j)}_{max(i, j)}"] for j in used] for i in used]
        matrix = np.array(cells, dtype=float)
        rows += [{**spec, **number} for number in _of_covariance(row, names, matrix)]
    return pd.DataFrame(rows, columns=[*SPEC, *NUMBER, "published"])


def _of_fit(row: Record) -> Iterator[Record]:
    """Sizes of a fit and its numbers; its status where it has none."""
    estimator, is_estimated = row["estimator"], row["status"] in ESTIMATED
    if not is_estimated:
        yield _number(estimator, "status", np.nan, term=str(row["status"]))
    spec = ESTIMATORS[estimator]
    has = {"sigma_u": spec.has_sigma_u, "sigma_e": spec.has_sigma_e}
    for name in (*SIZES, *NUMBERS[spec.family]) if is_estimated else SIZES:
        if has.get(name, True):
            yield _number(estimator, name, row[name])


def _of_weight(row: Record) -> Iterator[Record]:
    if ESTIMATORS[row["estimator"]].has_theta:  # of the others it is 0 or 1 by definition
        yield _number(row["estimator"], "theta", row["theta"], term=str(row["group_size"]))


def _of_coefficient(row: Record) -> Iterator[Record]:
    key = {"covariance": row["covariance"], "term": row["term"]}
    yield _number(row["estimator"], "coefficient", row["coefficient"], **key)
    if row["term_status"] not in WITHOUT_COEFFICIENT:
        for quantity, column in OF_COEFFICIENTS.items():
            yield _number(row["estimator"], quantity, row[column], **key)


def _of_covariance(row: Record, names: tuple[str, ...], matrix: FloatArray) -> Iterator[Record]:
    estimator, kind = row["estimator"], row["covariance"]
    yield _number(estimator, "critical_value", row["critical_value"], covariance=kind)
    for i, j in np.ndindex(matrix.shape):
        pair = f"{names[i]}, {names[j]}"
        yield _number(estimator, "covariance", matrix[i, j], covariance=kind, term=pair)


def _of_test(row: Record) -> Iterator[Record]:
    estimator = row["estimator"] if isinstance(row["estimator"], str) else ""
    kind = row["covariance"] if isinstance(row["covariance"], str) else ""
    yield _number(estimator, row["test"], row["statistic"], covariance=kind)
    yield _number(estimator, row["test"], row["p_value"], covariance=kind, term="p_value")


def _number(
    estimator: str, quantity: str, value: Any, *, covariance: str = "", term: str = ""
) -> Record:
    key = number_key(estimator, quantity, covariance=covariance, term=term)
    return {**key, "published": float("nan") if pd.isna(value) else float(value)}
