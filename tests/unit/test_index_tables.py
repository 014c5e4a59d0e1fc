"""Tidy tables of the warehouse in, one long table of estimates out; odd tables are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from trade_potential.errors import InputError
from trade_potential.index.correlation import Correlation
from trade_potential.index.estimate import IndexSettings, estimate_index
from trade_potential.index.warehouse_tables import COLUMNS, READ, estimate_indices

ABC = ("a", "b", "c")
REGULAR = np.array([[1.0, 0.6, 0.3], [0.6, 1.0, 0.2], [0.3, 0.2, 1.0]])
PCA = IndexSettings(method="pca", component_rule="eigenvalue", component_threshold=1.0, anchor="a")
GIVEN = [0.5, 0.3, 0.2]

Tables = dict[str, pd.DataFrame]


def tables() -> Tables:
    moments = [
        (study, spec, ABC[i], ABC[j], 40, REGULAR[i, j])
        for study in ("s1", "s2")
        for spec in ("pca", "fixed")
        for i in range(3)
        for j in range(i, 3)
    ]
    terms = [
        (spec, name, position, 1, weight if spec == "fixed" else None)
        for spec in ("pca", "fixed")
        for position, (name, weight) in enumerate(zip(ABC, GIVEN, strict=True), start=1)
    ]
    specifications = [
        ("pca", "pca", "eigenvalue", 1.0, "a"),
        ("fixed", "fixed_weights", "all", None, "a"),
    ]
    return {
        "moments": pd.DataFrame(moments, columns=READ["moments"]),
        "terms": pd.DataFrame(terms, columns=READ["terms"]),
        "specifications": pd.DataFrame(specifications, columns=READ["specifications"]),
    }


def test_table_holds_every_item_of_every_index_once() -> None:
    result = estimate_indices(**tables())
    assert list(result.columns) == list(COLUMNS)
    assert result["component"].dtype == "Int64"
    assert not result.duplicated(
        ["study_id", "index_spec_id", "item", "variable", "component"]
    ).any()
    once = (
        "status",
        "row_count",
        "kmo",
        "bartlett_chi2",
        "condition_number",
        "negative_weights",
    )
    by_component = (
        "eigenvalue",
        "variance_share",
        "cumulative_share",
        "is_kept",
        "component_weight",
    )
    expected = {
        **dict.fromkeys(once, 1),
        **dict.fromkeys(("msa", "weight", *by_component), 3),
        "loading": 9,
    }
    for _, rows in result.groupby(["study_id", "index_spec_id"]):
        assert rows["item"].value_counts().to_dict() == expected


def test_table_agrees_with_the_estimate() -> None:
    result = estimate_indices(**tables()).query("study_id == 's2'")
    expected = estimate_index(Correlation.of(ABC, 40, REGULAR), PCA)
    assert expected.components is not None
    assert expected.sphericity is not None
    pca = result[result["index_spec_id"] == "pca"]
    by_component = pca[pca["item"] == "loading"]["value"].to_numpy().reshape(3, 3)
    assert np.array_equal(by_component.T, expected.components.loadings)
    assert pca[pca["item"] == "weight"]["value"].tolist() == expected.weights.tolist()
    bartlett = pca[pca["item"] == "bartlett_chi2"].iloc[0]
    assert bartlett[["value", "df", "p_value"]].tolist() == [
        expected.sphericity.chi2,
        3.0,
        expected.sphericity.p_value,
    ]
    fixed = result[result["index_spec_id"] == "fixed"]
    assert fixed[fixed["item"] == "weight"]["value"].tolist() == GIVEN
    assert fixed[fixed["item"] == "is_kept"]["value"].tolist() == [1.0, 1.0, 1.0]


def test_order_and_triangle_of_the_rows_do_not_matter() -> None:
    given = tables()
    expected = estimate_indices(**given)
    shuffled = {name: frame.sample(frac=1.0, random_state=3) for name, frame in given.items()}
    mirrored = given["moments"].rename(
        columns={"row_variable": "col_variable", "col_variable": "row_variable"}
    )
    off = given["moments"]["row_variable"] != given["moments"]["col_variable"]
    for moments in (shuffled["moments"], mirrored, pd.concat([given["moments"], mirrored[off]])):
        pd.testing.assert_frame_equal(
            estimate_indices(**{**shuffled, "moments": moments}), expected
        )


def test_null_values_have_a_reason() -> None:
    given = tables()
    moments = given["moments"]
    is_c = (moments["row_variable"] == "c") | (moments["col_variable"] == "c")
    moments.loc[is_c & (moments["study_id"] == "s1"), "correlation"] = np.nan
    result = estimate_indices(**given)
    refused = result[(result["study_id"] == "s1") & (result["index_spec_id"] == "pca")]
    assert set(refused["status"]) == {"constant_variable"}
    assert refused[refused["value"].isna()]["reason"].str.contains("no spread.*: c").all()
    assert refused[refused["item"] == "row_count"]["value"].tolist() == [40.0]
    assert "eigenvalue" not in set(refused["item"])
    assert set(result[result["study_id"] == "s2"]["status"]) == {"ok"}


def test_negative_weights_are_counted_and_named() -> None:
    given = tables()
    moments = given["moments"]
    is_c = (moments["row_variable"] == "c") ^ (moments["col_variable"] == "c")
    moments.loc[is_c, "correlation"] *= -1.0
    row = estimate_indices(**given).query("item == 'negative_weights' and index_spec_id == 'pca'")
    assert row["value"].tolist() == [1.0, 1.0]
    assert row["reason"].tolist() == ["c", "c"]


def test_no_moments_give_no_rows() -> None:
    result = estimate_indices(**{**tables(), "moments": tables()["moments"].iloc[:0]})
    assert result.empty
    assert list(result.columns) == list(COLUMNS)


def _set(table: str, row: int, column: str, value: object) -> Any:
    def change(given: Tables) -> None:
        given[table] = given[table].astype({column: object})
        given[table].loc[row, column] = value

    return change


def _drop_row(given: Tables) -> None:
    given["moments"] = given["moments"].drop(index=1)


def _drop_column(given: Tables) -> None:
    given["moments"] = given["moments"].drop(columns="row_count")


def _double(table: str) -> Any:
    def change(given: Tables) -> None:
        given[table] = pd.concat([given[table], given[table].iloc[:1]])

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_set("moments", 0, "index_spec_id", "other"), "moments: unknown index_spec_id other"),
        (_set("terms", 0, "index_spec_id", "other"), "terms: unknown index_spec_id other"),
        (_set("moments", 0, "row_variable", "z"), "pca of study s1: moments of z"),
        (_set("moments", 0, "row_variable", None), "moments: row_variable is null in 1 rows"),
        (_set("moments", 1, "correlation", None), "pca of study s1: correlation of .* is missing"),
        (_set("moments", 1, "correlation", 2.0), "pca of study s1: .* outside"),
        (_set("moments", 1, "row_count", 39), "pca of study s1: row_count is not one"),
        (_set("terms", 1, "position", 1), r"terms of pca: positions \[1, 1, 3\]"),
        (_set("terms", 1, "direction_sign", 0), "direction_sign 0 of b"),
        (_set("terms", 1, "fixed_weight", 0.5), "no fixed_weight for a, c"),
        (_set("terms", 4, "fixed_weight", None), "no fixed_weight for b"),
        (_set("specifications", 0, "method", "pls"), "pca of study s1: method 'pls'"),
        (_set("specifications", 0, "anchor_variable", "z"), "anchor z is none"),
        (_double("moments"), "pca of study s1: two rows for a and a"),
        (_double("terms"), "terms: two rows for pca, a"),
        (_double("specifications"), "specifications: two rows for pca"),
        (_drop_row, "pca of study s1: no row for a and b"),
        (_drop_column, "moments: no column row_count"),
    ],
)
def test_odd_tables_are_refused_by_name(change: Any, message: str) -> None:
    given = tables()
    change(given)
    with pytest.raises(InputError, match=message):
        estimate_indices(**given)


def test_run_without_rows_has_a_status() -> None:
    runs = pd.DataFrame({"study_id": ["s1", "empty"], "index_spec_id": ["pca", "pca"]})
    result = estimate_indices(**tables(), runs=runs)
    empty = result[result["study_id"] == "empty"]
    assert empty["item"].tolist() == ["status", "row_count"]
    assert set(empty["status"]) == {"no_rows"}
    assert (result.loc[result["study_id"] != "empty", "status"] == "ok").all()
