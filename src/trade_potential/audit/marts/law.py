"""What lasts of K again: by projections on dummies, explicit sums over rows and bisection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import erfc

Floats = npt.NDArray[np.float64]

TRIED = [0.05 * 80.0 ** (k / 19.0) for k in range(20)]
"""Deviations of the lasting ratio, from .05 to 4."""

STEPS = [0.05 * k for k in range(20)]
"""Serial correlations, from 0 to .95."""

COMMON_YEARS = 8.0
TOGETHER = 400
CUT = 1e-9
HALVINGS = 56
WIDE = 60.0


@dataclass(frozen=True)
class Rows:
    """Rows of an estimator, sorted by pair and year; ``blocks`` are the rows of each pair."""

    blocks: list[npt.NDArray[np.int64]]
    years: Floats

    def correlated(self, block: int, rho: float) -> Floats:
        """Correlation of the years of a pair."""
        year = self.years[self.blocks[block]]
        found: Floats = np.power(rho, np.abs(np.subtract.outer(year, year)))
        return found


def year_noise(rows: Rows, logs: Floats, x: Floats) -> tuple[float, Floats] | None:
    """Serial correlation and variance of the years of each pair."""
    dummies = np.zeros((len(logs), len(rows.blocks)))
    for k, own in enumerate(rows.blocks):
        dummies[own, k] = 1.0
    left, sizes, _ = np.linalg.svd(np.column_stack([dummies, x]), full_matrices=False)
    u = left[:, sizes > 1e-9 * sizes[0]]
    e = logs - u @ (u.T @ logs)
    if len(logs) <= u.shape[1] or not e @ e > 0.0:
        return None
    beside = np.zeros_like(u)
    products = 0.0
    for own in rows.blocks:
        near = (np.abs(np.subtract.outer(rows.years[own], rows.years[own])) == 1.0) / 2.0
        beside[own] = near @ u[own]
        products += e[own] @ near @ e[own]
    inner = u.T @ beside
    squares_of: dict[float, float] = {}
    products_of: dict[float, float] = {}
    for own in rows.blocks:
        apart = np.abs(np.subtract.outer(rows.years[own], rows.years[own]))
        off = np.eye(len(own)) - u[own] @ u[own].T
        both = (apart == 1.0) / 2.0 - u[own] @ beside[own].T - beside[own] @ u[own].T
        both = both + u[own] @ inner @ u[own].T
        for lag in np.unique(apart).tolist():
            squares_of[lag] = squares_of.get(lag, 0.0) + off[apart == lag].sum()
            products_of[lag] = products_of.get(lag, 0.0) + both[apart == lag].sum()

    def expected(of: dict[float, float], rho: float) -> float:
        return float(sum(total * rho**lag for lag, total in of.items()))

    ratios = np.array([expected(products_of, r) / expected(squares_of, r) for r in STEPS])
    ratios = np.maximum.accumulate(ratios)
    rho = float(np.interp(products / (e @ e), ratios, STEPS)) if ratios[-1] > ratios[0] else 0.0
    below = min(int(rho / 0.05 + 1e-9), 18)
    share = rho / 0.05 - below
    freedom = np.zeros(len(rows.blocks))
    for step, weight in ((below, 1.0 - share), (below + 1, share)):
        moved = np.zeros_like(u)
        for k, own in enumerate(rows.blocks):
            moved[own] = rows.correlated(k, STEPS[step]) @ u[own]
        all_of = u.T @ moved
        for k, own in enumerate(rows.blocks):
            part = len(own) - 2.0 * (u[own] * moved[own]).sum()
            freedom[k] += weight * (part + ((u[own] @ all_of) * u[own]).sum())
    own_squares = np.array([(e[own] ** 2).sum() for own in rows.blocks])
    common = (e @ e) / freedom.sum()
    return rho, (COMMON_YEARS * common + own_squares) / (COMMON_YEARS + freedom)


@dataclass(frozen=True)
class Mixed:
    """Normal laws by scale: weights (S,), means and deviations (G, S)."""

    weights: Floats
    means: Floats
    deviations: Floats

    def below(self, at: Floats) -> Floats:
        """(G,) probability of a logarithm below."""
        z = (at[:, None] - self.means) / self.deviations
        found: Floats = 0.5 * erfc(-z / np.sqrt(2.0)) @ self.weights
        return found

    def between(self, low: float, high: float) -> Floats:
        """(G,) probability of a ratio between two bounds, infinite where there is none."""
        ones = np.ones(len(self.means))
        up = ones if np.isinf(high) else self.below(np.log(high) * ones)
        return up - (self.below(np.log(low) * ones) if low > 0.0 else 0.0)

    def quantile(self, share: float) -> Floats:
        """(G,) ratio that is exceeded with the rest of the probability."""
        low = (self.means - WIDE * self.deviations).min(axis=1)
        high = (self.means + WIDE * self.deviations).max(axis=1)
        for _ in range(HALVINGS):
            middle = (low + high) / 2.0
            is_low = self.below(middle) < share
            low, high = np.where(is_low, middle, low), np.where(is_low, high, middle)
        found: Floats = np.exp((low + high) / 2.0)
        return found


@dataclass(frozen=True)
class Laws:
    """Of the pairs: lasting ratio, new year, ln K gained without the pair by row, and whether."""

    lasting: Mixed
    new_year: Mixed
    gained: Floats
    is_determined: npt.NDArray[np.bool_]


def laws(
    rows: Rows,
    design: Floats,
    weights: Floats,
    information: list[Floats],
    errors: Floats,
    noise: tuple[float, Floats],
    *,
    is_ratio: bool,
) -> Laws:
    """Laws of G pairs.

    Args:
        rows: Of the estimator.
        design: (N, k).
        weights: (N, k) of an error in the normal equations.
        information: (k, k) of each pair.
        errors: (N,) residuals, or ratios less 1.
        noise: Correlation, and variance of a year of each pair.
        is_ratio: Which of the two errors are.
    """
    rho, of_year = noise
    g = len(rows.blocks)
    whole = np.sum(information, axis=0)
    x = np.array([design[own].mean(axis=0) for own in rows.blocks])
    of_mean = np.array(
        [
            of_year[i] * rows.correlated(i, rho).sum() / len(own) ** 2
            for i, own in enumerate(rows.blocks)
        ]
    )
    z = np.array([errors[own].mean() for own in rows.blocks])
    if is_ratio:
        z = np.log(1.0 + z) + of_mean / 2.0
    sums = np.array([weights[own].sum(axis=0) for own in rows.blocks])
    scores = np.array([weights[own].T @ errors[own] for own in rows.blocks])
    meats = np.array(
        [
            of_year[i] * weights[own].T @ rows.correlated(i, rho) @ weights[own]
            for i, own in enumerate(rows.blocks)
        ]
    )
    gained = np.full(len(errors), np.nan)
    by_u, by_e = np.full(g, np.nan), np.full(g, np.nan)
    rest = whole - np.array(information)
    values = np.linalg.eigvalsh(rest)
    determined = values[:, 0] > CUT * values[:, -1]
    all_meats = meats.sum(axis=0)
    for i in np.flatnonzero(determined):
        own, inverse = rows.blocks[i], np.linalg.inv(rest[i])
        gained[own] = design[own] @ (inverse @ scores[i])
        q = inverse @ x[i]
        by_u[i] = ((np.delete(sums, i, axis=0) @ q) ** 2).sum()
        by_e[i] = q @ (all_meats - meats[i]) @ q
    shift = np.array([gained[own].mean() for own in rows.blocks])
    found = []
    if g <= TOGETHER and not is_ratio:
        moves = x @ np.linalg.inv(whole)
        pulled = np.eye(g) - moves @ sums.T
        crossed = np.array(
            [
                of_year[i] / len(own) * np.ones(len(own)) @ rows.correlated(i, rho) @ weights[own]
                for i, own in enumerate(rows.blocks)
            ]
        )
        of_line = moves @ all_meats @ moves.T
        mixed = moves @ crossed.T
        noisy = np.diag(of_mean) - mixed - mixed.T + of_line
        by_u = pulled @ pulled.T
        for s in TRIED:
            common = s * s * by_u
            total = common + noisy
            values, vectors = np.linalg.eigh(total)
            held = values > CUT * values[-1]
            inverse = vectors[:, held] / values[held] @ vectors[:, held].T
            with_u, with_level = s * s * pulled.T, common + of_line - mixed
            to_u, to_level = with_u @ inverse, with_level @ inverse
            level = np.diag(common + of_line) - (to_level * with_level).sum(axis=1)
            own = s * s - (to_u * with_u).sum(axis=1)
            likely = np.log(values[held]).sum() + z @ inverse @ z
            found.append((likely, to_u @ z, own, to_level @ z, level))
    else:
        for s in TRIED:
            line = s * s * by_u + by_e
            moved, centre = z + shift, np.zeros(g)
            if is_ratio:
                line = np.log(1.0 + np.expm1(s * s) * by_u + by_e)
                moved, centre = moved + s * s / 2.0 - line / 2.0, line / 2.0
            level, total = s * s + line, s * s + line + of_mean
            likely = (np.log(total) + moved**2 / total)[determined].sum()
            mean = level / total * moved + centre - shift
            found.append(
                (
                    likely,
                    s * s / total * moved,
                    s * s * (1 - s * s / total),
                    mean,
                    level * (1 - level / total),
                )
            )
    return _mixed(found, of_year, gained, determined, is_ratio)


def _mixed(
    found: list[tuple[Any, ...]],
    of_year: Floats,
    gained: Floats,
    determined: npt.NDArray[np.bool_],
    is_ratio: bool,
) -> Laws:
    likely, mean, variance, level, level_variance = (
        np.array(part) for part in zip(*found, strict=True)
    )
    s = np.array(TRIED)
    logs = -likely / 2.0 + np.log(s) - s**2 / 2.0
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    offset = -(s**2) / 2.0 if is_ratio else 0.0 * s
    least = CUT * s[:, None] ** 2
    lasting = Mixed(weights, mean.T + offset, np.sqrt(np.maximum(variance, least)).T)
    half = of_year[:, None] / 2.0 if is_ratio else 0.0
    spread = np.sqrt(np.maximum(level_variance, least).T + of_year[:, None])
    return Laws(lasting, Mixed(weights, level.T + offset - half, spread), gained, determined)
