"""PPML against statsmodels, pyfixest and Stata."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyfixest
import pytest
import statsmodels
from tests.unit.test_ppml import PAIR, SPECIFICATIONS, YEAR, gravity_fit, gravity_rows

from trade_potential.audit.ppml_solution import recompute_ppml
from trade_potential.ppml.estimate import PpmlFit, fit_ppml
from trade_potential.ppml.reset import reset

SAME = 1e-8
"""Two solvers of the same equations; measured 5e-15 for coefficients, 8e-13 for covariances."""

FIXEST = 1e-4
"""Coefficients by pyfixest with its default tolerances, 1e-8 on the deviance and 1e-6 on demeaning;
measured 4e-6."""

FIXEST_TIGHT = 1e-7
"""Covariances by pyfixest with iterations beyond convergence: with its defaults they are off by
1e-4, as they keep the weights of the iteration before the last; measured 1e-10."""

STATA = 1e-6
"""Stata stopped its iterations when the log likelihood stood still to 1e-7; measured 2e-8."""


def relative(ours: Any, theirs: Any) -> float:
    """Largest deviation relative to the largest element."""
    first, second = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    assert np.isfinite(first).all()
    return float(np.abs(first - second).max() / np.abs(second).max())


# --- The second computation -----------------------------------------------------------------------


@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize("effects", SPECIFICATIONS)
def test_as_statsmodels(effects: Any, weights: str | None) -> None:
    rows = gravity_rows(21)
    rows.loc[rows["pair"].isin(["0-1", "2-5"]), "trade"] = 0.0
    fit = gravity_fit(rows, effects, weights=weights)
    theirs = recompute_ppml(
        fit.keys.merge(rows),
        outcome="trade",
        terms=[term for term in fit.terms if term != "const"],
        entity="pair",
        time="year",
        effects=effects,
        weights=weights,
    )
    assert fit.terms == theirs.terms
    assert relative(fit.coefficients, theirs.coefficients) < SAME
    assert relative(fit.fitted, theirs.fitted) < SAME
    assert relative(fit.deviance, theirs.deviance) < SAME
    assert relative(fit.log_likelihood, theirs.log_likelihood) < SAME
    assert set(theirs.covariances) == set(fit.covariances)
    for kind, covariance in fit.covariances.items():
        assert relative(covariance.matrix, theirs.covariances[kind]) < SAME


# --- pyfixest, as anyone would call it ------------------------------------------------------------


def by_pyfixest(rows: pd.DataFrame, formula: str, vcov: Any, **settings: Any) -> Any:
    """Poisson regression with the defaults of pyfixest."""
    return pyfixest.fepois(formula, rows, vcov=vcov, **settings)


TIGHT: dict[str, Any] = {"iwls_tol": 1e-15, "demeaner": pyfixest.MapDemeaner(fixef_tol=1e-13)}


FORMULAS = {
    (): "trade ~ distance_log + gdp_log + agreement",
    (PAIR,): "trade ~ gdp_log + agreement | pair",
    (PAIR, YEAR): "trade ~ gdp_log + agreement | pair + year",
    SPECIFICATIONS[3]: "trade ~ distance_log + gdp_log + agreement | exporter^year + importer^year",
}


@pytest.mark.parametrize("effects", list(FORMULAS))
@pytest.mark.filterwarnings("ignore")
def test_as_pyfixest_with_the_exact_factor(effects: Any) -> None:
    """Ours is theirs: all effects count for robust, those not nested for clustered."""
    rows = gravity_rows(22)
    fit = gravity_fit(rows, effects)
    assert relative(fit.coefficients, by_pyfixest(rows, FORMULAS[effects], "iid").coef()) < FIXEST
    robust = by_pyfixest(rows, FORMULAS[effects], "hetero", **TIGHT)
    clustered = by_pyfixest(rows, FORMULAS[effects], {"CRV1": "pair"}, **TIGHT)
    classical = by_pyfixest(rows, FORMULAS[effects], "iid", **TIGHT)
    # In theirs two sets of effects always share one parameter: exact as long as all are connected,
    # and not so for exporter^year with importer^year, which share one in every year.
    shared = 1 if len(effects) == 2 and effects[0] != PAIR else 0
    years = rows["year"].nunique()
    n = fit.n_obs
    k = {kind: fit.covariances[kind].n_parameters for kind in ("robust", "clustered")}
    wider = {kind: (n - k[kind]) / (n - k[kind] - shared * (years - 1)) for kind in k}
    assert relative(fit.covariances["robust"].matrix * wider["robust"], robust._vcov) < FIXEST_TIGHT
    ours = fit.covariances["clustered"].matrix * wider["clustered"]
    assert relative(ours, clustered._vcov) < FIXEST_TIGHT
    factor = (n - 1) / (n - k["robust"] - shared * (years - 1))  # theirs, ours is 1
    assert relative(fit.covariances["classical"].matrix * factor, classical._vcov) < FIXEST_TIGHT


@pytest.mark.filterwarnings("ignore")
def test_twoway_differs_from_pyfixest_in_the_number_of_clusters_of_each_part() -> None:
    rows = gravity_rows(22)
    fit = gravity_fit(rows, (PAIR, YEAR))
    parts = {
        name: by_pyfixest(
            rows,
            FORMULAS[PAIR, YEAR],
            {"CRV1": name},
            ssc=pyfixest.ssc(False, G_adj=False),
            **TIGHT,
        )._vcov
        for name in ("pair", "year")
    }
    n, k = fit.n_obs, fit.covariances["clustered_twoway"].n_parameters
    row = by_pyfixest(rows, FORMULAS[PAIR, YEAR], "hetero", ssc=pyfixest.ssc(False), **TIGHT)._vcov
    g, t = fit.n_entities, fit.n_times
    combined = g / (g - 1) * parts["pair"] + t / (t - 1) * parts["year"] - n / (n - 1) * row
    ours = fit.covariances["clustered_twoway"]
    assert ours.corrections == pytest.approx(
        {
            name: size / (size - 1) * (n - 1) / (n - k)
            for name, size in (("entity", g), ("time", t), ("row", n))
        }
    )
    assert relative(ours.matrix, combined * (n - 1) / (n - k)) < FIXEST_TIGHT
    # Theirs takes the smallest number of clusters, here years, for all parts.
    theirs = by_pyfixest(rows, FORMULAS[PAIR, YEAR], {"CRV1": "pair+year"}, **TIGHT)._vcov
    smallest = t / (t - 1) * (parts["pair"] + parts["year"] - row)
    assert relative(smallest * (n - 1) / (n - k), theirs) < FIXEST_TIGHT


@pytest.mark.filterwarnings("ignore")
def test_effects_as_pyfixest() -> None:
    rows = gravity_rows(23)
    fit = gravity_fit(rows, (PAIR,))
    theirs = by_pyfixest(rows, FORMULAS[PAIR,], "iid").fixef()
    pairs = fit.keys.merge(rows)[PAIR[0]]
    expected = [next(iter(theirs.values()))[pair] for pair in pairs]
    np.testing.assert_allclose(fit.effects_prediction, expected, rtol=0.0, atol=FIXEST)


@pytest.mark.filterwarnings("ignore")
def test_pyfixest_is_silent_where_we_are_not() -> None:
    """Why it is a reference and not the solver: it checks separation with effects only."""
    rows = pd.DataFrame({"y": [0.0, 0, 0, 1, 2, 3], "x": [1.0, 1, 0, 0, 0, 0], "e": range(6)})
    theirs = pyfixest.fepois("y ~ x", rows, vcov="hetero", separation_check=["fe", "ir"])
    assert theirs.convergence
    assert theirs._N == 6
    assert theirs.coef()["x"] < -15.0
    ours = fit_ppml(rows.assign(t=1), outcome="y", regressors=["x"], entity="e", time="t")
    assert (ours.separated, ours.terms) == (("x",), ("const",))
    assert list(ours.losses["e"]) == [0, 1]
    stopped = by_pyfixest(gravity_rows(22), FORMULAS[PAIR,], "iid", iwls_maxiter=2)
    assert not stopped.convergence  # and no error


# --- Stata, as statsmodels keeps its output -------------------------------------------------------


def stata(module: str, name: str) -> Any:
    """Stata's output in the tests of statsmodels."""
    return getattr(importlib.import_module(f"statsmodels.{module}"), name)


