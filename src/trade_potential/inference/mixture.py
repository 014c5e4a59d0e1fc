"""Laws of many numbers at once: normal where a scale is known, mixed over what it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from trade_potential.linalg import FloatArray, IntArray

STEPS = 60
"""Halvings of a bracket at most; Newton steps end it long before."""

SETTLED = 1e-11
"""Step of a logarithm at which a quantile is found."""

FAR = 40.0
"""Deviations from the outermost means within which every quantile lies."""

Bounds = Sequence[tuple[float | None, float | None]]
"""Lower and upper of each class of a ratio; None where there is none."""


@dataclass(frozen=True)
class Mixture:
    """Laws of the logarithms of P ratios.

    Attributes:
        weights: (P, S), or (1, S) for all; rows add up to 1.
        means: (P, S).
        deviations: (P, S) positive.
        at_zero: (P,) probability that the ratio is 0, beside the logarithms.
    """

    weights: FloatArray
    means: FloatArray
    deviations: FloatArray
    at_zero: FloatArray

    @classmethod
    def of(cls, weights: FloatArray, means: FloatArray, deviations: FloatArray) -> Mixture:
        """Ratios that are not 0."""
        return cls(weights, means, deviations, np.zeros(len(means)))

    def below(self, logs: FloatArray | float) -> FloatArray:
        """(P,) probability of a logarithm below (P,) bounds."""
        z = (np.reshape(logs, (-1, 1)) - self.means) / self.deviations
        found: FloatArray = self.at_zero + (1.0 - self.at_zero) * (self.weights * ndtr(z)).sum(1)
        return np.minimum(found, 1.0, out=found)  # weights add up to 1 but for rounding

    def density(self, logs: FloatArray) -> FloatArray:
        """(P,) of the logarithm, ratios of 0 apart."""
        z = (logs[:, None] - self.means) / self.deviations
        curve = np.exp(-0.5 * z**2) / (np.sqrt(2.0 * np.pi) * self.deviations)
        found: FloatArray = (1.0 - self.at_zero) * (self.weights * curve).sum(1)
        return found

    def probabilities(self, bounds: Bounds) -> FloatArray:
        """(C, P) probability that the ratio lies in each class."""
        return np.array([self._up_to(upper) - self._from(lower) for lower, upper in bounds])

    def _up_to(self, bound: float | None) -> FloatArray:
        return np.ones(len(self.means)) if bound is None else self.below(float(np.log(bound)))

    def _from(self, bound: float | None) -> FloatArray:
        return self.below(float(np.log(bound))) if bound else np.zeros(len(self.means))

    def quantile(self, share: float) -> FloatArray:
        """(P,) ratio that is not exceeded with that probability; 0 where 0 is as likely.

        Newton steps from the normal law of the same mean and variance; brackets are halved where a
        step leads out.
        """
        mean = (self.weights * self.means).sum(1)
        spread = (self.weights * (self.deviations**2 + (self.means - mean[:, None]) ** 2)).sum(1)
        found = mean + float(ndtri(share)) * np.sqrt(spread)
        low = (self.means - FAR * self.deviations).min(axis=1)
        high = (self.means + FAR * self.deviations).max(axis=1)
        rest = np.flatnonzero(np.isfinite(found) & (self.at_zero < share))
        for _ in range(STEPS):
            own = self._of(rest)
            at = found[rest]
            gap = own.below(at) - share
            low[rest] = np.where(gap < 0.0, at, low[rest])
            high[rest] = np.where(gap < 0.0, high[rest], at)
            density = np.maximum(own.density(at), np.finfo(float).tiny)
            with np.errstate(over="ignore"):
                new = at - gap / density
            outside = ~((new > low[rest]) & (new < high[rest]))
            found[rest] = np.where(outside, 0.5 * (low[rest] + high[rest]), new)
            rest = rest[np.abs(found[rest] - at) > SETTLED]
            if not len(rest):
                break
        return np.where(self.at_zero >= share, 0.0, np.exp(found))

    def _of(self, pairs: IntArray) -> Mixture:
        """Of some of the pairs."""
        weights = self.weights if len(self.weights) == 1 else self.weights[pairs]
        return Mixture(weights, self.means[pairs], self.deviations[pairs], self.at_zero[pairs])
