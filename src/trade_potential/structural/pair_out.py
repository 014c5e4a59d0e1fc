"""Predictions without the pair itself: both directions and all years of a pair left out.

With r = trade less fit and W = diag(fit) on the cells S of a pair, H = X_S (X'WX)^-1 X_S', one
Newton step from the fit to the estimate without S changes the linear predictor of S by

    d = -(I - H W)^-1 H r.

H is L, a 2 x 2 block for the two directions in each year, plus x Q x', x the regressors less
effects and Q the inverse of their information. So with V = W (I - L W)^-1 the slopes change by
b = -(Q^-1 - x'V x)^-1 x'(I - W L)^-1 r, and d = (I - L W)^-1 (x b - L r): no system is larger than
the number of slopes, and all pairs are solved at once.

Source: Pregibon (1981), Logistic regression diagnostics, section 4, for one row; Woodbury (1950).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trade_potential.linalg import FloatArray, IntArray
from trade_potential.structural.estimate import StructuralFit
from trade_potential.structural.normal import Normal


METHODS = ("leverage", "refit", "no_effect")
"""How a prediction without its pair came about: one Newton step from the fit; steps until nothing
changes; not at all, for without the pair its exporter or importer trades nothing in the year."""


@dataclass(frozen=True)
class PairOut:
    """Predictions of each cell by the estimate without its pair.

    Attributes:
        predicted: (T, n, n) in the unit of trade; NaN where there is none.
        method: (T, n, n) position in ``METHODS``.
        n_refitted: Pairs that took more than one step.
    """

    predicted: FloatArray
    method: IntArray
    n_refitted: int


def without_pair(fit: StructuralFit) -> PairOut:
    """Leave each pair out, both directions and all years, and predict it.

    Args:
        fit: With an estimate.
    """
    pairs = fit.world.pairs
    step = one_step(fit, Normal.of(fit.fitted, fit.base), pairs)
    predicted = fit.fitted.copy()
    one, other = pairs
    predicted[:, one, other] *= np.exp(step.predictor[0])
    predicted[:, other, one] *= np.exp(step.predictor[1])
    positive = fit.world.trade > 0.0
    rest = [positive.sum(axis=axis, keepdims=True) - positive == 0 for axis in (1, 2)]
    method = np.where(rest[0] | rest[1], METHODS.index("no_effect"), 0)
    predicted[method > 0] = np.nan
    return PairOut(predicted, method, 0)


@dataclass(frozen=True)
class OneStep:
    """One Newton step for each of P pairs i < j; directions i to j and j to i.

    Attributes:
        slopes: (P, p) change.
        predictor: (2, T, P) change of the linear predictor of the pair's cells.
        push: (2, T, P) what the cells' absence adds to the scores: W d - r.
    """

    slopes: FloatArray
    predictor: FloatArray
    push: FloatArray


def one_step(fit: StructuralFit, normal: Normal, pairs: tuple[IntArray, IntArray]) -> OneStep:
    """The step for each pair.

    Args:
        fit: With an estimate.
        normal: Of the fitted values.
        pairs: (P,) each, i < j.
    """
    one, other = pairs

    def both(values: FloatArray) -> FloatArray:
        """(..., 2, P) of (..., n, n)."""
        return np.stack([values[..., one, other], values[..., other, one]], axis=-2)

    p = len(fit.coefficients)
    w = np.moveaxis(both(fit.fitted), 1, 0)
    r = np.moveaxis(both(fit.world.trade), 1, 0) - w
    x = np.moveaxis(both(fit.within), 2, 1)
    n = len(fit.world.economies)
    dense = normal.dense()
    rows, across, columns = dense[:, :n, :n], dense[:, :n, n:], dense[:, n:, n:]
    of_rows, of_columns = (np.einsum("tii->ti", part) for part in (rows, columns))
    same = both(of_rows[:, :, None] + of_columns[:, None, :] + 2.0 * across)
    l_one, l_other = same[:, 0], same[:, 1]
    own = np.einsum("tii->ti", across)
    mixed = rows[:, one, other] + columns[:, other, one] + own[:, one] + own[:, other]

    def lever(v: FloatArray) -> FloatArray:
        """L v for v (..., 2, T, P), directions first."""
        return np.stack(
            [
                l_one * v[..., 0, :, :] + mixed * v[..., 1, :, :],
                mixed * v[..., 0, :, :] + l_other * v[..., 1, :, :],
            ],
            axis=-3,
        )

    # I - L W and its inverse, by elements
    a, d = 1.0 - l_one * w[0], 1.0 - l_other * w[1]
    b, c = -mixed * w[1], -mixed * w[0]
    with np.errstate(all="ignore"):
        per_det = 1.0 / (a * d - b * c)
        # V x = W (I - L W)^-1 x
        inverse = ((d * per_det, -b * per_det), (-c * per_det, a * per_det))

        def solved(v: FloatArray) -> FloatArray:
            v0, v1 = v[..., 0, :, :], v[..., 1, :, :]
            return np.stack(
                [inverse[0][0] * v0 + inverse[0][1] * v1, inverse[1][0] * v0 + inverse[1][1] * v1],
                axis=-3,
            )

        vx = w * solved(x)
        information = np.linalg.inv(fit.bread) - np.einsum("kdtP,mdtP->Pkm", x, vx, optimize=True)
        # (I - W L)^-1 r = r + W (I - L W)^-1 L r
        full = r + w * solved(lever(r))
        gradient = -np.einsum("kdtP,dtP->Pk", x, full)
        change = np.linalg.solve(information, gradient[:, :, None])[:, :, 0]
        moved = solved(np.einsum("kdtP,Pk->dtP", x, change) - lever(r))
    return OneStep(change, moved, w * moved - r)
