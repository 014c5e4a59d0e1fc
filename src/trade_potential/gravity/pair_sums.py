"""What is known of each pair: means and products around them, from one pass over rows in blocks.

The rows of a pair follow each other, so a pair is finished when the next begins. Means and
deviations from them are taken within a block, and a pair that goes on in the next block is merged:
the digits of two passes in one. Sums are added in the order of the rows, whatever the threads.

Source: Chan, Golub and LeVeque (1983), Algorithms for Computing the Sample Variance: Analysis and
Recommendations, The American Statistician 37(3), 242-247, equation 1.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from trade_potential.blocks import doubles
from trade_potential.linalg import FloatArray

if TYPE_CHECKING:
    import pyarrow as pa

IntArray = npt.NDArray[np.int64]
Entities = npt.NDArray[np.int64] | npt.NDArray[np.str_]


@dataclass
class PairSums:
    """Consecutive pairs and the sums of their rows.

    Attributes:
        entities: (G,) names or numbers of the pairs.
        rows: (G,) their rows.
        mass: (G,) sum of the weights of their rows, their number without weights.
        means: (s, G) mean of every slot, weighted.
        products: By slots i <= j the (G,) sums of products around the means, weighted; those of a
            slot that does not vary within any of the pairs are left out, they are zero.
    """

    entities: Entities
    rows: IntArray
    mass: FloatArray
    means: FloatArray
    products: dict[tuple[int, int], FloatArray]

    def __len__(self) -> int:
        """Pairs."""
        return len(self.rows)

    def part(self, taken: slice) -> PairSums:
        """Some of the pairs; arrays are views of these."""
        return PairSums(
            self.entities[taken],
            self.rows[taken],
            self.mass[taken],
            self.means[:, taken],
            {slots: sums[taken] for slots, sums in self.products.items()},
        )

    def is_rising(self, after: PairSums | None) -> bool:
        """Whether each entity is above the one before, the first above the last of ``after``."""
        last = self.entities[:0] if after is None else after.entities[-1:]
        entities = np.concatenate([last, self.entities])
        return bool(np.greater(entities[1:], entities[:-1]).all())

    def merge_first(self, before: PairSums) -> None:
        """Add earlier rows of the first pair to it, in place."""
        mass = before.mass[0] + self.mass[0]
        apart = self.means[:, 0] - before.means[:, 0]
        moved = np.flatnonzero(apart).tolist()
        for i, j in {(i, j) for i in moved for j in moved if i <= j} | set(before.products):
            sums = self.products.setdefault((i, j), np.zeros(len(self)))
            sums[0] += apart[i] * apart[j] * (before.mass[0] * self.mass[0] / mass)
            if (i, j) in before.products:
                sums[0] += before.products[i, j][0]
        self.means[:, 0] = before.means[:, 0] + apart * (self.mass[0] / mass)
        self.rows[0] += before.rows[0]
        self.mass[0] = mass


@np.errstate(over="ignore", invalid="ignore")  # sums tell what is not finite
def sums_of(block: pa.RecordBatch, varying: set[int], *, is_weighted: bool) -> PairSums:
    """The pairs of a block of rows.

    Args:
        block: The entity, the slots as doubles and, if rows are weighted, their mass; no nulls.
        varying: Slots known to vary within pairs; those that do here are added.
        is_weighted: Whether the last column is the mass of a row.
    """
    starts = first_rows(block.columns[0])
    rows = np.diff(starts, append=block.num_rows)
    pair_of_row = np.repeat(np.arange(len(starts)), rows)
    columns = doubles(block, 1)
    weights = columns.pop() if is_weighted else None
    mass = rows.astype(float) if weights is None else np.add.reduceat(weights, starts)
    means = np.empty((len(columns), len(starts)))
    deviations: dict[int, FloatArray] = {}
    for k, column in enumerate(columns):
        if k not in varying:
            means[k] = column[starts]
            if (column == means[k][pair_of_row]).all():
                continue
            varying.add(k)
        weighted = column if weights is None else column * weights
        means[k] = np.add.reduceat(weighted, starts) / mass
        deviations[k] = column - means[k][pair_of_row]
    products = {}
    for i, left in deviations.items():
        weighted = left if weights is None else left * weights
        for j, right in deviations.items():
            if i <= j:
                products[i, j] = np.add.reduceat(weighted * right, starts)
    return PairSums(entities_at(block.columns[0], starts), rows, mass, means, products)


def first_rows(entities: pa.Array) -> IntArray:
    """Positions at which another entity begins than the row before has."""
    import pyarrow as pa

    if pa.types.is_integer(entities.type):
        numbers = np.from_dlpack(entities)
        changes = np.flatnonzero(numbers[1:] != numbers[:-1])
    else:
        import pyarrow.compute as pc

        differs = pc.not_equal(entities.slice(1), entities.slice(0, len(entities) - 1))
        changes = np.from_dlpack(pc.indices_nonzero(differs)).astype(np.int64)
    return np.concatenate(([0], changes + 1))


def entities_at(entities: pa.Array, places: IntArray) -> Entities:
    """Some of the entities, as numbers or texts that numpy and DuckDB both hold."""
    import pyarrow as pa

    if pa.types.is_integer(entities.type):
        return np.asarray(np.from_dlpack(entities), dtype=np.int64)[places]
    indices = pa.Array.from_buffers(pa.int64(), len(places), [None, pa.py_buffer(places)])
    return np.array(entities.take(indices).to_pylist(), dtype=str)


def joined(parts: list[PairSums]) -> PairSums:
    """Pairs one after the other."""
    named = {slots for part in parts for slots in part.products}
    return PairSums(
        np.concatenate([part.entities for part in parts]),
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.mass for part in parts]),
        np.concatenate([part.means for part in parts], axis=1),
        {
            slots: np.concatenate([part.products.get(slots, np.zeros(len(part))) for part in parts])
            for slots in sorted(named)
        },
    )
