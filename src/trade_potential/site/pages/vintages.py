"""What newer figures change, and of when the figures are."""

from __future__ import annotations

from typing import Any

from trade_potential.site.source import Source
from trade_potential.words import Words

MART = "rpt_vintage_sensitivity"
NONE = "\u2013"


def context(source: Source, words: Words) -> dict[str, Any]:
    """Counts by kind of quantity, classes that are another, vintages of sources."""
    rows = source.release.mart(MART)
    kinds = rows.aggregate(
        "study_id, later_study_id, quantity_kind, count(*) as n, "
        "median(abs(relative_change)) as change, "
        "count(*) filter (is_class_changed) as classes, count(*) filter (is_sign_changed) as signs"
    )
    moved = source.rows(
        MART, where="is_class_changed", order="country_iso3, year, spec_id, estimator"
    )
    return {
        "kinds": [
            [
                study, later, kind.replace("_", " "), words.number(n),
                NONE if change is None else words.percent(change, 1), words.number(classes),
                words.number(signs),
            ]
            for study, later, kind, n, change, classes, signs in kinds.order(
                "study_id, later_study_id, quantity_kind"
            ).fetchall()
        ],
        "moved": [
            [
                row["country_iso3"], str(row["year"]), f"{row['spec_id']} {row['estimator']}",
                words.ratio(row["quantity_value"]), _class(row["potential_class"]),
                words.ratio(row["later_value"]), _class(row["later_class"]),
            ]
            for row in moved
            if row["quantity_value"] is not None and row["later_value"] is not None
        ],
        "sources": [
            [
                row["title"], row["vintage"] or "", words.number(row["figure_count"] or 0),
                row["caveat"] or "",
            ]
            for row in source.rows("dim_source", order="title")
        ],
    }  # fmt: skip


def _class(code: str | None) -> str:
    return (code or NONE).replace("_", " ")
