"""Before a build: may this process write the warehouse? ``python -m trade_potential.warehouse``.

dbt shows its own traceback where another process holds the database; this says it in one line.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

DEFAULT = "warehouse/trade_potential.duckdb"
"""As profiles/profiles.yml has it."""
HELD = re.compile(r"Conflicting lock is held in (?P<program>.*?)\s*\(PID (?P<pid>\d+)\)")
REMEDY = "end it, then build again; readers belong on release/current, which no build waits for"


def complaint(path: Path) -> str | None:
    """Why a build cannot write the warehouse, or None; changes nothing."""
    import duckdb

    if not path.exists():
        return None
    try:
        duckdb.connect(path).close()
    except duckdb.Error as error:
        held = HELD.search(str(error))
        if held:
            return f"{path}: process {held['pid']} ({held['program']}) has it open: {REMEDY}"
        return f"{path}: {' '.join(str(error).split())}"
    return None


def main() -> int:
    """Exit code: 0, or 2 as dbt's where nothing is run."""
    wrong = complaint(Path(os.environ.get("TRADE_POTENTIAL_DUCKDB") or DEFAULT))
    if wrong:
        print(f"error: {wrong}", file=sys.stderr)
    return 2 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
