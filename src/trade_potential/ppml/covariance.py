"""Covariances of PPML coefficients, each with its small-sample correction written down.

With scores s_i = z_i w_i (y_i - mu_i), z the regressors less their mu-weighted effects, and the
bread B = (sum w mu z z')^-1:

================  ==================================  ==============================  ===========
kind              covariance                          small_sample (default)          ppmlhdfe
================  ==================================  ==============================  ===========
classical         B                                   1                               1
robust            B (sum s s') B                      N / (N - K)                     N / (N - 1)
clustered         B (sum_g s_g s_g') B, g entities    G / (G - 1) * (N - 1) / (N - K) G / (G - 1)
clustered_twoway  V_entity + V_time - V_row           each part with its own G of     J / (J - 1)
                                                      the above
================  ==================================  ==============================  ===========

The correction ``none`` is 1 throughout. K is the number of slopes plus the rank of a constant and
the dummies of those effects that are not nested in the clusters: for robust of all effects, for
clustered_twoway of those nested neither in entities nor in years. A row is its own cluster in
V_row, so that G / (G - 1) * (N - 1) = N there. J is the smaller number of clusters, of entities or
years. Statistics are normal. Classical assumes variance = mean, that is counts: it is
the only one that depends on the unit of the outcome.

Others, as factors on the same sandwich. ppmlhdfe's are also those of Stata's poisson and glm.
fixest and pyfixest as small_sample, except that they take the smallest G for all parts of twoway,
count one parameter as shared by two effects whatever the graph of their levels (exporter^year and
importer^year share one in every year), and give classical (N - 1) / (N - K). statsmodels' GLM: HC0
none, HC1 N / (N - K) and cluster G / (G - 1) * (N - 1) / (N - K) with K all columns, dummies too.

Source: Santos Silva and Tenreyro (2006), section 3; Cameron and Miller (2015), eq. 11 and 12;
Cameron, Gelbach and Miller (2011), eq. 2.10 and section 2.3; Correia, Guimaraes and Zylkin (2020).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from trade_potential.inference.registry import ESTIMATORS, Correction, Covariance
from trade_potential.linalg import FloatArray, IntArray, ScaledSystem
from trade_potential.ppml.demean import DummyRanks, is_nested
from trade_potential.ppml.levels import gram

CovarianceStatus = Literal["ok", "not_positive_definite", "single_cluster"]
KINDS = ESTIMATORS["ppml"].covariances
CORRECTIONS: dict[Correction, dict[Covariance, str]] = {
    "small_sample": {
        "classical": "none: variance = mean",
        "robust": "N/(N-K)",
        "clustered": "G/(G-1) x (N-1)/(N-K)",
        "clustered_twoway": "G_j/(G_j-1) of each part x (N-1)/(N-K)",
    },
    "ppmlhdfe": {
        "classical": "none: variance = mean",
        "robust": "N/(N-1)",
        "clustered": "G/(G-1)",
        "clustered_twoway": "J/(J-1), J the smaller number of clusters",
    },
    "none": {
        "classical": "none: variance = mean",
        "robust": "none",
        "clustered": "none",
        "clustered_twoway": "none",
    },
}
"""Small-sample corrections in words."""

INDEFINITE_TOLERANCE = 1e-10
"""A scaled covariance is indefinite if an eigenvalue lies below minus this share of the largest."""


@dataclass(frozen=True)
class PpmlCovariance:
    """A covariance and how it came about.

    Attributes:
        matrix: (k, k); NaN where there is none.
        corrections: Factor of each part (model, row, entity, time).
        n_parameters: K, of which only the correction small_sample makes use.
        status: ok; not_positive_definite (of the difference in twoway; variances may be negative);
            single_cluster (no numbers).
        reason: One sentence when the status is not ok, else empty.
    """

    matrix: FloatArray
    corrections: dict[str, float]
    n_parameters: int
    status: CovarianceStatus = "ok"
    reason: str = ""

    def words(self, kind: Covariance, correction: Correction) -> str:
        """The correction in words with its factor, by part where parts differ, and K."""
        said = CORRECTIONS[correction][kind]
        if said.startswith("none"):
            return said
        factors = {f"{factor:.6g}" for factor in self.corrections.values()}
        by_part = ", ".join(f"{name} {factor:.6g}" for name, factor in self.corrections.items())
        said += f" = {factors.pop()}" if len(factors) == 1 else f" = {by_part}"
        return f"{said}; K = {self.n_parameters}" if correction == "small_sample" else said


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
    correction: Correction,
) -> dict[Covariance, PpmlCovariance]:
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
        correction: For small samples.
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

    def part(name: str) -> tuple[FloatArray, int]:
        """Meat with one kind of cluster, and how many clusters there are."""
        if name == "row":
            return gram(design, errors**2), n
        sums = _sums(design, errors, clusters[name])
        return sums.T @ sums, len(sums)

    parts = {name: part(name) for name in ("entity", "time", "row")}

    def factor(groups: int, fewest: int, k: int) -> float:
        """Correction of a part with ``groups`` clusters; NaN for a single one."""
        if groups < 2 or (correction == "small_sample" and n <= k):
            return float("nan")
        if correction == "none":
            return 1.0
        if correction == "ppmlhdfe":
            return fewest / (fewest - 1)
        return groups / (groups - 1) * (n - 1) / (n - k)

    def corrected(names: tuple[str, ...], k: int) -> tuple[dict[str, FloatArray], dict[str, float]]:
        """Covariance with each of some kinds of clusters, and its factor."""
        fewest = min((parts[name][1] for name in names if parts[name][1] > 1), default=n)
        factors = {name: factor(parts[name][1], fewest, k) for name in names}
        return {name: factors[name] * bread @ parts[name][0] @ bread for name in names}, factors

    found: dict[Covariance, PpmlCovariance] = {
        "classical": PpmlCovariance(bread, {"model": 1.0}, parameters())
    }
    one_way: tuple[tuple[Covariance, str], ...] = (("robust", "row"), ("clustered", "entity"))
    for kind, name in one_way:
        k = parameters(*(() if name == "row" else (name,)))
        matrices, factors = corrected((name,), k)
        found[kind] = _judged(matrices[name], factors, k)
    k = parameters("entity", "time")
    matrices, factors = corrected(("entity", "time", "row"), k)
    matrix = matrices["entity"] + matrices["time"] - matrices["row"]
    found["clustered_twoway"] = _judged(matrix, factors, k)
    return found


def _sums(design: FloatArray, errors: FloatArray, clusters: IntArray) -> FloatArray:
    """(G, k) scores, errors times design, summed by cluster."""
    sums: FloatArray = np.column_stack(
        [np.bincount(clusters, errors * column) for column in design.T]
    )
    return sums[np.bincount(clusters) > 0]


def _judged(matrix: FloatArray, factors: dict[str, float], k: int) -> PpmlCovariance:
    single = [name for name, factor in factors.items() if not np.isfinite(factor)]
    if single:
        reason = f"a single cluster of {' and '.join(single)}"
        return PpmlCovariance(matrix, factors, k, "single_cluster", reason)
    scale = np.sqrt(np.abs(np.diag(matrix)))
    scale[scale == 0.0] = 1.0
    values = np.linalg.eigvalsh(matrix / np.outer(scale, scale))
    negative = int((values < -INDEFINITE_TOLERANCE * np.abs(values).max()).sum())
    if not negative:
        return PpmlCovariance(matrix, factors, k)
    reason = f"the difference of clustered covariances has {negative} negative eigenvalues"
    return PpmlCovariance(matrix, factors, k, "not_positive_definite", reason)
