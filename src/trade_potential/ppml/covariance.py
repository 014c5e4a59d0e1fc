"""Covariances of PPML coefficients, each with its small-sample correction written down.

With scores s_i = z_i w_i (y_i - mu_i), z the regressors less their mu-weighted effects, and the
bread B = (sum w mu z z')^-1:

================  =======================================  =====================================
kind              covariance                               correction
================  =======================================  =====================================
classical         B                                        1
robust            B (sum s s') B                           N / (N - K)
clustered         B (sum_g s_g s_g') B, g entities         G / (G - 1) * (N - 1) / (N - K)
clustered_twoway  V_entity + V_time - V_row                each part with its own G of the above
================  =======================================  =====================================

K is the number of slopes plus the rank of a constant and the dummies of those effects that are not
nested in the clusters: for robust of all effects, for clustered_twoway of those nested neither in
entities nor in years. A row is its own cluster in V_row, so that G / (G - 1) * (N - 1) = N there.
The law is the normal distribution. Classical assumes variance = mean, that is counts: it is the
only one that depends on the unit of the outcome.

Others, as factors on the same sandwich. Stata's poisson, glm and ppmlhdfe: N / (N - 1) for robust
and G / (G - 1) for clustered. fixest and pyfixest as here, except that they take the smallest G for
all parts of twoway, count one parameter as shared by two effects whatever the graph of their levels
(exporter^year and importer^year share one in every year), and give classical (N - 1) / (N - K).
statsmodels' GLM: HC0 1, HC1 N / (N - K) and cluster G / (G - 1) * (N - 1) / (N - K) with K all
columns, dummies too.

Source: Santos Silva and Tenreyro (2006), section 3; Cameron and Miller (2015), eq. 11 and 12;
Cameron, Gelbach and Miller (2011), eq. 2.10.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from trade_potential.linalg import FloatArray, ScaledSystem
from trade_potential.ppml.demean import DummyRanks, is_nested
from trade_potential.ppml.levels import gram
from trade_potential.ppml.sample import IntArray

Kind = Literal["classical", "robust", "clustered", "clustered_twoway"]
CovarianceStatus = Literal["ok", "not_positive_definite", "single_cluster"]
KINDS: tuple[Kind, ...] = ("classical", "robust", "clustered", "clustered_twoway")
CORRECTIONS: dict[Kind, str] = {
    "classical": "none: variance = mean",
    "robust": "N/(N-K)",
    "clustered": "G/(G-1) x (N-1)/(N-K)",
    "clustered_twoway": "G_j/(G_j-1) of each part x (N-1)/(N-K)",
}
"""Small-sample corrections in words."""

INDEFINITE_TOLERANCE = 1e-10
"""A scaled covariance is indefinite if an eigenvalue lies below minus this share of the largest."""


@dataclass(frozen=True)
class Covariance:
    """A covariance and how it came about.

    Attributes:
        matrix: (k, k); NaN where there is none.
        corrections: Factor of each part (model, row, entity, time).
        n_parameters: K of the corrections.
        status: ok; not_positive_definite (of the difference in twoway; variances may be negative);
            single_cluster (no numbers).
        reason: One sentence when the status is not ok, else empty.
    """

    matrix: FloatArray
    corrections: dict[str, float]
    n_parameters: int
    status: CovarianceStatus = "ok"
    reason: str = ""


def covariances(
    design: FloatArray,
    residual: FloatArray,
    weights: FloatArray,
    fitted: FloatArray,
    *,
    n_slopes: int,
    ranks: DummyRanks,
    entity: IntArray,
    time: IntArray,
) -> dict[Kind, Covariance]:
    """All kinds.

    Args:
        design: (N, k) regressors less effects, or with a constant.
        residual: (N,) outcome less fitted.
        weights: (N,) of the likelihood.
        fitted: (N,) conditional mean mu.
        n_slopes: Slopes among the k coefficients.
        ranks: Of the effects.
        entity: (N,) clusters.
        time: (N,) clusters.
    """
    n = len(residual)
    bread = ScaledSystem.of(gram(design, weights * fitted)).inverse
    errors = weights * residual
    clusters = {"entity": entity, "time": time}
    nested = {
        name: [is_nested(codes, cluster) for codes in ranks.codes]
        for name, cluster in clusters.items()
    }

    def parameters(*within: str) -> int:
        every = range(len(ranks.codes))
        free = [k for k in every if not any(nested[name][k] for name in within)]
        return n_slopes + (ranks.rank(free) if free else 1)

    def part(name: str, k: int) -> tuple[FloatArray, float]:
        """Covariance and correction with one kind of cluster."""
        if name == "row":
            groups, meat = n, gram(design, errors**2)
        else:
            sums = _sums(design, errors, clusters[name])
            groups, meat = len(sums), sums.T @ sums
        if groups < 2 or n <= k:
            return np.full_like(bread, np.nan), float("nan")
        factor = groups / (groups - 1) * (n - 1) / (n - k)
        return factor * bread @ meat @ bread, factor

    found: dict[Kind, Covariance] = {"classical": Covariance(bread, {"model": 1.0}, parameters())}
    one_way: tuple[tuple[Kind, str], ...] = (("robust", "row"), ("clustered", "entity"))
    for kind, name in one_way:
        k = parameters(*(() if name == "row" else (name,)))
        matrix, factor = part(name, k)
        found[kind] = _judged(matrix, {name: factor}, k)
    k = parameters("entity", "time")
    parts = {name: part(name, k) for name in ("entity", "time", "row")}
    matrix = parts["entity"][0] + parts["time"][0] - parts["row"][0]
    factors = {name: factor for name, (_, factor) in parts.items()}
    found["clustered_twoway"] = _judged(matrix, factors, k)
    return found


def _sums(design: FloatArray, errors: FloatArray, clusters: IntArray) -> FloatArray:
    """(G, k) scores, errors times design, summed by cluster."""
    sums: FloatArray = np.column_stack(
        [np.bincount(clusters, errors * column) for column in design.T]
    )
    return sums[np.bincount(clusters) > 0]


def _judged(matrix: FloatArray, factors: dict[str, float], k: int) -> Covariance:
    single = [name for name, factor in factors.items() if not np.isfinite(factor)]
    if single:
        reason = f"a single cluster of {' and '.join(single)}"
        return Covariance(matrix, factors, k, "single_cluster", reason)
    scale = np.sqrt(np.abs(np.diag(matrix)))
    scale[scale == 0.0] = 1.0
    values = np.linalg.eigvalsh(matrix / np.outer(scale, scale))
    negative = int((values < -INDEFINITE_TOLERANCE * np.abs(values).max()).sum())
    if not negative:
        return Covariance(matrix, factors, k)
    reason = f"the difference of clustered covariances has {negative} negative eigenvalues"
    return Covariance(matrix, factors, k, "not_positive_definite", reason)
