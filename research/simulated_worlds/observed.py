"""What observed trade says: classes, the pair in its own benchmark, examples, sums by size."""

from __future__ import annotations

from typing import Any

import numpy as np
from research.simulated_worlds.growth import growth
from research.simulated_worlds.laws import EDGES
from research.simulated_worlds.methods import CUTS, YEAR, Answers, both
from research.simulated_worlds.scores import by_size, shares

from trade_potential.linalg import FloatArray
from trade_potential.structural.lasting import lasting_of_world
from trade_potential.structural.world import World

CHINA = "CHN"
PARTNERS = ("KAZ", "KGZ", "TJK", "TKM", "UZB", "CHL", "OMN", "HKG", "PAN", "NLD", "DEU", "VNM")


def described(world: World, found: Answers) -> dict[str, Any]:
    """Everything about the observed world that the pages print."""
    size = both(found.fit.fitted.mean(axis=0), found.one, found.other)
    return {
        "methods": {name: shares(answer, size) for name, answer in found.by_method.items()},
        "own_pair": _own_pair(found, size),
        "growth": growth(world, found),
        "examples": _examples(world, found),
        "adding_up": _adding_up(world, found),
    }


def _own_pair(found: Answers, size: FloatArray) -> dict[str, dict[str, float]]:
    """How much leaving the pair out moves K of a year."""
    of, out = found.by_method["year"], found.by_method["year_out"]
    some = of.k > 0.0
    moved = np.abs(np.log(np.where(some, out.k, 1.0) / np.where(some, of.k, 1.0)))
    return {
        name: {
            "median": float(np.median(moved[band & some])),
            "q95": float(np.quantile(moved[band & some], 0.95)),
            "largest": float(moved[band & some].max()),
            "changed": float((of.classes != out.classes)[band].mean()),
        }
        for name, band in by_size(size)
    }


def _examples(world: World, found: Answers) -> list[dict[str, Any]]:
    """China with some partners in ``YEAR``, by flow."""
    t, china = world.years.index(YEAR), world.economies.index(CHINA)
    fit, out = found.fit.fitted, found.pair_out
    _, total = lasting_of_world(world.trade, fit, out)
    chances = total.lasting.probabilities(((None, CUTS[0]), CUTS, (CUTS[1], None)))
    rows = []
    for partner in PARTNERS:
        j = world.economies.index(partner)
        at = int(np.flatnonzero((total.one == min(china, j)) & (total.other == max(china, j)))[0])
        there, back = (t, china, j), (t, j, china)
        trade = world.trade[there] + world.trade[back]
        rows.append(
            {
                "partner": partner,
                "exports": world.trade[there] / fit[there],
                "imports": world.trade[back] / fit[back],
                "total": trade / (fit[there] + fit[back]),
                "pair_out": trade / (out[there] + out[back]),
                "import_share": world.trade[back] / trade,
                "lasting": total.lasting.mean[at],
                "class": int(chances[:, at].argmax()),
                "probability": chances[:, at].max(),
            }
        )
    return rows


def _adding_up(world: World, found: Answers) -> list[dict[str, float]]:
    """Sum of directed trade over the sum of predictions, by size of the prediction."""
    out = np.nan_to_num(found.pair_out)
    has = out > 0.0
    n = np.maximum(has.sum(axis=0), 1)
    trade = (world.trade * has).sum(axis=0)
    rows = []
    sums = [(predicted * has).sum(axis=0) for predicted in (found.fit.fitted, out)]
    bands = [np.digitize(total / n, EDGES) for total in sums]
    for b in range(len(EDGES) + 1):
        members = [has.any(axis=0) & (band == b) for band in bands]
        rows.append(
            {
                "from": float(EDGES[b - 1]) if b else 0.0,
                "n": int(members[1].sum()),
                "with": float(trade[members[0]].sum() / sums[0][members[0]].sum()),
                "without": float(trade[members[1]].sum() / sums[1][members[1]].sum()),
            }
        )
    return rows
