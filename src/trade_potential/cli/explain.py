"""The command explain: from raw figures to the class, each step recomputed."""

from __future__ import annotations

import argparse

from trade_potential.cli.release_document import write_document
from trade_potential.cli.session import ATTENTION, OK
from trade_potential.cli.show import FLOWS, REPORTER, code_of

EXAMPLES = """examples of explain:
  trade-potential explain KAZ 2020
  trade-potential explain KGZ 2020 --study central_asia --estimator random
  trade-potential explain KGZ 2020 --study central_asia \\
      --warehouse warehouse/trade_potential.duckdb --format json
"""


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Which answer, and where to read."""
    sub.add_argument("partner", metavar="PARTNER", help="ISO 3166 code, or name (en, zh, ru)")
    sub.add_argument("year", metavar="YEAR", type=int)
    sub.add_argument(
        "--reporter", default=REPORTER, metavar="CODE", help=f"who asks (default {REPORTER})"
    )
    sub.add_argument("--study", metavar="STUDY", help="default: that of every pair")
    sub.add_argument("--spec", metavar="SPEC", help="default: that of the study")
    sub.add_argument("--estimator", metavar="E", help="default: that of the study")
    sub.add_argument("--flow", choices=FLOWS, default=FLOWS[0], help="of the reporter")
    where = sub.add_mutually_exclusive_group()
    where.add_argument("--release-path", default="release", metavar="DIR", help="default release")
    where.add_argument(
        "--warehouse", metavar="FILE", help="read all models of a built warehouse instead"
    )
    sub.add_argument("--format", choices=("table", "json"), default="table")
    sub.add_argument("--output", metavar="FILE", help="write there instead of to stdout")
    sub.set_defaults(run=run, check=lambda _: None, parser=sub)


def run(args: argparse.Namespace) -> int:
    """Explain one answer; exit code 5 where a step does not lead to what is stored."""
    from trade_potential.explain import explain, of_release, of_warehouse
    from trade_potential.explain.text import lines

    found = of_warehouse(args.warehouse) if args.warehouse else of_release(args.release_path)
    with found as tables:
        sides = [code_of(tables, text) for text in (args.reporter, args.partner)]
        trace = explain(
            tables,
            reporter=sides[0],
            partner=sides[1],
            year=args.year,
            study=args.study,
            spec=args.spec,
            estimator=args.estimator,
            flow=args.flow,
        )
        titles = {
            row["code"]: row["label"]
            for row in tables.rows("dim_label", code_kind="country", language="en")
        }
    names = (titles.get(sides[0], sides[0]), titles.get(sides[1], sides[1]))
    text = "".join(f"{line}\n" for line in lines(trace, names))
    write_document(args, trace.document(), text)
    return ATTENTION if trace.differing else OK
