"""Estimators and tests against other implementations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from linearmodels.datasets import wage_panel
from linearmodels.panel import BetweenOLS, PanelOLS, PooledOLS, RandomEffects
from linearmodels.panel.results import PanelEffectsResults, PanelResults, RandomEffectsResults
from statsmodels.stats.diagnostic import linear_reset
from tests.panels import (
    ENTITY,
    LINEARMODELS,
    OUTCOME,
    Array,
    Case,
    make_panel,
    run_gravity_models,
    unbalanced_sizes,
)

from trade_potential.gravity.estimate import Estimate
from trade_potential.inference.registry import (
    COVARIANCES,
    ESTIMATORS,
    Covariance,
    Estimator,
    estimators,
)

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


def quasi_demeaned(case: Case, fit: Estimate) -> PooledOLS:
    """Mundlak's model on rows less theta times their entity mean; the constant is 1 - theta."""
    frame = case.frame
    by_size = dict(zip(case.moments.sizes, fit.theta, strict=True))
    counts = frame.groupby(ENTITY)[OUTCOME].transform("size")
    theta = np.array([by_size[float(count)] for count in counts])
    plain = [term for term in fit.terms if term in frame.columns]
    means = frame.groupby(ENTITY)[[OUTCOME, *plain]].transform("mean")
    columns = {OUTCOME: frame[OUTCOME] - theta * means[OUTCOME], "const": 1.0 - theta}
    for term in fit.terms:
        name = term.removeprefix("mean(").removesuffix(")")
        shift = means[name] if term not in plain else frame[name]
        columns[term] = shift - theta * means[name]
    data = pd.DataFrame(columns).set_index([frame[ENTITY], frame["year"]])
    return PooledOLS(data[OUTCOME], data[["const", *fit.terms]])


def reference_fit(case: Case, fit: Estimate, kind: Covariance = "classical") -> Reference:
    """The same estimator by linearmodels."""
    options = dict(LINEARMODELS[kind])
    if fit.spec.has_theta and fit.estimator != "random":  # theta is proven by its own tests
        return quasi_demeaned(case, fit).fit(**options)
    panel = case.frame.set_index([ENTITY, "year"])
    y = panel[OUTCOME]
    x = sm.add_constant(panel[list(fit.terms)], has_constant="add")
    weights = panel["weight"] if case.moments.is_weighted else None
    if fit.estimator == "between":
        # Its rows are entities: clusters of one, for which the robust covariance is the same.
        options = LINEARMODELS["classical" if kind == "classical" else "robust"]
        return BetweenOLS(y, x, weights=weights).fit(**options)
    if fit.spec.effects:
        if kind.startswith("clustered"):  # effects nested in the clusters are not counted in K
            options |= {"auto_df": False, "count_effects": False}
        return PanelOLS(
            y, x, entity_effects=True, time_effects=fit.estimator == "twoway", weights=weights
        ).fit(**options)
    return (PooledOLS if fit.estimator == "pooled" else RandomEffects)(y, x, weights=weights).fit(
        **options
    )


def assert_as_linearmodels(case: Case, estimator: Estimator) -> None:
    fit = case.fits[estimator]
    assert fit.status in {"ok", "sigma_u_zero"}
    theirs = reference_fit(case, fit)
    assert_same(fit.coefficients, theirs.params)
    assert_same(np.sqrt(np.diag(fit.covariance)), theirs.std_errors)
    assert fit.df_resid == theirs.df_resid
    assert_same(fit.ssr, theirs.resid_ss)
    # Of weighted rows ours is the squared correlation, theirs that of the weighted data.
    if not fit.spec.has_theta:
        assert_same(fit.r_squared, theirs.rsquared)
    if fit.spec.effects:
        assert_same(fit.sigma_e, np.sqrt(theirs.s2))
    if estimator == "random":
        parts = theirs.variance_decomposition
        assert_same(fit.sigma_u, np.sqrt(parts["Effects"]))
        assert_same(fit.sigma_e, np.sqrt(parts["Residual"]))
        sizes = case.frame.groupby(ENTITY)[OUTCOME].size()
        by_size = dict(zip(case.moments.sizes, fit.theta, strict=True))
        assert_same([by_size[float(n)] for n in sizes], theirs.theta.loc[sizes.index, "theta"])


def assert_errors_as_linearmodels(case: Case, estimator: Estimator, kind: Covariance) -> None:
    fit = case.fits[estimator]
    ours = case.errors(estimator, kind)
    theirs = reference_fit(case, fit, kind)
    factor = 1.0
    if estimator == "twoway" and kind == "clustered":
        # Year effects are not nested in entities: ours counts them in K, linearmodels does not.
        n, k = fit.n_rows, len(fit.coefficients)
        assert fit.time_effects is not None
        factor = (n - k) / (n - k - fit.time_effects.rank)
    if estimator == "between" and kind == "clustered":
        assert ours.df == case.moments.n_entities - 1
    with np.errstate(invalid="ignore"):
        expected = np.sqrt(factor * np.diag(theirs.cov))
        found = np.sqrt(np.diag(ours.matrix))
    first = 1 if ESTIMATORS[estimator].effects else 0  # of effects, the constant is a convention
    assert_same(found[first:], expected[first:])
    assert_same(ours.matrix[first:, first:], factor * theirs.cov.to_numpy()[first:, first:], 1e-7)


