"""Sums over the levels of sets of effects, and back to the rows, without a matrix of dummies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from trade_potential.linalg import FloatArray, IntArray

BLOCK = 65_536
"""Rows at a time where a product would need a copy of the design: they stay in the cache."""


def blocks(n: int) -> Iterator[slice]:
    """Rows in order, ``BLOCK`` at a time."""
    return (slice(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK))


def gram(design: FloatArray, weights: FloatArray) -> FloatArray:
    """(p, p) sum of w z z' over the rows of ``design`` (N, p), without a weighted copy."""
    total = np.zeros((design.shape[1], design.shape[1]))
    for rows in blocks(len(design)):
        total += design[rows].T @ (design[rows] * weights[rows, None])
    return total


@dataclass(frozen=True)
class Levels:
    """One set of effects over N rows.

    Attributes:
        codes: (N,) dense levels.
        size: Levels L, each with a row.
        starts: (L,) first row of each level where the rows are sorted by it, else None.
        counts: (L,) rows of each level.
    """

    codes: IntArray
    size: int
    starts: IntArray | None
    counts: IntArray

    @classmethod
    def of(cls, codes: IntArray) -> Levels:
        """Of dense codes (N,), N > 0."""
        counts = np.bincount(codes)
        is_sorted = bool((codes[1:] >= codes[:-1]).all())
        starts = np.cumsum(counts) - counts if is_sorted else None
        return cls(codes, len(counts), starts, counts)

    def sums(self, values: FloatArray) -> FloatArray:
        """(L,) sums of ``values`` (N,) by level."""
        if self.starts is not None:
            found: FloatArray = np.add.reduceat(values, self.starts)
            return found
        return np.asarray(np.bincount(self.codes, values, minlength=self.size), dtype=np.float64)

    def spread(self, effects: FloatArray) -> FloatArray:
        """(N,) the effect of each row, of ``effects`` (L,)."""
        if self.starts is not None:
            return np.repeat(effects, self.counts)
        found: FloatArray = effects[self.codes]
        return found


def all_sums(sets: tuple[Levels, ...], values: FloatArray) -> FloatArray:
    """(L,) sums by level of every set, one set after the other."""
    return np.concatenate([one.sums(values) for one in sets])


def all_spread(sets: tuple[Levels, ...], effects: FloatArray) -> FloatArray:
    """(N,) sum of the effects (L,) of each row."""
    parts = np.split(effects, np.cumsum([one.size for one in sets])[:-1])
    total = sets[0].spread(parts[0])
    for one, part in zip(sets[1:], parts[1:], strict=True):
        total += one.spread(part)
    return total
