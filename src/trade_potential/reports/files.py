"""Writes a report as two files, each at once: readers see the old one or the new one."""

from __future__ import annotations

import os
from pathlib import Path

from trade_potential.reports.document import text_of
from trade_potential.reports.page import page
from trade_potential.reports.report import Report

PAGE, DOCUMENT = "gate.html", "gate.json"


def texts(report: Report) -> dict[str, str]:
    """Content by name of the file."""
    return {PAGE: page(report), DOCUMENT: text_of(report)}


def write(folder: Path, report: Report) -> str:
    """Write both files.

    Returns:
        The path of the page, or what kept it from being written: that is no failure of a build.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts(report).items():
            draft = folder / f".{name}.{os.getpid()}"
            draft.write_text(text, encoding="utf-8", errors="backslashreplace")
            draft.replace(folder / name)
    except OSError as error:
        return f"{folder / PAGE} cannot be written: {error.strerror}"
    return str(folder / PAGE)
