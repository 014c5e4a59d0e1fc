"""The small side of two-way effects, added up while entities are read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trade_potential.gravity.on_blocks.entity_sums import EntitySums
from trade_potential.gravity.time_effects import TimeMoments
from trade_potential.linalg import FloatArray


@dataclass
class TimeSums:
    """Sums by time so far.

    Attributes:
        masses: (T,) of the weights.
        deviations: (T, s) of the slots less the means of the entities.
        overlaps: (T, T) over the entities of the product of their masses / mass of the entity.
    """

    masses: FloatArray
    deviations: FloatArray
    overlaps: FloatArray

    @classmethod
    def of_none(cls, n_times: int, n_slots: int) -> TimeSums:
        """Before the first row."""
        zeros = np.zeros
        return cls(zeros(n_times), zeros((n_times, n_slots)), zeros((n_times, n_times)))

    def add_pairs(self, pairs: EntitySums) -> None:
        """Say that entities are finished: who is seen when is known then."""
        self.masses += pairs.seen.sum(axis=0)
        self.overlaps += (pairs.seen / pairs.mass[:, None]).T @ pairs.seen

    def moments(self) -> TimeMoments | None:
        """As the estimators read them; None without times."""
        labels = np.arange(1, len(self.masses) + 1)
        if not len(labels):
            return None
        return TimeMoments(labels, self.masses, self.deviations, self.overlaps)
