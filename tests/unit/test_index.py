"""Index estimates: named degenerate cases, signs, kept components, bad input."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from trade_potential.errors import InputError
from trade_potential.index.components import (
    Components,
    kept_components,
    orient,
    principal_components,
    tied_components,
)
from trade_potential.index.correlation import Correlation
from trade_potential.index.estimate import IndexEstimate, IndexSettings, estimate_index

ABC = ("a", "b", "c")
REGULAR = np.array([[1.0, 0.6, 0.3], [0.6, 1.0, 0.2], [0.3, 0.2, 1.0]])
PCA = IndexSettings(method="pca", component_rule="eigenvalue", component_threshold=1.0, anchor="a")
FIXED = IndexSettings(
    method="fixed_weights",
    component_rule="all",
    anchor="a",
    fixed_weights={"c": 0.2, "a": 0.5, "b": 0.3},
)
GIVEN = [0.5, 0.3, 0.2]
ROUNDING = 1e-9  # eigenvectors of well-separated eigenvalues, p <= 5


def estimate(
    matrix: np.ndarray, settings: IndexSettings = PCA, n_rows: int = 40, names: str = "abcdef"
) -> IndexEstimate:
    return estimate_index(Correlation.of(tuple(names[: len(matrix)]), n_rows, matrix), settings)


def with_constant(matrix: np.ndarray, k: int) -> np.ndarray:
    matrix = matrix.copy()
    matrix[k, :] = matrix[:, k] = np.nan
    return matrix


def with_copy_of_a(noise: float) -> np.ndarray:
    """Correlations of a, b and a variable that is a plus a little noise."""
    rng = np.random.default_rng(7)
    rows = rng.standard_normal((50, 2))
    copy = rows[:, 0] + noise * rng.standard_normal(50)
    return np.corrcoef(np.column_stack([rows, copy]), rowvar=False)


# --- degenerate samples ---------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [PCA, FIXED], ids=["pca", "fixed_weights"])
@pytest.mark.parametrize(
    ("matrix", "n_rows", "status", "named"),
    [
        (REGULAR, 3, "too_few_rows", "3 rows for 3 variables"),
        (np.full((3, 3), np.nan), 1, "too_few_rows", "1 rows"),
        (with_constant(REGULAR, 1), 40, "constant_variable", "no spread over the sample: b"),
    ],
)
def test_refused_samples_have_no_numbers_but_fixed_weights(
    settings: IndexSettings, matrix: np.ndarray, n_rows: int, status: str, named: str
) -> None:
    result = estimate(matrix, settings, n_rows)
    assert result.status == status
    assert named in result.reason
    assert result.components is None
    assert result.adequacy is None
    assert result.sphericity is None
    assert np.isnan(result.component_weights).all()
    if settings is FIXED:
        assert result.weights.tolist() == GIVEN
        assert "the fixed weights do not depend on it" in result.reason
    else:
        assert np.isnan(result.weights).all()


@pytest.mark.parametrize("noise", [0.0, 1e-8])
def test_singular_correlations_name_the_collinear_and_have_no_factor_tests(noise: float) -> None:
    result = estimate(with_copy_of_a(noise))
    assert result.status == "singular_correlation"
    assert "nearly collinear: a, c;" in result.reason
    assert result.adequacy is None
    assert result.sphericity is None
    assert result.components is not None
    assert result.components.condition_number > 1e10
    assert np.isfinite(result.components.condition_number)
    assert np.isfinite(result.weights).all()
    assert result.weights[0] == pytest.approx(result.weights[2], abs=1e-7)


def test_close_but_regular_correlations_are_ok() -> None:
    assert estimate(with_copy_of_a(1e-3)).status == "ok"


def test_one_variable_is_its_own_component() -> None:
    result = estimate(np.ones((1, 1)))
    assert result.status == "single_variable"
    assert result.adequacy is None
    assert result.weights.tolist() == [1.0]


def test_uncorrelated_variables_have_arbitrary_directions_and_no_msa() -> None:
    result = estimate(np.eye(3))
    assert result.status == "tied_eigenvalues"
    assert "no eigenvalue exceeds 1: component 1 is kept" in result.reason
    assert "MSA undefined, correlated with no variable: a, b, c" in result.reason
    assert result.adequacy is not None
    assert np.isnan(result.adequacy.kmo)
    assert result.sphericity is not None
    assert (result.sphericity.statistic, result.sphericity.p_value) == (0.0, 1.0)


def test_ties_among_dropped_components_do_not_matter() -> None:
    equal = np.full((3, 3), 0.5) + 0.5 * np.eye(3)
    assert estimate(equal).status == "ok"
    assert estimate(equal, replace(PCA, component_rule="all")).status == "tied_eigenvalues"
    assert tied_components(np.array([2.0, 0.5, 0.5]), np.array([True, True, False])) == (2,)


# --- signs ----------------------------------------------------------------------------------------


def test_anchor_is_positive_on_component_1_and_largest_loading_on_the_others() -> None:
    turned = np.diag([1.0, 1.0, -1.0]) @ REGULAR @ np.diag([1.0, 1.0, -1.0])
    for anchor in range(3):
        vectors = principal_components(turned, anchor).vectors
        assert vectors[anchor, 0] > 0.0
        for column in vectors.T[1:]:
            assert column[np.argmax(np.abs(column))] > 0.0


def test_negative_weights_are_named() -> None:
    turned = np.diag([1.0, 1.0, -1.0]) @ REGULAR @ np.diag([1.0, 1.0, -1.0])
    assert estimate(turned).negative_weights == ("c",)
    assert estimate(turned, replace(PCA, anchor="c")).negative_weights == ("a", "b")
    assert estimate(REGULAR).negative_weights == ()


def test_equal_loadings_are_decided_by_position() -> None:
    matrix = np.array([[1.0, 0.5], [0.5, 1.0]])
    for anchor in (0, 1):
        vectors = principal_components(matrix, anchor).vectors
        assert vectors[:, 1] == pytest.approx([np.sqrt(0.5), -np.sqrt(0.5)])


def test_rounding_does_not_decide_between_equal_loadings() -> None:
    vectors = np.array([[0.8, -0.6], [0.6, 0.6 + 1e-15]])
    signed, _ = orient(vectors, np.array([1.5, 0.5]), 0)
    assert signed[0, 1] > 0.0


def test_anchor_without_a_loading_falls_back_to_the_largest_and_says_so() -> None:
    matrix = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, -0.7], [0.0, -0.7, 1.0]])
    result = estimate(matrix)
    assert result.components is not None
    assert not result.components.is_anchored
    assert result.components.loadings[1, 0] > 0.0
    assert "a does not load on component 1" in result.reason
    assert result.status == "ok"


# --- kept components ------------------------------------------------------------------------------

FOUR = Components(eigenvalues=np.array([2.0, 1.0, 0.6, 0.4]), vectors=np.eye(4), is_anchored=True)


@pytest.mark.parametrize(
    ("rule", "threshold", "kept"),
    [
        ("eigenvalue", 1.0, 1),  # equal is not above
        ("eigenvalue", 1.0 - 1e-14, 1),  # nor is a rounding error
        ("eigenvalue", 0.5, 3),
        ("eigenvalue", 5.0, 1),  # never none
        ("cumulative_share", 0.5, 1),  # reached exactly
        ("cumulative_share", 0.51, 2),
        ("cumulative_share", 0.75, 2),
        ("cumulative_share", 1.0, 4),
        ("all", None, 4),
    ],
)
def test_kept_components(rule: Any, threshold: float | None, kept: int) -> None:
    assert kept_components(FOUR, rule, threshold).tolist() == [k < kept for k in range(4)]


def test_weights_are_eigenvectors_weighted_by_shares_of_the_kept_variance() -> None:
    result = estimate(
        REGULAR, replace(PCA, component_rule="cumulative_share", component_threshold=0.7)
    )
    assert result.components is not None
    first, second, _ = result.components.eigenvalues
    assert result.is_kept.tolist() == [True, True, False]
    assert result.component_weights == pytest.approx(
        [first / (first + second), second / (first + second), 0.0]
    )
    expected = (
        first * result.components.vectors[:, 0] + second * result.components.vectors[:, 1]
    ) / (first + second)
    assert result.weights == pytest.approx(expected)


# --- bad input ------------------------------------------------------------------------------------


def changed(i: int, j: int, value: float, mirror: bool = True) -> np.ndarray:
    matrix = REGULAR.copy()
    matrix[i, j] = value
    if mirror:
        matrix[j, i] = value
    return matrix


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (changed(0, 1, np.nan), "a and b is missing"),
        (changed(0, 1, 1.001), r"a and b is outside \[-1, 1\]"),
        (changed(1, 2, -np.inf), r"b and c is outside \[-1, 1\]"),
        (changed(0, 1, 0.61, mirror=False), "a and b differs from its mirror"),
        (changed(2, 2, 0.9), "c and c is not 1"),
        (changed(2, 2, np.nan), "a and c is given, but one variable is a constant"),
        (np.eye(2), "does not fit 3 variables"),
        (
            np.array([[1.0, 0.9, 0.9], [0.9, 1.0, -0.9], [0.9, -0.9, 1.0]]),
            "no sample has these correlations",
        ),
    ],
)
def test_impossible_correlations_are_refused(matrix: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Correlation.of(ABC, 40, matrix)


def test_rounding_in_correlations_is_taken_out() -> None:
    matrix = changed(0, 0, 1.0 + 2e-16)
    matrix[0, 1] += 1e-15
    clean = Correlation.of(ABC, 40, matrix).matrix
    assert np.array_equal(clean, clean.T)
    assert np.diag(clean).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"method": "pls"}, "method 'pls'"),
        ({"component_rule": "scree"}, "component_rule 'scree'"),
        ({"component_threshold": None}, "threshold None does not fit eigenvalue"),
        ({"component_threshold": float("nan")}, "threshold nan"),
        ({"component_rule": "cumulative_share", "component_threshold": 80.0}, "threshold 80.0"),
        ({"fixed_weights": {"a": 1.0}}, "pca takes no fixed weights"),
        ({"method": "fixed_weights"}, "keeps all components"),
        ({"method": "fixed_weights", "component_rule": "all"}, "no fixed weight other than 0"),
        (
            {
                "method": "fixed_weights",
                "component_rule": "all",
                "fixed_weights": {"a": 1.0, "b": float("inf")},
            },
            "fixed weight of b",
        ),
    ],
)
def test_contradicting_settings_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        replace(PCA, **settings)


def test_settings_that_do_not_fit_the_variables_are_refused() -> None:
    with pytest.raises(InputError, match="anchor z is none"):
        estimate(REGULAR, replace(PCA, anchor="z"))
    with pytest.raises(InputError, match="fixed weights do not fit the variables: c"):
        estimate(REGULAR, replace(FIXED, fixed_weights={"a": 0.5, "b": 0.5}))
