"""Flows by year with what was known of each in that year, and what is frozen at a cut-off."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from trade_potential.errors import InputError
from trade_potential.linalg import FloatArray, IntArray

BoolArray = npt.NDArray[np.bool_]

PAST_YEARS = 2
"""Years of growth that momentum and growth of GDP look back: more of them cost cut-offs."""

FIRST_LAG, EARLIER_LAG = 1, 3
"""Years from K to the cut-off: the headline, and one by which less noise of K is left."""

FEATURES = (
    # K of T: shares the noise of T with growth from T on; where a study has vintages it rests on
    # those published by the end of T+1, so that it knows more than could be known at T
    "k_same_year",
    "k_year_before",  # K of T-1
    "k_three_years_before",  # K of T-3
    "size",  # ln of the prediction of T-1
    "momentum",  # growth of trade over the past years
    "gdp_growth",  # growth of both GDP over the past years, sum of logarithms
    "ppml_three_way",  # from trade of T to what pair, exporter-year and importer-year effects fit
)
"""What a cut-off knows of a flow, by name."""

BY_YEAR = ("trade", "predicted", "has_class", "three_way", "log_gdp")
"""Attributes of ``Flows`` that have a row a year and a column a flow."""


def symmetric_rate(before: FloatArray, after: FloatArray) -> FloatArray:
    """(after - before) / mean of the two: in [-2, 2], antisymmetric, 0 where both are 0.

    NaN where one is not known. Of trade at two dates a growth rate that keeps zeros; of prediction
    and trade the gap of K = trade / prediction, 2 (K - 1) / (K + 1), close to ln K around 1.

    Source: Davis, Haltiwanger and Schuh (1996), Job Creation and Destruction, technical appendix.
    """
    total = before + after
    rate = np.divide(2.0 * (after - before), total, out=np.zeros_like(total), where=total != 0.0)
    return np.where(np.isnan(total), np.nan, rate)


@dataclass(frozen=True)
class Flows:
    """P flows of T years in a row. Row t holds what was known when year t had ended.

    Attributes:
        years: (T,).
        exporter, importer: (P,) codes of economies; of a study of one reporter the reporter and the
            partner.
        trade: (T, P) US$; 0 is a figure, NaN is not known.
        predicted: (T, P) US$ of year t, by a model estimated on years up to t; NaN without one.
        has_class: (T, P) whether the prediction of year t is large enough for a class of K.
        three_way: (T, P) fit of year t by pair, exporter-year and importer-year effects estimated
            on years up to t; NaN where it cannot be had.
        log_gdp: (T, P) sum of ln GDP of the two; NaN where it is not known.
        bounds: K below the first, and from the second on, is the lowest and the highest class.
        nominal_share: Probability that the interval names.
        as_of_share: (T,) share of the vintages behind the prediction of year t that were published
            by the end of the year after; 0 where none has a date, NaN without a prediction.
        groups: (T, P) by kind and name of group, as known at the end of t.
        intervals: (T, P) ends of intervals of K by name, by what was known at the end of t.
    """

    years: IntArray
    exporter: IntArray
    importer: IntArray
    trade: FloatArray
    predicted: FloatArray
    has_class: BoolArray
    three_way: FloatArray
    log_gdp: FloatArray
    bounds: tuple[float, float]
    nominal_share: float
    as_of_share: FloatArray
    groups: dict[tuple[str, str], BoolArray] = field(default_factory=dict)
    intervals: dict[str, tuple[FloatArray, FloatArray]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """See that years follow each other and shapes agree.

        Raises:
            InputError: They do not.
        """
        if len(self.years) and (np.diff(self.years) != 1).any():
            raise InputError("years of flows do not follow each other")
        shape = (len(self.years), len(self.exporter))
        for name, values in self._by_year().items():
            if values.shape != shape:
                raise InputError(f"{name} has the shape {values.shape}, not {shape}")

    def _by_year(self) -> dict[str, FloatArray | BoolArray]:
        found = {name: getattr(self, name) for name in BY_YEAR}
        found |= {"/".join(key): values for key, values in self.groups.items()}
        for name, ends in self.intervals.items():
            found |= dict(zip((f"{name}/low", f"{name}/high"), ends, strict=True))
        return found

    def until(self, t: int) -> Flows:
        """Without the years after row t: all that a cut-off at its year may look at."""
        cut: dict[str, FloatArray | BoolArray] = {
            name: getattr(self, name)[: t + 1] for name in BY_YEAR
        }
        groups = {key: values[: t + 1] for key, values in self.groups.items()}
        intervals = {
            name: (low[: t + 1], high[: t + 1]) for name, (low, high) in self.intervals.items()
        }
        years, dated = self.years[: t + 1], self.as_of_share[: t + 1]
        held: dict[str, Any] = {"groups": groups, "intervals": intervals, **cut}
        return replace(self, years=years, as_of_share=dated, **held)


def frozen(flows: Flows) -> dict[str, FloatArray]:
    """(P,) each of ``FEATURES`` at the last year; NaN where it cannot be had.

    Args:
        flows: ``Flows.until`` the cut-off.
    """
    none = np.full(len(flows.exporter), np.nan)
    t = len(flows.years) - 1

    def gap(lag: int) -> FloatArray:
        if lag > t:
            return none
        return symmetric_rate(flows.predicted[t - lag], flows.trade[t - lag])

    before = flows.predicted[t - FIRST_LAG] if t >= FIRST_LAG else none
    past = t - PAST_YEARS
    return {
        "k_same_year": gap(0),
        "k_year_before": gap(FIRST_LAG),
        "k_three_years_before": gap(EARLIER_LAG),
        "size": np.log(np.where(before > 0.0, before, np.nan)),
        "momentum": symmetric_rate(flows.trade[past], flows.trade[t]) if past >= 0 else none,
        "gdp_growth": flows.log_gdp[t] - flows.log_gdp[past] if past >= 0 else none,
        "ppml_three_way": symmetric_rate(flows.trade[t], flows.three_way[t]),
    }


@dataclass(frozen=True)
class CutOff:
    """What is frozen at the end of one year.

    Attributes:
        year: The cut-off T.
        features: (P,) by name, see ``FEATURES``.
        k: (P,) K of the year before, on which classes rest; NaN where it is not known.
        is_asked: (P,) flows of the record: K of the year before has a class or lacks it for want of
            trade alone.
        intervals: (P,) ends of intervals of K by name, frozen the year before.
        as_of_share: See ``Flows``, of the year before.
        groups: (P,) by kind and name.
    """

    year: int
    features: dict[str, FloatArray]
    k: FloatArray
    is_asked: BoolArray
    intervals: dict[str, tuple[FloatArray, FloatArray]]
    as_of_share: float
    groups: dict[tuple[str, str], BoolArray]


def cut_off(flows: Flows, t: int) -> CutOff:
    """What is known at the end of row t, which has a row before it; later rows are not looked at.

    Raises:
        InputError: There is no year before.
    """
    if t < FIRST_LAG:
        raise InputError(f"{flows.years[t]} has no year before it: no K of the year before")
    known = flows.until(t)
    before = t - FIRST_LAG
    trade, predicted = known.trade[before], known.predicted[before]
    k = np.divide(trade, predicted, out=np.full_like(trade, np.nan), where=predicted > 0.0)
    return CutOff(
        year=int(known.years[t]),
        features=frozen(known),
        k=k,
        is_asked=known.has_class[before] & ~np.isnan(k),
        intervals={
            name: (low[before], high[before]) for name, (low, high) in known.intervals.items()
        },
        as_of_share=float(known.as_of_share[before]),
        groups={key: values[before] for key, values in known.groups.items()},
    )
