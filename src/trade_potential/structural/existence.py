"""Whether the estimate exists: what a world with zeros can leave without one.

The likelihood has a maximum if and only if there is no z = Xg + effects that is 0 on every cell
with trade, nowhere negative on the others, and positive on one: along -z it rises without end.
Such z form a small space: constants of the components into which trade joins the exporters and
importers of a year, and slopes that the effects explain where there is trade. It is empty in the
usual world, connected every year and with regressors independent there; else linear programming
decides.

Source: Correia, Guimaraes and Zylkin (2019), arXiv:1903.01633, proposition 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components

from trade_potential.linalg import FloatArray, IntArray
from trade_potential.structural.normal import less_effects
from trade_potential.structural.world import BoolArray, World

NULL = 1e-7
"""Of directions of size one: below it a value is zero; measured rounding is 1e-11."""

POSITIVE = 1e-6
"""A solution of the program, between 0 and 1, is positive above: ten times HiGHS' tolerance."""


@dataclass(frozen=True)
class Components:
    """What cells join exporters and importers to, in each year.

    Attributes:
        label: (T, 2n) component, exporters first, unlike in every year; -1 without a cell.
        base: (T, n) one importer of each component: the first with the largest weight.
    """

    label: IntArray
    base: BoolArray

    @classmethod
    def of(cls, joined: BoolArray, weight: FloatArray) -> Components:
        """Of cells (T, n, n), with a weight (T, n) of importers."""
        years, n, _ = joined.shape
        t, one, other = np.nonzero(joined)
        size = years * 2 * n
        edges = sparse.coo_array(
            (np.ones(len(t), dtype=np.int8), (t * 2 * n + one, t * 2 * n + n + other)),
            shape=(size, size),
        )
        _, found = connected_components(edges.tocsr(), directed=False)
        label = np.asarray(found, dtype=np.int64).reshape(years, 2 * n)
        is_there = np.concatenate([joined.any(axis=2), joined.any(axis=1)], axis=1)
        label[~is_there] = -1
        base = np.zeros((years, n), dtype=bool)
        of_importers = label[:, n:].ravel()
        order = np.lexsort((np.arange(years * n), -weight.ravel(), of_importers))
        order = order[of_importers[order] >= 0]
        _, first = np.unique(of_importers[order], return_index=True)
        base.ravel()[order[first]] = True
        return cls(label, base)

    @property
    def n_apart(self) -> IntArray:
        """(T,) components of each year."""
        found: IntArray = self.base.sum(axis=1)
        return found


def separated(world: World, values: FloatArray, gone: list[int], trading: Components) -> str:
    """What separates cells, in a sentence; empty where the estimate exists.

    Args:
        world: Every exporter and importer with trade in a year.
        values: (p, T, n, n) standardised regressors, independent over the cells used.
        gone: Those that say nothing new on the cells with trade.
        trading: Components of these.
    """
    positive = world.trade > 0.0
    zero = world.is_used & ~positive
    slopes, directions = _slopes(values, gone, positive, trading.base)
    t, one, other = np.nonzero(zero)
    n = len(world.economies)
    part, partner = trading.label[t, one], trading.label[t, n + other]
    apart = np.flatnonzero(part != partner)
    constants = sparse.coo_array(
        (
            np.repeat([1.0, -1.0], len(apart)),
            (np.tile(apart, 2), np.concatenate([part[apart], partner[apart]])),
        ),
        shape=(len(t), int(trading.label.max()) + 1),
    )
    of_slopes = directions[:, zero].T
    design = sparse.hstack([constants, sparse.coo_array(of_slopes)], format="csr")
    at = np.flatnonzero(np.diff(design.indptr))
    if not len(at):
        return ""
    part_of = design[at]
    found = linprog(
        -np.asarray(part_of.sum(axis=0)).ravel(),
        A_ub=sparse.vstack([part_of, -part_of]),
        b_ub=np.repeat([1.0, 0.0], len(at)),
        bounds=(None, None),
        method="highs",
    )
    if found.status != 0:
        return f"whether cells without trade are separated is not known: {found.message}"
    hit = at[part_of @ found.x > POSITIVE]
    if not len(hit):
        return ""
    share = slopes @ np.asarray(found.x)[constants.shape[1] :]
    named = [term for term, g in zip(world.terms, share, strict=True) if abs(g) > POSITIVE]
    k = hit[0]
    first = f"{world.economies[one[k]]}-{world.economies[other[k]]} {world.years[t[k]]}"
    return (
        f"a combination of {', '.join([*named, 'the effects'])} is positive on {len(hit)} cells "
        f"without trade, {first} the first, never negative and 0 wherever there is trade: the fit "
        "of these cells tends to 0, and there is no estimate"
    )


def _slopes(
    values: FloatArray, gone: list[int], positive: BoolArray, base: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """(p, r) combinations of regressors explained where there is trade, (r, T, n, n) what is left.

    Columns of size one.
    """
    p = len(values)
    slopes = np.zeros((p, 0))
    if not gone:
        return slopes, np.zeros((0, *positive.shape))
    within = less_effects(values, positive.astype(float), base)
    on_trade = within[:, positive]
    kept = [k for k in range(p) if k not in gone]
    found = []
    for k in gone:
        g = np.zeros(p)
        g[k] = 1.0
        before = [j for j in kept if j < k]
        if before:
            g[before] = -np.linalg.lstsq(on_trade[before].T, on_trade[k], rcond=None)[0]
        found.append(g)
    slopes = np.column_stack(found)
    left = np.tensordot(slopes, within, axes=(0, 0))
    left[np.abs(left) <= NULL] = 0.0
    largest = np.abs(left).reshape(len(left), -1).max(axis=1)
    return slopes, left / np.where(largest > 0.0, largest, 1.0)[:, None, None, None]
