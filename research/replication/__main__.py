"""Try candidates for what is open about the printed study and rank them.

What stands between <!-- name --> and <!-- end --> in docs/replication-search.md is replaced; the
rest of the page is written by hand. With --check nothing is written and the exit status is 1 if a
table would change. The last decimal of a number may move by one.

Usage: python research/replication [--check] [--warehouse PATH]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import duckdb
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
from page import settled

sys.path.insert(0, str(ROOT / "docs"))  # shared with the other pages

from blocks import update
from bundled import is_bundled

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
    with duckdb.connect(arguments.warehouse, read_only=True) as connection:
        if not is_bundled(connection, "research/replication"):
            return 0 if arguments.check else 1
    evidence = load(arguments.warehouse)
    found = {name: text for search in SEARCHES for name, text in search.tables(evidence).items()}
    return update(PAGE, found, settled, check=arguments.check, script="research/replication")


if __name__ == "__main__":
    sys.exit(main())
