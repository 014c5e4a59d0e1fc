"""K of every partner-year under every specification of a log gravity and its index.

Figures change with the fill rule and the vintage only; what else a specification chooses is made
from them: the index, the years that are estimated, the outcome, the estimator. All indices of one
sample stand in its moments as columns of their own, so that a fit takes its own out of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from trade_potential.errors import InputError
from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.on_blocks.panel import panel_moments
from trade_potential.gravity.scores import all_slopes
from trade_potential.inference import CONSTANT
from trade_potential.inference.registry import ESTIMATORS
from trade_potential.linalg import FloatArray, one_thread
from trade_potential.multiverse.design import Design, Place
from trade_potential.multiverse.weights import NORMALISATIONS, indicator_weights, rescaled
from trade_potential.ppml.estimate import fit_sample
from trade_potential.ppml.sample import Sample, read_sample
from trade_potential.rows.model_columns import Columns

OF_FIGURES = ("fill", "vintage")
OF_INDEX = ("weights", "normalisation", "left_out")
OF_SAMPLE = ("years", "outcome")
DIMENSIONS = (*OF_FIGURES, *OF_INDEX, *OF_SAMPLE, "estimator")
"""What a design of log gravity chooses, in this order."""

OUTCOMES = {"ecommerce_share": "scaled_usd", "none": "goods_trade_usd"}
NOTHING_LEFT_OUT = "none"
INDEX = "index_{}"

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Figures:
    """Rows of one fill rule and vintage.

    Attributes:
        panel: partner_iso3, year, scaled_usd, goods_trade_usd and the terms but the index, as they
            enter; complete, one row a partner and year.
        indicators: country_iso3, year and the indicators as they enter, more is better; complete.
    """

    panel: pd.DataFrame
    indicators: pd.DataFrame


@dataclass(frozen=True)
class Model:
    """What the specifications of a study have in common.

    Attributes:
        terms: Of the gravity model, in order.
        index_term: The one that is the index.
        indicators: Of the index, in order.
        anchor: Indicator on which the first component loads positively.
    """

    terms: tuple[str, ...]
    index_term: str
    indicators: tuple[str, ...]
    anchor: str


def ratios(
    figures: Mapping[tuple[str, str], Figures], model: Model, design: Design, keys: pd.MultiIndex
) -> FloatArray:
    """(of each dimension, m) K; NaN where a specification has none.

    Args:
        figures: By options of ``OF_FIGURES``.
        model: Of the study.
        design: Of ``DIMENSIONS``.
        keys: m partners and years.

    Raises:
        InputError: The design has other dimensions, or options that there are not.
    """
    if design.dimensions != DIMENSIONS:
        raise InputError(f"dimensions {', '.join(design.dimensions)}: not {', '.join(DIMENSIONS)}")
    found = np.full((*design.shape, len(keys)), np.nan)
    with one_thread():
        for place in design.places(OF_FIGURES):
            held = figures[design.of("fill")[place[0]], design.of("vintage")[place[1]]]
            for k, years in enumerate(design.of("years")):
                first, last = years_of(years)
                scored = _with_indices(held, model, design, first, last)
                for j, outcome in enumerate(design.of("outcome")):
                    if outcome not in OUTCOMES:
                        raise InputError(f"outcome {outcome!r}: none of {', '.join(OUTCOMES)}")
                    of = _Sample.of(scored, model, OUTCOMES[outcome], first, last)
                    rows = pd.MultiIndex.from_frame(of.rows[["partner_iso3", "year"]])
                    at = rows.get_indexer(keys)
                    for v, index in enumerate(design.places(OF_INDEX)):
                        k_ratio = of.ratios(design.of("estimator"), INDEX.format(v))
                        cell: Place = (*place, *index, k, j)
                        found[cell] = np.where(at >= 0, k_ratio[:, at], np.nan)
    return found


def years_of(option: str) -> tuple[int, int]:
    """First and last year of an option such as 2013-2019.

    Raises:
        InputError: It is none.
    """
    first, _, last = option.partition("-")
    if not (first.isdigit() and last.isdigit() and int(first) <= int(last)):
        raise InputError(f"years {option!r}: not two years such as 2013-2019")
    return int(first), int(last)


def index_of(
    indicators: FloatArray, in_sample: BoolArray, model: Model, choice: tuple[str, str, str]
) -> FloatArray:
    """(n,) index, 0-1 over the sample.

    Args:
        indicators: (n, p) of every row.
        in_sample: (n,) rows that locations, scales and weights rest on.
        model: Names of the indicators.
        choice: Options of ``OF_INDEX``.
    """
    weighting, normalisation, left_out = choice
    at = [k for k, name in enumerate(model.indicators) if name != left_out]
    names = tuple(model.indicators[k] for k in at)
    if left_out != NOTHING_LEFT_OUT and len(at) == len(model.indicators):
        raise InputError(f"left_out {left_out!r} is no indicator")
    if normalisation not in NORMALISATIONS:
        raise InputError(f"normalisation {normalisation!r}: none of {', '.join(NORMALISATIONS)}")
    values, sample = indicators[:, at], indicators[in_sample][:, at]
    weights = indicator_weights(sample, names, weighting, anchor=model.anchor)
    composite = NORMALISATIONS[normalisation](values, sample) @ weights
    return rescaled(composite, composite[in_sample])


def _with_indices(
    held: Figures, model: Model, design: Design, first: int, last: int
) -> pd.DataFrame:
    """The panel with every index of the years as a column; rows without an index are lost."""
    of = held.indicators
    values = of[list(model.indicators)].to_numpy(float)
    in_sample = of["year"].between(first, last).to_numpy()
    choices = product(*(design.of(name) for name in OF_INDEX))
    columns = {
        INDEX.format(v): index_of(values, in_sample, model, (a, b, c))
        for v, (a, b, c) in enumerate(choices)
    }
    keys = {"partner_iso3": of["country_iso3"], "year": of["year"]}
    frame = pd.DataFrame(keys | columns, index=of.index)
    found = held.panel.merge(frame, on=["partner_iso3", "year"])
    return found.sort_values(["partner_iso3", "year"], ignore_index=True)


@dataclass(frozen=True)
class _Sample:
    """Rows of one outcome and span of years with all indices, and what is estimated from."""

    rows: pd.DataFrame
    model: Model
    outcome: FloatArray
    means: dict[str, FloatArray]
    moments: PanelMoments
    ppml: Sample

    @classmethod
    def of(cls, rows: pd.DataFrame, model: Model, outcome: str, first: int, last: int) -> _Sample:
        known = rows[rows[outcome] > 0.0]
        used = known[known["year"].between(first, last)]
        indices = [name for name in rows if str(name).startswith(INDEX.format(""))]
        others = [term for term in model.terms if term != model.index_term]
        columns = [*others, *map(str, indices)]
        frame = used[columns].assign(
            partner=used["partner_iso3"],
            year=used["year"],
            level=used[outcome],
            outcome=np.log(used[outcome]),
        )
        of_partner = used.groupby("partner_iso3")[columns].mean()
        means = of_partner.reindex(known["partner_iso3"])
        with duckdb.connect() as connection:
            connection.register("frame", frame)
            moments = panel_moments(
                connection, "frame", outcome="outcome", regressors=columns, entity="partner"
            )
        return cls(
            rows=known,
            model=model,
            outcome=known[outcome].to_numpy(float),
            means={name: means[name].to_numpy(float) for name in columns},
            moments=moments,
            ppml=read_sample(frame, Columns("level", columns, "partner", "year")),
        )

    def ratios(self, estimators: Sequence[str], index: str) -> FloatArray:
        """(E, n) actual over predicted of every row, also of years outside the sample."""
        terms = tuple(index if term == self.model.index_term else term for term in self.model.terms)
        moments, fits = self.moments.select(terms), dict[str, Estimate]()
        design = self.rows[list(terms)].to_numpy(float)
        means = np.column_stack([self.means[term] for term in terms])
        found = []
        for name in estimators:
            if name not in ESTIMATORS or not ESTIMATORS[name].predicts:
                raise InputError(f"estimator {name!r} predicts nothing here")
            if ESTIMATORS[name].family == "ppml":
                line = _ppml_line(self.ppml.select(terms), design)
            else:
                line = _line(_least_squares(name, moments, fits), terms, design, means)
            found.append(self.outcome / np.exp(line))
        return np.array(found)


def _ppml_line(sample: Sample, design: FloatArray) -> FloatArray:
    """(n,) logarithms of predictions; NaN without an estimate."""
    fit = fit_sample(sample)
    slopes = dict(zip(fit.terms, fit.coefficients, strict=True))
    line: FloatArray = design @ np.array([slopes.get(term, 0.0) for term in sample.terms])
    return line + (slopes[CONSTANT] if fit.is_estimated else np.nan)


def _line(
    fit: Estimate, terms: tuple[str, ...], design: FloatArray, means: FloatArray
) -> FloatArray:
    """(n,) logarithms of predictions; NaN without an estimate."""
    if not fit.is_estimated:
        return np.full(len(design), np.nan)
    slopes = np.array(all_slopes(terms, fit))
    line: FloatArray = float(fit.coefficients[0]) + design @ slopes[: len(terms)]
    return line + means @ slopes[len(terms) :] if fit.spec.has_means else line


def _least_squares(estimator: str, moments: PanelMoments, fits: dict[str, Estimate]) -> Estimate:
    """The estimator of the registry; it and those that it needs are kept in ``fits``."""
    if estimator not in fits:
        spec = ESTIMATORS[estimator]
        needed = {f"{name}_fit": _least_squares(name, moments, fits) for name in spec.needs}
        fits[estimator] = spec.load()(moments, **needed)
    return fits[estimator]


def classes_of(k_ratio: FloatArray, classes: pd.DataFrame) -> npt.NDArray[np.int8]:
    """Display order of the class of each K; 0 without a K.

    Args:
        k_ratio: Of any shape.
        classes: potential_class, display_order, k_lower, k_upper, is_lower_inclusive,
            is_upper_inclusive.
    """
    found = np.zeros(k_ratio.shape, dtype=np.int8)
    for row in classes.to_dict("records"):
        low, high, inside = row["k_lower"], row["k_upper"], np.isfinite(k_ratio)
        if not pd.isna(low):
            inside &= k_ratio >= low if row["is_lower_inclusive"] else k_ratio > low
        if not pd.isna(high):
            inside &= k_ratio <= high if row["is_upper_inclusive"] else k_ratio < high
        found[inside] = row["display_order"]
    return found
