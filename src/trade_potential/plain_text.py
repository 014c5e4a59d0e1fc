"""Numbers, tables and ledgers as plain text for people."""

from __future__ import annotations

import math
from collections.abc import Iterable


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


def ledger_table(losses: Iterable[tuple[str, str, int]]) -> str:
    """Rows lost by step and reason, for people."""
    rows = [[step, reason, str(count)] for step, reason, count in losses]
    if not rows:
        return "\nrows lost: none\n"
    return "\nrows lost\n" + aligned([["step", "reason", "rows"], *rows])


def verdict(status: str, reason: str) -> list[list[str]]:
    """Line of a table with the status and why."""
    return [["status", f"{status}: {reason}" if reason else status]]
