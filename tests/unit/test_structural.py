"""World trade with exporter-year and importer-year effects: properties, statuses, input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.worlds import TERMS, by_cell, made_up, world_of

from trade_potential.errors import InputError, MemoryLimitError
from trade_potential.structural.estimate import StructuralFit, fit_world

SUMS = 1e-11
"""Of sums over partners as shares: the bound of the solver is 1e-12."""

SAME = 1e-9
"""Two solutions of the same equations, relative; measured 1e-13."""


def fitted(cells: pd.DataFrame, terms: tuple[str, ...] = TERMS) -> StructuralFit:
    return fit_world(world_of(cells, terms))


def close(one: Any, other: Any, tolerance: float = SAME) -> bool:
    return bool(np.allclose(one, other, rtol=tolerance, atol=0.0))


# --- Properties -----------------------------------------------------------------------------------


def test_sums_over_partners_are_kept() -> None:
    cells = made_up(12, 4)
    fit = fitted(cells)
    assert fit.status == "ok"
    both = cells.set_index(["exporter", "importer", "year"]).assign(
        fit=by_cell(fit.world, fit.fitted)
    )
    for side in ("exporter", "importer"):
        sums = both.groupby([side, "year"])[["trade", "fit"]].sum()
        assert close(sums["fit"], sums["trade"], SUMS)


@pytest.mark.parametrize("unit", [1e-6, 1e-3, 1e12])
def test_the_unit_of_trade_leaves_k_and_errors_alone(unit: float) -> None:
    cells = made_up()
    one, other = fitted(cells), fitted(cells.assign(trade=cells["trade"] * unit))
    assert close(one.coefficients, other.coefficients)
    assert close(one.covariance, other.covariance)
    assert close(one.fitted * unit, other.fitted)
    assert close(one.exporters + np.log(unit), other.exporters)
    assert np.allclose(one.importers, other.importers, atol=SAME)
    assert close(one.deviance * unit, other.deviance)


@pytest.mark.parametrize(("factor", "shift"), [(1e-6, 0.0), (1e9, 3e12), (1.0, -40.0)])
def test_unit_and_origin_of_a_regressor_leave_the_fit_alone(factor: float, shift: float) -> None:
    cells = made_up()
    one = fitted(cells)
    other = fitted(cells.assign(lndist=cells["lndist"] * factor + shift))
    # adding 3e12 leaves ten digits of the values themselves
    tolerance = 1e-6 if shift > 1e6 else SAME
    assert close(one.coefficients[0], other.coefficients[0] * factor, tolerance)
    assert close(one.covariance[0, 0], other.covariance[0, 0] * factor**2, tolerance)
    assert close(one.fitted, other.fitted, tolerance)


def test_the_order_of_rows_does_not_matter() -> None:
    cells = made_up()
    one, other = fitted(cells), fitted(cells.sample(frac=1.0, random_state=3))
    assert np.array_equal(one.fitted, other.fitted)
    assert np.array_equal(one.covariance, other.covariance)


def test_an_economy_without_trade_changes_nothing_and_is_named() -> None:
    cells = made_up()
    more = cells[cells["exporter"] == "E01"].assign(exporter="E0x", trade=0.0)
    one, other = fitted(cells), fitted(pd.concat([cells, more]))
    assert close(one.coefficients, other.coefficients)
    assert close(one.covariance, other.covariance)
    assert close(by_cell(one.world, one.fitted), by_cell(other.world, other.fitted))
    lost = world_of(pd.concat([cells, more])).without_trade()
    at = other.world.economies.index("E0x")
    assert lost["exporter"][:, at].all()
    assert lost["exporter"].sum() == len(one.world.years)
    assert not lost["importer"].any()


def test_exporters_and_importers_play_the_same_part() -> None:
    cells = made_up()
    swapped = cells.rename(columns={"exporter": "importer", "importer": "exporter"})
    one, other = fitted(cells), fitted(swapped)
    assert close(one.coefficients, other.coefficients)
    assert close(one.covariance, other.covariance)
    assert close(one.fitted, other.fitted.transpose(0, 2, 1))
    level = other.exporters - one.importers
    assert close(level, level[:, :1] * np.ones_like(level))


def test_the_largest_importer_of_a_year_is_the_base() -> None:
    fit = fitted(made_up())
    takes = fit.world.trade.sum(axis=1)
    assert np.array_equal(fit.base.argmax(axis=1), takes.argmax(axis=1))
    assert not fit.importers[fit.base].any()
    predictor = np.tensordot(fit.coefficients, fit.world.regressors, axes=1)
    total = np.exp(predictor + fit.exporters[:, :, None] + fit.importers[:, None, :])
    assert close(total[fit.world.is_used], fit.fitted[fit.world.is_used])


def test_scaling_the_trade_of_one_economy_before_the_fit_moves_k() -> None:
    """A share that turns one economy's trade into another kind of trade goes onto K afterwards."""
    cells = made_up()
    ours = (cells["exporter"] == "E03") | (cells["importer"] == "E03")
    shared = cells.assign(trade=cells["trade"] * np.where(ours, 0.05, 1.0))
    ratios = []
    for fit in (fitted(cells), fitted(shared)):
        exports = fit.world.trade[:, 3]
        ratios.append(exports[exports > 0.0] / fit.fitted[:, 3][exports > 0.0])
    assert np.abs(np.log(ratios[0] / ratios[1])).max() > 0.1


