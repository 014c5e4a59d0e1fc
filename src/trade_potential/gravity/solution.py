"""Fits of one sample and what rests on their scores: covariances and specification tests.

The one place where moments, fits, meats, sandwiches and tests meet. Whoever has moments says how
scores are had: from rows (``engine.Rows``), or from the tables of the warehouse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from trade_potential.gravity.covariance import Sandwich, sandwich
from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.scores import Meats
from trade_potential.gravity.specification_tests import Refine, run_tests
from trade_potential.gravity.wald_tests import hausman_robust, joint_significance, mundlak_test
from trade_potential.inference.registry import COVARIANCES, Covariance, Estimator
from trade_potential.inference.test_result import TestResult, not_available
from trade_potential.inference.wald import FEW_CLUSTERS, JOINT

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
        """A covariance, the classical one among them; None without numbers."""
        fit = self.fits[estimator]
        if not fit.is_estimated:
            return None
        if kind == "classical":
            k = fit.n_rows - fit.df_resid
            return Sandwich(kind, fit.covariance, float(fit.df_resid), k, "ok", "")
        meats = self.meats(fit, COVARIANCES[kind].over_rows)
        return sandwich(fit, meats, kind, n_entities=self.n_entities)

    def tests(
        self, moments: PanelMoments, refine: Refine = lambda fit: fit
    ) -> tuple[TestResult, ...]:
        """Every specification test of the sample but RESET; ``refine`` as in ``estimate_all``."""
        fit, errors = self.fits["mundlak"], self.errors("mundlak", "clustered")
        of_means = hausman_robust(fit, errors), mundlak_test(fit)
        return (*run_tests(moments, dict(self.fits), refine), *of_means)


def joint_test(fit: Estimate, errors: Sandwich) -> TestResult:
    """Whether all slopes are zero, by a covariance of the fit."""
    if errors.status == FEW_CLUSTERS:
        test = not_available(JOINT, errors.reason)
    else:
        test = joint_significance(fit, errors.matrix, fit.spec.distribution_df(errors.df))
    return replace(test, covariance=errors.kind)
