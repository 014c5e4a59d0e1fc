"""What each method says of a world: K of two-way trade of each pair, and its class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trade_potential.linalg import FloatArray, IntArray
from trade_potential.structural.estimate import StructuralFit, fit_world
from trade_potential.structural.lasting import lasting_of_world
from trade_potential.structural.pair_out import without_pair
from trade_potential.structural.world import World

YEAR = 2019
CUTS = (0.8, 1.2)
BOUNDS = ((None, CUTS[0]), CUTS, (CUTS[1], None))
"""Of the classes huge potential, expansion, reshaping."""
REPORTERS = 30
"""The largest traders each run a log gravity of their own."""


@dataclass(frozen=True)
class Answer:
    """One method on P pairs i < j.

    Attributes:
        k: (P,) NaN where the method has none.
        probabilities: (3, P) of the classes.
    """

    k: FloatArray
    probabilities: FloatArray

    @classmethod
    def of(cls, k: FloatArray) -> Answer:
        """A method that is sure of its class."""
        return cls(k, np.eye(3)[np.digitize(np.nan_to_num(k), CUTS)].T)

    @property
    def classes(self) -> IntArray:
        """(P,) most probable class."""
        found: IntArray = self.probabilities.argmax(axis=0)
        return found


@dataclass(frozen=True)
class Answers:
    """All methods on the pairs that have both directions in every year.

    Attributes:
        one, other: (P,) the pairs.
        by_method: Answers by name.
        fit: The structural fit.
        pair_out: (T, n, n) predictions without the pair.
    """

    one: IntArray
    other: IntArray
    by_method: dict[str, Answer]
    fit: StructuralFit
    pair_out: FloatArray


def both(values: FloatArray, one: IntArray, other: IntArray) -> FloatArray:
    """Sums of both directions."""
    found: FloatArray = values[..., one, other] + values[..., other, one]
    return found


def answers(world: World) -> Answers:
    """Every method."""
    fit = fit_world(world)
    out = without_pair(fit).predicted
    always = (out > 0.0).all(axis=0)
    one, other = np.nonzero(np.triu(always & always.T, 1))
    t = world.years.index(YEAR)
    trade, fitted, left = (both(v, one, other) for v in (world.trade, fit.fitted, out))
    _, total = lasting_of_world(world.trade, fit.fitted, out)
    place = {pair: k for k, pair in enumerate(zip(total.one, total.other, strict=True))}
    at = np.array([place[pair] for pair in zip(one, other, strict=True)])
    found = {
        "year": Answer.of(trade[t] / fitted[t]),
        "year_out": Answer.of(trade[t] / left[t]),
        "years": Answer.of(trade.sum(axis=0) / fitted.sum(axis=0)),
        "years_out": Answer.of(trade.sum(axis=0) / left.sum(axis=0)),
        "lasting": Answer(total.lasting.mean[at], total.lasting.probabilities(BOUNDS)[:, at]),
        "log_gravity": Answer.of(_log_gravity(world, one, other)),
    }
    return Answers(one, other, found, fit, out)


def _log_gravity(world: World, one: IntArray, other: IntArray) -> FloatArray:
    """(P,) K of ``YEAR`` by pooled log regressions, one for each of the largest traders.

    ln of two-way trade on ln of the partner's trade with all others, the regressors of pairs and
    years; the prediction is the exponential times the mean of exp(residual) (Duan 1983). A pair of
    two large traders has the mean logarithm of its two K.
    """
    two_way = world.trade + world.trade.transpose(0, 2, 1)
    size = two_way.sum(axis=2)
    t = world.years.index(YEAR)
    logs: dict[tuple[int, int], list[float]] = {}
    for i in np.argsort(-size.sum(axis=0))[:REPORTERS]:
        years, partners = np.nonzero((two_way[:, i] > 0.0) & world.is_used[:, i])
        trade = two_way[years, i, partners]
        rest = size[years, partners] - trade
        some = rest > 0.0
        years, partners, trade, rest = years[some], partners[some], trade[some], rest[some]
        of_pairs, of_years = world.regressors[:, years, i, partners], np.eye(len(size))[:, years]
        x = np.array([np.log(rest), *of_pairs, *of_years]).T
        fitted = x @ np.linalg.lstsq(x, np.log(trade))[0]
        residual = np.log(trade) - fitted
        residual -= np.log(np.exp(residual).mean())
        for k in np.flatnonzero(years == t):
            pair = (min(i, partners[k]), max(i, partners[k]))
            logs.setdefault(pair, []).append(float(residual[k]))
    found = [logs.get(pair, [np.nan]) for pair in zip(one, other, strict=True)]
    return np.exp(np.array([np.mean(values) for values in found]))