@pytest.fixture(scope="module")
def wages() -> Case:
    """Vella and Verbeek (1998), 545 men over 8 years; the first three regressors never vary."""
    data = wage_panel.load()
    names = ["black", "hisp", "educ", "exper", "expersq", "married", "union"]
    renamed = {name: f"x{k}" for k, name in enumerate(names, start=1)}
    return Case.of(data.rename(columns={"nr": ENTITY, "lwage": OUTCOME, **renamed}))


@pytest.mark.parametrize("estimator", estimators("least_squares"))
def test_wage_panel(wages: Case, estimator: Estimator) -> None:
    assert_as_linearmodels(wages, estimator)
    gone = {"within": ("x1", "x2", "x3"), "twoway": ("x1", "x2", "x3", "x4")}
    assert sorted(wages.fits[estimator].absorbed) == list(gone.get(estimator, ()))
    if estimator == "mundlak":
        means = sorted(wages.fits[estimator].terms[7:])
        assert means == ["mean(x4)", "mean(x5)", "mean(x6)", "mean(x7)"]


@pytest.mark.parametrize("kind", list(COVARIANCES)[1:])
@pytest.mark.parametrize("estimator", estimators("least_squares"))
def test_errors_of_wage_panel(wages: Case, estimator: Estimator, kind: Covariance) -> None:
    if kind not in ESTIMATORS[estimator].covariances:
        with pytest.raises(ValueError, match="no such scores"):
            wages.errors(estimator, kind)
        return
    assert_errors_as_linearmodels(wages, estimator, kind)


# --- Random unbalanced panels in awkward units ----------------------------------------------------

UNITS = (1e-3, 1e6)
SHAPES = {1: (25, 3, 8), 2: (40, 5, 6), 3: (60, 8, 10), 4: (30, 6, 4), 5: (120, 4, 20)}
"""Seed: entities, regressors, longest series."""


def random_frame(seed: int) -> pd.DataFrame:
    """Entities begin in different years, so that no two years hold the same ones."""
    entities, terms, longest = SHAPES[seed]
    frame = make_panel(
        seed,
        sizes=unbalanced_sizes(seed, entities, longest),
        n_terms=terms,
        scales=UNITS,
        effect_sd=0.2 * seed,
    )
    begin = np.random.default_rng(seed).integers(0, 4, entities)
    frame["year"] += begin[frame.groupby(ENTITY).ngroup()]
    frame[OUTCOME] += np.sin(frame["year"])
    return frame


@pytest.fixture(scope="module", params=SHAPES)
def random_case(request: pytest.FixtureRequest) -> Case:
    return Case.of(random_frame(int(request.param)))


@pytest.mark.parametrize("estimator", estimators("least_squares"))
def test_random_panel(random_case: Case, estimator: Estimator) -> None:
    assert random_case.moments.sizes[0] == 1
    assert len(random_case.moments.sizes) > 2
    assert_as_linearmodels(random_case, estimator)
    for kind in list(COVARIANCES)[1:]:
        if kind in ESTIMATORS[estimator].covariances:
            assert_errors_as_linearmodels(random_case, estimator, kind)


@pytest.mark.parametrize("estimator", ["pooled", "within", "twoway"])
def test_weights(random_case: Case, estimator: Estimator) -> None:
    rng = np.random.default_rng(len(random_case.frame))
    frame = random_case.frame.assign(weight=rng.uniform(0.2, 5.0, len(random_case.frame)))
    case = Case.of(frame, weights="weight")
    assert case.moments.is_weighted
    assert_as_linearmodels(case, estimator)
    for kind in list(COVARIANCES)[1:]:
        assert_errors_as_linearmodels(case, estimator, kind)


def test_weights_between_and_random_of_a_balanced_panel() -> None:
    """In linearmodels an entity weighs the sum of its weights, here their mean.

    That is the same if all have as many rows, and ours alone is the estimator without weights when
    all weights are equal.
    """
    frame = make_panel(31, sizes=[6] * 30, n_terms=3)
    frame["weight"] = np.random.default_rng(31).uniform(0.2, 5.0, len(frame))
    case = Case.of(frame, weights="weight")
    assert_as_linearmodels(case, "between")
    assert_errors_as_linearmodels(case, "between", "robust")
    equal = Case.of(random_frame(2).assign(weight=7.0), weights="weight")
    plain = Case.of(random_frame(2))
    for estimator, fit in equal.fits.items():
        assert_same(fit.coefficients, plain.fits[estimator].coefficients)
        theirs = plain.fits[estimator].covariance
        assert_same(np.diag(fit.covariance), np.diag(theirs), 1e-8)


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
    assert_same(moments.centre, values.mean(axis=0))
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
    inner = reference_fit(random_case, random_case.fits["within"])
    outer = reference_fit(random_case, random_case.fits["random"])
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


