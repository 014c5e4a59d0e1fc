"""The command study: studies of one's own, from their rows to the next command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from trade_potential.cli import outcome, study_text
from trade_potential.cli.release_document import write_document
from trade_potential.cli.session import ATTENTION, BAD_DATA, OK
from trade_potential.errors import InputError

if TYPE_CHECKING:
    from trade_potential.own.front import Study

EXAMPLES = """examples of study:
  trade-potential study new vietnam_asean --reporter VNM --partners asean --years 2010-2020
  trade-potential study new germany_40 --reporter DEU --partners largest:40 --years 2010-2020 \\
      --flow exports --yes
  trade-potential study new kazakhstan --reporter KAZ --partners eaeu,CHN,DEU --years 2012-2020
  trade-potential study new parcels --reporter DEU --partners all --years 2015-2022 \\
      --flow exports --outcome parcels.xlsx --unit "EUR million" --skip Insgesamt
  trade-potential study groups
  trade-potential study check
  trade-potential study bundled leave-out
"""

OPTIONS = (
    ("--flow", "total", "FLOW", "total (default), exports or imports"),
    ("--classes", "", "LOW,HIGH", "bounds of K between this study's classes, such as 0.7,1.3"),
    ("--as-of", "", "DATE", "no newer vintages than of this day (default: the newest)"),
    ("--spec", "year_effects", "SPEC", "gravity specifications, that of the answer at the front"
     " (default year_effects)"),
    ("--index", "", "SPEC", "development index in the place of that of the specification"),
    ("--estimator", "ppml", "E", "what K rests on: ppml (default), pooled, random, mundlak,"
     " between"),
)  # fmt: skip


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """The commands below study."""
    commands = sub.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, text: str, run: Callable[..., int]) -> argparse.ArgumentParser:
        leaf: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
        leaf.add_argument("--project", default=".", metavar="DIR", help="default: here")
        leaf.add_argument("--format", choices=("table", "json"), default="table")
        leaf.add_argument("--output", metavar="FILE", help="write there instead of to stdout")
        leaf.set_defaults(run=_lines_of(run), check=lambda _: None, parser=leaf)
        return leaf

    _new_arguments(command("new", "Show what a study rests on, and write its rows.", _new))
    command("list", "List your studies and those that come with the project.", _list)
    command("groups", "List groups of countries that --partners may name.", _groups)
    about = "Show the rows of a study and what it rests on."
    command("show", about, _show).add_argument("name", metavar="NAME")
    leaf = command("check", "Check one of your studies, or all, without a build.", _check)
    leaf.add_argument("name", metavar="NAME", nargs="?", help="default: all of yours")
    about = "Take the rows of a study out of your folder."
    command("remove", about, _remove).add_argument("name", metavar="NAME")
    leaf = command("export", "Copy the rows of a study into a new folder.", _export)
    leaf.add_argument("name", metavar="NAME")
    leaf.add_argument("folder", metavar="FOLDER", help="is made; another project's own folder")
    about = "Build the studies that come with the project beside yours, or leave them out."
    command("bundled", about, _bundled).add_argument("choice", choices=("keep", "leave-out"))


def _new_arguments(leaf: argparse.ArgumentParser) -> None:
    leaf.add_argument("name", metavar="NAME", help="such as vietnam_asean")
    leaf.add_argument("--reporter", required=True, metavar="ISO3", help="such as VNM")
    leaf.add_argument(
        "--partners", required=True, metavar="WHO",
        help="codes or groups separated by commas (ISO3,asean), largest:40 by trade, or all",
    )  # fmt: skip
    leaf.add_argument("--years", required=True, metavar="FIRST-LAST", help="such as 2010-2020")
    for option, default, metavar, about in OPTIONS:
        leaf.add_argument(option, default=default, metavar=metavar, help=about)
    of_own = "a series of your own in the place of trade (docs/own-outcome.md)"
    leaf.add_argument("--outcome", metavar="FILE", help=of_own)
    outcome.reading_arguments(leaf.add_argument_group("how the file of --outcome is read"))
    leaf.add_argument("--yes", action="store_true", help="write without asking")


def _lines_of(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """A command whose refusals are one line each."""

    def told(args: argparse.Namespace) -> int:
        try:
            return run(args)
        except InputError as error:
            for line in str(error).splitlines():
                print(f"{args.parser.prog}: error: {line}", file=sys.stderr)
            return BAD_DATA

    return told


def _new(args: argparse.Namespace) -> int:
    from trade_potential.own.design import Asked
    from trade_potential.own.facts import Facts
    from trade_potential.own.front import examined
    from trade_potential.own.rows import rows_of, write

    facts = Facts(args.project)
    series = outcome.read(args, args.outcome) if args.outcome else None
    asked = Asked(
        name=args.name, reporter=args.reporter, partners=args.partners, years=args.years,
        flow=args.flow, classes=args.classes, as_of=args.as_of, spec=args.spec, index=args.index,
        estimator=args.estimator, outcome=series,
    )  # fmt: skip
    design, coverage = examined(asked, facts)
    rows = rows_of(design, facts)
    text = f"{series.coverage()}\n\n" if series else ""
    text += study_text.coverage_text(coverage, args.name)
    if args.yes:
        is_written = True
    elif sys.stdin.isatty() and args.format == "table" and not args.output:
        print(text)
        text = ""
        is_written = input(f"Write these rows to {facts.own.label}/? [y/N] ").strip() in (
            "y",
            "yes",
        )
    else:
        is_written = False
    if is_written:
        paths = write(rows, facts.own)
        text += f"\nwritten: {', '.join(f'{facts.own.label}/{path.name}' for path in paths)}\n"
        text += "next: make build\n"
    else:
        text += "\nnothing was written: add --yes\n"
    document = {"study_id": args.name, "is_written": is_written, "rows": rows}
    write_document(args, document | {"coverage": coverage.as_dict()}, text)
    return OK


def _list(args: argparse.Namespace) -> int:
    from trade_potential.own.facts import Facts

    found = Facts(args.project).records(
        "select study_id, is_own, reporter_iso3, partner_scope, ("
        " select count(*) from study_partners as p where p.study_id = studies.study_id"
        ") as partners, first_year, last_year, flow, default_spec_id, default_estimator, as_of_date"
        " from studies order by not is_own, study_id"
    )
    write_document(args, found, study_text.list_text(found))
    return OK


def _groups(args: argparse.Namespace) -> int:
    from trade_potential.own.facts import Facts

    groups = Facts(args.project).groups
    write_document(args, groups, study_text.groups_text(groups))
    return OK


def _study(args: argparse.Namespace) -> Study:
    from trade_potential.own.front import Study

    return Study(args.name, project=args.project)


def _show(args: argparse.Namespace) -> int:
    study = _study(args)
    rows, coverage = study.rows(), study.coverage()
    text = study_text.rows_text(rows) + study_text.coverage_text(coverage, args.name)
    write_document(args, {"rows": rows, "coverage": coverage.as_dict()}, text)
    return OK


def _check(args: argparse.Namespace) -> int:
    from trade_potential.own.facts import Facts
    from trade_potential.own.front import Study
    from trade_potential.progress import Progress
    from trade_potential.rehearsal import check

    owned = [study for study, is_own in Facts(args.project).studies.items() if is_own]
    names = [args.name] if args.name else owned
    studies = [Study(name, project=args.project) for name in names]
    wrong = [f"{of.name}: {line}" for of in studies for line in of.check(until="coverage")]
    progress = Progress()
    if not wrong:
        found = check(
            args.project,
            studies=names or None,
            progress=progress.show if progress.is_live else None,
        )
        wrong = found.lines if found else []
    progress.end()
    said = wrong or [f"nothing is wrong with {', '.join(names) or 'the rows of this project'}"]
    write_document(args, {"studies": names, "refused": wrong}, "".join(f"{x}\n" for x in said))
    return ATTENTION if wrong else OK


def _remove(args: argparse.Namespace) -> int:
    from trade_potential.own.facts import Facts
    from trade_potential.own.rows import remove

    _study(args)
    taken = remove(args.name, Facts(args.project).own)
    said = ", ".join(f"{count} of {seed}" for seed, count in taken.items())
    write_document(args, taken, f"removed rows: {said}\nnext: make build\n")
    return OK


def _export(args: argparse.Namespace) -> int:
    from trade_potential.own.facts import Facts
    from trade_potential.own.rows import export

    _study(args)
    paths = export(args.name, Facts(args.project).own, Path(args.folder))
    write_document(args, [str(path) for path in paths], "".join(f"{path}\n" for path in paths))
    return OK


def _bundled(args: argparse.Namespace) -> int:
    from trade_potential.own.facts import Facts
    from trade_potential.own.rows import keep_bundled

    facts = Facts(args.project)
    is_kept = args.choice == "keep"
    if not is_kept and not any(facts.studies.values()):
        raise InputError("no study of your own would be left: trade-potential study new makes one")
    keep_bundled(facts.own, is_kept=is_kept)
    said = "built beside yours" if is_kept else "left out"
    text = f"studies that come with the project are {said}\nnext: make build\n"
    write_document(args, {"bundled_studies": is_kept}, text)
    return OK
