"""Factor tests and components against independent computations on the rows."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.datasets import longley, statecrime
from statsmodels.multivariate.pca import PCA

from trade_potential.index.components import principal_components
from trade_potential.index.correlation import Correlation
from trade_potential.index.estimate import IndexSettings, estimate_index
from trade_potential.index.factor_tests import sampling_adequacy, sphericity
from trade_potential.index.front import Index

RELATIVE = 1e-9  # regular correlations; both sides lose a few digits to the inverse
NEARLY_SINGULAR = 1e-6  # Longley's data: condition number 1e4, meant to be hard


def simulated() -> np.ndarray:
    """(60, 6) rows of two factors."""
    rng = np.random.default_rng(20240208)
    factors, loadings = rng.standard_normal((60, 2)), rng.standard_normal((2, 6))
    return factors @ loadings + rng.standard_normal((60, 6))


DATA = {
    "simulated": (simulated(), RELATIVE),
    "two_variables": (simulated()[:, :2], RELATIVE),
    "statecrime": (statecrime.load_pandas().data.to_numpy(dtype=float), RELATIVE),
    "longley": (longley.load_pandas().exog.to_numpy(dtype=float), NEARLY_SINGULAR),
}


@pytest.fixture(params=list(DATA))
def sample(request: pytest.FixtureRequest) -> tuple[np.ndarray, float]:
    return DATA[request.param]


def partial_correlation(rows: np.ndarray, i: int, j: int) -> float:
    """Correlation of the residuals of two variables regressed on all others and a constant."""
    others = np.delete(rows, [i, j], axis=1)
    spread = (others - others.mean(axis=0)) / others.std(axis=0)
    design = np.column_stack([np.ones(len(rows)), spread])
    pair = rows[:, [i, j]] - rows[:, [i, j]].mean(axis=0)
    residuals = pair - design @ np.linalg.lstsq(design, pair, rcond=None)[0]
    return float(stats.pearsonr(residuals[:, 0], residuals[:, 1]).statistic)


def test_sampling_adequacy_is_that_of_residuals(sample: tuple[np.ndarray, float]) -> None:
    rows, tolerance = sample
    p = rows.shape[1]
    simple, partial = np.zeros((p, p)), np.zeros((p, p))
    for i, j in combinations(range(p), 2):
        simple[i, j] = simple[j, i] = stats.pearsonr(rows[:, i], rows[:, j]).statistic ** 2
        partial[i, j] = partial[j, i] = partial_correlation(rows, i, j) ** 2
    result = sampling_adequacy(np.corrcoef(rows, rowvar=False))
    assert result.kmo == pytest.approx(simple.sum() / (simple.sum() + partial.sum()), rel=tolerance)
    assert result.msa == pytest.approx(
        simple.sum(axis=1) / (simple.sum(axis=1) + partial.sum(axis=1)), rel=tolerance
    )


def test_sphericity_is_that_of_the_determinant(sample: tuple[np.ndarray, float]) -> None:
    rows, tolerance = sample
    n, p = rows.shape
    matrix = np.corrcoef(rows, rowvar=False)
    sign, log_determinant = np.linalg.slogdet(matrix)
    chi2 = -(n - 1 - (2 * p + 5) / 6) * log_determinant
    result = sphericity(matrix, n)
    assert sign == 1.0
    assert result.statistic == pytest.approx(chi2, rel=tolerance)
    assert result.df == p * (p - 1) / 2
    assert result.p_value == pytest.approx(stats.chi2(p * (p - 1) / 2).sf(chi2), rel=1e-6)


def test_the_index_of_a_frame_is_that_of_statsmodels(sample: tuple[np.ndarray, float]) -> None:
    """From rows to scores: eigenvalues, shares, and with all components kept the composite."""
    rows, tolerance = sample
    p = rows.shape[1]
    frame = pd.DataFrame(rows, columns=[f"x{k}" for k in range(p)])
    theirs = PCA(rows, standardize=True, method="eig", normalize=False)
    ours = Index.read(frame, indicators=list(frame.columns), component_rule="all").fit()
    eigenvalues = theirs.eigenvals / len(rows)
    np.testing.assert_allclose(ours.eigenvalues, eigenvalues, rtol=tolerance, atol=1e-12)
    np.testing.assert_allclose(ours.explained, eigenvalues / p, rtol=tolerance, atol=1e-12)
    loadings = np.corrcoef(rows, theirs.factors, rowvar=False)[:p, p:]
    np.testing.assert_allclose(np.abs(ours.loadings), np.abs(loadings), atol=1e3 * tolerance)
    vectors = ours.loadings.to_numpy() / np.sqrt(ours.eigenvalues.to_numpy())
    score = stats.zscore(rows, ddof=1) @ vectors @ (eigenvalues / p)
    np.testing.assert_allclose(ours.scores["score"], score, atol=tolerance)
    np.testing.assert_allclose(np.ptp(ours.scores["index"]), 1.0)


def test_two_variables_have_a_kmo_of_one_half() -> None:
    # nothing to partial out: squared partial = squared simple correlation
    for r in (-0.9, 0.01, 0.5):
        result = sampling_adequacy(np.array([[1.0, r], [r, 1.0]]))
        assert [result.kmo, *result.msa] == pytest.approx([0.5, 0.5, 0.5])


def test_sphericity_has_its_nominal_size() -> None:
    rng = np.random.default_rng(5)
    rejected = [
        sphericity(np.corrcoef(rng.standard_normal((40, 4)), rowvar=False), 40).p_value < 0.05
        for _ in range(2000)
    ]
    # 5 % with a standard error of 0.5 %
    assert np.mean(rejected) == pytest.approx(0.05, abs=0.02)


def test_components_are_those_of_statsmodels(sample: tuple[np.ndarray, float]) -> None:
    rows, tolerance = sample
    theirs = PCA(rows, standardize=True, method="eig")
    ours = principal_components(np.corrcoef(rows, rowvar=False), 0)
    assert ours.eigenvalues == pytest.approx(theirs.eigenvals / len(rows), rel=tolerance, abs=1e-12)
    signs = np.sign((ours.vectors * theirs.eigenvecs).sum(axis=0))
    assert ours.vectors == pytest.approx(theirs.eigenvecs * signs, abs=tolerance)


def test_components_are_those_of_a_singular_value_decomposition(
    sample: tuple[np.ndarray, float],
) -> None:
    rows, tolerance = sample
    scores = stats.zscore(rows, ddof=1)
    _, singular, transposed = np.linalg.svd(scores, full_matrices=False)
    ours = principal_components(np.corrcoef(rows, rowvar=False), 0)
    eigenvalues = singular**2 / (len(rows) - 1)
    assert ours.eigenvalues == pytest.approx(eigenvalues, rel=tolerance, abs=1e-12)
    signs = np.sign((ours.vectors * transposed.T).sum(axis=0))
    assert ours.vectors == pytest.approx(transposed.T * signs, abs=tolerance)


def test_loadings_are_correlations_of_variables_with_component_scores() -> None:
    rows, _ = DATA["simulated"]
    components = principal_components(np.corrcoef(rows, rowvar=False), 0)
    scores = stats.zscore(rows, ddof=1) @ components.vectors
    correlations = np.corrcoef(rows, scores, rowvar=False)[:6, 6:]
    assert components.loadings == pytest.approx(correlations, abs=RELATIVE)


def test_composite_is_the_weighted_sum_of_component_scores() -> None:
    rows, _ = DATA["simulated"]
    names = [f"x{k}" for k in range(6)]
    scores = stats.zscore(rows, ddof=1)
    theirs = PCA(rows, standardize=True, normalize=False, ncomp=2)
    signed = theirs.factors * np.sign(theirs.eigenvecs[0])  # only the first sign is the anchor's
    result = estimate_index(
        Correlation.of(names, len(rows), np.corrcoef(rows, rowvar=False)),
        IndexSettings(
            method="pca", component_rule="eigenvalue", component_threshold=1.0, anchor="x0"
        ),
    )
    assert result.components is not None
    assert result.is_kept.sum() == 2
    largest = int(np.argmax(np.abs(theirs.eigenvecs[:, 1])))
    signed[:, 1] = theirs.factors[:, 1] * np.sign(theirs.eigenvecs[largest, 1])
    composite = signed @ (theirs.eigenvals[:2] / theirs.eigenvals[:2].sum())
    # statsmodels divides by n, the warehouse by n - 1: one common factor
    assert scores @ result.weights == pytest.approx(
        composite * np.sqrt((len(rows) - 1) / len(rows)), abs=RELATIVE
    )


def test_rows_and_tidy_moments_give_the_same_matrix() -> None:
    rows, _ = DATA["statecrime"]
    matrix = pd.DataFrame(rows).rename(columns=str).corr()
    tidy = (
        matrix.rename_axis("row_variable")
        .reset_index()
        .melt(id_vars="row_variable", var_name="col_variable", value_name="correlation")
    )
    read = Correlation.from_rows(tidy.assign(row_count=len(rows)), list(matrix.columns))
    assert read.matrix == pytest.approx(np.corrcoef(rows, rowvar=False), abs=RELATIVE)
    assert read.n_rows == len(rows)
