"""Predictions, the next step of Newton and clustered errors of slopes and effects.

The likelihood is concave, and strictly so in the fit: its score equations have one solution
(Gourieroux, Monfort and Trognon 1984). Who solves them has the estimate, however it was found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trade_potential.audit.structural.cells import Cells
from trade_potential.linalg import FloatArray

SETTLED = 1e-13
"""Change of a projection, in standard deviations of the regressor, at which it has settled."""

SWEEPS = 5_000
"""Alternating projections at most; a world of 201 economies takes 25."""


@dataclass(frozen=True)
class Optimum:
    """What follows from slopes and predictions.

    Attributes:
        cells: With the regressors that have a slope.
        slopes: (p,) after one more step of Newton.
        bread: (p, p) inverse of the second derivatives, effects projected out.
        covariance: (p, p) clustered by unordered pair, times G / (G - 1).
        left: (p, T, n, n) regressors, effects projected out.
    """

    cells: Cells
    slopes: FloatArray
    bread: FloatArray
    covariance: FloatArray
    left: FloatArray


def predicted_usd(
    cells: Cells, slopes: FloatArray, exporters: FloatArray, importers: FloatArray
) -> FloatArray:
    """(T, n, n) exponential of effects and slopes; 0 where there is no cell or no effect."""
    index = np.tensordot(slopes, cells.x, axes=1)
    index += exporters[:, :, None] + importers[:, None, :]
    with np.errstate(over="ignore"):
        found: FloatArray = np.exp(index, out=np.zeros_like(index), where=cells.is_cell)
    return np.nan_to_num(found, nan=0.0)


def optimum(cells: Cells, slopes: FloatArray, predicted: FloatArray) -> Optimum:
    """The next step, and errors, at a prediction.

    Args:
        cells: The world.
        slopes: (p,) those of the prediction.
        predicted: (T, n, n) US$.
    """
    p, n = len(cells.terms), len(cells.economies)
    rest = cells.trade - predicted
    left = projected(cells.x, predicted)
    information = (left.reshape(p, -1) * predicted.ravel()) @ left.reshape(p, -1).T
    directed = (left * rest).sum(axis=1)
    upper = np.triu_indices(n, 1)
    by_pair = (directed + directed.transpose(0, 2, 1))[:, *upper]
    pairs = len(cells.pairs()[0])
    bread = np.asarray(np.linalg.pinv(information), dtype=float)
    meat = by_pair @ by_pair.T * (pairs / (pairs - 1.0))
    return Optimum(
        cells=cells,
        slopes=slopes + bread @ by_pair.sum(axis=1),
        bread=bread,
        covariance=bread @ meat @ bread,
        left=left,
    )


def projected(x: FloatArray, weights: FloatArray) -> FloatArray:
    """Regressors less their weighted means by exporter and importer of a year.

    By alternating projections (von Neumann; Halperin 1962): each side's means of what the other
    left, until nothing changes.

    Args:
        x: (p, T, n, n).
        weights: (T, n, n) at least 0.
    """
    by_exporter, by_importer = weights.sum(axis=2), weights.sum(axis=1)
    of_exporter = 1.0 / np.where(by_exporter > 0.0, by_exporter, np.inf)[..., None]
    of_importer = 1.0 / np.where(by_importer > 0.0, by_importer, np.inf)[..., None]
    sums = np.stack([(weights * values).sum(axis=2) for values in x], axis=-1)
    sums_in = np.stack([(weights * values).sum(axis=1) for values in x], axis=-1)
    turned = weights.transpose(0, 2, 1)
    units = np.maximum(x.std(axis=(1, 2, 3)), np.finfo(float).tiny)
    importers = np.zeros_like(sums_in)
    for _ in range(SWEEPS):
        exporters = (sums - weights @ importers) * of_exporter
        step = (sums_in - turned @ exporters) * of_importer
        change = np.abs((step - importers) / units).max()
        importers = step
        if change <= SETTLED:
            break
    means = exporters.transpose(2, 0, 1)[..., None] + importers.transpose(2, 0, 1)[:, :, None, :]
    return np.where(weights > 0.0, x - means, 0.0)
