"""What lasts of the ratio of trade to prediction of a pair, by an estimator without pair effects.

ln y = x'b + u + e, with u of a pair normal with variance s^2 and e correlated over its years. Only
residuals r = ln y - x'b^ are seen, and an estimator that pairs determine draws its line towards
them. Let B be the weights of a row in the normal equations, A b = sum B ln y, and z the means of
the residuals of the pairs. Then

    z = P u + (means of e) - X A^-1 B'e,   P = I - X A^-1 (sums of B by pair)',   X means by pair,

so that u given z is normal where s is known: mean s^2 P' C^-1 z, C = s^2 P P' + Cov(e part). That
counts the uncertainty of the slopes, the pull of each pair on its own line and its noisy years at
once. What s may be is weighed by the likelihood of z and a prior. Of many pairs each counts beside
the line of all others, and they are independent.

Source: Henderson (1975), Best linear unbiased estimation and prediction under a selection model;
Searle, Casella and McCulloch (1992), Variance Components, chapter 7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trade_potential.gravity.pair_years import PairRows, YearNoise
from trade_potential.inference.mixture import Mixture
from trade_potential.inference.serial import correlation_matrices
from trade_potential.linalg import FloatArray

BoolArray = npt.NDArray[np.bool_]

SCALES = np.exp(np.linspace(np.log(0.05), np.log(4.0), 20))
"""Deviations of u that are tried: from 5 per cent to a factor of fifty."""

PRIOR_SCALE = 1.0
"""Of the half-normal prior of that deviation; five partners hardly tell it. From
``research.calibration``."""

TOGETHER = 400
"""Up to so many pairs their means are taken together; beyond, no pair moves the line of the others
enough to matter, and each is set beside that line."""

DETERMINED = 1e-9
"""Ratio of the smallest to the largest eigenvalue of the normal equations without a pair, below
which the other pairs do not determine the line."""

RANGE = 1e-9
"""Directions in which residuals have less than this share of the largest variance are no data."""


@dataclass(frozen=True)
class Line:
    """What an estimator makes of rows.

    Attributes:
        design: (N, k) with the constant, scaled to like size.
        weights: (N, k) B: what the error of a row adds to the right side of the normal equations.
        information: (G, k, k) what a pair adds to their left side.
    """

    design: FloatArray
    weights: FloatArray
    information: FloatArray

    @classmethod
    def least_squares(cls, rows: PairRows, design: FloatArray, theta: FloatArray) -> Line:
        """Of rows less (G,) theta times the mean of their pair."""
        x = design - (theta[:, None] * rows.means(design))[rows.pair]
        weights = x - (theta[:, None] * rows.means(x))[rows.pair]
        return cls(design, weights, rows.sums(x[:, :, None] * x[:, None, :]))

    @classmethod
    def between(cls, rows: PairRows, design: FloatArray) -> Line:
        """Of the means of pairs, each once."""
        x = rows.means(design)
        return cls(design, (x / rows.n[:, None])[rows.pair], x[:, :, None] * x[:, None, :])

    @classmethod
    def ppml(cls, rows: PairRows, design: FloatArray, fitted: FloatArray) -> Line:
        """Of Poisson pseudo maximum likelihood, at its (N,) fit; errors are relative ones."""
        weights = design * fitted[:, None]
        return cls(design, weights, rows.sums(weights[:, :, None] * design[:, None, :]))


@dataclass(frozen=True)
class ChainLaw:
    """Laws of G pairs.

    Attributes:
        lasting: Of ln of the lasting ratio.
        new_year: Of ln of the ratio of one more year to the line as estimated.
        log_change: (N,) what K of a row gains in logarithms by the line without its pair; NaN where
            the others do not determine it.
        is_determined: (G,) whether they do.
        scale: Mean of what s may be.
    """

    lasting: Mixture
    new_year: Mixture
    log_change: FloatArray
    is_determined: BoolArray
    scale: float


@dataclass(frozen=True)
class _Parts:
    """``pull`` is P, ``noise`` the covariance of the e part of z.

    ``line`` is that of what the line adds to the e part, ``line_z`` of the latter with the former.
    """

    pull: FloatArray
    noise: FloatArray
    line: FloatArray
    line_z: FloatArray


@dataclass(frozen=True)
class _Given:
    """What z says at each of the S scales.

    (S,) log likelihood; (S, G) mean and variance of u, and of ln K about the line as estimated.
    """

    likelihood: FloatArray
    mean: FloatArray
    variance: FloatArray
    level: FloatArray
    level_variance: FloatArray


def law_of_panel(
    rows: PairRows, line: Line, errors: FloatArray, noise: YearNoise, *, is_ratio: bool
) -> ChainLaw:
    """Posterior of the lasting ratio of each pair.

    Args:
        rows: Of pairs.
        line: The estimator.
        errors: (N,) residuals of logarithms, or of PPML trade over prediction less 1.
        noise: Of years.
        is_ratio: Whether they are ratios less 1: the lasting ratio then has mean 1, else median 1.
    """
    change, determined = _without_pair(rows, line, errors)
    means = np.log1p(rows.means(errors)) if is_ratio else rows.means(errors)
    own_noise = noise.of_pairs * rows.mean_factor(noise.rho)
    if (
        is_ratio
    ):  # the logarithm of a mean of ratios lies below its expectation by half its variance
        means = means + own_noise / 2.0
    offsets = -(SCALES**2) / 2.0 if is_ratio else np.zeros_like(SCALES)
    if len(rows.n) <= TOGETHER and not is_ratio:
        given = _given(_together(rows, line, noise, own_noise), means)
    else:
        beside = _Beside(*_apart(rows, line, noise), own_noise, determined, rows.means(change))
        given = _each(beside, means - offsets[:, None], is_ratio=is_ratio)
    weights = given.likelihood + np.log(SCALES) - 0.5 * (SCALES / PRIOR_SCALE) ** 2
    weights = np.exp(weights - weights.max())
    weights /= weights.sum()
    years = noise.of_pairs[:, None]
    offsets_of_year = offsets - (years / 2.0 if is_ratio else 0.0)
    level = np.sqrt(given.level_variance.T + years)
    return ChainLaw(
        lasting=Mixture.of(weights[None, :], given.mean.T + offsets, np.sqrt(given.variance.T)),
        new_year=Mixture.of(weights[None, :], given.level.T + offsets_of_year, level),
        log_change=change,
        is_determined=determined,
        scale=float(weights @ SCALES),
    )


def _without_pair(rows: PairRows, line: Line, errors: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Change of ln K by row without its pair, by one Newton step, and whether there is one."""
    rest = line.information.sum(axis=0) - line.information
    values = np.linalg.eigvalsh(rest)
    determined = values[:, 0] > DETERMINED * values[:, -1]
    scores = rows.sums(line.weights * errors[:, None])
    moved = np.full_like(scores, np.nan)
    moved[determined] = np.linalg.solve(rest[determined], scores[determined][:, :, None])[:, :, 0]
    return np.einsum("nk,nk->n", line.design, moved[rows.pair]), determined


