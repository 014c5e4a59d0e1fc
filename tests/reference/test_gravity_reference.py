"""Estimators and tests against other implementations."""

from __future__ import annotations

import numpy as np
import pytest
from linearmodels.datasets import wage_panel
from tests.panels import (
    ENTITY,
    OUTCOME,
    Case,
    make_panel,
    once,
    run_gravity_models,
)
from tests.reference.gravity_cases import (
    SAME_SQL,
    SHAPES,
    assert_same,
    random_frame,
    reference_fit,
)

from trade_potential.inference.registry import (
    COVARIANCES,
    ESTIMATORS,
    Covariance,
    Estimator,
    estimators,
)

pytestmark = pytest.mark.usefixtures("engine")


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
def wages(engine: str) -> Case:  # noqa: ARG001
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


@pytest.fixture(scope="module", params=SHAPES)
def random_case(request: pytest.FixtureRequest, engine: str) -> Case:  # noqa: ARG001
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


@once
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
