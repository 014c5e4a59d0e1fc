"""The command doctor: what is wrong here, and what to do about it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from trade_potential.cli.release_document import write_document
from trade_potential.cli.session import OK

if TYPE_CHECKING:
    from trade_potential.doctor import Finding

EXAMPLES = """examples of doctor:
  trade-potential doctor
  trade-potential doctor --format json
"""
WRONG = 1
"""Exit code where something is wrong."""


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Where to look."""
    sub.add_argument("--project", default=".", metavar="FOLDER", help="default: here")
    sub.add_argument("--release-path", default="release", metavar="DIR", help="default release")
    sub.add_argument("--format", choices=("table", "json"), default="table")
    sub.add_argument("--output", metavar="FILE", help="write there instead of to stdout")
    sub.set_defaults(run=run, check=lambda _: None, parser=sub)


def run(args: argparse.Namespace) -> int:
    """Look, and say what to do; exit code 1 where something is wrong."""
    from trade_potential.doctor import examined

    found = examined(Path(args.project), args.release_path)
    write_document(args, [finding._asdict() for finding in found], text(found))
    return WRONG if any(finding.state == "wrong" for finding in found) else OK


def text(found: list[Finding]) -> str:
    """A line for each finding, what to do below it, and the sum."""
    width = max(len(finding.check) for finding in found)
    lines = []
    for finding in found:
        lines.append(f"{finding.state.ljust(7)}  {finding.check.ljust(width)}  {finding.said}")
        if finding.remedy and finding.state != "ok":
            lines.append(f"{' ' * (11 + width)}do: {finding.remedy}")
    count = {state: sum(f.state == state for f in found) for state in ("wrong", "warning")}
    warnings = "1 warning" if count["warning"] == 1 else f"{count['warning']} warnings"
    wrong = f"{count['wrong']} wrong" if count["wrong"] else "nothing is wrong"
    return "".join(f"{line}\n" for line in [*lines, f"{wrong}; {warnings}"])
