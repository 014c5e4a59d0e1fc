"""Every estimator of the rows of a panel, refined where moments left too few digits."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property

from trade_potential.gravity.engine import Rows
from trade_potential.gravity.estimate import DIGITS_AT_STAKE, Estimate, strictly
from trade_potential.gravity.estimators import estimate_all
from trade_potential.gravity.reset import RESET_POWERS
from trade_potential.gravity.reset.on_duckdb import reset_of_rows
from trade_potential.gravity.solution import Solution
from trade_potential.inference.registry import COVARIANCES, Covariance, Estimator
from trade_potential.inference.test_result import TestResult

Progress = Callable[[str], None]
"""Told what begins, in words."""


def silent(step: str) -> None:
    """Tell nobody."""
    del step


class FittedRows:
    """What can be known of a sample from its moments and passes over its rows.

    Attributes:
        rows: With their moments.
    """

    def __init__(self, rows: Rows, progress: Progress) -> None:
        """Nothing is computed before it is asked for."""
        self.rows = rows
        self._progress = progress
        self.solution = cache(self._solution)
        self.tests = cache(self._tests)
        self.reset = cache(self._reset)

    def refine(self, fit: Estimate) -> Estimate:
        """The estimate, with its digits back where they are at stake."""
        if fit.digits_lost <= DIGITS_AT_STAKE:
            return fit
        self._progress(f"refining {fit.estimator}: moments left {16 - fit.digits_lost:.0f} digits")
        return self.rows.refined(fit)

    @cached_property
    def fits(self) -> dict[Estimator, Estimate]:
        """Every estimator; twoway where the moments hold times."""
        return estimate_all(self.rows.moments, self.refine)

    def _solution(self, strict: frozenset[Estimator] = frozenset()) -> Solution:
        """The fits, those of ``strict`` refused where a regressor has no coefficient."""
        moments = self.rows.moments
        refused = {name: strictly(self.fits[name], moments) for name in strict}
        return Solution(
            {**self.fits, **refused},
            moments.n_entities,
            lambda fit, over_rows: self.rows.meats(fit, over_rows=over_rows),
        )

    def _tests(self, strict: frozenset[Estimator] = frozenset()) -> tuple[TestResult, ...]:
        """Every specification test of the sample but RESET."""
        self._progress("tests")
        return self.solution(strict).tests(self.rows.moments, self.refine)

    def _reset(
        self,
        covariance: Covariance,
        powers: tuple[int, ...] = RESET_POWERS,
        strict: frozenset[Estimator] = frozenset(),
    ) -> TestResult:
        """Ramsey's test of the pooled fit by a covariance."""
        return reset_of_rows(
            self.rows,
            self.solution(strict).fits["pooled"],
            covariance,
            over_rows=COVARIANCES[covariance].over_rows,
            powers=powers,
        )
