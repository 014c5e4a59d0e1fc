"""Cells of a world study from the gated inputs: trade, figures of pairs, spells of agreements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from trade_potential.audit.structural.cells import Cells, cells_of
from trade_potential.errors import InputError
from trade_potential.linalg import FloatArray, IntArray

AGREEMENTS = {
    "has_customs_union": "CU",
    "has_free_trade_agreement": "FTA",
    "has_partial_agreement": "PSA",
}
"""Type of agreement by variable."""

DEPTH = {"PSA": 1, "FTA": 2, "CU": 3}
"""Of two types in force in a year the deeper one counts."""

TRANSFORMS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "none": np.positive,
    "ln": lambda values: np.log(np.where(values > 0.0, values, np.nan)),
    "ln1p": lambda values: np.log1p(np.where(values > -1.0, values, np.nan)),
}


@dataclass(frozen=True)
class Inputs:
    """Gated inputs as Arrow tables, with the columns of their declarations.

    Without regressors the figures of pairs and the agreements are not needed.
    """

    world_trade: Any
    countries: Any
    country_code_mappings: Any
    world_pairs: Any = None
    agreement_spells: Any = None


@dataclass(frozen=True)
class Term:
    """A regressor as the rows of a specification declare it.

    Attributes:
        name: Of the term.
        figure: Column of the pairs, or type of agreement.
        derivation: level, in_force or ln_times_indices.
        transform: none, ln or ln1p.
        unit: What the figure is divided by before anything else.
        divisor: Of the term, before the transform.
        floor: Least value, before the divisor.
    """

    name: str
    figure: str
    derivation: str
    transform: str
    unit: float = 1.0
    divisor: float = 1.0
    floor: float = -np.inf


class Places:
    """Place of every economy by the codes that stand for it."""

    def __init__(self, inputs: Inputs) -> None:
        """From the countries and the codes that others write for them."""
        own = inputs.countries["country_iso3"].to_pylist()
        mapped = zip(
            inputs.country_code_mappings["source_code"].to_pylist(),
            inputs.country_code_mappings["country_iso3"].to_pylist(),
            strict=True,
        )
        self.iso3 = {code: code for code in own} | {code: to for code, to in mapped if to}
        self.economies: list[str] = []

    def of(self, column: Any) -> IntArray:
        """(N,) places of a column of codes; -1 of a code that stands for no economy."""
        coded = column.combine_chunks().dictionary_encode()
        at = {code: place for place, code in enumerate(self.economies)}
        known = [at.get(self.iso3.get(code, ""), -1) for code in coded.dictionary.to_pylist()]
        found: IntArray = np.array([*known, -1], dtype=np.int64)[coded.indices.to_numpy()]
        return found


def study_cells(
    inputs: Inputs,
    *,
    years: Sequence[int],
    terms: Sequence[Term],
    index: Mapping[tuple[str, int], float],
) -> Cells:
    """The cells of one specification.

    Args:
        inputs: Gated.
        years: Of the study.
        terms: Of the specification in order.
        index: Development index by country and year, for terms that take it.
    """
    places = Places(inputs)
    flows = inputs.world_trade
    sides = (flows["exporter_code"], flows["importer_code"])
    places.economies = sorted(set(places.iso3.values()))
    when = flows["year"].to_numpy() - years[0]
    is_read = (when >= 0) & (when < len(years))
    traded = np.unique(np.concatenate([places.of(side)[is_read] for side in sides]))
    places.economies = [places.economies[at] for at in traded if at >= 0]
    n = len(places.economies)
    out, into = (places.of(side) for side in sides)
    is_read &= (out >= 0) & (into >= 0)
    trade = np.zeros((len(years), n, n))
    at = (when[is_read], out[is_read], into[is_read])
    np.add.at(trade, at, flows["trade_usd"].to_numpy()[is_read])
    indices = np.array(
        [[index.get((code, year), np.nan) for code in places.economies] for year in years]
    )
    return cells_of(
        places.economies,
        years,
        trade,
        {term.name: _regressor(term, inputs, places, years, indices) for term in terms},
    )


def _regressor(
    term: Term, inputs: Inputs, places: Places, years: Sequence[int], indices: FloatArray
) -> FloatArray:
    """(n, n) or (T, n, n); NaN where a figure is missing."""
    if term.derivation == "in_force":
        values = _in_force(AGREEMENTS[term.figure], inputs.agreement_spells, places, years)
    elif term.derivation == "level":
        values = _of_pairs(term.figure, inputs.world_pairs, places) / term.unit
    elif term.derivation == "ln_times_indices":
        figures = _of_pairs(term.figure, inputs.world_pairs, places) / term.unit
        return TRANSFORMS["ln"](figures) * indices[:, :, None] * indices[:, None, :]
    else:
        raise InputError(f"{term.name}: nothing computes {term.derivation} again")
    found: FloatArray = TRANSFORMS[term.transform](np.maximum(values, term.floor) / term.divisor)
    return found


def _of_pairs(figure: str, pairs: Any, places: Places) -> FloatArray:
    """(n, n) a figure of origin and destination; yes is 1 and no is 0."""
    n = len(places.economies)
    one, other = places.of(pairs["origin_code"]), places.of(pairs["destination_code"])
    known = (one >= 0) & (other >= 0)
    found = np.full((n, n), np.nan)
    given: npt.NDArray[Any] = pairs[figure].to_numpy(zero_copy_only=False)
    found[one[known], other[known]] = given.astype(float)[known]
    return found


def _in_force(kind: str, spells: Any, places: Places, years: Sequence[int]) -> FloatArray:
    """(T, n, n) 1 where the deepest agreement of the two in the year is of this type, else 0."""
    n = len(places.economies)
    one, other = places.of(spells["country_code_a"]), places.of(spells["country_code_b"])
    known = (one >= 0) & (other >= 0)
    one, other = one[known], other[known]
    first, last = spells["from_year"].to_numpy()[known], spells["to_year"].to_numpy()[known]
    depth = np.array([DEPTH[kind] for kind in spells["agreement_type"].to_pylist()], dtype=int)
    found = np.zeros((len(years), n, n), dtype=int)
    for t, year in enumerate(years):
        now = (first <= year) & (year <= last)
        np.maximum.at(found[t], (one[now], other[now]), depth[known][now])
        found[t] = np.maximum(found[t], found[t].T)
    return np.where(found == DEPTH[kind], 1.0, 0.0)
