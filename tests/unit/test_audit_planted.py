"""The second computation names what is wrong: planted numbers and planted formulas."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.unit.test_audit import NUMBER, Published, differing, disconnected, gaps, ordinary

from trade_potential.audit.compare import compare
from trade_potential.audit.published import published_numbers
from trade_potential.audit.recomputed import recomputed_numbers
from trade_potential.gravity import covariance, inference_tables
from trade_potential.gravity.time_effects import TimeEffects

PLANTED = 1e-6
"""A hundred times the tolerance: what a wrong formula never undercuts."""


@pytest.fixture(scope="module")
def published() -> Published:
    return Published.of(ordinary())


@pytest.fixture(scope="module")
def recomputed(published: Published) -> pd.DataFrame:
    return recomputed_numbers(published.sample, tuple(published.terms["term"]), 0.95)


def test_no_number_can_be_changed_unnoticed(published: Published, recomputed: pd.DataFrame) -> None:
    numbers = published_numbers(published.estimates, published.inference)
    right = compare(numbers, recomputed)
    scale = recomputed.set_index(NUMBER)["scale"]
    at = pd.MultiIndex.from_frame(numbers[NUMBER])
    size = np.maximum(numbers["published"].abs(), scale.reindex(at).to_numpy())
    wrong = compare(numbers.assign(published=numbers["published"] + PLANTED * size), recomputed)
    # Where a test costs so many digits that a millionth is rounding, more must be planted.
    caught = right["published"].notna() & (right["tolerance"] < PLANTED / 2.0)
    assert set(right["status"]) == {"agrees"}
    assert caught.sum() > 0.99 * right["published"].notna().sum()
    assert set(wrong.loc[caught, "status"]) == {"differs"}


@pytest.mark.parametrize(
    ("table", "item", "column", "at", "term"),
    [
        ("estimates", "coefficient", "value", ("within", "classical", "x2"), "x2"),
        ("estimates", "coefficient", "value", ("twoway", "classical", "x1"), "x1"),
        ("estimates", "coefficient", "value", ("mundlak", "classical", "mean(x3)"), "mean(x3)"),
        ("estimates", "coefficient", "std_error", ("random", "classical", "x1"), "x1"),
        ("estimates", "coefficient", "p_value", ("between", "classical", "x2"), "x2"),
        ("inference", "coefficient", "std_error", ("pooled", "clustered", "x3"), "x3"),
        ("inference", "coefficient", "std_error", ("twoway", "clustered_twoway", "x1"), "x1"),
        ("inference", "coefficient", "std_error", ("mundlak", "driscoll_kraay", "x1"), "x1"),
        ("inference", "coefficient", "std_error", ("between", "robust", "x1"), "x1"),
        ("inference", "coefficient", "ci_high", ("within", "robust", "const"), "const"),
        ("inference", "critical_value", "value", ("twoway", "clustered", ""), ""),
        ("estimates", "diagnostic", "value", ("random", "", "sigma_u"), ""),
        ("estimates", "diagnostic", "value", ("twoway", "", "sigma_e"), ""),
        ("estimates", "diagnostic", "value", ("twoway", "", "n_absorbed"), ""),
        ("estimates", "diagnostic", "value", ("mundlak", "", "r_squared_between"), ""),
        ("estimates", "diagnostic", "value", ("pooled", "", "condition_number"), ""),
        ("estimates", "test", "statistic", ("", "classical", "hausman"), ""),
        ("estimates", "test", "statistic", ("", "", "breusch_pagan_lm"), ""),
        ("estimates", "test", "statistic", ("", "classical", "f_effects"), ""),
        ("estimates", "test", "statistic", ("", "classical", "f_time_effects"), ""),
        ("estimates", "test", "p_value", ("", "classical", "f_time_effects"), "p_value"),
        ("inference", "test", "statistic", ("", "classical", "mundlak"), ""),
        ("inference", "test", "statistic", ("", "clustered", "hausman_robust"), ""),
        ("inference", "test", "statistic", ("", "classical", "reset"), ""),
        ("inference", "test", "p_value", ("", "classical", "reset"), "p_value"),
        ("inference", "test", "statistic", ("twoway", "robust", "joint_significance"), ""),
        ("inference", "test", "statistic", ("random", "classical", "joint_significance"), ""),
    ],
)
def test_a_planted_difference_is_named(
    published: Published,
    recomputed: pd.DataFrame,
    table: str,
    item: str,
    column: str,
    at: tuple[str, str, str],
    term: str,
) -> None:
    tables = {"estimates": published.estimates, "inference": published.inference}
    frame = tables[table].copy()
    rows = frame["item"] == item
    for name, value in zip(("estimator", "covariance", "name"), at, strict=True):
        rows &= frame[name].fillna("") == value
    assert rows.sum() == 1
    # A coefficient is compared with its standard error where that is larger.
    error = frame.loc[rows, "std_error"].fillna(0.0) if column in ("value", "ci_high") else 0.0
    frame.loc[rows, column] += PLANTED * np.maximum(frame.loc[rows, column].abs(), error)
    audit = compare(published_numbers(**(tables | {table: frame})), recomputed)
    named = {"value": item, "statistic": at[2]}.get(column, column)
    quantity = at[2] if item in ("test", "diagnostic") else named
    assert differing(audit) == [(at[0], at[1], quantity, term)]
    found = audit.loc[audit["status"] == "differs", "relative_difference"].item()
    assert found == pytest.approx(PLANTED, rel=1e-2)


def test_a_missing_counterpart_is_reported(published: Published) -> None:
    estimates = published.estimates
    is_x1 = (estimates["name"] == "x1") & (estimates["estimator"] == "pooled")
    expected = ["ci_high", "coefficient", "p_value", "std_error"]
    lost = estimates[~(is_x1 & (estimates["item"] == "coefficient"))]
    audit = published.audit(estimates=lost)
    assert differing(audit) == [("pooled", "classical", name, "x1") for name in expected]
    added = estimates[is_x1 & (estimates["item"] == "coefficient")].assign(name="x9")
    audit = published.audit(estimates=pd.concat([estimates, added]))
    assert differing(audit) == [("pooled", "classical", name, "x9") for name in expected]
    assert set(audit.loc[audit["status"] == "differs", "reason"]) == {
        "no counterpart is recomputed"
    }


_TWOWAY = TimeEffects.of
_OF_DF = {"", "classical", "robust", "clustered", "driscoll_kraay"}
"""What rests on the degrees of freedom of two-way effects; empty are sigma_e and tests."""

MUTATIONS: dict[str, tuple[Any, str, Any, set[str]]] = {
    "one lag too few": (covariance, "bandwidth", lambda _: 1, {"driscoll_kraay"}),
    "no correction for the number of clusters": (
        covariance,
        "_grouped",
        lambda meat, _: meat,
        {"clustered", "clustered_twoway"},
    ),
    "t instead of the normal law": (
        inference_tables,
        "law_df",
        lambda _, df: float(df),
        set(covariance.COVARIANCES),
    ),
    "one year effect too few": (
        TimeEffects,
        "of",
        staticmethod(lambda *parts: replace(_TWOWAY(*parts), rank=_TWOWAY(*parts).rank - 1)),
        _OF_DF,
    ),
    "a year effect for each block": (
        TimeEffects,
        "of",
        staticmethod(lambda times, *rest: replace(_TWOWAY(times, *rest), rank=9)),
        _OF_DF,
    ),
    "one power of the fit counted": (inference_tables, "RESET_POWERS", (2,), {"classical"}),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_wrong_formula_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, attribute, wrong, kinds = MUTATIONS[name]
    monkeypatch.setattr(owner, attribute, wrong)
    audit = Published.of(disconnected() if "block" in name else gaps(9)).audit()
    assert {row[1] for row in differing(audit)} == kinds
