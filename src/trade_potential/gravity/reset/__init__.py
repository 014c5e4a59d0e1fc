"""Ramsey's test on pooled least squares: do powers of the fit add anything?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trade_potential.gravity.covariance import Covariance, Sandwich
from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.specification_tests import NEAR_EXACT, f_of_restriction, is_near_exact
from trade_potential.inference.test_result import TestResult, named, not_available
from trade_potential.inference.wald import FEW_CLUSTERS, wald
from trade_potential.linalg import FloatArray, ScaledSystem, collinear_columns

RESET_POWERS = (2, 3)
"""Powers of the fit (Ramsey, 1969), the default of R lmtest and statsmodels; Stata takes 2 to 4."""

NO_POWER = "a power of the fit is a combination of the regressors"


def reset_test(powers: tuple[int, ...], covariance: Covariance) -> TestResult:
    """The test before its statistic is known."""
    said = ", ".join(map(str, powers[:-1])) + " and " * (len(powers) > 1) + str(powers[-1])
    null = f"powers {said} of the fit add nothing: the form of the model is right"
    return replace(named("reset", null, covariance), powers=powers)


def reset(
    pooled_fit: Estimate,
    products: FloatArray | None,
    powers: tuple[int, ...] = RESET_POWERS,
    covariance: Covariance = "classical",
) -> TestResult:
    """F of the powers of the fit under the classical assumptions.

    Args:
        pooled_fit: The fit whose powers were added; k slopes.
        products: (k + 1 + q, k + 1 + q) products around the means of the outcome, the regressors of
            the fit and the q powers of the standardised fit; None without numbers.
        powers: q of them.
        covariance: What a test that cannot be had would have rested on.

    Source: Ramsey (1969), section 3; as R's ``lmtest::resettest(power = 2:3)``.
    """
    test = reset_test(powers, covariance)
    if not pooled_fit.is_estimated or products is None:
        return not_available(test, f"pooled: {pooled_fit.reason}")
    if is_near_exact(pooled_fit):
        return not_available(test, NEAR_EXACT)
    if not np.isfinite(products).all():
        return not_available(test, "the fit does not vary")
    df2 = pooled_fit.df_resid - len(powers)
    if df2 <= 0:
        return not_available(test, f"{df2} residual degrees of freedom with the powers")
    inner = products[1:, 1:]
    if collinear_columns(inner):
        return not_available(test, NO_POWER)
    slopes = ScaledSystem.of(inner).inverse @ products[1:, 0]
    ssr = max(0.0, float(products[0, 0] - products[0, 1:] @ slopes))
    fit = replace(pooled_fit, df_resid=df2)
    return f_of_restriction(test, pooled_fit.ssr, ssr, len(powers), fit)


def reset_by(
    wide_fit: Estimate,
    errors: Sandwich | None,
    names: list[str],
    powers: tuple[int, ...],
    covariance: Covariance,
) -> TestResult:
    """F of the powers by another covariance.

    Args:
        wide_fit: Pooled least squares with the powers as further regressors.
        errors: Its covariance; None without numbers.
        names: Of the powers in ``wide_fit``.
        powers: In their order.
        covariance: Kind of ``errors``.

    Source: Ramsey (1969) with a covariance that allows for more, as statsmodels' ``linear_reset``.
    """
    test = reset_test(powers, covariance)
    if errors is None:
        return not_available(test, f"with the powers: {wide_fit.reason}")
    if set(names) & set(wide_fit.omitted):
        return not_available(test, NO_POWER)
    if is_near_exact(wide_fit):
        return not_available(test, f"with the powers {NEAR_EXACT}")
    if errors.status == FEW_CLUSTERS:
        return not_available(test, errors.reason)
    at = [1 + wide_fit.terms.index(name) for name in names]
    return wald(test, wide_fit.coefficients[at], errors.matrix[np.ix_(at, at)], errors.df)
