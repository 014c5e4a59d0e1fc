"""Data quality: what the gate has found, what was left out, what is filled, what was recomputed."""

from __future__ import annotations

from typing import Any

from trade_potential.site.source import Source
from trade_potential.words import Words

GATE, LEDGER, AUDIT = "fct_quality_results", "fct_row_ledger", "fct_audit_results"
FIGURES = "fct_country_indicator"
MOST = 20
"""Reasons that are listed; the rest is in the CSV."""


def context(source: Source, words: Words) -> dict[str, Any]:
    """Counts and tables of each of them."""
    checks = source.rows(GATE, order="suite, check_id")
    failed = [row for row in checks if not row["passed"]]
    return {
        "said": words.text(
            "site_quality.said",
            n=len(checks),
            errors=sum(row["severity"] == "error" for row in failed),
            warnings=sum(row["severity"] == "warning" for row in failed),
            rows=sum(row["failing_count"] or 0 for row in failed),
            new=sum(row["new_count"] or 0 for row in failed),
        ),
        "suites": [_suite(name, checks, words) for name in sorted({r["suite"] for r in checks})],
        "failed": [
            [
                row["rule"],
                row["file"],
                row["column_name"],
                words.number(row["failing_count"]),
                words.number(row["acknowledged_count"]),
            ]
            for row in failed
        ],
        "ledger": _counted(source, LEDGER, ("study_id", "step", "reason"), words),
        "fills": _fills(source, words),
        "audit": _audit(source, words),
        "audited": words.text("site_quality.audited", n=_rows(source, AUDIT)),
    }


def _rows(source: Source, mart: str) -> int:
    found = source.release.mart(mart).aggregate("count(*)").fetchone()
    return int(found[0]) if found else 0


def _suite(name: str, checks: list[dict[str, Any]], words: Words) -> list[str]:
    own = [row for row in checks if row["suite"] == name]
    failed = [row for row in own if not row["passed"]]
    return [
        name.replace("_", " "),
        words.number(max((row["rows_total"] or 0 for row in own), default=0)),
        words.number(len(own)),
        words.number(sum(row["severity"] == "error" for row in failed)),
        words.number(sum(row["severity"] == "warning" for row in failed)),
    ]


def _counted(source: Source, mart: str, columns: tuple[str, ...], words: Words) -> list[list[str]]:
    """The most frequent combinations of texts, with how many rows have them."""
    listed = ", ".join(columns)
    found = source.release.mart(mart).aggregate(f"{listed}, count(*) as n")
    rows = found.order(f"n desc, {listed}").limit(MOST).fetchall()
    return [[*(str(value) for value in texts), words.number(n)] for *texts, n in rows]


def _fills(source: Source, words: Words) -> list[list[str]]:
    """Indicators by the share of figures that are filled, the most filled first."""
    found = (
        source.release.mart(FIGURES)
        .filter("indicator_value is not null")
        .aggregate(
            "study_id, indicator, count(*) as n, avg(is_imputed::int) as filled, "
            "avg(is_estimate::int) as estimated"
        )
    )
    rows = found.order("filled desc, study_id, indicator").limit(MOST).fetchall()
    return [
        [
            study, indicator.replace("_", " "), words.number(n), words.percent(filled),
            words.percent(estimated),
        ]
        for study, indicator, n, filled, estimated in rows
    ]  # fmt: skip


def _audit(source: Source, words: Words) -> list[list[str]]:
    """Second computations: by what, how many, how many differ, how much at most."""
    found = source.release.mart(AUDIT).aggregate(
        "reference, count(*) as n, count(*) filter (status <> 'agrees') as differing, "
        "max(relative_difference) as largest"
    )
    return [
        [
            reference, words.number(n), words.number(differing),
            "0" if not largest else f"{largest:.1e}",
        ]
        for reference, n, differing, largest in found.order("n desc, reference").fetchall()
    ]  # fmt: skip
