"""Blocks of docs/tutorial.md: what they are said to print, and what they do."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[1] / "docs" / "tutorial.md"
SECTION = re.compile(r"^## (?P<title>.+?)\n(?P<text>.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"```python\n(?P<code>.*?)```(?:\n\n```text\n(?P<said>.*?)```)?", re.DOTALL)

SECTIONS = {found["title"]: found["text"] for found in SECTION.finditer(PAGE.read_text("utf-8"))}
OF_A_BUILD = "A release of the warehouse"
"""The section that needs a built warehouse."""


def said_and_printed(title: str) -> tuple[list[str], list[str]]:
    """Lines below the blocks of a section, and those that its blocks print, run in their order."""
    said, printed = [], []
    names: dict[str, Any] = {"__name__": "__tutorial__"}
    for block in BLOCK.finditer(SECTIONS[title]):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(block["code"], f"{PAGE}: {title}", "exec"), names)  # noqa: S102
        for lines, text in ((said, block["said"] or ""), (printed, out.getvalue())):
            lines += [line.rstrip() for line in text.rstrip().splitlines()]
    return said, printed
