"""Pooled, between, within, two-way within, random-effects and Mundlak estimators as one family.

Every estimator minimises a weighted sum of squares of the deviations within entities and of the
entity means: ``w * within + sum_n b(n) * between_n``. Only the weights differ:

==========  ==========================  ===================================
estimator   within weight w             between weight b(n), n rows
==========  ==========================  ===================================
pooled      1                           n
within      1                           0
twoway      1, time effects taken out   0
between     0                           1
random      1                           n * (1 - theta_n) ** 2
mundlak     as random, with the entity means of the regressors beside them
==========  ==========================  ===================================

Source: Baltagi (2021), Econometric Analysis of Panel Data, ch. 2 and 9; the random-effects variance
components are those of Swamy and Arora (1972) as Stata's ``xtreg, re`` computes them for unbalanced
panels: sigma_u^2 = max(0, SSR_b / (G - K) - sigma_e^2 / T), T the harmonic mean of the group sizes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from trade_potential.gravity.estimate import Estimate, Estimator, Status, refused
from trade_potential.gravity.least_squares import NormalEquations, weighted_least_squares
from trade_potential.gravity.left_out import LeftOut
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.time_effects import TimeEffects

ZERO_SIGMA_U = "the between variance is no larger than the within variance implies"


def pooled(moments: PanelMoments) -> Estimate:
    """Ordinary least squares over all rows."""
    return weighted_least_squares(
        moments,
        "pooled",
        within_weight=1.0,
        between_weights=moments.sizes,
        theta=np.zeros_like(moments.sizes),
    )


def between(moments: PanelMoments) -> Estimate:
    """Ordinary least squares on entity means, each entity with the same weight."""
    return weighted_least_squares(
        moments,
        "between",
        within_weight=0.0,
        between_weights=np.ones_like(moments.sizes),
        theta=np.zeros_like(moments.sizes),
    )


def within(moments: PanelMoments) -> Estimate:
    """Fixed effects: least squares on deviations from entity means; the constant is their mean.

    sigma_u is the standard deviation of the estimated effects over entities (Stata).
    """
    if moments.sizes.max() < 2:
        return refused("within", "single_period", "no partner has two rows", moments)
    estimate = weighted_least_squares(
        moments,
        "within",
        within_weight=1.0,
        between_weights=np.zeros_like(moments.sizes),
        theta=np.ones_like(moments.sizes),
    )
    if not estimate.is_estimated:
        return estimate
    direction, alike = estimate.residual_direction(moments), moments.alike or moments
    sums = alike.between_sum.sum(axis=0) @ direction
    squares = float(direction @ alike.between.sum(axis=0) @ direction)
    groups = moments.n_entities
    spread = max(0.0, squares - float(sums) ** 2 / groups) / (groups - 1) if groups > 1 else np.nan
    return replace(
        estimate,
        sigma_u=float(np.sqrt(spread)),
        sigma_e=float(np.sqrt(estimate.ssr / estimate.df_resid)),
    )


def twoway(moments: PanelMoments) -> Estimate:
    """Fixed effects of entities and times, exactly, on unbalanced panels as well.

    Degrees of freedom: one per entity and one per time that can be told apart from the others.
    """
    if moments.times is None:
        raise ValueError("the moments hold no times")
    if moments.sizes.max() < 2:
        return refused("twoway", "single_period", "no partner has two rows", moments)
    effects = TimeEffects.of(moments.times, moments.within)
    estimate = weighted_least_squares(
        moments,
        "twoway",
        within_weight=1.0,
        between_weights=np.zeros_like(moments.sizes),
        theta=np.ones_like(moments.sizes),
        time_effects=effects,
    )
    if not estimate.is_estimated:
        return estimate
    return replace(estimate, sigma_e=float(np.sqrt(estimate.ssr / estimate.df_resid)))


def random(
    moments: PanelMoments,
    *,
    within_fit: Estimate | None = None,
    between_fit: Estimate | None = None,
) -> Estimate:
    """Random effects by Swamy and Arora's variance components, as Stata's ``xtreg, re``.

    With fewer entities than coefficients the between regression has no residual degrees of
    freedom; sigma_u is then set to zero, as Stata does, and the result is pooled least squares
    under the status ``degenerate_pooled``. Regressors that do not vary between entities, such as a
    price common to all, are left out of the between regression, as Stata does, with a reason.
    """
    inner = within_fit or within(moments)
    outer = between_fit or between(moments)
    fewer = [term for term in outer.omitted if term not in inner.omitted]
    reason = f"between regression without {', '.join(fewer)}" if fewer else ""
    if not inner.is_estimated:
        return refused("random", inner.status, f"within regression: {inner.reason}", moments)
    variance_e = inner.ssr / inner.df_resid
    status: Status = "ok"
    variance_u = 0.0
    if outer.status == "too_few_entities":
        status = "degenerate_pooled"
        reason = (
            f"between regression: {outer.reason}; sigma_u is set to 0, so that the estimator is "
            "pooled least squares"
        )
    elif not outer.is_estimated:
        return refused("random", outer.status, f"between regression: {outer.reason}", moments)
    else:
        harmonic = moments.n_entities / float((moments.counts / moments.sizes).sum())
        variance_u = max(0.0, outer.ssr / outer.df_resid - variance_e / harmonic)
        if variance_u == 0.0:
            status = "sigma_u_zero"
            reason = ZERO_SIGMA_U
        elif variance_e == 0.0:
            reason = "the within regression fits exactly: theta is 1, which is within"
    # Without effects theta is zero, also where the fit is exact and the ratio would be 0 / 0.
    theta = (
        1.0 - np.sqrt(variance_e / (moments.sizes * variance_u + variance_e))
        if variance_u > 0.0
        else np.zeros_like(moments.sizes)
    )
    return weighted_least_squares(
        moments,
        "random",
        within_weight=1.0,
        between_weights=moments.sizes * (1.0 - theta) ** 2,
        theta=theta,
        status=status,
        reason=reason,
        sigma_u=float(np.sqrt(variance_u)),
        sigma_e=float(np.sqrt(variance_e)),
    )


def mundlak(moments: PanelMoments, *, random_fit: Estimate | None = None) -> Estimate:
    """Correlated random effects: random effects with the entity means of the regressors added.

    The slopes of the regressors are those of fixed effects, on unbalanced panels as well; the means
    take up what the effects have in common with the regressors, and regressors that do not vary
    within entities keep a slope. theta is that of ``random``. A mean that repeats a regressor or
    other means is left out with a reason.

    Source: Mundlak (1978), eq. 2.5; Wooldridge (2019), section 2, for unbalanced panels.
    """
    base = random_fit or random(moments)
    if not base.is_estimated:
        return refused("mundlak", base.status, base.reason, moments)
    weights = moments.sizes * (1.0 - base.theta) ** 2
    if not weights.any():
        reason = "within regression: it fits exactly, so that entity means have no weight"
        return refused("mundlak", "rank_deficient", reason, moments)
    gone = LeftOut.of_sample(moments)
    moments = moments.select(tuple(t for t in moments.terms if t not in gone.omitted))
    flat_within = NormalEquations.of(
        moments, within_weight=1.0, between_weights=np.zeros_like(weights)
    ).flat_terms()
    means = NormalEquations.of(moments, within_weight=0.0, between_weights=np.ones_like(weights))
    flat_between = means.flat_terms()
    between_terms = tuple(t for t in moments.terms if t not in flat_between)
    varying = tuple(t for t in between_terms if t not in flat_within)
    lost = 1 + len(between_terms) - len(means.collinear_terms(between_terms))
    if moments.n_entities <= lost:
        return refused(
            "mundlak",
            "too_few_entities",
            f"{moments.n_entities} partners for {lost} coefficients between them: "
            f"{moments.n_entities - lost} residual degrees of freedom",
            moments,
        )
    full = moments.with_means(varying)
    collinear = NormalEquations.of(
        full, within_weight=1.0, between_weights=weights
    ).collinear_terms(full.terms)
    means_out = [term for term in full.terms[len(moments.terms) :] if term in collinear]
    said = [ZERO_SIGMA_U if base.status == "sigma_u_zero" else "", gone.reason]
    if means_out:
        said.append(f"{', '.join(means_out)} left out: a combination of the regressors before it")
    fit = weighted_least_squares(
        full.select(tuple(term for term in full.terms if term not in means_out)),
        "mundlak",
        within_weight=1.0,
        between_weights=weights,
        theta=base.theta,
        status=base.status,
        reason="; ".join(filter(None, said)),
        sigma_u=base.sigma_u,
        sigma_e=base.sigma_e,
    )
    return replace(fit, omitted=(*gone.omitted, *fit.omitted))


def estimate_all(
    moments: PanelMoments, refine: Callable[[Estimate], Estimate] = lambda fit: fit
) -> dict[Estimator, Estimate]:
    """All estimators of the family on one sample; twoway where the moments hold times.

    Args:
        moments: Of the sample.
        refine: Gives an estimate its lost digits back, where there are rows. Random effects weigh
            by the variances of the within and between regressions, which need them first.
    """
    inner, outer = refine(within(moments)), refine(between(moments))
    effects = refine(random(moments, within_fit=inner, between_fit=outer))
    fits: dict[Estimator, Estimate] = {
        "pooled": refine(pooled(moments)),
        "between": outer,
        "within": inner,
    }
    if moments.times is not None:
        fits["twoway"] = refine(twoway(moments))
    return {**fits, "random": effects, "mundlak": refine(mundlak(moments, random_fit=effects))}
