"""The typed tables of the gravity models: one dataclass a table, one field a column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import get_args, get_type_hints

import numpy as np
import pandas as pd

from trade_potential.gravity.scores import design_slots
from trade_potential.inference import CONSTANT
from trade_potential.linalg import FloatArray
from trade_potential.results.typed import BySlot, Int32, frame_of

KEYS = ("study_id", "spec_id")
"""What every table begins with."""


@dataclass(frozen=True, kw_only=True)
class FitRow:
    """One estimator on one sample; without an estimate only status, reason and sizes.

    ``ppml.result`` and ``gravity.estimate`` say what the numbers are. ``by_slot``: coefficients b0
    the constant, b1.. of regressors, g1.. of their means over the years of a pair.
    """

    estimator: str
    status: str
    reason: str | None
    n_obs: int
    n_entities: int
    n_rows: int | None = None
    n_absorbed: int | None = None
    n_zeros: int | None = None
    df_resid: int | None = None
    ssr: float | None = None
    r_squared: float | None = None
    r_squared_within: float | None = None
    r_squared_between: float | None = None
    r_squared_overall: float | None = None
    sigma_u: float | None = None
    sigma_e: float | None = None
    condition_number: float | None = None
    deviance: float | None = None
    log_likelihood: float | None = None
    pseudo_r_squared: float | None = None
    within_weight: float | None = None
    centred_constant: float | None = None
    by_slot: BySlot


@dataclass(frozen=True, kw_only=True)
class WeightRow:
    """What an estimator does to a pair with so many years.

    Its weight between pairs, and the share theta of its mean that is taken out of each row.
    """

    estimator: str
    group_size: int
    between_weight: float
    theta: float


@dataclass(frozen=True, kw_only=True)
class TimeShiftRow:
    """Effects of one year under two-way effects: t0 of the outcome, t1.. of the regressors."""

    estimator: str
    year: Int32
    by_slot: BySlot


@dataclass(frozen=True, kw_only=True)
class CoefficientRow:
    """One coefficient by one covariance; one that cannot be had stands once, with its reason."""

    estimator: str
    covariance: str
    term: str
    term_status: str
    reason: str | None
    correction: str | None = None
    coefficient: float | None = None
    coefficient_se: float | None = None
    statistic: float | None = None
    df: float | None = None
    p_value: float | None = None
    coefficient_ci_low: float | None = None
    coefficient_ci_high: float | None = None


@dataclass(frozen=True, kw_only=True)
class CovarianceRow:
    """One covariance of the coefficients of a fit, c_i_j by slot, i <= j.

    ``critical_value`` times a standard error is half an interval. ``first_order_gap``, of the
    classical covariance: the largest distance of a coefficient from where the scores of the rows
    vanish, in its standard errors; what moments lost shows there. ``is_of_intervals``: whether the
    intervals of predictions rest on it.
    """

    estimator: str
    covariance: str
    critical_value: float
    first_order_gap: float | None = None
    is_of_intervals: bool
    by_slot: BySlot


@dataclass(frozen=True, kw_only=True)
class TestRow:
    """One test; without an estimator it compares estimators on the sample."""

    __test__ = False  # not a pytest class

    test: str
    estimator: str | None
    covariance: str | None
    status: str
    reason: str
    decision: str
    significance_level: float
    statistic: float | None
    df: Int32 | None
    df_denominator: Int32 | None
    p_value: float | None


@dataclass(frozen=True, kw_only=True)
class LossRow:
    """One row that PPML cannot use, and the step that lost it."""

    estimator: str
    pair_id: str
    year: Int32
    step: str
    reason: str


@dataclass(frozen=True)
class Results:
    """Rows of one sample."""

    fits: list[FitRow] = field(default_factory=list)
    weights: list[WeightRow] = field(default_factory=list)
    time_shifts: list[TimeShiftRow] = field(default_factory=list)
    coefficients: list[CoefficientRow] = field(default_factory=list)
    covariances: list[CovarianceRow] = field(default_factory=list)
    tests: list[TestRow] = field(default_factory=list)
    losses: list[LossRow] = field(default_factory=list)

    def __add__(self, other: Results) -> Results:
        """The rows of both."""
        return Results(*(vars(self)[one.name] + vars(other)[one.name] for one in fields(self)))


@dataclass(frozen=True)
class Tables:
    """The tables, and the number of regressors that the columns by slot provide for."""

    max_terms: int
    fits: pd.DataFrame = field(default_factory=pd.DataFrame)
    weights: pd.DataFrame = field(default_factory=pd.DataFrame)
    time_shifts: pd.DataFrame = field(default_factory=pd.DataFrame)
    coefficients: pd.DataFrame = field(default_factory=pd.DataFrame)
    covariances: pd.DataFrame = field(default_factory=pd.DataFrame)
    tests: pd.DataFrame = field(default_factory=pd.DataFrame)
    losses: pd.DataFrame = field(default_factory=pd.DataFrame)

    @classmethod
    def of(cls, results: Mapping[tuple[str, str], Results], *, max_terms: int) -> Tables:
        """The rows of samples by study and specification."""
        slots = slot_columns(max_terms)
        kinds = {name: get_args(hint)[0] for name, hint in get_type_hints(Results).items()}
        frames = {
            name: frame_of(
                kind,
                {key: vars(own)[name] for key, own in results.items()},
                keys=KEYS,
                slots=slots.get(name, ()),
            )
            for name, kind in kinds.items()
        }
        return cls(max_terms, **frames)

    def only(self, estimators: Iterable[str]) -> Tables:
        """Rows of some estimators."""
        return self._where(lambda frame: frame["estimator"].isin(list(estimators)))

    def without(self, estimators: Iterable[str]) -> Tables:
        """Rows of the other estimators, and of none."""
        return self._where(lambda frame: ~frame["estimator"].isin(list(estimators)))

    def _where(self, is_held: Callable[[pd.DataFrame], pd.Series]) -> Tables:
        given = {name: frame for name, frame in vars(self).items() if name != "max_terms"}
        held = {name: frame[is_held(frame)] for name, frame in given.items() if len(frame)}
        return replace(self, **held)


def slot_columns(max_terms: int) -> dict[str, list[str]]:
    """Names of the columns by slot of each table that has some."""
    design, terms = range(2 * max_terms + 1), range(1, max_terms + 1)
    return {
        "fits": ["b0", *(f"b{k}" for k in terms), *(f"g{k}" for k in terms)],
        "time_shifts": [f"t{k}" for k in range(max_terms + 1)],
        "covariances": [f"c_{i}_{j}" for i in design for j in design if j >= i],
    }


def slots_of(regressors: tuple[str, ...], names: Iterable[str], max_terms: int) -> list[int]:
    """Design slots of coefficients by name, in any order, the constant or not among them."""
    held = tuple(names)
    terms = tuple(name for name in held if name != CONSTANT)
    slots = design_slots(regressors, terms, max_terms)
    slot_of = dict(zip((CONSTANT, *terms), slots, strict=True))
    return [slot_of[name] for name in held]


def coefficients_by_slot(values: FloatArray, slots: list[int], max_terms: int) -> FloatArray:
    """(2 max_terms + 1,) coefficients, NaN where there is none."""
    held = np.full(2 * max_terms + 1, np.nan)
    held[slots] = values
    return held


def covariance_by_slot(matrix: FloatArray, slots: list[int], max_terms: int) -> FloatArray:
    """Upper triangle of a covariance, row by row, NaN where there is no coefficient."""
    n_slots = 2 * max_terms + 1
    held = np.full((n_slots, n_slots), np.nan)
    held[np.ix_(slots, slots)] = matrix
    upper: FloatArray = held[np.triu_indices(n_slots)]
    return upper
