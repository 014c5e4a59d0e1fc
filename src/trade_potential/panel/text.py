"""A model as plain text, as the command line prints it."""

from __future__ import annotations

from collections.abc import Sequence

from trade_potential.inference.test_result import TestResult
from trade_potential.panel.fit import Fit
from trade_potential.panel.numbers import COEFFICIENT
from trade_potential.plain_text import aligned, ledger_table, shown, verdict

TEST_COLUMNS = ["test", "statistic", "df", "p_value", "decision", "status", "covariance"]


def summary(fit: Fit, tests: Sequence[TestResult]) -> str:
    """Head, coefficients, tests and rows lost."""
    head = [
        ["estimator", fit.estimator],
        ["covariance", f"{fit.cov_type}: {fit.correction}"],
        *verdict(fit.status, fit.reason),
        ["N", f"{fit.nobs}"],
        ["groups", f"{fit.n_entities}"],
    ]
    if fit.effects:
        head.append(["effects", ", ".join(fit.effects)])
    if fit.inference is not None:
        head.append(["R2", shown(fit.r_squared)])
        head += [[name, shown(value)] for name, value in fit.statistics.items() if shown(value)]
        law = "normal" if fit.distribution == "normal" else f"t({shown(fit.inference.df)})"
        head.append(["distribution", law])
    width = max(len(name) for name, _ in head)
    text = "".join(f"{name.ljust(width)}  {value}\n" for name, value in head)
    if fit.inference is not None:
        rows = [[term, *map(shown, values)] for term, values in fit.rows()]
        blank = [""] * (len(COEFFICIENT) - 2)
        rows += [[term, word, *blank] for term, word in fit.without_coefficient()]
        text += "\ncoefficients\n" + aligned([list(COEFFICIENT), *rows])
    if tests:
        rows = [_test_row(test, fit.alpha) for test in tests]
        text += f"\ntests at level {shown(fit.alpha)}\n" + aligned([TEST_COLUMNS, *rows])
        text += "".join(f"  {test.name}: {said}\n" for test in tests for said in _notes(test))
    return text + ledger_table(fit.ledger)


def _test_row(test: TestResult, alpha: float) -> list[str]:
    return [
        test.name,
        shown(test.statistic),
        " ".join(filter(None, [shown(test.df), shown(test.df_denominator)])),
        shown(test.p_value),
        test.decision(alpha),
        test.status,
        test.covariance,
    ]


def _notes(test: TestResult) -> list[str]:
    """What a reader needs to know of a test beside its numbers."""
    powers = ", ".join(map(str, test.powers))
    return [*([f"powers of the fit: {powers}"] if powers else []), *filter(None, [test.reason])]