def _together(rows: PairRows, line: Line, noise: YearNoise, own_noise: FloatArray) -> _Parts:
    x = rows.means(line.design)
    weights = rows.padded(line.weights)
    moves = np.linalg.solve(line.information.sum(axis=0), x.T).T
    correlated = correlation_matrices(rows.years, noise.rho) @ weights
    with_own = noise.of_pairs[:, None] * correlated.sum(axis=1) / rows.n[:, None]
    meat = np.einsum("g,gtk,gtl->kl", noise.of_pairs, weights, correlated)
    cross, of_line = moves @ with_own.T, moves @ meat @ moves.T
    return _Parts(
        pull=np.eye(len(x)) - moves @ rows.sums(line.weights).T,
        noise=np.diag(own_noise) - cross - cross.T + of_line,
        line=of_line,
        line_z=of_line - cross,
    )


def _given(parts: _Parts, z: FloatArray) -> _Given:
    """Means of all pairs together.

    C of every scale is diagonal in the directions V in which C at scale 1 is the identity and the
    u part is diag(a): s^2 a + 1 - a.
    """
    by_u = parts.pull @ parts.pull.T
    values, vectors = np.linalg.eigh(by_u + parts.noise)
    kept = values > RANGE * values[-1]
    root = vectors[:, kept] / np.sqrt(values[kept])
    share, turned = np.linalg.eigh(root.T @ by_u @ root)
    root = root @ turned
    s2 = SCALES[:, None] ** 2
    share = np.clip(share, 0.0, 1.0)
    total = s2 * share + (1.0 - share)
    seen = root.T @ z / total
    of_u, of_line = parts.pull.T @ root, parts.line_z @ root
    of_level = s2[:, :, None] * (by_u @ root) + of_line
    level = s2 * np.diag(by_u) + np.diag(parts.line)
    level = level - (of_level**2 / total[:, None, :]).sum(axis=2)
    return _Given(
        likelihood=-0.5 * (np.log(total) + total * seen**2).sum(axis=1),
        mean=s2 * (seen @ of_u.T),
        variance=np.maximum(s2 - s2**2 * ((1.0 / total) @ (of_u**2).T), RANGE * s2),
        level=np.einsum("sgr,sr->sg", of_level, seen),
        level_variance=np.maximum(level, RANGE * s2),
    )


