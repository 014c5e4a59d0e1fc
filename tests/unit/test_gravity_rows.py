"""Every estimator with every covariance, from the rows of awkward panels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.panels import ENTITY, OUTCOME, Array, Case, make_panel, unbalanced_sizes

from trade_potential.gravity.estimate import Estimate
from trade_potential.inference.registry import COVARIANCES

SAME = 1e-9
"""Two exact formulas in double precision, in units of the diagonal; they agree to 1e-12 here, the
rest is room for other processors."""

SANDWICHES = list(COVARIANCES)[1:]


def assert_same(ours: Array, theirs: Array) -> None:
    """Matrices in units of the diagonal of the second, so that no element hides."""
    scale = np.sqrt(np.abs(np.diag(theirs)))
    unit = np.outer(scale, scale)
    np.testing.assert_allclose(ours / unit, theirs / unit, rtol=0.0, atol=SAME)


def crossed(frame: pd.DataFrame, scores: Array, *keys: str) -> Array:
    """Sum over groups of products of the summed scores, times G / (G - 1)."""
    codes = frame.groupby(list(keys), sort=True).ngroup().to_numpy()
    sums = np.zeros((codes.max() + 1, scores.shape[1]))
    np.add.at(sums, codes, scores)
    matrix: Array = sums.T @ sums * len(sums) / (len(sums) - 1.0)
    return matrix


def bartlett(frame: pd.DataFrame, scores: Array) -> Array:
    """Newey and West's sum over all pairs of years, written as a double loop."""
    years = np.sort(frame["year"].unique())
    sums = [scores[(frame["year"] == year).to_numpy()].sum(axis=0) for year in years]
    lags = int(4.0 * (len(years) / 100.0) ** (2.0 / 9.0))
    total = np.zeros((scores.shape[1],) * 2)
    for s, one in enumerate(sums):
        for t, other in enumerate(sums):
            total += max(0.0, 1.0 - abs(s - t) / (lags + 1.0)) * np.outer(one, other)
    return total


def by_rows(
    frame: pd.DataFrame,
    design: Array,
    y: Array,
    weights: Array,
    *,
    effects: int = 0,
) -> tuple[Array, dict[str, Array]]:
    """Weighted least squares on rows and every covariance of it, from textbook formulas.

    Args:
        frame: Has the columns entity and year.
        design: (N, k) the constant among them.
        y: (N,).
        weights: (N,).
        effects: Effects of entities beside the constant, nested in the clusters of entities.
    """
    n, k = design.shape
    units = np.sqrt((design**2).mean(axis=0))
    gram = (design / units).T @ (weights[:, None] * design / units)
    bread = np.linalg.inv(gram) / np.outer(units, units)
    slopes = bread @ (design.T @ (weights * y))
    residual = y - design @ slopes
    df = n - k - effects
    scores = design * (weights * residual)[:, None]
    parts = {key: crossed(frame, scores, key) for key in (ENTITY, "year")}
    rows = scores.T @ scores
    once = (n - 1.0) / (n - k)
    meats = {
        "robust": n / df * rows,
        "clustered": once * parts[ENTITY],
        "clustered_twoway": once * (parts[ENTITY] + parts["year"] - rows * n / (n - 1.0)),
        "driscoll_kraay": n / df * bartlett(frame, scores),
    }
    found = {kind: bread @ meat @ bread for kind, meat in meats.items()}
    return slopes, found | {"classical": (weights * residual) @ residual / df * bread}


def staggered(seed: int) -> pd.DataFrame:
    """Entities begin in different years; some years are missing altogether."""
    frame = make_panel(seed, sizes=unbalanced_sizes(seed, 30, 9), n_terms=3, scales=(1e-3, 1e4))
    begin = np.random.default_rng(seed).integers(0, 9, 30)
    frame["year"] += begin[frame.groupby(ENTITY).ngroup()]
    frame.loc[frame["year"] > 2004, "year"] += 3
    return frame


def weighted_means(frame: pd.DataFrame, columns: list[str], weights: Array) -> pd.DataFrame:
    """Weighted mean of the entity, for each row."""
    keys = frame[ENTITY].to_numpy()
    total = pd.Series(weights).groupby(keys).transform("sum").to_numpy()
    product = frame[columns].mul(weights, axis=0).groupby(keys).transform("sum")
    return product.div(total, axis=0)


def transformed(frame: pd.DataFrame, fit: Estimate, weights: Array) -> tuple[Array, Array]:
    """Outcome and design of a fit: less theta times the entity mean, the constant 1 - theta.

    Within keeps the grand mean, so that its constant is that of the centred model.
    """
    names = [term.removeprefix("mean(").removesuffix(")") for term in fit.terms]
    columns = [OUTCOME, *dict.fromkeys(names)]
    sizes = frame.groupby(ENTITY)[OUTCOME].transform("size").to_numpy()
    means = weighted_means(frame, columns, weights)
    theta, left = np.zeros(len(frame)), np.ones(len(frame))
    if fit.spec.has_theta:
        theta = 1.0 - fit.sigma_e / np.sqrt(sizes * fit.sigma_u**2 + fit.sigma_e**2)
        left = 1.0 - theta
    back = 0.0
    if fit.estimator == "within":
        theta = np.ones(len(frame))
        back = np.average(frame[columns], axis=0, weights=weights)
    values = frame[columns] - means.mul(theta, axis=0) + back
    design = [left]
    for term, name in zip(fit.terms, names, strict=True):
        design.append(values[name] if term == name else left * means[name])
    return values[OUTCOME].to_numpy(), np.column_stack(design)


