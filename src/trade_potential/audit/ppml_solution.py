"""PPML a second time: statsmodels' GLM on dense dummies, from the rows.

Nothing of the first computation is used but its list of rows and terms: no pyfixest, no demeaning.
The sandwich is that of statsmodels' scores and bread; the corrections are counted here from ranks
of dense matrices, by the rule documented in ``covariance``.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.linalg import qr

from trade_potential.errors import InputError
from trade_potential.inference import CONSTANT
from trade_potential.linalg import FloatArray

LARGEST = 20_000_000
"""Cells of the dense design: 160 MB."""

RANK_TOLERANCE = 1e-9
"""A dummy is a combination of others when less than this share of it is left."""


@dataclass(frozen=True)
class Recomputed:
    """The same quantities as ``PpmlFit``.

    Attributes:
        terms: With ``const`` first where there are no effects.
        coefficients: (k,).
        covariances: (k, k) by kind; NaN for a single cluster.
        fitted: (N,) in the order of the rows given.
        rank: Columns of the design that are independent: slopes, constant and effects.
        deviance, log_likelihood: Of the outcome in its unit.
        of_constant: The log likelihood of a constant.
    """

    terms: tuple[str, ...]
    coefficients: FloatArray
    covariances: dict[str, FloatArray]
    fitted: FloatArray
    rank: int
    deviance: float
    log_likelihood: float
    of_constant: float


def recompute_ppml(
    rows: pd.DataFrame,
    *,
    outcome: str,
    terms: Sequence[str],
    entity: str,
    time: str,
    effects: Sequence[tuple[str, ...]] = (),
    weights: str | None = None,
) -> Recomputed:
    """Estimate the same model by statsmodels.

    Args:
        rows: Those the fit kept, without its ``losses``, in any order.
        outcome: Column of the outcome.
        terms: Regressors with a coefficient: the terms of the fit without ``const``.
        entity: Key column, and cluster.
        time: Key column, and cluster.
        effects: Sets of columns.
        weights: Column of weights.

    Raises:
        InputError: The dense design is too large.
    """
    import statsmodels.api as sm  # type: ignore[import-untyped]  # ships no types

    groups = [rows.groupby(list(columns), sort=True).ngroup().to_numpy() for columns in effects]
    n, p = len(rows), len(terms)
    if n * (p + 1 + sum(int(g.max()) + 1 for g in groups)) > LARGEST:
        raise InputError(f"{n} rows with dense dummies are more than {LARGEST} cells")
    y = rows[outcome].to_numpy(dtype=float)
    w = np.ones(n) if weights is None else rows[weights].to_numpy(dtype=float)
    x = rows[list(terms)].to_numpy(dtype=float)
    mean, spread = x.mean(axis=0), x.std(axis=0)
    unit = float(np.average(y, weights=w))
    dense = [np.eye(int(g.max()) + 1)[g] for g in groups]
    fixed = _independent(np.column_stack([np.ones((n, 1)), *dense]))
    design = np.column_stack([(x - mean) / spread, fixed])

    model = sm.GLM(y / unit, design, family=sm.families.Poisson(), var_weights=w)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # From the library's own convergence on, Newton's steps double the digits: three are enough.
        near = model.fit(maxiter=200, scale=1.0).params
        plain = model.fit(start_params=near, maxiter=3, tol=0.0, scale=1.0)
    scores = model.score_obs(plain.params, scale=1.0)
    bread = np.asarray(plain.normalized_cov_params, dtype=float)
    by = {
        name: rows.groupby(column).ngroup().to_numpy()
        for name, column in (("entity", entity), ("time", time))
    }
    by["row"] = np.arange(n)

    def sandwich(codes: np.ndarray) -> FloatArray:
        sums = pd.DataFrame(scores).groupby(codes).sum().to_numpy()
        return np.asarray(bread @ sums.T @ sums @ bread, dtype=float)

    parts = {name: sandwich(codes) for name, codes in by.items()}

    # Slopes in their units; without effects also the constant.
    back = np.zeros((p + (not effects), design.shape[1]))
    back[-p:, :p] = np.diag(1.0 / spread)
    if not effects:
        back[0, :p], back[0, p] = -mean / spread, 1.0
    coefficients = back @ plain.params
    if not effects:
        coefficients[0] += np.log(unit)

    def corrected(name: str, within: Sequence[str]) -> FloatArray:
        free = [
            block
            for block, codes in zip(dense, groups, strict=True)
            if not any(pd.Series(by[c]).groupby(codes).nunique().max() == 1 for c in within)
        ]
        k, size = p + _rank(free), len(np.unique(by[name]))
        if size < 2:
            return np.full((len(back), len(back)), np.nan)
        factor = size / (size - 1) * (n - 1) / (n - k)
        matrix: FloatArray = factor * back @ parts[name] @ back.T
        return matrix

    both = ("entity", "time")
    return Recomputed(
        terms=((CONSTANT, *terms) if not effects else tuple(terms)),
        coefficients=coefficients,
        covariances={
            "classical": back @ np.asarray(plain.cov_params()) @ back.T / unit,
            "robust": corrected("row", ()),
            "clustered": corrected("entity", ("entity",)),
            "clustered_twoway": corrected("entity", both)
            + corrected("time", both)
            - corrected("row", both),
        },
        fitted=np.asarray(plain.fittedvalues) * unit,
        rank=design.shape[1],
        deviance=float(plain.deviance) * unit,
        log_likelihood=float(sm.families.Poisson().loglike(y, plain.fittedvalues * unit, w)),
        of_constant=float(sm.families.Poisson().loglike(y, np.full(n, unit), w)),
    )


def _independent(columns: FloatArray) -> FloatArray:
    """A basis of the columns, by QR with pivoting."""
    _, r, order = qr(columns, mode="economic", pivoting=True)
    size = np.abs(np.diag(r))
    return columns[:, np.sort(order[: int((size > RANK_TOLERANCE * size[0]).sum())])]


def _rank(blocks: list[FloatArray]) -> int:
    """Rank of the dummies, redundancy counted in pairs of sets; 1, the constant, without any."""
    rank = 0
    for k, block in enumerate(blocks):
        shared = [
            other.shape[1] + block.shape[1] - int(np.linalg.matrix_rank(np.hstack([other, block])))
            for other in blocks[:k]
        ]
        rank += block.shape[1] - max(shared, default=0)
    return max(rank, 1)
