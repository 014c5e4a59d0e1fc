"""The second step of the warehouse: covariances and tests from stored scores."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.panels import ENTITY, Case, GravityTables, make_panel, once, run_gravity_models

from trade_potential.gravity.covariance import CORRECTIONS
from trade_potential.inference.registry import COVARIANCES, ESTIMATORS, estimators
from trade_potential.inference.wald import FEW_CLUSTERS
from trade_potential.results.gravity import covariance_by_slot, slots_of

pytestmark = pytest.mark.usefixtures("engine")

SAME = 1e-9
"""Two exact formulas in double precision; coefficients and products went through tables."""


def frame_a() -> pd.DataFrame:
    """Twelve partners, unbalanced, and a regressor that never varies within."""
    frame = make_panel(20, sizes=[4, 7] * 6, n_terms=3, effect_sd=2.0)
    frame["x3"] = frame.groupby(ENTITY)["x3"].transform("first")
    return frame


@pytest.fixture(scope="module")
def small() -> GravityTables:
    """Study a; b of 3 partners, 2 terms, one of them absorbed; c whose outcome is constant."""
    tiny = make_panel(21, sizes=[5] * 3, n_terms=2)
    tiny["x2"] = tiny.groupby(ENTITY)["x2"].transform("first")
    flat = make_panel(22, sizes=[4, 3, 7] * 3, n_terms=1).assign(y=0.1)
    samples = {("a", "s"): frame_a(), ("b", "t"): tiny, ("c", "u"): flat}
    return run_gravity_models(samples, confidence_level=0.9)


@pytest.fixture(scope="module")
def case(engine: str) -> Case:  # noqa: ARG001
    return Case.of(frame_a())


def rows_of(tables: GravityTables, study_id: str, name: str) -> pd.DataFrame:
    table: pd.DataFrame = getattr(tables.results, name)
    return table[table["study_id"] == study_id]


@once
def test_every_estimator_has_every_covariance_it_can_have(small: GravityTables) -> None:
    pairs = rows_of(small, "a", "coefficients")
    pairs = pairs[pairs["term_status"] != "absorbed"]
    found = pairs[["estimator", "covariance"]].drop_duplicates()
    expected = {
        (estimator, kind)
        for estimator in estimators("least_squares")
        for kind in COVARIANCES
        if kind in ESTIMATORS[estimator].covariances
    }
    assert set(found.itertuples(index=False, name=None)) == expected
    assert (pairs["correction"] == pairs["covariance"].map(dict(CORRECTIONS))).all()


@pytest.mark.parametrize("estimator", estimators("least_squares"))
def test_errors_are_those_of_the_library(small: GravityTables, case: Case, estimator: str) -> None:
    coefficients = rows_of(small, "a", "coefficients")
    products = rows_of(small, "a", "covariances")
    max_terms = small.results.max_terms
    fit = case.fits[estimator]
    names = ["const", *fit.terms]
    for kind in list(COVARIANCES)[1:]:
        if kind not in ESTIMATORS[estimator].covariances:
            continue
        ours = case.errors(estimator, kind)
        first = 1 if ESTIMATORS[estimator].effects else 0  # the constant is a convention there
        mine = coefficients[
            (coefficients["estimator"] == estimator) & (coefficients["covariance"] == kind)
        ].set_index("term")
        assert list(mine.index) == names
        assert set(mine["term_status"]) == {ours.status}
        np.testing.assert_allclose(mine["coefficient"], fit.coefficients, rtol=SAME)
        with np.errstate(invalid="ignore"):
            errors = np.sqrt(np.diag(ours.matrix))
        np.testing.assert_allclose(mine["coefficient_se"].iloc[first:], errors[first:], rtol=SAME)
        is_normal = ESTIMATORS[estimator].distribution == "normal"
        assert mine["df"].isna().all() if is_normal else (mine["df"] == ours.df).all()
        stored = products[(products["estimator"] == estimator) & (products["covariance"] == kind)]
        assert len(stored) == COVARIANCES[kind].is_stored
        if len(stored):
            slots = slots_of(("x1", "x2", "x3"), names, max_terms)
            scale = covariance_by_slot(np.outer(errors, errors), slots, max_terms)
            expected = covariance_by_slot(ours.matrix, slots, max_terms)
            held = stored.filter(regex="^c_").iloc[0].to_numpy(dtype=float)
            assert (np.isnan(held) == np.isnan(expected)).all()
            own = ~np.isnan(held)
            if first:  # its variance and covariances come first
                own[: 2 * max_terms + 1] = False
            np.testing.assert_allclose((held - expected)[own] / scale[own], 0.0, atol=SAME)


@once
def test_intervals_rest_on_one_covariance_of_a_fit(small: GravityTables) -> None:
    held = small.results.covariances
    chosen = held[held["is_of_intervals"]].set_index(["study_id", "estimator"])["covariance"]
    assert chosen.index.is_unique
    assert set(chosen["a"]) == {"clustered"}
    assert chosen["b"].to_dict() == {
        "pooled": "classical",  # three clusters for three coefficients
        "within": "clustered",
        "twoway": "clustered",
        "random": "classical",
    }


@once
def test_few_clusters_and_few_years_are_named(small: GravityTables) -> None:
    rows = rows_of(small, "b", "coefficients").drop_duplicates(["estimator", "covariance"])
    found = rows.set_index(["covariance", "estimator"])["term_status"]
    # Within and two-way keep two coefficients and have three clusters: enough.
    for kind in ("clustered", "clustered_twoway"):
        assert found[kind][["pooled", "random"]].tolist() == [FEW_CLUSTERS] * 2
        assert (found[kind][["within", "twoway"]] != FEW_CLUSTERS).all()
    assert set(found["driscoll_kraay"]) == set(found["robust"]) == {"ok"}
    few = rows[rows["term_status"] == FEW_CLUSTERS]
    assert few["reason"].str.startswith("3 clusters for 3 coefficients").all()
    df = rows[rows["estimator"] == "pooled"].set_index("covariance")["df"]
    assert df.to_dict() == {
        "classical": 12,
        "robust": 12,
        "clustered": 2,
        "clustered_twoway": 2,
        "driscoll_kraay": 4,
    }


def test_joint_test_of_each_estimator_and_covariance(small: GravityTables, case: Case) -> None:
    tests = rows_of(small, "a", "tests")
    joint = tests[tests["test"] == "joint_significance"].set_index(["estimator", "covariance"])
    assert len(joint) == sum(
        len(ESTIMATORS[name].covariances) for name in estimators("least_squares")
    )
    fit, matrix = case.fits["pooled"], case.errors("pooled", "clustered").matrix
    expected = fit.slopes @ np.linalg.solve(matrix[1:, 1:], fit.slopes) / 3.0
    own = joint.loc[("pooled", "clustered")]
    assert own["statistic"] == pytest.approx(expected, rel=SAME)
    assert (own["df"], own["df_denominator"], own["significance_level"]) == (
        3,
        11,
        pytest.approx(0.1),
    )
    assert own["decision"] == ("reject" if own["p_value"] < 0.1 else "keep")
    assert joint.loc["mundlak", "df_denominator"].isna().all()
    few = rows_of(small, "b", "tests").set_index(["test", "estimator", "covariance"])
    lost = few.loc[("joint_significance", "pooled", "clustered")]
    assert (lost["status"], lost["decision"]) == ("not_available", "none")
    assert lost["reason"].startswith("3 clusters for 3 coefficients")
    assert np.isnan(lost["statistic"])
    assert few.loc[("joint_significance", "pooled", "robust"), "status"] == "ok"


def test_tests_of_the_sample(small: GravityTables, case: Case) -> None:
    for study_id, expected in (("a", case.tests), ("b", None), ("c", None)):
        tests = rows_of(small, study_id, "tests")
        own = tests[tests["estimator"].isna()].set_index("test")
        own = own.loc[["mundlak", "hausman_robust", "reset"]]
        np.testing.assert_allclose(own["significance_level"], 0.1, rtol=SAME)
        if expected is None:
            continue
        for name in own.index:
            assert own.loc[name, "statistic"] == pytest.approx(expected[name].statistic, rel=1e-7)
            assert own.loc[name, "df"] == expected[name].df
            assert own.loc[name, "status"] == "ok"
    few = rows_of(small, "b", "tests").set_index("test")
    for name in ("mundlak", "hausman_robust"):
        assert few.loc[name, "status"] == "not_available"
        assert few.loc[name, "reason"].startswith("mundlak: 3 partners for 3 coefficients")
    assert few.loc["reset", "status"] == "ok"


@once
def test_constant_outcome_has_no_test_at_all(small: GravityTables) -> None:
    tests = rows_of(small, "c", "tests")
    assert set(tests["status"]) == {"not_available"}
    assert tests["statistic"].isna().all()
    assert rows_of(small, "c", "coefficients").empty
    gaps = small.results.covariances.dropna(subset="first_order_gap")
    assert set(gaps["study_id"]) == {"a", "b"}
    assert set(gaps["covariance"]) == {"classical"}
    assert (gaps["first_order_gap"] < SAME).all()
