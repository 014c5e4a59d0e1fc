"""PPML of trade on effects of pairs, exporter-years and importer-years, by scaling alone."""

from __future__ import annotations

import numpy as np

from trade_potential.linalg import FloatArray
from trade_potential.structural.world import BoolArray

WINDOW = 5
"""Years up to the cut-off: a pair effect is what a pair has had lately, not decades ago."""

SETTLED = 1e-6
"""Largest difference of a sum, as a share of it: a forecast of growth needs no more digits."""

MAX_SWEEPS = 2_000
"""A hundred are usual."""


def three_way(trade: FloatArray, is_used: BoolArray) -> FloatArray | None:
    """(n, n) fit of the last year; None where the scaling does not settle.

    E(y_ijt) = exp(a_it + c_jt + p_ij). Agreements, all that varies within pairs, are left out:
    those of the year that is forecast are not known. The first-order conditions are that the fit
    adds up to trade over importers, over exporters and over years; scaling to each in turn solves
    them. A pair, an exporter-year or an importer-year without trade has the fit 0.

    Args:
        trade: (T, n, n) not negative, years up to the cut-off.
        is_used: (T, n, n) cells.

    Source: Weidner and Zylkin (2021); Deming and Stephan (1940) for the scaling.
    """
    trade = np.where(is_used, trade, 0.0)
    fitted = np.where(is_used, 1.0, 0.0)
    sums = [trade.sum(axis=axis, keepdims=True) for axis in (0, 1, 2)]
    for _ in range(MAX_SWEEPS):
        farthest = 0.0
        for axis, goal in enumerate(sums):
            held = fitted.sum(axis=axis, keepdims=True)
            by = np.divide(goal, held, out=np.zeros_like(goal), where=held > 0.0)
            moves = np.abs(by[(goal > 0.0) & (held > 0.0)] - 1.0)
            farthest = max(farthest, float(moves.max(initial=0.0)))
            fitted *= by
        if farthest <= SETTLED:
            found: FloatArray = fitted[-1]
            return found
    return None
