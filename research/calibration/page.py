"""The page docs/calibration.md beside the stored results."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from research.calibration.code import ROOT, code_digest
from research.calibration.tables import tables

sys.path.insert(0, str(ROOT / "docs"))  # shared with the other pages

import blocks

RESULTS = Path(__file__).parent / "results.json"
PAGE = ROOT / "docs" / "calibration.md"
COMMAND = "make calibration"


def stored() -> dict[str, Any]:
    """The stored results."""
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


def update(*, check: bool) -> int:
    """Write the tables, or say which would change; the exit status.

    Results of other code are results of nothing: that, too, is a difference.
    """
    found = stored()
    if found["code"] != code_digest():
        print(
            f"research/calibration: results are those of other code, run {COMMAND}", file=sys.stderr
        )
        return 1

    def settle(_: str, __: str, new: str) -> str:
        return new

    return blocks.update(PAGE, tables(found), settle, check=check, script=COMMAND)
