"""How well a method recovers the truth, by size of trader."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from research.simulated_worlds.methods import CUTS, Answer

from trade_potential.linalg import FloatArray

SIZES = (1e7, 1e8, 1e9)
"""US$ of expected two-way trade a year; pairs below the first have no class."""
SURE = 0.9
SMALLEST = 1e-3
"""Ratios below count as this one in logarithms."""


def by_size(size: FloatArray) -> Iterator[tuple[str, FloatArray]]:
    """Names and members of the bands that have a class, and of all of them."""
    band = np.digitize(size, SIZES)
    yield "all", band > 0
    for k in range(1, len(SIZES) + 1):
        yield str(k), band == k


def shares(answer: Answer, size: FloatArray) -> dict[str, dict[str, float]]:
    """Shares of classes, those held with probability, and the middle and width of ln K."""
    found = {}
    for name, of in by_size(size):
        of = of & np.isfinite(answer.k)
        held = answer.classes[of]
        logs = np.log(np.maximum(answer.k[of], SMALLEST))
        low, middle, high = np.quantile(logs, (0.25, 0.5, 0.75))
        sure = answer.probabilities[:, of].max(axis=0) >= SURE
        found[name] = {
            "n": int(of.sum()),
            **{f"share_{c}": float((held == c).mean()) for c in range(3)},
            **{f"sure_{c}": float(((held == c) & sure).mean()) for c in range(3)},
            "median": float(np.exp(middle)),
            "iqr": float(high - low),
        }
    return found


def scores(answer: Answer, truth: FloatArray, size: FloatArray) -> dict[str, dict[str, float]]:
    """Recovery of (P,) true lasting ratios."""
    found = shares(answer, size)
    true = np.digitize(truth, CUTS)
    for name, of in by_size(size):
        of = of & np.isfinite(answer.k)
        p = answer.probabilities[:, of]
        hit = np.eye(3)[true[of]].T
        k, u = (np.log(np.maximum(v[of], SMALLEST)) for v in (answer.k, truth))
        held = answer.classes[of]
        moves = u.std() > 0.0 and k.std() > 0.0
        found[name] |= {
            "rmse": float(np.sqrt(((k - u) ** 2).mean())),
            "bias": float((k - u).mean()),
            "correlation": float(np.corrcoef(k, u)[0, 1]) if moves else float("nan"),
            "right": float((held == true[of]).mean()),
            "false": float(((held != 1) & (held != true[of])).mean()),
            "brier": float(((p - hit) ** 2).sum(axis=0).mean()),
            "log_score": float(-np.log(np.maximum((p * hit).sum(axis=0), SMALLEST)).mean()),
            "expected_right": float(p.max(axis=0).mean()),
            **{f"true_{c}": float((true[of] == c).mean()) for c in range(3)},
        }
    return found
