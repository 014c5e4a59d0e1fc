"""Flows of the world: every year estimated alone, so that K of a year knows nothing of the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import gammaincinv

from trade_potential.errors import InputError
from trade_potential.linalg import FloatArray, IntArray, one_thread
from trade_potential.structural.class_law import laws_of_world
from trade_potential.structural.estimate import fit_world
from trade_potential.structural.lasting import lasting_of_world
from trade_potential.structural.pair_out import without_pair
from trade_potential.structural.world import BoolArray, World
from trade_potential.track.flows import Flows
from trade_potential.track.rows import INTERVAL, INTERVAL_NEW_YEAR
from trade_potential.track.three_way import WINDOW, three_way

NOMINAL = 0.9
"""Probability of the intervals."""

ENDS = ((1.0 - NOMINAL) / 2.0, (1.0 + NOMINAL) / 2.0)
"""Chances of a ratio below their ends."""

SIZES = {"below_10_million": 0.0, "10_million": 1e7, "100_million": 1e8, "1_billion": 1e9}
"""Bands of the prediction of a flow, US$ a year, by their lower end."""

SURPLUS = 0.2
"""(exports - imports) / (exports + imports) over the last years from which on an exporter has a
surplus: no input says what is sold, and of 19 such economies in 2014 most sell oil and gas, though
China and Ireland are among them."""

HUB_PCT = 100.0
"""Merchandise trade in % of GDP from which on an economy passes goods on or assembles them."""


@dataclass(frozen=True)
class Economies:
    """What is known of n economies and T years beside trade; NaN where it is not.

    Attributes:
        regions: n names of regions, empty where none is known.
        log_gdp: (T, n).
        trade_pct_gdp: (T, n) merchandise trade in % of GDP.
    """

    regions: tuple[str, ...]
    log_gdp: FloatArray
    trade_pct_gdp: FloatArray


def year_alone(world: World, t: int) -> World:
    """One year of a world."""
    at = slice(t, t + 1)
    return replace(
        world,
        years=world.years[at],
        trade=world.trade[at],
        is_used=world.is_used[at],
        regressors=world.regressors[:, at],
    )


def fits_by_year(world: World) -> list[FloatArray]:
    """(n, n) prediction of each year by that year alone; 0 where there is none."""
    found = []
    for t in range(len(world.years)):
        with one_thread():
            fit = fit_world(year_alone(world, t))
        n = len(world.economies)
        found.append(fit.fitted[0] if fit.is_estimated else np.zeros((n, n)))
    return found


def flows_of_world(
    world: World,
    economies: Economies,
    fitted: Sequence[FloatArray],
    *,
    floor: float,
    bounds: tuple[float, float],
) -> Flows:
    """All ordered pairs with a prediction in some year.

    Args:
        world: Of years that follow each other.
        economies: Of the economies of the world.
        fitted: ``fits_by_year``.
        floor: US$ predicted in both directions from which on K has a class.
        bounds: See ``Flows``.
    """
    m = np.stack(fitted)
    has = m > 0.0
    i, j = np.nonzero(has.any(axis=0))
    trade = np.where(world.is_used, world.trade, np.nan)[:, i, j]
    predicted = np.where(has, m, np.nan)
    both = np.nan_to_num(predicted) + np.nan_to_num(predicted).transpose(0, 2, 1)
    lately = np.full(trade.shape, np.nan)
    intervals = {name: (lately.copy(), lately.copy()) for name in (INTERVAL, INTERVAL_NEW_YEAR)}
    for t in range(len(world.years)):
        first = max(0, t + 1 - WINDOW)
        for name, ends in _intervals(world, first, t, i, j).items():
            intervals[name][0][t], intervals[name][1][t] = ends
        fit = three_way(world.trade[first : t + 1], world.is_used[first : t + 1])
        if fit is not None and t + 1 - first == WINDOW:
            lately[t] = fit[i, j]
    return Flows(
        years=np.array(world.years, dtype=np.int64),
        exporter=i.astype(np.int64),
        importer=j.astype(np.int64),
        trade=trade,
        predicted=predicted[:, i, j],
        has_class=both[:, i, j] >= floor,
        three_way=lately,
        log_gdp=economies.log_gdp[:, i] + economies.log_gdp[:, j],
        bounds=bounds,
        nominal_share=NOMINAL,
        # trade has one vintage, whose date its source does not state
        as_of_share=np.zeros(len(world.years)),
        groups=_groups(world, economies, predicted, i, j),
        intervals=intervals,
    )


def _intervals(
    world: World, first: int, t: int, i: IntArray, j: IntArray
) -> dict[str, tuple[FloatArray, FloatArray]]:
    """(P,) ends of intervals by the years of a whole window: the lasting ratio, K of a new year."""
    if t + 1 - first < WINDOW:
        return {}
    window = replace(
        world,
        years=world.years[first : t + 1],
        trade=world.trade[first : t + 1],
        is_used=world.is_used[first : t + 1],
        regressors=world.regressors[:, first : t + 1],
    )
    with one_thread():
        fit = fit_world(window)
        if not fit.is_estimated:
            return {}
        out = without_pair(fit).predicted
        of = lasting_of_world(fit.world.trade, fit.fitted, out)
        new = laws_of_world(fit, out, of)[0]
        flow, n = of[0], len(world.economies)
        law = flow.lasting

        def placed(values: FloatArray) -> FloatArray:
            held = np.full((n, n), np.nan)
            held[flow.one, flow.other] = values
            found: FloatArray = held[i, j]
            return found

        low, high = (gammaincinv(law.shape, chance) / law.rate for chance in ENDS)
        new_low, new_high = (
            np.where(new.is_known, new.new_year.quantile(chance), np.nan) for chance in ENDS
        )
        return {
            INTERVAL: (placed(low), placed(high)),
            INTERVAL_NEW_YEAR: (placed(new_low), placed(new_high)),
        }


def _groups(
    world: World, economies: Economies, predicted: FloatArray, i: IntArray, j: IntArray
) -> dict[tuple[str, str], BoolArray]:
    """(T, P) by kind and name, each by years up to its own."""
    size = predicted[:, i, j]
    edges = [*SIZES.values(), np.inf]
    found: dict[tuple[str, str], BoolArray] = {
        ("size", name): (size >= low) & (size < high)
        for name, low, high in zip(SIZES, edges[:-1], edges[1:], strict=True)
    }
    regions = np.array(economies.regions)
    found |= {
        ("exporter_region", str(name)): np.broadcast_to(regions[i] == name, size.shape)
        for name in sorted(set(economies.regions) - {""})
    }
    sends, takes = world.totals()
    share = np.full(sends.shape, np.nan)
    for t in range(len(sends)):
        window = slice(max(0, t + 1 - WINDOW), t + 1)
        out, into = sends[window].sum(axis=0), takes[window].sum(axis=0)
        share[t] = np.divide(out - into, out + into, out=share[t], where=out + into > 0.0)
    is_hub = economies.trade_pct_gdp >= HUB_PCT
    kinds: Mapping[str, BoolArray] = {
        "surplus_exporter": share[:, i] >= SURPLUS,
        "hub_on_a_side": is_hub[:, i] | is_hub[:, j],
    }
    no_gdp = np.isnan(economies.trade_pct_gdp)
    unknown = {
        "surplus_exporter": np.isnan(share)[:, i],
        "hub_on_a_side": no_gdp[:, i] | no_gdp[:, j],
    }
    for kind, of in kinds.items():
        found[kind, "yes"] = of
        found[kind, "no"] = ~of & ~unknown[kind]
    return found


def economies_of(
    names: Sequence[str],
    years: Sequence[int],
    *,
    regions: Mapping[str, str],
    figures: Mapping[str, Sequence[tuple[str, int, float]]],
) -> Economies:
    """From figures (economy, year, value) of ``gdp`` in US$ and ``trade_pct_gdp``.

    Raises:
        InputError: A figure of GDP is not above 0.
    """
    place, at = {name: k for k, name in enumerate(names)}, {year: t for t, year in enumerate(years)}
    held = {name: np.full((len(years), len(names)), np.nan) for name in ("gdp", "trade_pct_gdp")}
    for name, rows in figures.items():
        for economy, year, value in rows:
            if economy in place and year in at:
                held[name][at[year], place[economy]] = value
    if (held["gdp"] <= 0.0).any():
        raise InputError("a figure of GDP is not above 0")
    return Economies(
        tuple(regions.get(name, "") for name in names), np.log(held["gdp"]), held["trade_pct_gdp"]
    )
