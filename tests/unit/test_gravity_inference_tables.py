"""The second step of the warehouse: covariances and tests from stored scores."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.panels import ENTITY, Case, GravityTables, make_panel, run_gravity_models

from trade_potential.gravity.covariance import CORRECTIONS, COVARIANCES, OF_BETWEEN
from trade_potential.gravity.estimate import ESTIMATORS
from trade_potential.gravity.warehouse_tables import COLUMNS, OF_INTERVALS
from trade_potential.inference.wald import FEW_CLUSTERS

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
def case() -> Case:
    return Case.of(frame_a())


def rows_of(tables: GravityTables, study_id: str, item: str) -> pd.DataFrame:
    table = tables.inference
    return table[(table["study_id"] == study_id) & (table["item"] == item)]


def test_every_estimator_has_every_covariance_it_can_have(small: GravityTables) -> None:
    assert list(small.inference.columns) == list(COLUMNS)
    found = rows_of(small, "a", "coefficient")[["estimator", "covariance"]].drop_duplicates()
    expected = {
        (estimator, kind)
        for estimator in ESTIMATORS
        for kind in COVARIANCES[1:]
        if estimator != "between" or kind in OF_BETWEEN
    }
    assert set(found.itertuples(index=False, name=None)) == expected
    pairs = rows_of(small, "a", "coefficient")
    assert (pairs["correction"] == pairs["covariance"].map(dict(CORRECTIONS))).all()


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_errors_are_those_of_the_library(small: GravityTables, case: Case, estimator: str) -> None:
    coefficients = rows_of(small, "a", "coefficient")
    products = rows_of(small, "a", "covariance")
    quantiles = rows_of(small, "a", "critical_value")
    fit = case.fits[estimator]
    names = ["const", *fit.terms]
    for kind in COVARIANCES[1:]:
        if estimator == "between" and kind not in OF_BETWEEN:
            continue
        ours = case.errors(estimator, kind)
        first = 1 if estimator in ("within", "twoway") else 0  # the constant is a convention there
        mine = coefficients[
            (coefficients["estimator"] == estimator) & (coefficients["covariance"] == kind)
        ].set_index("name")
        assert list(mine.index) == names
        assert set(mine["status"]) == {ours.status}
        np.testing.assert_allclose(mine["value"], fit.coefficients, rtol=SAME)
        with np.errstate(invalid="ignore"):
            errors = np.sqrt(np.diag(ours.matrix))
        np.testing.assert_allclose(mine["std_error"].iloc[first:], errors[first:], rtol=SAME)
        is_normal = estimator in ("random", "mundlak")
        assert mine["df"].isna().all() if is_normal else (mine["df"] == ours.df).all()
        stored = products[
            (products["estimator"] == estimator) & (products["covariance"] == kind)
        ].pivot_table(index="name", columns="col_name", values="value")
        of_kind = quantiles[
            (quantiles["estimator"] == estimator) & (quantiles["covariance"] == kind)
        ]
        assert stored.empty == (kind not in OF_INTERVALS)
        assert len(of_kind) == (1 if kind in OF_INTERVALS else 0)
        if not stored.empty:
            scale = np.outer(errors, errors)[first:, first:]
            gap = stored.loc[names, names].to_numpy() - ours.matrix
            np.testing.assert_allclose(gap[first:, first:] / scale, 0.0, atol=SAME)


def test_few_clusters_and_few_years_are_named(small: GravityTables) -> None:
    rows = rows_of(small, "b", "coefficient").drop_duplicates(["estimator", "covariance"])
    found = rows.set_index(["covariance", "estimator"])["status"]
    # Within and two-way keep two coefficients and have three clusters: enough.
    for kind in ("clustered", "clustered_twoway"):
        assert found[kind][["pooled", "random"]].tolist() == [FEW_CLUSTERS] * 2
        assert (found[kind][["within", "twoway"]] != FEW_CLUSTERS).all()
    assert set(found["driscoll_kraay"]) == set(found["robust"]) == {"ok"}
    few = rows[rows["status"] == FEW_CLUSTERS]
    assert few["reason"].str.startswith("3 clusters for 3 coefficients").all()
    df = rows[rows["estimator"] == "pooled"].set_index("covariance")["df"]
    assert df.to_dict() == {
        "robust": 12,
        "clustered": 2,
        "clustered_twoway": 2,
        "driscoll_kraay": 4,
    }


def test_joint_test_of_each_estimator_and_covariance(small: GravityTables, case: Case) -> None:
    tests = rows_of(small, "a", "test")
    joint = tests[tests["name"] == "joint_significance"].set_index(["estimator", "covariance"])
    assert len(joint) == 5 * len(COVARIANCES) + 1 + len(OF_BETWEEN) - 1
    fit, matrix = case.fits["pooled"], case.errors("pooled", "clustered").matrix
    expected = fit.slopes @ np.linalg.solve(matrix[1:, 1:], fit.slopes) / 3.0
    own = joint.loc[("pooled", "clustered")]
    assert own["statistic"] == pytest.approx(expected, rel=SAME)
    assert (own["df"], own["df_denominator"], own["value"]) == (3, 11, pytest.approx(0.1))
    assert own["col_name"] == ("reject" if own["p_value"] < 0.1 else "keep")
    assert joint.loc["mundlak", "df_denominator"].isna().all()
    few = rows_of(small, "b", "test").set_index(["name", "estimator", "covariance"])
    lost = few.loc[("joint_significance", "pooled", "clustered")]
    assert (lost["status"], lost["col_name"]) == ("not_available", "none")
    assert lost["reason"].startswith("3 clusters for 3 coefficients")
    assert np.isnan(lost["statistic"])
    assert few.loc[("joint_significance", "pooled", "robust"), "status"] == "ok"


def test_tests_of_the_sample(small: GravityTables, case: Case) -> None:
    for study_id, expected in (("a", case.tests), ("b", None), ("c", None)):
        tests = rows_of(small, study_id, "test")
        own = tests[tests["estimator"].isna()].set_index("name")
        assert list(own.index) == ["mundlak", "hausman_robust", "reset"]
        np.testing.assert_allclose(own["value"], 0.1, rtol=SAME)
        if expected is None:
            continue
        for name in own.index:
            assert own.loc[name, "statistic"] == pytest.approx(expected[name].statistic, rel=1e-7)
            assert own.loc[name, "df"] == expected[name].df
            assert own.loc[name, "status"] == "ok"
    few = rows_of(small, "b", "test").set_index("name")
    for name in ("mundlak", "hausman_robust"):
        assert few.loc[name, "status"] == "not_available"
        assert few.loc[name, "reason"].startswith("mundlak: 3 partners for 3 coefficients")
    assert few.loc["reset", "status"] == "ok"


def test_constant_outcome_has_no_test_at_all(small: GravityTables) -> None:
    tests = rows_of(small, "c", "test")
    assert set(tests["status"]) == {"not_available"}
    assert tests["statistic"].isna().all()
    assert rows_of(small, "c", "coefficient").empty
    gaps = small.inference[small.inference["name"] == "first_order_gap"]
    assert set(gaps["study_id"]) == {"a", "b"}
    assert (gaps["value"] < SAME).all()
