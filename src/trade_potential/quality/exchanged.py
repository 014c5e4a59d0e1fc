"""Series or years that stand in each other's place: each is nearer to the other's witness."""

from __future__ import annotations

import numpy as np

from trade_potential.quality.cubes import COMPARED_YEARS, Array, mean_gap

EXCHANGED, NEARER = 0.1, 7.0
"""Gap to the own witness, in logarithms, from which another year is looked for, and how many
times nearer that one is."""


def swaps(one: Array, other: Array, apart: float, *, nearer: float = 2.0) -> dict[int, int]:
    """Rows of `one` whose witness in `other` is that of another row, which has theirs.

    Args:
        one: Series by row.
        other: Their witnesses.
        apart: Mean gap to the own witness from which another is looked for.
        nearer: How many times nearer the other witness must be, both ways.
    """
    own = mean_gap(one, other, COMPARED_YEARS)
    (candidates,) = np.nonzero((own > apart) & np.isfinite(own))
    gaps = mean_gap(one[candidates][:, None], other[candidates][None, :], COMPARED_YEARS)
    is_nearer = gaps * nearer < own[candidates][:, None]
    here, there = np.nonzero(is_nearer & is_nearer.T)
    return dict(zip(candidates[here].tolist(), candidates[there].tolist(), strict=True))


def exchanged_years(years: Array, one: Array, other: Array, apart: float) -> list[str | None]:
    """By row the two years of which each is `NEARER` times nearer to the witness's other one.

    Args:
        years: Of the columns.
        one: Series by row.
        other: Their witnesses, on the same level.
        apart: Gap to the own witness from which another year's is looked for.
    """
    names: list[str | None] = [None] * len(one)
    own = np.abs(one - other)
    (rows,) = np.nonzero((own > apart).sum(axis=1) >= 2)
    near = np.abs(one[rows][:, :, None] - other[rows][:, None, :])
    gap = np.where(own[rows] > apart, own[rows] / NEARER, -np.inf)
    is_near = near < gap[:, :, None]
    for place, first, second in np.argwhere(is_near & is_near.transpose(0, 2, 1)):
        if first < second:
            names[rows[place]] = f"{years[first]} and {years[second]}"
    return names
