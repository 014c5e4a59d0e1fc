"""Ways to the lasting ratio that were tried; what the library does is one of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from research.simulated_worlds.methods import BOUNDS, CUTS, Answer, Answers, both
from scipy.special import gammainc

from trade_potential.linalg import FloatArray
from trade_potential.structural.dispersion import EDGES_USD
from trade_potential.structural.lasting import Flow, lasting, lasting_of_world
from trade_potential.structural.world import World

LARGEST_RHO = 0.95
SMALLEST_ALPHA = 1e-3

Way = Callable[[World, Answers], Answer]


def _total(world: World, found: Answers, predicted: FloatArray) -> Flow:
    return lasting_of_world(world.trade, found.fit.fitted, predicted)[1]


def _answer(flow: Flow, found: Answers) -> Answer:
    place = {pair: k for k, pair in enumerate(zip(flow.one, flow.other, strict=True))}
    at = [place[pair] for pair in zip(found.one, found.other, strict=True)]
    return Answer(flow.lasting.mean[at], flow.lasting.probabilities(BOUNDS)[:, at])


def chosen(world: World, found: Answers) -> Answer:
    """What the library does."""
    return _answer(_total(world, found, found.pair_out), found)


def in_sample(world: World, found: Answers) -> Answer:
    """The same on predictions with the pair."""
    return _answer(_total(world, found, found.fit.fitted), found)


def without_benchmark_error(world: World, found: Answers) -> Answer:
    """The same as if predictions had no error."""
    y, m = (both(v, found.one, found.other) for v in (world.trade, found.pair_out))
    law = lasting(y, m)
    return Answer(law.mean, law.probabilities(BOUNDS))


def centred(world: World, found: Answers) -> Answer:
    """The same, with predictions of each band of size multiplied so that they add up to trade."""
    predicted = np.nan_to_num(found.pair_out)
    has = predicted > 0.0
    size = predicted.sum(axis=0) / np.maximum(has.sum(axis=0), 1)
    band = np.digitize(size, EDGES_USD)
    for b in np.unique(band):
        of = has & (band == b)
        if world.trade[of].sum() > 0.0:
            predicted[of] *= world.trade[of].sum() / predicted[of].sum()
    return _answer(_total(world, found, predicted), found)


def by_predicted_size(world: World, found: Answers) -> Answer:
    """Dispersions by plain moments and by the size that is predicted; no error of predictions.

    phi = sum of squared deviations from pairs' own means over sum of means; alpha = mean (k - 1)^2
    less what phi explains; rho from lagged deviations, all by band of the prediction.
    """
    y, m = (both(v, found.one, found.other) for v in (world.trade, found.pair_out))
    n, total, of_model = len(y), y.sum(axis=0), m.sum(axis=0)
    k = total / of_model
    error = y - k * m
    squares = (error**2).sum(axis=0)
    lagged = (error[1:] * error[:-1]).sum(axis=0) / np.where(squares > 0.0, squares, 1.0)
    band = np.digitize(of_model / n, EDGES_USD)
    shape, rate = np.ones_like(k), np.ones_like(k)
    for b in np.unique(band):
        of = band == b
        phi = squares[of].sum() / (n - 1) / (total[of].sum() / n)
        rho = min(max((n * lagged[of].mean() + 1.0) / (n - 4.0), 0.0), LARGEST_RHO)
        unit = phi * (1.0 + rho) / (1.0 - rho)
        alpha = max(((k[of] - 1.0) ** 2).mean() - (unit / of_model[of]).mean(), SMALLEST_ALPHA)
        shape[of] = 1.0 / alpha + total[of] / unit
        rate[of] = 1.0 / alpha + of_model[of] / unit
    low, high = (gammainc(shape, rate * bound) for bound in CUTS)
    return Answer(shape / rate, np.array([low, high - low, 1.0 - high]))


CANDIDATES: dict[str, tuple[str, Way]] = {
    "by_predicted_size": ("dispersions by plain moments and predicted size", by_predicted_size),
    "without_benchmark_error": (
        "noise by the flow a pair has, alpha by likelihood",
        without_benchmark_error,
    ),
    "chosen": ("the same with the error of the prediction (chosen)", chosen),
    "in_sample": ("chosen, on predictions with the pair", in_sample),
    "centred": ("chosen, predictions centred by size", centred),
}
