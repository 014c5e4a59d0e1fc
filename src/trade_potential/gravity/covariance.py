"""Standard errors: classical, robust to heteroskedasticity, clustered, and over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from trade_potential.errors import InputError
from trade_potential.gravity.estimate import WITH_EFFECTS, Estimate
from trade_potential.gravity.scores import Meats
from trade_potential.inference.wald import FEW_CLUSTERS, too_few
from trade_potential.linalg import FloatArray
from trade_potential.rows.times import TimeOrder

Covariance = Literal["classical", "robust", "clustered", "clustered_twoway", "driscoll_kraay"]
COVARIANCES: tuple[Covariance, ...] = (
    "classical",
    "robust",
    "clustered",
    "clustered_twoway",
    "driscoll_kraay",
)
CORRECTIONS: dict[Covariance, str] = {
    "classical": "SSR / df_resid",
    "robust": "N / df_resid (HC1)",
    "clustered": "G/(G-1) x (N-1)/(N-K)",
    "clustered_twoway": "G_j/(G_j-1) of each part x (N-1)/(N-K)",
    "driscoll_kraay": "N / df_resid; Bartlett, floor(4 (T/100)^(2/9)) lags",
}
"""Small-sample corrections in words; ``sandwich`` has the formulas."""

OF_BETWEEN: frozenset[str] = frozenset({"classical", "robust", "clustered"})
"""Covariances of the between estimator: its rows are entities and have no time."""


def law_df(estimator: str, df: float) -> float:
    """Degrees of freedom of t; infinite, the normal distribution, for random effects (Stata)."""
    return float("inf") if estimator in ("random", "mundlak") else float(df)


@dataclass(frozen=True)
class Sandwich:
    """A covariance that allows for more than the classical one.

    Attributes:
        kind: Which.
        matrix: (k, k).
        df: Degrees of freedom of t.
        n_parameters: K of the correction.
        status: ok, few_clusters or not_positive_definite.
        reason: One sentence when the status is not ok.
        times: What lags count, in words; empty where they do not matter or are years.
    """

    kind: Covariance
    matrix: FloatArray
    df: float
    n_parameters: int
    status: str
    reason: str
    times: str = ""


def bandwidth(n_times: int) -> int:
    """Lags of Driscoll and Kraay's covariance: floor(4 (T / 100)^(2/9)) (Newey and West, 1994)."""
    return min(int(4.0 * (n_times / 100.0) ** (2.0 / 9.0)), n_times - 1)


def _bartlett(scores: FloatArray) -> FloatArray:
    """(k, k) long-run sum of products of (T, k) scores, weights 1 - j / (L + 1)."""
    lags = bandwidth(len(scores))
    total = scores.T @ scores
    for lag in range(1, lags + 1):
        product = scores[lag:].T @ scores[:-lag]
        total = total + (1.0 - lag / (lags + 1.0)) * (product + product.T)
    return total


def sandwich(estimate: Estimate, meats: Meats, kind: Covariance, *, n_entities: int) -> Sandwich:
    """C * bread @ meat @ bread' with the meat and the correction c of a kind.

    ====================  ==========================================  =========================
    kind                  meat                                        c
    ====================  ==========================================  =========================
    robust                sum over rows                               N / df_resid (HC1)
    clustered             sum over entities                           G/(G-1) (N-1)/(N-K)
    clustered_twoway      entities + times - rows, each with its own  (N-1)/(N-K)
                          G_j/(G_j-1)
    driscoll_kraay        Bartlett sum of the scores of times         N / df_resid
    ====================  ==========================================  =========================

    Lags of Driscoll and Kraay's count the times that are observed, as linearmodels' and pyfixest's
    do: a gap in the times is passed over, and said in ``Sandwich.times``.

    K counts the coefficients with the constant, and of absorbed effects those that are not nested
    in the clusters. Rows of between are entities: N is G, and robust is clustered.

    Args:
        estimate: With numbers.
        meats: Of its scores.
        kind: robust, clustered, clustered_twoway or driscoll_kraay.
        n_entities: Entities G.

    Raises:
        ValueError: The kind needs a meat that is not there.
        InputError: Driscoll and Kraay's of times without an order.

    Source: White (1980), MacKinnon and White (1985); Liang and Zeger (1986); Cameron, Gelbach and
    Miller (2011), eq. 2.3; Driscoll and Kraay (1998), eq. 7; Cameron and Miller (2015), eq. 11, 12.
    """
    k, n, df_resid = len(estimate.coefficients), estimate.n_rows, float(estimate.df_resid)
    is_between = estimate.estimator == "between"
    time_rank = 0 if estimate.time_effects is None else estimate.time_effects.rank
    status, reason, k_counted = "ok", "", n - int(df_resid)
    times = ""
    if kind == "clustered":
        few, k_counted = too_few(n_entities, "clusters", k), k + time_rank
        meat = _grouped(meats.by_entity, n_entities) * (n - 1) / (n - k_counted)
        df = n_entities - 1.0
    elif kind == "robust" and (is_between or meats.by_row is not None):
        few, df = "", df_resid
        meat = n / df_resid * (meats.by_entity if meats.by_row is None else meats.by_row)
    elif meats.by_row is not None and meats.by_time is not None and not is_between:
        n_times = len(meats.by_time)
        if kind == "driscoll_kraay":
            times = _times(meats.times)
            few, df = too_few(n_times, "years", k), n_times - 1.0
            meat = n / df_resid * _bartlett(meats.by_time)
        else:
            clusters = min(n_entities, n_times)
            few, df, k_counted = too_few(clusters, "clusters", k), clusters - 1.0, k
            meat = _grouped(meats.by_entity, n_entities)
            meat = meat + _grouped(meats.by_time.T @ meats.by_time, n_times)
            meat = (meat - _grouped(meats.by_row, n)) * (n - 1) / (n - k)
    else:
        raise ValueError(f"{kind} of {estimate.estimator}: no such scores")
    # Of an exact fit scores are rounding, as its residuals are.
    matrix: FloatArray = estimate.bread @ meat @ estimate.bread.T * (estimate.ssr > 0.0)
    if few:
        status, reason = FEW_CLUSTERS, few
    elif kind == "clustered_twoway":
        # Effects leave the constant no score by entity and time: its variance says nothing.
        inner = matrix[1:, 1:] if estimate.estimator in WITH_EFFECTS else matrix
        negative = int((np.linalg.eigvalsh(_unit_scale(inner)) < 0.0).sum())
        if negative:
            status = "not_positive_definite"
            reason = f"the difference of clustered covariances has {negative} negative eigenvalues"
    return Sandwich(kind, matrix, df, k_counted, status, reason, times)


def _times(times: TimeOrder | None) -> str:
    """What lags count; refuses times that have no order."""
    if times is not None and times.problem:
        raise InputError(f"the lags of driscoll_kraay need an order of times: {times.problem}")
    return "" if times is None else times.words


def _grouped(meat: FloatArray, n_groups: int) -> FloatArray:
    """Corrected for the number of groups; NaN for a single one."""
    return meat * (n_groups / (n_groups - 1.0) if n_groups > 1 else np.nan)


def _unit_scale(matrix: FloatArray) -> FloatArray:
    """The matrix in units of its diagonal, so that eigenvalues compare."""
    scale = np.sqrt(np.abs(np.diag(matrix)))
    scale = np.where(scale > 0.0, scale, 1.0)
    unit: FloatArray = np.nan_to_num(matrix / np.outer(scale, scale))
    return unit
