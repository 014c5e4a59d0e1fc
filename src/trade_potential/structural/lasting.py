"""The lasting ratio of trade to prediction of a pair: a multiplicative random effect with mean 1.

Given u, trade of a pair in year t has mean m_t u and variance phi m_t u, with m the prediction of
the fit without the pair. With u gamma of mean 1 and variance alpha, and sums in units of phi,

    u | y ~ gamma(shape 1 / alpha + s sum y / phi, rate 1 / alpha + s sum m / phi),

where s = (1 - rho) / (1 + rho) cuts n years to those that are independent. Zeros count like any
other year. Phi and rho are those of the flow that the pair really has, as the posterior mean says.

The prediction is uncertain as well: the effect of an exporter rests on its other partners, whose
own u do not average out. That error, the same in all years, multiplies u; the posterior keeps its
mean and the squared ratio of its deviation to its mean grows by the variance of the prediction.

Source: Bühlmann and Gisler (2005), A Course in Credibility Theory, section 2.5 (Poisson-gamma).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import gammainc

from trade_potential.linalg import FloatArray, IntArray
from trade_potential.structural.dispersion import (
    Noise,
    Spread,
    band_of,
    noise_of,
    spread_of,
)

PASSES = 5
"""Each takes the flow that a pair has from the posterior mean before. In simulated worlds more of
them change no score; what still moves are single pairs with next to no trade."""

PRIOR_YEARS = 0.5
"""Years of trade as predicted that are added to those of a pair for the flow that it has: without
them the noise of a pair without trade, and its mean with it, would shrink with every pass."""


@dataclass(frozen=True)
class Lasting:
    """Posteriors of P pairs; NaN where a pair has no prediction or the noise cannot be known.

    Attributes:
        shape, rate: (P,) of the gamma law.
        n_years, effective_years: (P,).
        benchmark_variance: (P,) of the logarithm of the prediction.
        alpha: (P,) variance of the ratio over pairs of like size.
        noise, spread: The laws, by band.
    """

    shape: FloatArray
    rate: FloatArray
    n_years: IntArray
    effective_years: FloatArray
    benchmark_variance: FloatArray
    alpha: FloatArray
    noise: Noise
    spread: Spread

    @property
    def mean(self) -> FloatArray:
        """(P,) lasting ratio."""
        return self.shape / self.rate

    def below(self, bound: float | None) -> FloatArray:
        """(P,) probability that the ratio is below a bound; of None, no bound above, 1."""
        return (
            np.ones_like(self.shape) if bound is None else gammainc(self.shape, self.rate * bound)
        )

    def probabilities(self, bounds: Sequence[tuple[float | None, float | None]]) -> FloatArray:
        """(C, P) probability of each class.

        Args:
            bounds: Lower and upper of each class; None where there is none.
        """
        return np.array(
            [self.below(upper) - (self.below(lower) if lower else 0.0) for lower, upper in bounds]
        )

    def with_benchmark(self, variance: FloatArray) -> Lasting:
        """The mean stays, the squared ratio of deviation to mean grows by (P,) ``variance``."""
        shape = 1.0 / (1.0 / self.shape + variance)
        return replace(self, shape=shape, rate=shape / self.mean, benchmark_variance=variance)


def lasting(trade: FloatArray, predicted: FloatArray) -> Lasting:
    """Posterior of the lasting ratio of each pair, for predictions without an error.

    Args:
        trade: (T, P) US$.
        predicted: (T, P) US$ without the pair; 0 or NaN where a pair has no cell in a year.
    """
    used = predicted > 0.0
    y, m = np.where(used, trade, 0.0), np.where(used, predicted, 0.0)
    n = used.sum(axis=0)
    has = n > 0
    total, of_model = y.sum(axis=0), m.sum(axis=0)
    size = of_model / np.maximum(n, 1)
    noise, band = noise_of(y, m, used), band_of(size)
    mean = np.divide(total, of_model, out=np.full_like(total, np.nan), where=has)
    for _ in range(PASSES):
        phi, rho = noise.at(size * (n * mean + PRIOR_YEARS) / (n + PRIOR_YEARS))
        share = (1.0 - rho) / (1.0 + rho)
        unit = phi / share
        spread = spread_of(total, of_model, unit, size)
        prior = 1.0 / spread.alpha[band]
        shape, rate = prior + total / unit, prior + of_model / unit
        mean = shape / rate
    return Lasting(
        shape=shape,
        rate=rate,
        n_years=n,
        effective_years=n * share,
        benchmark_variance=np.zeros(len(n)),
        alpha=np.where(has, spread.alpha[band], np.nan),
        noise=noise,
        spread=spread,
    )


def benchmark_variances(fitted: FloatArray, alpha: FloatArray) -> FloatArray:
    """(n, n) variance of the logarithm of the prediction without the pair.

    The effect of exporter i in the prediction for j is right up to the mean of the u of its other
    partners, weighted by the fit; that of importer j likewise:

        sum_(k not j) w_ik^2 alpha_ik / (sum_(k not j) w_ik)^2 + the same of j over exporters.

    Args:
        fitted: (n, n) of exporter and importer, sums over years; 0 where there is no cell.
        alpha: (n, n) variance of the ratio of each.
    """
    squares = np.where(fitted > 0.0, fitted**2 * np.nan_to_num(alpha), 0.0)
    # not the sum less the own: of a small rest next to a large partner nothing would be left
    others = 1.0 - np.eye(len(fitted))
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = squares @ others / (fitted @ others) ** 2
        shares += others @ squares / (others @ fitted) ** 2
    return np.where(fitted > 0.0, shares, np.nan)


@dataclass(frozen=True)
class Flow:
    """Posteriors of one kind of flow: exporters and importers, or of totals the two i < j."""

    one: IntArray
    other: IntArray
    lasting: Lasting


def lasting_of_world(
    trade: FloatArray, fitted: FloatArray, pair_out: FloatArray
) -> tuple[Flow, Flow]:
    """Directed flows, and the sums of both directions over years that have both.

    Args:
        trade: (T, n, n) US$ of exporter and importer; 0 where there is no cell.
        fitted: The same, with the pair.
        pair_out: (T, n, n) predictions without the pair; 0 or NaN where there is none.
    """
    has = pair_out > 0.0
    exporter, importer = np.nonzero(has.any(axis=0))
    directed = lasting(trade[:, exporter, importer], pair_out[:, exporter, importer])
    weight, alpha = fitted.sum(axis=0), np.zeros(fitted.shape[1:])
    alpha[exporter, importer] = directed.alpha
    variance = benchmark_variances(weight, alpha)
    one, other = np.nonzero(np.triu((has & has.transpose(0, 2, 1)).any(axis=0), 1))

    def both(values: FloatArray) -> FloatArray:
        found: FloatArray = values[..., one, other] + values[..., other, one]
        return found

    has_both = (has & has.transpose(0, 2, 1))[:, one, other]
    total = lasting(both(trade), np.where(has_both, both(pair_out), 0.0))
    # the errors of the two predictions have nothing in common but the slopes
    of_total = both(weight**2 * variance) / both(weight) ** 2
    return (
        Flow(exporter, importer, directed.with_benchmark(variance[exporter, importer])),
        Flow(one, other, total.with_benchmark(of_total)),
    )
