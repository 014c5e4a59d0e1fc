"""Weighted least squares of one column, or several, on regressors and sets of dummies, at scale.

One or two sets are eliminated exactly (``elimination``). Of three, the third is eliminated row by
row, the two others that can be solved exactly precondition conjugate gradients on what is left:
with z = Z b + D v and z~ its deviation from the weighted means of the third set,

    [Z' W z~, D' W z~] = [Z' W r~, D' W r~].

Trade of all pairs in all years would need one iteration, as the sets are orthogonal then; weights
and holes make it ten to thirty.

Source: Correia, Guimaraes and Zylkin (2020), section 3; Hestenes and Stiefel (1952).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trade_potential.linalg import FloatArray, IntArray, ScaledSystem
from trade_potential.ppml.demean import NotDemeanedError
from trade_potential.ppml.elimination import Eliminated, Pattern
from trade_potential.ppml.levels import Levels, all_spread, all_sums, gram

ITERATIONS = 2_000
"""Conjugate gradients are given up after as many; 10 to 30 are usual."""

DIGITS = 1e-8
"""Share of a sum of squares that the effects must leave to be had as a difference."""

REFINED, LOOSE = 2, 1e-3
"""Times an exact solution is computed where the tolerance is below ``LOOSE``, else once."""

ROUNDS = 5
"""Of refinement: residuals are computed anew from the rows until effects explain nothing."""

ROUNDING = 1e-15
"""A step whose norm is this share of the norm of a constant is rounding."""

DEVIATIONS = 1e-13
"""Share of the deviation of a column that effects may still explain in a design."""

NEARLY = 1e3
"""Times the tolerance is accepted where rounding allows no better."""


@dataclass(frozen=True)
class Plan:
    """How the normal equations of sets of dummies are solved; depends on their codes alone.

    Attributes:
        sets: Solved exactly: one, or two.
        pattern: Of two.
        third: Eliminated first, where there are three.
        order: Column of the codes of each of ``every``.
    """

    sets: tuple[Levels, ...]
    pattern: Pattern | None
    third: Levels | None
    order: tuple[int, ...]

    @classmethod
    def of(cls, codes: IntArray) -> Plan | None:
        """Of dense codes (N, m); None where elimination costs too much, or m is not 1, 2 or 3.

        Of three sets, the two with the fewest cells in common are solved exactly.
        """
        m = codes.shape[1]
        if m not in (1, 2, 3) or not len(codes):
            return None
        levels = [Levels.of(np.ascontiguousarray(column)) for column in codes.T]
        if m == 1:
            return cls((levels[0],), None, None, (0,))
        found: tuple[int, int, Pattern] | None = None
        for a, b in ((0, 1), (0, 2), (1, 2))[: 1 if m == 2 else 3]:
            pattern = Pattern.of(levels[a], levels[b])
            if pattern and (found is None or pattern.n_cells < found[2].n_cells):
                found = (a, b, pattern)
        if found is None:
            return None
        a, b, pattern = found
        if m == 2:
            return cls((levels[a], levels[b]), pattern, None, (a, b))
        c = 3 - a - b
        return cls((levels[a], levels[b]), pattern, levels[c], (a, b, c))

    @property
    def every(self) -> tuple[Levels, ...]:
        """All sets, the third last."""
        return self.sets if self.third is None else (*self.sets, self.third)

    def at(self, weights: FloatArray) -> Normal:
        """The equations at weights (N,), positive."""
        return Normal(self, weights)


class Normal:
    """Normal equations at given weights."""

    def __init__(self, plan: Plan, weights: FloatArray) -> None:
        """Factor what is solved exactly."""
        self._plan, self._weights = plan, weights
        self._exact = Eliminated(plan.sets, plan.pattern, weights)
        self._third = None if plan.third is None else plan.third.sums(weights)

    @property
    def is_singular(self) -> bool:
        """Whether a direction of the effects had no weight and was left out."""
        return self._exact.is_singular

    def step(
        self, design: FloatArray, scores: FloatArray, *, tolerance: float
    ) -> tuple[FloatArray, FloatArray]:
        """Slopes and fit of the weighted least squares of scores / weights on design and dummies.

        Args:
            design: (N, p); demeaned in place where the effects explain nearly all of a column.
            scores: (N,) weights times what is to be fitted.
            tolerance: Of the iterations, if there are any: share of the norm of what is fitted.

        Returns:
            (p,) and (N,).

        Raises:
            LinAlgError: Not finite.
            NotDemeanedError: The iterations do not end.
        """
        sets, w = self._plan.sets, self._weights
        through, products, left = self._bordered(design)
        if not (np.diag(left) > DIGITS * np.diag(products)).all():
            # The difference has lost its digits: it is taken row by row.
            self.demean(design)
            through, products, left = self._bordered(design)
        inverse = ScaledSystem.of(left).inverse

        def exactly(b: FloatArray, v: FloatArray) -> tuple[FloatArray, FloatArray]:
            slopes = inverse @ (b - through.T @ v)
            return slopes, self._exact.solve(v[:, None])[:, 0] - through @ slopes

        third, total = self._plan.third, self._third
        if third is None or total is None:
            slopes, fit = np.zeros(design.shape[1]), np.zeros_like(scores)
            rest = scores
            for _ in range(REFINED if tolerance < LOOSE else 1):
                # Once more from the rows: levels of little weight lose digits beside others.
                b, v = exactly(design.T @ rest, all_sums(sets, rest))
                slopes += b
                fit += design @ b + all_spread(sets, v)
                rest = scores - w * fit
            return slopes, fit
        ahead = third.spread(third.sums(scores) / total)
        rest = scores - w * ahead
        b, v = design.T @ rest, all_sums(sets, rest)
        slopes, effects = np.zeros_like(b), np.zeros_like(v)
        fit = ahead
        p_b, p_v = exactly(b, v)
        d_b, d_v = p_b, p_v
        size = float(b @ p_b + v @ p_v)
        bound = max(tolerance**2 * size, ROUNDING**2 * float(w.sum()))
        for _ in range(ITERATIONS):
            if not size > bound:
                break
            deviation = self._within_third(design @ d_b + all_spread(sets, d_v))
            q = w * deviation
            q_b, q_v = design.T @ q, all_sums(sets, q)
            curvature = float(d_b @ q_b + d_v @ q_v)
            if not curvature > 0.0:
                break
            share = size / curvature
            slopes, effects = slopes + share * d_b, effects + share * d_v
            fit += share * deviation
            b, v = b - share * q_b, v - share * q_v
            p_b, p_v = exactly(b, v)
            before, size = size, float(b @ p_b + v @ p_v)
            d_b, d_v = p_b + size / before * d_b, p_v + size / before * d_v
        else:
            raise NotDemeanedError(f"no convergence in {ITERATIONS} conjugate gradients")
        return slopes, fit

    def _bordered(self, design: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Effects (L, p) of the columns, products (p, p) and what the effects leave of them."""
        w = self._weights
        border = np.column_stack([all_sums(self._plan.sets, w * column) for column in design.T])
        through = self._exact.solve(border)
        products = gram(design, w)
        return through, products, products - border.T @ through

    def _within_third(self, values: FloatArray) -> FloatArray:
        """``values`` (N,) less their weighted means in the third set, in place."""
        third, total = self._plan.third, self._third
        if third is not None and total is not None:
            values -= third.spread(third.sums(self._weights * values) / total)
        return values

    def demean(self, columns: FloatArray, *, tolerance: float = DEVIATIONS) -> None:
        """Take weighted effects out of every column of ``columns`` (N, p), in place.

        Raises:
            NotDemeanedError: Effects still explain more than ``tolerance`` of a column after
                ``ROUNDS``, or iterations do not end.
        """
        for k in range(columns.shape[1]):
            self._demean(columns[:, k], tolerance)

    def effects(self, values: FloatArray) -> FloatArray:
        """(L,) weighted least squares of ``values`` (N,) on the dummies, in the order of ``every``.

        Raises:
            NotDemeanedError: As ``demean``.
        """
        found = self._demean(values.copy(), DEVIATIONS)
        third, total = self._plan.third, self._third
        if third is None or total is None:
            return found
        rest = values - all_spread(self._plan.sets, found)
        return np.concatenate([found, third.sums(self._weights * rest) / total])

    def _demean(self, column: FloatArray, tolerance: float) -> FloatArray:
        """Take effects out, in place; returns those of the sets that are solved exactly."""
        sets, w = self._plan.sets, self._weights
        effects = np.zeros(sum(one.size for one in sets))
        spread = float((w * column) @ column)
        explained = np.inf
        for _ in range(ROUNDS):
            self._within_third(column)
            weighted = w * column
            left = float(weighted @ column)
            v = all_sums(sets, weighted)
            p = self._exact.solve(v[:, None])[:, 0]
            before, explained = explained, float(v @ p)
            if not np.isfinite(explained):
                raise NotDemeanedError("a value to demean is not finite")
            # A column that the effects explain is rounding: its own deviation is no measure.
            bound = tolerance**2 * (left if left > tolerance**2 * spread else spread)
            if explained <= bound:
                return effects
            if explained > before / 4.0:
                break
            effects += self._descend(column, v, p, bound)
        if explained > NEARLY**2 * bound:
            raise NotDemeanedError(f"effects still explain {explained:.1g} of {left:.1g}")
        return effects

    def _descend(
        self, column: FloatArray, v: FloatArray, p: FloatArray, bound: float
    ) -> FloatArray:
        """Conjugate gradients on one column, in place; one step where nothing is iterated."""
        sets, w = self._plan.sets, self._weights
        if self._plan.third is None:
            column -= all_spread(sets, p)
            return p
        effects = np.zeros_like(p)
        d, size = p, float(v @ p)
        for _ in range(ITERATIONS):
            deviation = self._within_third(all_spread(sets, d))
            q = all_sums(sets, w * deviation)
            curvature = float(d @ q)
            if not curvature > 0.0:
                return effects
            share = size / curvature
            effects += share * d
            column -= share * deviation
            v = v - share * q
            p = self._exact.solve(v[:, None])[:, 0]
            before, size = size, float(v @ p)
            if not size > bound:
                return effects
            d = p + size / before * d
        raise NotDemeanedError(f"no convergence in {ITERATIONS} conjugate gradients")
