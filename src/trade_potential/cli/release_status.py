"""The command releases status, for monitors: how it stands, and an exit code."""

from __future__ import annotations

import argparse
import math

from trade_potential.cli.release_care import Add
from trade_potential.cli.release_document import root_of, write_document
from trade_potential.cli.session import ATTENTION, OK

ABOUT = (
    "Tell how it stands with the releases. Exit code 5 where somebody should look: no release is "
    "current or it is too old, the last build failed, something is held, or the gate has new "
    "warnings."
)


def add_arguments(command: Add) -> None:
    """The command."""
    leaf = command("status", ABOUT, _status)
    leaf.add_argument(
        "--json", dest="format", action="store_const", const="json", help="as --format json"
    )
    leaf.add_argument(
        "--max-age-hours", type=_hours, metavar="N", help="age from which somebody should look"
    )


def _hours(text: str) -> float:
    """A positive number of hours."""
    try:
        hours = float(text)
    except ValueError:
        hours = 0.0
    if not 0.0 < hours < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is no positive number of hours")
    return hours


def _status(args: argparse.Namespace) -> int:
    from trade_potential.release import status

    found = status(root_of(args), max_age_hours=args.max_age_hours)
    rows = [[name.replace("_", " "), _text(found[name])] for name in found if name != "attention"]
    lines = [f"{line}\n" for line in found["attention"]] or ["all is well\n"]
    write_document(args, found, "".join([_columns(rows), *lines]))
    return ATTENTION if found["attention"] else OK


def _columns(rows: list[list[str]]) -> str:
    """Names and values, both to the left."""
    width = max(len(name) for name, _ in rows)
    return "".join(f"{name.ljust(width)}  {value}".rstrip() + "\n" for name, value in rows)


def _text(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)