def ships() -> PpmlFit:
    """Ship accidents: poisson accident yr_con op_75_79 of 34 rows, 5 ships."""
    folder = Path(statsmodels.__file__).parent / "discrete/tests/results"
    rows = pd.read_csv(folder / "ships.csv").dropna(subset=["accident"])
    rows["when"] = rows.groupby("ship").cumcount()
    return fit_ppml(
        rows, outcome="accident", regressors=["yr_con", "op_75_79"], entity="ship", time="when"
    )


def assert_as_stata(fit: PpmlFit, theirs: Any, kind: str, factor: float) -> None:
    """Coefficients in Stata's order, the constant last; theirs is ours times the factor."""
    order = [*range(1, len(fit.terms)), 0]
    assert relative(fit.coefficients[order], theirs.params_table[:, 0]) < STATA
    matrix = fit.covariances[kind].matrix[np.ix_(order, order)]  # type: ignore[index]
    assert relative(matrix * factor, theirs.cov) < STATA


def test_stata_poisson_robust_and_clustered() -> None:
    """``poisson, vce(robust)`` and ``vce(cluster ship)``: N / (N - 1) and G / (G - 1)."""
    fit = ships()
    module = "discrete.tests.results.results_count_robust_cluster"
    n, k, g = fit.n_obs, len(fit.terms), fit.n_entities
    assert (n, k, g) == (34, 3, 5)
    robust = stata(module, "results_poisson_hc1")
    assert_as_stata(fit, robust, "robust", (n - k) / (n - 1))
    clustered = stata(module, "results_poisson_clu")
    assert_as_stata(fit, clustered, "clustered", (n - k) / (n - 1))
    assert relative(fit.log_likelihood, clustered.ll) < STATA
    assert relative(fit.pseudo_r_squared, clustered.r2_p) < STATA


