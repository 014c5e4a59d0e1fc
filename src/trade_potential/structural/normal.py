"""Normal equations of exporter-year and importer-year effects, a block for each year.

With weights W of a year, r its row sums and c its column sums, the block is [diag(r), W; W',
diag(c)]. It does not change when all exporters rise by what all importers fall: one importer a year
stays at 0, the base. Exporters are eliminated: S = diag(c) - W' diag(1/r) W is left for importers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trade_potential.linalg import FloatArray
from trade_potential.structural.world import BoolArray


@dataclass(frozen=True)
class Normal:
    """The blocks of T years of n exporters and importers, solved.

    Attributes:
        per_row: (T, n) 1 / r; 0 of an exporter without weight.
        share: (T, n, n) W / r.
        inverse: (T, n, n) of S; rows and columns of base importers are 0.
    """

    per_row: FloatArray
    share: FloatArray
    inverse: FloatArray

    @classmethod
    def of(cls, weights: FloatArray, base: BoolArray) -> Normal:
        """Factor them.

        Args:
            weights: (T, n, n) not negative.
            base: (T, n) importers whose effect is 0: one of each component of a year.

        Raises:
            LinAlgError: A component has no base, or weights vanish beside others.
        """
        rows, columns = weights.sum(axis=2), weights.sum(axis=1)
        per_row = np.divide(1.0, rows, out=np.zeros_like(rows), where=rows > 0.0)
        share = weights * per_row[:, :, None]
        schur = -(weights.transpose(0, 2, 1) @ share)
        diagonal = np.arange(weights.shape[1])
        schur[:, diagonal, diagonal] += columns
        free = ~base & (columns > 0.0)
        scale = np.where(free, 1.0 / np.sqrt(np.where(free, columns, 1.0)), 0.0)
        schur *= scale[:, :, None] * scale[:, None, :]
        schur[:, diagonal, diagonal] += ~free
        inverse = np.linalg.inv(schur)
        inverse *= scale[:, :, None] * scale[:, None, :]
        if not np.isfinite(inverse).all():
            raise np.linalg.LinAlgError("the effects of a year are not determined")
        return cls(per_row, share, inverse)

    def solve(self, rows: FloatArray, columns: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Effects (T, n, k) of exporters and importers for right-hand sides (T, n, k)."""
        of_importers = self.inverse @ (columns - self.share.transpose(0, 2, 1) @ rows)
        return rows * self.per_row[:, :, None] - self.share @ of_importers, of_importers

    def dense(self) -> FloatArray:
        """(T, 2n, 2n) inverse of the blocks, exporters first."""
        n = self.share.shape[1]
        found = np.empty((len(self.share), 2 * n, 2 * n))
        across = -(self.share @ self.inverse)
        found[:, :n, n:] = across
        found[:, n:, :n] = across.transpose(0, 2, 1)
        found[:, n:, n:] = self.inverse
        found[:, :n, :n] = -(across @ self.share.transpose(0, 2, 1))
        diagonal = np.arange(n)
        found[:, diagonal, diagonal] += self.per_row
        return found


def sums(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(T, n, k) sums over importers and over exporters of (k, T, n, n)."""
    return np.moveaxis(values.sum(axis=3), 0, 2), np.moveaxis(values.sum(axis=2), 0, 2)


def summed(exporters: FloatArray, importers: FloatArray) -> FloatArray:
    """(k, T, n, n) sum of the effects (T, n, k) of both sides of a cell."""
    rows, columns = np.moveaxis(exporters, 2, 0), np.moveaxis(importers, 2, 0)
    total: FloatArray = rows[..., :, None] + columns[..., None, :]
    return total


def less_effects(values: FloatArray, weights: FloatArray, base: BoolArray) -> FloatArray:
    """(k, T, n, n) less their weighted effects, wherever there is a weight or none.

    The weighted sums of the result over the cells of each exporter and importer are 0.
    """
    exporters, importers = Normal.of(weights, base).solve(*sums(values * weights))
    return values - summed(exporters, importers)
