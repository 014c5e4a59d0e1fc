"""World trade with exporter-year and importer-year effects, against pyfixest and statsmodels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyfixest
import pytest
import statsmodels.api as sm
from tests.worlds import REAL_TERMS, TERMS, by_cell, made_up, real_cells, world_of

from trade_potential.linalg import FloatArray, one_thread
from trade_potential.structural.estimate import StructuralFit, fit_world
from trade_potential.structural.normal import Normal, sums
from trade_potential.structural.pair_out import without_pair

SAME = 1e-8
"""Two solvers of the same equations, relative to the largest element; measured 1e-12."""

FIXEST = 1e-6
"""pyfixest with tight tolerances, relative to the largest element."""

REFITS = 1e-3
"""What is promised of ln K without the pair; measured 4e-4."""


def relative(ours: Any, theirs: Any) -> float:
    """Largest deviation relative to the largest element."""
    first, second = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    return float(np.abs(first - second).max() / np.abs(second).max())


def paired(cells: pd.DataFrame) -> pd.DataFrame:
    """With the unordered pair, and levels of effects."""
    sides = np.sort(cells[["exporter", "importer"]].to_numpy(dtype=str), axis=1)
    pair = pd.Series(sides[:, 0], cells.index) + "-" + sides[:, 1]
    levels = {side: cells[side] + cells["year"].astype(str) for side in ("exporter", "importer")}
    return cells.assign(
        pair=pair.factorize()[0],
        exporter_year=levels["exporter"].factorize()[0],
        importer_year=levels["importer"].factorize()[0],
    )


def by_pyfixest(cells: pd.DataFrame, terms: tuple[str, ...]) -> Any:
    """Errors clustered by unordered pair with G/(G-1)."""
    return pyfixest.fepois(
        f"trade ~ {' + '.join(terms)} | exporter_year + importer_year",
        paired(cells),
        vcov={"CRV1": "pair"},
        ssc=pyfixest.ssc(k_adj=False, G_adj=True),
        iwls_tol=1e-14,
        demeaner=pyfixest.MapDemeaner(fixef_tol=1e-12),
    )


@pytest.mark.parametrize(("n", "years", "zeros"), [(9, 3, 0.3), (14, 1, 0.0), (7, 5, 0.2)])
def test_a_small_world_as_statsmodels(n: int, years: int, zeros: float) -> None:
    cells = paired(made_up(n, years, seed=2, zeros=zeros))
    fit = fit_world(world_of(cells))
    dummies = pd.get_dummies(cells[["exporter_year", "importer_year"]].astype(str), dtype=float)
    design = pd.concat([cells[list(TERMS)], dummies], axis=1)
    last = [f"importer_year_{k}" for k in cells.groupby("year")["importer_year"].first()]
    theirs = sm.GLM(cells["trade"], design.drop(columns=last), sm.families.Poisson()).fit(
        tol=1e-14,
        maxiter=100,
        cov_type="cluster",
        cov_kwds={"groups": cells["pair"], "use_correction": False},
    )
    assert fit.world.terms == TERMS
    assert relative(fit.coefficients, theirs.params[list(TERMS)]) < SAME
    keys = pd.MultiIndex.from_frame(cells[["exporter", "importer", "year"]])
    assert relative(by_cell(fit.world, fit.fitted).loc[keys], theirs.fittedvalues) < SAME
    assert relative(fit.deviance, theirs.deviance) < SAME
    groups = cells["pair"].nunique()
    covariance = theirs.cov_params().loc[list(TERMS), list(TERMS)] * groups / (groups - 1.0)
    assert relative(fit.covariance, covariance) < SAME


def test_a_small_world_as_pyfixest() -> None:
    cells = made_up(12, 4, seed=3)
    fit, theirs = fit_world(world_of(cells)), by_pyfixest(cells, TERMS)
    assert relative(fit.coefficients, theirs.coef()[list(TERMS)]) < FIXEST
    assert relative(fit.covariance, theirs._vcov) < FIXEST


@pytest.fixture(scope="module")
def real() -> StructuralFit:
    with one_thread():
        return fit_world(world_of(real_cells(), REAL_TERMS))


@pytest.mark.slow(reason="every cell of the world, ten seconds")
def test_the_world_as_pyfixest(real: StructuralFit) -> None:
    theirs = by_pyfixest(real_cells(), REAL_TERMS)
    assert real.n_obs == theirs._N == 522_600
    assert relative(real.coefficients, theirs.coef()[list(REAL_TERMS)]) < FIXEST
    assert relative(real.covariance, theirs._vcov) < FIXEST


@pytest.mark.slow(reason="every cell of the world")
def test_sums_of_the_world_are_kept(real: StructuralFit) -> None:
    for axis in (1, 2):
        made, trade = (part.sum(axis=axis) for part in (real.fitted, real.world.trade))
        assert np.abs(made / trade - 1.0).max() < 1e-11


def refit(fit: StructuralFit, i: int, j: int) -> FloatArray:
    """(2, T) change of the logarithm of both fits of a pair by Newton steps on the other cells."""
    is_other = fit.world.is_used.copy()
    is_other[:, i, j] = is_other[:, j, i] = False
    x = np.ascontiguousarray(fit.within)
    trade, mu = fit.world.trade * is_other, fit.fitted * is_other
    slopes = np.zeros(len(x))
    rows, columns = (np.zeros(fit.exporters.shape) for _ in range(2))
    for _ in range(20):
        normal = Normal.of(mu, fit.base)
        rest = trade - mu
        right = rest.sum(axis=2)[:, :, None], rest.sum(axis=1)[:, :, None]
        of_x = sums(x * mu)
        solved, through = normal.solve(*right), normal.solve(*of_x)
        flat = x.reshape(len(x), -1)
        information = (flat * mu.ravel()) @ flat.T
        gradient = flat @ rest.ravel()
        for side in (0, 1):
            information -= np.tensordot(of_x[side], through[side], axes=((0, 1), (0, 1)))
            gradient -= np.tensordot(of_x[side], solved[side][:, :, 0], axes=((0, 1), (0, 1)))
        more = np.linalg.solve(information, gradient)
        moves = [s[:, :, 0] - t @ more for s, t in zip(solved, through, strict=True)]
        slopes += more
        rows += moves[0]
        columns += moves[1]
        total = np.tensordot(slopes, x, axes=1) + rows[:, :, None] + columns[:, None, :]
        mu = fit.fitted * np.exp(total) * is_other
        if max(float(np.abs(part).max()) for part in (more, *moves)) < 1e-6:
            return np.stack([total[:, i, j], total[:, j, i]])
    raise AssertionError("the refit did not end")


@pytest.mark.slow(reason="200 estimates of the world")
def test_pairs_left_out_of_the_world_as_refits(real: StructuralFit) -> None:
    """Named pairs, those that move most, the largest, and every 200th in between."""
    with one_thread():
        out = without_pair(real)
        one, other = real.world.pairs
        moved = np.abs(np.log(out.predicted[:, one, other] / real.fitted[:, one, other])).max(
            axis=0
        )
        size = (real.fitted + real.fitted.transpose(0, 2, 1)).sum(axis=0)[one, other]
        place = {name: k for k, name in enumerate(real.world.economies)}
        named = [tuple(sorted((place[a], place["CHN"]))) for a in ("KGZ", "TKM", "OMN", "HKG")]
        pairs = dict(
            zip(zip(one.tolist(), other.tolist(), strict=True), range(len(one)), strict=True)
        )
        chosen = {pairs[pair] for pair in named}
        chosen |= {*np.argsort(-moved)[:50].tolist(), *np.argsort(-size)[:50].tolist()}
        rest = [k for k in np.argsort(-moved).tolist() if k not in chosen]
        count = 200 - len(chosen)
        chosen |= {*rest[: 5000 : 5000 // (count // 2)][: count // 2]}
        chosen |= {*rest[5000 :: len(rest) // count][: 200 - len(chosen)]}
        assert len(chosen) == 200
        gaps = []
        for k in sorted(chosen):
            i, j = int(one[k]), int(other[k])
            ours = np.log(
                [
                    out.predicted[:, i, j] / real.fitted[:, i, j],
                    out.predicted[:, j, i] / real.fitted[:, j, i],
                ]
            )
            gaps.append(float(np.abs(ours - refit(real, i, j)).max()))
    assert max(gaps) < REFITS
