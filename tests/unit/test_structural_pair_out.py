"""Predictions without the pair itself, beside estimates on the other rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.worlds import TERMS, made_up, world_of

from trade_potential.structural import pair_out
from trade_potential.structural.estimate import StructuralFit, fit_world
from trade_potential.structural.normal import Normal
from trade_potential.structural.pair_out import EFFECTS, LEVERAGE, METHODS, REFIT, without_pair
from trade_potential.structural.pair_step import one_step

REFITS = 1e-3
"""What is promised of ln K; measured 6e-4 in these worlds, 4e-4 in the real one."""

SMALL = 1e-9
"""A pair without a residual: rounding."""


FEW_PAIRS = pair_out.FEW_PAIRS


@pytest.fixture(autouse=True)
def _steps_from_the_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """These worlds are small, and test the steps of large ones."""
    monkeypatch.setattr(pair_out, "FEW_PAIRS", 0)


def alone(cells: pd.DataFrame, one: str, other: str, terms: Any = TERMS) -> dict[Any, float]:
    """Predictions of a pair by the estimate on the other rows, by exporter, importer and year."""
    sides = cells["exporter"], cells["importer"]
    own = sides[0].isin([one, other]) & sides[1].isin([one, other])
    fit = fit_world(world_of(cells[~own], terms))
    if not fit.is_estimated or fit.world.terms != terms:
        return {}
    world, found = fit.world, {}
    has = {side: world.has(side) for side in ("exporter", "importer")}
    for cell in cells[own].to_dict("records"):
        t = world.years.index(cell["year"])
        i, j = (world.economies.index(cell[side]) for side in ("exporter", "importer"))
        if has["exporter"][t, i] and has["importer"][t, j]:
            linear = float(fit.coefficients @ [cell[term] for term in terms])
            value = np.exp(linear + fit.exporters[t, i] + fit.importers[t, j])
            found[cell["exporter"], cell["importer"], cell["year"]] = float(value)
    return found


def largest_gap(cells: pd.DataFrame, fit: StructuralFit) -> float:
    """Largest difference in logarithms over all pairs; the same cells have no prediction."""
    out, names = without_pair(fit), fit.world.economies
    gaps = [0.0]
    for i, j in zip(*(at.tolist() for at in fit.world.pairs), strict=True):
        theirs = alone(cells, names[i], names[j], fit.world.terms)
        for one, other in ((i, j), (j, i)):
            for t, year in enumerate(fit.world.years):
                if not fit.world.is_used[t, one, other]:
                    continue
                ours = out.predicted[t, one, other]
                value = theirs.get((names[one], names[other], year))
                is_none = METHODS[out.method[t, one, other]] == "no_effect"
                assert is_none == np.isnan(ours) == (value is None)
                if value is not None:
                    gaps.append(abs(float(np.log(ours / value))))
    return max(gaps)


@pytest.mark.parametrize(
    ("n", "years", "seed", "zeros"), [(12, 3, 0, 0.5), (9, 3, 0, 0.3), (6, 2, 2, 0.2)]
)
def test_every_pair_as_an_estimate_without_it(n: int, years: int, seed: int, zeros: float) -> None:
    cells = made_up(n, years, seed=seed, zeros=zeros)
    assert largest_gap(cells, fit_world(world_of(cells))) < REFITS


def test_each_way_is_taken_and_one_step_is_not_enough() -> None:
    """The largest pairs would be off by far more than what is promised."""
    cells = made_up(12, 3, seed=0, zeros=0.5)
    fit = fit_world(world_of(cells))
    out = without_pair(fit)
    assert {LEVERAGE, EFFECTS, REFIT} <= set(np.unique(out.method[fit.world.is_used]))
    step = one_step(fit, Normal.of(fit.fitted, fit.base).dense())
    one, other = fit.world.pairs
    final = np.log(out.predicted[:, one, other] / fit.fitted[:, one, other])
    assert np.nanmax(np.abs(step.change[0] - final)) > 100.0 * REFITS


def uneven(n: int, years: int, sigma: float, seed: int) -> pd.DataFrame:
    """Cells whose logarithm deviates by ``sigma``."""
    cells, rng = made_up(n, years, seed=seed), np.random.default_rng(seed)
    return cells.assign(trade=np.exp(rng.normal(-cells["lndist"], sigma)))


@pytest.mark.parametrize(("n", "years", "seed"), [(4, 1, 0), (9, 3, 1)])
def test_a_small_world_is_estimated_anew(
    n: int, years: int, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps from the fit are off by more than what is promised."""
    monkeypatch.setattr(pair_out, "FEW_PAIRS", FEW_PAIRS)
    cells = uneven(n, years, 1.0, seed)
    fit = fit_world(world_of(cells, ("lndist",)))
    assert largest_gap(cells, fit) < SMALL


