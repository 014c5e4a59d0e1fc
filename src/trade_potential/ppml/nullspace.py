"""Separated rows at scale: the linear program of ``separation`` on far fewer variables.

A separating combination is zero on every row with a positive outcome: it lies in the null space of
those rows. That space is nearly always empty, and small where it is not; z is a combination of a
basis of it, and only rows with a zero outcome where the basis is not zero can be separated.

- One set of effects: nothing, once levels with zeros only are gone.
- Two: a basis is the components into which the rows with positive outcomes join the levels. z is
  the difference of the constants of two components, so that a row is separated when no directed
  cycle of rows with zeros leads back: exact, by strong components, without a program.
- Three: random vectors less their projection on the rows with positive outcomes, until one more
  adds nothing. A row that is zero for the first is zero for all, with probability one.
- Regressors that others and the effects explain on those rows: one vector each.

Source: Correia, Guimaraes and Zylkin (2019), proposition 1; Abowd, Creecy and Kramarz (2002) for
the components.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import connected_components

from trade_potential.linalg import COLLINEARITY_TOLERANCE, FloatArray, IntArray, collinear_columns
from trade_potential.ppml.levels import Levels, gram
from trade_potential.ppml.normal import Plan
from trade_potential.ppml.sample import BoolArray

NULL = 1e-7
"""Of basis vectors of size one: below it a value is zero; measured rounding is 1e-11."""

VECTORS, CELLS = 256, 20_000_000
"""Random vectors at most, and numbers of them: 160 MB."""

SEED = 20190401
"""Of the random vectors, so that results repeat."""


class NoBasisError(ArithmeticError):
    """The null space has more dimensions than are searched, or could not be computed."""


@dataclass(frozen=True)
class Basis:
    """Directions that are zero on rows with positive outcomes.

    Attributes:
        values: (n, r) of the rows with zero outcomes, by columns of size one.
        slopes: (p, r) of the standardised regressors.
    """

    values: sparse.csr_array
    slopes: FloatArray


def separated_by_two(codes: IntArray, zero: BoolArray) -> BoolArray:
    """(N,) rows that two sets of effects separate, every level having a positive outcome.

    Args:
        codes: (N, 2) dense.
        zero: (N,) whether the outcome is zero.
    """
    part = _components(codes, ~zero)
    one, other = part[0][codes[zero, 0]], part[1][codes[zero, 1]]
    size = int(max(p.max() for p in part)) + 1
    arcs = sparse.coo_array((np.ones(len(one)), (one, other)), shape=(size, size))
    _, strong = connected_components(arcs.tocsr(), directed=True, connection="strong")
    found = np.zeros(len(zero), dtype=bool)
    found[zero] = strong[one] != strong[other]
    return found


def _components(codes: IntArray, positive: BoolArray) -> tuple[IntArray, IntArray]:
    """Component of each level of two sets, joined by rows with positive outcomes."""
    sizes = codes.max(axis=0) + 1
    one, other = codes[positive, 0], codes[positive, 1] + sizes[0]
    edges = sparse.coo_array(
        (np.ones(len(one), dtype=np.float32), (one, other)), shape=(sizes.sum(),) * 2
    )
    _, label = connected_components(edges.tocsr(), directed=False)
    part = label.astype(np.int64)
    return part[: sizes[0]], part[sizes[0] :]


def basis(x: FloatArray, codes: IntArray, zero: BoolArray, plan: Plan | None) -> Basis:
    """A basis of the null space of the rows with positive outcomes, as it shows on the others.

    Args:
        x: (N, p) regressors, standardised on the rows with positive outcomes.
        codes: (N, m) dense, every level with a positive outcome; m < 4.
        zero: (N,) whether the outcome is zero.
        plan: Of the codes of the rows with positive outcomes; None where m = 0.

    Raises:
        NoBasisError: More than ``VECTORS`` dimensions, or rounding too large.
        NotDemeanedError: A projection does not end.
    """
    positive = ~zero
    found: list[sparse.csr_array] = []
    if codes.shape[1] == 2:
        part = _components(codes, positive)
        found.append(_differences(part[0][codes[zero, 0]], part[1][codes[zero, 1]]))
    elif codes.shape[1] == 3 and plan is not None:
        found.append(_random(codes, zero, plan))
    known = sum(part.shape[1] for part in found)
    slopes, values = _of_regressors(x, codes, zero, plan)
    found.append(sparse.csr_array(values))
    return Basis(
        sparse.csr_array(sparse.hstack(found, format="csr")),
        np.hstack([np.zeros((x.shape[1], known)), slopes]),
    )


def _differences(one: IntArray, other: IntArray) -> sparse.csr_array:
    """(n, P) plus one for the component of the first level, minus one for that of the second."""
    n, apart = len(one), np.flatnonzero(one != other)
    used, at = np.unique(np.concatenate([one[apart], other[apart]]), return_inverse=True)
    value = np.repeat([1.0, -1.0], len(apart))
    return sparse.csr_array((value, (np.tile(apart, 2), at)), shape=(n, len(used)))


def _random(codes: IntArray, zero: BoolArray, plan: Plan) -> sparse.csr_array:
    """(n, r) on rows with zero outcomes: what dummies of three sets can do there alone."""
    rng = np.random.default_rng(SEED)
    of_positive, of_zero = codes[~zero], codes[zero]
    normal = plan.at(np.ones(len(of_positive)))
    size = sum(one.size for one in plan.every)

    def vector() -> FloatArray:
        """Effects that cancel on every row with a positive outcome."""
        start = rng.standard_normal(size)
        rest = start - normal.effects(_summed(start, of_positive, plan))
        if float(np.abs(_summed(rest, of_positive, plan)).max()) > NULL / 100.0:
            raise NoBasisError("projections on the effects are not exact")
        return rest

    first = _summed(vector(), of_zero, plan)
    rows = np.flatnonzero(np.abs(first) > NULL)
    columns, at = [first[rows]], of_zero[rows]
    while len(rows):
        left, sizes, _ = np.linalg.svd(np.column_stack(columns), full_matrices=False)
        rank = int((sizes > NULL * sizes[0]).sum())
        if rank < len(columns):
            return _placed(left[:, :rank], rows, len(of_zero))
        if len(columns) >= VECTORS or len(columns) * len(rows) > CELLS:
            raise NoBasisError(f"effects are free in {len(columns)} directions or more")
        columns += [_summed(vector(), at, plan) for _ in range(min(len(columns), VECTORS))]
    return sparse.csr_array((len(of_zero), 0))


def _placed(columns: FloatArray, rows: IntArray, n: int) -> sparse.csr_array:
    """(n, r) with columns of size one in ``rows``."""
    unit = columns / np.abs(columns).max(axis=0)
    row, column = np.nonzero(np.abs(unit) > NULL)
    return sparse.csr_array((unit[row, column], (rows[row], column)), shape=(n, columns.shape[1]))


def _summed(effects: FloatArray, codes: IntArray, plan: Plan) -> FloatArray:
    """(n,) sum of the effects (L,), in the order of the plan, on rows with ``codes`` (n, m)."""
    parts = np.split(effects, np.cumsum([one.size for one in plan.every])[:-1])
    total = np.zeros(len(codes))
    for part, k in zip(parts, plan.order, strict=True):
        total += part[codes[:, k]]
    return total


def _of_regressors(
    x: FloatArray, codes: IntArray, zero: BoolArray, plan: Plan | None
) -> tuple[FloatArray, FloatArray]:
    """(p, r) combinations of regressors that the effects explain on positive rows, (n, r) z."""
    positive = ~zero
    p = x.shape[1]
    ones = np.ones(int(positive.sum()))
    within = np.asfortranarray(x[positive])
    if plan is None:
        within -= within.mean(axis=0)
    else:
        plan.at(ones).demean(within)
    products = gram(within, ones)
    flat = np.diag(products) <= COLLINEARITY_TOLERANCE * len(within)
    live = np.flatnonzero(~flat)
    dependent = [int(live[k]) for k in collinear_columns(products[np.ix_(live, live)])]
    kept = [int(k) for k in live if k not in dependent]
    slopes, values = [], []
    for k in [*np.flatnonzero(flat).tolist(), *dependent]:
        g = np.zeros(p)
        g[k] = 1.0
        before = [j for j in kept if j < k and k in dependent]
        if before:
            g[before] = -np.linalg.lstsq(within[:, before], within[:, k])[0]
        z = x @ g
        if plan is None:
            z -= z[positive].mean()
        else:
            z -= _summed(plan.at(ones).effects(z[positive]), codes, plan)
        largest = float(np.abs(z[zero]).max(initial=0.0))
        # Nearly collinear is not collinear: a separating combination is zero, not small.
        if largest > NULL and float(np.abs(z[positive]).max()) <= NULL * largest:
            slopes.append(g / largest)
            values.append(np.where(np.abs(z[zero]) > NULL * largest, z[zero] / largest, 0.0))
    if not slopes:
        return np.zeros((p, 0)), np.zeros((int(zero.sum()), 0))
    return np.column_stack(slopes), np.column_stack(values)


def largest_support(
    values: sparse.csr_array, *, seconds: float, positive: float
) -> tuple[BoolArray, FloatArray, str]:
    """Rows where a combination of columns, nowhere negative, is positive.

    Maximises the sum of z = values d with 0 <= z <= 1.

    Args:
        values: (n, r).
        seconds: After which the program is given up.
        positive: Above which z is positive.

    Returns:
        (n,) rows, (r,) combination, and a message where the program did not end.
    """
    n, r = values.shape
    none = np.zeros(n, dtype=bool)
    at = np.flatnonzero(np.diff(values.indptr))
    if not r or not len(at):
        return none, np.zeros(r), ""
    part = sparse.csr_array(values[at])
    found = milp(
        -np.asarray(part.sum(axis=0)).ravel(),
        constraints=LinearConstraint(part, 0.0, 1.0),
        bounds=Bounds(-np.inf, np.inf),
        options={"time_limit": seconds},
    )
    if found.status != 0:
        return none, np.zeros(r), str(found.message)
    none[at] = part @ found.x > positive
    return none, found.x, ""


def without_positive(codes: IntArray, zero: BoolArray) -> BoolArray:
    """(N,) rows of levels whose every outcome is zero."""
    found = np.zeros(len(zero), dtype=bool)
    for column in codes.T:
        one = Levels.of(np.ascontiguousarray(column))
        found |= one.spread(one.sums((~zero).astype(float))) == 0.0
    return found
