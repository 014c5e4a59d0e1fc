"""Noise of a year and spread of lasting ratios by size of flow, a second time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import digamma

from trade_potential.audit.structural.findings import Findings
from trade_potential.linalg import FloatArray, IntArray

EDGES_USD = tuple(10.0**power for power in range(3, 10))
"""Bands of size end there, US$ a year."""

LEAST_PAIRS = 50
"""A band with fewer takes the law of all."""

LEAST_ERROR = 1e-12
"""Deviations below this share of trade are rounding."""

MOST_CORRELATED = 0.95
PRIOR_YEARS = 0.5
"""Years as predicted that the flow of a pair is counted with."""

NUMBERS = 1e-8
"""Two exact formulas in double precision."""

SPREAD = 1e-3
"""Of alpha, which is searched to 1e-4 in its logarithm."""

ALPHA_RANGE = (1e-4, 100.0)
"""Where alpha is looked for."""

PASSES = 5
"""From the flow that a pair has by its posterior mean to the next mean."""

REFERENCE = "numpy on the gated inputs and the predictions"


@dataclass(frozen=True)
class Flow:
    """One kind of flow.

    Attributes:
        name: directed or total.
        one, other: (P,) places of exporter and importer; of a total one < other.
        trade, predicted: (T, P) US$; 0 in a year without a prediction.
        variance: (P,) of the logarithm of the prediction.
    """

    name: str
    one: IntArray
    other: IntArray
    trade: FloatArray
    predicted: FloatArray

    @property
    def years(self) -> IntArray:
        """(P,) years with a prediction."""
        found: IntArray = (self.predicted > 0.0).sum(axis=0)
        return found

    @property
    def size(self) -> FloatArray:
        """(P,) US$ predicted a year."""
        found: FloatArray = self.predicted.sum(axis=0) / self.years
        return found


def confirm_laws(found: Findings, flow: Flow, laws: Sequence[Mapping[str, Any]]) -> None:
    """Add the noise of a flow by band."""
    noise = list(_noise(flow))
    for name in ("level_usd", "phi_usd", "rho", "n_trading_pairs"):
        found.largest(
            name,
            values_of(laws, name),
            np.array([law[name] for law in noise]),
            named=lambda band: f"band {band + 1}",
            term=flow.name,
            scale=1e-6 if name == "rho" else 0.0,
            tolerance=NUMBERS,
            reference=REFERENCE,
        )


def _noise(flow: Flow) -> Iterator[dict[str, float]]:
    """Squared deviations of years from the pair's own mean, and how they follow each other."""
    years, used = flow.years, flow.predicted > 0.0
    total = flow.trade.sum(axis=0)
    k = total / flow.predicted.sum(axis=0)
    error = np.where(used, flow.trade - k * flow.predicted, 0.0)
    squares = np.einsum("tp,tp->p", error, error)
    counted = (years > 1) & (squares > (LEAST_ERROR * total) ** 2)
    mean = total / years
    band = band_of(mean)
    for number in range(len(EDGES_USD) + 1):
        own = counted & (band == number)
        of = own if own.sum() >= LEAST_PAIRS else counted
        if not of.any():
            yield dict.fromkeys(("level_usd", "phi_usd", "rho"), np.nan) | {"n_trading_pairs": 0.0}
            continue
        level = float(np.exp(np.log(mean[of]).sum() / of.sum()))
        relative = squares[of] / ((years[of] - 1) * mean[of] ** 2)
        lagged = np.einsum("tp,tp->p", error[1:, of], error[:-1, of]) / squares[of]
        n = float(years[of].mean())
        rho = (n * float(lagged.mean()) + 1.0) / (n - 4.0) if n > 4.0 else 0.0
        yield {
            "level_usd": level,
            "phi_usd": float(relative.mean()) * level,
            "rho": float(np.clip(rho, 0.0, MOST_CORRELATED)),
            "n_trading_pairs": float(own.sum()),
        }


def alphas(flow: Flow, unit: FloatArray) -> FloatArray:
    """(B,) where the derivative of the negative binomial likelihood by ln alpha is zero.

    Args:
        flow: The flow.
        unit: (P,) US$ that count as one.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        y, m = flow.trade.sum(axis=0) / unit, flow.predicted.sum(axis=0) / unit
    known, band = np.isfinite(y + m), band_of(flow.size)
    found = np.full(len(EDGES_USD) + 1, np.nan)
    for number in range(len(found)):
        of = known & (band == number)
        of = of if of.sum() >= LEAST_PAIRS else known
        if of.any():
            found[number] = _alpha(y[of], m[of])
    return found


def _alpha(y: FloatArray, m: FloatArray) -> float:
    def score(log_alpha: float) -> float:
        a = np.exp(-log_alpha)
        terms = digamma(a + y) - digamma(a) + np.log(a) + 1.0
        return -float((terms - np.log(a + m) - (a + y) / (a + m)).sum())

    low, high = np.log(ALPHA_RANGE)
    if score(low) * score(high) > 0.0:  # the likelihood falls or rises throughout
        return ALPHA_RANGE[0] if score(low) < 0.0 else ALPHA_RANGE[1]
    return float(np.exp(brentq(score, low, high, xtol=1e-7)))


def law_at(level: FloatArray, laws: Sequence[Mapping[str, Any]]) -> tuple[FloatArray, FloatArray]:
    """(P,) phi and rho at a flow in US$ a year, between the levels of bands with their own."""
    methods = [law["noise_method"] for law in laws]
    known = [k for k, method in enumerate(methods) if method == "own"]
    known = known or [k for k, method in enumerate(methods) if method == "all_sizes"][:1]
    if not known:
        return np.full_like(level, np.nan), np.full_like(level, np.nan)
    levels, phi, rho = (values_of(laws, name)[known] for name in ("level_usd", "phi_usd", "rho"))
    at = np.log(np.maximum(level, np.finfo(float).tiny))
    relative = np.exp(np.interp(at, np.log(levels), np.log(phi) - np.log(levels)))
    return relative * level, np.interp(at, np.log(levels), rho)


def values_of(laws: Sequence[Mapping[str, Any]], name: str) -> FloatArray:
    """(B,) a column of the laws; NaN where there is no number."""
    return np.array([np.nan if law[name] is None else float(law[name]) for law in laws])


def band_of(size: FloatArray) -> IntArray:
    """Band of a flow, from 0."""
    return np.searchsorted(EDGES_USD, size, side="right")