# --- Statuses -------------------------------------------------------------------------------------


def pair_of_two(cells: pd.DataFrame) -> pd.DataFrame:
    return cells[cells["exporter"].isin(["E00", "E01"]) & cells["importer"].isin(["E00", "E01"])]


def in_two_worlds(cells: pd.DataFrame) -> pd.DataFrame:
    first = (
        [name < "E04" for name in cells["exporter"]],
        [name < "E04" for name in cells["importer"]],
    )
    return cells[(np.array(first[0]) == np.array(first[1])) | (cells["year"] != 2011)]


def few(cells: pd.DataFrame) -> pd.DataFrame:
    """Two exporters, two importers, one year."""
    named = cells["exporter"].isin(["E00", "E01"]) & cells["importer"].isin(["E02", "E03"])
    return cells[named & (cells["year"] == 2010)].assign(trade=[1.0, 2.0, 4.0, 3.0])


def exact(cells: pd.DataFrame) -> pd.DataFrame:
    size = cells["exporter"].str[1:].astype(int), cells["importer"].str[1:].astype(int)
    return cells.assign(trade=np.exp(0.1 * size[0] - 0.2 * size[1] - 0.7 * cells["lndist"]))


CASES: dict[str, tuple[Any, str]] = {
    "no_rows": (lambda cells: cells[:0], "there are no cells"),
    "all_zero": (lambda cells: cells.assign(trade=0.0), "without trade"),
    "too_few_rows": (few, "4 cells for 4 coefficients: 0 residual"),
    "disconnected": (in_two_worlds, "in 2011 no cell joins E00, E01, E02, E03"),
    "exact_fit": (exact, "no residual"),
}


@pytest.mark.parametrize("status", CASES)
def test_what_cannot_be_estimated_has_a_status_and_a_reason(status: str) -> None:
    change, reason = CASES[status]
    fit = fitted(change(made_up()), ("lndist",))
    assert fit.status == status
    assert reason in fit.reason
    assert fit.is_estimated == (status == "exact_fit")


def test_flows_too_far_apart_are_said_to_be() -> None:
    cells = made_up()
    spread = np.exp(np.random.default_rng(1).normal(0.0, 60.0, len(cells)))
    fit = fitted(cells.assign(trade=cells["trade"] * spread))
    assert fit.status == "not_converged"
    assert fit.reason == "fitted values of too many orders of magnitude: a step is not determined"


def test_one_pair_leaves_no_regressor() -> None:
    fit = fitted(pair_of_two(made_up(zeros=0.0)))
    assert fit.status in ("disconnected", "rank_deficient")
    assert fit.reason


def test_an_exact_fit_has_no_errors() -> None:
    fit = fitted(exact(made_up()), ("lndist",))
    assert close(fit.coefficients, -0.7)
    assert not fit.covariance.any()


def test_one_year_is_enough() -> None:
    fit = fitted(made_up(years=1))
    assert fit.status == "ok"
    assert (fit.n_exporter_years, fit.n_importer_years) == (9, 9)


