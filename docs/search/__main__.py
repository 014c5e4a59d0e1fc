"""Try candidates for what is open about the printed study and rank them.

What stands between <!-- name --> and <!-- end --> in docs/replication-search.md is replaced; the
rest of the page is written by hand. With --check nothing is written and the exit status is 1 if a
table would change. The last decimal of a number may move by one.

Usage: python docs/search [--check] [--warehouse PATH]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import index_fill
import index_inputs
import k_evidence
import k_placebo
import k_search
import oil_distance
import outcome
import outcome_panel
import price_index
from evidence import ROOT, load
from page import changed, refreshed

PAGE = ROOT / "docs" / "replication-search.md"
SEARCHES = (
    *(k_evidence, k_search, k_placebo),
    *(price_index, index_inputs, index_fill),
    *(outcome, outcome_panel, oil_distance),
)


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a change")
    parser.add_argument(
        "--warehouse", type=Path, default=ROOT / "warehouse" / "trade_potential.duckdb"
    )
    arguments = parser.parse_args()
    evidence = load(arguments.warehouse)
    found = {name: text for search in SEARCHES for name, text in search.tables(evidence).items()}
    before = PAGE.read_text(encoding="utf-8")
    after = refreshed(before, found)
    if after != before and arguments.check:
        names = ", ".join(changed(before, after))
        print(f"tables have changed, run docs/search: {names}", file=sys.stderr)
        return 1
    if after != before:
        PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