@pytest.mark.filterwarnings("error")
def test_factors_that_overflow_on_the_way_settle_elsewhere() -> None:
    cells = uneven(6, 3, 8.0, 16)
    fit = fit_world(world_of(cells, ("lndist",)))
    assert fit.status == "ok"
    assert largest_gap(cells, fit) < REFITS


def test_a_pair_that_trades_what_the_others_predict_changes_nothing() -> None:
    cells = made_up(9, 2, seed=1).set_index(["exporter", "importer", "year"]).sort_index()
    theirs = alone(cells.reset_index(), "E02", "E05")
    for key, value in theirs.items():
        cells.loc[key, "trade"] = value
    fit = fit_world(world_of(cells.reset_index()))
    out = without_pair(fit)
    for i, j in ((2, 5), (5, 2)):
        for made in (fit.fitted, out.predicted):
            assert np.allclose(made[:, i, j], fit.world.trade[:, i, j], rtol=SMALL, atol=0.0)


def test_the_only_partner_of_a_year_has_no_prediction_without_itself() -> None:
    cells = made_up(9, 3, seed=1, zeros=0.2)
    lone = (cells["exporter"] == "E04") & (cells["importer"] != "E02") & (cells["year"] == 2011)
    cells = cells.assign(trade=np.where(lone, 0.0, cells["trade"].clip(lower=0.01 * ~lone)))
    fit = fit_world(world_of(cells))
    out = without_pair(fit)
    methods = [METHODS[k] for k in out.method[:, 4, 2]]
    assert methods[1] == "no_effect"
    assert "no_effect" not in (methods[0], methods[2], METHODS[out.method[1, 2, 4]])
    assert np.isnan(out.predicted[1, 4, 2])
    assert largest_gap(cells, fit) < REFITS


def test_a_cell_that_alone_joins_its_exporter_has_none_either() -> None:
    """The exporter has one row in the year: without it there is no effect, with it no residual."""
    cells = made_up(9, 3, seed=1, zeros=0.2)
    cells = cells[
        (cells["exporter"] != "E04") | (cells["importer"] == "E02") | (cells["year"] != 2011)
    ]
    cells = cells.assign(trade=cells["trade"].clip(lower=0.01))
    fit = fit_world(world_of(cells))
    assert METHODS[without_pair(fit).method[1, 4, 2]] == "no_effect"
    assert largest_gap(cells, fit) < REFITS


def test_a_slope_that_only_the_pair_tells_leaves_no_prediction() -> None:
    cells = made_up(9, 3, seed=1)
    own = cells["exporter"].isin(["E02", "E05"]) & cells["importer"].isin(["E02", "E05"])
    terms = ("lndist", "bloc")
    bloc = cells.assign(bloc=own.astype(float), trade=cells["trade"] + own)
    fit = fit_world(world_of(bloc, terms))
    assert fit.status == "ok"
    out = without_pair(fit)
    assert {METHODS[k] for k in out.method[:, 2, 5]} == {"no_effect"}
    assert largest_gap(bloc, fit) < REFITS


def test_three_economies_are_not_joined_without_a_pair() -> None:
    cells = made_up(3, 8, zeros=0.0)
    cells["x"] = np.random.default_rng(1).normal(size=len(cells))
    fit = fit_world(world_of(cells, ("x",)))
    assert fit.is_estimated
    out = without_pair(fit)
    assert {METHODS[k] for k in out.method[fit.world.is_used]} == {"no_effect"}
    assert np.isnan(out.predicted[fit.world.is_used]).all()


@pytest.mark.parametrize("unit", [1e-6, 1e12])
def test_the_unit_of_trade_does_not_matter(unit: float) -> None:
    cells = made_up(9, 2, seed=4)
    one, other = (
        without_pair(fit_world(world_of(cells.assign(trade=cells["trade"] * by))))
        for by in (1.0, unit)
    )
    assert np.array_equal(one.method, other.method)
    assert np.allclose(one.predicted * unit, other.predicted, rtol=1e-7, atol=0.0, equal_nan=True)