PUNISHED = ["INCOME", "PERPOVERTY", "PERBLACK", "LN_VC100k96", "SOUTH", "DEGREE"]


def punishments(weights: str | None) -> PpmlFit:
    """Capital punishment in 17 states of the USA, with the weights of statsmodels' tests."""
    data = importlib.import_module("statsmodels.api").datasets.cpunish.load_pandas()
    rows = data.data.copy()
    rows["LN_VC100k96"] = np.log(rows["VC100k96"])
    rows["weight"] = [1.0, 1, 1, 2, 2, 2, 3, 3, 3, 1, 1, 1, 2, 2, 2, 3, 3]
    rows["state"], rows["year"] = range(len(rows)), 1997
    return fit_ppml(
        rows,
        outcome="EXECUTIONS",
        regressors=PUNISHED,
        entity="state",
        time="year",
        weights=weights,
    )


@pytest.mark.parametrize(
    ("name", "weights", "kind"),
    [
        ("results_poisson_none_nonrobust", None, "classical"),
        ("results_poisson_none_hc1", None, "robust"),
        ("results_poisson_fweight_nonrobust", "weight", "classical"),
        ("results_poisson_pweight_hc1", "weight", "robust"),
    ],
)
def test_stata_glm(name: str, weights: str | None, kind: str) -> None:
    """``glm, family(poisson)`` without and with weights; robust N / (N - 1)."""
    fit = punishments(weights)
    theirs = stata("genmod.tests.results.results_glm_poisson_weights", name)
    n, k = fit.n_obs, len(fit.terms)
    assert_as_stata(fit, theirs, kind, 1.0 if kind == "classical" else (n - k) / (n - 1))


def test_reset_as_the_variable_is_added_by_hand() -> None:
    """As Santos Silva and Tenreyro do: predict the linear index, square it, add it, test it."""
    rows = gravity_rows(24)
    for effects in ((), (PAIR, YEAR)):
        fit = gravity_fit(rows, effects)
        kept = fit.keys.merge(rows).assign(square=np.log(fit.fitted) ** 2)
        terms = [term for term in fit.terms if term != "const"]
        wider = recompute_ppml(
            kept,
            outcome="trade",
            terms=[*terms, "square"],
            entity="pair",
            time="year",
            effects=effects,
        )
        for kind, test in reset(fit).items():
            value = wider.coefficients[-1] ** 2 / wider.covariances[kind][-1, -1]
            assert test.statistic == pytest.approx(value, rel=SAME)