@dataclass(frozen=True)
class _Beside:
    """(G,) of the line without the pair, and of the pair.

    ``by_u``: variance of the line by the u of the others over s^2, ``by_e`` by their years;
    ``own_noise``: of the mean of a pair's years; ``gain``: of ln K by that line.
    """

    by_u: FloatArray
    by_e: FloatArray
    own_noise: FloatArray
    determined: BoolArray
    gain: FloatArray


def _apart(rows: PairRows, line: Line, noise: YearNoise) -> tuple[FloatArray, FloatArray]:
    """``by_u`` and ``by_e``; NaN where the others do not determine the line."""
    rest = line.information.sum(axis=0) - line.information
    values = np.linalg.eigvalsh(rest)
    some = values[:, 0] > DETERMINED * values[:, -1]
    moves = np.full((len(rows.n), line.design.shape[1]), np.nan)
    x = rows.means(line.design)
    moves[some] = np.linalg.solve(rest[some], x[some][:, :, None])[:, :, 0]
    weights, by_u = rows.padded(line.weights), rows.sums(line.weights)
    correlated = correlation_matrices(rows.years, noise.rho) @ weights
    meat = np.einsum("g,gtk,gtl->gkl", noise.of_pairs, weights, correlated)
    all_u = by_u.T @ by_u
    spread = np.einsum("gk,kl,gl->g", moves, all_u, moves) - np.einsum("gk,gk->g", moves, by_u) ** 2
    return spread, np.einsum("gk,gkl,gl->g", moves, meat.sum(axis=0) - meat, moves)


def _each(beside: _Beside, z: FloatArray, *, is_ratio: bool) -> _Given:
    """Each pair beside the line of the others, which are independent of it.

    The line of PPML rests on a few large traders: their ratios, and not logarithms, add up in it.

    Args:
        beside: Of the lines.
        z: (S, G) means of residuals.
        is_ratio: Whether they are of PPML.
    """
    s2, z = SCALES[:, None] ** 2, z + beside.gain
    of_line = s2 * beside.by_u + beside.by_e
    if is_ratio:
        of_line = np.log1p(np.expm1(s2) * beside.by_u + beside.by_e)
        z = z - of_line / 2.0
    level = s2 + of_line
    total = level + beside.own_noise
    seen = (np.log(total) + z**2 / total)[:, beside.determined]
    centre = of_line / 2.0 if is_ratio else 0.0
    return _Given(
        likelihood=-0.5 * seen.sum(axis=1),
        mean=s2 / total * z,
        variance=s2 - s2**2 / total,
        level=level / total * z + centre - beside.gain,
        level_variance=level - level**2 / total,
    )
