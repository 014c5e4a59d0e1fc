"""What must not move an index: scale, order and names of variables, signs of eigenvectors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trade_potential.index.components import orient
from trade_potential.index.correlation import Correlation
from trade_potential.index.estimate import IndexEstimate, IndexSettings, estimate_index

ROUNDING = 1e-9  # eigenvectors of well-separated eigenvalues, 5 variables


def estimate(rows: np.ndarray, names: str = "abcde", anchor: str = "a") -> IndexEstimate:
    settings = IndexSettings(
        method="pca", component_rule="eigenvalue", component_threshold=1.0, anchor=anchor
    )
    matrix = np.corrcoef(rows, rowvar=False)
    return estimate_index(Correlation.of(tuple(names), len(rows), matrix), settings)


def panel(seed: int) -> np.ndarray:
    """(30, 5) correlated rows."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((30, 5)) @ rng.standard_normal((5, 5)) + rng.standard_normal((30, 5))


def is_well_separated(result: IndexEstimate) -> bool:
    """Whether no tie decides: gaps of eigenvalues, an anchor that loads, a clear maximum."""
    assert result.components is not None
    size = np.sort(np.abs(result.components.vectors), axis=0)
    return bool(
        np.min(-np.diff(result.components.eigenvalues)) > 1e-3
        and np.min(np.abs(result.components.eigenvalues - 1.0)) > 1e-3
        and np.abs(result.components.vectors[0, 0]) > 1e-3
        and np.min(size[-1] - size[-2]) > 1e-3
    )


def numbers(result: IndexEstimate) -> dict[str, np.ndarray]:
    """Results by variable in rows."""
    assert result.components is not None
    assert result.adequacy is not None
    assert result.sphericity is not None
    return {
        "weights": result.weights,
        "msa": result.adequacy.msa,
        "loadings": result.components.loadings,
        "whole": np.array(
            [result.adequacy.kmo, result.sphericity.statistic, *result.components.eigenvalues]
        ),
    }


@given(
    seed=st.integers(0, 10_000),
    scale=st.lists(st.floats(1e-3, 1e6), min_size=5, max_size=5),
    shift=st.lists(st.floats(-10.0, 10.0), min_size=5, max_size=5),
)
def test_rescaling_a_variable_changes_nothing(
    seed: int, scale: list[float], shift: list[float]
) -> None:
    rows = panel(seed)
    plain = estimate(rows)
    assume(is_well_separated(plain))
    moved = estimate((rows + np.array(shift)) * np.array(scale))
    for name, values in numbers(plain).items():
        assert numbers(moved)[name] == pytest.approx(values, abs=ROUNDING, rel=ROUNDING), name


@given(seed=st.integers(0, 10_000), order=st.permutations(range(5)))
def test_permuting_variables_permutes_results(seed: int, order: list[int]) -> None:
    rows = panel(seed)
    plain = estimate(rows)
    assume(is_well_separated(plain))
    names = "".join("abcde"[k] for k in order)
    moved = numbers(estimate(rows[:, order], names))
    expected = numbers(plain)
    for name in ("weights", "msa", "loadings"):
        assert moved[name] == pytest.approx(expected[name][order], abs=ROUNDING), name
    assert moved["whole"] == pytest.approx(expected["whole"], rel=ROUNDING)


@given(seed=st.integers(0, 10_000), names=st.permutations("abcde"))
def test_renaming_changes_nothing(seed: int, names: list[str]) -> None:
    rows = panel(seed)
    renamed = estimate(rows, "".join(names), anchor=names[0])
    for name, values in numbers(estimate(rows)).items():
        assert np.array_equal(numbers(renamed)[name], values), name


@given(signs=st.lists(st.sampled_from([-1.0, 1.0]), min_size=3, max_size=3))
def test_signs_of_raw_eigenvectors_do_not_matter(signs: list[float]) -> None:
    values, vectors = np.linalg.eigh([[1.0, 0.6, 0.3], [0.6, 1.0, 0.2], [0.3, 0.2, 1.0]])
    plain = orient(vectors[:, ::-1], values[::-1], 1)
    flipped = orient((vectors * np.array(signs))[:, ::-1], values[::-1], 1)
    assert np.array_equal(plain[0], flipped[0])
    assert plain[1] == flipped[1]
