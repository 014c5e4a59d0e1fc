"""Small worlds of trade with known lasting ratios, and what the structural law says of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from research.calibration.measures import BOUNDS, CUTS, Asked
from research.simulated_worlds.laws import Laws
from research.simulated_worlds.worlds import RIGHT, Truth, Variant
from scipy.special import ndtr

from trade_potential.linalg import FloatArray
from trade_potential.structural.class_law import ClassLaw, laws_of_world
from trade_potential.structural.estimate import fit_world
from trade_potential.structural.lasting import Flow, lasting_of_world
from trade_potential.structural.pair_out import without_pair
from trade_potential.structural.world import World

ECONOMIES, YEARS = (30, 60), (5, 8)
KINDS = {
    **RIGHT,
    "wide": Variant("lognormal shocks, half again as wide as observed", "lognormal", 1.5),
    "uniform": Variant("shocks uniform in logarithms, as wide as observed", "uniform"),
}
"""Constants of the law were chosen on kinds of ``RIGHT``, none on the others."""
SMALLEST = 1e7
"""US$ a year of expected two-way trade: below there is no class."""
SIZES = (SMALLEST, 1e8, 1e9)
FLOWS = ("directed", "total")


def asked(
    kind: str, world: World, fitted: FloatArray, laws: Laws, rng: np.random.Generator
) -> dict[str, Asked] | None:
    """One world drawn, estimated and asked, by flow; None where it has no estimate.

    Args:
        kind: One of ``KINDS``.
        world: The real one, of whose economies and years some are taken.
        fitted: Its fit: what is expected without shocks.
        laws: Of its noise and ratios.
        rng: Of this world alone.
    """
    part, expected = _part(world, fitted, rng)
    truth = KINDS[kind].truth(part, expected, laws, rng, 0.0)
    # the next year is like those of the sample, and remembers them
    level = expected * truth.ratio
    like = level.mean(axis=0)[None]
    trade = laws.noisy(rng, np.concatenate([level, like]))
    drawn = replace(truth.world, trade=trade[:-1] * part.is_used).with_effects()
    fit = fit_world(drawn)
    if not fit.is_estimated:
        return None
    out = without_pair(fit).predicted
    flows = lasting_of_world(fit.world.trade, fit.fitted, out)
    years = np.stack([laws.noisy(rng, like)[0], trade[-1]])
    drawn_years = _Years(years, drawn.trade[-1], fit.fitted[-1])
    found = {}
    for name, flow, law in zip(FLOWS, flows, laws_of_world(fit, out, flows), strict=True):
        found[name] = _asked(flow, law, truth, np.nan_to_num(out), drawn_years, name == "total")
    return found


def _part(world: World, fitted: FloatArray, rng: np.random.Generator) -> tuple[World, FloatArray]:
    """Some economies and years in a row."""
    n, t = (int(rng.integers(low, high + 1)) for low, high in (ECONOMIES, YEARS))
    trading = np.flatnonzero(world.trade.sum(axis=(0, 2)) > 0.0)
    own = np.sort(rng.choice(trading, n, replace=False))
    first = int(rng.integers(0, len(world.years) - t + 1))
    at = np.ix_(range(first, first + t), own, own)
    part = replace(
        world,
        economies=tuple(world.economies[k] for k in own),
        years=world.years[first : first + t],
        trade=world.trade[at],
        is_used=world.is_used[at],
        regressors=world.regressors[(slice(None), *at)],
    )
    return part, fitted[at] * part.is_used


@dataclass(frozen=True)
class _Years:
    """(2, n, n) trade of a year drawn at random and of the next one; the last and its fit."""

    new: FloatArray
    last: FloatArray
    fitted: FloatArray


def _asked(
    flow: Flow, law: ClassLaw, truth: Truth, out: FloatArray, years: _Years, is_total: bool
) -> Asked:
    one, other = flow.one, flow.other

    def of(values: FloatArray) -> FloatArray:
        there: FloatArray = values[..., one, other]
        return there + values[..., other, one] if is_total else there

    expected = truth.expected.mean(axis=0)
    size, level = of(expected), of(expected * truth.ratio)
    used = of((out > 0.0).astype(float)) > (1.5 if is_total else 0.5)
    line = np.log((of(out) * used).sum(axis=0) / (of(truth.expected) * used).sum(axis=0))
    two_way = expected[one, other] + expected[other, one]
    ratio = level / size
    with np.errstate(divide="ignore", invalid="ignore"):
        new = np.log(of(years.new) / size) - line
        last_class = np.digitize(of(years.last) / of(years.fitted), CUTS)
    deviation = np.sqrt(law.line_variance)
    found = Asked(
        world=np.zeros(len(one), dtype=np.int64),
        size=np.digitize(size, SIZES),
        rank=law.lasting.below(np.log(ratio)),
        rank_of_year=law.new_year.below(new[0]),
        rank_of_next=law.new_year.below(new[1]),
        rank_of_line=ndtr((line + deviation**2 / 2.0) / deviation),
        said=law.lasting.probabilities(BOUNDS).T,
        true=np.digitize(ratio, CUTS),
        again=law.new_year.probabilities(BOUNDS)[last_class, np.arange(len(one))],
        came=(np.digitize(np.exp(new), CUTS) == last_class).T.astype(float),
        memory=np.zeros(len(one), dtype=np.int64),  # all as observed
    )
    return found.of(law.is_known & (two_way >= SMALLEST))
