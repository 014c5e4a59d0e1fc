"""Regressors of a world: their unit, and which of them say nothing new."""

from __future__ import annotations

import numpy as np

from trade_potential.inference.left_out import COMBINATION, CONSTANT_REGRESSOR, LeftOut
from trade_potential.linalg import COLLINEARITY_TOLERANCE, FloatArray, collinear_columns
from trade_potential.precision import CONSTANT_TOLERANCE, refuse_squares
from trade_potential.structural.normal import less_effects
from trade_potential.structural.world import BoolArray, World


def standardised(world: World) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Regressors with mean 0 and deviation 1 over the cells used, 0 elsewhere; means, deviations.

    One that does not vary is 0 throughout, with deviation 1.

    Raises:
        InputError: A regressor is too large or too small to square.
    """
    used = world.is_used
    held = world.regressors[:, used]
    mean = held.mean(axis=1)
    held -= mean[:, None]
    mean += (again := held.mean(axis=1))
    held -= again[:, None]
    with np.errstate(over="ignore"):
        squares = (held**2).mean(axis=1)
    refuse_squares(world.terms, squares, (held != 0.0).any(axis=1))
    spread = np.sqrt(squares)
    varies = spread > CONSTANT_TOLERANCE * np.abs(mean)
    spread = np.where(varies, spread, 1.0)
    standard = np.zeros_like(world.regressors)
    standard[:, used] = held * (varies / spread)[:, None]
    return standard, mean, spread


def dependent(
    values: FloatArray, joined: BoolArray, base: BoolArray
) -> tuple[list[int], list[int]]:
    """Positions of standardised regressors (p, T, n, n) that say nothing new on the cells joined.

    Those that the effects absorb, and those that the effects and regressors before them explain.
    """
    within = less_effects(values, joined.astype(float), base)
    within *= joined
    flat = within.reshape(len(within), -1)
    products = flat @ flat.T
    is_flat = np.diag(products) < COLLINEARITY_TOLERANCE * joined.sum()
    varying = np.flatnonzero(~is_flat)
    found = collinear_columns(products[np.ix_(varying, varying)])
    return np.flatnonzero(is_flat).tolist(), [int(varying[k]) for k in found]


def left_out(world: World, standard: FloatArray, base: BoolArray) -> LeftOut:
    """Regressors that say nothing new over the cells used, sorted by what explains them."""
    names = np.array(world.terms, dtype=object)
    flat = standard.reshape(len(standard), -1)
    constant = ~flat.any(axis=1)
    varying = np.flatnonzero(~constant)
    products = flat[varying] @ flat[varying].T
    combined = [int(varying[k]) for k in collinear_columns(products)]
    absorbed, beside = dependent(standard, world.is_used, base)
    plain = {*np.flatnonzero(constant).tolist(), *combined}

    def of(positions: list[int]) -> tuple[str, ...]:
        return tuple(names[sorted(positions)])

    return (
        LeftOut()
        .adding("omitted", of(np.flatnonzero(constant).tolist()), CONSTANT_REGRESSOR)
        .adding("omitted", of(combined), COMBINATION)
        .adding(
            "absorbed",
            of([k for k in absorbed if k not in plain]),
            "the effects of exporter-years, importer-years absorb {}",
        )
        .adding(
            "absorbed",
            of([k for k in beside if k not in plain]),
            f"{COMBINATION} and the effects",
        )
    )
