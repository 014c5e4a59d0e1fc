"""How sure the class of a pair is: the law of its lasting ratio with all that is uncertain in it.

Over all years trade over the prediction without the pair, in logarithms, is x = v - d + e: v of the
lasting ratio, d the error of the prediction, e the noise of the years. Over pairs of like size v is
normal with mean -s^2 / 2 and variance s^2, so that the ratio has mean 1; d and e are normal, with
means that leave the mean of trade as it is. For each s, v given x is normal; what s may be is
weighed by the pairs of like size.

The gamma law of ``lasting`` takes one value of its variance for known, and has neither the slopes
nor the noise of other pairs in the error of the prediction: its k_lasting stands, its probabilities
are those of a reader who knows more than can be known. What each part is worth:
``research.calibration``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import polygamma

from trade_potential.inference.mixture import Mixture
from trade_potential.linalg import FloatArray, IntArray
from trade_potential.structural.estimate import StructuralFit
from trade_potential.structural.lasting import PRIOR_YEARS, Flow
from trade_potential.structural.world import BoolArray
from trade_potential.structural.year_noise import groups_of, mean_variance, year_law

SCALES = np.exp(np.linspace(np.log(0.05), np.log(6.0), 24))
"""Deviations of v that are tried; each is as likely as its share of the line from 0."""

INDEPENDENT = 0.3
"""Share of the pairs of a group that count: those of one exporter share the error of its effect."""

NOISE = 0.8
"""Variance of the logarithm of a mean of years, over ln(1 + squared ratio of its deviation to
mean), which is that of a lognormal: a mean of several has a lighter tail."""

SHARED = 0.5
"""Correlation of the errors of the two predictions of a pair: ratios of its two directions have
0.45 (``research.simulated_worlds``), and so have those of all other pairs."""

SMALLEST, LARGEST = 1e-2, 1e4
"""Shapes of gamma laws among which one with a given variance of logarithms is looked for."""

UNLIKELY = 1e-4
"""Weight of a scale in all groups below which it is left out."""

PASSES = 2
"""The spread of ratios is in the error of the prediction, which is in the estimate of the spread:
after two it changes no probability by more than a hundredth."""


@dataclass(frozen=True)
class ClassLaw:
    """Laws of the P pairs of a flow; those that are not known have rows of NaN.

    Attributes:
        lasting: Of ln of the lasting ratio.
        new_year: Of ln of the ratio of one more year to the prediction as estimated.
        line_variance: (P,) of d.
        is_known: (P,) whether the pair has trade in the sample.
    """

    lasting: Mixture
    new_year: Mixture
    line_variance: FloatArray
    is_known: BoolArray


@dataclass(frozen=True)
class _Seen:
    """Sums of the years of P flows: x, the variance of e, noise of a year, flow predicted."""

    x: FloatArray
    noise: FloatArray
    of_year: FloatArray
    odds: FloatArray
    size: FloatArray
    has: BoolArray


def laws_of_world(
    fit: StructuralFit, pair_out: FloatArray, flows: tuple[Flow, Flow]
) -> tuple[ClassLaw, ClassLaw]:
    """Laws of directed flows and of totals.

    Args:
        fit: Of the world.
        pair_out: (T, n, n) predictions without the pair; 0 or NaN where there is none.
        flows: Of ``lasting_of_world``: which pairs there are, and the flow that each has.
    """
    has = pair_out > 0.0
    trade = np.where(has, fit.world.trade, 0.0)
    predicted = np.where(has, pair_out, 0.0)
    directed, total = flows
    one, other = directed.one, directed.other
    seen = _seen(trade[:, one, other], predicted[:, one, other], directed)
    weight = fit.fitted.sum(axis=0)
    relative = np.zeros_like(weight)
    spread = np.full(len(one), 1.0)
    slopes = _slope_parts(fit, weight)
    for _ in range(PASSES):
        relative[one, other] = _gamma_variance(spread) + np.expm1(np.minimum(seen.noise, 2.0))
        effects = line_variances(weight, relative)
        line = effects[one, other] + _quadratic(slopes[:, one, other], fit.covariance)
        scales, groups = _scales(seen, line)
        spread = (scales @ SCALES**2)[groups]
    of_directed = _law(seen, line, scales, groups)
    one, other = total.one, total.other
    both = (has & has.transpose(0, 2, 1))[:, one, other]

    def sums(values: FloatArray) -> FloatArray:
        found: FloatArray = np.where(both, values[:, one, other] + values[:, other, one], 0.0)
        return found

    share = weight[one, other] / (weight[one, other] + weight[other, one])
    there, back = (
        np.sqrt(effects[a, b]) * part
        for a, b, part in ((one, other, share), (other, one, 1.0 - share))
    )
    slope = share * slopes[:, one, other] + (1.0 - share) * slopes[:, other, one]
    line = there**2 + back**2 + 2.0 * SHARED * there * back + _quadratic(slope, fit.covariance)
    seen = _seen(sums(trade), sums(predicted), total)
    scales, groups = _scales(seen, line)
    return of_directed, _law(seen, line, scales, groups)


def line_variances(fitted: FloatArray, relative: FloatArray) -> FloatArray:
    """(n, n) variance of the logarithm of a prediction without the pair, by its two effects.

    As ``lasting.benchmark_variances``, with the noise of the other pairs beside their ratios, and
    of logarithms: ln(1 + squared ratio of deviation to mean) of each effect.

    Args:
        fitted: (n, n) sums over years; 0 where there is no cell.
        relative: (n, n) variance of the trade of each over its prediction.
    """
    squares = fitted**2 * relative
    others = 1.0 - np.eye(len(fitted))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log1p(squares @ others / (fitted @ others) ** 2)
        found += np.log1p(others @ squares / (others @ fitted) ** 2)
    variances: FloatArray = np.where(fitted > 0.0, found, np.nan)
    return variances


def _slope_parts(fit: StructuralFit, weight: FloatArray) -> FloatArray:
    """(p, n, n) regressors less effects, means over years weighted by the fit."""
    sums: FloatArray = np.einsum("ptij,tij->pij", fit.within, fit.fitted)
    found: FloatArray = np.divide(sums, weight, out=np.zeros_like(sums), where=weight > 0.0)
    return found


def _quadratic(parts: FloatArray, covariance: FloatArray) -> FloatArray:
    """(P,) x'Vx of (p, P) regressors."""
    found: FloatArray = np.einsum("pP,pq,qP->P", parts, covariance, parts)
    return found


