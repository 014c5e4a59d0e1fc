"""Bad input is refused by name; tables of estimates have the promised shape."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest
from tests.panels import (
    ENTITY,
    OUTCOME,
    GravityTables,
    make_panel,
    moments_of,
    run_gravity_models,
)

from trade_potential.errors import InputError
from trade_potential.gravity.estimate import ESTIMATORS
from trade_potential.gravity.estimators import estimate_all
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.on_blocks.panel import panel_moments
from trade_potential.gravity.warehouse_tables import COLUMNS, estimate_gravity

EXACT = 1e-12
"""The same formula on the same moments: only the order of additions differs."""

NORMAL_95 = 1.6448536269514722
"""Quantile 0.95 of the normal distribution: two-sided intervals at level 0.9."""


# --- Input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, None])
@pytest.mark.parametrize("column", [OUTCOME, "x1"])
def test_value_that_is_not_finite(column: str, value: float | None) -> None:
    frame = make_panel(15, sizes=[4] * 4, n_terms=1)
    frame.loc[3, column] = value
    with pytest.raises(InputError, match="test_panel: 1 of 16 rows hold a missing or not finite"):
        moments_of(frame, ["x1"])


@pytest.mark.parametrize("value", [np.nan, np.inf, None])
def test_weight_that_is_not_finite(value: float | None) -> None:
    frame = make_panel(15, sizes=[4] * 4, n_terms=1).assign(weight=1.0)
    frame.loc[3, "weight"] = value
    with pytest.raises(InputError, match="test_panel: 1 of 16 rows hold a missing or not finite"):
        moments_of(frame, ["x1"], weights="weight")


@pytest.mark.parametrize("value", [0.0, -1.0, -1e-300])
def test_weight_that_is_not_positive(value: float) -> None:
    frame = make_panel(15, sizes=[4] * 4, n_terms=1).assign(weight=2.0)
    frame.loc[[3, 9], "weight"] = value
    with pytest.raises(InputError, match="2 of 16 rows have a weight that is not positive"):
        moments_of(frame, ["x1"], weights="weight")


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
    with pytest.raises(InputError, match="x1: values are too large to square"):
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
        ("b", "twoway"): "ok",
        ("b", "random"): "degenerate_pooled",
        ("b", "mundlak"): "too_few_entities",
    }
    coefficients = table[(table["item"] == "coefficient") & (table["study_id"] == "b")]
    assert set(coefficients["estimator"]) == {"pooled", "within", "twoway", "random"}
    absorbed = coefficients[coefficients["status"] == "absorbed"]
    assert absorbed[["estimator", "name"]].to_numpy().tolist() == [
        ["within", "x2"],
        ["twoway", "x2"],
    ]
    assert absorbed["value"].isna().all()
    estimated = coefficients[coefficients["status"] == "ok"]
    assert np.isfinite(estimated[["value", "std_error", "p_value"]].to_numpy(dtype=float)).all()
    assert (estimated["ci_low"] < estimated["value"]).all()
    # Random effects use the normal distribution, without df, the others Student's t.
    assert estimated.loc[estimated["estimator"] == "random", "df"].isna().all()
    assert (estimated.loc[estimated["estimator"] == "within", "df"] == 11).all()
    assert (estimated.loc[estimated["estimator"] == "twoway", "df"] == 7).all()
    assert set(estimated["covariance"]) == {"classical"}
    assert set(estimated["correction"]) == {"SSR / df_resid"}


def test_time_effects_are_stored_by_year_and_slot(small: GravityTables) -> None:
    moments = PanelMoments.from_rows(rows_of(small), ("x1", "x2"))
    effects = estimate_all(moments)["twoway"].time_effects
    assert effects is not None
    table = small.estimates
    assert set(table.loc[table["item"] == "time_shift", "estimator"]) == {"twoway"}
    mine = table[(table["item"] == "time_shift") & (table["study_id"] == "a")]
    wide = mine.pivot_table(index="time_key", columns="name", values="value")
    assert list(wide.index) == list(range(2000, 2005))
    assert list(wide.columns) == ["0", "1", "2"]
    np.testing.assert_array_equal(wide.to_numpy(), effects.shifts)


def test_mundlak_stores_the_means_behind_the_regressors(small: GravityTables) -> None:
    table = small.estimates
    mine = table[(table["study_id"] == "a") & (table["estimator"] == "mundlak")]
    found = mine.loc[mine["item"] == "coefficient", "name"].tolist()
    assert found == ["const", "x1", "x2", "mean(x1)", "mean(x2)"]
    assert mine.loc[mine["item"] == "coefficient", "df"].isna().all()


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
    assert set(tests.index) == {"f_effects", "f_time_effects", "breusch_pagan_lm", "hausman"}
    np.testing.assert_allclose(tests["value"], 0.1, rtol=EXACT)
    p_values = tests["p_value"].to_numpy(dtype=float)
    expected = np.where(np.isnan(p_values), "none", np.where(p_values < 0.1, "reject", "keep"))
    assert tests["col_name"].tolist() == expected.tolist()
    assert tests["reason"].notna().all()


def test_run_without_rows_has_a_status(small: GravityTables) -> None:
    known = small.moments[["study_id", "spec_id"]].drop_duplicates()
    runs = pd.concat([known, known.head(1).assign(study_id="empty")])
    specs = known["spec_id"].unique()
    terms = pd.DataFrame(
        [
            {"spec_id": spec, "term": f"x{k}", "position": k}
            for spec in specs
            for k in range(1, terms_of(small, spec) + 1)
        ]
    )
    levels = pd.DataFrame({"spec_id": specs, "confidence_level": 0.95})
    table = estimate_gravity(small.moments, terms, levels, runs)
    empty = table[table["study_id"] == "empty"]
    assert set(empty.loc[empty["item"] == "estimator", "status"]) == {"no_rows"}
    assert set(empty.loc[empty["item"] == "estimator", "estimator"]) == set(ESTIMATORS)
    assert (empty.loc[empty["item"] == "diagnostic", "value"] == 0).all()
    assert (table.loc[table["study_id"] != "empty", "status"] != "no_rows").all()


def terms_of(tables: GravityTables, spec_id: str) -> int:
    """Number of terms of a specification: its largest slot."""
    own = tables.moments[tables.moments["spec_id"] == spec_id]
    return int(own["row_slot"].max())
