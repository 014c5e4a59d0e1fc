"""World trade under every specification: outside references, pairs left out, whole numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from trade_potential.errors import InputError
from trade_potential.multiverse.design import Design
from trade_potential.multiverse.shares import variance_shares
from trade_potential.multiverse.two_way import TwoWay, fit_two_way
from trade_potential.multiverse.world import (
    DIMENSIONS,
    OF_CELLS,
    Asked,
    checked,
    pair_rows,
    ratios_of,
)
from trade_potential.structural.estimate import fit_world
from trade_potential.structural.pair_out import without_pair
from trade_potential.structural.world import World

SOLVED = 1e-6
"""statsmodels ends its steps at a change of the deviance of 1e-8 of it."""

SCORES = 1e-8
"""Of sums of 24 ratios near 1."""

STEP_OF_GAMMA = 0.05
"""A step instead of a refit, in logarithms, with eleven partners where the world has two hundred;
halved squares of a change up to .3."""

N, YEARS = 12, (2019, 2020)
TERMS = (
    *("lndist", "contiguity", "language", "colony"),
    *("customs_union", "free_trade_agreement", "partial_agreement"),
    *("lndist_cities", "lndist_capitals", "free_trade_narrow", "partial_narrow"),
)
DESIGN = Design(
    DIMENSIONS,
    (
        ("weighted", "cities"),
        ("as_listed", "without_broad", "none"),
        ("in", "out"),
        ("0", "20"),
        ("kept", "left_out"),
        ("pooled", "yearly"),
        ("ppml", "gamma", "log_ols"),
        ("in", "left_out"),
    ),
    (0,) * 8,
)
GAMMA = replace(DESIGN, options=(*DESIGN.options[:6], ("gamma",), ("in", "left_out")))
LEAST_SQUARES = replace(DESIGN, options=(*DESIGN.options[:6], ("log_ols",), ("in",)))
ORDERS = {"huge_potential": 1, "potential_expansion": 2, "potential_reshaping": 3}


def made(seed: int = 3, zeros: float = 0.1) -> World:
    rng = np.random.default_rng(seed)
    shape = (len(YEARS), N, N)
    used = np.broadcast_to(~np.eye(N, dtype=bool), shape).copy()

    def same_both_ways(values: np.ndarray) -> np.ndarray:
        upper = np.triu(values, 1)
        return np.broadcast_to(upper + upper.T, shape) * used

    distance = same_both_ways(rng.normal(size=(N, N)))
    regressors = np.stack(
        [
            distance,
            *(same_both_ways(rng.random((N, N)) < 0.3) * 1.0 for _ in TERMS[1:7]),
            distance + 0.2 * same_both_ways(rng.normal(size=(N, N))),
            distance + 0.2 * same_both_ways(rng.normal(size=(N, N))),
            *(same_both_ways(rng.random((N, N)) < 0.2) * 1.0 for _ in TERMS[9:]),
        ]
    )
    line = 6.0 - 0.8 * distance + 0.5 * regressors[1]
    line += rng.normal(size=(2, N, 1)) + rng.normal(size=(2, 1, N))
    trade = np.exp(line + rng.normal(scale=0.5, size=shape)) * used
    trade *= rng.random(shape) > zeros
    names = tuple(f"E{k:02d}" for k in range(N))
    return World(names, YEARS, TERMS, trade, used, regressors)


WORLD = made()
ASKED = Asked(tuple(np.triu_indices(N, 1)), 0.0)


def dummies(world: World, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Trade of some cells, and regressors with a dummy for each effect but one a year."""
    t, i, j = np.nonzero(rows)
    exporters = np.eye(len(world.years) * N)[t * N + i]
    importers = np.eye(len(world.years) * N)[t * N + j]
    importers = np.delete(importers, [N * k for k in range(len(world.years))], axis=1)
    design = np.column_stack([world.regressors[:, rows].T, exporters, importers])
    return world.trade[rows], design


SMALL = WORLD.select(("lndist", "contiguity", "language"))


