"""Normal equations of one or two sets of dummies, solved exactly by elimination.

The weighted normal equations of two sets are [[D1, C], [C', D2]]: D1 and D2 diagonal, C the
weights of the cells that the sets have in common. Sets fall apart into components that no row joins
(exporter-year and importer-year into years); in each the larger side is eliminated and the Schur
complement D2 - C' D1^-1 C of the smaller, dense, is factored. Nothing iterates.

A constant moves from one set to the other within a component: the last level of its smaller side is
set to zero.

Source: Guimaraes and Portugal (2010) for the sets; the Schur complement is textbook.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.linalg.lapack import dpotrf, dpotrs
from scipy.sparse.csgraph import connected_components

from trade_potential.linalg import FloatArray, IntArray
from trade_potential.ppml.levels import Levels

CELLS_PER_ROW, CELLS = 4, 1_000_000
"""Cells of C are kept densely: at most 4 a row, or a million."""

FLOPS_PER_ROW = 20_000
"""Of the Schur complements in every step, sum of m k^2: ten seconds for 1e7 rows."""

SMALLER = 3_000
"""Levels of the smaller side of a component: 72 MB, a third of a second to factor."""

COMPONENTS = 2_000
"""They are factored one after the other."""

NEGLIGIBLE = 1e-13
"""Share of the largest eigenvalue below which one is zero, where a complement has no factor."""


@dataclass(frozen=True)
class Component:
    """Part of two sets that is joined to no other.

    Attributes:
        larger: (m,) levels of the larger set, which is eliminated.
        smaller: (k,) levels of the other.
        start: First of its m x k cells.
    """

    larger: IntArray
    smaller: IntArray
    start: int

    @property
    def cells(self) -> slice:
        """Where its cells are."""
        return slice(self.start, self.start + len(self.larger) * len(self.smaller))


@dataclass(frozen=True)
class Pattern:
    """Which levels of two sets meet: made once, for any weights.

    Attributes:
        sets: The larger set and the smaller.
        is_swapped: Whether the smaller came first.
        components: In the order of their first level.
        cell: (N,) position of each row among the cells of all components.
        n_cells: Their number.
    """

    sets: tuple[Levels, Levels]
    is_swapped: bool
    components: tuple[Component, ...]
    cell: IntArray
    n_cells: int

    @classmethod
    def of(cls, one: Levels, other: Levels) -> Pattern | None:
        """The pattern, or None where elimination would cost too much; depends on codes only."""
        is_swapped = one.size < other.size
        large, small = (other, one) if is_swapped else (one, other)
        n = len(large.codes)
        edges = sparse.coo_array(
            (np.ones(n, dtype=np.float32), (large.codes, small.codes + large.size)),
            shape=(large.size + small.size,) * 2,
        )
        count, label = connected_components(edges, directed=False)
        if count > COMPONENTS:
            return None
        of_large, of_small = label[: large.size], label[large.size :]
        m = np.bincount(of_large, minlength=count)
        k = np.bincount(of_small, minlength=count)
        cells = m * k
        is_cheap = (
            int(cells.sum()) <= max(CELLS_PER_ROW * n, CELLS)
            and int((cells * k).sum()) <= FLOPS_PER_ROW * max(n, CELLS)
            and int(k.max()) <= SMALLER
        )
        if not is_cheap:
            return None
        starts = np.cumsum(cells) - cells
        place_large, place_small = np.empty_like(of_large), np.empty_like(of_small)
        components = []
        for c in range(count):
            larger, smaller = np.flatnonzero(of_large == c), np.flatnonzero(of_small == c)
            place_large[larger], place_small[smaller] = np.arange(m[c]), np.arange(k[c])
            components.append(Component(larger, smaller, int(starts[c])))
        base = (starts[of_large] + place_large * k[of_large]).astype(np.int64)
        cell = base[large.codes] + place_small[small.codes]
        return cls((large, small), is_swapped, tuple(components), cell, int(cells.sum()))


class Eliminated:
    """Normal equations (D'WD) a = b of one set, or of two with a pattern, at given weights."""

    def __init__(
        self, sets: tuple[Levels, ...], pattern: Pattern | None, weights: FloatArray
    ) -> None:
        """Factor; ``is_singular`` says whether a direction had no weight and is left out.

        Args:
            sets: One; or the two of the pattern in their own order.
            pattern: None for one set.
            weights: (N,) positive.
        """
        self.is_singular = False
        self._pattern = pattern
        self._sizes = [one.size for one in sets]
        if pattern is None:
            self._total = sets[0].sums(weights)
            return
        large, small = pattern.sets
        self._large, self._small = large.sums(weights), small.sums(weights)
        cells = np.bincount(pattern.cell, weights, minlength=pattern.n_cells)
        self._parts = []
        for part in pattern.components:
            c = cells[part.cells].reshape(len(part.larger), len(part.smaller))
            free = c[:, :-1]
            share = free / self._large[part.larger, None]
            schur = np.diag(self._small[part.smaller[:-1]]) - share.T @ free
            factor = _Factor(schur)
            self.is_singular |= factor.is_singular
            self._parts.append((free, factor))

    def solve(self, right: FloatArray) -> FloatArray:
        """(L, q) effects of a right-hand side (L, q), sets one after the other."""
        pattern = self._pattern
        if pattern is None:
            return right / self._total[:, None]
        first, second = np.split(right, [self._sizes[0]])
        large, small = (second, first) if pattern.is_swapped else (first, second)
        on_large, on_small = np.zeros_like(large), np.zeros_like(small)
        for part, (free, factor) in zip(pattern.components, self._parts, strict=True):
            total = self._large[part.larger, None]
            b, kept = large[part.larger], part.smaller[:-1]
            a = factor.solve(small[kept] - free.T @ (b / total))
            on_small[kept] = a
            on_large[part.larger] = (b - free @ a) / total
        return np.concatenate([on_small, on_large] if pattern.is_swapped else [on_large, on_small])


class _Factor:
    """A Schur complement, scaled to a unit diagonal and factored.

    Weights over hundreds of orders of magnitude may leave one without a Cholesky factor: then by
    its eigensystem, without the eigenvalues that are rounding.
    """

    def __init__(self, matrix: FloatArray) -> None:
        diagonal = np.diag(matrix).copy()
        diagonal[~(diagonal > 0.0)] = 1.0
        self._scale = 1.0 / np.sqrt(diagonal)
        scaled = matrix * self._scale[:, None] * self._scale
        self._cholesky, self._inverse = None, None
        self.is_singular = False
        if not len(matrix):
            return
        if not np.isfinite(scaled).all():
            raise np.linalg.LinAlgError("the normal equations of the effects are not finite")
        # LAPACK itself: hundreds of components are solved hundreds of times.
        lower, failed = dpotrf(scaled, lower=1)
        if not failed:
            self._cholesky = lower
            return
        values, vectors = np.linalg.eigh(scaled)
        is_kept = values > NEGLIGIBLE * values[-1]
        self.is_singular = not bool(is_kept.all())
        self._inverse = (vectors[:, is_kept] / values[is_kept]) @ vectors[:, is_kept].T

    def solve(self, right: FloatArray) -> FloatArray:
        """(k, q) of (k, q)."""
        if not len(right):
            return right
        scaled = right * self._scale[:, None]
        if self._cholesky is not None:
            found, _ = dpotrs(self._cholesky, scaled, lower=1)
        else:
            found = np.asarray(self._inverse) @ scaled
        result: FloatArray = found * self._scale[:, None]
        return result
