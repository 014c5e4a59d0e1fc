"""What is known of each entity: means and products around them, from one pass over rows in blocks.

The rows of an entity follow each other, so an entity is finished when the next begins. Means and
deviations from them are taken within a block, and an entity that goes on in the next block is
merged: the digits of two passes in one. Sums are added in the order of the rows, whatever the
threads.

Source: Chan, Golub and LeVeque (1983), Algorithms for Computing the Sample Variance: Analysis and
Recommendations, The American Statistician 37(3), 242-247, equation 1.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from trade_potential.errors import InputError
from trade_potential.linalg import FloatArray, IntArray
from trade_potential.rows.batches import BATCH_ROWS, doubles

if TYPE_CHECKING:
    import pyarrow as pa

MANY_TIMES = 64
"""Of more times blocks are smaller: they hold a number for each entity and time, 17 MB at most."""

Entities = npt.NDArray[np.int64] | npt.NDArray[np.str_]


@dataclass
class EntitySums:
    """Consecutive entities and the sums of their rows.

    Attributes:
        entities: (G,) names or numbers of the entities.
        rows: (G,) their rows.
        mass: (G,) sum of the weights of their rows, their number without weights.
        means: (s, G) mean of every slot, weighted.
        products: By slots i <= j the (G,) sums of products around the means, weighted; those of a
            slot that does not vary within any of the entities are left out, they are zero.
        seen: (G, T) sum of the weights at each time; T is 0 where times were not asked for.
    """

    entities: Entities
    rows: IntArray
    mass: FloatArray
    means: FloatArray
    products: dict[tuple[int, int], FloatArray]
    seen: FloatArray

    def __len__(self) -> int:
        """Pairs."""
        return len(self.rows)

    def part(self, taken: slice) -> EntitySums:
        """Some of the entities; arrays are views of these."""
        return EntitySums(
            self.entities[taken],
            self.rows[taken],
            self.mass[taken],
            self.means[:, taken],
            {slots: sums[taken] for slots, sums in self.products.items()},
            self.seen[taken],
        )

    def is_rising(self, after: list[EntitySums]) -> bool:
        """Whether each entity is above the one before, also above those of ``after``."""
        entities = np.concatenate([*(pairs.entities for pairs in after), self.entities])
        return bool(np.greater(entities[1:], entities[:-1]).all())

    def merge_first(self, before: EntitySums) -> FloatArray:
        """Add earlier rows of the first entity to it, in place.

        Returns:
            (T, s) what the sums of deviations by time change by, as the mean has moved.
        """
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
        share = before.mass[0] / mass
        moved_by = np.outer(share * self.seen[0] - (1.0 - share) * before.seen[0], apart)
        self.seen[0] += before.seen[0]
        return moved_by


@dataclass(frozen=True)
class Layout:
    """What the columns of a block are: the entity, s slots, and those that are asked for here.

    Attributes:
        n_slots: s.
        is_weighted: The mass of a row.
        times: (T,) what the time of a row may be, in order; None where blocks hold no times.
        shifts: (T, s) what is subtracted from the slots at each time. Sums by time are not taken
            then, and the other way round.
    """

    n_slots: int
    is_weighted: bool = False
    times: pa.Array | None = None
    shifts: FloatArray | None = None

    @property
    def n_times(self) -> int:
        """T of the sums by time; 0 without."""
        return 0 if self.times is None or self.shifts is not None else len(self.times)

    @property
    def block_rows(self) -> int:
        """Rows of a block: of many times fewer, as each entity of it has a number for each time."""
        return max(MANY_TIMES * BATCH_ROWS // max(self.n_times, MANY_TIMES), 1)


@np.errstate(over="ignore", invalid="ignore")  # sums tell what is not finite
def sums_of(
    block: pa.RecordBatch, varying: set[int], layout: Layout
) -> tuple[EntitySums, FloatArray]:
    """The entities of a block of rows.

    Args:
        block: Columns as in ``layout``; no nulls.
        varying: Slots known to vary within entities; those that do here are added.
        layout: Of the columns.

    Returns:
        The entities, and (T, s) the sums of their deviations by time.
    """
    starts = first_rows(block.columns[0])
    rows = np.diff(starts, append=block.num_rows)
    columns = list(block.columns[1:])
    time = None if layout.times is None else positions(columns.pop(), layout.times)
    slots = doubles(columns)
    weights = slots.pop() if layout.is_weighted else None
    mass = rows.astype(float) if weights is None else np.add.reduceat(weights, starts)
    means = np.empty((len(slots), len(starts)))
    deviations: dict[int, FloatArray] = {}
    for k, slot in enumerate(slots):
        values = slot if layout.shifts is None else slot - layout.shifts[time, k]
        means[k] = values[starts]
        # From the first row of the entity: sums of values far from each other would lose digits.
        apart = values - np.repeat(means[k], rows)
        if k not in varying:
            if not apart.any():
                continue
            varying.add(k)
        moved = np.add.reduceat(_weighted(apart, weights), starts) / mass
        means[k] += moved
        deviations[k] = apart - np.repeat(moved, rows)
    products = {}
    n_times = layout.n_times
    seen, by_time = np.zeros((len(starts), n_times)), np.zeros((n_times, len(slots)))
    if time is not None and n_times:
        cells = np.repeat(np.arange(len(starts)), rows) * n_times + time
        seen += np.bincount(cells, weights, seen.size).reshape(seen.shape)
    for i, left in deviations.items():
        weighted = _weighted(left, weights)
        if time is not None and n_times:
            by_time[:, i] = np.bincount(time, weighted, n_times)
        for j, right in deviations.items():
            if i <= j:
                products[i, j] = np.add.reduceat(weighted * right, starts)
    entities = entities_at(block.columns[0], starts)
    return EntitySums(entities, rows, mass, means, products, seen), by_time


def _weighted(values: FloatArray, weights: FloatArray | None) -> FloatArray:
    return values if weights is None else values * weights


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
    """Some of the entities, as numbers or texts that numpy and DuckDB both hold.

    Raises:
        InputError: A text ends in a NUL character: numpy leaves it out, and two would be one.
    """
    import pyarrow as pa

    if pa.types.is_integer(entities.type):
        return np.asarray(np.from_dlpack(entities), dtype=np.int64)[places]
    indices = pa.Array.from_buffers(pa.int64(), len(places), [None, pa.py_buffer(places)])
    texts = entities.take(indices).to_pylist()
    unsafe = next((text for text in texts if text.endswith("\0")), None)
    if unsafe is not None:
        raise InputError(f"entity {unsafe!r}: a key ends in no NUL character")
    return np.array(texts, dtype=str)


def positions(values: pa.Array, among: pa.Array) -> IntArray:
    """Where values stand in an array that holds them all, once each."""
    import pyarrow.compute as pc

    return np.asarray(np.from_dlpack(pc.index_in(values, value_set=among)), dtype=np.int64)


def joined(parts: list[EntitySums]) -> EntitySums:
    """Pairs one after the other, without times."""
    named = {slots for part in parts for slots in part.products}
    return EntitySums(
        np.concatenate([part.entities for part in parts]),
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.mass for part in parts]),
        np.concatenate([part.means for part in parts], axis=1),
        {
            slots: np.concatenate([part.products.get(slots, np.zeros(len(part))) for part in parts])
            for slots in sorted(named)
        },
        np.zeros((sum(map(len, parts)), 0)),
    )
