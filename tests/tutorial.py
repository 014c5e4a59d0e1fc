"""Blocks of the tutorials: what they are said to print, and what they do.

A ```python block runs in this process, a ```sh block in bash; below either stands what it prints.
There a line ``...`` stands for lines left out, and seconds are written ``... s``.

Usage: python -m tests.tutorial, which follows docs/two-studies.md in a copy of the project that
was never built, and writes into the page what its blocks print.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.build.project import Project

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = DOCS / "tutorial.md"
OF_STUDIES = DOCS / "two-studies.md"
"""The page whose commands make studies, build them and take them away again."""
SECTION = re.compile(r"^## (?P<title>.+?)\n(?P<text>.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(
    r"```(?P<language>python|sh)\n(?P<code>.*?)```(?:\n\n```text\n(?P<said>.*?)```)?", re.DOTALL
)
SECONDS = re.compile(r" *\b\d+ s\b")
LEFT_OUT = "..."
REFUSED = ": error: "

SECTIONS = {found["title"]: found["text"] for found in SECTION.finditer(PAGE.read_text("utf-8"))}
OF_A_BUILD = "A release of the warehouse"
"""The section that needs a built warehouse."""


def said_and_printed(title: str) -> tuple[list[str], list[str]]:
    """Lines below the blocks of a section, and those that its blocks print, run in their order."""
    return _compared(SECTIONS[title], f"{PAGE}: {title}")


def of_studies(project: Project) -> tuple[list[str], list[str]]:
    """The same of the whole page of studies, followed in a project that was never built."""
    with contextlib.chdir(project.root):
        return _compared(OF_STUDIES.read_text("utf-8"), str(OF_STUDIES))


@contextlib.contextmanager
def clock() -> Iterator[None]:
    """Say what the page took; what its commands computed does not depend on who else does."""
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    yield
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = f"{time.monotonic() - started:.0f} s by the clock, {cpu:.0f} s of a core"
    print(f"\n{OF_STUDIES.name}: {told}")


def refreshed(text: str) -> str:
    """A page with what its blocks print; of those with lines left out as many at either end."""
    names: dict[str, Any] = {"__name__": "__tutorial__"}

    def run(block: re.Match[str]) -> str:
        printed = _lines(_printed(block, str(OF_STUDIES), names))
        if block["said"] is None:
            return block[0]
        shown = "\n".join(_folded(_lines(block["said"]), printed))
        return f"```{block['language']}\n{block['code']}```\n\n```text\n{shown}\n```"

    return BLOCK.sub(run, text)


def _compared(text: str, where: str) -> tuple[list[str], list[str]]:
    said: list[str] = []
    printed: list[str] = []
    names: dict[str, Any] = {"__name__": "__tutorial__"}
    for block in BLOCK.finditer(text):
        below = _lines(block["said"] or "")
        said += below
        printed += _folded(below, _lines(_printed(block, where, names)))
    return said, printed


def _printed(block: re.Match[str], where: str, names: dict[str, Any]) -> str:
    if block["language"] == "sh":
        is_refused = REFUSED in (block["said"] or "")
        return SECONDS.sub(f" {LEFT_OUT} s", _typed(block["code"], is_refused=is_refused))
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(block["code"], where, "exec"), names)  # noqa: S102
    return out.getvalue()


def _typed(code: str, *, is_refused: bool) -> str:
    """What commands say on stdout and stderr, typed where the environment is active.

    Raises:
        RuntimeError: They fail, and the page does not say so.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DBT_", "TRADE_", "MAKE"))}
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", code],
        env={**kept, "PATH": programs, "COLUMNS": "80", "DO_NOT_TRACK": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if (done.returncode != 0) != is_refused:
        raise RuntimeError(f"exit code {done.returncode} of {code}{done.stdout[-5000:]}")
    return done.stdout


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]


def _folded(said: list[str], printed: list[str]) -> list[str]:
    """The lines printed, of which those are left out that the page leaves out."""
    if LEFT_OUT not in said or len(printed) < len(said):
        return printed
    head = said.index(LEFT_OUT)
    tail = len(said) - head - 1
    return [*printed[:head], LEFT_OUT, *printed[len(printed) - tail :]]


def main() -> None:
    """Refresh the page of studies."""
    with tempfile.TemporaryDirectory() as folder:
        project = Project.checked_out_to(Path(folder) / "trade-potential")
        with contextlib.chdir(project.root), clock():
            text = refreshed(OF_STUDIES.read_text("utf-8"))
    OF_STUDIES.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
