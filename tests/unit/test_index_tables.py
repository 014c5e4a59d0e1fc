"""Tidy tables of the warehouse in, typed tables of estimates out; odd tables are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from trade_potential.errors import InputError
from trade_potential.index.correlation import Correlation
from trade_potential.index.estimate import IndexSettings, estimate_index
from trade_potential.results.index import READ, IndexTables, estimate_indices

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
        "runs": pd.DataFrame(
            {"study_id": ["s1", "s1", "s2", "s2"], "index_spec_id": ["pca", "fixed"] * 2}
        ),
    }


def estimated(given: Tables | None = None) -> IndexTables:
    return estimate_indices(**(given or tables()), max_terms=4)


def test_every_index_has_its_rows_once() -> None:
    result = estimated()
    keys = ["study_id", "index_spec_id"]
    for frame, own, count in (
        (result.indices, [], 1),
        (result.variables, ["variable"], 3),
        (result.components, ["component"], 3),
    ):
        assert not frame.duplicated([*keys, *own]).any()
        assert set(frame.groupby(keys).size()) == {count}
        assert len(frame) == 4 * count
    assert set(result.indices["status"]) == {"ok"}
    assert result.indices["row_count"].tolist() == [40] * 4


def test_tables_agree_with_the_estimate() -> None:
    result = estimated()
    expected = estimate_index(Correlation.of(ABC, 40, REGULAR), PCA)
    assert expected.components is not None
    assert expected.sphericity is not None
    at = "study_id == 's2' and index_spec_id == '{}'"
    pca = result.variables.query(at.format("pca"))
    assert np.array_equal(pca[["l1", "l2", "l3"]], expected.components.loadings)
    assert pca["l4"].isna().all()
    assert pca["weight"].tolist() == expected.weights.tolist()
    index = result.indices.query(at.format("pca")).iloc[0]
    assert index[["bartlett_chi2", "bartlett_df", "bartlett_p_value"]].tolist() == [
        expected.sphericity.statistic,
        3,
        expected.sphericity.p_value,
    ]
    components = result.components.query(at.format("pca"))
    assert components["eigenvalue"].tolist() == expected.components.eigenvalues.tolist()
    assert components["component_weight"].tolist() == expected.component_weights.tolist()
    assert result.variables.query(at.format("fixed"))["weight"].tolist() == GIVEN
    assert result.components.query(at.format("fixed"))["is_kept"].tolist() == [True] * 3


def test_order_and_triangle_of_the_rows_do_not_matter() -> None:
    given = tables()
    expected = estimated(given)
    shuffled = {name: frame.sample(frac=1.0, random_state=3) for name, frame in given.items()}
    mirrored = given["moments"].rename(
        columns={"row_variable": "col_variable", "col_variable": "row_variable"}
    )
    off = given["moments"]["row_variable"] != given["moments"]["col_variable"]
    for moments in (shuffled["moments"], mirrored, pd.concat([given["moments"], mirrored[off]])):
        found = estimated({**shuffled, "moments": moments})
        for name, frame in vars(expected).items():
            pd.testing.assert_frame_equal(getattr(found, name), frame)


def test_null_values_have_a_reason() -> None:
    given = tables()
    moments = given["moments"]
    is_c = (moments["row_variable"] == "c") | (moments["col_variable"] == "c")
    moments.loc[is_c & (moments["study_id"] == "s1"), "correlation"] = np.nan
    result = estimated(given)
    refused = result.indices.query("study_id == 's1' and index_spec_id == 'pca'").iloc[0]
    assert refused["status"] == "constant_variable"
    assert "no spread" in refused["reason"]
    assert refused["reason"].endswith(": c")
    assert refused["row_count"] == 40
    assert refused[["kmo", "bartlett_chi2", "condition_number", "negative_weights"]].isna().all()
    variables = result.variables.query("study_id == 's1' and index_spec_id == 'pca'")
    assert variables["variable"].tolist() == list(ABC)
    assert variables[["weight", "msa", "l1"]].isna().all(axis=None)
    assert "s1" not in set(result.components.query("index_spec_id == 'pca'")["study_id"])
    assert set(result.indices.query("study_id == 's2'")["status"]) == {"ok"}


def test_negative_weights_are_counted_and_named() -> None:
    given = tables()
    moments = given["moments"]
    is_c = (moments["row_variable"] == "c") ^ (moments["col_variable"] == "c")
    moments.loc[is_c, "correlation"] *= -1.0
    row = estimated(given).indices.query("index_spec_id == 'pca'")
    assert row["negative_weights"].tolist() == [1, 1]
    assert row["negative_variables"].tolist() == ["c", "c"]
    assert row["reason"].isna().all()


def test_no_moments_give_no_numbers_and_the_same_types() -> None:
    result = estimated({**tables(), "moments": tables()["moments"].iloc[:0]})
    assert set(result.indices["status"]) == {"no_rows"}
    assert result.variables.empty
    assert result.components.empty
    for name, frame in vars(estimated()).items():
        assert getattr(result, name).dtypes.to_dict() == frame.dtypes.to_dict()


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
        estimated(given)


def test_run_without_rows_has_a_status() -> None:
    runs = pd.DataFrame({"study_id": ["s1", "empty"], "index_spec_id": ["pca", "pca"]})
    result = estimated({**tables(), "runs": runs})
    empty = result.indices[result.indices["study_id"] == "empty"]
    assert empty[["status", "row_count"]].to_numpy().tolist() == [["no_rows", 0]]
    assert empty["reason"].notna().all()
    assert set(result.variables["study_id"]) == {"s1", "s2"}
    assert (result.indices.loc[result.indices["study_id"] != "empty", "status"] == "ok").all()
