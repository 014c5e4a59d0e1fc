"""Weights of indicators beside worked values, and formulas by hand."""

from __future__ import annotations

import numpy as np
import pytest

from trade_potential.errors import InputError
from trade_potential.index.correlation import Correlation
from trade_potential.index.estimate import IndexSettings, estimate_index
from trade_potential.linalg import FloatArray
from trade_potential.multiverse.weights import (
    critic_weights,
    entropy_weights,
    indicator_weights,
    rescaled,
)

ROUNDING = 1e-12

RNG = np.random.default_rng(7)
NAMES = tuple("abcde")
ROWS: FloatArray = RNG.normal(size=(40, 2)) @ RNG.normal(size=(2, 5)) + RNG.normal(size=(40, 5))


def test_entropy_of_two_rows_by_hand() -> None:
    """Shares 1/4 and 3/4 have entropy (2 ln 4 - 1.5 ln 3 / 2 ...), equal ones 1, a lone one 0."""
    values = np.array([[1.0, 1.0, 0.0], [3.0, 1.0, 5.0]])
    quarter = -(0.25 * np.log(0.25) + 0.75 * np.log(0.75)) / np.log(2.0)
    said = np.array([1.0 - quarter, 0.0, 1.0])
    assert entropy_weights(values) == pytest.approx(said / said.sum(), abs=ROUNDING)
    assert entropy_weights(7.0 * values) == pytest.approx(said / said.sum(), abs=ROUNDING)


def test_critic_of_three_rows_by_hand() -> None:
    """Two columns rise together, one falls: correlations 1 and -1, deviations 1/2."""
    values = np.array([[0.0, 0.0, 1.0], [0.5, 0.5, 0.5], [1.0, 1.0, 0.0]])
    assert critic_weights(values) == pytest.approx([0.25, 0.25, 0.5], abs=ROUNDING)


def test_critic_is_its_formula() -> None:
    values = rescaled(ROWS, ROWS)
    n, p = values.shape
    apart = values - values.mean(axis=0)
    said = []
    for j in range(p):
        own = np.sqrt(sum(apart[i, j] ** 2 for i in range(n)) / (n - 1))
        conflict = 0.0
        for k in range(p):
            products = sum(apart[i, j] * apart[i, k] for i in range(n))
            squares = sum(apart[:, j] ** 2) * sum(apart[:, k] ** 2)
            conflict += 1.0 - products / np.sqrt(squares)
        said.append(own * conflict)
    expected = np.array(said) / sum(said)
    assert critic_weights(values) == pytest.approx(expected, abs=ROUNDING)


@pytest.mark.parametrize("method", ["pca_eigenvalue", "pca_variance_share", "pca_first"])
def test_weights_of_components_are_those_of_the_index(method: str) -> None:
    rule, threshold = {
        "pca_eigenvalue": ("eigenvalue", 1.0),
        "pca_variance_share": ("cumulative_share", 0.8),
        "pca_first": ("eigenvalue", 5.0),  # above every eigenvalue: the first is kept
    }[method]
    correlation = Correlation.of(NAMES, len(ROWS), np.atleast_2d(np.corrcoef(ROWS, rowvar=False)))
    settings = IndexSettings(
        method="pca",
        component_rule=rule,  # type: ignore[arg-type]
        component_threshold=threshold,
        anchor="b",
    )
    found = indicator_weights(ROWS, NAMES, method, anchor="b")
    assert found == pytest.approx(estimate_index(correlation, settings).weights, abs=ROUNDING)


def test_all_alike() -> None:
    assert indicator_weights(ROWS, NAMES, "equal", anchor="a").tolist() == [0.2] * 5


@pytest.mark.parametrize(
    ("values", "of", "said"),
    [
        (np.array([[1.0, -1.0], [2.0, 1.0]]), entropy_weights, "none negative"),
        (np.array([[0.0, 1.0], [0.0, 1.0]]), entropy_weights, "no column of zeros"),
        (np.array([[1.0, 1.0], [1.0, 1.0]]), entropy_weights, "say nothing"),
        (np.array([[1.0, 2.0], [1.0, 3.0]]), critic_weights, "columns that vary"),
        (np.array([[0.0, 0.0], [1.0, 1.0]]), critic_weights, "say nothing"),
    ],
)
def test_what_has_no_weights_is_refused(values: FloatArray, of: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        of(values)  # type: ignore[operator]


def test_an_unknown_method_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"'ahp': none of pca_eigenvalue, .*, critic"):
        indicator_weights(ROWS, NAMES, "ahp", anchor="a")
