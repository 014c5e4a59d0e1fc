"""The report for machines: JSON of a documented form (docs/operations.md, ``schema.json``)."""

from __future__ import annotations

import json
from typing import Any

from trade_potential.reports.report import Report

SCHEMA_VERSION = 1
"""Goes up where an entry is renamed, goes or means something else; not where one is added."""


def document(report: Report) -> dict[str, Any]:
    """All of a report."""
    return {
        "schema_version": SCHEMA_VERSION,
        "of": report.of,
        "verdict": report.verdict,
        "sentence": report.sentence,
        "run": report.ran._asdict() if report.ran else None,
        "counts": report.counts,
        "complaints": [of._asdict() for of in report.complaints],
        "warned": [of._asdict() for of in report.warned],
        "failing_tests": [of._asdict() for of in report.failing],
        "warning_tests": [of._asdict() for of in report.warning],
        "failed_models": [of._asdict() for of in report.failed],
        "checks": [of._asdict() | {"is_sample": of.is_sample} for of in report.checks],
        "acknowledgements": [of._asdict() for of in report.acknowledged],
    }


def text_of(report: Report) -> str:
    """The document as text."""
    return json.dumps(document(report), indent=1, ensure_ascii=False) + "\n"
