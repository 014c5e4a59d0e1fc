"""The command outcome: a series of one's own by partner and year, as rows of own_outcomes."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from trade_potential.cli.session import OK, write

if TYPE_CHECKING:
    from trade_potential.outcome import Outcome

EXAMPLES = """examples of outcome:
  trade-potential outcome parcels.xlsx --reporter DEU --name parcels --unit "EUR million"
  trade-potential outcome parcels.csv --reporter KAZ --name parcels --decimal comma \\
      --skip "Total,EU-27" --source https://example.org/parcels --accessed 2026-11-30 \\
      --output seeds/inputs/own_outcomes.csv
  trade-potential outcome chapters.parquet --reporter CHN --name parcel_lens --products 42,61,62
"""


def _list(text: str) -> list[str]:
    """Names; one with a comma stands in double quotes, as in CSV."""
    names = next(csv.reader([text], skipinitialspace=True), [])
    return [name.strip() for name in names if name.strip()]


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    sub.add_argument("file", metavar="FILE", help=".csv, .tsv, .xlsx or .parquet, long or wide")
    sub.add_argument("--reporter", required=True, metavar="ISO3", help="whose outcome it is")
    sub.add_argument("--name", required=True, metavar="SERIES", help="lower snake_case")
    reading_arguments(sub)
    sub.add_argument("--project", default=".", metavar="FOLDER", help="of its countries and rates")
    sub.add_argument("--json", action="store_true", help="say what was read and written as JSON")
    sub.add_argument("--output", metavar="FILE", help="of own series; rows of others stay")
    sub.set_defaults(run=run, check=lambda _: None, parser=sub)


def reading_arguments(sub: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """How a file is read."""
    sub.add_argument("--unit", metavar="UNIT", help='such as "EUR million" (default US$)')
    sub.add_argument("--currency", metavar="CODE", help="ISO 4217, where --unit says none")
    sub.add_argument("--sheet", metavar="NAME", help="of a workbook with several")
    sub.add_argument("--source", metavar="URL", help="where the figures come from")
    sub.add_argument("--accessed", metavar="DATE", help="day on which they were read, YYYY-MM-DD")
    sub.add_argument("--decimal", metavar="MARK", help="comma or point (default: what they tell)")
    sub.add_argument("--delimiter", metavar="SIGN", help="comma, semicolon, tab or pipe")
    for role in ("partner", "year", "value"):
        sub.add_argument(f"--{role}-column", metavar="HEAD", help="where its name is another")
    sub.add_argument("--products", type=_list, metavar="A,B", help="chapters to add up")
    sub.add_argument("--skip", type=_list, default=[], metavar="A,B", help="partners to leave out")


def run(args: argparse.Namespace) -> int:
    """Read, show what was read, and write the rows; returns the exit code."""
    outcome = read(args, args.file)
    if args.json:
        replaced = outcome.write(args.output) if args.output else 0
        said = {**asdict(outcome), "written_to": args.output, "rows_replaced": replaced}
        print(json.dumps(said, indent=2, ensure_ascii=False))
        return OK
    if not args.output:
        print(outcome.coverage(), file=sys.stderr)
        write(args, [outcome.csv_text()])
        return OK
    replaced = outcome.write(args.output)
    print(outcome.coverage())
    more = f" in the place of {replaced}" if replaced else ""
    print(f"{args.output}: {len(outcome.rows)} rows of {outcome.series_id} written{more}")
    return OK


def read(args: argparse.Namespace, file: str) -> Outcome:
    """The series of a file, as the arguments say.

    Raises:
        InputError: What is wrong with the file, in one line.
    """
    from trade_potential.outcome import read_outcome

    return read_outcome(
        file,
        reporter=args.reporter,
        name=args.name,
        project=args.project,
        unit=args.unit,
        currency=args.currency,
        sheet=args.sheet,
        source=args.source,
        accessed=args.accessed,
        decimal=args.decimal,
        delimiter=args.delimiter,
        partner_column=args.partner_column,
        year_column=args.year_column,
        value_column=args.value_column,
        products=args.products,
        skip=args.skip,
    )