def test_f_tests_from_reference_fits(random_case: Case) -> None:
    """Baltagi (2021), eq. 2.18 and 3.23, on the squares of linearmodels."""
    fits, tests = random_case.fits, random_case.tests
    inner = reference_fit(random_case, fits["within"])
    both = reference_fit(random_case, fits["twoway"])
    test = tests["f_effects"]
    assert_same(test.statistic, inner.f_pooled.stat)
    assert test.df_denominator == inner.f_pooled.df_denom
    rank = inner.df_resid - both.df_resid
    f_time = (inner.resid_ss - both.resid_ss) / rank / (both.resid_ss / both.df_resid)
    assert_same(tests["f_time_effects"].statistic, f_time, SAME * 10)
    assert (tests["f_time_effects"].df, tests["f_time_effects"].df_denominator) == (
        rank,
        both.df_resid,
    )


def test_reset_as_statsmodels(random_case: Case) -> None:
    """Regressors standardised: statsmodels inverts raw powers of them."""
    x = random_case.frame[list(random_case.moments.terms)]
    fit = sm.OLS(random_case.frame[OUTCOME], sm.add_constant((x - x.mean()) / x.std())).fit()
    theirs = linear_reset(fit, power=3, use_f=True)
    ours = random_case.tests["reset"]
    assert_same(ours.statistic, theirs.fvalue, 1e-7)
    assert_same(ours.p_value, theirs.pvalue, 1e-6)
    assert (ours.df, ours.df_denominator) == (theirs.df_num, theirs.df_denom)


@pytest.mark.parametrize(
    ("name", "kind"), [("mundlak", "classical"), ("hausman_robust", "clustered")]
)
def test_wald_tests_of_means(random_case: Case, name: str, kind: Covariance) -> None:
    fit = random_case.fits["mundlak"]
    theirs = reference_fit(random_case, fit, kind)
    means = [term for term in fit.terms if term.startswith("mean(")]
    gap = theirs.params[means].to_numpy()
    unit = theirs.std_errors[means].to_numpy()
    spread = theirs.cov.loc[means, means].to_numpy() / np.outer(unit, unit)
    test = random_case.tests[name]
    assert_same(test.statistic, gap / unit @ np.linalg.solve(spread, gap / unit), 1e-7)
    assert test.df == len(means)


def test_slopes_of_mundlak_are_those_of_within(random_case: Case) -> None:
    fits = random_case.fits
    k = len(fits["within"].terms)
    assert_same(fits["mundlak"].slopes[:k], fits["within"].slopes, 1e-8)


# --- The SQL of the warehouse ---------------------------------------------------------------------


def test_models_of_the_warehouse_give_the_errors_of_linearmodels() -> None:
    """Specifications of different length and an absorbed term leave slots of the SQL empty."""
    wide = random_frame(3).iloc[:, :10]
    narrow = random_frame(1)
    narrow["x4"] = narrow.groupby(ENTITY)["x1"].transform("first")
    samples = {("a", "wide"): wide, ("a", "narrow"): narrow, ("b", "wide"): wide.iloc[5:]}
    tables = run_gravity_models(samples)
    for (study_id, spec_id), frame in samples.items():
        case = Case.of(frame)
        mine, tests = (
            frame[(frame["study_id"] == study_id) & (frame["spec_id"] == spec_id)]
            for frame in (tables.results.coefficients, tables.results.tests)
        )
        for estimator, fit in case.fits.items():
            for kind in list(COVARIANCES)[1:]:
                if kind not in ESTIMATORS[estimator].covariances:
                    continue
                rows = mine[
                    (mine["estimator"] == estimator) & (mine["covariance"] == kind)
                ].set_index("term")
                names = ["const", *fit.terms]
                ours = case.errors(estimator, kind)
                assert set(rows["term_status"]) == {ours.status}
                assert_same(rows.loc[names, "coefficient"], fit.coefficients)
                with np.errstate(invalid="ignore"):
                    expected = np.sqrt(np.diag(ours.matrix))
                first = 1 if ESTIMATORS[estimator].effects else 0
                assert_same(
                    rows.loc[names, "coefficient_se"].iloc[first:], expected[first:], SAME_SQL
                )
                if ours.status == "ok":
                    assert_errors_as_linearmodels(case, estimator, kind)
        found = tests[tests["estimator"].isna()].set_index("test")
        for name in ("mundlak", "hausman_robust", "reset"):
            assert_same(found.loc[name, "statistic"], case.tests[name].statistic, SAME_SQL)
