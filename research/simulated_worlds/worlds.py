"""Worlds with a known truth: which trade is expected without shocks, and what the model misses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from research.simulated_worlds.laws import Laws
from scipy.special import ndtr
from scipy.stats import gamma

from trade_potential.linalg import FloatArray, IntArray
from trade_potential.structural.world import World

SWEEPS = 50
"""Of scaling, until expected trade adds up to observed trade by exporter and importer."""

LANGUAGE = 0.8
GROUPS, GROUP = 10, 1.0
KINK_KM, NEAR, FAR = 3_000.0, -0.4, -1.2
ELASTICITY = 0.25
DIVERSION, NEIGHBOUR_KM = 3.0, 2_000.0


@dataclass(frozen=True)
class Truth:
    """What a world is drawn from.

    Attributes:
        world: Its geography; the terms are those that the estimator is given.
        expected: (T, n, n) trade expected without shocks.
        ratio: (n, n) the lasting ratio u of each flow.
    """

    world: World
    expected: FloatArray
    ratio: FloatArray

    def drawn(self, laws: Laws, rng: np.random.Generator) -> World:
        """The world with trade of every year."""
        trade = laws.noisy(rng, self.expected * self.ratio) * self.world.is_used
        return replace(self.world, trade=trade).with_effects()

    def of_pairs(self, one: IntArray, other: IntArray) -> tuple[FloatArray, FloatArray]:
        """Lasting ratios of two-way trade, and what is expected without shocks in US$ a year."""
        size = self.expected.mean(axis=0)
        flows = size * self.ratio
        expected = size[one, other] + size[other, one]
        return (flows[one, other] + flows[other, one]) / expected, expected


@dataclass(frozen=True)
class Given:
    """What an effect is made of: a world, chance, and the slope of ln distance in its fit."""

    world: World
    rng: np.random.Generator
    slope: float

    def regressor(self, term: str) -> FloatArray:
        """(T, n, n)."""
        return self.world.regressors[self.world.terms.index(term)]


def language(given: Given) -> FloatArray:
    """A common official language matters, and the estimator has no such term."""
    return LANGUAGE * given.regressor("has_common_official_language")


def unobserved(given: Given) -> FloatArray:
    """Economies of the same of ten groups trade more; nobody has recorded the groups."""
    group = given.rng.integers(GROUPS, size=len(given.world.economies))
    same = GROUP * (group[:, None] == group[None, :])
    return np.broadcast_to(same, given.world.trade.shape)


def kink(given: Given) -> FloatArray:
    """Distance costs little up to 3,000 km and much beyond; the estimator has one elasticity."""
    x = given.regressor("lndist")
    edge = np.log(KINK_KM)
    return np.minimum(x - edge, 0.0) * NEAR + np.maximum(x - edge, 0.0) * FAR - given.slope * x


def elasticities(given: Given) -> FloatArray:
    """Every exporter and every importer has an elasticity of distance of its own."""
    x = given.regressor("lndist")
    own = given.rng.normal(0.0, ELASTICITY, (2, len(given.world.economies)))
    return (own[0][:, None] + own[1][None, :]) * (x - x[given.world.is_used].mean())


def diversion(given: Given) -> FloatArray:
    """Partners with an agreement take trade from outsiders, the more the nearer these are to them.

    An outsider loses with the share of the importer's purchases that comes under agreements from
    economies near to the outsider.
    """
    world = given.world
    member = given.regressor("has_customs_union") + given.regressor("has_free_trade_agreement")
    near = np.exp(-np.exp(given.regressor("lndist")) / NEIGHBOUR_KM) * world.is_used
    share = world.trade / np.maximum(world.trade.sum(axis=1, keepdims=True), 1.0)
    return -DIVERSION * (1.0 - member) * (near @ (member * share))


Wrong = Callable[[Given], FloatArray]
Law = Literal["none", "lognormal", "gamma", "uniform"]


@dataclass(frozen=True)
class Variant:
    """A kind of world.

    Attributes:
        title: As the page has it.
        law, scale: Of shocks; the scale multiplies the observed deviation of ln K.
        wrong: What the estimator misses.
        omitted: Terms that it is not given.
    """

    title: str
    law: Law = "none"
    scale: float = 1.0
    wrong: tuple[Wrong, ...] = ()
    omitted: tuple[str, ...] = ()

    def truth(
        self, world: World, fitted: FloatArray, laws: Laws, rng: np.random.Generator, slope: float
    ) -> Truth:
        """Expected trade adds up to observed trade by exporter and importer in every year."""
        expected = fitted
        if self.wrong:
            given = Given(world, rng, slope)
            missed = sum(effect(given) for effect in self.wrong)
            expected = scaled(fitted * np.exp(missed), *world.totals())
        terms = [term for term in world.terms if term not in self.omitted]
        return Truth(world.select(terms), expected, self._ratio(laws, rng, expected))

    def _ratio(self, laws: Laws, rng: np.random.Generator, expected: FloatArray) -> FloatArray:
        size = expected.mean(axis=0)
        if self.law == "none":
            return np.ones_like(size)
        ratio = laws.shocks(rng, size, self.scale)
        if self.law == "lognormal":
            return ratio
        s = self.scale * laws.spread_at(size)
        rank = ndtr(np.log(ratio) / s + s / 2.0)
        if self.law == "uniform":  # in logarithms, with the same deviation
            half = np.sqrt(3.0) * s
            return np.exp((2.0 * rank - 1.0) * half) * half / np.sinh(half)
        found: FloatArray = gamma.ppf(rank, 1.0 / s**2) * s**2
        return found


def scaled(values: FloatArray, sends: FloatArray, takes: FloatArray) -> FloatArray:
    """(T, n, n) with these sums by exporter and importer."""
    for _ in range(SWEEPS):
        for goal, axis in ((takes, 1), (sends, 2)):
            total = values.sum(axis=axis)
            by = np.divide(goal, total, out=np.zeros_like(goal), where=total > 0.0)
            values = values * np.expand_dims(by, axis)
    return values


RIGHT = {
    "none": Variant("no shocks"),
    "half": Variant("lognormal shocks, half as wide as observed", "lognormal", 0.5),
    "lognormal": Variant("lognormal shocks, as wide as observed", "lognormal"),
    "gamma": Variant("gamma shocks, as wide as observed", "gamma"),
}
LACKS_LANGUAGE = ("has_common_official_language",)
MISSED: dict[str, tuple[str, tuple[Wrong, ...], tuple[str, ...]]] = {
    "language": ("language left out", (language,), LACKS_LANGUAGE),
    "unobserved": ("unobserved groups", (unobserved,), ()),
    "kink": ("distance with a kink", (kink,), ()),
    "elasticities": ("elasticities of distance differ", (elasticities,), ()),
    "diversion": ("trade diversion", (diversion,), ()),
    "all": ("all of these", (language, unobserved, kink, elasticities, diversion), LACKS_LANGUAGE),
}
WRONG = {
    name: Variant(f"{title}, no shocks", wrong=wrong, omitted=omitted)
    for name, (title, wrong, omitted) in MISSED.items()
}
BOTH = {
    f"{name}_shocks": Variant(f"{title}, lognormal shocks", "lognormal", 1.0, wrong, omitted)
    for name, (title, wrong, omitted) in MISSED.items()
}
VARIANTS = {**RIGHT, **WRONG, **BOTH}
