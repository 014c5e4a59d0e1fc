"""Panels of one reporter whose lasting ratios are known, and what each estimator says of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from research.calibration.measures import BOUNDS, CUTS, Asked
from scipy.stats import t as student

from trade_potential.gravity.lasting import Line, law_of_panel
from trade_potential.gravity.pair_years import FEW_YEARS, PairRows, year_noise
from trade_potential.linalg import FloatArray

SPREADS = (0.0, 0.3, 0.6, 1.0)
"""Deviations of ln of the lasting ratio; in china_world it is .8."""
MEMORIES = (0.0, 0.4, 0.7)
NOISES = (0.1, 0.2, 0.3)
"""Deviations of a year; .11 to .18 in central_asia, .23 to .29 in china_world."""
UNEQUAL = (0.0, 0.5)
"""By how much ln of the noise of a trader falls with a deviation of its size."""
ZEROS = 0.05
"""Share of the years of a small trader without trade, kept by PPML."""
EDGES = (-0.4, 0.4)
"""Of the bands of size: small, middling and large traders."""
STEPS, SETTLED = 50, 1e-9


@dataclass(frozen=True)
class Shape:
    """A kind of panel: so many partners, years, regressors; the estimator that is asked.

    ``share``: one in so many panels is drawn; large ones have more pairs.
    """

    title: str
    partners: int
    years: int
    regressors: int
    estimator: str
    share: int = 1


SHAPES = {
    "short_pooled": Shape("5 partners x 8 years, pooled", 5, 8, 7, "pooled"),
    "short_ppml": Shape("5 partners x 8 years, PPML", 5, 8, 7, "ppml"),
    "pooled": Shape("60 partners x 8 years, pooled", 60, 8, 7, "pooled", 10),
    "random": Shape("60 partners x 8 years, random effects", 60, 8, 7, "random", 10),
    "mundlak": Shape("60 partners x 8 years, correlated random effects", 60, 8, 7, "mundlak", 10),
    "between": Shape("60 partners x 8 years, between partners", 60, 8, 7, "between", 10),
    "ppml": Shape("60 partners x 8 years, PPML", 60, 8, 7, "ppml", 10),
}


def asked(shape: Shape, rng: np.random.Generator, spread: float) -> Asked | None:
    """One panel drawn, estimated and asked; None where there is no estimate."""
    g, t = shape.partners, shape.years
    pair, year = np.repeat(np.arange(g), t), np.tile(np.arange(t), g)
    rows = PairRows(pair, year)
    x = 0.8 * rng.standard_normal((g, shape.regressors))[pair]
    x += rng.normal(0.1, 0.05, (g, shape.regressors))[pair] * (year - t / 2.0)[:, None]
    x += 0.1 * rng.standard_normal(x.shape)
    size = rows.means(x)[:, 0]
    u = spread * rng.standard_normal(g)
    slopes = rng.normal(0.0, 0.7, shape.regressors)
    memory_band = int(rng.integers(len(MEMORIES)))
    memory = MEMORIES[memory_band]
    deviation = rng.choice(NOISES) * np.exp(-rng.choice(UNEQUAL) * size)
    e = rng.standard_normal((g, t + 1))
    for k in range(1, t + 1):
        e[:, k] = memory * e[:, k - 1] + np.sqrt(1.0 - memory**2) * e[:, k]
    true_line = 3.0 + x @ slopes
    if shape.estimator == "mundlak":  # effects of pairs go with the mean of a regressor
        true_line += 0.5 * rows.means(x)[pair, 1]
    logs = true_line + u[pair] + (deviation[:, None] * e[:, :t]).ravel()
    is_ratio = shape.estimator == "ppml"
    silent = ZEROS * (size < 0.0) if is_ratio else np.zeros(g)
    has = rng.random(len(logs)) >= silent[pair]
    has_new = rng.random((2, g)) >= silent
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    design = np.column_stack([np.ones(len(z)), z])
    if shape.estimator == "mundlak":
        design = np.column_stack([design, rows.means(z)[pair]])
    traded = PairRows(pair[has], year[has])
    if len(traded.n) < g or traded.n.min() < FEW_YEARS:
        return None
    noise = year_noise(traded, logs[has], z[has])
    if noise is None:
        return None
    found = estimate(shape.estimator, rows, design, logs, np.exp(logs) * has)
    law = law_of_panel(rows, found.line, found.errors, noise, is_ratio=is_ratio)
    error = rows.means(found.fit - true_line)
    lasting = u - spread**2 / 2.0 if is_ratio else u
    # of a year drawn at random, and of the next one
    new = np.stack([rng.standard_normal(g), e[:, t]])
    new = np.where(has_new, u + deviation * new - error, -np.inf)
    last = year == t - 1
    last_class = np.digitize(np.exp(logs - found.fit)[last] * has[last], CUTS)
    # PPML aims at the mean of trade, over ratios and over years
    aim = (spread**2 + deviation**2) / 2.0 + np.log1p(-silent) if is_ratio else np.zeros(g)
    return Asked(
        world=np.zeros(g, dtype=np.int64),
        size=np.digitize(size, EDGES),
        rank=law.lasting.below(lasting),
        rank_of_year=law.new_year.below(new[0]),
        rank_of_next=law.new_year.below(new[1]),
        rank_of_line=found.rank(rows, aim - error),
        said=law.lasting.probabilities(BOUNDS).T,
        true=np.digitize(np.exp(lasting), CUTS),
        again=law.new_year.probabilities(BOUNDS)[last_class, np.arange(g)],
        came=(np.digitize(np.exp(new), CUTS) == last_class).T.astype(float),
        memory=np.full(g, memory_band),
    )


@dataclass(frozen=True)
class Estimated:
    """The line, residuals, linear predictor, and covariance as the marts have it."""

    line: Line
    errors: FloatArray
    fit: FloatArray
    covariance: FloatArray
    freedom: float

    def rank(self, rows: PairRows, error: FloatArray) -> FloatArray:
        """(G,) probability of an error of the line below, by the published interval."""
        x = rows.means(self.line.design)
        deviation = np.sqrt(np.einsum("gk,kl,gl->g", x, self.covariance, x))
        found: FloatArray = student.cdf(error / deviation, self.freedom)
        return found


def estimate(
    estimator: str, rows: PairRows, design: FloatArray, logs: FloatArray, trade: FloatArray
) -> Estimated:
    """As the marts estimate, with the covariance on which their intervals rest."""
    n, k, g = len(logs), design.shape[1], len(rows.n)
    is_ppml = estimator == "ppml"
    if is_ppml:
        fit = _ppml(design, trade)
        line, errors = Line.ppml(rows, design, np.exp(fit)), trade / np.exp(fit) - 1.0
    elif estimator == "between":
        n = g
        line = Line.between(rows, design)
        fit = design @ np.linalg.lstsq(rows.means(design), rows.means(logs))[0]
        errors = logs - fit
    else:
        theta = np.zeros(g) if estimator == "pooled" else _theta(rows, logs, design)
        line = Line.least_squares(rows, design, theta)
        moved = design - (theta[:, None] * rows.means(design))[rows.pair]
        outcome = logs - (theta * rows.means(logs))[rows.pair]
        fit = design @ np.linalg.lstsq(moved, outcome)[0]
        errors = logs - fit
    bread = np.linalg.inv(line.information.sum(axis=0))
    scores = line.weights * errors[:, None]
    if g > k:
        scores = rows.sums(scores)
        scale = g / (g - 1.0) * (n - 1.0) / (n - k)
    else:
        scale = n / (n - k)
    covariance = scale * bread @ scores.T @ scores @ bread
    if g <= k and not is_ppml:
        covariance = bread * (errors @ errors) / (n - k)
    freedom = np.inf if is_ppml else g - 1.0 if g > k else n - k
    return Estimated(line, errors, fit, covariance, float(freedom))


def _ppml(design: FloatArray, trade: FloatArray) -> FloatArray:
    """Linear predictor; steps are no longer than 1."""
    fit = design @ np.linalg.lstsq(design, np.log1p(trade))[0]
    for _ in range(STEPS):
        m = np.exp(np.clip(fit, -30.0, 30.0))
        step = design @ np.linalg.solve(design.T @ (design * m[:, None]), design.T @ (trade - m))
        fit = fit + step * min(1.0, 1.0 / np.abs(step).max())
        if np.abs(step).max() < SETTLED:
            break
    return fit


def _theta(rows: PairRows, logs: FloatArray, design: FloatArray) -> FloatArray:
    """Of random effects, Swamy and Arora; regressors that do not vary within pairs drop out."""
    means, outcome = rows.means(design), rows.means(logs)
    rank = int(np.linalg.matrix_rank(means))
    if len(rows.n) <= rank:
        return np.zeros(len(rows.n))
    between = outcome - means @ np.linalg.lstsq(means, outcome)[0]
    x, y = design - means[rows.pair], logs - outcome[rows.pair]
    left = y - x @ np.linalg.lstsq(x, y)[0]
    of_year = left @ left / (len(logs) - len(rows.n) - np.linalg.matrix_rank(x))
    of_pair = max(0.0, between @ between / (len(rows.n) - rank) - of_year / rows.n.mean())
    found: FloatArray = 1.0 - np.sqrt(of_year / (of_year + rows.n * of_pair))
    return found
