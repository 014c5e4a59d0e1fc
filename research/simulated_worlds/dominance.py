"""Whether a pair draws its own benchmark towards itself, by its share in an economy's trade."""

from __future__ import annotations

import numpy as np
from research.simulated_worlds.methods import Answers, both
from research.simulated_worlds.scores import SIZES, SMALLEST

from trade_potential.linalg import FloatArray

SHARES = (0.0, 0.05, 0.1, 0.2)
METHODS = ("years", "years_out", "lasting")


def dominance(
    found: Answers, expected: FloatArray, truth: FloatArray
) -> dict[str, dict[str, dict[str, float]]]:
    """Slope of ln K on the true ln u, and error, by the share of a pair and by method.

    Args:
        found: Answers.
        expected: (n, n) directed trade without shocks, US$ a year.
        truth: (P,) true lasting ratios of two-way trade.
    """
    two_way = expected + expected.T
    share = two_way / two_way.sum(axis=1, keepdims=True)
    largest = np.maximum(share, share.T)[found.one, found.other]
    has = both(expected, found.one, found.other) >= SIZES[0]
    band = np.digitize(largest, SHARES)
    result = {}
    for b, share_from in enumerate(SHARES, start=1):
        of = has & (band == b)
        u = np.log(np.maximum(truth[of], SMALLEST))
        result[f"{share_from:g}"] = {
            "pairs": {"n": float(of.sum())},
            **{
                key: _of(np.log(np.maximum(found.by_method[key].k[of], SMALLEST)), u)
                for key in METHODS
            },
        }
    return result


def _of(k: FloatArray, u: FloatArray) -> dict[str, float]:
    centred = u - u.mean()
    return {
        "slope": float(centred @ k / (centred @ centred)),
        "error": float(np.sqrt(((k - u) ** 2).mean())),
    }
