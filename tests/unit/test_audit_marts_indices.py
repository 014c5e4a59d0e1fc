"""Indices made again: beside the library that publishes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from tests.unit.audit_world import INDEX, right, world

from trade_potential.audit.marts.factor_tests import chi2_tail
from trade_potential.audit.marts.factors import Factors, Rule, factors
from trade_potential.audit.marts.panel import Panel
from trade_potential.index.correlation import Correlation
from trade_potential.index.estimate import IndexEstimate, IndexSettings, estimate_index
from trade_potential.index.partial import row_weights

CLOSE = 1e-9
"""Relative; two exact computations of well-conditioned samples of at most 60 rows."""


def sample(n: int = 60, p: int = 5, seed: int = 1) -> np.ndarray:
    """Rows with two common factors."""
    draw = np.random.default_rng(seed)
    common = draw.normal(size=(n, 2)) @ draw.normal(size=(2, p))
    return common + draw.normal(size=(n, p)) * 0.7


def with_column(rows: np.ndarray, column: np.ndarray) -> np.ndarray:
    return np.column_stack([rows, column])


def independent(n: int = 40, p: int = 3) -> np.ndarray:
    """Uncorrelated rows: every eigenvalue is 1."""
    made = np.random.default_rng(2).normal(size=(n, p))
    return np.linalg.qr(made - made.mean(axis=0))[0]


def without_anchor() -> np.ndarray:
    """The first variable is correlated with none of the others."""
    rows = sample(p=4)
    rest = rows[:, 1:] - rows[:, 1:].mean(axis=0)
    lone = rows[:, 0] - rows[:, 0].mean()
    return with_column((lone - rest @ np.linalg.lstsq(rest, lone, rcond=None)[0])[:, None], rest)


CASES: dict[str, tuple[np.ndarray, dict[str, Any]]] = {
    "ok": (sample(), {}),
    "cumulative_share": (
        sample(),
        {"component_rule": "cumulative_share", "component_threshold": 0.8},
    ),
    "all": (sample(), {"component_rule": "all", "component_threshold": None}),
    "threshold_too_high": (sample(), {"component_threshold": 9.0}),
    "fixed_weights": (
        sample(p=3),
        {
            "method": "fixed_weights",
            "component_rule": "all",
            "component_threshold": None,
            "fixed_weights": [0.7, -0.2, 0.5],
        },
    ),
    "too_few_rows": (sample(n=5), {}),
    "constant_variable": (with_column(sample(p=3), np.full(60, 7.0)), {}),
    "single_variable": (sample(p=1), {}),
    "singular_correlation": (
        with_column(sample(p=3), sample(p=3)[:, :2].sum(axis=1)),
        {},
    ),
    "tied_eigenvalues": (
        independent(),
        {"component_rule": "all", "component_threshold": None},
    ),
    "lone_variable": (without_anchor(), {}),
}

NO_CORRELATION = ("tied_eigenvalues", "lone_variable")
"""Rounding over rounding is the adequacy of a variable that nothing is correlated with."""


def both(case: str) -> tuple[IndexEstimate, Factors, list[str]]:
    """The library from correlations, the audit from rows."""
    rows, changed = CASES[case]
    names = [f"x{k}" for k in range(rows.shape[1])]
    rule = {"method": "pca", "component_rule": "eigenvalue", "component_threshold": 1.0} | changed
    fixed = rule.pop("fixed_weights", None)
    with np.errstate(invalid="ignore", divide="ignore"):
        matrix = np.atleast_2d(np.corrcoef(rows, rowvar=False))
    constant = rows.max(axis=0) == rows.min(axis=0)
    matrix[constant, :] = matrix[:, constant] = np.nan
    estimate = estimate_index(
        Correlation.of(names, len(rows), matrix),
        IndexSettings(
            **rule,
            anchor="x0",
            fixed_weights=None if fixed is None else dict(zip(names, fixed, strict=True)),
        ),
    )

    def published() -> np.ndarray:
        assert estimate.components is not None
        return estimate.components.vectors

    weights = None if fixed is None else np.array(fixed)
    made = Rule(**rule, anchor=0, fixed_weights=weights)
    return estimate, factors(rows, names, made, published), names


@pytest.mark.parametrize("case", CASES)
def test_two_ways_lead_to_one_index(case: str) -> None:
    estimate, again, _ = both(case)
    assert (again.status, again.reason) == (estimate.status, estimate.reason)
    np.testing.assert_allclose(again.weights, estimate.weights, rtol=CLOSE, atol=CLOSE)
    np.testing.assert_array_equal(again.is_kept, estimate.is_kept)
    np.testing.assert_allclose(again.shares, estimate.component_weights, rtol=CLOSE, atol=1e-15)
    if estimate.components is not None:
        np.testing.assert_allclose(
            again.eigenvalues, estimate.components.eigenvalues, rtol=CLOSE, atol=1e-12
        )
    if estimate.components is not None and case != "singular_correlation":
        np.testing.assert_allclose(again.vectors, estimate.components.vectors, atol=CLOSE)
        assert again.condition == pytest.approx(estimate.components.condition_number, rel=CLOSE)
    if case in NO_CORRELATION:
        return
    if estimate.adequacy is not None and estimate.sphericity is not None:
        assert again.kmo == pytest.approx(estimate.adequacy.kmo, rel=CLOSE)
        np.testing.assert_allclose(again.msa, estimate.adequacy.msa, rtol=CLOSE)
        assert again.chi2 == pytest.approx(estimate.sphericity.statistic, rel=CLOSE, abs=CLOSE)
        assert again.df == estimate.sphericity.df
    else:
        assert np.isnan([again.kmo, again.chi2, *again.msa]).all()


@pytest.mark.parametrize("lacking", [[0], [1, 3], [0, 2, 4]])
def test_a_partial_row_has_the_weights_of_the_conditional_expectation(lacking: list[int]) -> None:
    estimate, again, names = both("ok")
    held = ~np.isin(np.arange(len(names)), lacking)
    own = row_weights(estimate.correlation.matrix, estimate.weights, held)
    weights, error = again.row_weights(held)
    np.testing.assert_allclose(weights[held], own.weights[held], rtol=CLOSE)
    assert error == pytest.approx(own.error, rel=CLOSE)


def test_a_complete_row_has_the_weights_and_no_error() -> None:
    _, again, names = both("ok")
    weights, error = again.row_weights(np.ones(len(names), dtype=bool))
    np.testing.assert_array_equal(weights, again.weights)
    assert error == 0.0


@pytest.mark.parametrize("df", [1, 2, 3, 10, 55])
@pytest.mark.parametrize("value", [0.0, 0.5, 30.0, 415.5])
def test_the_tail_of_chi_squared(value: float, df: int) -> None:
    assert chi2_tail(value, df) == pytest.approx(float(stats.chi2.sf(value, df)), rel=1e-11)


def test_equal_eigenvalues_take_directions_only_from_their_own_space() -> None:
    rows = independent()
    rule = Rule(
        method="pca",
        component_rule="all",
        component_threshold=None,
        anchor=0,
        fixed_weights=None,
    )
    turned, _ = np.linalg.qr(sample(n=3, p=3))
    found = factors(rows, ["a", "b", "c"], rule, lambda: turned)
    np.testing.assert_allclose(found.vectors, turned, atol=CLOSE)
    broken = factors(rows, ["a", "b", "c"], rule, lambda: turned * [1.0, 1.0, 0.5])
    assert not np.allclose(broken.vectors, turned * [1.0, 1.0, 0.5])


def test_rows_of_an_index_say_what_they_lack() -> None:
    rows = right().indices[0].rows.set_index(["country_iso3", "year"])
    assert rows["is_partial"]["TKM"].all()
    assert set(rows["missing_indicators"]["TKM"]) == {INDEX[1]}
    assert (rows["development_index_se"]["TKM"] > 0.0).all()
    complete = rows[~rows["is_partial"]]
    assert (complete["development_index_se"] == 0.0).all()
    assert (rows["development_index"].min(), rows["development_index"].max()) == (0.0, 1.0)
    # the logistics of 2013 and 2014 lie between two editions
    assert rows["imputed_share"]["KAZ", 2012] == 0.0
    assert rows["imputed_share"]["KAZ", 2013] == pytest.approx(1 / 3)


def test_a_row_is_lost_by_the_first_step_that_it_fails() -> None:
    specification = world()["stg_study__index_specifications"].assign(min_terms=3)
    terms = world()["stg_study__index_terms"].assign(transform="ln", direction_sign=[1, 1, -1])
    seen = world()["gate_observations"]
    is_kyrgyz = (seen["country_code"] == "KGZ") & (seen["indicator_code"] == "IT.NET.USER.ZS")
    changed = seen.assign(observed_value=seen["observed_value"].where(~is_kyrgyz, 0.0))
    partners = world()["stg_study__study_partners"]
    strange = pd.concat([partners, pd.DataFrame({"study_id": ["own"], "partner_iso3": ["ANT"]})])
    index = Panel(
        world(
            gate_observations=changed,
            stg_study__index_specifications=specification,
            stg_study__index_terms=terms,
            stg_study__study_partners=strange,
        )
    ).indices[0]
    rows = index.rows.set_index(["country_code", "year"])
    assert set(rows["lost_step"]["ANT"]) == {"country_code"}
    assert set(rows["lost_reason"]["TKM"]) == {f"no value for {INDEX[1]}"}
    assert set(rows["lost_reason"]["KGZ"].dropna()) >= {f"no logarithm of {INDEX[0]}"}
    assert rows.loc[rows["lost_step"].notna(), "development_index"].isna().all()
    assert index.rows["is_partial"][index.rows["lost_step"].isna()].sum() == 0


def test_too_few_indicators_say_how_many_are_needed() -> None:
    seen = world()["gate_observations"]
    some = seen[(seen["country_code"] != "TKM") | (seen["indicator_code"] != "LP.LPI.LOGS.XQ")]
    rows = Panel(world(gate_observations=some)).indices[0].rows.set_index("country_code")
    assert set(rows["lost_reason"]["TKM"]) == {
        f"no value for {INDEX[1]}, {INDEX[2]}: 1 of 3 indicators, 2 are needed"
    }


def test_an_index_without_rows_is_told_as_such() -> None:
    none = world()["stg_study__index_specifications"].assign(min_terms=1)
    seen = world()["gate_observations"]
    some = seen[seen["indicator_code"] == "IT.NET.USER.ZS"]
    index = Panel(world(stg_study__index_specifications=none, gate_observations=some)).indices[0]
    assert index.factors is None
    assert index.scored.empty
