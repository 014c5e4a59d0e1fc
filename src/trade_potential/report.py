"""Results as JSON, CSV and tables; docs/command-line.md is the contract."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trade_potential.files import Loss
from trade_potential.gravity.covariance import (
    FEW_CLUSTERS,
    Inference,
    clustered_covariance,
    law_df,
    too_few_clusters,
)
from trade_potential.gravity.estimate import CONSTANT, Estimate
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.specification_tests import TestResult
from trade_potential.linalg import FloatArray

DIGITS = 12
"""Significant digits in JSON and CSV; those beyond depend on the order in which threads add."""

COEFFICIENT = ("term", "estimate", "std_error", "statistic", "p_value", "ci_low", "ci_high")
Document = dict[str, Any]


def number(value: float) -> float | None:
    """A number for JSON: null for NaN and infinity."""
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None


def aligned(rows: list[list[str]], *, indent: str = "  ") -> str:
    """Lines of columns: the first to the left, the others to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = (
        row[0].ljust(widths[0])
        + "".join(f"  {cell.rjust(width)}" for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in rows
    )
    return "".join(f"{indent}{line.rstrip()}\n" for line in lines)


def shown(value: float | None) -> str:
    """Six digits for a table; nothing where there is no number."""
    return "" if value is None or not math.isfinite(value) else f"{value:.6g}"


def ledger_rows(losses: list[Loss]) -> list[Document]:
    """The ledger for JSON."""
    return [loss._asdict() for loss in losses]


def ledger_table(losses: list[Loss]) -> str:
    """The ledger for people."""
    if not losses:
        return "\nrows lost: none\n"
    rows = [[loss.step, loss.reason, str(loss.rows)] for loss in losses]
    return "\nrows lost\n" + aligned([["step", "reason", "rows"], *rows])


def verdict(status: str, reason: str) -> list[list[str]]:
    """Line of a table with the status and why."""
    return [["status", f"{status}: {reason}" if reason else status]]


@dataclass(frozen=True)
class GravityReport:
    """One estimate as the command line shows it.

    Attributes:
        estimate: With its status; may be without numbers.
        moments: Of the sample.
        covariance: classical or clustered.
        inference: Coefficients with their uncertainty; None without numbers.
        status, reason: Of the estimate, or few_clusters.
        tests: Specification tests, if asked for.
        alpha: Level of their decisions.
        ledger: Rows lost.
    """

    estimate: Estimate
    moments: PanelMoments
    covariance: str
    inference: Inference | None
    status: str
    reason: str
    tests: tuple[TestResult, ...]
    alpha: float
    ledger: list[Loss]

    @classmethod
    def of(
        cls,
        estimate: Estimate,
        moments: PanelMoments,
        *,
        covariance: str,
        meat: FloatArray | None,
        confidence_level: float,
        tests: tuple[TestResult, ...],
        ledger: list[Loss],
    ) -> GravityReport:
        """Add inference: classical, or clustered by entity where there is a meat matrix."""
        status: str = estimate.status
        reason, inference = estimate.reason, None
        if estimate.is_estimated:
            matrix, df = estimate.covariance, float(estimate.df_resid)
            clusters, k = moments.n_entities, len(estimate.coefficients)
            if meat is not None:
                df = clusters - 1.0
                matrix = clustered_covariance(
                    estimate.bread, meat, n_clusters=clusters, n_rows=estimate.n_rows
                )
                few = too_few_clusters(clusters, k)
                if few:
                    status = FEW_CLUSTERS if status == "ok" else status
                    reason = "; ".join(filter(None, [reason, few]))
            inference = Inference.of(
                estimate.coefficients,
                matrix,
                df=law_df(estimate.estimator, df),
                confidence_level=confidence_level,
            )
        return cls(
            estimate=estimate,
            moments=moments,
            covariance=covariance,
            inference=inference,
            status=status,
            reason=reason,
            tests=tests,
            alpha=1.0 - confidence_level,
            ledger=ledger,
        )

    def coefficients(self) -> list[tuple[str, list[float]]]:
        """Terms with the numbers that ``COEFFICIENT`` names."""
        found = self.inference
        if found is None:
            return []
        columns = [getattr(found, name) for name in COEFFICIENT[1:]]
        names = (CONSTANT, *self.estimate.terms)
        return [(n, [float(c[i]) for c in columns]) for i, n in enumerate(names)]

    def document(self) -> Document:
        """For JSON."""
        return {
            "estimator": self.estimate.estimator,
            "covariance": self.covariance,
            "status": self.status,
            "reason": self.reason,
            "n_obs": self.moments.n_obs,
            "n_entities": self.moments.n_entities,
            "r_squared": number(self.estimate.r_squared),
            "coefficients": [
                dict(zip(COEFFICIENT, (term, *map(number, values)), strict=True))
                for term, values in self.coefficients()
            ],
            "tests": [
                {
                    "name": test.name,
                    "statistic": number(test.statistic),
                    "df": [number(test.df), number(test.df_denominator)]
                    if test.name == "f_effects"
                    else number(test.df),
                    "p_value": number(test.p_value),
                    "decision": test.decision(self.alpha),
                    "status": test.status,
                    "reason": test.reason,
                }
                for test in self.tests
            ],
            "ledger": ledger_rows(self.ledger),
        }

    def json(self) -> Iterator[str]:
        """The document in one piece."""
        yield json.dumps(self.document(), indent=2, allow_nan=False, ensure_ascii=False) + "\n"

    def csv(self) -> Iterator[str]:
        """The coefficients."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COEFFICIENT)
        writer.writerows([term, *map(number, values)] for term, values in self.coefficients())
        yield text.getvalue()

    def table(self) -> Iterator[str]:
        """For people."""
        fit = self.estimate
        head = [
            ["estimator", fit.estimator],
            ["covariance", self.covariance],
            *verdict(self.status, self.reason),
            ["N", f"{self.moments.n_obs}"],
            ["groups", f"{self.moments.n_entities}"],
        ]
        if self.inference is not None:
            kinds = ("within", "between", "overall")
            parts = (f"{kind} {shown(getattr(fit, f'r_squared_{kind}'))}" for kind in kinds)
            head += [["R2", ", ".join(part.strip() for part in parts)]]
            if math.isfinite(fit.sigma_e):
                head += [["sigma_u", shown(fit.sigma_u)], ["sigma_e", shown(fit.sigma_e)]]
            if fit.estimator == "random":
                head += [["theta", f"{shown(fit.theta.min())} to {shown(fit.theta.max())}"]]
        width = max(len(name) for name, _ in head)
        yield "".join(f"{name.ljust(width)}  {value}\n" for name, value in head)
        if self.inference is not None:
            rows = [[term, *map(shown, values)] for term, values in self.coefficients()]
            yield "\ncoefficients\n" + aligned([list(COEFFICIENT), *rows])
        if self.tests:
            rows = [
                [
                    test.name,
                    shown(test.statistic),
                    " ".join(filter(None, [shown(test.df), shown(test.df_denominator)])),
                    shown(test.p_value),
                    test.decision(self.alpha),
                    test.status,
                ]
                for test in self.tests
            ]
            names = ["test", "statistic", "df", "p_value", "decision", "status"]
            yield f"\ntests at level {shown(self.alpha)}\n" + aligned([names, *rows])
            yield "".join(f"  {test.name}: {test.reason}\n" for test in self.tests if test.reason)
        yield ledger_table(self.ledger)
