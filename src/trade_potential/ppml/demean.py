"""Deviations from fixed effects, and how many parameters the effects have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from trade_potential.linalg import FloatArray, IntArray

if TYPE_CHECKING:
    from collections.abc import Sequence

DEMEAN_TOLERANCE = 1e-14
"""Of pyfixest's LSMR; with it the weighted level means of a unit column are measured at 4e-14."""

RANK_DEMEANED = 1e-9
"""Demeaning tolerance where only the rank is asked; its square is far below collinearity's."""

DEMEAN_STEPS = 10_000
"""Steps after which demeaning is given up."""

PROJECTIONS = 1_000
"""Alternating projections after which LSMR takes over: where levels are badly connected."""


class NotDemeanedError(ArithmeticError):
    """Demeaning did not converge."""


def split(
    columns: FloatArray,
    codes: IntArray,
    weights: FloatArray,
    *,
    tolerance: float = DEMEAN_TOLERANCE,
) -> tuple[FloatArray, FloatArray]:
    """Weighted least squares of ``columns`` (N, q) on the dummies of ``codes``: fit and residual.

    One effect is exact. Two or more are pyfixest's: alternating projections, four times faster
    where levels are well connected, for a loose tolerance; preconditioned LSMR for the default.

    Args:
        columns: (N, q).
        codes: (N, m) dense levels of m effects; m = 0 stands for a constant.
        weights: (N,) positive.
        tolerance: Of the iterations where m > 1.

    Raises:
        NotDemeanedError: The iterations end without convergence.
    """
    if not columns.size:
        return columns.copy(), columns.copy()
    if codes.shape[1] < 2:
        level = codes[:, 0] if codes.shape[1] else np.zeros(len(columns), dtype=np.int64)
        total = np.bincount(level, weights)
        sums = np.column_stack([np.bincount(level, weights * column) for column in columns.T])
        part = (sums / total[:, None])[level]
        return part, columns - part
    # The compiled core alone: the package around it takes two seconds to import.
    from pyfixest.core.demean import demean as project
    from pyfixest.core.demean import demean_within as lsmr

    found, success = columns, False
    if not np.isfinite(columns).all():
        raise NotDemeanedError("a value to demean is not finite")
    if tolerance > DEMEAN_TOLERANCE:
        found, success = project(columns, codes.astype(np.uint64), weights, tolerance, PROJECTIONS)
    if not success:
        levels = codes.astype(np.uint32)
        try:
            found, success, _ = lsmr(columns, levels, weights, tol=tolerance, maxiter=DEMEAN_STEPS)
        except (RuntimeError, ValueError) as error:  # weights that are not finite, for one
            raise NotDemeanedError(f"demeaning: {' '.join(str(error).split())}") from error
    if not success or not np.isfinite(found).all():
        raise NotDemeanedError(f"demeaning did not converge in {DEMEAN_STEPS} steps")
    residual: FloatArray = np.ascontiguousarray(found)
    return columns - residual, residual


def demean(
    columns: FloatArray,
    codes: IntArray,
    weights: FloatArray,
    *,
    tolerance: float = DEMEAN_TOLERANCE,
) -> FloatArray:
    """Residual of ``split``."""
    return split(columns, codes, weights, tolerance=tolerance)[1]


def dummies(codes: IntArray) -> sparse.csr_array:
    """(N, L) sparse 0/1 matrix of one effect."""
    n = len(codes)
    return sparse.csr_array((np.ones(n), (np.arange(n), codes)), shape=(n, int(codes.max()) + 1))


class DummyRanks:
    """Ranks of the dummies of some of a list of effects; what two have in common is found once."""

    def __init__(self, codes: Sequence[IntArray]) -> None:
        """Of dense codes (N,) by effect."""
        self.codes = tuple(codes)
        self._sizes = [int(column.max()) + 1 for column in self.codes]
        self._shared: dict[tuple[int, int], int] = {}

    def rank(self, effects: Sequence[int] | None = None) -> int:
        """As ``dummy_rank`` of the effects at these positions; None for all of them."""
        chosen = range(len(self.codes)) if effects is None else effects
        total = 0
        for place, later in enumerate(chosen):
            redundant = [self._redundant(earlier, later) for earlier in chosen[:place]]
            total += self._sizes[later] - max(redundant, default=0)
        return max(total, 1)

    def _redundant(self, one: int, other: int) -> int:
        if (one, other) not in self._shared:
            self._shared[one, other] = _components(self.codes[one], self.codes[other])
        return self._shared[one, other]


def dummy_rank(codes: Sequence[IntArray]) -> int:
    """Rank of a constant and the dummies of effects with dense codes.

    Exact for one or two effects: levels less the connected components of the graph that joins the
    levels of a row (Abowd, Creecy and Kramarz 2002). From the third effect on its levels less the
    most components it has with any effect before it: an upper bound, as Stata's reghdfe takes.
    """
    return DummyRanks(codes).rank()


def _components(one: IntArray, other: IntArray) -> int:
    """Parts of the graph of the levels of two effects that no row joins."""
    size = int(one.max()) + 1
    total = size + int(other.max()) + 1
    ones = np.ones(len(one), dtype=np.float32)
    edges = sparse.coo_array((ones, (one, other + size)), shape=(total, total))
    return int(connected_components(edges.tocsr(), directed=False)[0])


def is_nested(effect: IntArray, cluster: IntArray) -> bool:
    """Whether every level of the effect lies in one cluster."""
    home = np.zeros(int(effect.max()) + 1, dtype=np.int64)
    home[effect] = cluster
    return bool((home[effect] == cluster).all())
