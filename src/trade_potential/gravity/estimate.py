"""What an estimator returns, and the names of all that can happen to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.time_effects import TimeEffects
from trade_potential.linalg import FloatArray

Estimator = Literal["pooled", "between", "within", "twoway", "random", "mundlak"]
ESTIMATORS: tuple[Estimator, ...] = (
    "pooled",
    "between",
    "within",
    "twoway",
    "random",
    "mundlak",
)
WITH_EFFECTS: frozenset[str] = frozenset({"within", "twoway"})
"""Estimators that take the effects out and so predict nothing for an entity as such."""


DIGITS_AT_STAKE = 4.0
"""An estimate that has lost more decimal digits is refined on the rows where there are rows."""

Status = Literal[
    "ok",  # estimated as named
    "sigma_u_zero",  # random: the variance of the effects is estimated as zero, so it is pooled
    "degenerate_pooled",  # random: too few entities for a between regression, sigma_u set to zero
    "too_few_entities",  # between, mundlak: no residual degrees of freedom between entities
    "too_few_rows",  # no residual degrees of freedom
    "single_period",  # within, random, mundlak: no entity has two rows; twoway: one time
    "no_rows",  # the ledger took every row of the sample
    "rank_deficient",  # mundlak: entity means weigh nothing; strictly: a regressor is left out
]
ESTIMATED: frozenset[str] = frozenset({"ok", "sigma_u_zero", "degenerate_pooled"})


@dataclass(frozen=True)
class Estimate:
    """One estimator on one sample.

    Attributes:
        estimator: Which.
        status: What kind of result this is; numbers are present only for ``ESTIMATED``.
        reason: One sentence when the status is not ok or a regressor has no coefficient.
        terms: Regressors with a coefficient, in order, without the constant; mundlak: entity means
            after the regressors.
        absorbed: Regressors that the effects absorb (within and twoway only).
        omitted: Regressors that do not vary or are combinations of those before them.
        term_means: (k,) grand means of the terms.
        coefficients: (k + 1,) constant first.
        centred_constant: Constant of the model in deviations from the grand means.
        bread: (k + 1, k + 1) maps scores of the centred model to coefficients.
        unscaled: (k + 1, k + 1) covariance of the coefficients per unit of the error variance.
        within_weight: w of the table in ``estimators``.
        between_weights: (m,) b(n) for each group size of the moments.
        theta: (m,) share of the entity mean taken out, for each group size.
        ssr: Sum of squared residuals of the weighted model.
        tss: Sum of squares of its outcome around the weighted mean.
        df_resid: Residual degrees of freedom.
        n_rows: Rows of the weighted model: N, or G for between.
        r_squared: Of the estimator's own model; random: as r_squared_overall.
        r_squared_within, r_squared_between, r_squared_overall: Squared correlations (Stata); of a
            weighted sample the latter two by ``PanelMoments.alike``, as ``xtreg, fe``.
        sigma_u, sigma_e: Standard deviations of effects and of the rest; NaN for pooled and
            between, sigma_u also for twoway.
        condition_number: Of the correlation matrix of the weighted regressors.
        n_absorbed: Effects beside the constant that df_resid counts.
        time_effects: Of each column; twoway only.
    """

    estimator: Estimator
    status: Status
    reason: str
    terms: tuple[str, ...]
    absorbed: tuple[str, ...]
    term_means: FloatArray
    coefficients: FloatArray
    centred_constant: float
    bread: FloatArray
    unscaled: FloatArray
    within_weight: float
    between_weights: FloatArray
    theta: FloatArray
    ssr: float
    tss: float
    df_resid: int
    n_rows: int
    r_squared: float
    r_squared_within: float
    r_squared_between: float
    r_squared_overall: float
    sigma_u: float
    sigma_e: float
    condition_number: float
    n_absorbed: int = 0
    time_effects: TimeEffects | None = None
    omitted: tuple[str, ...] = ()

    @property
    def is_estimated(self) -> bool:
        """Whether there are coefficients."""
        return self.status in ESTIMATED

    @property
    def covariance(self) -> FloatArray:
        """(k + 1, k + 1) classical covariance."""
        return self.ssr / self.df_resid * self.unscaled if self.is_estimated else self.unscaled

    @property
    def slopes(self) -> FloatArray:
        """(k,) coefficients without the constant."""
        return self.coefficients[1:]

    @property
    def digits_lost(self) -> float:
        """Decimal digits of the about sixteen that coefficients or errors have lost to rounding.

        Coefficients of moments lose the condition number, relative to the largest of them in
        standard units, and the squares of the residuals what is subtracted from the outcome's.
        """
        if not self.is_estimated or self.tss <= 0.0:
            return 0.0
        share = max(self.ssr / self.tss, np.finfo(float).eps)
        return float(np.log10(self.condition_number / share))

    def moved(self, step: FloatArray) -> Estimate:
        """The estimate with a (k + 1,) step added to its coefficients."""
        return replace(
            self,
            coefficients=self.coefficients + step,
            centred_constant=self.centred_constant + float(step[0] + self.term_means @ step[1:]),
        )

    def with_ssr(self, ssr: float) -> Estimate:
        """The estimate with another sum of squared residuals and what follows from it."""
        is_own = self.estimator not in ("random", "mundlak")
        return replace(
            self,
            ssr=ssr,
            r_squared=1.0 - ssr / self.tss if is_own and self.tss > 0.0 else self.r_squared,
            sigma_e=float(np.sqrt(ssr / self.df_resid))
            if self.estimator in WITH_EFFECTS
            else self.sigma_e,
        )

    def residual_direction(self, moments: PanelMoments) -> FloatArray:
        """(p + 1,) vector d with d @ (outcome, regressors) = residual plus constant."""
        direction = np.zeros(len(moments.terms) + 1)
        direction[0] = 1.0
        for term, slope in zip(self.terms, self.slopes, strict=True):
            direction[moments.terms.index(term) + 1] = -slope
        return direction


def refused(estimator: Estimator, status: Status, reason: str, moments: PanelMoments) -> Estimate:
    """An estimate without numbers, with the status and the sentence that say why."""
    nan = float("nan")
    none = np.zeros(0)
    return Estimate(
        estimator=estimator,
        status=status,
        reason=reason,
        terms=(),
        absorbed=(),
        term_means=none,
        coefficients=none,
        centred_constant=nan,
        bread=np.zeros((0, 0)),
        unscaled=np.zeros((0, 0)),
        within_weight=nan,
        between_weights=none,
        theta=none,
        ssr=nan,
        tss=nan,
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


def strictly(fit: Estimate, moments: PanelMoments) -> Estimate:
    """The estimate, or a refusal where a regressor that was asked for has no coefficient."""
    if not fit.is_estimated or not (fit.omitted or fit.absorbed):
        return fit
    return refused(fit.estimator, "rank_deficient", fit.reason, moments)
