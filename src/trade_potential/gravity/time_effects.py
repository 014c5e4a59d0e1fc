"""Two-way effects on moments: entity effects are swept out row by row, time effects exactly.

After the entity means are taken out, the dummies of the T times are the small side of the problem:
their products follow from who is observed when, and regressing on them is one T x T system.
Source: Frisch and Waugh (1933); Wansbeek and Kapteyn (1989), section 2, for unbalanced panels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trade_potential.linalg import FloatArray

CONNECTED_TOLERANCE = 1e-10
"""Eigenvalues of the scaled products of the dummies lie in 0..1; below this they are zero. The
smallest that a real link between two blocks of times can give is about one over the rows."""

ABSORBED_TWOWAY = 1e-12
"""A column is absorbed by two-way effects when at most this share of its variance within entities
is left: the subtraction leaves dirt of 1e-16 times the rounding of the sums, not exact zeros."""


@dataclass(frozen=True)
class TimeMoments:
    """Who is observed when, and what moves with time, after the entity means are taken out.

    Attributes:
        labels: (T,) integers that stand for the times, ascending.
        masses: (T,) sum of weights (without: number of rows) of each time.
        sums: (T, p + 1) sum over the rows of a time of the deviations from the entity means.
        overlaps: (T, T) sum over the entities seen at both times of the product of their masses
            there / mass of the entity.
    """

    labels: npt.NDArray[np.int64]
    masses: FloatArray
    sums: FloatArray
    overlaps: FloatArray

    def at(self, kept: list[int]) -> TimeMoments:
        """The same times with some of the columns."""
        return TimeMoments(self.labels, self.masses, self.sums[:, kept], self.overlaps)

    @classmethod
    def from_parts(cls, parts: dict[str, dict[str, FloatArray]], p: int) -> TimeMoments | None:
        """Read the moments time_mass, time_sum and time_overlap; None where there are none.

        Args:
            parts: Columns by name of the moment: ``time_key``, ``other_time_key`` (not before
                time_key), ``row_slot`` and ``moment_value``.
            p: Number of columns, the outcome included.
        """
        if "time_mass" not in parts:
            return None
        counted = parts["time_mass"]
        order = np.argsort(counted["time_key"])
        labels = counted["time_key"][order].astype(np.int64)

        def at(part: str, column: str) -> npt.NDArray[np.intp]:
            return np.searchsorted(labels, parts[part][column].astype(np.int64))

        sums = np.zeros((len(labels), p))
        slots = parts["time_sum"]["row_slot"].astype(np.int_)
        sums[at("time_sum", "time_key"), slots] = parts["time_sum"]["moment_value"]
        overlaps = np.zeros((len(labels), len(labels)))
        i, j = at("time_overlap", "time_key"), at("time_overlap", "other_time_key")
        overlaps[i, j] = overlaps[j, i] = parts["time_overlap"]["moment_value"]
        masses = counted["moment_value"][order]
        return cls(labels=labels, masses=masses, sums=sums, overlaps=overlaps)


@dataclass(frozen=True)
class TimeEffects:
    """Columns after both effects are taken out.

    Attributes:
        within: (p + 1, p + 1) sum of products of the columns that are left.
        shifts: (T, p + 1) time effect of each column; what is left of a row is its deviation from
            the entity mean minus the deviation of the time effect from its mean over the entity.
        rank: Time effects that can be told apart: T less the connected blocks of times.
    """

    within: FloatArray
    shifts: FloatArray
    rank: int

    @classmethod
    def of(cls, times: TimeMoments, within: FloatArray) -> TimeEffects:
        """Take time effects out of ``within``, the products around entity means."""
        scale = np.sqrt(times.masses)
        laplacian = np.diag(times.masses) - times.overlaps
        values, vectors = np.linalg.eigh(laplacian / np.outer(scale, scale))
        told = values > CONNECTED_TOLERANCE
        basis = vectors[:, told] / scale[:, None]
        inverse = (basis / values[told]) @ basis.T
        shifts = inverse @ times.sums
        left = within - times.sums.T @ shifts
        left = (left + left.T) / 2.0
        gone = np.diag(left) <= ABSORBED_TWOWAY * np.diag(within)
        left[gone, :] = 0.0
        left[:, gone] = 0.0
        return cls(within=left, shifts=shifts, rank=int(told.sum()))
