"""Cells of world trade as they come from the warehouse: texts as codes, numbers as they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trade_potential.linalg import FloatArray, IntArray
from trade_potential.structural.world import BoolArray, Codes, World

CELL = ("exporter_iso3", "importer_iso3")


@dataclass(frozen=True)
class Cells:
    """The rows of all studies and specifications."""

    texts: dict[str, Codes]
    year: IntArray
    numbers: dict[str, FloatArray]

    @classmethod
    def of(cls, cells: pa.Table) -> Cells:
        """From study_id, spec_id, exporter_iso3, importer_iso3, year, trade_usd, v1, v2, ..."""
        texts = {name: _codes(cells[name]) for name in ("study_id", "spec_id", *CELL)}
        given = [name for name in cells.column_names if name not in (*texts, "year")]
        numbers = {name: pc.cast(cells[name], pa.float64()).to_numpy() for name in given}
        return cls(texts, cells["year"].to_numpy().astype(np.int64), numbers)

    def world(self, key: tuple[str, str], terms: tuple[str, ...]) -> World:
        """The world of one study and specification, its terms in v1, v2, ..."""
        rows = np.ones(len(self.year), dtype=bool)
        for name, value in zip(("study_id", "spec_id"), key, strict=True):
            rows &= self._is(name, value)
        part = {name: Codes(self.texts[name].names, self.texts[name].codes[rows]) for name in CELL}
        values = {term: self.numbers[f"v{k}"][rows] for k, term in enumerate(terms, start=1)}
        trade, year = self.numbers["trade_usd"][rows], self.year[rows]
        return World.of(
            exporter=part[CELL[0]],
            importer=part[CELL[1]],
            year=year,
            trade=trade,
            regressors=values,
        )

    def _is(self, name: str, value: str) -> BoolArray:
        column = self.texts[name]
        at = column.names.index(value) if value in column.names else -1
        found: BoolArray = column.codes == at
        return found


def _codes(column: pa.ChunkedArray) -> Codes:
    """Names in alphabetical order, and codes of rows."""
    held = column.combine_chunks().dictionary_encode()
    if isinstance(held, pa.ChunkedArray):
        held = held.combine_chunks()
    names = np.array(held.dictionary.to_pylist(), dtype=str)
    order = np.argsort(names)
    place = np.empty(len(names), dtype=np.int64)
    place[order] = np.arange(len(names))
    return Codes(names[order].tolist(), place[held.indices.to_numpy()])
