"""The second computation of PPML confirms what is right, and names what is not."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import pytest

from trade_potential.audit.ppml import RECOMPUTED, audit_ppml
from trade_potential.ppml.warehouse_tables import estimate_gravity_ppml

PLANTED = 1e-6
"""A hundred times the tolerance: what a wrong formula never undercuts."""

MEASURED = 1e-9
"""Largest relative difference allowed; measured 7e-11 on the figures of the project."""

TERMS = pd.DataFrame({"spec_id": "s", "term": ["lngdp", "lndist"], "position": [1, 2]})
LEVELS = pd.DataFrame({"spec_id": ["s"], "confidence_level": [0.95]})
RUNS = pd.DataFrame({"study_id": ["a"], "spec_id": ["s"]})


def sample() -> pd.DataFrame:
    """Trade of 20 partners over 6 years, a fifth of it zero; one partner has a single year."""
    rng = np.random.default_rng(1)
    partner, year = np.divmod(np.arange(115), 6)
    gdp, distance = rng.normal(size=115), rng.normal(size=20)[partner]
    mean = np.exp(2.0 + 0.8 * gdp - 0.5 * distance + 0.1 * year)
    frame = pd.DataFrame({"study_id": "a", "spec_id": "s"}, index=range(115))
    frame["pair_id"] = [f"P{code:02d}" for code in partner]
    frame["year"] = 2000 + year
    frame["actual_usd"] = 1e6 * rng.poisson(mean) * (rng.uniform(size=115) > 0.1)
    frame["outcome_divisor_usd"] = 1e4
    return frame.assign(v1=gdp, v2=distance)


@cache
def estimates() -> pd.DataFrame:
    return estimate_gravity_ppml(sample(), TERMS, LEVELS, RUNS)


def audit(table: pd.DataFrame, rows: pd.DataFrame | None = None) -> pd.DataFrame:
    return audit_ppml(sample() if rows is None else rows, TERMS, LEVELS, table)


def test_both_computations_agree() -> None:
    found = audit(estimates())
    assert set(found["status"]) == {"agrees"}
    assert found["relative_difference"].max() <= MEASURED
    assert set(found["quantity"]) == set(RECOMPUTED)
    lost = estimates()[estimates()["item"] == "loss"]
    assert lost[["estimator", "name", "col_name"]].to_numpy().tolist() == [
        ["ppml_twoway", "P19", "singleton"]
    ]
    gone = found[(found["estimator"] == "ppml_twoway") & (found["term"] == "lndist")]
    assert gone["reason"].tolist() == ["the dummies of the effects explain it"]


WIDE = pd.DataFrame({"spec_id": "s", "term": ["lngdp", "lndist", "more"], "position": [1, 2, 3]})


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (lambda rows: rows["v1"] + 2.0 * rows["v2"], "the regressors beside it explain it"),
        (lambda rows: 0.1 + 0.0 * rows["v1"], "it does not vary"),
        (lambda rows: 1.0 * (rows["actual_usd"] == 0.0), "it does not vary"),  # on the rows kept
    ],
    ids=["combination", "constant", "separating"],
)
def test_a_regressor_without_coefficient_is_confirmed(
    more: Callable[[pd.DataFrame], pd.Series], why: str
) -> None:
    rows = sample()
    rows["v3"] = more(rows)
    table = estimate_gravity_ppml(rows, WIDE, LEVELS, RUNS)
    found = audit_ppml(rows, WIDE, LEVELS, table)
    assert set(found["status"]) == {"agrees"}
    assert found.loc[found["term"] == "more", "reason"].tolist() == [why, why]
    rows["v3"] += rows["v1"] * rows["v2"]
    found = audit_ppml(rows, WIDE, LEVELS, table)
    assert found.loc[found["term"] == "more", "status"].tolist() == ["differs", "differs"]


@pytest.mark.parametrize(
    ("item", "column"),
    [
        ("coefficient", "value"),
        ("coefficient", "std_error"),
        ("coefficient", "p_value"),
        ("covariance", "value"),
        ("test", "statistic"),
        ("test", "p_value"),
    ],
)
def test_a_planted_difference_is_named(item: str, column: str) -> None:
    table = estimates().copy()
    held = (table["item"] == item) & (table["covariance"] == "clustered") & table[column].notna()
    at = table.index[held][0]
    table.loc[at, column] *= 1.0 + PLANTED
    if column == "p_value":
        table.loc[at, column] += PLANTED
    found = audit(table)
    differing = found[found["status"] == "differs"]
    assert len(differing) == 1
    assert differing["covariance"].item() == "clustered"
    assert differing["estimator"].item() == table.loc[at, "estimator"]


def test_a_changed_row_is_noticed() -> None:
    rows = sample()
    rows.loc[7, "actual_usd"] += 1e6
    found = audit(estimates(), rows)
    assert (found["status"] == "differs").sum() > 20


def test_a_lost_row_is_noticed() -> None:
    found = audit(estimates(), sample().drop(index=7))
    differing = found[found["status"] == "differs"]
    assert "n_obs" in set(differing["quantity"])


def test_what_has_no_numbers_is_not_compared() -> None:
    empty = sample().assign(actual_usd=0.0)
    table = estimate_gravity_ppml(empty, TERMS, LEVELS, RUNS)
    found = audit(table, empty)
    assert set(found["status"]) == {"not_compared"}
    assert found["reason"].str.startswith("PPML has no numbers: ").all()


def test_a_run_without_rows_has_a_status() -> None:
    table = estimate_gravity_ppml(sample().iloc[:0], TERMS, LEVELS, RUNS)
    statuses = table.loc[table["item"] == "estimator", "status"]
    assert statuses.tolist() == ["no_rows", "no_rows"]
    assert set(audit(table, sample().iloc[:0])["status"]) == {"not_compared"}
