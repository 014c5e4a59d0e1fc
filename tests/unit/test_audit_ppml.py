"""The second computation of PPML confirms what is right, and names what is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from trade_potential.audit.ppml import audit_ppml
from trade_potential.audit.published import NUMBERS, SIZES, SPEC
from trade_potential.inference.registry import estimators
from trade_potential.results.build import fits, ppml
from trade_potential.results.gravity import Tables

PLANTED = 1e-6
"""A hundred times the tolerance: what a wrong formula never undercuts."""

MEASURED = 1e-9
"""Largest relative difference allowed; measured 7e-11 on the figures of the project."""

OF_COVARIANCES = {"coefficient", "std_error", "p_value", "ci_high", "covariance", "critical_value"}
OF_COVARIANCES |= {"reset", "joint_significance"}
SLOPES = {"b0", "b1", "b2", "within_weight", "centred_constant"}
"""What predictions take, which the audit of marts makes again."""

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
def tables() -> Tables:
    return ppml(sample(), TERMS, LEVELS, max_terms=2)


def audit(held: Tables, rows: pd.DataFrame | None = None) -> pd.DataFrame:
    return audit_ppml(sample() if rows is None else rows, TERMS, LEVELS, held)


def test_both_computations_agree() -> None:
    found = audit(tables())
    assert set(found["status"]) == {"agrees"}
    assert found["relative_difference"].max() <= MEASURED
    assert set(found["quantity"]) == {*SIZES, *NUMBERS["ppml"], *OF_COVARIANCES}
    fits = tables().fits
    published = fits.columns[fits.notna().all()]
    assert set(published) <= {*found["quantity"], *SPEC, "estimator", "status", *SLOPES}
    assert tables().losses[["estimator", "pair_id", "step"]].to_numpy().tolist() == [
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
    held = ppml(rows, WIDE, LEVELS, max_terms=3)
    found = audit_ppml(rows, WIDE, LEVELS, held)
    assert set(found["status"]) == {"agrees"}
    assert found.loc[found["term"] == "more", "reason"].tolist() == [why, why]
    rows["v3"] += rows["v1"] * rows["v2"]
    found = audit_ppml(rows, WIDE, LEVELS, held)
    assert found.loc[found["term"] == "more", "status"].tolist() == ["differs", "differs"]


@pytest.mark.parametrize("quantity", [*SIZES, *NUMBERS["ppml"]])
def test_a_planted_size_or_measure_of_fit_is_named(quantity: str) -> None:
    table = tables().fits.copy()
    table[quantity] = table[quantity] * 1.5
    found = audit(replace(tables(), fits=table))
    differing = found[found["status"] == "differs"]
    assert set(differing["quantity"]) == {quantity}
    assert set(differing["estimator"]) == set(table["estimator"])


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("coefficients", "coefficient"),
        ("coefficients", "coefficient_se"),
        ("coefficients", "p_value"),
        ("covariances", "c_1_1"),
        ("tests", "statistic"),
        ("tests", "p_value"),
    ],
)
def test_a_planted_difference_is_named(name: str, column: str) -> None:
    table = getattr(tables(), name).copy()
    held = (table["covariance"] == "clustered") & table[column].notna()
    at = table.index[held][0]
    table.loc[at, column] *= 1.0 + PLANTED
    if column == "p_value":
        table.loc[at, column] += PLANTED
    found = audit(replace(tables(), **{name: table}))
    differing = found[found["status"] == "differs"]
    assert len(differing) == 1
    assert differing["covariance"].item() == "clustered"
    assert differing["estimator"].item() == table.loc[at, "estimator"]


def test_a_changed_row_is_noticed() -> None:
    rows = sample()
    rows.loc[7, "actual_usd"] += 1e6
    found = audit(tables(), rows)
    assert (found["status"] == "differs").sum() > 20


def test_a_lost_row_is_noticed() -> None:
    found = audit(tables(), sample().drop(index=7))
    differing = found[found["status"] == "differs"]
    assert "n_obs" in set(differing["quantity"])


def test_what_has_no_numbers_is_not_compared() -> None:
    empty = sample().assign(actual_usd=0.0)
    found = audit(ppml(empty, TERMS, LEVELS, max_terms=2), empty)
    assert set(found["status"]) == {"not_compared"}
    assert found["reason"].str.startswith("PPML has no numbers: ").all()


def test_a_run_without_rows_has_a_status() -> None:
    none = sample().iloc[:0]
    moments = pd.DataFrame(columns=["study_id", "spec_id"])
    found = fits(moments, none, TERMS, LEVELS, RUNS, max_terms=2)
    of_ppml = found[found["estimator"].isin(estimators("ppml"))]
    assert of_ppml["status"].tolist() == ["no_rows", "no_rows"]
    held = replace(ppml(none, TERMS, LEVELS, max_terms=2), fits=of_ppml)
    assert set(audit(held, none)["status"]) == {"not_compared"}
