"""Answers a second time: K, class, place among like pairs, from cells and predictions.

Seen from the reporter: exports of A to B are imports of B from A, the total is sum over sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from trade_potential.audit.structural.cells import BoolArray, Cells
from trade_potential.audit.structural.findings import Findings
from trade_potential.audit.structural.published import Places, places_of, rows_of, years_of
from trade_potential.linalg import FloatArray

ANSWERS = """
    study_id, spec_id, reporter_iso3, partner_iso3, flow, year, k_status, potential_class,
    class_depends_on_own_trade, size_band, band_pairs, actual_usd, predicted_usd,
    predicted_pair_out_usd, k_ratio, k_pair_out_ratio, k_median_of_band, k_percentile, class_share,
    is_unreported, pair_out_method, n_years, lasting_class, probability_status, answer_certainty,
    probability_huge, probability_expansion, probability_reshaping, k_line_log_se, k_lasting_median,
    k_lasting_ci_low, k_lasting_ci_high, new_year_probability, k_new_year_ci_low, k_new_year_ci_high
"""
"""Columns of rpt_answer that are read."""

FLOWS = ("exports", "imports", "total")
STATUSES = ("ok", "no_recorded_trade", "below_minimum_prediction")
METHODS = ("no_effect", "refit", "effects", "leverage")
"""How a pair was left out; of both directions the one that took more."""

LASTING = ("n_years",)
"""Numbers of est_structural_lasting that an answer repeats."""

OF_LAW = (
    *("probability_huge", "probability_expansion", "probability_reshaping", "k_line_log_se"),
    *("k_lasting_median", "k_lasting_ci_low", "k_lasting_ci_high"),
    *("k_new_year_ci_low", "k_new_year_ci_high"),
)
"""The same, of pairs whose prediction is large enough for a class."""

NEW_YEAR = tuple(f"new_year_{name}" for name in OF_LAW[:3])
SAID = ("high_leverage", "below_minimum_prediction", "no_trade_in_sample", "ok")
SURE = ("undecided", "leaning", "firm")
OF_CLASS = ("huge_potential", "potential_expansion", "potential_reshaping")

BANDS = 20
"""Bands of pairs of like predicted size, of equal count."""

SAME = 0.0
"""Of classes and statuses: numbers of their names."""

EXACT = 1e-12
"""Of ratios, shares and places: the same few operations on the same doubles."""

REFERENCE = "numpy on the gated inputs and the predictions"


@dataclass(frozen=True)
class Class:
    """An interval of K: name, bounds (infinite: none), whether each belongs to it."""

    name: str
    lower: float
    upper: float
    has_lower: bool
    has_upper: bool


def classes_of(k: FloatArray, classes: Sequence[Class]) -> FloatArray:
    """Number of the class of each K, from 0; NaN without."""
    found = np.full(k.shape, np.nan)
    for number, one in enumerate(classes):
        above = (k >= one.lower) if one.has_lower else (k > one.lower)
        below = (k <= one.upper) if one.has_upper else (k < one.upper)
        found[above & below] = number
    return found


def answers_of(
    cells: Cells,
    predicted: FloatArray,
    pair_out: FloatArray,
    *,
    classes: Sequence[Class],
    minimum_usd: float,
) -> dict[str, FloatArray]:
    """Every number of an answer, (3, T, n, n) by flow, year, reporter and partner; NaN where none.

    Args:
        cells: The world.
        predicted: (T, n, n) US$ of exporter and importer; NaN where there is no cell.
        pair_out: The same without the pair; NaN also where it leaves no effect.
        classes: Intervals of K.
        minimum_usd: Two-way prediction below which there is no class; NaN: none.
    """
    has = cells.is_cell & (predicted > 0.0)
    both = has | has.transpose(0, 2, 1)
    is_there = np.array([has, has.transpose(0, 2, 1), both])

    def of_flows(values: FloatArray) -> FloatArray:
        held = np.where(has, values, 0.0)
        back = held.transpose(0, 2, 1)
        return np.where(is_there, np.array([held, back, held + back]), np.nan)

    actual, mean = of_flows(cells.trade), of_flows(predicted)
    without = of_flows(pair_out)  # NaN of a direction goes into the total
    with np.errstate(divide="ignore", invalid="ignore"):
        k, k_out = actual / mean, actual / without
    status = np.where(actual == 0.0, 1.0, np.where(mean[2] < minimum_usd, 2.0, 0.0))
    class_ = np.where(status == 0.0, classes_of(k, classes), np.nan)
    out_class = np.where(status == 0.0, classes_of(k_out, classes), np.nan)
    depends = np.where(np.isnan(class_ + out_class), np.nan, (class_ != out_class).astype(float))
    found = {
        "actual_usd": actual,
        "predicted_usd": mean,
        "predicted_pair_out_usd": without,
        "k_ratio": k,
        "k_pair_out_ratio": k_out,
        "k_status": np.where(is_there, status, np.nan),
        "potential_class": class_,
        "class_depends_on_own_trade": depends,
        "class_share": _shares(class_, len(classes)),
    }
    return found | _places_in_bands(cells, mean, k)


def _shares(class_: FloatArray, count: int) -> FloatArray:
    """Share of the pairs of a year and flow with a class that have the same one."""
    found = np.full(class_.shape, np.nan)
    for flow, year in np.ndindex(class_.shape[:2]):
        own, to = class_[flow, year], found[flow, year]
        numbers = np.array([(own == number).sum() for number in range(count)], dtype=float)
        known = np.isfinite(own)
        to[known] = numbers[own[known].astype(int)] / max(numbers.sum(), 1.0)
    return found


def _places_in_bands(cells: Cells, predicted: FloatArray, k: FloatArray) -> dict[str, FloatArray]:
    """Band of predicted size, its pairs and median K, and the place of K in it, 0 to 100."""
    names = ("size_band", "band_pairs", "k_median_of_band", "k_percentile")
    found = {name: np.full(k.shape, np.nan) for name in names}
    n = len(cells.economies)
    upper: BoolArray = np.triu(np.ones((n, n), dtype=bool), 1)
    for flow, is_total in ((0, False), (2, True)):
        for year in range(len(cells.years)):
            size, own = predicted[flow, year], k[flow, year]
            flat = np.flatnonzero(np.isfinite(size) & (upper if is_total else True))
            # places in a matrix are in the order of both codes: what ties are broken by
            order = flat[np.argsort(size.ravel()[flat], kind="stable")]
            for band, at in enumerate(np.array_split(order, BANDS), start=1):
                if not len(at):
                    continue
                values = own.ravel()[at]
                ranked = np.sort(values)
                lower = np.searchsorted(ranked, values, side="left")
                upto = np.searchsorted(ranked, values, side="right")
                numbers = (
                    np.full(len(at), float(band)),
                    np.full(len(at), float(len(at))),
                    np.full(len(at), np.median(values)),
                    100.0 * (lower + upto) / (2.0 * len(at)),
                )
                for name, of_band in zip(names, numbers, strict=True):
                    found[name][flow, year].ravel()[at] = of_band
    for values in found.values():
        values[1] = values[0].transpose(0, 2, 1)
        values[2] = np.fmax(values[2], values[2].transpose(0, 2, 1))
    return found


def copies_of(
    cells: Cells,
    *,
    methods: FloatArray,
    lasting: Any,
    classes: Sequence[Class],
    is_small: BoolArray,
) -> dict[str, FloatArray]:
    """What an answer repeats of others, (3, T, n, n) as ``answers_of``.

    Args:
        cells: Those with a prediction.
        methods: (T, n, n) place among METHODS of the way in which the pair was left out.
        lasting: Arrow table, rows of est_structural_lasting of the specification.
        classes: Intervals of K, as numbered.
        is_small: (T, n, n) pairs of too small a two-way prediction to have a class.
    """
    has, back = cells.is_cell, cells.is_cell.transpose(0, 2, 1)
    is_there = np.array([has, back, has | back])
    n = len(cells.economies)
    at = [places_of(lasting["flow"], ("directed", "total"))]
    at += [places_of(lasting[name], cells.economies) for name in ("exporter_iso3", "importer_iso3")]
    places = Places((2, n, n), at)

    def of_pairs(values: FloatArray, at: BoolArray = is_there) -> FloatArray:
        directed, total = values
        held = np.array([directed, directed.T, np.fmax(total, total.T)])
        return np.where(at, held[:, None], np.nan)

    class_ = places.numbered(lasting["lasting_class"], [one.name for one in classes])
    methods, nothing = (np.where(has, one, np.nan) for one in (methods, cells.trade == 0.0))
    copies = {name: of_pairs(places.laid(lasting[name])) for name in LASTING}
    is_large = is_there & ~is_small
    copies["lasting_class"] = of_pairs(class_, is_large)
    copies |= {
        name: of_pairs(places.laid(lasting[name]), is_large) for name in (*OF_LAW, *NEW_YEAR)
    }
    said = of_pairs(places.numbered(lasting["probability_status"], SAID))
    said = np.where(np.isnan(said), 0.0, np.where(is_small, 1.0, said))
    copies["probability_status"] = np.where(is_there, said, np.nan)
    return copies | {
        "pair_out_method": np.array(
            [methods, methods.transpose(0, 2, 1), np.fmin(methods, methods.transpose(0, 2, 1))]
        ),
        "is_unreported": np.array(
            [nothing, nothing.transpose(0, 2, 1), np.fmax(nothing, nothing.transpose(0, 2, 1))]
        ),
    }


def certainty_of(
    answers: dict[str, FloatArray], classes: Sequence[Class], sure_pct: tuple[int, int]
) -> dict[str, FloatArray]:
    """Probability of a new year in the class of an answer, and how sure the class is.

    Args:
        answers: Of ``answers_of`` and ``copies_of``; the probabilities of new years are taken out.
        classes: Intervals of K, as numbered.
        sure_pct: Per cent from which a class is firm, and leaning.
    """
    class_ = answers["potential_class"]
    lasting, new = np.full(class_.shape, np.nan), np.full(class_.shape, np.nan)
    for name, of_lasting, of_new in zip(OF_CLASS, OF_LAW[:3], NEW_YEAR, strict=True):
        for number in (k for k, one in enumerate(classes) if one.name == name):
            own = class_ == number
            lasting[own], new[own] = answers[of_lasting][own], answers[of_new][own]
    firm = (100 * lasting >= sure_pct[0]) & (answers["class_depends_on_own_trade"] == 0.0)
    sure = np.where(firm, 2.0, np.where(100 * lasting >= sure_pct[1], 1.0, 0.0))
    for name in NEW_YEAR:
        del answers[name]
    return {
        "answer_certainty": np.where(np.isnan(lasting), np.nan, sure),
        "new_year_probability": new,
    }


def confirm_answers(
    found: Findings,
    cells: Cells,
    recomputed: dict[str, FloatArray],
    answers: Any,
    classes: Sequence[Class],
) -> None:
    """Add, for each number of an answer, the row that differs most of all.

    Args:
        found: Takes the rows.
        cells: The world.
        recomputed: Of ``answers_of``.
        answers: Arrow table of rpt_answer, rows with a prediction.
        classes: Intervals of K, as numbered.
    """
    import pyarrow.compute as pc

    rows = rows_of(answers, found.study_id, found.spec_id)
    at = [
        places_of(rows["flow"], FLOWS),
        years_of(rows, cells),
        *(places_of(rows[name], cells.economies) for name in ("reporter_iso3", "partner_iso3")),
    ]
    places = Places(recomputed["k_ratio"].shape, at)
    found.number(
        "n_unknown_rows",
        float(places.strangers),
        0.0,
        term="rpt_answer",
        tolerance=SAME,
        reference=REFERENCE,
    )

    def named(place: int) -> str:
        flow, year, reporter, partner = np.unravel_index(place, recomputed["k_ratio"].shape)
        codes = f"{cells.economies[reporter]} with {cells.economies[partner]}"
        return f"{codes}, {FLOWS[flow]}, {cells.years[year]}"

    names = tuple(one.name for one in classes)
    of_names = {"k_status": STATUSES, "potential_class": names}
    of_names |= {"lasting_class": names, "pair_out_method": METHODS}
    of_names |= {"probability_status": SAID, "answer_certainty": SURE}
    exact = {
        *of_names,
        *LASTING,
        *OF_LAW,
        "new_year_probability",
        "class_depends_on_own_trade",
        "is_unreported",
    }
    for quantity, expected in recomputed.items():
        column, is_exact = rows[quantity], quantity in exact
        found.largest(
            quantity,
            places.numbered(column, of_names[quantity])
            if quantity in of_names
            else places.put(pc.cast(column, "float64").to_numpy()),
            expected,
            named=named,
            scale=1.0 if is_exact else 0.0,
            term="rpt_answer",
            tolerance=SAME if is_exact else EXACT,
            reference=REFERENCE,
        )
