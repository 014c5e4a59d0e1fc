"""Specification tests from the fits of a library: none of them has Breusch-Pagan's or Hausman's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trade_potential.audit.panel import PARTNER, Panel
from trade_potential.audit.reestimate import Fit, Refusal
from trade_potential.gravity.specification_tests import NEGATIVE_TOLERANCE


@dataclass(frozen=True)
class RowTest:
    """A test statistic, NaN with a reason where there is none.

    ``condition`` bounds how much a relative error of the inputs grows on the way here.
    """

    name: str
    value: float
    reference: str
    condition: float = 1.0
    reason: str = ""


def f_effects(inner: Fit | Refusal, n_partners: int) -> RowTest:
    """F test of equal effects, as PanelOLS reports it: Baltagi (2021), eq. 2.18."""
    name = "f_effects"
    if isinstance(inner, Refusal):
        return RowTest(name, np.nan, inner.reference, reason=f"within: {inner.reason}")
    if n_partners < 2:
        return RowTest(name, np.nan, inner.reference, reason="a single partner has no effects")
    return RowTest(name, inner.scalars[name], inner.reference, inner.condition)


def breusch_pagan_lm(panel: Panel, pooled: Fit | Refusal) -> RowTest:
    """Baltagi and Li (1990), eq. 5, on the residuals of the pooled regression."""
    name, reference = "breusch_pagan_lm", "numpy on residuals of linearmodels.PooledOLS"
    if isinstance(pooled, Refusal):
        return RowTest(name, np.nan, reference, reason=f"pooled: {pooled.reason}")
    residual = pooled.residuals
    partners = panel.outcome.index.get_level_values(PARTNER).factorize()[0]
    sums = np.bincount(partners, weights=residual)
    sizes = np.bincount(partners).astype(float)
    pairs = float(sizes @ sizes) - len(residual)
    if pairs == 0.0:
        return RowTest(name, np.nan, reference, reason="no partner has two rows")
    excess = float(sums @ sums) / float(residual @ residual) - 1.0
    value = len(residual) ** 2 / 2.0 * excess**2 / pairs
    # excess is a difference of numbers near 1 + excess: their rounding grows by this much.
    lost = (1.0 + abs(excess)) / abs(excess) if excess else np.inf
    return RowTest(name, value, reference, pooled.condition * lost)


def hausman(inner: Fit | Refusal, random: Fit | Refusal) -> RowTest:
    """Hausman (1978), eq. 3.10, each covariance with its own error variance.

    Generalised inverse in units of the standard errors of within, without eigenvalues below
    ``NEGATIVE_TOLERANCE`` of the largest. The condition number is 1 / the smallest eigenvalue in
    these units, in which what is subtracted has size 1, times the worse of the two fits'.
    """
    name = "hausman"
    for fit in (inner, random):
        if isinstance(fit, Refusal):
            reason = f"{fit.estimator}: {fit.reason}"
            return RowTest(name, np.nan, fit.reference, reason=reason)
    assert isinstance(inner, Fit)  # noqa: S101  narrows for mypy
    assert isinstance(random, Fit)  # noqa: S101
    reference = f"numpy on {inner.reference} and {random.reference}"
    common = [term for term in inner.terms if term in random.terms]
    if not common:
        return RowTest(name, np.nan, reference, reason="no slope in common")
    at_inner = [1 + inner.terms.index(term) for term in common]
    at_random = [1 + random.terms.index(term) for term in common]
    v_inner = inner.covariances["classical"][np.ix_(at_inner, at_inner)]
    v_random = random.covariances["classical"][np.ix_(at_random, at_random)]
    unit = np.sqrt(np.diag(v_inner))
    gap = (inner.coefficients[at_inner] - random.coefficients[at_random]) / unit
    values, vectors = np.linalg.eigh((v_inner - v_random) / np.outer(unit, unit))
    size = np.abs(values)
    usable = size > NEGATIVE_TOLERANCE * size.max()
    value = float(((vectors.T @ gap)[usable] ** 2 / values[usable]).sum())
    # Dropped eigenvalues count as well: how near one comes to the cut decides the rank.
    spread = 1.0 / float(size.min()) if size.min() > 0.0 else np.inf
    spread = max(1.0, spread)
    return RowTest(name, value, reference, spread * max(inner.condition, random.condition))
