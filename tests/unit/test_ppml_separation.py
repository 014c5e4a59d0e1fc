"""Singletons and separated rows, row by row."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from tests.unit.test_ppml import fitted_on, gravity_fit, gravity_rows, rows_of

from trade_potential.ppml import separation as separation_module
from trade_potential.ppml.estimate import PpmlFit, fit_ppml
from trade_potential.ppml.sample import Sample, read_sample
from trade_potential.ppml.separation import prune, separated_rows
from trade_potential.rows.model_columns import Columns

SAME = 1e-9
"""Dropping a row by hand or by the library: two fits of the same rows."""

POSITIVE = 1e-6
"""Above this the objective of a linear program is positive; HiGHS is exact to 1e-7."""


def lost(fit: PpmlFit) -> dict[int, str]:
    """Step by position of the rows dropped."""
    return dict(zip(fit.losses["e"], fit.losses["step"], strict=True))


def sample_of(columns: dict[str, Any], *regressors: str, effects: Any = ()) -> Sample:
    """The rows as arrays."""
    return read_sample(rows_of(columns), Columns("y", regressors, "e", "t", effects))


# --- Examples of Correia, Guimaraes and Zylkin, and of the primer to ppmlhdfe ---------------------


def test_a_regressor_that_is_positive_only_where_the_outcome_is_zero() -> None:
    columns = {"y": [0, 0, 0, 1, 2, 3], "x": [1, 1, 0, 0, 0, 0], "z": [1, 2, 1, 2, 1, 1]}
    fit = fitted_on(columns, "x", "z")
    assert lost(fit) == {0: "separation", 1: "separation"}
    assert fit.losses["reason"][0] == (
        "a combination of x is positive here, never negative and 0 wherever the outcome is "
        "positive: the fitted value tends to 0"
    )
    assert (fit.status, fit.separated, fit.terms) == ("ok", ("x",), ("const", "z"))
    assert fit.reason == "only separated rows tell the coefficient of x: infinite"
    alone = fitted_on({k: v[2:] for k, v in columns.items()}, "z")
    np.testing.assert_allclose(fit.coefficients, alone.coefficients, rtol=SAME)
    nothing = fitted_on(columns, "x")
    assert (nothing.status, nothing.separated, nothing.terms) == ("ok", ("x",), ("const",))
    assert nothing.coefficients == pytest.approx([np.log(6.0 / 4.0)], rel=SAME)


def test_a_regressor_on_either_side_of_zero_separates_nothing() -> None:
    fit = fitted_on({"y": [0, 0, 0, 1, 2, 3], "x": [1, -1, 0, 0, 0, 0]}, "x")
    assert (fit.status, lost(fit)) == ("ok", {})


def test_a_combination_of_two_regressors() -> None:
    """Primer: z = 2 x1 + x2; without row 0 the regressors are collinear."""
    columns = {
        "y": [0, 0, 0, 1, 2, 3],
        "x1": [2, -1, 0, 0, 5, 6],
        "x2": [-1, 2, 0, 0, -10, -12],
    }
    fit = fitted_on(columns, "x1", "x2")
    assert lost(fit) == {0: "separation"}
    assert "a combination of x1, x2 is positive here" in fit.losses["reason"][0]
    assert (fit.status, fit.separated, fit.terms) == ("ok", ("x2",), ("const", "x1"))
    assert fit.reason == "only separated rows tell the coefficient of x2: infinite"
    alone = fitted_on({name: values[1:] for name, values in columns.items()}, "x1")
    np.testing.assert_allclose(fit.coefficients, alone.coefficients, rtol=SAME)


PRIMER = {
    "y": [0, 1, 0, 0, 1] * 3,
    "id1": [1, 1, 2, 2, 2] * 3,
    "id2": [1, 1, 1, 2, 2] * 3,
    "x": np.random.default_rng(0).normal(size=15),
}
TWO = (("id1",), ("id2",))


def test_effects_that_separate_only_together() -> None:
    """Primer: no level has zeros only, and pyfixest's own demeaning fails on it."""
    fit = fitted_on(PRIMER, "x", effects=TWO)
    assert lost(fit) == {2: "separation", 7: "separation", 12: "separation"}
    assert "a combination of the effects is positive here" in fit.losses["reason"][0]
    assert fit.is_estimated


