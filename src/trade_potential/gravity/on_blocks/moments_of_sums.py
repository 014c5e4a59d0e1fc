"""Moments of a panel from the sums of its entities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.on_blocks.entity_file import EntityFile
from trade_potential.gravity.on_blocks.entity_sums import EntitySums
from trade_potential.gravity.time_effects import TimeMoments
from trade_potential.linalg import FloatArray
from trade_potential.precision import refuse_squares


@np.errstate(over="ignore", invalid="ignore")  # what is not finite is refused
def moments_of(
    pairs: EntityFile,
    terms: tuple[str, ...],
    times: TimeMoments | None = None,
    *,
    origin: FloatArray,
    is_weighted: bool = False,
) -> PanelMoments:
    """Add the entities up, around the grand means: they are read twice, with weights four times.

    Raises:
        InputError: A column is too large or too small to square.
    """
    found = _added(pairs, terms, origin, lambda some: some.mass)
    alike = None
    if is_weighted:
        alike = _added(pairs, terms, origin, lambda some: some.rows.astype(float))
    return replace(found, times=times, is_weighted=is_weighted, pairs=pairs, alike=alike)


def _added(
    pairs: EntityFile,
    terms: tuple[str, ...],
    origin: FloatArray,
    mass_of: Callable[[EntitySums], FloatArray],
) -> PanelMoments:
    """The moments of the entities, whose rows have a mass of ``mass_of`` together."""
    p = len(terms) + 1
    within, total, mass = np.zeros((p, p)), np.zeros(p), 0.0
    counted: dict[float, int] = {}
    products: set[tuple[int, int]] = set()
    for some in pairs:
        weights = mass_of(some)
        scale = weights / some.mass
        total += some.means @ weights
        mass += weights.sum()
        products |= set(some.products)
        for (i, j), sums in some.products.items():
            within[i, j] += (sums * scale).sum()
        for size, count in zip(*np.unique(some.rows, return_counts=True), strict=True):
            counted[float(size)] = counted.get(float(size), 0) + int(count)
    within = np.triu(within) + np.triu(within, 1).T
    mean = total / mass
    sizes = np.array(sorted(counted))
    masses, between_sum = np.zeros(len(sizes)), np.zeros((len(sizes), p))
    between = np.zeros((len(sizes), p, p))
    varies = np.array([(k, k) in products for k in range(p)])
    for some in pairs:
        order = np.argsort(some.rows, kind="stable")
        present, starts = np.unique(some.rows[order], return_index=True)
        share = (mass_of(some) / some.rows)[order]
        apart = some.means[:, order] - mean[:, None]
        varies |= (some.means != some.means[:, :1]).any(axis=1)
        weighted = apart * share
        at = np.searchsorted(sizes, present)
        masses[at] += np.add.reduceat(share, starts)
        between_sum[at] += np.add.reduceat(weighted, starts, axis=1).T
        for m, start, end in zip(at, starts, [*starts[1:], len(order)], strict=True):
            between[m] += weighted[:, start:end] @ apart[:, start:end].T
    squares = np.diag(within) + sizes @ np.diagonal(between, axis1=1, axis2=2)
    refuse_squares(("the outcome", *terms), squares, varies)
    return PanelMoments(
        terms=terms,
        origin=origin,
        mean=mean,
        within=within,
        sizes=sizes,
        counts=np.array([counted[size] for size in sizes], dtype=float),
        masses=masses,
        between_sum=between_sum,
        between=(between + between.transpose(0, 2, 1)) / 2.0,
        times=None,
    )