@pytest.mark.parametrize("keeps_zeros", [True, False])
def test_gamma_is_that_of_statsmodels_and_solves_its_scores(keeps_zeros: bool) -> None:
    rows = SMALL.is_used if keeps_zeros else SMALL.trade > 0.0
    world = replace(SMALL, is_used=rows, regressors=SMALL.regressors * rows)
    fit = fit_two_way(world, "gamma")
    assert fit is not None
    y, design = dummies(SMALL, rows)
    family = sm.families.Gamma(sm.families.links.Log())
    # from near the answer: its steps are not shortened
    positive = y > 0.0
    start = np.linalg.lstsq(design[positive], np.log(y[positive]), rcond=None)[0]
    # zeros have no deviance: the smallest number instead
    given = np.maximum(y, 1e-12)
    outside = sm.GLM(given, design, family=family).fit(start_params=start, maxiter=300, tol=1e-13)
    assert fit.slopes == pytest.approx(outside.params[:3], rel=SOLVED, abs=SOLVED)
    scores = fit.scores
    assert np.abs(scores.sum(axis=1)).max() < SCORES
    assert np.abs(scores.sum(axis=2)).max() < SCORES
    assert np.abs(np.einsum("ptij,tij->p", SMALL.regressors, scores)).max() < SCORES
    line = np.tensordot(fit.slopes, SMALL.regressors, axes=1)
    line += fit.exporters[:, :, None] + fit.importers[:, None, :]
    assert (SMALL.trade / np.exp(line) - 1.0)[rows] == pytest.approx(scores[rows], abs=SCORES)


def test_log_least_squares_is_that_of_statsmodels() -> None:
    fit = fit_two_way(SMALL, "log_ols")
    assert fit is not None
    y, design = dummies(SMALL, SMALL.trade > 0.0)
    outside = sm.OLS(np.log(y), design).fit()
    assert fit.slopes == pytest.approx(outside.params[:3], abs=1e-10)
    assert fit.scores[SMALL.trade > 0.0] == pytest.approx(outside.resid, abs=1e-10)


def line_of(fit: TwoWay) -> np.ndarray:
    line = np.tensordot(fit.slopes, SMALL.regressors[:, -1], axes=1)
    return line + fit.exporters[-1][:, None] + fit.importers[-1][None, :]


@pytest.mark.parametrize(("estimator", "within"), [("log_ols", 1e-9), ("gamma", STEP_OF_GAMMA)])
def test_a_pair_left_out_is_that_of_a_refit(estimator: str, within: float) -> None:
    fit = fit_two_way(SMALL, estimator)
    assert fit is not None
    found, moved = line_of(fit) + fit.without_pair(), 0.0
    for i, j in ((0, 1), (2, 7), (4, 11), (9, 10)):
        used = SMALL.is_used.copy()
        used[:, i, j] = used[:, j, i] = False
        rest = fit_two_way(
            replace(
                SMALL,
                is_used=used,
                trade=SMALL.trade * used,
                regressors=SMALL.regressors * used,
            ),
            estimator,
        )
        assert rest is not None
        for cell in ((i, j), (j, i)):
            if estimator == "gamma" or SMALL.trade[-1][cell] > 0.0:
                assert found[cell] == pytest.approx(line_of(rest)[cell], abs=within)
                moved = max(moved, abs(float(line_of(rest)[cell] - line_of(fit)[cell])))
    assert moved > 5.0 * within


def test_an_exporter_with_one_partner_has_no_prediction_without_it() -> None:
    trade = SMALL.trade.copy()
    trade[-1, 0] = 0.0
    trade[-1, 0, 1] = 5.0
    fit = fit_two_way(replace(SMALL, trade=trade), "log_ols")
    assert fit is not None
    assert np.isnan(fit.without_pair()[0, 1])
    assert np.isfinite(fit.without_pair()[1, 2])


def test_a_world_in_two_parts_has_no_estimate() -> None:
    apart = SMALL.trade.copy()
    apart[:, :6, 6:] = apart[:, 6:, :6] = 0.0
    assert fit_two_way(replace(SMALL, trade=apart), "gamma") is None
    assert fit_two_way(replace(SMALL, trade=np.zeros_like(apart)), "gamma") is None
    flat = replace(SMALL, regressors=np.ones_like(SMALL.regressors) * SMALL.is_used)
    assert fit_two_way(flat, "gamma") is None


def totals(world: World, predicted: np.ndarray) -> np.ndarray:
    i, j = ASKED.pairs
    actual = world.trade[-1, i, j] + world.trade[-1, j, i]
    return np.where(actual > 0.0, actual, np.nan) / (predicted[i, j] + predicted[j, i])


def test_k_of_ppml_is_that_of_the_structural_fit() -> None:
    found = ratios_of(WORLD, ASKED, DESIGN, (0,) * len(OF_CELLS))[0]
    fit = fit_world(WORLD.select(TERMS[:7]))
    assert found[0] == pytest.approx(totals(WORLD, fit.fitted[-1]), nan_ok=True)
    assert found[1] == pytest.approx(totals(WORLD, without_pair(fit).predicted[-1]), nan_ok=True)


