"""Several models as one JSON or CSV text; see docs/command-line.md."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence

from trade_potential.cli.report_text import Document, json_number, ledger_rows
from trade_potential.inference.test_result import TestResult
from trade_potential.panel.fit import Fit
from trade_potential.panel.numbers import COEFFICIENT

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that spreadsheets run."""
OF_ERRORS = ("covariance", "correction")


def json_text(fits: Sequence[Fit], tests: Sequence[Sequence[TestResult]]) -> str:
    """One document, or a list of them for several models; each with its tests."""
    documents = [_document(fit, of_fit) for fit, of_fit in zip(fits, tests, strict=True)]
    content = documents[0] if len(documents) == 1 else documents
    return json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def _document(fit: Fit, tests: Sequence[TestResult]) -> Document:
    return {
        "estimator": fit.estimator,
        "covariance": fit.cov_type,
        "correction": fit.correction,
        "distribution": fit.distribution,
        "df": None if fit.inference is None else json_number(fit.inference.df),
        "status": fit.status,
        "reason": fit.reason,
        "n_obs": fit.nobs,
        "n_entities": fit.n_entities,
        "r_squared": json_number(fit.r_squared),
        "statistics": {name: json_number(value) for name, value in fit.statistics.items()},
        "absorbed": list(fit.absorbed),
        "omitted": list(fit.omitted),
        "effects": list(fit.effects),
        "coefficients": [
            dict(zip(COEFFICIENT, (term, *map(json_number, values)), strict=True))
            for term, values in fit.rows()
        ],
        "tests": [_test(test, fit.alpha) for test in tests],
        "ledger": ledger_rows(fit.ledger),
    }


def _test(test: TestResult, alpha: float) -> Document:
    return {
        "name": test.name,
        "statistic": json_number(test.statistic),
        "df": [json_number(test.df), json_number(test.df_denominator)]
        if math.isfinite(test.df_denominator)
        else json_number(test.df),
        "p_value": json_number(test.p_value),
        "covariance": test.covariance or None,
        "powers": list(test.powers),
        "decision": test.decision(alpha),
        "status": test.status,
        "reason": test.reason,
    }


def harmless(text: str) -> str:
    """A text that no spreadsheet runs: one that looks like a formula gets an apostrophe."""
    if not text.startswith(FORMULA):
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return text


def csv_text(fits: Sequence[Fit]) -> str:
    """The coefficients and what their errors are, also those that are left out.

    Of several models the estimator stands in front.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    several = len(fits) > 1
    writer.writerow([*(["estimator"] if several else []), *COEFFICIENT, *OF_ERRORS, "status"])
    for fit in fits:
        front = [fit.estimator] if several else []
        for term, values in fit.rows():
            errors = (fit.cov_type, fit.correction)
            writer.writerow(
                [*front, harmless(term), *map(json_number, values), *errors, fit.status]
            )
        blank = [""] * (len(COEFFICIENT) + len(OF_ERRORS) - 1)
        writer.writerows(
            [*front, harmless(term), *blank, word] for term, word in fit.without_coefficient()
        )
    return text.getvalue()
