"""Estimators and tests against other implementations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from linearmodels.datasets import wage_panel
from linearmodels.panel import BetweenOLS, PanelOLS, PooledOLS, RandomEffects
from linearmodels.panel.results import PanelEffectsResults, PanelResults, RandomEffectsResults
from tests.panels import (
    ENTITY,
    OUTCOME,
    Array,
    Case,
    make_panel,
    run_gravity_models,
    scores_by_entity,
    unbalanced_sizes,
)

from trade_potential.gravity.covariance import clustered_covariance
from trade_potential.gravity.estimate import ESTIMATORS, Estimate, Estimator

SAME = 1e-9
"""Two exact formulas in double precision; measured 7e-13 at worst, the rest is room for other
processors and libraries."""

SAME_SQL = 1e-8
"""As SAME, but coefficients and products went through tables; measured 3e-14."""

Reference = PanelEffectsResults | PanelResults | RandomEffectsResults


def assert_same(ours: object, theirs: object, tolerance: float = SAME) -> None:
    np.testing.assert_allclose(
        np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float), rtol=tolerance, atol=0.0
    )


# --- Against linearmodels, estimator by estimator -------------------------------------------------


def reference_fit(frame: pd.DataFrame, fit: Estimate, *, clustered: bool = False) -> Reference:
    """The same estimator by linearmodels.

    Conventions. Classical: SSR / (n - k), k with the constant and, for within, the effects: its
    default ``debiased=True``. Clustered: G/(G-1) * (N-1)/(N-k), k with the constant and without
    absorbed effects. linearmodels multiplies N/(N-k) (``debiased=True``) by G/(G-1) * (N-1)/N
    (``group_debias=True``), and leaves out effects that are nested in clusters: exactly the same.
    For between N is G.
    """
    panel = frame.assign(time=frame.groupby(ENTITY).cumcount()).set_index([ENTITY, "time"])
    y = panel[OUTCOME]
    x = sm.add_constant(panel[list(fit.terms)], has_constant="add")
    options = {"cov_type": "clustered", "group_debias": True} if clustered else {}
    if fit.estimator == "between":
        if clustered:
            codes = panel.index.get_level_values(0).factorize()[0]
            options["clusters"] = pd.DataFrame({"cluster": codes}, index=panel.index)
        return BetweenOLS(y, x).fit(**options)
    if clustered:
        options["cluster_entity"] = True
    if fit.estimator == "within":
        return PanelOLS(y, x, entity_effects=True).fit(**options)
    return (PooledOLS if fit.estimator == "pooled" else RandomEffects)(y, x).fit(**options)


def assert_as_linearmodels(case: Case, estimator: Estimator) -> None:
    fit = case.fits[estimator]
    assert fit.status in {"ok", "sigma_u_zero"}
    theirs = reference_fit(case.frame, fit)
    assert_same(fit.coefficients, theirs.params)
    assert_same(np.sqrt(np.diag(fit.covariance)), theirs.std_errors)
    assert fit.df_resid == theirs.df_resid
    assert_same(fit.ssr, theirs.resid_ss)
    if estimator != "random":  # random: ours is the squared correlation, theirs of weighted data
        assert_same(fit.r_squared, theirs.rsquared)
    if estimator == "within":
        assert_same(fit.sigma_e, np.sqrt(theirs.s2))
        assert_same(case.tests["f_effects"].statistic, theirs.f_pooled.stat)
        assert case.tests["f_effects"].df_denominator == theirs.f_pooled.df_denom
    if estimator == "random":
        parts = theirs.variance_decomposition
        assert_same(fit.sigma_u, np.sqrt(parts["Effects"]))
        assert_same(fit.sigma_e, np.sqrt(parts["Residual"]))
        sizes = case.frame.groupby(ENTITY)[OUTCOME].size()
        by_size = dict(zip(case.moments.sizes, fit.theta, strict=True))
        assert_same([by_size[float(n)] for n in sizes], theirs.theta.loc[sizes.index, "theta"])


def assert_clustered_as_linearmodels(case: Case, estimator: Estimator) -> None:
    fit = case.fits[estimator]
    scores = scores_by_entity(case.frame, case.moments, fit)
    covariance = clustered_covariance(
        fit.bread, scores.T @ scores, n_clusters=case.moments.n_entities, n_rows=fit.n_rows
    )
    theirs = reference_fit(case.frame, fit, clustered=True)
    assert_same(np.sqrt(np.diag(covariance)), theirs.std_errors)


@pytest.fixture(scope="module")
def wages() -> Case:
    """Vella and Verbeek (1998), 545 men over 8 years; the first three regressors never vary."""
    data = wage_panel.load()
    names = ["black", "hisp", "educ", "exper", "expersq", "married", "union"]
    renamed = {name: f"x{k}" for k, name in enumerate(names, start=1)}
    return Case.of(data.rename(columns={"nr": ENTITY, "lwage": OUTCOME, **renamed}))


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_wage_panel(wages: Case, estimator: Estimator) -> None:
    assert_as_linearmodels(wages, estimator)
    assert_clustered_as_linearmodels(wages, estimator)
    assert wages.fits[estimator].absorbed == (("x1", "x2", "x3") if estimator == "within" else ())


# --- Random unbalanced panels in awkward units ----------------------------------------------------

UNITS = (1e-3, 1e6)
SHAPES = {1: (25, 3, 8), 2: (40, 5, 6), 3: (60, 8, 10), 4: (30, 6, 4), 5: (120, 4, 20)}
"""Seed: entities, regressors, longest series."""


@pytest.fixture(scope="module", params=SHAPES)
def random_case(request: pytest.FixtureRequest) -> Case:
    seed = int(request.param)
    entities, terms, longest = SHAPES[seed]
    return Case.of(
        make_panel(
            seed,
            sizes=unbalanced_sizes(seed, entities, longest),
            n_terms=terms,
            scales=UNITS,
            effect_sd=0.2 * seed,
        )
    )


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_random_panel(random_case: Case, estimator: Estimator) -> None:
    assert random_case.moments.sizes[0] == 1
    assert len(random_case.moments.sizes) > 2
    assert_as_linearmodels(random_case, estimator)
    assert_clustered_as_linearmodels(random_case, estimator)


def test_moments_are_those_of_the_rows(random_case: Case) -> None:
    frame, moments = random_case.frame, random_case.moments
    columns = [OUTCOME, *moments.terms]
    values = frame[columns].to_numpy()
    means = frame.groupby(ENTITY)[columns].transform("mean").to_numpy()
    inner, outer = values - means, means - values.mean(axis=0)
    scale = np.sqrt(np.diag(moments.total))  # a product near zero has no relative error
    unit = np.outer(scale, scale)
    assert moments.n_obs == len(frame)
    assert moments.n_entities == frame[ENTITY].nunique()
    assert_same(moments.mean, values.mean(axis=0))
    np.testing.assert_allclose(moments.within / unit, inner.T @ inner / unit, rtol=0.0, atol=SAME)
    np.testing.assert_allclose(
        (moments.total - moments.within) / unit, outer.T @ outer / unit, rtol=0.0, atol=SAME
    )
    np.testing.assert_allclose(np.diag(moments.within), np.diag(inner.T @ inner), rtol=SAME)


def residual_squares(values: Array) -> Array:
    """Residuals of the first column on a constant and the others."""
    design = np.column_stack([np.ones(len(values)), values[:, 1:] / values[:, 1:].std(axis=0)])
    return values[:, 0] - design @ np.linalg.lstsq(design, values[:, 0], rcond=None)[0]


def test_breusch_pagan_from_rows(random_case: Case) -> None:
    """Baltagi and Li (1990), eq. 5, on residuals of the rows."""
    frame = random_case.frame
    residual = residual_squares(frame[[OUTCOME, *random_case.moments.terms]].to_numpy())
    sizes = frame.groupby(ENTITY)[OUTCOME].size().to_numpy()
    sums = pd.Series(residual).groupby(frame[ENTITY].to_numpy()).sum().to_numpy()
    a = 1.0 - sums @ sums / (residual @ residual)
    lm = len(frame) ** 2 / 2.0 * a**2 / (sizes @ sizes - len(frame))
    test = random_case.tests["breusch_pagan_lm"]
    assert_same(test.statistic, lm)
    assert test.df == 1


def test_hausman_from_reference_fits(random_case: Case) -> None:
    """Hausman (1978) on the coefficients and covariances of linearmodels."""
    inner = reference_fit(random_case.frame, random_case.fits["within"])
    outer = reference_fit(random_case.frame, random_case.fits["random"])
    terms = list(random_case.moments.terms)
    gap = (inner.params - outer.params)[terms].to_numpy()
    unit = inner.std_errors[terms].to_numpy()
    spread = (inner.cov - outer.cov).loc[terms, terms].to_numpy() / np.outer(unit, unit)
    statistic = gap / unit @ np.linalg.solve(spread, gap / unit)
    test = random_case.tests["hausman"]
    definite = bool((np.linalg.eigvalsh(spread) > 0.0).all())
    assert test.status == ("ok" if definite else "not_positive_definite")
    assert np.isnan(test.p_value) != definite
    assert test.df == len(terms)
    # A difference of covariances loses digits that its smallest eigenvalue does not have.
    lost = 1.0 / np.abs(np.linalg.eigvalsh(spread)).min()
    assert_same(test.statistic, statistic, SAME * max(1.0, lost))


# --- The SQL of the clustered covariance ----------------------------------------------------------


def test_sql_meat_gives_the_clustered_errors_of_linearmodels() -> None:
    """Specifications of different length and an absorbed term leave slots of the SQL empty."""
    wide = make_panel(11, sizes=unbalanced_sizes(11, 40, 9), n_terms=7, scales=UNITS)
    narrow = make_panel(12, sizes=unbalanced_sizes(12, 30, 6), n_terms=3)
    narrow["x4"] = narrow.groupby(ENTITY)["x1"].transform("first")
    samples = {("a", "wide"): wide, ("a", "narrow"): narrow, ("b", "wide"): wide.iloc[5:]}
    tables = run_gravity_models(samples)
    for (study_id, spec_id), frame in samples.items():
        case = Case.of(frame)
        for estimator, fit in case.fits.items():

            def of_fit(table: pd.DataFrame) -> pd.DataFrame:
                at = (
                    (table["study_id"] == study_id)  # noqa: B023
                    & (table["spec_id"] == spec_id)  # noqa: B023
                    & (table["estimator"] == estimator)  # noqa: B023
                )
                return table[at]

            slots = [0, *(case.moments.terms.index(term) + 1 for term in fit.terms)]
            found = of_fit(tables.meat).set_index(["row_slot", "col_slot"])["meat_value"]
            scores = scores_by_entity(frame, case.moments, fit)
            meat = scores.T @ scores
            unit = np.sqrt(np.diag(meat))
            unit[unit == 0.0] = 1.0
            ours = np.array([[found[min(i, j), max(i, j)] for j in slots] for i in slots])
            np.testing.assert_allclose(
                ours / np.outer(unit, unit), meat / np.outer(unit, unit), rtol=0.0, atol=SAME_SQL
            )
            rows = of_fit(tables.clustered)
            rows = rows[rows["item"] == "coefficient"].set_index("name")
            theirs = reference_fit(frame, fit, clustered=True)
            names = ["const", *fit.terms]
            assert set(rows["status"]) == {"ok"}
            assert_same(rows.loc[names, "value"], theirs.params[names])
            assert_same(rows.loc[names, "std_error"], theirs.std_errors[names], SAME_SQL)
