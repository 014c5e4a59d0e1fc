"""Pooled, between, within and random-effects estimators as one family.

Every estimator minimises a weighted sum of squares of the deviations within entities and of the
entity means: ``w * within + sum_n b(n) * between_n``. Only the weights differ:

==========  ==========================  ===================================
estimator   within weight w             between weight b(n), n rows
==========  ==========================  ===================================
pooled      1                           n
within      1                           0
between     0                           1
random      1                           n * (1 - theta_n) ** 2
==========  ==========================  ===================================

Source: Baltagi (2021), Econometric Analysis of Panel Data, ch. 2 and 9; the random-effects variance
components are those of Swamy and Arora (1972) as Stata's ``xtreg, re`` computes them for unbalanced
panels: sigma_u^2 = max(0, SSR_b / (G - K) - sigma_e^2 / T), T the harmonic mean of the group sizes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from trade_potential.gravity.moments import ABSORBED_TOLERANCE, PanelMoments
from trade_potential.linalg import FloatArray, ScaledSystem, collinear_columns

Estimator = Literal["pooled", "between", "within", "random"]
ESTIMATORS: tuple[Estimator, ...] = ("pooled", "between", "within", "random")
CONSTANT = "const"

Status = Literal[
    "ok",  # estimated as named
    "sigma_u_zero",  # random: the variance of the effects is estimated as zero, so it is pooled
    "degenerate_pooled",  # random: too few entities for a between regression, sigma_u set to zero
    "too_few_entities",  # between: no residual degrees of freedom
    "too_few_rows",  # no residual degrees of freedom
    "single_period",  # within, random: no entity has two rows
    "rank_deficient",  # a regressor is constant or a combination of others
]
ESTIMATED: frozenset[str] = frozenset({"ok", "sigma_u_zero", "degenerate_pooled"})


@dataclass(frozen=True)
class Estimate:
    """One estimator on one sample.

    Attributes:
        estimator: Which.
        status: What kind of result this is; numbers are present only for ``ESTIMATED``.
        reason: One sentence when the status is not ok or a term is absorbed, else empty.
        terms: Regressors with a coefficient, in order, without the constant.
        absorbed: Regressors that entity effects absorb (within only).
        coefficients: (k + 1,) constant first.
        centred_constant: Constant of the model in deviations from the grand means.
        bread: (k + 1, k + 1) maps scores of the centred model to coefficients.
        covariance: (k + 1, k + 1) classical covariance.
        within_weight: w of the module's table.
        between_weights: (m,) b(n) for each group size of the moments.
        theta: (m,) share of the entity mean taken out, for each group size.
        ssr: Sum of squared residuals of the weighted model.
        df_resid: Residual degrees of freedom.
        n_rows: Rows of the weighted model: N, or G for between.
        r_squared: Of the estimator's own model; random: as r_squared_overall.
        r_squared_within, r_squared_between, r_squared_overall: Squared correlations (Stata).
        sigma_u, sigma_e: Standard deviations of effects and of the rest; random and within.
        condition_number: Of the correlation matrix of the weighted regressors.
    """

    estimator: Estimator
    status: Status
    reason: str
    terms: tuple[str, ...]
    absorbed: tuple[str, ...]
    coefficients: FloatArray
    centred_constant: float
    bread: FloatArray
    covariance: FloatArray
    within_weight: float
    between_weights: FloatArray
    theta: FloatArray
    ssr: float
    df_resid: int
    n_rows: int
    r_squared: float
    r_squared_within: float
    r_squared_between: float
    r_squared_overall: float
    sigma_u: float
    sigma_e: float
    condition_number: float

    @property
    def is_estimated(self) -> bool:
        """Whether there are coefficients."""
        return self.status in ESTIMATED

    @property
    def slopes(self) -> FloatArray:
        """(k,) coefficients without the constant."""
        return self.coefficients[1:]


def _refused(estimator: Estimator, status: Status, reason: str, moments: PanelMoments) -> Estimate:
    nan = float("nan")
    none = np.zeros(0)
    return Estimate(
        estimator=estimator,
        status=status,
        reason=reason,
        terms=(),
        absorbed=(),
        coefficients=none,
        centred_constant=nan,
        bread=np.zeros((0, 0)),
        covariance=np.zeros((0, 0)),
        within_weight=nan,
        between_weights=none,
        theta=none,
        ssr=nan,
        df_resid=0,
        n_rows=moments.n_obs,
        r_squared=nan,
        r_squared_within=nan,
        r_squared_between=nan,
        r_squared_overall=nan,
        sigma_u=nan,
        sigma_e=nan,
        condition_number=nan,
    )


def _squared_correlation(products: FloatArray, slopes: FloatArray, used: list[int]) -> float:
    """Squared correlation of outcome and fit, from centred products of outcome and regressors."""
    fit_variance = float(slopes @ products[np.ix_(used, used)] @ slopes)
    if fit_variance <= 0.0 or products[0, 0] <= 0.0:
        return float("nan")
    return float(products[0, used] @ slopes) ** 2 / (fit_variance * float(products[0, 0]))


def _weighted_least_squares(
    moments: PanelMoments,
    estimator: Estimator,
    *,
    within_weight: float,
    between_weights: FloatArray,
    theta: FloatArray,
    status: Status = "ok",
    reason: str = "",
    sigma_u: float = float("nan"),
    sigma_e: float = float("nan"),
) -> Estimate:
    constant = moments.constant_terms()
    if constant:
        return _refused(
            estimator,
            "rank_deficient",
            f"{', '.join(constant)} does not vary over the sample",
            moments,
        )
    is_within = not between_weights.any()
    absorbed = tuple(moments.absorbed_terms()) if is_within else ()
    used = [i for i, term in enumerate(moments.terms, start=1) if term not in absorbed]
    terms = tuple(moments.terms[i - 1] for i in used)

    n_rows = moments.n_entities if estimator == "between" else moments.n_obs
    lost = len(used) + (moments.n_entities if is_within else 1)
    if n_rows <= lost:
        few: Status = "too_few_entities" if estimator == "between" else "too_few_rows"
        return _refused(
            estimator,
            few,
            f"{n_rows} {'partners' if estimator == 'between' else 'rows'} for {lost} "
            f"coefficients: {n_rows - lost} residual degrees of freedom",
            moments,
        )

    # Partial out the constant: it carries weight c, which for within is N by convention.
    products = within_weight * moments.within + np.tensordot(between_weights, moments.between, 1)
    sums = between_weights @ moments.between_sum
    c = float(between_weights @ moments.counts) if not is_within else float(moments.n_obs)
    centred = products - np.outer(sums, sums) / c
    design = centred[np.ix_(used, used)]
    # A regressor common to all entities leaves rounding dirt in the entity means, not zero.
    least = ABSORBED_TOLERANCE * np.diag(moments.total)
    flat = [moments.terms[i - 1] for i in used if centred[i, i] <= least[i]]
    if flat:
        return _refused(
            estimator,
            "rank_deficient",
            f"{', '.join(flat)} does not vary between partners",
            moments,
        )
    collinear = [terms[k] for k in collinear_columns(design)]
    if collinear:
        return _refused(
            estimator,
            "rank_deficient",
            f"{', '.join(collinear)} is a linear combination of the regressors before it",
            moments,
        )

    system = ScaledSystem.of(design)
    slopes = system.inverse @ centred[used, 0]
    ssr = max(0.0, float(centred[0, 0] - centred[0, used] @ slopes))
    df_resid = n_rows - lost
    centred_constant = float(sums[0] - sums[used] @ slopes) / c

    # Inverse of the normal matrix with the constant first, then back from centred to natural form.
    k = len(used)
    inverse = np.zeros((k + 1, k + 1))
    shift = sums[used] / c
    inverse[1:, 1:] = system.inverse
    inverse[0, 1:] = inverse[1:, 0] = -system.inverse @ shift
    inverse[0, 0] = 1.0 / c + float(shift @ system.inverse @ shift)
    natural = np.eye(k + 1)
    natural[0, 1:] = -moments.mean[used]
    bread = natural @ inverse
    variance = ssr / df_resid

    mean_sums = moments.between_sum.sum(axis=0)
    of_means = moments.between.sum(axis=0) - np.outer(mean_sums, mean_sums) / moments.n_entities
    overall = _squared_correlation(moments.total, slopes, used)
    own = 1.0 - ssr / float(centred[0, 0]) if centred[0, 0] > 0.0 else float("nan")
    if absorbed and not reason:
        reason = f"{', '.join(absorbed)} does not vary within partners: absorbed by the effects"
    return Estimate(
        estimator=estimator,
        status=status,
        reason=reason,
        terms=terms,
        absorbed=absorbed,
        coefficients=np.concatenate(
            [[centred_constant + moments.mean[0] - moments.mean[used] @ slopes], slopes]
        ),
        centred_constant=centred_constant,
        bread=bread,
        covariance=variance * bread @ natural.T,
        within_weight=within_weight,
        between_weights=between_weights,
        theta=theta,
        ssr=ssr,
        df_resid=df_resid,
        n_rows=n_rows,
        r_squared=overall if estimator == "random" else own,
        r_squared_within=_squared_correlation(moments.within, slopes, used),
        r_squared_between=_squared_correlation(of_means, slopes, used),
        r_squared_overall=overall,
        sigma_u=sigma_u,
        sigma_e=sigma_e,
        condition_number=system.condition_number,
    )


def pooled(moments: PanelMoments) -> Estimate:
    """Ordinary least squares over all rows."""
    return _weighted_least_squares(
        moments,
        "pooled",
        within_weight=1.0,
        between_weights=moments.sizes,
        theta=np.zeros_like(moments.sizes),
    )


def between(moments: PanelMoments) -> Estimate:
    """Ordinary least squares on entity means, each entity with the same weight."""
    return _weighted_least_squares(
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
        return _refused("within", "single_period", "no partner has two rows", moments)
    estimate = _weighted_least_squares(
        moments,
        "within",
        within_weight=1.0,
        between_weights=np.zeros_like(moments.sizes),
        theta=np.ones_like(moments.sizes),
    )
    if not estimate.is_estimated:
        return estimate
    direction = residual_direction(moments, estimate)
    sums = moments.between_sum.sum(axis=0) @ direction
    squares = float(direction @ moments.between.sum(axis=0) @ direction)
    groups = moments.n_entities
    spread = max(0.0, squares - float(sums) ** 2 / groups) / (groups - 1) if groups > 1 else np.nan
    return replace(
        estimate,
        sigma_u=float(np.sqrt(spread)),
        sigma_e=float(np.sqrt(estimate.ssr / estimate.df_resid)),
    )


def random(
    moments: PanelMoments,
    *,
    within_fit: Estimate | None = None,
    between_fit: Estimate | None = None,
) -> Estimate:
    """Random effects by Swamy and Arora's variance components, as Stata's ``xtreg, re``.

    With fewer entities than coefficients the between regression has no residual degrees of
    freedom; sigma_u is then set to zero, as Stata does, and the result is pooled least squares
    under the status ``degenerate_pooled``.
    """
    inner = within_fit or within(moments)
    outer = between_fit or between(moments)
    if not inner.is_estimated:
        return _refused("random", inner.status, f"within regression: {inner.reason}", moments)
    variance_e = inner.ssr / inner.df_resid
    status: Status = "ok"
    reason = ""
    variance_u = 0.0
    if outer.status == "too_few_entities":
        status = "degenerate_pooled"
        reason = (
            f"between regression: {outer.reason}; sigma_u is set to 0, so that the estimator is "
            "pooled least squares"
        )
    elif not outer.is_estimated:
        return _refused("random", outer.status, f"between regression: {outer.reason}", moments)
    else:
        harmonic = moments.n_entities / float((moments.counts / moments.sizes).sum())
        variance_u = max(0.0, outer.ssr / outer.df_resid - variance_e / harmonic)
        if variance_u == 0.0:
            status = "sigma_u_zero"
            reason = "the between variance is no larger than the within variance implies"
    # Without effects theta is zero, also where the fit is exact and the ratio would be 0 / 0.
    theta = (
        1.0 - np.sqrt(variance_e / (moments.sizes * variance_u + variance_e))
        if variance_u > 0.0
        else np.zeros_like(moments.sizes)
    )
    return _weighted_least_squares(
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


def residual_direction(moments: PanelMoments, estimate: Estimate) -> FloatArray:
    """(p + 1,) vector d with d @ (outcome, regressors) = residual plus constant."""
    direction = np.zeros(len(moments.terms) + 1)
    direction[0] = 1.0
    for term, slope in zip(estimate.terms, estimate.slopes, strict=True):
        direction[moments.terms.index(term) + 1] = -slope
    return direction


def estimate_all(moments: PanelMoments) -> dict[Estimator, Estimate]:
    """All estimators of the family on one sample."""
    inner, outer = within(moments), between(moments)
    return {
        "pooled": pooled(moments),
        "between": outer,
        "within": inner,
        "random": random(moments, within_fit=inner, between_fit=outer),
    }
