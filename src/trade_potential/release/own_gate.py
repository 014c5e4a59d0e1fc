"""The report of the gate that a release holds, from its own rows of fct_quality_results."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from trade_potential.release.manifest import GATE
from trade_potential.release.mart_files import parquet_files, rows_of

if TYPE_CHECKING:
    import duckdb


def write_gate(
    memory: duckdb.DuckDBPyConnection, folder: Path, acknowledged: duckdb.DuckDBPyRelation | None
) -> None:
    """Write page and document; equal rows give equal bytes.

    Args:
        memory: To read with.
        folder: Of the release; it holds fct_quality_results.
        acknowledged: Rows of acknowledged_warnings, of a session of their own; None: none.
    """
    from trade_potential.reports.files import texts
    from trade_potential.reports.report import Check, Report, acknowledgements_of, checks_of
    from trade_potential.reports.sentences import of_release

    rows = _rows(memory.sql(f"from {rows_of(parquet_files(folder, GATE))}"))
    if rows and not set(Check._fields) <= rows[0].keys():
        return  # a mart of another form, of whoever publishes tables of his own
    checks = checks_of(rows)
    verdict, sentence = of_release(checks)
    known = acknowledgements_of(_rows(acknowledged) if acknowledged else (), checks)
    report = Report(
        of="release", verdict=verdict, sentence=sentence, checks=checks, acknowledged=known
    )
    for name, text in texts(report).items():
        (folder / name).write_text(text, encoding="utf-8")


def _rows(relation: duckdb.DuckDBPyRelation) -> list[dict[str, Any]]:
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
