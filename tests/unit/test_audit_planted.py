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
from trade_potential.gravity import covariance
from trade_potential.gravity.time_effects import TimeEffects
from trade_potential.inference.registry import COVARIANCES, EstimatorSpec
from trade_potential.results import build

PLANTED = 1e-6
"""A hundred times the tolerance: what a wrong formula never undercuts."""


@pytest.fixture(scope="module")
def published() -> Published:
    return Published.of(ordinary())


@pytest.fixture(scope="module")
def recomputed(published: Published) -> pd.DataFrame:
    return recomputed_numbers(published.sample, tuple(published.terms["term"]), 0.95)


def test_no_number_can_be_changed_unnoticed(published: Published, recomputed: pd.DataFrame) -> None:
    numbers = published_numbers(published.tables, published.names)
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
    ("table", "column", "at", "quantity"),
    [
        ("coefficients", "coefficient", ("within", "classical", "x2"), "coefficient"),
        ("coefficients", "coefficient", ("twoway", "classical", "x1"), "coefficient"),
        ("coefficients", "coefficient", ("mundlak", "classical", "mean(x3)"), "coefficient"),
        ("coefficients", "coefficient_se", ("random", "classical", "x1"), "std_error"),
        ("coefficients", "p_value", ("between", "classical", "x2"), "p_value"),
        ("coefficients", "coefficient_se", ("pooled", "clustered", "x3"), "std_error"),
        ("coefficients", "coefficient_se", ("twoway", "clustered_twoway", "x1"), "std_error"),
        ("coefficients", "coefficient_se", ("mundlak", "driscoll_kraay", "x1"), "std_error"),
        ("coefficients", "coefficient_se", ("between", "robust", "x1"), "std_error"),
        ("coefficients", "coefficient_ci_high", ("within", "robust", "const"), "ci_high"),
        ("covariances", "critical_value", ("twoway", "clustered", ""), "critical_value"),
        ("covariances", "c_1_1", ("twoway", "clustered", "x1, x1"), "covariance"),
        ("fits", "sigma_u", ("random", "", ""), "sigma_u"),
        ("fits", "sigma_e", ("twoway", "", ""), "sigma_e"),
        ("fits", "n_absorbed", ("twoway", "", ""), "n_absorbed"),
        ("fits", "r_squared_between", ("mundlak", "", ""), "r_squared_between"),
        ("fits", "condition_number", ("pooled", "", ""), "condition_number"),
        ("tests", "statistic", ("", "classical", ""), "hausman"),
        ("tests", "statistic", ("", "", ""), "breusch_pagan_lm"),
        ("tests", "statistic", ("", "classical", ""), "f_effects"),
        ("tests", "statistic", ("", "classical", ""), "f_time_effects"),
        ("tests", "p_value", ("", "classical", "p_value"), "f_time_effects"),
        ("tests", "statistic", ("", "classical", ""), "mundlak"),
        ("tests", "statistic", ("", "clustered", ""), "hausman_robust"),
        ("tests", "statistic", ("", "classical", ""), "reset"),
        ("tests", "p_value", ("", "classical", "p_value"), "reset"),
        ("tests", "statistic", ("twoway", "robust", ""), "joint_significance"),
        ("tests", "statistic", ("random", "classical", ""), "joint_significance"),
    ],
)
def test_a_planted_difference_is_named(
    published: Published,
    recomputed: pd.DataFrame,
    table: str,
    column: str,
    at: tuple[str, str, str],
    quantity: str,
) -> None:
    frame = getattr(published.tables, table).copy()
    estimator, kind, term = at
    named = {"estimator": estimator, "covariance": kind, "term": term, "test": quantity}
    rows = pd.Series(True, index=frame.index)
    for name in named.keys() & set(frame.columns):
        rows &= frame[name].fillna("") == named[name]
    assert rows.sum() == 1
    # A coefficient is compared with its standard error where that is larger.
    is_beside = column in ("coefficient", "coefficient_ci_high")
    error = frame.loc[rows, "coefficient_se"] if is_beside else 0.0
    frame[column] = frame[column].astype(float)
    frame.loc[rows, column] += PLANTED * np.maximum(frame.loc[rows, column].abs(), error)
    tables = replace(published.tables, **{table: frame})
    audit = compare(published_numbers(tables, published.names), recomputed)
    assert differing(audit) == [(estimator, kind, quantity, term)]
    found = audit.loc[audit["status"] == "differs", "relative_difference"].item()
    assert found == pytest.approx(PLANTED, rel=1e-2)


def test_a_missing_counterpart_is_reported(published: Published) -> None:
    held = published.tables.coefficients
    own = (held["estimator"] == "pooled") & (held["covariance"] == "driscoll_kraay")
    own &= held["term"] == "x1"
    expected = ["ci_high", "coefficient", "p_value", "std_error"]
    lost, added = held[~own], pd.concat([held, held[own].assign(term="x9")])
    for changed, term in ((lost, "x1"), (added, "x9")):
        audit = published.audit(tables=replace(published.tables, coefficients=changed))
        assert differing(audit) == [("pooled", "driscoll_kraay", name, term) for name in expected]
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
    "t instead of the normal distribution": (
        EstimatorSpec,
        "distribution_df",
        lambda _, df: float(df),
        set(COVARIANCES),
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
    "one power of the fit counted": (build, "RESET_POWERS", (2,), {"classical"}),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_wrong_formula_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, attribute, wrong, kinds = MUTATIONS[name]
    monkeypatch.setattr(owner, attribute, wrong)
    audit = Published.of(disconnected() if "block" in name else gaps(9)).audit()
    assert {row[1] for row in differing(audit)} == kinds