def _gamma_variance(spread: FloatArray) -> FloatArray:
    """(P,) variance of a gamma law with mean 1 whose logarithm has such a variance.

    That of a lognormal would be exp(s^2) - 1: of small flows, whose logarithms deviate by four,
    more than all trade of the world.
    """
    shapes = np.exp(np.linspace(np.log(SMALLEST), np.log(LARGEST), 2000))
    found: FloatArray = 1.0 / np.interp(spread, polygamma(1, shapes)[::-1], shapes[::-1])
    return found


def _seen(trade: FloatArray, predicted: FloatArray, flow: Flow) -> _Seen:
    used = predicted > 0.0
    n, of_model, total = used.sum(axis=0), predicted.sum(axis=0), trade.sum(axis=0)
    size = of_model / np.maximum(n, 1)
    law = year_law(trade, predicted, used)
    has = (total > 0.0) & (of_model > 0.0) & np.isfinite(flow.lasting.mean)
    if law is None:
        none = np.zeros(len(n))
        return _Seen(none, none, none, none, size, np.zeros(len(n), dtype=bool))
    mean = np.where(has, flow.lasting.mean, 1.0)
    of_year, rho, odds = law.at(size * (n * mean + PRIOR_YEARS) / (n + PRIOR_YEARS))
    return _Seen(
        x=np.log(np.where(has, total, 1.0) / np.where(has, of_model, 1.0)),
        noise=NOISE * mean_variance(n, of_year, rho, odds),
        of_year=of_year,
        odds=odds,
        size=size,
        has=has,
    )


def _moved(seen: _Seen, line: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(P, 1) x less what d and e move its mean by, and their variance."""
    offset = (line - seen.noise) / 2.0
    return (seen.x - offset)[:, None], (line + seen.noise)[:, None]


def _scales(seen: _Seen, line: FloatArray) -> tuple[FloatArray, IntArray]:
    """(K, S) weights of what s may be by group of size, and the (P,) group of each pair."""
    groups = np.zeros(len(seen.size), dtype=np.int64)
    known = np.flatnonzero(seen.has & np.isfinite(line))
    if not len(known):
        return np.full((1, len(SCALES)), 1.0 / len(SCALES)), groups
    x, rest = _moved(seen, line)
    squares = SCALES**2
    total = rest[known] + squares
    of_pair = -0.5 * (np.log(total) + (x[known] + squares / 2.0) ** 2 / total)
    found = []
    for k, own in enumerate(groups_of(np.log(seen.size[known]))):
        weights = INDEPENDENT * of_pair[own].sum(axis=0) + np.log(SCALES)
        weights = np.exp(weights - weights.max())
        found.append(weights / weights.sum())
        groups[known[own]] = k
    return np.array(found), groups


def _likely(weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(K, L) weights and scales of each group without what is not likely in any of them."""
    most = int((weights >= UNLIKELY).sum(axis=1).max())
    order = np.argsort(-weights, axis=1, kind="stable")[:, :most]
    kept = np.take_along_axis(weights, order, axis=1)
    return kept / kept.sum(axis=1, keepdims=True), SCALES[order]


def _law(seen: _Seen, line: FloatArray, scales: FloatArray, groups: IntArray) -> ClassLaw:
    known = seen.has & np.isfinite(line)
    x, rest = _moved(seen, line)
    of_groups, likely = _likely(scales)
    weights, squares = of_groups[groups], likely[groups] ** 2
    total, level = squares + rest, squares + line[:, None]
    above = x + squares / 2.0
    years = seen.of_year[:, None]
    level_mean = (line[:, None] - squares) / 2.0 + level / total * above
    of_new = level_mean - years / 2.0 + np.log1p(seen.odds)[:, None]
    return ClassLaw(
        lasting=Mixture.of(
            weights,
            squares / total * above - squares / 2.0,
            np.sqrt(squares - squares**2 / total),
        ),
        new_year=Mixture(
            weights,
            of_new,
            np.sqrt(level - level**2 / total + years),
            seen.odds / (1.0 + seen.odds),
        ),
        line_variance=line,
        is_known=known,
    )
