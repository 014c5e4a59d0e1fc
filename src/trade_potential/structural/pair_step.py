"""One Newton step from the fit to the estimate without a pair, for all pairs at once.

With r = trade less fit and W = diag(fit) on the cells S of a pair, both directions in all years,
and H = X_S (X'WX)^-1 X_S', the step changes the linear predictor of S by

    d = -(I - H W)^-1 H r.

H is L, a 2 x 2 block for the two directions in each year, plus x Q x', x the regressors less
effects and Q the inverse of their information. So the slopes change by

    b = -(Q^-1 - x' V x)^-1 x' (I - W L)^-1 r,    V = W (I - L W)^-1,

and d = (I - L W)^-1 (x b - L r): no system is larger than the number of slopes.

Source: Pregibon (1981), Logistic regression diagnostics, section 4, for one row; Woodbury (1950).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trade_potential.linalg import FloatArray, IntArray
from trade_potential.structural.estimate import StructuralFit
from trade_potential.structural.world import BoolArray

VANISHING = 1e-9
"""Determinant of I - L W below which nothing but the pair joins its exporter and importer, and of
the information of the slopes, in units of that of the fit, below which the pair tells a slope."""


@dataclass(frozen=True)
class OneStep:
    """The step for P pairs i < j; of two directions the first is i to j.

    Attributes:
        one, other: (P,) i and j.
        slopes: (P, p) change b.
        information: (P, p, p) of the slopes without the pair.
        change: (2, T, P) d.
        push: (2, T, P) W d - r: what the pair's absence adds to the scores of its effects.
        inverse: (2, 2, T, P) of I - L W.
        within: (p, 2, T, P) x.
        lines: (4, T, P) change of the effects of exporters i and j, importers i and j.
        is_bridge: (T, P) whether the year is not joined without the pair.
        is_alone: (P,) whether no other pair tells a slope, so that there is no step.
    """

    one: IntArray
    other: IntArray
    slopes: FloatArray
    information: FloatArray
    change: FloatArray
    push: FloatArray
    inverse: FloatArray
    within: FloatArray
    lines: FloatArray
    is_bridge: BoolArray
    is_alone: BoolArray

    def both(self, values: BoolArray) -> BoolArray:
        """(2, T, P) of (T, n, n)."""
        return np.stack([values[:, self.one, self.other], values[:, self.other, self.one]])

    def along(self, slopes: FloatArray, pairs: IntArray) -> FloatArray:
        """(2, T, B) change of the linear predictor by slopes (B, p), effects following them."""
        x = np.einsum("kdtb,bk->dtb", self.within[..., pairs], slopes)
        moved: FloatArray = np.einsum("dctb,ctb->dtb", self.inverse[..., pairs], x)
        return moved


def one_step(fit: StructuralFit, dense: FloatArray) -> OneStep:
    """The step for every pair.

    Args:
        fit: With an estimate.
        dense: (T, 2n, 2n) inverse of the normal equations of the effects (``Normal.dense``).
    """
    one, other = fit.world.pairs
    n = len(fit.world.economies)

    def both(values: FloatArray) -> FloatArray:
        return np.stack([values[..., one, other], values[..., other, one]], axis=-3)

    w, x = both(fit.fitted), both(fit.within)
    r = both(fit.world.trade) - w
    rows, across, columns = dense[:, :n, :n], dense[:, :n, n:], dense[:, n:, n:]
    of_rows, own, of_columns = (np.einsum("tii->ti", part) for part in (rows, across, columns))
    same = both(of_rows[:, :, None] + of_columns[:, None, :] + 2.0 * across)
    mixed = rows[:, one, other] + columns[:, one, other] + own[:, one] + own[:, other]
    lever = np.stack([np.stack([same[0], mixed]), np.stack([mixed, same[1]])])
    matrix = -lever * w
    matrix[0, 0] += 1.0
    matrix[1, 1] += 1.0
    determinant = matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0]
    is_bridge = determinant < VANISHING
    # Without the pair the year is in two parts: nothing is said of it there.
    determinant = np.where(is_bridge, np.inf, determinant)
    swapped = np.stack(
        [np.stack([matrix[1, 1], -matrix[0, 1]]), np.stack([-matrix[1, 0], matrix[0, 0]])]
    )
    inverse = swapped / determinant

    def times(blocks: FloatArray, values: FloatArray) -> FloatArray:
        found: FloatArray = np.einsum("dctP,...ctP->...dtP", blocks, values)
        return found

    r = np.where(is_bridge, 0.0, r)
    lifted = times(inverse, times(lever, r))
    taken = np.einsum("kdtP,mdtP->Pkm", x, w * times(inverse, x), optimize=True)
    information = np.linalg.inv(fit.bread) - taken
    is_alone = ~(np.linalg.det(information @ fit.bread) > VANISHING)
    information[is_alone] = np.linalg.inv(fit.bread)
    gradient = -np.einsum("kdtP,dtP->Pk", x, r + w * lifted)
    slopes = np.linalg.solve(information, gradient[:, :, None])[:, :, 0]
    change = times(inverse, np.einsum("kdtP,Pk->dtP", x, slopes)) - lifted
    push = w * change - r
    diagonal = [
        (of_rows[:, one] + across[:, one, other], rows[:, one, other] + own[:, one]),
        (rows[:, one, other] + own[:, other], of_rows[:, other] + across[:, other, one]),
        (own[:, one] + columns[:, one, other], across[:, other, one] + of_columns[:, one]),
        (across[:, one, other] + of_columns[:, other], own[:, other] + columns[:, one, other]),
    ]
    lines = np.stack([first * push[0] + second * push[1] for first, second in diagonal])
    return OneStep(
        one, other, slopes, information, change, push, inverse, x, lines, is_bridge, is_alone
    )
