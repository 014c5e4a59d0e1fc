"""Predictions without the pair itself: both directions and all years of a pair left out.

Three ways, each where the one before is not good enough, so that every prediction lies within
1e-3 in logarithms of a refit: one Newton step for all pairs (``pair_step``); the effects of a year
once more, where an effect of the pair's exporters or importers moves (``pair_balance``); slopes
and effects once more, where the slopes move (``pair_refit``). A small world, and what does not
settle, is estimated anew without the pair.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from trade_potential.linalg import FloatArray
from trade_potential.structural.estimate import StructuralFit, fit_world
from trade_potential.structural.normal import Normal
from trade_potential.structural.pair_balance import SETTLED, rebalanced
from trade_potential.structural.pair_refit import refitted
from trade_potential.structural.pair_step import OneStep, one_step

METHODS = ("leverage", "effects", "refit", "no_effect")
"""How a prediction without its pair came about: one Newton step from the fit; the effects refitted
with the slopes of that step; everything refitted; not at all, for the other pairs do not determine
an effect of its exporter or importer in the year, or a slope."""
LEVERAGE, EFFECTS, REFIT, NO_EFFECT = range(4)

FAR_EFFECTS = 0.02
"""Change of an effect by one step from which on effects are refitted: of a smaller one errors in ln
K were at most 3e-4."""

FAR_SLOPES = 0.0015
"""Change by slopes from which on everything is refitted; see ``_by_slopes``. With the slopes of one
step errors were at most half of it."""

FEW_PAIRS = 200
"""Worlds of no more, twenty economies, are estimated anew for each pair: it tells so much of the
slopes there that steps from the fit were off by up to .07."""


@dataclass(frozen=True)
class PairOut:
    """Predictions of each cell by the estimate without its pair.

    Attributes:
        predicted: (T, n, n) in the unit of trade; NaN where there is none.
        method: (T, n, n) position in ``METHODS``.
        n_refitted: Pairs that took more than one step.
    """

    predicted: FloatArray
    method: npt.NDArray[np.int8]
    n_refitted: int


def without_pair(fit: StructuralFit) -> PairOut:
    """Leave each pair out and predict it.

    Args:
        fit: With an estimate.
    """
    dense = Normal.of(fit.fitted, fit.base).dense()
    step = one_step(fit, dense)
    change, method = step.change, np.zeros(step.change.shape[1:], dtype=np.int8)
    moves = np.abs(step.lines).max(axis=0)
    whole = _by_slopes(fit, step, moves) > FAR_SLOPES
    is_cut = step.is_bridge & step.both(fit.world.is_used).all(axis=0)
    cut = is_cut.any(axis=0) | step.is_alone | (len(whole) <= FEW_PAIRS)
    whole &= ~cut
    settled = np.ones(len(whole), dtype=bool)
    # from far away factors overflow: such a pair does not settle and is estimated alone
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for t in range(len(fit.world.years)):
            pairs = np.flatnonzero((moves[t] > FAR_EFFECTS) & ~whole & ~cut)
            change[:, t, pairs], last = rebalanced(fit, dense, step, t, pairs)
            method[t, pairs] = EFFECTS
            settled[pairs] &= last <= SETTLED
        pairs = np.flatnonzero(whole)
        change[:, :, pairs], settled[pairs] = refitted(fit, dense, step, pairs)
    method[:, whole] = REFIT
    for k in np.flatnonzero(cut | ~settled).tolist():
        change[:, :, k] = _alone(fit, step, k)
        method[:, k] = REFIT
    return _placed(fit, step, change, method)


def _by_slopes(fit: StructuralFit, step: OneStep, moves: FloatArray) -> FloatArray:
    """(P,) how much the slopes of a step matter, as a change of linear predictors.

    The larger of two: the root mean square change over the fit; and the change of the pair's cells
    times that of the effects beside them.
    """
    information = np.linalg.inv(fit.bread)
    b = step.slopes
    squares = np.einsum("Pk,km,Pm->P", b, information, b, optimize=True)
    beside = np.abs(np.einsum("kdtP,Pk->dtP", step.within, b)).max(axis=(0, 1))
    overall: FloatArray = np.sqrt(np.maximum(squares, 0.0) / fit.fitted.sum())
    found: FloatArray = np.maximum(overall, beside * moves.max(axis=0))
    return found


def _alone(fit: StructuralFit, step: OneStep, k: int) -> FloatArray:
    """(2, T) change of the linear predictor of a pair by an estimate of its own; NaN without."""
    world, i, j = fit.world, step.one[k], step.other[k]
    used, trade = world.is_used.copy(), world.trade.copy()
    for cells in (used, trade):
        cells[:, i, j] = cells[:, j, i] = 0
    regressors = world.regressors * used
    rest = fit_world(replace(world, is_used=used, trade=trade, regressors=regressors))
    found = np.full((2, len(world.years)), np.nan)
    if not rest.is_estimated or rest.world.terms != world.terms:
        return found
    has = rest.world.has("exporter"), rest.world.has("importer")
    for d, (one, other) in enumerate(((i, j), (j, i))):
        predictor = np.tensordot(rest.coefficients, world.regressors[:, :, one, other], axes=1)
        predictor += rest.exporters[:, one] + rest.importers[:, other]
        known = world.is_used[:, one, other] & has[0][:, one] & has[1][:, other]
        fitted = np.where(known, fit.fitted[:, one, other], 1.0)
        found[d] = np.where(known, predictor - np.log(fitted), np.nan)
    return found


def _placed(
    fit: StructuralFit, step: OneStep, change: FloatArray, method: npt.NDArray[np.int8]
) -> PairOut:
    """Changes of pairs as predictions of cells."""
    positive = fit.world.trade > 0.0
    lone = [positive.sum(axis=axis, keepdims=True) - positive == 0 for axis in (1, 2)]
    none = step.both(lone[0] | lone[1]) | ~np.isfinite(change)
    change = np.where(none, np.nan, change)
    predicted, methods = fit.fitted.copy(), np.zeros(fit.fitted.shape, dtype=np.int8)
    for d, (one, other) in enumerate(((step.one, step.other), (step.other, step.one))):
        predicted[:, one, other] *= np.exp(change[d])
        methods[:, one, other] = np.where(none[d], NO_EFFECT, method)
    return PairOut(predicted, methods, int((method > LEVERAGE).any(axis=0).sum()))