def test_a_tiny_outcome_where_they_would_separate() -> None:
    """Primer: with one positive outcome in the cell nothing is separated, however small it is."""
    more = {"y": 1e-6, "id1": 2, "id2": 1, "x": 0.3}
    fit = fitted_on({k: [*v, more[k]] for k, v in PRIMER.items()}, "x", effects=TWO)
    assert (fit.status, lost(fit)) == ("ok", {})


def test_levels_with_zeros_only_and_singletons_are_named() -> None:
    columns = {
        "y": [0, 0, 0, 1, 2, 3, 5, 1],
        "x": [1, 2, 1, 3, 1, 2, 5, 2],
        "g": ["a", "a", "b", "b", "c", "c", "d", "c"],
        "h": [1, 2, 1, 2, 1, 2, 1, 3],
    }
    fit = fitted_on(columns, "x", effects=(("g",), ("h",)))
    named = {k.e: (k.step, k.reason) for k in fit.losses.itertuples()}
    assert named[0] == ("separation", "every outcome of g (a) is 0")
    assert named[1] == ("separation", "every outcome of g (a) is 0")
    assert named[6] == ("singleton", "the only row of g (d)")
    assert named[7] == ("singleton", "the only row of h (3)")


def test_singletons_are_dropped_until_there_are_none() -> None:
    """Row 0 alone of g=1; without it row 1 is the only one of h=1, then row 2 of g=2."""
    columns = {"g": [1, 2, 2, 3, 3, 3], "h": [1, 1, 2, 2, 3, 3], "x": [1, 2, 4, 3, 1, 2]}
    pruned = prune(sample_of({"y": [1, 2, 3, 4, 5, 6], **columns}, "x", effects=(("g",), ("h",))))
    assert list(pruned.sample.keys["entity"]) == [4, 5]
    assert (pruned.losses["step"] == "singleton").all()
    assert list(pruned.losses["entity"]) == [0, 1, 2, 3]


def test_in_is_out_and_lost() -> None:
    rows = gravity_rows(11)
    never = rows["pair"].isin(["0-1", "3-2"])
    rows.loc[never, "trade"] = 0.0
    rows = rows.drop(rows.index[(rows["pair"] == "5-6") & (rows["year"] > 2000)])
    fit = gravity_fit(rows, (("pair",), ("year",)))
    counts = fit.losses["step"].value_counts()
    assert (counts["separation"], counts["singleton"]) == (10, 1)
    assert fit.n_obs + len(fit.losses) == len(rows)
    keys = ["pair", "year"]
    together = pd.concat([fit.keys, fit.losses[keys]]).sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(together, rows[keys].sort_values(keys, ignore_index=True))


def test_the_rest_is_estimated_as_if_lost_rows_had_not_been_there() -> None:
    rows = gravity_rows(12)
    rows["bloc"] = ((rows["trade"] == 0.0) & (rows["exporter"] < 3)).astype(float)
    terms = ("gdp_log", "agreement", "bloc")
    fit = gravity_fit(rows, (("pair",), ("year",)), regressors=terms)
    assert fit.separated == ("bloc",)
    by_hand = rows[rows["bloc"] == 0.0]
    alone = gravity_fit(by_hand, (("pair",), ("year",)), regressors=terms[:2])
    np.testing.assert_allclose(fit.coefficients, alone.coefficients, rtol=SAME)


# --- Against the theorem of the alternative -------------------------------------------------------


def design_of(sample: Sample) -> Any:
    """Regressors with dense dummies, or a constant."""
    dummies = [np.eye(int(c.max()) + 1)[c] for c in sample.codes().T]
    return np.column_stack([sample.regressors, *(dummies or [np.ones((len(sample), 1))])])


