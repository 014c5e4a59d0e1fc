"""Standard errors of a second computation by the covariance classes of linearmodels.

``fit`` of a model would transform the rows again for each kind; the classes take them transformed,
and tests hold them against ``fit``. Conventions. robust, driscoll_kraay: n / (n - K) with all
effects in K (``debiased``); the default kernel and bandwidth. clustered, clustered_twoway:
``debiased`` and ``group_debias`` multiply to G/(G-1) * (N-1)/(N-K), for two ways each with its own
G. Of effects K counts the year effects under clusters of partners and none under both clusters: the
others are nested in the clusters. linearmodels' own ``fit`` counts for two-way effects either none
or all, so that clusters of partners there differ by (N-K) / (N-K-T+1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from linearmodels.panel.covariance import (
    ClusteredCovariance,
    DriscollKraay,
    HeteroskedasticCovariance,
)
from linearmodels.shared.hypotheses import quadratic_form_test
from scipy import stats

from trade_potential.audit.design import Design
from trade_potential.inference.registry import ESTIMATORS
from trade_potential.inference.wald import RANK_TOLERANCE
from trade_potential.linalg import FloatArray

CLASSES = {
    "robust": HeteroskedasticCovariance,
    "clustered": ClusteredCovariance,
    "clustered_twoway": ClusteredCovariance,
    "driscoll_kraay": DriscollKraay,
}

NORMAL = ("random", "mundlak")
"""Estimators with the normal distribution, as Stata's ``xtreg, re``: said here once more, not read
from the registry."""

SCORES_LOSS = 100.0
"""Errors from scores lose more digits to collinearity: scores rest on residuals that have lost
theirs. Measured: 260 epsilon x condition at a condition number of 8e8, 38 at 8e6."""


@dataclass(frozen=True)
class Errors:
    """A covariance of coefficients in the units of the rows.

    Attributes:
        kind: classical, robust, ...
        reference: What computed it.
        matrix: (k + 1, k + 1); NaN where there is a single cluster.
        df: Degrees of freedom of t and F; infinite: normal and chi-squared.
        is_few: No more clusters than coefficients, so that slopes are not tested together.
        lost: (k + 1,) by how much rounding of a variance grows beyond that of the coefficients.
    """

    kind: str
    reference: str
    matrix: FloatArray
    df: float
    is_few: bool
    lost: FloatArray

    @property
    def std_errors(self) -> FloatArray:
        """(k + 1,); NaN where a variance is negative."""
        with np.errstate(invalid="ignore"):
            return np.asarray(np.sqrt(np.diag(self.matrix)))


def errors_of(
    design: Design, params: FloatArray, classical: FloatArray, back: FloatArray
) -> dict[str, Errors]:
    """Every covariance that the estimator has.

    Args:
        design: Transformed rows.
        params: (k + 1,) coefficients on them.
        classical: (k + 1, k + 1) their classical covariance by a library.
        back: (k + 1, k + 1) to the units of the rows.
    """
    groups, times = int(design.partners.max()) + 1, int(design.years.max()) + 1
    spec = ESTIMATORS[design.estimator]
    year_effects = design.n_absorbed - (groups - 1) if spec.needs_time else 0
    settings: dict[str, dict[str, Any]] = {
        "robust": {"extra_df": design.n_absorbed},
        "clustered": {
            "extra_df": year_effects,
            "clusters": design.partners,
            "group_debias": True,
        },
        "clustered_twoway": {
            "clusters": np.column_stack([design.partners, design.years]),
            "group_debias": True,
        },
        "driscoll_kraay": {
            "extra_df": design.n_absorbed,
            "bandwidth": None if times > 1 else 0,  # the default is refused for a single year
        },
    }
    clusters = {"clustered": groups, "clustered_twoway": min(groups, times)}
    few = {**clusters, "driscoll_kraay": times}
    ids = (design.partners[:, None], design.years[:, None])
    rows = (design.y[:, None], design.x, params[:, None])
    found = {"classical": back @ classical @ back.T}
    is_normal = design.estimator in NORMAL
    for kind in spec.published[1:]:
        if clusters.get(kind, 2) < 2:
            found[kind] = np.full_like(back, np.nan)
        else:
            model = CLASSES[kind](*rows, *ids, debiased=True, **settings[kind])
            found[kind] = back @ model.cov @ back.T
    return {
        kind: Errors(
            kind=kind,
            reference="" if kind == "classical" else f"linearmodels.{CLASSES[kind].__name__}",
            matrix=matrix,
            df=np.inf if is_normal else float(few.get(kind, design.df_resid + 1) - 1),
            is_few=few.get(kind, np.inf) <= len(params),
            lost=np.ones(len(params)) if kind == "classical" else SCORES_LOSS * _lost(found, kind),
        )
        for kind, matrix in found.items()
    }


def _lost(found: dict[str, FloatArray], kind: str) -> FloatArray:
    """(k + 1,) size of what is summed or subtracted, relative to the variance that results."""
    sizes = {name: np.abs(np.diag(matrix)) for name, matrix in found.items()}
    size = sizes["robust"]
    if kind == "clustered_twoway":
        by_year = np.diag(found[kind]) - sizes["clustered"] + size
        size = size + sizes["clustered"] + np.abs(by_year)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.fmax(1.0, size / sizes[kind]))


@dataclass(frozen=True)
class Wald:
    """A Wald test; NaN with a reason where there is none."""

    statistic: float
    p_value: float
    condition: float
    reason: str = ""


def wald(slopes: FloatArray, matrix: FloatArray, df: float) -> Wald:
    """Whether (q,) slopes with a (q, q) covariance are zero: F of W / q, chi-squared of W."""
    q = len(slopes)
    scale = np.sqrt(np.abs(np.diag(matrix)))
    if q == 0:
        return Wald(np.nan, np.nan, 1.0, "no slope to test")
    if not np.isfinite(matrix).all() or not scale.all():
        return Wald(np.nan, np.nan, 1.0, "the covariance is not finite or has a zero variance")
    unit = matrix / np.outer(scale, scale)
    values = np.linalg.eigvalsh(unit)
    condition = float(np.abs(values).max() / max(np.abs(values).min(), 1e-300))
    if values[0] <= RANK_TOLERANCE * values[-1]:
        return Wald(np.nan, np.nan, condition, "the covariance of the slopes has not full rank")
    value = float(quadratic_form_test(slopes / scale, unit, restriction=np.eye(q)).stat)
    if np.isinf(df):
        return Wald(value, float(stats.chi2.sf(value, q)), condition)
    return Wald(value / q, float(stats.f.sf(value / q, q, df)), condition)
