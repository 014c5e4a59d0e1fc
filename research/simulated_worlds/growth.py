"""Whether a gap closes by itself: growth of trade after K."""

from __future__ import annotations

from typing import Any

import numpy as np
from research.simulated_worlds.methods import Answers, both

from trade_potential.linalg import FloatArray
from trade_potential.structural.world import World

HORIZON = 5
"""Years of growth."""
LAGS = (0, 1, 3)
"""Years from K to the start of growth: noise of a year that K holds is undone in the next ones."""
FLOORS = {"all pairs": 0.0, "10 million": 1e7, "100 million": 1e8}
"""US$ predicted a year."""


def growth(world: World, found: Answers) -> dict[str, dict[str, Any]]:
    """Slopes of ln of trade over trade five years before on ln K, by floor and lag.

    Two-way trade; a dummy for each year of start; errors clustered by pair; only pairs with trade
    in all the years that are used.
    """
    y, m = (both(v, found.one, found.other) for v in (world.trade, found.fit.fitted))
    size = m.mean(axis=0)
    return {
        name: {str(lag): _slope(y[:, size >= floor], m[:, size >= floor], lag) for lag in LAGS}
        for name, floor in FLOORS.items()
    }


def _slope(y: FloatArray, m: FloatArray, lag: int) -> dict[str, float]:
    ks, growths, pairs = [], [], []
    for t in range(max(LAGS), len(y) - HORIZON):
        has = (y[t - lag] > 0.0) & (y[t] > 0.0) & (y[t + HORIZON] > 0.0)
        k = np.log(y[t - lag, has] / m[t - lag, has])
        g = np.log(y[t + HORIZON, has] / y[t, has])
        ks.append(k - k.mean())
        growths.append(g - g.mean())
        pairs.append(np.flatnonzero(has))
    k, g, pair = (np.concatenate(part) for part in (ks, growths, pairs))
    slope = float(k @ g / (k @ k))
    scores = np.bincount(pair, k * (g - slope * k))
    clusters = len(np.unique(pair))
    error = np.sqrt((scores**2).sum() * clusters / (clusters - 1)) / (k @ k)
    return {"slope": slope, "error": float(error), "n": len(k)}
