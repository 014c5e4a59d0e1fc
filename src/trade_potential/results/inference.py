"""Typed rows of what is inferred from a covariance, whatever the estimator."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from trade_potential.gravity.covariance import Sandwich
from trade_potential.inference.left_out import WITHOUT_COEFFICIENT
from trade_potential.inference.registry import COVARIANCES, ESTIMATORS, Covariance, Estimator
from trade_potential.inference.test_result import TestResult, not_available
from trade_potential.inference.wald import FEW_CLUSTERS, Inference
from trade_potential.linalg import FloatArray
from trade_potential.results.gravity import (
    CoefficientRow,
    CovarianceRow,
    Results,
    TestRow,
    covariance_by_slot,
)


def interval_covariance(estimator: Estimator, clustered_status: str) -> Covariance:
    """On which covariance the intervals of predictions rest: the clustered one where it is ok."""
    return "clustered" if clustered_status == "ok" else ESTIMATORS[estimator].base_covariance


def add_covariance(
    found: Results,
    estimator: Estimator,
    names: tuple[str, ...],
    coefficients: FloatArray,
    errors: Sandwich,
    *,
    slots: list[int],
    max_terms: int,
    correction: str,
    confidence_level: float,
    is_of_intervals: bool,
    first_order_gap: float | None = None,
) -> None:
    """Add to ``found`` the k coefficients of a fit with the errors of a covariance, and itself.

    ``slots``: design slots of the k names; ``correction``: of the covariance, in words; the last
    two as ``CovarianceRow``.
    """
    kind, df = errors.kind, ESTIMATORS[estimator].distribution_df(errors.df)
    inference = Inference.of(coefficients, errors.matrix, df=df, confidence_level=confidence_level)
    for k, name in enumerate(names):
        found.coefficients.append(
            CoefficientRow(
                estimator=estimator,
                covariance=kind,
                term=name,
                term_status=errors.status,
                reason=errors.reason or None,
                correction=correction,
                coefficient=inference.estimate[k],
                coefficient_se=inference.std_error[k],
                statistic=inference.statistic[k],
                df=None if np.isinf(df) else df,
                p_value=inference.p_value[k],
                coefficient_ci_low=inference.ci_low[k],
                coefficient_ci_high=inference.ci_high[k],
            )
        )
    if COVARIANCES[kind].is_stored:
        found.covariances.append(
            CovarianceRow(
                estimator=estimator,
                covariance=kind,
                critical_value=inference.critical_value,
                first_order_gap=first_order_gap,
                is_of_intervals=is_of_intervals,
                by_slot=covariance_by_slot(errors.matrix, slots, max_terms),
            )
        )


def without_coefficient(
    estimator: Estimator, reason: str, *, absorbed: tuple[str, ...], omitted: tuple[str, ...]
) -> Iterator[CoefficientRow]:
    """Rows of the regressors that have no coefficient, under the covariance that comes first."""
    words = zip(WITHOUT_COEFFICIENT, (absorbed, omitted), strict=True)
    for term, status in [(term, word) for word, terms in words for term in terms]:
        yield CoefficientRow(
            estimator=estimator,
            covariance=ESTIMATORS[estimator].base_covariance,
            term=term,
            term_status=status,
            reason=reason or None,
        )


def decided(
    test: TestResult,
    alpha: float,
    estimator: Estimator | None = None,
    errors: Sandwich | None = None,
) -> TestRow:
    """A test and its decision at level ``alpha``; one of the sample has no estimator.

    A covariance with too few clusters leaves no test.
    """
    if errors is not None and errors.status == FEW_CLUSTERS:
        test = not_available(test, errors.reason)

    def whole(df: float) -> int | None:
        return int(df) if np.isfinite(df) else None

    return TestRow(
        test=test.name,
        estimator=estimator,
        covariance=errors.kind if errors else test.covariance or None,
        status=test.status,
        reason=test.reason or test.null_hypothesis,
        decision=test.decision(alpha),
        significance_level=alpha,
        statistic=test.statistic,
        df=whole(test.df),
        df_denominator=whole(test.df_denominator),
        p_value=test.p_value,
    )
