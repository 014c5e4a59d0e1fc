"""Whether simulated trade looks like observed trade: ratios and zeros by size of prediction."""

from __future__ import annotations

import numpy as np
from research.simulated_worlds.laws import EDGES

from trade_potential.linalg import FloatArray
from trade_potential.structural.world import BoolArray

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def realism(trade: FloatArray, predicted: FloatArray, used: BoolArray) -> list[dict[str, object]]:
    """Quantiles of directed K over all years and the share of zeros, a row a band from 1e5 US$."""
    i, j = np.nonzero(used.all(axis=0))
    y, m = trade[:, i, j], predicted[:, i, j]
    k, band = y.sum(axis=0) / m.sum(axis=0), np.digitize(m.mean(axis=0), EDGES)
    return [
        {
            "from": float(EDGES[b - 1]),
            "quantiles": [float(q) for q in np.quantile(k[band == b], QUANTILES)],
            "zeros": float((y[:, band == b] == 0.0).mean()),
        }
        for b in range(3, len(EDGES) + 1)
    ]