@pytest.mark.parametrize(
    ("term", "kind", "reason"),
    [
        (lambda c: 1.0 + 0.0 * c["trade"], "omitted", "more does not vary over the sample"),
        (lambda c: c["lndist"] * 2.0 + 5.0, "omitted", "combination of the regressors before it"),
        (lambda c: c["exporter"].str[1:].astype(float), "absorbed", "importer-years absorb more"),
        (
            lambda c: c["lndist"] + c["importer"].str[1:].astype(float),
            "absorbed",
            "before it and the effects",
        ),
    ],
)
def test_regressors_that_say_nothing_new_are_named(term: Any, kind: str, reason: str) -> None:
    cells = made_up()
    fit = fitted(cells.assign(more=term(cells)), (*TERMS, "more"))
    assert fit.status == "ok"
    assert getattr(fit, kind) == ("more",)
    assert reason in fit.reason
    assert close(fit.coefficients, fitted(cells).coefficients)


def test_without_a_regressor_there_is_no_estimate() -> None:
    cells = made_up()
    for terms, said in (((), "there is no regressor"), (("flat",), "none is left")):
        fit = fitted(cells.assign(flat=2.0), terms)
        assert fit.status == "rank_deficient"
        assert said in fit.reason


# --- Existence ------------------------------------------------------------------------------------


def test_a_regressor_that_only_zeros_have_leaves_no_estimate() -> None:
    cells = made_up()
    zero = cells.index[cells["trade"] == 0.0][:5]
    fit = fitted(cells.assign(bloc=np.where(cells.index.isin(zero), 1.0, 0.0)), (*TERMS, "bloc"))
    assert fit.status == "separated"
    assert "bloc" in fit.reason
    assert "positive on 5 cells" in fit.reason


def test_a_regressor_that_zeros_have_with_both_signs_has_an_estimate() -> None:
    """No combination of one sign: the zeros of both signs bound the slope."""
    cells = made_up(zeros=0.5)
    year = cells[(cells["trade"] == 0.0) & (cells["year"] == 2010)]
    zero = year.index[year["exporter"] == year["exporter"].mode()[0]]
    sign = pd.Series(0.0, cells.index)
    sign[zero[0]], sign[zero[1]] = 1.0, -1.0
    fit = fitted(cells.assign(sign=sign), (*TERMS, "sign"))
    assert fit.status == "ok"
    assert fit.score < SUMS


def test_trade_in_two_groups_joined_by_zeros_both_ways_has_an_estimate() -> None:
    cells = made_up(zeros=0.0)
    first, second = (cells[side] < "E04" for side in ("exporter", "importer"))
    fit = fitted(cells.assign(trade=cells["trade"] * (first == second)), ("lndist",))
    assert fit.status == "ok"
    assert fit.score < SUMS


def test_trade_in_two_groups_joined_by_zeros_one_way_has_none() -> None:
    cells = made_up(zeros=0.0)
    first, second = (cells[side] < "E04" for side in ("exporter", "importer"))
    one_way = cells.assign(trade=cells["trade"] * (first == second))[first | ~second]
    fit = fitted(one_way, ("lndist",))
    assert fit.status == "separated"
    assert "a combination of the effects" in fit.reason


# --- Input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("trade", -1.0, "E00-E01 2010: trade is negative"),
        ("trade", np.nan, "E00-E01 2010: trade is missing or not finite"),
        ("trade", np.inf, "E00-E01 2010: trade is missing or not finite"),
        ("lndist", np.nan, "E00-E01 2010: lndist is missing or not finite"),
        ("importer", "E00", "E00-E00 2010: exporter and importer are the same"),
        ("importer", "E02", "E00-E02 2010: the cell is given more than once"),
    ],
)
def test_bad_cells_are_named(column: str, value: Any, said: str) -> None:
    cells = made_up()
    cells.loc[0, column] = value
    with pytest.raises(InputError, match=f"^{said}$"):
        world_of(cells)


def test_a_regressor_beyond_doubles_is_named() -> None:
    cells = made_up()
    with pytest.raises(InputError, match="lndist: values are too large to square"):
        fitted(cells.assign(lndist=cells["lndist"] * 1e200))


def test_a_world_beyond_memory_is_refused() -> None:
    names = [f"E{k}" for k in range(20_001)]
    cells = pd.DataFrame(
        {"exporter": names[:-1], "importer": names[1:], "year": 2010, "trade": 1.0}
    )
    with pytest.raises(MemoryLimitError, match="20,001 economies, 1 years and 1 regressors"):
        world_of(cells.assign(lndist=0.0), ("lndist",))
