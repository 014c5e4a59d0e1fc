"""Computed tables in a Markdown page: each stands between <!-- name --> and <!-- end -->."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

BLOCK = re.compile(r"<!-- (?P<name>[a-z_]+) -->\n(?P<body>.*?)<!-- end -->", re.DOTALL)
Settle = Callable[[str, str, str], str]
"""The table to print, from its name, the old one and the new one: small changes may not count."""


def refreshed(text: str, found: Mapping[str, str], settle: Settle) -> str:
    """The page with its tables.

    Raises:
        ValueError: A table has no place in the page, or a place no table.
    """
    places = [match["name"] for match in BLOCK.finditer(text)]
    if sorted(places) != sorted(found):
        odd = sorted(set(places) ^ set(found)) or sorted(places)
        raise ValueError(f"no table or no single place for {', '.join(odd)}")

    def fill(match: re.Match[str]) -> str:
        name = match["name"]
        body = settle(name, match["body"].strip("\n"), found[name].strip("\n"))
        return f"<!-- {name} -->\n\n{body}\n\n<!-- end -->"

    return BLOCK.sub(fill, text)


def update(
    page: Path, found: Mapping[str, str], settle: Settle, *, check: bool, script: str
) -> int:
    """Write the tables into the page, or only say which would change; the exit status."""
    before = page.read_text(encoding="utf-8")
    after = refreshed(before, found, settle)
    if after == before:
        return 0
    if check:
        pairs = zip(BLOCK.finditer(before), BLOCK.finditer(after), strict=True)
        names = ", ".join(old["name"] for old, new in pairs if old["body"] != new["body"])
        print(f"tables have changed, run {script}: {names}", file=sys.stderr)
        return 1
    page.write_text(after, encoding="utf-8")
    return 0
