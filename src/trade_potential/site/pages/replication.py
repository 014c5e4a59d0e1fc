"""How much of the reference study is rebuilt, what was found, and where its print differs."""

from __future__ import annotations

from typing import Any

from trade_potential.site.source import Source
from trade_potential.words import Words

MART = "rpt_replication"


def context(source: Source, words: Words) -> dict[str, Any]:
    """Counts by replication and status, findings, and printed numbers that contradict others."""
    counted = source.release.mart(MART).aggregate("replication_id, exhibit, status, count(*) as n")
    printed = source.rows("rpt_printed_consistency", order="is_consistent, exhibit, row_label")
    wrong = [row for row in printed if not row["is_consistent"]]
    return {
        "said": words.text("site_replication.said", n=len(printed), wrong=len(wrong)),
        "counts": [
            [replication, exhibit.replace("_", " "), status.replace("_", " "), words.number(n)]
            for replication, exhibit, status, n in counted.order(
                "replication_id, exhibit, status"
            ).fetchall()
        ],
        "findings": [
            [
                row["finding"], row["measure"], words.number(row["measured_value"], 3),
                f"{row['comparison']} {words.number(row['threshold'], 3)} {row['unit'] or ''}",
                row["verdict"].replace("_", " "),
            ]
            for row in source.rows("rpt_replication_findings", order="position")
            if row["measured_value"] is not None and row["threshold"] is not None
        ],
        "wrong": [
            [
                row["claim"], f"{row['exhibit']}, {row['row_label']}, {row['column_label']}",
                words.number(row["printed_value"], 3), words.number(row["recomputed_value"], 3),
            ]
            for row in wrong
            if row["printed_value"] is not None and row["recomputed_value"] is not None
        ],
    }  # fmt: skip