@pytest.mark.parametrize("is_weighted", [False, True])
@pytest.mark.parametrize("seed", [1, 2])
def test_from_rows(seed: int, is_weighted: bool) -> None:
    frame = staggered(seed)
    frame["x4"] = frame.groupby(ENTITY)["x1"].transform("max")
    rng = np.random.default_rng(seed)
    frame["weight"] = rng.uniform(0.2, 5.0, len(frame)) if is_weighted else 1.0
    case = Case.of(frame, weights="weight" if is_weighted else None)
    weights = (frame["weight"] / frame["weight"].mean()).to_numpy()
    for estimator in case.fits.keys() - {"between", "twoway"}:
        fit = case.fits[estimator]
        y, design = transformed(frame, fit, weights)
        effects = frame[ENTITY].nunique() - 1 if estimator == "within" else 0
        slopes, theirs = by_rows(frame, design, y, weights, effects=effects)
        assert fit.status == "ok"
        np.testing.assert_allclose(fit.coefficients, slopes, rtol=SAME, err_msg=estimator)
        first = 1 if estimator == "within" else 0  # its constant has no scores by entity and time
        for kind in COVARIANCES:
            ours = fit.covariance if kind == "classical" else case.errors(estimator, kind).matrix
            assert_same(ours[first:, first:], theirs[kind][first:, first:])
        predicted = frame[list(fit.terms)] @ fit.slopes if estimator == "pooled" else None
        if predicted is not None:
            share = weighted_share(frame[OUTCOME].to_numpy(), predicted.to_numpy(), weights)
            assert fit.r_squared == pytest.approx(share, rel=SAME)


def weighted_share(one: Array, other: Array, weights: Array) -> float:
    """Squared weighted correlation."""
    spread = np.cov(one, other, aweights=weights)
    return float(spread[0, 1] ** 2 / (spread[0, 0] * spread[1, 1]))


@pytest.mark.parametrize("is_weighted", [False, True])
def test_between_from_rows(is_weighted: bool) -> None:
    """An entity counts with the mean weight of its rows, and once where rows have no weight."""
    frame = staggered(3)
    rng = np.random.default_rng(3)
    frame["weight"] = rng.uniform(0.2, 5.0, len(frame)) if is_weighted else 1.0
    case = Case.of(frame, weights="weight" if is_weighted else None)
    columns, keys = [OUTCOME, "x1", "x2", "x3"], frame[ENTITY].to_numpy()
    weights = (frame["weight"] / frame["weight"].mean()).to_numpy()
    means = weighted_means(frame, columns, weights).groupby(keys).first()
    mass = pd.Series(weights).groupby(keys).mean().to_numpy()
    design = np.column_stack([np.ones(len(means)), means[columns[1:]]])
    lone = pd.DataFrame({ENTITY: means.index, "year": range(len(means))})
    slopes, theirs = by_rows(lone, design, means[OUTCOME].to_numpy(), mass)
    fit = case.fits["between"]
    np.testing.assert_allclose(fit.coefficients, slopes, rtol=SAME)
    assert_same(fit.covariance, theirs["classical"])
    assert_same(case.errors("between", "robust").matrix, theirs["robust"])
    assert_same(case.errors("between", "clustered").matrix, theirs["clustered"])


def test_weights_of_a_balanced_panel_from_rows() -> None:
    """Mean weights of partners add up to their number: that does not make rows count alike."""
    frame = make_panel(3, sizes=[4] * 16, n_terms=1).assign(weight=np.tile([0.5, 1.5], 32))
    case = Case.of(frame, weights="weight")
    assert case.moments.is_weighted
    design = np.column_stack([np.ones(len(frame)), frame[["x1"]]])
    _, theirs = by_rows(frame, design, frame[OUTCOME].to_numpy(), frame["weight"].to_numpy())
    for kind in SANDWICHES:
        assert_same(case.errors("pooled", kind).matrix, theirs[kind])
    assert case.tests["breusch_pagan_lm"].reason == "the test is one of rows without weights"


def test_years_count_where_they_are_not_nested_in_the_clusters() -> None:
    """Dummies of the years beside partner effects: K of the clustered covariance has them."""
    frame = staggered(3)
    case = Case.of(frame)
    fit = case.fits["twoway"]
    assert fit.time_effects is not None
    years = pd.get_dummies(frame["year"], drop_first=True).to_numpy(dtype=float)
    values = frame[[OUTCOME, "x1", "x2", "x3"]].to_numpy()
    both = np.column_stack([values, years])
    inner = both - pd.DataFrame(both).groupby(frame[ENTITY].to_numpy()).transform("mean").to_numpy()
    design, n = inner[:, 1:], len(frame)
    units = design.std(axis=0)
    bread = np.linalg.inv((design / units).T @ (design / units)) / np.outer(units, units)
    residual = inner[:, 0] - design @ bread @ (design.T @ inner[:, 0])
    meat = crossed(frame, design * residual[:, None], ENTITY)
    k = 1 + 3 + years.shape[1]
    theirs = (n - 1.0) / (n - k) * (bread @ meat @ bread)[:3, :3]
    assert_same(case.errors("twoway", "clustered").matrix[1:, 1:], theirs)
