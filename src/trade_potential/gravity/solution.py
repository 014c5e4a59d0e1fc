"""Fits of one sample and what rests on their scores: covariances and specification tests.

The one place where moments, fits, meats, sandwiches and tests meet. Whoever has moments says how
scores are had: from rows (``engine.Rows``), or from the tables of the warehouse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from trade_potential.gravity.covariance import Covariance, Sandwich, law_df, sandwich
from trade_potential.gravity.estimate import Estimate, Estimator
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.scores import Meats
from trade_potential.gravity.specification_tests import Refine, run_tests
from trade_potential.gravity.wald_tests import hausman_robust, joint_significance, mundlak
from trade_potential.inference.test_result import TestResult, not_available
from trade_potential.inference.wald import FEW_CLUSTERS, JOINT

OVER_ROWS = ("robust", "clustered_twoway", "driscoll_kraay")
"""Covariances whose scores are those of rows and times, not of entities alone."""

ScoresOf = Callable[[Estimate, bool], Meats]
"""Sums of products of the scores of a fit; the flag says whether those over rows are wanted."""


@dataclass(frozen=True)
class Solution:
    """Every estimator of one sample.

    Attributes:
        fits: By name.
        n_entities: Entities of the sample.
        meats: How the scores of a fit with numbers are had.
    """

    fits: Mapping[Estimator, Estimate]
    n_entities: int
    meats: ScoresOf

    def errors(self, estimator: Estimator, kind: Covariance) -> Sandwich | None:
        """A covariance; None for the classical one, which a fit has itself, and without numbers."""
        fit = self.fits[estimator]
        if kind == "classical" or not fit.is_estimated:
            return None
        return sandwich(fit, self.meats(fit, kind in OVER_ROWS), kind, n_entities=self.n_entities)

    def tests_of_means(self) -> tuple[TestResult, TestResult]:
        """The robust form of Hausman's test and Mundlak's."""
        fit = self.fits["mundlak"]
        return hausman_robust(fit, self.errors("mundlak", "clustered")), mundlak(fit)

    def tests(
        self, moments: PanelMoments, refine: Refine = lambda fit: fit
    ) -> tuple[TestResult, ...]:
        """Every specification test of the sample but RESET; ``refine`` as in ``estimate_all``."""
        return (*run_tests(moments, dict(self.fits), refine), *self.tests_of_means())


def joint_test(fit: Estimate, errors: Sandwich | None) -> TestResult:
    """Whether all slopes are zero, by a covariance of the fit; None: by the classical one."""
    if errors is not None and errors.status == FEW_CLUSTERS:
        test = not_available(JOINT, errors.reason)
    elif errors is not None:
        test = joint_significance(fit, errors.matrix, law_df(fit.estimator, errors.df))
    else:
        test = joint_significance(fit, fit.covariance, law_df(fit.estimator, fit.df_resid))
    return replace(test, covariance="classical" if errors is None else errors.kind)
