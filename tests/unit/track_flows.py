"""Made-up flows for tests of the track record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from trade_potential.structural.world import World
from trade_potential.track.flows import Flows, symmetric_rate

N_ECONOMIES = 40
"""Enough for standard errors."""


def after(before: Any, rate: Any) -> Any:
    """What a symmetric rate makes of a figure."""
    return before * (2.0 + rate) / (2.0 - rate)


def made_up(n_years: int = 9, seed: int = 3, n: int = N_ECONOMIES) -> Flows:
    """Random flows of all ordered pairs, a tenth of them without trade in a year."""
    rng = np.random.default_rng(seed)
    exporter, importer = np.nonzero(~np.eye(n, dtype=bool))
    shape = (n_years, len(exporter))
    predicted = rng.lognormal(17.0, 1.0, shape)
    trade = predicted * rng.lognormal(-0.5, 1.0, shape) * (rng.random(shape) > 0.1)
    return Flows(
        years=np.arange(2001, 2001 + n_years),
        exporter=exporter.astype(np.int64),
        importer=importer.astype(np.int64),
        trade=trade,
        predicted=predicted,
        has_class=predicted > 1e7,
        three_way=trade * rng.lognormal(0.0, 0.3, shape),
        log_gdp=rng.normal(50.0, 1.0, shape).cumsum(axis=0),
        bounds=(0.8, 1.2),
        nominal_share=0.9,
        as_of_share=np.linspace(0.0, 1.0, n_years),
        groups={("size", "small"): predicted < 2e7},
        intervals={
            "interval": (np.full(shape, 0.5), np.full(shape, 2.0)),
            "interval_new_year": (predicted / 1e9, predicted / 1e7),
        },
    )


def followed(flows: Flows, *, slope: float, level: float, horizon: int) -> Flows:
    """The last year's trade as a line in K of the year before the cut-off says, exactly."""
    t = len(flows.years) - 1 - horizon
    gap = symmetric_rate(flows.predicted[t - 1], flows.trade[t - 1])
    trade = np.where(flows.trade[t] > 0.0, flows.trade[t], 1e6)
    end = after(trade, level + slope * gap)
    held = flows.trade.copy()
    held[t], held[t + horizon] = trade, end
    return replace(flows, trade=held)


def made_up_world(n: int, n_years: int) -> World:
    """Trade by distance and sizes, times a lasting ratio of each pair and noise of each year."""
    rng = np.random.default_rng(6)
    used = np.broadcast_to(~np.eye(n, dtype=bool), (n_years, n, n))
    place = np.sort(rng.uniform(0.0, 9_000.0, n))
    distance = np.log(300.0 + np.abs(place[:, None] - place[None, :]))
    size = rng.lognormal(0.0, 1.0, (2, n))
    mean = 1e12 * np.exp(-distance) * size[0][:, None] * size[1][None, :]
    lasting = rng.lognormal(-0.3, 0.8, (n, n))
    noise = rng.lognormal(-0.1, 0.4, (n_years, n, n)) * (rng.random((n_years, n, n)) > 0.02)
    names = tuple(f"E{k:02d}" for k in range(n))
    regressors = np.broadcast_to(distance, (n_years, n, n))[None] * used
    years = tuple(range(2001, 2001 + n_years))
    return World(names, years, ("lndist",), mean * lasting * noise * used, used.copy(), regressors)