def estimates_exist(sample: Sample) -> bool:
    """Whether nothing is separated, by Stiemke's lemma.

    There are numbers l >= 1 on rows with zeros, and any on the others, with A'l = 0: those of the
    first-order conditions, mu on the former and mu - y on the latter.
    """
    design = design_of(sample)
    zero = sample.outcome == 0.0
    bounds = [(1.0, None) if is_zero else (None, None) for is_zero in zero]
    found = linprog(
        np.zeros(len(zero)), A_eq=design.T, b_eq=np.zeros(design.shape[1]), bounds=bounds
    )
    assert found.status in (0, 2)
    return bool(found.status == 0)


def is_separated(sample: Sample, row: int) -> bool:
    """Whether a combination is positive on this row, by a program of its own."""
    design = design_of(sample)
    zero = sample.outcome == 0.0
    found = linprog(
        -design[row],
        A_ub=-design[zero],
        b_ub=np.zeros(int(zero.sum())),
        A_eq=design[~zero],
        b_eq=np.zeros(int((~zero).sum())),
        bounds=(-1.0, 1.0),
    )
    assert found.status == 0
    return bool(-found.fun > POSITIVE)


def small(seed: int, n_terms: int, n_effects: int) -> Sample:
    """Few positive outcomes and regressors of small integers: about half are separated."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(8, 22))
    y = np.where(rng.random(n) < 0.35, rng.integers(1, 5, size=n), 0).astype(float)
    y[int(rng.integers(n))] = 1.0
    terms = [f"x{k}" for k in range(n_terms)]
    columns: dict[str, Any] = {
        t: rng.integers(-1, 3, size=n) * (rng.random(n) < 0.5) for t in terms
    }
    effects = [f"g{k}" for k in range(n_effects)]
    columns |= {g: rng.integers(0, 4, size=n) for g in effects}
    return sample_of({"y": y, **columns}, *terms, effects=tuple((g,) for g in effects))


SMALL = st.builds(
    small, seed=st.integers(0, 100_000), n_terms=st.integers(1, 3), n_effects=st.integers(0, 3)
)


@given(sample=SMALL)
def test_rows_are_separated_and_no_others(sample: Sample) -> None:
    rest, found = sample, np.zeros(len(sample), dtype=bool)
    at = np.arange(len(sample))
    while (part := separated_rows(rest)).rows.any():
        assert part.note == ""
        found[at[part.rows]] = True
        at, rest = at[~part.rows], rest.take(~part.rows)
    assert found.tolist() == [is_separated(sample, row) for row in range(len(sample))]
    assert estimates_exist(rest)
    assert estimates_exist(sample) == (not found.any())


@given(sample=SMALL)
def test_what_is_left_converges(sample: Sample) -> None:
    rows = pd.DataFrame(sample.regressors, columns=list(sample.terms))
    rows = rows.assign(y=sample.outcome, e=range(len(rows)), t=1)
    for effect in sample.effects:
        rows[effect.name] = effect.codes
    fit = fit_ppml(
        rows,
        outcome="y",
        regressors=sample.terms,
        entity="e",
        time="t",
        effects=[effect.columns for effect in sample.effects],
    )
    assert fit.status != "not_converged"


def test_samples_above_are_separated_now_and_then() -> None:
    hits = [not estimates_exist(small(s, 2, s % 4)) for s in range(60)]
    assert 15 <= sum(hits) <= 55


def test_a_search_that_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = SimpleNamespace(status=1, message="Time limit reached")
    monkeypatch.setattr(separation_module, "milp", lambda *_, **__: ended)
    fit = fitted_on(PRIMER, "x", effects=TWO)
    assert fit.status == "not_converged"
    assert fit.reason.startswith("3 rows may be separated: fitted as 0; ")
    assert fit.reason.endswith("the search for separated rows did not end: Time limit reached")
