"""Run the queries of a Markdown page and put their results behind them.

Every ```sql block is run against the warehouse; the ```text block that follows it is replaced by
the result, so that no number in the page is typed by hand. With --check nothing is written and the
exit status is 1 if a result has changed; a warehouse of other studies is not compared.

Usage: python docs/run_queries.py [--check] PAGE...
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import duckdb
from bundled import is_bundled

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"```sql\n(?P<query>.*?)```\n\n```text\n(?P<result>.*?)```", re.DOTALL)
SIGNIFICANT_DIGITS = 6


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.{SIGNIFICANT_DIGITS}g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return str(value)


def table(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """Result of a query as text in columns, numbers right-aligned."""
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description or []]
    rows = cursor.fetchall()
    cells = [[_text(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    is_number = [
        all(isinstance(row[k], int | float) and not isinstance(row[k], bool) for row in rows)
        for k in range(len(names))
    ]
    lines = [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(line, widths, is_number, strict=True)
        ).rstrip()
        for line in [names, *cells]
    ]
    return "\n".join(lines) + "\n"


def refreshed(text: str, connection: duckdb.DuckDBPyConnection) -> str:
    """The page with the results of its queries."""

    def run(match: re.Match[str]) -> str:
        query = match["query"]
        return f"```sql\n{query}```\n\n```text\n{table(connection, query)}```"

    return BLOCK.sub(run, text)


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a change")
    parser.add_argument(
        "--database", type=Path, default=ROOT / "warehouse" / "trade_potential.duckdb"
    )
    arguments = parser.parse_args()
    changed = []
    with duckdb.connect(arguments.database, read_only=True) as connection:
        if arguments.check and not is_bundled(connection, "docs/run_queries.py"):
            return 0
        for page in arguments.pages:
            before = page.read_text(encoding="utf-8")
            after = refreshed(before, connection)
            if after != before:
                changed.append(str(page))
                if not arguments.check:
                    page.write_text(after, encoding="utf-8")
    if changed and arguments.check:
        print(f"results have changed, run docs/run_queries.py: {', '.join(changed)}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