def test_each_option_is_what_it_says() -> None:
    """Cities, no agreements, no ties, floor 20, zeros left out, 2020 alone, log least squares."""
    trade = np.where(WORLD.trade >= 20.0, WORLD.trade, 0.0)[-1:]
    assert ((WORLD.trade[-1] > 0.0) & (trade[-1] == 0.0)).any()
    world = replace(
        WORLD.select(("contiguity", "lndist_cities")),
        years=(2020,), trade=trade, is_used=trade > 0.0,
    )  # fmt: skip
    world = replace(world, regressors=WORLD.select(world.terms).regressors[:, -1:])
    y, design = dummies(world, trade > 0.0)
    outside = sm.OLS(np.log(y), design).fit()
    every = replace(world, is_used=WORLD.is_used[-1:])
    predicted = np.zeros((N, N))
    predicted[WORLD.is_used[-1]] = np.exp(dummies(every, every.is_used)[1] @ outside.params)
    found = ratios_of(WORLD, ASKED, LEAST_SQUARES, (1, 2, 1, 1, 1, 1))[0, 0]
    assert found == pytest.approx(totals(world, predicted), nan_ok=True)
    # log least squares takes no zeros, whatever is chosen for them
    kept = ratios_of(WORLD, ASKED, LEAST_SQUARES, (1, 2, 1, 1, 0, 1))[0, 0]
    assert kept == pytest.approx(found, nan_ok=True)


def test_small_predictions_and_totals_without_trade_have_no_class() -> None:
    place = (0,) * len(OF_CELLS)
    trade = WORLD.trade.copy()
    trade[-1, 0, 1] = trade[-1, 1, 0] = 0.0
    world = replace(WORLD, trade=trade)
    free = ratios_of(world, ASKED, GAMMA, place)
    actual = totals(world, np.ones((N, N)) / 2.0)
    assert np.isnan(actual[0])
    assert (np.isnan(free) == np.isnan(actual)).all()
    size = actual / free[0, 0]
    least = float(np.nanmedian(size))
    few = ratios_of(world, replace(ASKED, minimum_usd=least), GAMMA, place)[0]
    assert np.isnan(few[:, size < least]).all()
    assert few[:, size > least] == pytest.approx(free[0][:, size > least])
    assert (size < least).any()


def test_shares_of_variance_follow_from_the_whole_numbers() -> None:
    rng = np.random.default_rng(7)
    codes = rng.integers(0, 4, size=(*DESIGN.shape, len(ASKED.pairs[0])))
    codes[..., 0] = 2
    codes[..., 1] = np.arange(3).reshape(3, 1)
    keys = pd.DataFrame(
        {
            "first_iso3": [WORLD.economies[k] for k in ASKED.pairs[0]],
            "second_iso3": [WORLD.economies[k] for k in ASKED.pairs[1]],
            "year": 2020,
        }
    )
    rows = pair_rows("w", DESIGN, codes, keys, ORDERS)
    exact = variance_shares((codes == codes[DESIGN.default]).astype(float))
    share = (codes == codes[DESIGN.default]).mean(axis=tuple(range(8)))
    n = len(DESIGN)
    assert (rows["n_specifications"] == n).all()
    for code, column in ((1, "n_huge"), (2, "n_expansion"), (3, "n_reshaping")):
        assert (rows[column] == (codes == code).sum(axis=tuple(range(8)))).all()
    moves = exact.variance > 0.0
    assert moves.any()
    for k, (name, size) in enumerate(zip(DIMENSIONS, DESIGN.shape, strict=True)):
        squares, switched = (rows[f"{name}_{part}"].to_numpy() for part in ("squares", "switched"))
        first, total = size * squares / n**2 - share**2, switched / (2 * size * n)
        assert first[moves] == pytest.approx((exact.first_order[k] * exact.variance)[moves])
        assert total[moves] == pytest.approx((exact.total[k] * exact.variance)[moves])
        assert (switched[~moves] == 0).all()


@pytest.mark.parametrize(
    ("dimension", "options", "said"),
    [
        ("distance", ("weighted", "miles"), "distance miles: none of weighted, cities, capitals"),
        ("estimator", ("ppml", "tobit"), "estimator tobit: none of ppml, gamma, log_ols"),
        ("floor", ("0", "few"), "floor few: no whole number of US"),
    ],
)
def test_an_option_that_there_is_not_is_refused(
    dimension: str, options: tuple[str, ...], said: str
) -> None:
    held = list(DESIGN.options)
    held[DIMENSIONS.index(dimension)] = options
    with pytest.raises(InputError, match=said):
        checked(replace(DESIGN, options=tuple(held)))
    with pytest.raises(InputError, match="dimensions distance, pair: not distance, agree"):
        checked(Design(("distance", "pair"), (("a", "b"),) * 2, (0, 0)))
    assert checked(DESIGN) is DESIGN
