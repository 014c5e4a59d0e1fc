"""Rows of an index that lack some of its variables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trade_potential.index.partial import row_weights
from trade_potential.linalg import FloatArray
from trade_potential.results.index import READ, estimate_indices
from trade_potential.results.row_weights import weights_of_rows

EXACT = 1e-12
"""Systems of five well-conditioned equations, solved in two ways."""
WEIGHTS = np.array([0.5, -0.2, 0.4, 0.3, 0.6])


def _z_scores(seed: int = 5, rows: int = 60) -> FloatArray:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(rows, 5)) + 1.5 * rng.normal(size=(rows, 1))
    return np.asarray((values - values.mean(axis=0)) / values.std(axis=0, ddof=1))


@pytest.mark.parametrize("lacking", [[0], [4], [1, 3], [0, 1, 2, 3]])
def test_weights_are_a_regression_of_the_composite_on_what_is_there(lacking: list[int]) -> None:
    z = _z_scores()
    composite = z @ WEIGHTS
    available = ~np.isin(np.arange(5), lacking)
    slopes, residual, *_ = np.linalg.lstsq(z[:, available], composite, rcond=None)
    found = row_weights(np.corrcoef(z.T), WEIGHTS, available)
    assert found.weights[available] == pytest.approx(slopes, rel=EXACT, abs=EXACT)
    assert np.isnan(found.weights[~available]).all()
    assert found.error == pytest.approx(np.sqrt(residual[0] / (len(z) - 1)), rel=EXACT)


def test_complete_row_keeps_its_weights() -> None:
    found = row_weights(np.corrcoef(_z_scores().T), WEIGHTS, np.ones(5, dtype=bool))
    assert found.weights.tolist() == WEIGHTS.tolist()
    assert found.error == 0.0


def test_one_of_two_stands_for_the_other_as_far_as_they_correlate() -> None:
    matrix = np.array([[1.0, 0.6], [0.6, 1.0]])
    found = row_weights(matrix, np.array([0.7, 0.5]), np.array([True, False]))
    assert found.weights[0] == pytest.approx(0.7 + 0.6 * 0.5, rel=EXACT)
    assert found.error == pytest.approx(0.5 * 0.8, rel=EXACT)


def test_constant_variable_neither_adds_nor_predicts() -> None:
    matrix = np.array([[1.0, 0.6, np.nan], [0.6, 1.0, np.nan], [np.nan] * 3])
    weights = np.array([0.7, 0.5, 0.9])
    there = row_weights(matrix, weights, np.array([True, False, True]))
    assert there.weights.tolist()[2] == 0.9
    assert there.weights[0] == pytest.approx(1.0, rel=EXACT)
    lacking = row_weights(matrix, weights, np.array([True, True, False]))
    assert lacking.weights[:2].tolist() == [0.7, 0.5]
    assert lacking.error == 0.0


def test_collinear_variables_predict_together_what_one_predicts() -> None:
    matrix = np.array([[1.0, 1.0, 0.6], [1.0, 1.0, 0.6], [0.6, 0.6, 1.0]])
    weights = np.array([0.4, 0.3, 0.5])
    both = row_weights(matrix, weights, np.array([True, True, False]))
    assert both.weights[:2].sum() == pytest.approx(0.7 + 0.6 * 0.5, rel=EXACT)
    assert both.error == pytest.approx(0.5 * 0.8, rel=EXACT)


def _tables(matrix: FloatArray) -> dict[str, pd.DataFrame]:
    moments = [
        ("s", "i", "ab"[i], "ab"[j], 40, matrix[i, j]) for i in range(2) for j in range(i, 2)
    ]
    terms = [("i", "a", 1, 1, None), ("i", "b", 2, 1, None)]
    return {
        "moments": pd.DataFrame(moments, columns=READ["moments"]),
        "terms": pd.DataFrame(terms, columns=READ["terms"]),
    }


def _weights(matrix: FloatArray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Weights of complete rows of an index of two variables, and those of its kinds of rows."""
    given = _tables(matrix)
    keys = {"study_id": ["s"], "index_spec_id": ["i"]}
    specification = [("i", "pca", "eigenvalue", 1.0, "a")]
    found = estimate_indices(
        **given,
        specifications=pd.DataFrame(specification, columns=READ["specifications"]),
        runs=pd.DataFrame(keys),
        max_terms=3,
    )
    patterns = pd.DataFrame(
        [("s", "i", "110"), ("s", "i", "100"), ("t", "i", "110")],
        columns=[*keys, "available_slots"],
    )
    return found.variables, weights_of_rows(patterns, found.variables, **given, max_terms=3)


def test_rows_have_weights_by_the_slots_that_hold_a_value() -> None:
    variables, table = _weights(np.array([[1.0, 0.6], [0.6, 1.0]]))
    weight = dict(zip(variables["variable"], variables["weight"], strict=True))
    assert table["available_slots"].tolist() == ["100", "110"]
    assert set(table["study_id"]) == {"s"}  # t has no moments
    partial, complete = table[["w1", "w2", "w3"]].to_numpy()
    assert complete[:2].tolist() == [weight["a"], weight["b"]]
    assert partial[0] == pytest.approx(weight["a"] + 0.6 * weight["b"], rel=EXACT)
    assert np.isnan([partial[1], partial[2], complete[2]]).all()
    assert table["composite_se"].tolist() == [pytest.approx(0.8 * weight["b"], rel=EXACT), 0.0]


def test_refused_index_gives_no_row_a_weight() -> None:
    variables, table = _weights(np.array([[1.0, np.nan], [np.nan, np.nan]]))
    assert variables["weight"].isna().all()
    assert table.empty
    assert table.columns.tolist()[2:] == ["available_slots", "composite_se", "w1", "w2", "w3"]
