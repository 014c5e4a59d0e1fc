"""What a test returns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

TestStatus = Literal["ok", "not_positive_definite", "not_available"]


@dataclass(frozen=True)
class TestResult:
    """A test statistic with its reference distribution.

    Attributes:
        name: f_effects, f_time_effects, breusch_pagan_lm, hausman, or one of ``wald_tests``.
        null_hypothesis: What a small p-value speaks against.
        statistic: Value of the statistic.
        df: Degrees of freedom (numerator for F).
        df_denominator: Denominator degrees of freedom of F, else NaN.
        p_value: Upper tail probability; NaN where there is none.
        status: ok, not_positive_definite (Hausman: the difference of the covariances is not
            positive definite, statistic by generalised inverse, possibly negative) or
            not_available.
        reason: One sentence when the status is not ok, else empty.
        covariance: Of the coefficients, on which the test rests; empty where it rests on none.
        powers: Of the fit, whose coefficients RESET tests.
    """

    __test__ = False  # not a pytest class

    name: str
    null_hypothesis: str
    statistic: float
    df: float
    df_denominator: float
    p_value: float
    status: TestStatus
    reason: str
    covariance: str = ""
    powers: tuple[int, ...] = ()

    def decision(self, alpha: float) -> str:
        """``reject`` or ``keep`` the null hypothesis at level ``alpha``, or ``none``."""
        if not np.isfinite(self.p_value):
            return "none"
        return "reject" if self.p_value < alpha else "keep"


_NAN = float("nan")


def named(name: str, null_hypothesis: str, covariance: str = "") -> TestResult:
    """A test before its statistic is known."""
    return TestResult(name, null_hypothesis, _NAN, _NAN, _NAN, _NAN, "ok", "", covariance)


def not_available(test: TestResult, reason: str) -> TestResult:
    """The test without a statistic, and why."""
    blank = named(test.name, test.null_hypothesis, test.covariance)
    return replace(blank, status="not_available", reason=reason, powers=test.powers)
