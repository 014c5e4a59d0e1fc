"""Fill the tables of docs/validation.md: ours beside other programs, printed results and NIST.

What stands between <!-- name --> and <!-- end --> is replaced; the rest of the page is written by
hand. Numbers of R and gretl are those stored in tests/reference/peers, all others are computed
now. With --check nothing is written and the exit status is 1 if a table would change. A difference
above the limit that no convention explains is an error, with and without --check.

Bounds and digits depend on the processor in their last step: a printed one stands while it is at
most one power of ten, or one digit, away from what is found.

Usage: python docs/validation.py [--check]
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]  # shared: tests/reference, docs/blocks.py

import blocks  # noqa: E402
from tests.reference.peers.compare import LARGEST  # noqa: E402
from tests.reference.peers.comparison import Comparison  # noqa: E402
from tests.reference.peers.tables import tables  # noqa: E402

PAGE = ROOT / "docs" / "validation.md"
EXPONENT = re.compile(r"(?<=< 1e-)\d+")
DIGITS = re.compile(r"(?<=\| )\d+(?= \|)")
"""What fills a cell of the table of digits."""


def settled(old: str, new: str, numbers: re.Pattern[str] = EXPONENT) -> str:
    """The new table, with the numbers of the old one that are at most one step away."""
    if numbers.sub("", old) != numbers.sub("", new):
        return new
    before = iter(numbers.findall(old))

    def keep(match: re.Match[str]) -> str:
        last = next(before)
        return last if abs(int(last) - int(match[0])) <= 1 else match[0]

    return numbers.sub(keep, new)


def settled_table(name: str, old: str, new: str) -> str:
    """The table to print: what counts is the power of ten, in the table of NIST the digits."""
    return settled(old, new, DIGITS if name == "nist" else EXPONENT)


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a change")
    arguments = parser.parse_args()
    comparison = Comparison.made()
    if wrong := comparison.unexplained:
        print(f"differences above {LARGEST:.0e} that no convention explains:", file=sys.stderr)
        print(*wrong, sep="\n", file=sys.stderr)
        return 1
    found = tables(comparison)
    return blocks.update(
        PAGE, found, settled_table, check=arguments.check, script="docs/validation.py"
    )


if __name__ == "__main__":
    sys.exit(main())
