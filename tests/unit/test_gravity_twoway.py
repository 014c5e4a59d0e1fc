"""Two-way effects on awkward panels, against dummies by least squares."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from tests.panels import (
    ENTITY,
    OUTCOME,
    Array,
    Case,
    make_panel,
    moments_of,
    regressors_of,
    unbalanced_sizes,
)

from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.estimators import twoway

pytestmark = pytest.mark.usefixtures("engine")

SAME = 1e-9
"""Two exact formulas in double precision; they agree to 1e-13 here, the
rest is room for other processors."""


def twoway_of(frame: pd.DataFrame, *, weights: str | None = None) -> Estimate:
    return twoway(moments_of(frame, regressors_of(frame), weights=weights))


class Dummies(NamedTuple):
    """Least squares on the regressors and a dummy of every entity and year."""

    slopes: Array
    residual: Array
    rank: int


def by_dummies(frame: pd.DataFrame, terms: list[str], weights: Array) -> Dummies:
    """Slopes by lstsq, which takes the shortest solution where dummies are redundant."""
    root = np.sqrt(weights)
    x = frame[terms].to_numpy()
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    dummies = pd.get_dummies(frame[[ENTITY, "year"]].astype(str), dtype=float).to_numpy()
    design = np.column_stack([x, dummies])
    y = frame[OUTCOME].to_numpy()
    found, _, rank, _ = np.linalg.lstsq(design * root[:, None], y * root, rcond=None)
    slopes = found[: len(terms)] / frame[terms].to_numpy().std(axis=0)
    return Dummies(slopes, root * (y - design @ found), int(rank))


def assert_as_dummies(frame: pd.DataFrame, terms: list[str]) -> Estimate:
    """Weighted where the frame has a column of weights."""
    is_weighted = "weight" in frame
    weights = (frame["weight"] / frame["weight"].mean()).to_numpy() if is_weighted else 1.0
    theirs = by_dummies(frame, terms, weights * np.ones(len(frame)))
    fit = twoway_of(frame, weights="weight" if is_weighted else None)
    assert fit.status == "ok"
    assert fit.terms == tuple(terms)
    np.testing.assert_allclose(fit.slopes, theirs.slopes, rtol=SAME)
    np.testing.assert_allclose(fit.ssr, theirs.residual @ theirs.residual, rtol=SAME)
    assert fit.df_resid == len(frame) - theirs.rank
    assert fit.n_absorbed == theirs.rank - len(terms) - 1
    return fit


@pytest.mark.parametrize("is_weighted", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_unbalanced_panel(seed: int, is_weighted: bool) -> None:
    frame = make_panel(seed, sizes=unbalanced_sizes(seed, 20, 7), n_terms=3)
    begin = np.random.default_rng(seed).integers(0, 4, 20)
    frame["year"] += begin[frame.groupby(ENTITY).ngroup()]
    frame[OUTCOME] += np.sin(frame["year"])
    if is_weighted:
        frame["weight"] = np.random.default_rng(seed).uniform(0.2, 5.0, len(frame))
    fit = assert_as_dummies(frame, ["x1", "x2", "x3"])
    shifts = fit.time_effects
    assert shifts is not None
    assert shifts.rank == frame["year"].nunique() - 1


def test_times_in_two_blocks_have_an_effect_less() -> None:
    """No entity is seen in both decades: T - 2 time effects can be told apart."""
    frame = make_panel(3, sizes=[4] * 10, n_terms=2)
    frame.loc[frame[ENTITY] >= "E005", "year"] += 10
    effects = assert_as_dummies(frame, ["x1", "x2"]).time_effects
    assert effects is not None
    assert (effects.rank, frame["year"].nunique()) == (6, 8)


def test_an_entity_seen_once_in_a_year_of_its_own_adds_nothing() -> None:
    frame = make_panel(4, sizes=[5] * 8, n_terms=2)
    lonely = frame.tail(1).assign(entity="Z", year=2050, y=1e3)
    alone = pd.concat([frame, lonely], ignore_index=True)
    before, after = twoway_of(frame), assert_as_dummies(alone, ["x1", "x2"])
    np.testing.assert_allclose(after.slopes, before.slopes, rtol=SAME)
    assert after.df_resid == before.df_resid


def test_as_many_years_as_leave_no_residual() -> None:
    """Two partners, T years and two regressors: 2T rows for 2 + T - 1 + 2 coefficients."""
    for years, status in ((3, "too_few_rows"), (4, "ok")):
        frame = make_panel(5, sizes=[years] * 2, n_terms=2)
        fit = twoway_of(frame)
        assert fit.status == status
        assert fit.df_resid == years - 3 if status == "ok" else "6 rows for 6" in fit.reason


@pytest.mark.parametrize("years", [[2000] * 12, list(range(12))])
def test_a_row_per_partner_has_no_effects(years: list[int]) -> None:
    frame = make_panel(6, sizes=[1] * 12, n_terms=1).assign(year=years)
    case = Case.of(frame)
    assert case.fits["twoway"].status == "single_period"
    assert case.tests["f_time_effects"].status == "not_available"
    assert "twoway: no partner has two rows" in case.tests["f_time_effects"].reason


def test_moments_without_times_have_no_twoway() -> None:
    moments = moments_of(make_panel(7, sizes=[4] * 5, n_terms=1).drop(columns="year"), ["x1"])
    with pytest.raises(ValueError, match="the moments hold no times"):
        twoway(moments)


# --- Regressors -----------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", [1.0, 1e-8, 1e8])
@pytest.mark.parametrize("origin", [0.0, 1e6])
def test_what_all_share_in_a_year_is_absorbed_and_named(unit: float, origin: float) -> None:
    frame = make_panel(8, sizes=unbalanced_sizes(8, 15, 6), n_terms=3)
    price = np.random.default_rng(8).uniform(20.0, 110.0, 6)
    effect = frame.groupby(ENTITY)["x3"].transform("first")
    frame["x2"] = unit * (origin + price[frame["year"] - 2000])
    frame["x3"] = unit * (origin + effect + price[frame["year"] - 2000])
    fit = twoway_of(frame)
    assert fit.status == "ok"
    assert (fit.terms, fit.absorbed) == (("x1",), ("x2", "x3"))
    assert fit.reason == (
        "x2, x3 does not vary within partners beside what all share in a year: absorbed by the "
        "effects"
    )
    without = assert_as_dummies(frame.drop(columns=["x2", "x3"]), ["x1"])
    np.testing.assert_allclose(fit.coefficients, without.coefficients, rtol=SAME)
    np.testing.assert_allclose(fit.covariance, without.covariance, rtol=SAME)


def test_a_constant_times_a_trend_is_no_effect() -> None:
    frame = make_panel(9, sizes=[4, 5, 6] * 4, n_terms=2)
    frame["x2"] = frame.groupby(ENTITY)["x2"].transform("first") * (frame["year"] - 2000)
    assert_as_dummies(frame, ["x1", "x2"])


def test_collinear_once_the_effects_are_out() -> None:
    frame = make_panel(10, sizes=[5] * 8, n_terms=3)
    effect = frame.groupby(ENTITY)["x3"].transform("first")
    frame["x3"] = 2.0 * frame["x1"] + effect + 7.0 * frame["year"]
    fit = twoway_of(frame)
    assert (fit.terms, fit.absorbed) == (("x1", "x2"), ("x3",))
    said = "x3 is a combination of the regressors before it once the effects are out"
    assert (fit.status, fit.reason) == ("ok", said)
    without = assert_as_dummies(frame.drop(columns="x3"), ["x1", "x2"])
    np.testing.assert_allclose(fit.coefficients, without.coefficients, rtol=SAME)
    np.testing.assert_allclose(fit.covariance, without.covariance, rtol=SAME)
    assert (fit.df_resid, fit.n_absorbed) == (without.df_resid, without.n_absorbed)


def test_nothing_left() -> None:
    frame = make_panel(11, sizes=[4] * 9, n_terms=1)
    frame["x1"] = frame.groupby(ENTITY)["x1"].transform("first") + 3.0 * frame["year"]
    case = Case.of(frame)
    fit = case.fits["twoway"]
    assert (fit.terms, fit.absorbed) == ((), ("x1",))
    assert fit.coefficients == pytest.approx([frame[OUTCOME].mean()], rel=SAME)
    assert fit.df_resid == 36 - 9 - 3
    assert case.tests["f_time_effects"].status == "ok"
    for kind in ("robust", "clustered", "driscoll_kraay"):
        assert case.errors("twoway", kind).status == "ok"


def test_f_test_of_years_is_that_of_the_squares() -> None:
    frame = make_panel(12, sizes=unbalanced_sizes(12, 20, 5), n_terms=2)
    case = Case.of(frame)
    inner, both = case.fits["within"], case.fits["twoway"]
    test = case.tests["f_time_effects"]
    assert (test.df, test.df_denominator) == (4, both.df_resid)
    expected = (inner.ssr - both.ssr) / 4.0 / (both.ssr / both.df_resid)
    assert test.statistic == pytest.approx(expected, rel=SAME)
