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
        is_refitted: (T, n, n) 1 where the pair was estimated again without itself.
        strangers: Rows by table of a cell or effect that the audit does not have, or has twice.
    """

    fit: dict[str, Any]
    terms: tuple[str, ...]
    coefficients: pd.DataFrame
    covariance: FloatArray
    effects: dict[tuple[str, str], FloatArray]
    predicted: FloatArray
    pair_out: FloatArray
    is_refitted: FloatArray
    strangers: dict[str, int]


def published_of(tables: Tables, study_id: str, spec_id: str, cells: Cells) -> Published:
    """Read the numbers of one specification."""
    import pyarrow.compute as pc

    own = (study_id, spec_id)
    n, years = len(cells.economies), len(cells.years)
    (fit,) = rows_of(tables.fits, *own).to_pylist()
    elements = rows_of(tables.covariances, *own)
    covariance, _ = laid(
        (len(cells.terms),) * 2,
        [_places(elements[name], cells.terms) for name in ("term_1", "term_2")],
        elements["covariance_value"],
    )
    strangers, effects = {"effects": 0, "pairs": 0}, {}
    given = rows_of(tables.effects, *own)
    for side in ("exporter", "importer"):
        rows = given.filter(
            pc.and_(pc.equal(given["side"], side), pc.is_valid(given["log_effect"]))
        )
        at = [_years(rows, cells), _places(rows["country_iso3"], cells.economies)]
        for name in ("log_effect", "trade_usd"):
            effects[side, name], lost = laid((years, n), at, rows[name])
        strangers["effects"] += lost
    rows = rows_of(tables.pairs, *own)
    at = [_years(rows, cells)]
    at += [_places(rows[name], cells.economies) for name in ("exporter_iso3", "importer_iso3")]
    shape = (years, n, n)
    predicted, strangers["pairs"] = laid(shape, at, rows["predicted_usd"])
    pair_out, _ = laid(shape, at, rows["predicted_pair_out_usd"])
    is_refitted, _ = laid(shape, at, _is_refit(rows["pair_out_method"]))
    return Published(
        fit=fit,
        terms=cells.terms,
        coefficients=rows_of(tables.coefficients, *own).to_pandas().set_index("term"),
        covariance=covariance,
        effects=effects,
        predicted=predicted,
        pair_out=pair_out,
        is_refitted=is_refitted,
        strangers=strangers,
    )


def rows_of(table: Any, study_id: str, spec_id: str) -> Any:
    """Rows of an Arrow table of one specification of a study."""
    import pyarrow.compute as pc

    wanted = pc.and_(pc.equal(table["study_id"], study_id), pc.equal(table["spec_id"], spec_id))
    return table.filter(wanted)


def laid(shape: tuple[int, ...], at: Sequence[IntArray], values: Any) -> tuple[FloatArray, int]:
    """Values at their places, NaN elsewhere; how many have no place, or one that is taken.

    Args:
        shape: Of the result.
        at: (N,) places by axis; -1 of an unknown one.
        values: (N,) an Arrow column of numbers, null as NaN.
    """
    numbers = values.to_numpy().astype(float)
    known = np.logical_and.reduce([axis >= 0 for axis in at])
    flat = np.ravel_multi_index([axis[known] for axis in at], shape)
    found = np.full(shape, np.nan)
    found.ravel()[flat] = numbers[known]
    return found, len(known) - len(np.unique(flat))


def _places(column: Any, names: Sequence[str]) -> IntArray:
    """(N,) places of a column of names; -1 of an unknown one."""
    coded = column.combine_chunks().dictionary_encode()
    place = {name: at for at, name in enumerate(names)}
    known = [place.get(name, -1) for name in coded.dictionary.to_pylist()]
    found: IntArray = np.array([*known, -1], dtype=np.int64)[coded.indices.to_numpy()]
    return found


def _years(rows: Any, cells: Cells) -> IntArray:
    """(N,) places of years; -1 of another."""
    first = cells.years[0]
    years = rows["year"].to_numpy().astype(np.int64) - first
    return np.where((years >= 0) & (years < len(cells.years)), years, -1)


def _is_refit(methods: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.cast(pc.fill_null(pc.equal(methods, "refit"), False), pa.float64())
