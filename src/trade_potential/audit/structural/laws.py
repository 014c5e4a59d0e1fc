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

NEAR = 0.05
"""Within this of ln alpha the derivative of the likelihood changes its sign."""

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
    """Add noise and spread of a flow by band."""
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
    found.largest(
        "alpha",
        np.where(
            [law["alpha_method"] == "at_bound" for law in laws], np.nan, values_of(laws, "alpha")
        ),
        np.array(list(_spreads(flow, laws))),
        named=lambda band: f"band {band + 1}",
        term=flow.name,
        tolerance=SPREAD,
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


def _spreads(flow: Flow, laws: Sequence[Mapping[str, Any]]) -> Iterator[float]:
    """Where the derivative of the negative binomial likelihood by ln alpha is zero."""
    level = (flow.trade.sum(axis=0) + PRIOR_YEARS * flow.size) / (flow.years + PRIOR_YEARS)
    phi, rho = law_at(level, laws)
    unit = phi * (1.0 + rho) / (1.0 - rho)
    y, m = flow.trade.sum(axis=0) / unit, flow.predicted.sum(axis=0) / unit
    band = band_of(flow.size)
    for number, law in enumerate(laws):
        of = band == number
        of = of if of.sum() >= LEAST_PAIRS else np.isfinite(unit)
        if law["alpha_method"] == "at_bound" or not of.any():
            yield np.nan
            continue
        own_y, own_m = y[of], m[of]

        def score(log_alpha: float, y: FloatArray = own_y, m: FloatArray = own_m) -> float:
            a = np.exp(-log_alpha)
            terms = digamma(a + y) - digamma(a) + np.log(a) + 1.0
            return float((terms - np.log(a + m) - (a + y) / (a + m)).sum())

        middle = float(np.log(law["alpha"]))
        ends = middle - NEAR, middle + NEAR
        values = score(ends[0]), score(ends[1])
        yield np.exp(brentq(score, *ends, xtol=1e-7)) if values[0] * values[1] < 0.0 else np.nan


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
