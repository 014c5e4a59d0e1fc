"""Numbers, tables and ledgers as the command line shows them; see docs/command-line.md."""

from __future__ import annotations

import math
from typing import Any

from trade_potential.rows.files import Loss

DIGITS = 15
"""Significant digits in JSON and CSV: all that a double surely holds. Of tables with more than a
hundred thousand rows the last few depend on the order in which threads add."""

Document = dict[str, Any]


def json_number(value: float) -> float | None:
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
