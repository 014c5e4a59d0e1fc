"""K of the total of two economies under every specification of world trade.

Predictions of a specification are for every cell of the study in its last year that has effects,
also for cells that it leaves out of the estimate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trade_potential.errors import InputError
from trade_potential.linalg import FloatArray, IntArray, one_thread
from trade_potential.multiverse.design import Design, Place
from trade_potential.multiverse.two_way import fit_two_way
from trade_potential.structural.estimate import fit_world
from trade_potential.structural.pair_out import without_pair
from trade_potential.structural.world import World

OF_CELLS = ("distance", "agreements", "ties", "floor", "zeros", "slopes")
DIMENSIONS = (*OF_CELLS, "estimator", "pair")
"""What a design of world trade chooses, in this order."""

ALWAYS = ("contiguity",)
TERMS: dict[str, dict[str, tuple[str, ...]]] = {
    "distance": {
        "weighted": ("lndist",),
        "cities": ("lndist_cities",),
        "capitals": ("lndist_capitals",),
    },
    "agreements": {
        "as_listed": ("customs_union", "free_trade_agreement", "partial_agreement"),
        "without_broad": ("customs_union", "free_trade_narrow", "partial_narrow"),
        "none": (),
    },
    "ties": {"in": ("language", "colony"), "out": ()},
}
"""Regressors of each option."""

OTHERS = {
    "zeros": ("kept", "left_out"),
    "slopes": ("pooled", "yearly"),
    "estimator": ("ppml", "gamma", "log_ols"),
    "pair": ("in", "left_out"),
}
"""Options of dimensions without regressors; a floor is a number of US$."""

PairArray = tuple[IntArray, IntArray]


@dataclass(frozen=True)
class Asked:
    """What K is asked of.

    Attributes:
        pairs: (m,) positions of economies i < j.
        minimum_usd: Least prediction of both directions that is classed.
    """

    pairs: PairArray
    minimum_usd: float


def checked(design: Design) -> Design:
    """The design.

    Raises:
        InputError: It has other dimensions, or options that there are not.
    """
    if design.dimensions != DIMENSIONS:
        raise InputError(f"dimensions {', '.join(design.dimensions)}: not {', '.join(DIMENSIONS)}")
    known: Mapping[str, Iterable[str]] = {**TERMS, **OTHERS}
    for name, options in known.items():
        if odd := set(design.of(name)) - set(options):
            raise InputError(f"{name} {', '.join(sorted(odd))}: none of {', '.join(options)}")
    if odd := {floor for floor in design.of("floor") if not floor.isdigit()}:
        raise InputError(f"floor {', '.join(sorted(odd))}: no whole number of US$")
    return design


def ratios_of(world: World, asked: Asked, design: Design, place: Place) -> FloatArray:
    """(estimators, pair in or left out, m) K of the last year; NaN without a class.

    Args:
        world: Cells of the study with all regressors of ``TERMS`` and ``ALWAYS``.
        asked: Pairs.
        design: Of ``DIMENSIONS``.
        place: Options of ``OF_CELLS``, by position.
    """
    options = {name: design.of(name)[k] for name, k in zip(OF_CELLS, place, strict=True)}
    whole = _chosen(world, options)
    kept = whole.trade > 0.0 if options["zeros"] == "left_out" else whole.is_used
    cells = replace(whole, is_used=kept, regressors=whole.regressors * kept)
    found = np.full(
        (len(design.of("estimator")), len(design.of("pair")), len(asked.pairs[0])), np.nan
    )
    for e, name in enumerate(design.of("estimator")):
        with one_thread():
            line, change = ESTIMATORS[name](cells, whole.regressors[:, -1])
        if line is None:
            continue
        predicted = np.where(whole.is_used[-1], np.exp(line), np.nan)
        out = predicted * np.exp(change)
        for k, pair in enumerate(design.of("pair")):
            found[e, k] = _classed(
                whole.trade[-1], predicted, predicted if pair == "in" else out, asked
            )
    return found


def _chosen(world: World, options: Mapping[str, str]) -> World:
    """Cells, years and regressors of the options; what is below the floor is none."""
    terms = [*ALWAYS, *(term for name in TERMS for term in TERMS[name][options[name]])]
    found = world.select(terms)
    if options["slopes"] == "yearly":
        found = replace(
            found,
            years=found.years[-1:],
            trade=found.trade[-1:],
            is_used=found.is_used[-1:],
            regressors=found.regressors[:, -1:],
        )
    return replace(found, trade=found.trade * (found.trade >= float(options["floor"])))


def _classed(
    trade: FloatArray, predicted: FloatArray, benchmark: FloatArray, asked: Asked
) -> FloatArray:
    """(m,) K of totals, by the rules of the study: the sum of the directions that are there."""
    one, other = asked.pairs
    is_there = predicted > 0.0
    # a direction that is there and has no prediction without the pair leaves the total without one
    held = np.where(is_there, benchmark, 0.0)

    def both(values: FloatArray) -> FloatArray:
        found: FloatArray = values[one, other] + values[other, one]
        return found

    actual, size = both(np.where(is_there, trade, 0.0)), both(np.where(is_there, predicted, 0.0))
    has = (actual > 0.0) & (size > 0.0) & (size >= asked.minimum_usd)
    return np.where(has, actual / np.where(has, both(held), 1.0), np.nan)


Lines = tuple[FloatArray | None, FloatArray]
"""(n, n) logarithms of predictions of the last year, NaN without an effect, or None without an
estimate; (n, n) their change without the pair, 0 for cells that are not in the estimate."""


def _line(
    asked: FloatArray, slopes: FloatArray, exporters: FloatArray, importers: FloatArray
) -> FloatArray:
    line: FloatArray = np.tensordot(slopes, asked, axes=1)
    line += exporters[-1][:, None] + importers[-1][None, :]
    return line


def _ppml(cells: World, asked: FloatArray) -> Lines:
    fit = fit_world(cells)
    if not fit.is_estimated:
        return None, np.zeros(0)
    at = [cells.terms.index(term) for term in fit.world.terms]
    exporters = np.where(fit.world.has("exporter"), fit.exporters, np.nan)
    importers = np.where(fit.world.has("importer"), fit.importers, np.nan)
    used, fitted = fit.world.is_used[-1], fit.fitted[-1]
    out = np.where(used, without_pair(fit).predicted[-1], 1.0)
    line = _line(asked[at], fit.coefficients, exporters, importers)
    return line, np.log(out / np.where(used, fitted, 1.0))


def _two_way(estimator: str) -> Callable[[World, FloatArray], Lines]:
    def lines(cells: World, asked: FloatArray) -> Lines:
        fit = fit_two_way(cells, estimator)
        if fit is None:
            return None, np.zeros(0)
        return _line(asked, fit.slopes, fit.exporters, fit.importers), fit.without_pair()

    return lines


ESTIMATORS: dict[str, Callable[[World, FloatArray], Lines]] = {
    "ppml": _ppml,
    "gamma": _two_way("gamma"),
    "log_ols": _two_way("log_ols"),
}

KEYS = ("study_id", "first_iso3", "second_iso3", "year")
COUNTS = ("n_specifications", "n_huge", "n_expansion", "n_reshaping")
COLUMNS = (
    *(*KEYS, *COUNTS),
    *(f"{name}_{part}" for name in DIMENSIONS for part in ("squares", "switched")),
)


def pair_rows(
    study: str, design: Design, codes: npt.NDArray[np.int8], keys: pd.DataFrame,
    orders: Mapping[str, int],
) -> pd.DataFrame:  # fmt: skip
    """``COLUMNS``: whole numbers from which all shares of a pair follow without an error.

    By dimension: the sum over its options of the squared number of specifications that take the
    option and have the class of the default one; and switches of that choice alone, to itself
    included, between a specification that has this class and one that has not.

    Args:
        study: Its id.
        design: Of ``DIMENSIONS``.
        codes: (*shape, m) number of the class, 0 without one.
        keys: m rows first_iso3, second_iso3, year.
        orders: Number of huge_potential, potential_expansion, potential_reshaping.
    """
    same = (codes == codes[design.default]).astype(np.int64)
    every = tuple(range(len(design.shape)))
    columns: dict[str, Any] = {"study_id": study, **keys}
    numbers = (orders[n] for n in ("huge_potential", "potential_expansion", "potential_reshaping"))
    counts = (len(design), *((codes == number).sum(axis=every) for number in numbers))
    columns |= dict(zip(COUNTS, counts, strict=True))
    for at, (name, size) in enumerate(zip(design.dimensions, design.shape, strict=True)):
        others = tuple(k for k in every if k != at)
        columns[f"{name}_squares"] = (same.sum(axis=others) ** 2).sum(axis=0)
        held = same.sum(axis=at)
        columns[f"{name}_switched"] = (2 * held * (size - held)).sum(axis=every[:-1])
    return pd.DataFrame(columns, columns=list(COLUMNS))
