"""Tests that choose between pooled, fixed and random effects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from trade_potential.gravity.estimate import ESTIMATED, Estimate, Estimator
from trade_potential.gravity.estimators import pooled, within
from trade_potential.gravity.moments import PanelMoments
from trade_potential.inference.distributions import chi2_tail, f_tail
from trade_potential.inference.test_result import TestResult, named, not_available

NEGATIVE_TOLERANCE = 1e-10
"""An eigenvalue of a scaled covariance difference is positive above this share of the largest."""


LEAST_SHARE = 1e-10
"""Tests on moments need more than this share of the squares to be left: sums of products hold 14 of
16 digits of them (``EXACT_FIT``), of which four remain here."""

NEAR_EXACT = (
    "the pooled regression fits exactly, or so nearly that what is left is rounding of the moments"
)
Refine = Callable[[Estimate], Estimate]


_F = named("f_effects", "all partner effects are equal", "classical")
_F_TIME = named("f_time_effects", "all year effects are equal beside partner effects", "classical")
_LM = named("breusch_pagan_lm", "the variance of the partner effects is 0")
_HAUSMAN = named("hausman", "partner effects are uncorrelated with the regressors", "classical")


def f_effects(
    moments: PanelMoments, within_fit: Estimate, refine: Refine = lambda fit: fit
) -> TestResult:
    """F test of equal entity effects: pooled against within, on the regressors within keeps.

    ``refine`` as in ``estimate_all``: both fits need the digits that are subtracted.

    Source: Baltagi (2021), eq. 2.18; with absorbed regressors as Stata's ``xtreg, fe``.
    """
    if not within_fit.is_estimated:
        return not_available(_F, f"within: {within_fit.reason}")
    restricted = refine(pooled(moments.select(within_fit.terms)))
    if not restricted.is_estimated or moments.n_entities < 2:
        return not_available(_F, restricted.reason or "a single partner has no effects to compare")
    return f_of_restriction(_F, restricted.ssr, within_fit.ssr, moments.n_entities - 1, within_fit)


def f_time_effects(
    moments: PanelMoments, twoway_fit: Estimate, refine: Refine = lambda fit: fit
) -> TestResult:
    """F test of equal time effects: within against two-way, on the regressors two-way keeps.

    ``refine`` as in ``f_effects``.
    """
    if not twoway_fit.is_estimated or twoway_fit.time_effects is None:
        return not_available(_F_TIME, f"twoway: {twoway_fit.reason}")
    restricted = refine(within(moments.select(twoway_fit.terms)))
    rank = twoway_fit.time_effects.rank
    if not restricted.is_estimated or rank == 0:
        return not_available(_F_TIME, restricted.reason or "there are no times to compare")
    return f_of_restriction(_F_TIME, restricted.ssr, twoway_fit.ssr, rank, twoway_fit)


def f_of_restriction(
    test: TestResult, restricted_ssr: float, ssr: float, df: int, fit: Estimate
) -> TestResult:
    """F(df, df_resid of ``fit``) of the squares that ``df`` more coefficients explain."""
    if ssr == 0.0:
        return not_available(test, f"the {fit.estimator} regression fits exactly")
    df2 = fit.df_resid
    value = max(0.0, restricted_ssr - ssr) / df / (ssr / df2)
    return replace(
        test,
        statistic=value,
        df=float(df),
        df_denominator=float(df2),
        p_value=f_tail(value, df, df2),
    )


def is_near_exact(fit: Estimate) -> bool:
    """Whether squares of residuals cannot be told from the rounding of products."""
    return fit.ssr <= LEAST_SHARE * fit.tss


def breusch_pagan_lm(moments: PanelMoments, pooled_fit: Estimate) -> TestResult:
    """Lagrange multiplier test of zero variance of the entity effects, two-sided, chi2(1).

    Unbalanced form. Source: Breusch and Pagan (1980); Baltagi and Li (1990):
    LM = N^2 / (2 (sum T_i^2 - N)) * (sum_i (sum_t e_it)^2 / sum e^2 - 1)^2.
    """
    if not pooled_fit.is_estimated:
        return not_available(_LM, f"pooled: {pooled_fit.reason}")
    if moments.is_weighted:
        return not_available(_LM, "the test is one of rows without weights")
    n = moments.n_obs
    pairs_of_rows = float(moments.counts @ moments.sizes**2) - n
    if pairs_of_rows == 0.0:
        return not_available(_LM, "no partner has two rows")
    if is_near_exact(pooled_fit):
        return not_available(_LM, NEAR_EXACT)
    d = pooled_fit.residual_direction(moments)
    a = pooled_fit.centred_constant
    squared_means = (
        np.einsum("i,mij,j->m", d, moments.between, d)
        - 2.0 * a * moments.between_sum @ d
        + a**2 * moments.counts
    )
    ratio = float(moments.sizes**2 @ squared_means) / pooled_fit.ssr
    value = n**2 / (2.0 * pairs_of_rows) * (ratio - 1.0) ** 2
    return replace(_LM, statistic=value, df=1.0, p_value=chi2_tail(value, 1))


def hausman(within_fit: Estimate, random_fit: Estimate) -> TestResult:
    """Hausman's test on the common slopes, each covariance with its own error variance.

    A difference of covariances that is not positive definite is reported as such: the statistic
    then uses a generalised inverse and may be negative, and there is no p-value.
    Source: Hausman (1978), eq. 3.10; Stata's ``hausman`` without sigmamore.
    """
    for fit in (within_fit, random_fit):
        if fit.status not in ESTIMATED:
            return not_available(_HAUSMAN, f"{fit.estimator}: {fit.reason}")
    common = [term for term in within_fit.terms if term in random_fit.terms]
    if not common:
        return not_available(_HAUSMAN, "within and random have no slope in common")
    at_within = [1 + within_fit.terms.index(term) for term in common]
    at_random = [1 + random_fit.terms.index(term) for term in common]
    gap = within_fit.coefficients[at_within] - random_fit.coefficients[at_random]
    spread = (
        within_fit.covariance[np.ix_(at_within, at_within)]
        - random_fit.covariance[np.ix_(at_random, at_random)]
    )
    scale = np.sqrt(np.diag(within_fit.covariance)[at_within])
    if not scale.all():
        return not_available(_HAUSMAN, "the within regression fits exactly")
    values, vectors = np.linalg.eigh(spread / np.outer(scale, scale))
    cut = NEGATIVE_TOLERANCE * float(np.abs(values).max())
    usable = np.abs(values) > cut
    along = vectors.T @ (gap / scale)
    value = float((along[usable] ** 2 / values[usable]).sum())
    rank = int(usable.sum())
    if (values > cut).all():
        return replace(_HAUSMAN, statistic=value, df=float(rank), p_value=chi2_tail(value, rank))
    negative = int((values < -cut).sum())
    return replace(
        _HAUSMAN,
        statistic=value,
        df=float(rank),
        status="not_positive_definite",
        reason=f"the difference of the covariances has {negative} negative eigenvalues and rank "
        f"{rank} of {len(common)}: the statistic has no chi-squared distribution",
    )


def run_tests(
    moments: PanelMoments, fits: dict[Estimator, Estimate], refine: Refine = lambda fit: fit
) -> tuple[TestResult, ...]:
    """All tests that need moments alone; ``refine`` as in ``f_effects``."""
    tests = [
        f_effects(moments, fits["within"], refine),
        breusch_pagan_lm(moments, fits["pooled"]),
        hausman(fits["within"], fits["random"]),
    ]
    if "twoway" in fits:
        tests.insert(1, f_time_effects(moments, fits["twoway"], refine))
    return tuple(tests)
