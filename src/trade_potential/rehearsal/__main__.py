"""``python -m trade_potential.rehearsal``: what a build would refuse, one line each, last."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trade_potential.errors import InputError
from trade_potential.progress import Progress
from trade_potential.rehearsal import Checked, check
from trade_potential.rehearsal.compiled import FOLDER
from trade_potential.reports.files import write
from trade_potential.reports.report import Ran, Report
from trade_potential.reports.sentences import of_check

OK, REFUSED, NOT_RUN = 0, 1, 2


def _variables(text: str) -> dict[str, Any]:
    import yaml

    found = yaml.safe_load(text)
    if not isinstance(found, dict):
        raise argparse.ArgumentTypeError(f"{text} is no dictionary of vars")
    return found


def parser() -> argparse.ArgumentParser:
    """Arguments."""
    made = argparse.ArgumentParser(prog="python -m trade_potential.rehearsal", description=__doc__)
    made.add_argument("studies", nargs="*", help="whose samples are made; none: all")
    made.add_argument("--project", type=Path, default=Path(), help="folder of dbt_project.yml")
    made.add_argument("--until", choices=("rows", "sample"), default="sample")
    made.add_argument("--vars", type=_variables, default={}, help="as dbt build takes them")
    return made


def report(found: Checked, project: Path) -> str:
    """Write the report of a check; the path of its page, or why there is none."""
    verdict, sentence = of_check(found.refused, found.stage)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    made = Report(
        of="check", verdict=verdict, sentence=sentence, ran=Ran(None, at),
        complaints=found.refused, warned=found.warned,
    )  # fmt: skip
    return write(project / FOLDER, made)


def tell(found: Checked, seconds: int, page: str) -> None:
    """Print warnings, the result, and what is refused as the last lines."""
    for line in found.warnings:
        print(f"warning: {line}")
    count = len(found.refused)
    if not count:
        print(f"checked in {seconds} s: nothing that a build would refuse before it estimates")
        return
    print(f"refused, {count} {'line' if count == 1 else 'lines'}, in {seconds} s ({page}):")
    for line in found.lines:
        print(line)


def main(argv: list[str] | None = None) -> int:
    """Exit code: 0, 1 something is refused, 2 nothing could be checked."""
    args = parser().parse_args(argv)
    progress = Progress()
    try:
        found = check(
            args.project, studies=args.studies or None, variables=args.vars, until=args.until,
            progress=progress.show if progress.is_live else None,
        )  # fmt: skip
    except InputError as error:
        progress.end()
        print(f"error: {error}", file=sys.stderr)
        return NOT_RUN
    except KeyboardInterrupt:
        progress.end()
        print("interrupted: nothing was written", file=sys.stderr)
        return NOT_RUN
    progress.end()
    if found is None:  # never where dbt may be asked
        return NOT_RUN
    tell(found, progress.seconds, report(found, args.project))
    return REFUSED if found.refused else OK


if __name__ == "__main__":
    sys.exit(main())
