"""One fitted model as the command line shows it, whatever the estimator."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

from trade_potential.cli.report_text import (
    aligned,
    json_number,
    ledger_rows,
    ledger_table,
    shown,
    verdict,
)
from trade_potential.gravity.covariance import (
    CORRECTIONS,
    Covariance,
    Sandwich,
    law_df,
)
from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.left_out import beside_absorbed
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.wald_tests import joint_significance
from trade_potential.inference import CONSTANT
from trade_potential.inference.test_result import TestResult, not_available
from trade_potential.inference.wald import FEW_CLUSTERS, JOINT, Inference
from trade_potential.regression_table import Coefficient, Model
from trade_potential.regression_table.model import WITHOUT_COEFFICIENT
from trade_potential.rows.files import Loss

COEFFICIENT = ("term", "estimate", "std_error", "statistic", "p_value", "ci_low", "ci_high")
OF_ERRORS = ("covariance", "correction")
Document = dict[str, Any]


@dataclass(frozen=True)
class ModelReport:
    """One model with the covariance that was asked for.

    Attributes:
        estimator, covariance, correction: Which, and the small-sample correction in words.
        status, reason: Of the estimate, or of the covariance where that is what is wrong.
        is_estimated: Whether there are coefficients.
        n_obs, n_entities: Of the sample.
        r_squared: Of the estimator's own model.
        statistics: Further numbers by name.
        terms: Names of the coefficients.
        inference: Coefficients with their uncertainty; None without numbers.
        absorbed: Regressors that effects absorb.
        omitted: Regressors that do not vary or are combinations of those before them.
        effects: Names of the dimensions whose effects are in the model.
        tests: Specification tests, if asked for.
        alpha: Level of their decisions.
        ledger: Rows lost.
    """

    estimator: str
    covariance: str
    correction: str
    status: str
    reason: str
    is_estimated: bool
    n_obs: int
    n_entities: int
    r_squared: float
    statistics: dict[str, float]
    terms: tuple[str, ...]
    inference: Inference | None
    absorbed: tuple[str, ...]
    effects: tuple[str, ...]
    alpha: float
    omitted: tuple[str, ...] = ()
    tests: tuple[TestResult, ...] = ()
    ledger: list[Loss] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        estimate: Estimate,
        moments: PanelMoments,
        *,
        covariance: Covariance,
        errors: Sandwich | None,
        confidence_level: float,
        effects: tuple[str, ...],
        tests: tuple[TestResult, ...],
        ledger: list[Loss],
    ) -> ModelReport:
        """A model estimated on moments; classical errors where there is no sandwich."""
        status, reason, inference = str(estimate.status), estimate.reason, None
        statistics: dict[str, float] = {}
        if estimate.is_estimated:
            matrix, df = estimate.covariance, float(estimate.df_resid)
            k = estimate.n_rows - estimate.df_resid
            if errors is not None:
                matrix, df, k = errors.matrix, errors.df, errors.n_parameters
                if errors.status != "ok":
                    status = errors.status if status == "ok" else status
                    reason = "; ".join(filter(None, [reason, errors.reason]))
            inference = Inference.of(
                estimate.coefficients,
                matrix,
                df=law_df(estimate.estimator, df),
                confidence_level=confidence_level,
            )
            statistics = {
                "df_resid": float(estimate.df_resid),
                "n_parameters": float(k),
                "r_squared_within": estimate.r_squared_within,
                "r_squared_between": estimate.r_squared_between,
                "r_squared_overall": estimate.r_squared_overall,
                "sigma_u": estimate.sigma_u,
                "sigma_e": estimate.sigma_e,
                "condition_number": estimate.condition_number,
            }
            if estimate.estimator in ("random", "mundlak"):
                statistics["theta_min"] = float(estimate.theta.min())
                statistics["theta_max"] = float(estimate.theta.max())
        return cls(
            estimator=estimate.estimator,
            covariance=covariance,
            correction="; ".join(
                filter(None, [CORRECTIONS[covariance], errors.times if errors else ""])
            ),
            status=status,
            reason=reason,
            is_estimated=estimate.is_estimated,
            n_obs=moments.n_obs,
            n_entities=moments.n_entities,
            r_squared=estimate.r_squared,
            statistics=statistics,
            terms=(CONSTANT, *estimate.terms) if estimate.is_estimated else (),
            inference=inference,
            absorbed=estimate.absorbed,
            omitted=estimate.omitted,
            effects=effects,
            alpha=1.0 - confidence_level,
            tests=tests,
            ledger=ledger,
        )

    def with_joint_test(self, estimate: Estimate, errors: Sandwich | None) -> ModelReport:
        """The report with the test of all slopes by its own covariance."""
        if self.inference is None:
            return self
        matrix = estimate.covariance if errors is None else errors.matrix
        joint = joint_significance(estimate, matrix, self.inference.df)
        if errors is not None and errors.status == FEW_CLUSTERS:
            joint = not_available(JOINT, errors.reason)
        return replace(self, tests=(*self.tests, replace(joint, covariance=self.covariance)))

    def coefficients(self) -> list[tuple[str, list[float]]]:
        """Terms with the numbers that ``COEFFICIENT`` names."""
        if self.inference is None:
            return []
        columns = [getattr(self.inference, name) for name in COEFFICIENT[1:]]
        return [(n, [float(c[i]) for c in columns]) for i, n in enumerate(self.terms)]

    def without_coefficient(self) -> list[tuple[str, str]]:
        """Regressors that were asked for, and the word that stands for their coefficient."""
        words = zip(WITHOUT_COEFFICIENT, (self.absorbed, self.omitted), strict=True)
        return [(term, word) for word, terms in words for term in terms]

    @property
    def distribution(self) -> str:
        """Law of the statistics of coefficients."""
        return "normal" if self.inference is None or math.isinf(self.inference.df) else "t"

    def document(self) -> Document:
        """For JSON."""
        return {
            "estimator": self.estimator,
            "covariance": self.covariance,
            "correction": self.correction,
            "distribution": self.distribution,
            "df": None if self.inference is None else json_number(self.inference.df),
            "status": self.status,
            "reason": self.reason,
            "n_obs": self.n_obs,
            "n_entities": self.n_entities,
            "r_squared": json_number(self.r_squared),
            "statistics": {name: json_number(value) for name, value in self.statistics.items()},
            "absorbed": list(self.absorbed),
            "omitted": list(self.omitted),
            "effects": list(self.effects),
            "coefficients": [
                dict(zip(COEFFICIENT, (term, *map(json_number, values)), strict=True))
                for term, values in self.coefficients()
            ],
            "tests": [
                {
                    "name": test.name,
                    "statistic": json_number(test.statistic),
                    "df": [json_number(test.df), json_number(test.df_denominator)]
                    if math.isfinite(test.df_denominator)
                    else json_number(test.df),
                    "p_value": json_number(test.p_value),
                    "covariance": test.covariance or None,
                    "powers": list(test.powers),
                    "decision": test.decision(self.alpha),
                    "status": test.status,
                    "reason": test.reason,
                }
                for test in self.tests
            ],
            "ledger": ledger_rows(self.ledger),
        }

    def table(self) -> str:
        """For people."""
        head = [
            ["estimator", self.estimator],
            ["covariance", f"{self.covariance}: {self.correction}"],
            *verdict(self.status, self.reason),
            ["N", f"{self.n_obs}"],
            ["groups", f"{self.n_entities}"],
        ]
        if self.effects:
            head.append(["effects", ", ".join(self.effects)])
        if self.inference is not None:
            head.append(["R2", shown(self.r_squared)])
            head += [
                [name, shown(value)] for name, value in self.statistics.items() if shown(value)
            ]
            law = "normal" if self.distribution == "normal" else f"t({shown(self.inference.df)})"
            head.append(["distribution", law])
        width = max(len(name) for name, _ in head)
        text = "".join(f"{name.ljust(width)}  {value}\n" for name, value in head)
        if self.inference is not None:
            rows = [[term, *map(shown, values)] for term, values in self.coefficients()]
            blank = [""] * (len(COEFFICIENT) - 2)
            rows += [[term, word, *blank] for term, word in self.without_coefficient()]
            text += "\ncoefficients\n" + aligned([list(COEFFICIENT), *rows])
        if self.tests:
            rows = [
                [
                    test.name,
                    shown(test.statistic),
                    " ".join(filter(None, [shown(test.df), shown(test.df_denominator)])),
                    shown(test.p_value),
                    test.decision(self.alpha),
                    test.status,
                    test.covariance,
                ]
                for test in self.tests
            ]
            names = ["test", "statistic", "df", "p_value", "decision", "status", "covariance"]
            text += f"\ntests at level {shown(self.alpha)}\n" + aligned([names, *rows])
            text += "".join(
                f"  {test.name}: {said}\n" for test in self.tests for said in notes(test)
            )
        return text + ledger_table(self.ledger)

    def column(self, *, entity: str, time: str) -> Model:
        """The model as a column of a regression table."""
        coefficients = [
            Coefficient(term, values[0], values[1], values[3])
            for term, values in self.coefficients()
        ]
        coefficients += [Coefficient(t, status=word) for t, word in self.without_coefficient()]
        statistics = {"n_obs": float(self.n_obs), "n_entities": float(self.n_entities)}
        if self.estimator == "ppml":
            statistics["pseudo_r_squared"] = self.statistics.get("pseudo_r_squared", math.nan)
        else:
            names = ("r_squared_within", "r_squared_between", "r_squared_overall")
            statistics |= {name: self.statistics.get(name, math.nan) for name in names}
        return Model(
            title="",
            estimator=self.estimator,
            covariance=self.covariance,
            distribution=self.distribution,
            coefficients=tuple(coefficients) if self.is_estimated else (),
            statistics=statistics,
            status=self.status,
            # Of absorbed regressors the table itself says why.
            reason=beside_absorbed(self.reason)
            if self.absorbed and not self.omitted and self.status == "ok"
            else self.reason,
            effects={name: name in self.effects for name in (entity, time, *self.effects)},
            tests={test.name: test.p_value for test in self.tests},
            # Of PPML there is a choice, and of Driscoll and Kraay's the times matter.
            correction=self.correction
            if self.estimator == "ppml" or self.covariance == "driscoll_kraay"
            else "",
        )


def notes(test: TestResult) -> list[str]:
    """What a reader needs to know of a test beside its numbers."""
    powers = ", ".join(map(str, test.powers))
    return [*([f"powers of the fit: {powers}"] if powers else []), *filter(None, [test.reason])]
