"""Reports of several models as one JSON or CSV text; see docs/command-line.md."""

from __future__ import annotations

import csv
import io
import json

from trade_potential.cli.model_report import COEFFICIENT, OF_ERRORS, ModelReport
from trade_potential.cli.report_text import json_number


def json_text(reports: list[ModelReport]) -> str:
    """One document, or a list of them for several models."""
    documents = [report.document() for report in reports]
    content = documents[0] if len(documents) == 1 else documents
    return json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def csv_text(reports: list[ModelReport]) -> str:
    """The coefficients and what their errors are, also those that are left out.

    Of several models the estimator stands in front.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    several = len(reports) > 1
    writer.writerow([*(["estimator"] if several else []), *COEFFICIENT, *OF_ERRORS, "status"])
    for report in reports:
        front = [report.estimator] if several else []
        for term, values in report.coefficients():
            errors = (report.covariance, report.correction)
            writer.writerow([*front, term, *map(json_number, values), *errors, report.status])
        blank = [""] * (len(COEFFICIENT) + len(OF_ERRORS) - 1)
        writer.writerows(
            [*front, term, *blank, word] for term, word in report.without_coefficient()
        )
    return text.getvalue()
