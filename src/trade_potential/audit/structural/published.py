"""Published tables of one estimate, laid on the cells that the audit has made itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.audit.structural.cells import Cells
from trade_potential.linalg import FloatArray, IntArray


@dataclass(frozen=True)
class Tables:
    """Tables of a build, as Arrow tables."""

    fits: Any
    coefficients: Any
    covariances: Any
    effects: Any
    pairs: Any
    lasting: Any = None
    dispersion: Any = None


@dataclass(frozen=True)
class Published:
    """What is published of one specification of a study.

    Attributes:
        fit: Its row of the fits, by column.
        terms: (p,) of the cells.
        coefficients: Its rows, the term as index.
        covariance: (p, p) of the terms of the cells; NaN where none is published.
        effects: log_effect and trade_usd, (T, n) by side; NaN where none is published.
        predicted, pair_out: (T, n, n) US$; NaN where none is published.
        pair_out_method: (T, n, n) number of the way there; NaN where there is none.
        strangers: Rows by table of a cell or effect that the audit does not have, or has twice.
    """

    fit: dict[str, Any]
    terms: tuple[str, ...]
    coefficients: pd.DataFrame
    covariance: FloatArray
    effects: dict[tuple[str, str], FloatArray]
    predicted: FloatArray
    pair_out: FloatArray
    pair_out_method: FloatArray
    strangers: dict[str, int]


def published_of(tables: Tables, study_id: str, spec_id: str, cells: Cells) -> Published:
    """Read the numbers of one specification."""
    import pyarrow.compute as pc

    own = (study_id, spec_id)
    n, years = len(cells.economies), len(cells.years)
    (fit,) = rows_of(tables.fits, *own).to_pylist()
    elements = rows_of(tables.covariances, *own)
    square = Places(
        (len(cells.terms),) * 2,
        [places_of(elements[name], cells.terms) for name in ("term_1", "term_2")],
    )
    strangers, effects = {"effects": 0, "pairs": 0}, {}
    given = rows_of(tables.effects, *own)
    for side in ("exporter", "importer"):
        rows = given.filter(
            pc.and_(pc.equal(given["side"], side), pc.is_valid(given["log_effect"]))
        )
        at = [years_of(rows, cells), places_of(rows["country_iso3"], cells.economies)]
        places = Places((years, n), at)
        for name in ("log_effect", "trade_usd"):
            effects[side, name] = places.laid(rows[name])
        strangers["effects"] += places.strangers
    rows = rows_of(tables.pairs, *own)
    places = cell_places(rows, cells)
    strangers["pairs"] = places.strangers
    return Published(
        fit=fit,
        terms=cells.terms,
        coefficients=rows_of(tables.coefficients, *own).to_pandas().set_index("term"),
        covariance=square.laid(elements["covariance_value"]),
        effects=effects,
        predicted=places.laid(rows["predicted_usd"]),
        pair_out=places.laid(rows["predicted_pair_out_usd"]),
        pair_out_method=places.laid(_numbered(rows["pair_out_method"])),
        strangers=strangers,
    )


def cell_places(rows: Any, cells: Cells) -> Places:
    """Places of rows of exporter_iso3, importer_iso3 and year among the cells."""
    sides = [places_of(rows[name], cells.economies) for name in ("exporter_iso3", "importer_iso3")]
    return Places(cells.trade.shape, [years_of(rows, cells), *sides])


def rows_of(table: Any, study_id: str, spec_id: str) -> Any:
    """Rows of an Arrow table of one specification of a study."""
    import pyarrow.compute as pc

    wanted = pc.and_(pc.equal(table["study_id"], study_id), pc.equal(table["spec_id"], spec_id))
    # a filter copies every column
    return table if pc.all(wanted).as_py() else table.filter(wanted)


class Places:
    """Places of N rows in an array.

    Attributes:
        strangers: Rows without a place, or at one that another has taken.
    """

    def __init__(self, shape: tuple[int, ...], at: Sequence[IntArray]) -> None:
        """From places by axis, -1 of an unknown one."""
        self.shape = shape
        self._known = np.logical_and.reduce([axis >= 0 for axis in at])
        self._flat = np.ravel_multi_index([axis[self._known] for axis in at], shape)
        taken = np.zeros(int(np.prod(shape)), dtype=bool)
        taken[self._flat] = True
        self.strangers = len(self._known) - int(taken.sum())

    def laid(self, values: Any) -> FloatArray:
        """An Arrow column of numbers at their places; NaN elsewhere and of null."""
        return self.put(values.to_numpy().astype(float, copy=False))

    def numbered(self, column: Any, names: Sequence[str]) -> FloatArray:
        """An Arrow column of names at their places, as places among ``names``; NaN of null."""
        numbers = places_of(column, names).astype(float)
        return self.put(np.where(column.is_valid().to_numpy(), numbers, np.nan))

    def put(self, values: FloatArray) -> FloatArray:
        """(N,) numbers at their places; NaN elsewhere."""
        found = np.full(self.shape, np.nan)
        found.ravel()[self._flat] = values[self._known]
        return found


def places_of(column: Any, names: Sequence[str]) -> IntArray:
    """(N,) places of a column of names; -1 of an unknown one, and of null."""
    import pyarrow.compute as pc

    coded = column.combine_chunks().dictionary_encode()
    place = {name: at for at, name in enumerate(names)}
    known = [place.get(name, -1) for name in coded.dictionary.to_pylist()]
    found: IntArray = np.array([*known, -1], dtype=np.int64)[
        pc.fill_null(coded.indices, len(known)).to_numpy()
    ]
    return found


def years_of(rows: Any, cells: Cells) -> IntArray:
    """(N,) places of years; -1 of another."""
    first = cells.years[0]
    years = rows["year"].to_numpy().astype(np.int64) - first
    return np.where((years >= 0) & (years < len(cells.years)), years, -1)


def _numbered(column: Any) -> Any:
    """A column of names as numbers, in the order in which they come; null is NaN."""
    import pyarrow as pa

    coded = column.combine_chunks()
    if not pa.types.is_dictionary(coded.type):
        coded = coded.dictionary_encode()
    return pa.chunked_array([coded.indices.cast(pa.float64())])
