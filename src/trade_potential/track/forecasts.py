"""Forecasts of growth from what is frozen at a cut-off, trained on growth that had ended then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from trade_potential.linalg import FloatArray
from trade_potential.track.flows import FEATURES, CutOff

MIN_ROWS = 100
"""Training rows below which no forecast is made: ten a feature of the widest rival."""

MOST_ROWS = 20_000
"""Rows that boosting trains on, drawn at random beyond: more of them change no score, and cost."""

SEED = 20_260
"""Of that draw."""

Learner = Literal["zero", "mean", "line", "boosting"]


@dataclass(frozen=True)
class Rival:
    """A way to forecast growth.

    ``zero`` says 0; ``mean`` the mean of past growth; ``line`` a straight line in its feature;
    ``boosting`` gradient boosting of all its features.
    """

    name: str
    learner: Learner
    features: tuple[str, ...] = ()


RIVALS = (
    Rival("no_change", "zero"),
    Rival("mean_growth", "mean"),
    *(Rival(feature, "line", (feature,)) for feature in FEATURES),
    Rival("gradient_boosting", "boosting", FEATURES),
)
NO_CHANGE, HEADLINE = "no_change", "k_year_before"
"""What every rival is compared with."""

CANDIDATES: tuple[dict[str, Any], ...] = (
    {"max_leaf_nodes": 4, "learning_rate": 0.1, "max_iter": 40},
    {"max_leaf_nodes": 8, "learning_rate": 0.1, "max_iter": 40},
    {"max_leaf_nodes": 16, "learning_rate": 0.1, "max_iter": 80},
)
"""Settings of boosting, the most cautious first, which is taken where growth that has ended is too
short to choose."""


@dataclass(frozen=True)
class Past:
    """Growth that had ended, with what its own cut-off had known.

    Attributes:
        features: (N,) by name.
        growth: (N,).
        year: (N,) its cut-off.
    """

    features: dict[str, FloatArray]
    growth: FloatArray
    year: FloatArray

    @classmethod
    def of(cls, ended: Sequence[tuple[CutOff, FloatArray]]) -> Past:
        """From cut-offs and the growth after each; rows without growth or not asked are left."""
        kept = [(one, growth, one.is_asked & ~np.isnan(growth)) for one, growth in ended]

        def joined(parts: list[FloatArray]) -> FloatArray:
            return np.concatenate(parts) if parts else np.zeros(0)

        return cls(
            {
                name: joined([one.features[name][rows] for one, _, rows in kept])
                for name in FEATURES
            },
            joined([growth[rows] for _, growth, rows in kept]),
            joined([np.full(int(rows.sum()), float(one.year)) for one, _, rows in kept]),
        )

    def columns(self, names: Sequence[str]) -> FloatArray:
        """(N, k) features."""
        return np.stack([self.features[name] for name in names], axis=1)

    def before(self, year: float) -> Past:
        """Rows of earlier cut-offs."""
        return self.only(self.year < year)

    def only(self, rows: Any) -> Past:
        """Some rows."""
        held = {name: values[rows] for name, values in self.features.items()}
        return Past(held, self.growth[rows], self.year[rows])


def forecast(rival: Rival, past: Past, at: Mapping[str, FloatArray], horizon: int) -> FloatArray:
    """(P,) growth by a rival; NaN where a feature or enough past growth is missing.

    Args:
        rival: Of ``RIVALS``.
        past: Growth that ended by the cut-off.
        at: (P,) features of the cut-off.
        horizon: Years of growth.
    """
    n = len(next(iter(at.values())))
    if rival.learner == "zero":
        return np.zeros(n)
    if rival.learner == "boosting":
        return _boosted(rival, past, at, horizon)
    known = np.ones(len(past.growth), dtype=bool)
    for name in rival.features:
        known &= ~np.isnan(past.features[name])
    past = past.only(known)
    if len(past.growth) < MIN_ROWS:
        return np.full(n, np.nan)
    level = float(past.growth.mean())
    if rival.learner == "mean":
        return np.full(n, level)
    (name,) = rival.features
    x = past.features[name]
    centred = x - x.mean()
    squares = float(centred @ centred)
    by = float(centred @ past.growth) / squares if squares > 0.0 else 0.0
    found: FloatArray = level + by * (at[name] - x.mean())
    return found


def _boosted(rival: Rival, past: Past, at: Mapping[str, FloatArray], horizon: int) -> FloatArray:
    """Settings are chosen by the last past cut-off, from growth that had ended by *its* year."""
    columns = np.stack([at[name] for name in rival.features], axis=1)
    if len(past.growth) < MIN_ROWS:
        return np.full(len(columns), np.nan)
    last = float(past.year.max())
    earlier, judged = past.before(last - horizon + 1), past.only(past.year == last)
    chosen = CANDIDATES[0]
    if len(earlier.growth) >= MIN_ROWS:

        def loss(setting: dict[str, Any]) -> float:
            model = _fitted(earlier, rival.features, setting)
            return float(((judged.growth - model(judged.columns(rival.features))) ** 2).mean())

        chosen = min(CANDIDATES, key=loss)
    return _fitted(past, rival.features, chosen)(columns)


def _fitted(
    past: Past, names: Sequence[str], setting: Mapping[str, Any]
) -> Callable[[FloatArray], FloatArray]:
    """A function from features to growth. Missing features are a branch of their own."""
    # of a dependency group of its own: no build needs it
    from sklearn.ensemble import HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    if len(past.growth) > MOST_ROWS:
        drawn = np.random.default_rng(SEED).choice(len(past.growth), MOST_ROWS, replace=False)
        past = past.only(np.sort(drawn))
    model = HistGradientBoostingRegressor(
        loss="squared_error", early_stopping=False, random_state=SEED, **setting
    )
    x = past.columns(names)
    varies = np.array([len(np.unique(column[~np.isnan(column)])) > 1 for column in x.T])
    if not varies.any():
        return lambda columns: np.full(len(columns), float(past.growth.mean()))
    one = {"limits": 1, "user_api": "openmp"}  # threads wait for each other on a busy machine
    with threadpool_limits(**one):
        model.fit(x[:, varies], past.growth)

    def predict(columns: FloatArray) -> FloatArray:
        with threadpool_limits(**one):
            return np.asarray(model.predict(columns[:, varies]), dtype=float)

    return predict
