"""Numbers and ledgers for JSON; see docs/command-line.md."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from trade_potential.rows.table import Loss

DIGITS = 15
"""Significant digits in JSON and CSV: all that a double surely holds. Of tables with more than a
hundred thousand rows the last few depend on the order in which threads add."""

Document = dict[str, Any]


def json_number(value: float) -> float | None:
    """A number for JSON: null for NaN and infinity."""
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None


def ledger_rows(losses: Sequence[Loss]) -> list[Document]:
    """The ledger for JSON."""
    return [loss._asdict() for loss in losses]
