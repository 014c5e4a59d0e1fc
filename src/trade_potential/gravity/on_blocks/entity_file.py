"""Sums of many entities on disk: they are read again in order, and need no memory."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import replace
from os import SEEK_END
from typing import TYPE_CHECKING

import numpy as np

from trade_potential.gravity.on_blocks.entity_sums import EntitySums, joined

if TYPE_CHECKING:
    from trade_potential.linalg import FloatArray

PAIRS_TOGETHER = 16_384
"""Their sums lie in the caches of a processor, and a call of numpy costs little beside them."""


class EntityFile:
    """A temporary file without a name: it is gone with the object."""

    def __init__(self) -> None:
        """An empty one, where the system keeps temporary files (TMPDIR)."""
        self._file = tempfile.TemporaryFile(prefix="trade-potential-", buffering=0)  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._written: list[tuple[int, list[tuple[int, int]]]] = []
        self._waiting: list[EntitySums] = []

    def __bool__(self) -> bool:
        """Whether there are entities."""
        return bool(self._written or self._waiting)

    def add(self, pairs: EntitySums) -> None:
        """Put entities at the end."""
        self._waiting.append(replace(pairs, seen=np.zeros((len(pairs), 0))))
        if sum(map(len, self._waiting)) >= PAIRS_TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Write what waits: before the first reading."""
        if not self._waiting:
            return
        pairs = joined(self._waiting)
        self._waiting = []
        slots = list(pairs.products)
        self._written.append((self._file.seek(0, SEEK_END), slots))
        np.save(self._file, pairs.entities)
        table = [pairs.rows.astype(float), pairs.mass, *pairs.means, *pairs.products.values()]
        np.save(self._file, np.array(table))

    def __iter__(self) -> Iterator[EntitySums]:
        """The entities in the order they were added, some thousand at a time."""
        for place, slots in self._written:
            self._file.seek(place)
            entities = np.load(self._file)
            table: FloatArray = np.load(self._file)
            rows, mass, sums = table[0].astype(np.int64), table[1], table[2:]
            means, products = sums[: len(sums) - len(slots)], sums[len(sums) - len(slots) :]
            named = dict(zip(slots, products, strict=True))
            yield EntitySums(entities, rows, mass, means, named, np.zeros((len(rows), 0)))
