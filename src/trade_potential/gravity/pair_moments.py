"""Moments of a panel from the sums of its pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from trade_potential.errors import InputError
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.pair_file import PairFile
from trade_potential.gravity.pair_sums import PairSums
from trade_potential.gravity.time_moments import TimeMoments
from trade_potential.linalg import FloatArray


@np.errstate(over="ignore", invalid="ignore")  # what is not finite is refused
def moments_of(
    pairs: PairFile,
    terms: tuple[str, ...],
    times: TimeMoments | None = None,
    *,
    is_weighted: bool = False,
) -> PanelMoments:
    """Add the pairs up, around the grand means: the pairs are read twice, with weights four times.

    Raises:
        InputError: A sum of products is not finite.
    """
    found = _added(pairs, terms, lambda some: some.mass)
    alike = _added(pairs, terms, lambda some: some.rows.astype(float)) if is_weighted else None
    return replace(found, times=times, is_weighted=is_weighted, pairs=pairs, alike=alike)


def _added(
    pairs: PairFile, terms: tuple[str, ...], mass_of: Callable[[PairSums], FloatArray]
) -> PanelMoments:
    """The moments of the pairs, whose rows have a mass of ``mass_of`` together."""
    p = len(terms) + 1
    within, total, mass = np.zeros((p, p)), np.zeros(p), 0.0
    counted: dict[float, int] = {}
    for some in pairs:
        weights = mass_of(some)
        scale = weights / some.mass
        total += some.means @ weights
        mass += weights.sum()
        for (i, j), sums in some.products.items():
            within[i, j] += (sums * scale).sum()
        for size, count in zip(*np.unique(some.rows, return_counts=True), strict=True):
            counted[float(size)] = counted.get(float(size), 0) + int(count)
    within = np.triu(within) + np.triu(within, 1).T
    mean = total / mass
    sizes = np.array(sorted(counted))
    masses, between_sum = np.zeros(len(sizes)), np.zeros((len(sizes), p))
    between = np.zeros((len(sizes), p, p))
    for some in pairs:
        order = np.argsort(some.rows, kind="stable")
        present, starts = np.unique(some.rows[order], return_index=True)
        share = (mass_of(some) / some.rows)[order]
        apart = some.means[:, order] - mean[:, None]
        weighted = apart * share
        at = np.searchsorted(sizes, present)
        masses[at] += np.add.reduceat(share, starts)
        between_sum[at] += np.add.reduceat(weighted, starts, axis=1).T
        for m, start, end in zip(at, starts, [*starts[1:], len(order)], strict=True):
            between[m] += weighted[:, start:end] @ apart[:, start:end].T
    for name, matrices in (("within", within[None]), ("between", between)):
        bad = np.argwhere(~np.isfinite(matrices))
        if len(bad):
            raise InputError(
                f"moment '{name}' of slots {bad[0][1]}, {bad[0][2]} is not finite: the sample "
                "holds a value that is too large to square"
            )
    return PanelMoments(
        terms=terms,
        mean=mean,
        within=within,
        sizes=sizes,
        counts=np.array([counted[size] for size in sizes], dtype=float),
        masses=masses,
        between_sum=between_sum,
        between=(between + between.transpose(0, 2, 1)) / 2.0,
        times=None,
    )
