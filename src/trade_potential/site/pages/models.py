"""Models of the studies of one reporter: coefficients, tests in words, adequacy of the index."""

from __future__ import annotations

from typing import Any

from trade_potential.site.pages.overview import labels
from trade_potential.site.source import Row, Source
from trade_potential.words import Words

COEFFICIENTS, TESTS = "fct_gravity_coefficients", "fct_gravity_tests"
COVARIANCE = "clustered"
INDEX = ("kmo", "bartlett_chi2")
SMALLEST = 0.001
NONE = "\u2013"


def context(source: Source, words: Words) -> dict[str, Any]:
    """By study its default specification: a table of coefficients, and one of tests."""
    names = labels(source, words)
    studies = source.rows("dim_study", order="study_id")
    tables = [_coefficients(source, study, names, words) for study in studies]
    return {
        "studies": [table for table in tables if table["rows"]],
        "tests": [
            row for study in studies for row in _tests(source, study, words)
        ],
        "indices": _indices(source, words),
    }  # fmt: skip


def _coefficients(
    source: Source, study: Row, names: dict[str, dict[str, str]], words: Words
) -> dict[str, Any]:
    rows = source.rows(
        COEFFICIENTS,
        where=f"study_id = '{study['study_id']}' and spec_id = '{study['default_spec_id']}' "
        f"and covariance = '{COVARIANCE}'",
        order="term, estimator",
    )
    estimators = sorted({row["estimator"] for row in rows})
    held = {(row["term"], row["estimator"]): row for row in rows}
    terms = sorted({row["term"] for row in rows}, key=lambda term: (term == "const", term))
    return {
        "study": study["study_id"],
        "spec": study["default_spec_id"],
        "heads": [names["estimator"].get(of, of) for of in estimators],
        "rows": [
            [term, *(_cell(held.get((term, of)), words) for of in estimators)] for term in terms
        ],
    }


def _cell(row: Row | None, words: Words) -> str:
    """Coefficient and its interval."""
    if row is None or row["coefficient"] is None:
        return NONE
    if row["coefficient_ci_low"] is None:
        return words.number(row["coefficient"], 3)
    return words.text(
        "site_models.cell",
        estimate=words.number(row["coefficient"], 3),
        low=words.number(row["coefficient_ci_low"], 3),
        high=words.number(row["coefficient_ci_high"], 3),
    )


def _p(value: float | None, words: Words) -> str:
    if value is None:
        return NONE
    return words.number(value, 3) if value >= SMALLEST else f"< {words.number(SMALLEST, 3)}"


def _tests(source: Source, study: Row, words: Words) -> list[list[str]]:
    rows = source.rows(
        TESTS,
        where=f"study_id = '{study['study_id']}' and spec_id = '{study['default_spec_id']}' "
        f"and (covariance is null or covariance in ('classical', '{COVARIANCE}'))",
        order="test, estimator nulls first, covariance nulls first",
    )
    return [
        [
            row["study_id"],
            " ".join(
                part.replace("_", " ")
                for part in (row["test"], row["estimator"], row["covariance"])
                if part
            ),
            row["reason"] or "",
            NONE if row["statistic"] is None else words.number(row["statistic"], 2),
            _p(row["p_value"], words),
            words.text(f"site_models.{row['decision'] or 'none'}"),
        ]
        for row in rows
    ]


def _indices(source: Source, words: Words) -> list[list[str]]:
    rows = source.rows(
        "fct_index_diagnostics",
        where=f"diagnostic in {INDEX} and variable is null",
        order="study_id, index_spec_id, diagnostic",
    )
    return [
        [
            row["study_id"],
            row["index_spec_id"],
            words.text(f"site_models.{row['diagnostic']}"),
            NONE if row["diagnostic_value"] is None else words.number(row["diagnostic_value"], 2),
            _p(row["p_value"], words),
        ]
        for row in rows
    ]
