"""Degenerate samples are named, never estimated in silence; tables have the promised shape."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
import pytest
from linearmodels.panel import RandomEffects
from tests.panels import (
    ENTITY,
    OUTCOME,
    GravityTables,
    make_panel,
    moments_of,
    regressors_of,
    run_gravity_models,
)

from trade_potential.errors import InputError
from trade_potential.gravity.covariance import clustered_covariance
from trade_potential.gravity.estimate import ESTIMATORS, Estimate, Estimator
from trade_potential.gravity.estimators import estimate_all
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.specification_tests import hausman, run_tests
from trade_potential.gravity.tables import COLUMNS, FEW_CLUSTERS, estimate_gravity
from trade_potential.warehouse import panel_moments

EXACT = 1e-12
"""The same formula on the same moments: only the order of additions differs."""

NORMAL_95 = 1.6448536269514722
"""Quantile 0.95 of the normal distribution: two-sided intervals at level 0.9."""

STUDY_SIZES = [8] * 5
"""Partners and years of the reference study."""


def fits_of(frame: pd.DataFrame) -> dict[Estimator, Estimate]:
    return estimate_all(moments_of(frame, regressors_of(frame)))


# --- Too little data ------------------------------------------------------------------------------


def test_more_regressors_than_partners_turn_random_effects_into_pooled() -> None:
    frame = make_panel(1, sizes=STUDY_SIZES, n_terms=7)
    fits = fits_of(frame)
    assert fits["between"].status == "too_few_entities"
    assert "5 partners for 8 coefficients" in fits["between"].reason
    random, pooled = fits["random"], fits["pooled"]
    assert random.status == "degenerate_pooled"
    assert "sigma_u is set to 0" in random.reason
    assert random.sigma_u == 0.0
    assert (random.theta == 0.0).all()
    np.testing.assert_allclose(random.coefficients, pooled.coefficients, rtol=EXACT)
    np.testing.assert_allclose(random.covariance, pooled.covariance, rtol=EXACT)
    panel = frame.set_index([ENTITY, "year"])
    with pytest.raises(ValueError, match="between regression has no residual degrees of freedom"):
        RandomEffects(panel[OUTCOME], panel[regressors_of(frame)].assign(const=1.0)).fit()


def test_fewer_rows_than_coefficients() -> None:
    fits = fits_of(make_panel(2, sizes=[2, 2], n_terms=4))
    assert fits["pooled"].status == "too_few_rows"
    assert fits["within"].status == "too_few_rows"
    assert fits["between"].status == "too_few_entities"
    assert fits["random"].status == "too_few_rows"
    assert "4 rows for 5 coefficients: -1 residual" in fits["pooled"].reason
    assert all(not fit.is_estimated and fit.coefficients.size == 0 for fit in fits.values())


def test_single_period_has_no_within() -> None:
    frame = make_panel(3, sizes=[1] * 20, n_terms=2)
    moments = moments_of(frame, ["x1", "x2"])
    fits = estimate_all(moments)
    assert fits["within"].status == fits["random"].status == "single_period"
    assert "no partner has two rows" in fits["random"].reason
    np.testing.assert_allclose(
        fits["between"].coefficients, fits["pooled"].coefficients, rtol=EXACT
    )
    assert {test.status for test in run_tests(moments, fits)} == {"not_available"}


def test_single_partner() -> None:
    moments = moments_of(make_panel(4, sizes=[12], n_terms=2), ["x1", "x2"])
    fits = estimate_all(moments)
    assert fits["pooled"].status == fits["within"].status == "ok"
    np.testing.assert_allclose(fits["within"].slopes, fits["pooled"].slopes, rtol=EXACT)
    assert fits["random"].status == "degenerate_pooled"
    tests = {test.name: test for test in run_tests(moments, fits)}
    assert tests["f_effects"].status == "not_available"
    assert tests["hausman"].status == "not_positive_definite"
    one = clustered_covariance(fits["pooled"].bread, np.eye(3), n_clusters=1, n_rows=12)
    assert np.isnan(one).all()


# --- Regressors without information ---------------------------------------------------------------


def test_time_invariant_regressor_is_absorbed_and_named() -> None:
    frame = make_panel(5, sizes=[4, 6, 3, 5, 7, 4], n_terms=3, scales=(1e-3, 1e6))
    frame["x2"] = 0.1 + frame.groupby(ENTITY)["x2"].transform("mean")
    fits = fits_of(frame)
    inner = fits["within"]
    assert inner.status == "ok"
    assert inner.absorbed == ("x2",)
    assert inner.terms == ("x1", "x3")
    assert inner.reason.startswith("x2 does not vary within partners")
    without = fits_of(frame.drop(columns="x2"))["within"]
    np.testing.assert_allclose(inner.coefficients, without.coefficients, rtol=EXACT)
    assert fits["random"].terms == ("x1", "x2", "x3")


def test_nothing_left_within() -> None:
    frame = make_panel(6, sizes=[4] * 9, n_terms=1)
    frame["x1"] = frame.groupby(ENTITY)["x1"].transform("first")
    moments = moments_of(frame, ["x1"])
    fits = estimate_all(moments)
    assert fits["within"].absorbed == ("x1",)
    assert fits["within"].coefficients == pytest.approx([frame[OUTCOME].mean()], rel=EXACT)
    assert hausman(fits["within"], fits["random"]).status == "not_available"


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_collinear_regressor_is_refused_and_named(estimator: Estimator) -> None:
    frame = make_panel(7, sizes=[5] * 12, n_terms=4)
    frame["x3"] = 2.0 * frame["x1"] - 1e5 * frame["x2"] + 7.0
    fit = fits_of(frame)[estimator]
    assert fit.status == "rank_deficient"
    assert "x3 is a linear combination of the regressors before it" in fit.reason
    assert "x4" not in fit.reason


@pytest.mark.parametrize("value", [0.0, 0.1, -1e6 / 3])
def test_constant_regressor_is_refused_and_named(value: float) -> None:
    frame = make_panel(8, sizes=[3, 7, 5, 6], n_terms=2).assign(x2=value)
    for fit in fits_of(frame).values():
        assert fit.status == "rank_deficient"
        assert "x2 does not vary over the sample" in fit.reason


@pytest.mark.parametrize("order", range(4))
def test_regressor_common_to_all_partners_has_no_between_estimate(order: int) -> None:
    """Sums of a price series in another order differ by rounding, which is no information."""
    frame = make_panel(9, sizes=[7] * 12, n_terms=3)
    frame["x3"] = np.tile(np.random.default_rng(0).uniform(20, 110, 7), 12)
    fits = fits_of(frame.sample(frac=1.0, random_state=order))
    assert fits["between"].status == "rank_deficient"
    # Stata leaves it out of the between regression; the variance components need no more.
    assert fits["random"].status == "ok"
    assert "between regression without x3" in fits["random"].reason
    without = fits_of(frame.drop(columns="x3"))
    harmonic_size = 7.0
    variance_u = without["between"].ssr / without["between"].df_resid
    variance_u -= fits["within"].sigma_e ** 2 / harmonic_size
    assert fits["random"].sigma_u == pytest.approx(np.sqrt(variance_u), rel=EXACT)
    assert "x3 does not vary between partners" in fits["between"].reason
    assert fits["pooled"].status == fits["within"].status == "ok"


# --- Variance components and tests ----------------------------------------------------------------


def test_sigma_u_zero_is_pooled() -> None:
    frame = make_panel(10, sizes=[6] * 15, n_terms=2, effect_sd=0.0, noise_sd=0.0)
    noise = pd.Series(np.random.default_rng(10).normal(size=len(frame)), index=frame.index)
    frame[OUTCOME] += noise - noise.groupby(frame[ENTITY]).transform("mean")
    fits = fits_of(frame)
    assert fits["random"].status == "sigma_u_zero"
    assert fits["random"].sigma_u == 0.0
    assert (fits["random"].theta == 0.0).all()
    np.testing.assert_allclose(fits["random"].coefficients, fits["pooled"].coefficients, rtol=EXACT)


def test_outcome_without_error_gives_finite_numbers() -> None:
    frame = make_panel(11, sizes=[4] * 10, n_terms=2)
    frame[OUTCOME] = 3.0
    moments = moments_of(frame, ["x1", "x2"])
    fits = estimate_all(moments)
    for fit in fits.values():
        assert fit.is_estimated
        np.testing.assert_allclose(fit.coefficients, [3.0, 0.0, 0.0], atol=EXACT)
    assert {test.status for test in run_tests(moments, fits)} == {"not_available"}


def test_hausman_without_a_chi_squared_distribution_says_so() -> None:
    """Effects that go with the regressors inflate the variance of random effects only."""
    frame = make_panel(
        13, sizes=[2, 3] * 6, n_terms=3, effect_sd=0.1, noise_sd=0.3, endogeneity=2.0
    )
    fits = fits_of(frame)
    inner, outer = fits["within"], fits["random"]
    test = hausman(inner, outer)
    spread = (inner.covariance - outer.covariance)[1:, 1:]
    gap = inner.slopes - outer.slopes
    assert np.linalg.eigvalsh(spread).min() < 0.0
    assert test.status == "not_positive_definite"
    assert "negative eigenvalues" in test.reason
    assert test.statistic == pytest.approx(gap @ np.linalg.solve(spread, gap), rel=1e-6)
    assert test.statistic < 0.0
    assert np.isnan(test.p_value)
    assert test.decision(0.05) == "none"


def test_decision() -> None:
    frame = make_panel(14, sizes=[6] * 20, n_terms=2, effect_sd=3.0)
    moments = moments_of(frame, ["x1", "x2"])
    f_test = run_tests(moments, estimate_all(moments))[0]
    assert f_test.decision(0.05) == "reject"
    assert replace(f_test, p_value=0.05).decision(0.05) == "keep"


# --- Input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, None])
@pytest.mark.parametrize("column", [OUTCOME, "x1"])
def test_value_that_is_not_finite(column: str, value: float | None) -> None:
    frame = make_panel(15, sizes=[4] * 4, n_terms=1)
    frame.loc[3, column] = value
    with pytest.raises(InputError, match="test_panel: 1 of 16 rows hold a missing or not finite"):
        moments_of(frame, ["x1"])


def test_missing_entity() -> None:
    frame = make_panel(16, sizes=[4] * 4, n_terms=1)
    frame.loc[[0, 5], ENTITY] = None
    with pytest.raises(InputError, match="test_panel: 2 of 16 rows"):
        moments_of(frame, ["x1"])


def test_empty_relation() -> None:
    with pytest.raises(InputError, match="test_panel has no rows"):
        moments_of(make_panel(17, sizes=[4], n_terms=1).iloc[:0], ["x1"])


def test_value_too_large_to_square() -> None:
    frame = make_panel(18, sizes=[4] * 4, n_terms=1)
    frame.loc[0, "x1"] = 1e200
    with pytest.raises(InputError, match="'within' of slots 1, 1 is not finite"):
        moments_of(frame, ["x1"])


def test_names_are_names_whatever_they_hold() -> None:
    frame = make_panel(19, sizes=[4] * 6, n_terms=2)
    odd = {
        OUTCOME: 'y"; drop table keep; --',
        "x1": "1) or (select 1)",
        "x2": 'it\'s "quoted" {{ 1 }}',
        ENTITY: "select",
    }
    relation = 'odd "name"; drop table keep; --'
    with duckdb.connect() as connection:
        connection.execute("create table keep as select 1 as one")
        connection.register("plain", frame.rename(columns=odd))
        connection.execute(f'create table "{relation.replace(chr(34), 2 * chr(34))}" as from plain')
        moments = panel_moments(
            connection,
            relation,
            outcome=odd[OUTCOME],
            regressors=[odd["x1"], odd["x2"]],
            entity=odd[ENTITY],
        )
        assert connection.execute("select one from keep").fetchall() == [(1,)]
    assert moments.terms == (odd["x1"], odd["x2"])
    plain = moments_of(frame, ["x1", "x2"])
    np.testing.assert_allclose(moments.within, plain.within, rtol=EXACT)


# --- Moments as rows ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> GravityTables:
    """Two studies: one of 12 partners, one of 3 partners with 2 terms, one of them absorbed."""
    wide = make_panel(20, sizes=[3, 5] * 6, n_terms=2)
    tiny = make_panel(21, sizes=[5] * 3, n_terms=2)
    tiny["x2"] = tiny.groupby(ENTITY)["x2"].transform("first")
    return run_gravity_models({("a", "s"): wide, ("b", "s"): tiny}, confidence_level=0.9)


def rows_of(tables: GravityTables, study_id: str = "a") -> pd.DataFrame:
    return tables.moments[tables.moments["study_id"] == study_id]


def test_moments_that_are_missing_doubled_or_not_finite(small: GravityTables) -> None:
    rows = rows_of(small)
    terms = ("x1", "x2")
    assert PanelMoments.from_rows(rows, terms).n_entities == 12
    products = rows["moment"] == "within"
    with pytest.raises(InputError, match="no moments named within"):
        PanelMoments.from_rows(rows[~products], terms)
    with pytest.raises(InputError, match="'within' does not cover"):
        PanelMoments.from_rows(rows.drop(index=rows.index[products][0]), terms)
    with pytest.raises(InputError, match="is there twice"):
        PanelMoments.from_rows(pd.concat([rows, rows[products].head(1)]), terms)
    with pytest.raises(InputError, match="is not finite"):
        PanelMoments.from_rows(
            rows.assign(moment_value=rows["moment_value"].where(~products, np.inf)), terms
        )
    with pytest.raises(InputError, match="moments of slot 2, but 1 terms"):
        PanelMoments.from_rows(rows, ("x1",))
    with pytest.raises(InputError, match="does not cover the outcome and 3 terms"):
        PanelMoments.from_rows(rows, ("x1", "x2", "x3"))


@pytest.mark.parametrize("positions", [[1, 3], [0, 1], [1, 1], [2, 3]])
def test_gap_in_positions(small: GravityTables, positions: list[int]) -> None:
    terms = pd.DataFrame({"spec_id": "s", "term": ["x1", "x2"], "position": positions})
    specifications = pd.DataFrame({"spec_id": ["s"], "confidence_level": [0.95]})
    with pytest.raises(InputError, match="gravity_terms of s: positions"):
        estimate_gravity(small.moments, terms, specifications)


# --- Tables ---------------------------------------------------------------------------------------


def test_estimates_have_every_column_item_and_status(small: GravityTables) -> None:
    table = small.estimates
    assert list(table.columns) == list(COLUMNS)
    assert table["item"].notna().all()
    statuses = table[table["item"] == "estimator"].set_index(["study_id", "estimator"])["status"]
    assert statuses.to_dict() == {
        **{("a", estimator): "ok" for estimator in ESTIMATORS},
        ("b", "pooled"): "ok",
        ("b", "between"): "too_few_entities",
        ("b", "within"): "ok",
        ("b", "random"): "degenerate_pooled",
    }
    coefficients = table[(table["item"] == "coefficient") & (table["study_id"] == "b")]
    assert set(coefficients["estimator"]) == {"pooled", "within", "random"}
    absorbed = coefficients[coefficients["status"] == "absorbed"]
    assert absorbed[["estimator", "name"]].to_numpy().tolist() == [["within", "x2"]]
    assert absorbed["value"].isna().all()
    estimated = coefficients[coefficients["status"] == "ok"]
    assert np.isfinite(estimated[["value", "std_error", "p_value"]].to_numpy(dtype=float)).all()
    assert (estimated["ci_low"] < estimated["value"]).all()
    # Random effects use the normal distribution, without df, the others Student's t.
    assert estimated.loc[estimated["estimator"] == "random", "df"].isna().all()
    assert (estimated.loc[estimated["estimator"] == "within", "df"] == 11).all()


def test_tables_hold_what_the_estimators_found(small: GravityTables) -> None:
    moments = PanelMoments.from_rows(rows_of(small), ("x1", "x2"))
    fit = estimate_all(moments)["random"]
    table = small.estimates
    mine = table[(table["study_id"] == "a") & (table["estimator"] == "random")]
    found = mine[mine["item"] == "coefficient"].set_index("name")
    np.testing.assert_array_equal(found.loc[["const", "x1", "x2"], "value"], fit.coefficients)
    pairs = mine[mine["item"] == "covariance"].set_index(["name", "col_name"])["value"]
    np.testing.assert_array_equal(pairs.loc[("x1", "x2")], fit.covariance[1, 2])
    theta = mine[mine["item"] == "theta"].set_index("group_size")["value"]
    assert theta.to_dict() == dict(zip(moments.sizes, fit.theta, strict=True))
    assert mine.loc[mine["item"] == "critical_value", "value"].tolist() == [NORMAL_95]
    half = (found["ci_high"] - found["ci_low"]) / 2.0
    np.testing.assert_allclose(half / found["std_error"], NORMAL_95, rtol=EXACT)


def test_tests_come_with_a_decision_at_the_level_of_the_specification(
    small: GravityTables,
) -> None:
    table = small.estimates
    tests = table[(table["item"] == "test") & (table["study_id"] == "a")].set_index("name")
    assert set(tests.index) == {"f_effects", "breusch_pagan_lm", "hausman"}
    np.testing.assert_allclose(tests["value"], 0.1, rtol=EXACT)
    p_values = tests["p_value"].to_numpy(dtype=float)
    expected = np.where(np.isnan(p_values), "none", np.where(p_values < 0.1, "reject", "keep"))
    assert tests["col_name"].tolist() == expected.tolist()
    assert tests["reason"].notna().all()


def test_clustered_errors_warn_of_few_clusters(small: GravityTables) -> None:
    table = small.clustered
    assert list(table.columns) == list(COLUMNS)
    coefficients = table[table["item"] == "coefficient"]
    assert set(coefficients["covariance"]) == {"clustered"}
    statuses = coefficients.groupby("study_id")["status"].agg(lambda status: sorted(set(status)))
    assert statuses["a"] == ["ok"]
    # Within keeps two coefficients and has three clusters: enough.
    assert statuses["b"] == [FEW_CLUSTERS, "ok"]
    few = coefficients[coefficients["status"] == FEW_CLUSTERS]
    assert set(few["estimator"]) == {"pooled", "random"}
    assert few["reason"].str.startswith("3 clusters for 3 coefficients").all()
    student = coefficients[coefficients["estimator"] == "pooled"]
    assert student.groupby("study_id")["df"].first().to_dict() == {"a": 11.0, "b": 2.0}
