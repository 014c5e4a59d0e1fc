"""Weighted least squares on panel moments, with the constant partialled out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trade_potential.gravity.estimate import Estimate, Estimator, Status, refused
from trade_potential.gravity.left_out import BEYOND, CONSTANT, LeftOut
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.time_effects import TimeEffects
from trade_potential.linalg import FloatArray, ScaledSystem, collinear_columns
from trade_potential.precision import few_digits

EXACT_FIT = 1e-14
"""A fit is exact when at most this share of the squares of outcome and terms is left: subtraction
leaves rounding of 1e-16 times the number of products, on either side of zero."""


@dataclass(frozen=True)
class NormalEquations:
    """``w * within + sum_n b(n) * between_n`` around the weighted mean.

    Attributes:
        moments: What they were built from.
        products: (p + 1, p + 1) products of outcome and regressors.
        shift: (p + 1,) weighted mean, in deviations from the grand mean.
        constant_weight: Weight c of the constant; for within N by convention.
    """

    moments: PanelMoments
    products: FloatArray
    shift: FloatArray
    constant_weight: float

    @classmethod
    def of(
        cls,
        moments: PanelMoments,
        *,
        within_weight: float,
        between_weights: FloatArray,
        time_effects: TimeEffects | None = None,
    ) -> NormalEquations:
        """Weigh the moments; between_weights is (m,), one for each group size."""
        within = moments.within if time_effects is None else time_effects.within
        products = within_weight * within
        products = products + np.tensordot(between_weights, moments.between, axes=1)
        sums = between_weights @ moments.between_sum
        weight = float(between_weights @ moments.masses) or float(moments.sizes @ moments.masses)
        products = products - np.outer(sums, sums) / weight
        if products[0, 0] <= weight * moments.rounding[0]:
            products[0, :] = products[:, 0] = 0.0  # rounding dirt of an outcome that does not vary
        return cls(
            moments=moments,
            products=products,
            shift=sums / weight,
            constant_weight=weight,
        )

    def flat_terms(self) -> list[str]:
        """Regressors without variance of the weighted kind.

        One that all entities share leaves rounding dirt in the entity means, not zero.
        """
        least = self.constant_weight * self.moments.rounding
        return [
            term
            for k, term in enumerate(self.moments.terms, start=1)
            if self.products[k, k] <= least[k]
        ]

    def collinear_terms(self, terms: tuple[str, ...]) -> list[str]:
        """Those of ``terms`` that are linear combinations of the ones before them."""
        used = self.moments.positions(terms)
        return [terms[k] for k in collinear_columns(self.products[np.ix_(used, used)])]


def _squared_correlation(products: FloatArray, slopes: FloatArray, used: list[int]) -> float:
    """Squared correlation of outcome and fit, from centred products of outcome and regressors."""
    fit_variance = float(slopes @ products[np.ix_(used, used)] @ slopes)
    if fit_variance <= 0.0 or products[0, 0] <= 0.0:
        return float("nan")
    return float(products[0, used] @ slopes) ** 2 / (fit_variance * float(products[0, 0]))


def left_out(
    moments: PanelMoments,
    equations: NormalEquations,
    estimator: Estimator,
    *,
    is_within: bool,
    is_twoway: bool,
) -> LeftOut:
    """Regressors without a coefficient: over the sample, and as the estimator weighs the rows."""
    gone = LeftOut.of_sample(moments)
    left = tuple(term for term in moments.terms if term not in gone.omitted)
    flat = tuple(term for term in equations.flat_terms() if term in left)
    varying = tuple(term for term in left if term not in flat)
    dependent = tuple(equations.collinear_terms(varying))
    if is_within:
        return gone.with_absorbed(flat, dependent, is_twoway=is_twoway)
    return gone.with_omitted(flat, dependent, is_between=estimator == "between")


def _squared_residuals(products: FloatArray, slopes: FloatArray) -> float:
    """Sum of squared residuals from products of outcome and terms; 0 where it is only rounding.

    As a quadratic form it is flat in the slopes, and their rounding does not come in.
    """
    direction = np.concatenate([[1.0], -slopes])
    terms = np.abs(direction) * np.sqrt(np.diag(products))
    ssr = float(direction @ products @ direction)
    return ssr if ssr > EXACT_FIT * float(terms.sum()) ** 2 else 0.0


def weighted_least_squares(
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
    time_effects: TimeEffects | None = None,
) -> Estimate:
    """Solve one member of the family; a reason and a status are passed through to the result."""
    if moments.is_constant[0]:
        said = BEYOND if moments.spread[0] else CONSTANT
        return refused(estimator, "rank_deficient", said.format("the outcome"), moments)
    equations = NormalEquations.of(
        moments,
        within_weight=within_weight,
        between_weights=between_weights,
        time_effects=time_effects,
    )
    is_within = not between_weights.any()
    gone = left_out(
        moments, equations, estimator, is_within=is_within, is_twoway=time_effects is not None
    )
    terms = tuple(term for term in moments.terms if term not in gone.terms)
    used = moments.positions(terms)

    n_rows = moments.n_entities if estimator == "between" else moments.n_obs
    n_absorbed = moments.n_entities - 1 if is_within else 0
    n_absorbed += time_effects.rank if time_effects else 0
    lost = len(used) + 1 + n_absorbed
    if n_rows <= lost:
        # Of too few rows regressors are combinations of each other: all of them were asked for.
        lost += len(gone.omitted)
        few: Status = "too_few_entities" if estimator == "between" else "too_few_rows"
        return refused(
            estimator,
            few,
            f"{n_rows} {'partners' if estimator == 'between' else 'rows'} for {lost} "
            f"coefficients: {n_rows - lost} residual degrees of freedom",
            moments,
        )

    centred, shift, c = equations.products, equations.shift, equations.constant_weight
    centre = moments.centre
    system = ScaledSystem.of(centred[np.ix_(used, used)])
    slopes = system.inverse @ centred[used, 0]
    ssr = _squared_residuals(centred[np.ix_([0, *used], [0, *used])], slopes)
    df_resid = n_rows - lost
    centred_constant = float(shift[0] - shift[used] @ slopes)

    # Inverse of the normal matrix with the constant first, then back from centred to natural form.
    k = len(used)
    inverse = np.zeros((k + 1, k + 1))
    inverse[1:, 1:] = system.inverse
    inverse[0, 1:] = inverse[1:, 0] = -system.inverse @ shift[used]
    inverse[0, 0] = 1.0 / c + float(shift[used] @ system.inverse @ shift[used])
    natural = np.eye(k + 1)
    natural[0, 1:] = -centre[used]
    bread = natural @ inverse

    alike = moments.alike or moments
    mean_sums = alike.between_sum.sum(axis=0)
    of_means = alike.between.sum(axis=0) - np.outer(mean_sums, mean_sums) / alike.n_entities
    overall = _squared_correlation(alike.total, slopes, used)
    own = 1.0 - ssr / float(centred[0, 0]) if centred[0, 0] > 0.0 else float("nan")
    seen = [0, *used]
    left = np.sqrt(np.diag(centred)[seen] / c)
    given_to = few_digits(("the outcome", *terms), left, moments.spread[seen], centre[seen])
    return Estimate(
        estimator=estimator,
        status=status,
        reason="; ".join(filter(None, [reason, gone.reason, given_to])),
        terms=terms,
        absorbed=gone.absorbed,
        omitted=gone.omitted,
        term_means=centre[used],
        coefficients=np.concatenate(
            [[centred_constant + centre[0] - centre[used] @ slopes], slopes]
        ),
        centred_constant=centred_constant,
        bread=bread,
        unscaled=bread @ natural.T,
        within_weight=within_weight,
        between_weights=between_weights,
        theta=theta,
        ssr=ssr,
        tss=float(centred[0, 0]),
        df_resid=df_resid,
        n_rows=n_rows,
        r_squared=overall if estimator in ("random", "mundlak") else own,
        r_squared_within=_squared_correlation(moments.within, slopes, used),
        r_squared_between=_squared_correlation(of_means, slopes, used),
        r_squared_overall=overall,
        sigma_u=sigma_u,
        sigma_e=sigma_e,
        condition_number=system.condition_number,
        n_absorbed=n_absorbed,
        time_effects=time_effects,
    )
