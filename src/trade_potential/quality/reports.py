"""National reports of trade, further: exports and imports of a pair together, and the last year.

The world's trade ends earlier than the reports. Of the years after it the other partners and the
past of the series are the witness.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from trade_potential.quality.cubes import Array, logs, quiet, spikes
from trade_potential.quality.exchanged import exchanged_years

FLOWS = ("export", "import")
NOTED_USD = 1e8
"""Trade from which a change tells something."""
LARGE_USD, HUGE_USD = 1e9, 1e10
"""Median trade from which both sources agree better."""
SWAPPED = 0.3
"""Gap to the world's trade from which another year's is looked for."""
USUAL_CHANGE = 0.1
"""Added to the largest change of the past: a series that hardly moved may move by this."""


def marks(frame: pd.DataFrame, own: Array, world: Array, years: Array) -> dict[str, Any]:
    """Columns of `mirrors.partners`.

    Args:
        frame: Reporter, flow and partner of each series.
        own: By series and year.
        world: The same in the world's trade.
        years: Of the columns.
    """
    with quiet():
        one, other = logs(own), logs(world)
        apart = one - other
        level = np.nanmedian(apart, axis=1)
        size = np.fmax(*(np.nanmedian(values, axis=1) for values in (own, world)))
        is_large, is_huge = size >= LARGE_USD, size >= HUGE_USD
        is_export = frame["flow"].to_numpy() == "export"
        spike = np.exp(spikes(apart))
        swapped = exchanged_years(years, one, other + level[:, None], SWAPPED)
        return {
            "large_level_factor": np.where(is_large, np.exp(np.abs(level)), np.nan),
            "large_spike": np.where(is_large & is_export & ~is_huge, spike, np.nan),
            "huge_export_spike": np.where(is_huge & is_export, spike, np.nan),
            "huge_import_spike": np.where(is_huge & ~is_export, spike, np.nan),
            "years_swapped": [n if big else None for n, big in zip(swapped, is_large, strict=True)],
            "last_change_ratio": _last_changes(frame, own, one),
            **_together(frame, own, apart),
        }


def _last_changes(frame: pd.DataFrame, own: Array, one: Array) -> Array:
    """Change to the last year over the largest of the years before, that of all partners apart."""
    change = np.diff(one, axis=1)
    for rows in frame.groupby(["reporter_code", "flow"], sort=False).indices.values():
        noted = rows[np.nanmedian(own[rows], axis=1) >= NOTED_USD]
        change[rows] -= np.nanmedian(change[noted], axis=0)
    usual = np.nanmax(np.abs(change[:, :-1]), axis=1) + USUAL_CHANGE
    is_noted = np.fmax(own[:, -1], own[:, -2]) >= NOTED_USD
    ratio: Array = np.where(is_noted, np.abs(change[:, -1]) / usual, np.nan)
    return ratio


def _together(frame: pd.DataFrame, own: Array, apart: Array) -> dict[str, Any]:
    """What exports and imports of a pair do in the same year, at the exports."""
    here, there = both_ways(frame)
    steps = np.diff(apart[here], axis=1), np.diff(apart[there], axis=1)
    is_same = np.sign(steps[0]) == np.sign(steps[1])
    step = np.where(is_same, np.minimum(np.abs(steps[0]), np.abs(steps[1])), np.nan)
    largest = np.nanmax(step, axis=1)
    least = np.fmin(*(np.nanmedian(own[rows], axis=1) for rows in (here, there)))
    together, equal = np.full((2, len(frame)), np.nan)
    together[here] = np.where(least >= LARGE_USD, np.exp(largest), np.nan)
    equal[here] = ((own[here] == own[there]) & (own[here] >= 1e5)).sum(axis=1)
    return {"together_factor": together, "equal_years": equal}


def both_ways(frame: pd.DataFrame) -> tuple[Array, Array]:
    """Places of the exports of a pair, and of its imports."""
    keys = ["reporter_code", "partner_code"]
    exports, imports = (
        frame.loc[frame["flow"] == flow, keys].reset_index(names=flow) for flow in FLOWS
    )
    both = exports.merge(imports, on=keys)
    return both["export"].to_numpy(), both["import"].to_numpy()
