"""Arguments of the commands, and the checks that need no data."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Collection
from typing import Any, NoReturn, get_args

from trade_potential import limits
from trade_potential.cli import (
    doctor,
    explain,
    gravity,
    index,
    outcome,
    releases,
    show,
    site,
    study,
    table,
)
from trade_potential.cli.session import BAD_ARGUMENTS, check_word
from trade_potential.errors import InputError
from trade_potential.inference.registry import COVARIANCES, ESTIMATORS, Correction, of_commands

GRAVITY_EXAMPLES = """examples of gravity:
  trade-potential gravity panel.csv --outcome lntrade --regressors lngdp,lnpop,lndist \\
      --entity pair --time year --estimator random --covariance clustered --tests
  trade-potential gravity panel.csv --outcome trade --log-outcome --regressors lngdp,lnpop \\
      --entity pair --time year --estimator pooled,twoway,mundlak,ppml --format latex
  trade-potential gravity flows.parquet --outcome trade --regressors rta,lngdp --entity pair \\
      --time year --estimator ppml --effects exporter^year,importer^year --covariance clustered
  trade-potential gravity panel.parquet --outcome y --regressors '"a,b",c' --entity firm \\
      --time year --estimator within --format json --output fit.json
"""
INDEX_EXAMPLES = """examples of index:
  trade-potential index countries.csv --indicators internet,phones,servers --id iso3,year
  trade-potential index countries.parquet --indicators internet,phones,servers \\
      --component-rule cumulative_share --component-threshold 0.7 --anchor internet --format json
"""


TABLE_EXAMPLES = """examples of table:
  trade-potential table china_world
  trade-potential table china_world --estimator pooled,mundlak,ppml --format latex
"""
DEFAULT_TABLE = "pooled,within,twoway,random,mundlak,ppml"


class _Parser(argparse.ArgumentParser):
    """Errors in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_ARGUMENTS, f"{self.prog}: error: {message}\n")


class _Version(argparse.Action):
    """Looks the version up only when asked."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        from importlib.metadata import version

        print(f"trade-potential {version('trade-potential')}")
        parser.exit()


def _names(text: str) -> list[str]:
    """A list of columns; a name with a comma stands in double quotes, as in CSV."""
    names = next(csv.reader([text], skipinitialspace=True), [])
    if not names or not all(names):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of columns")
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise argparse.ArgumentTypeError(f"{', '.join(repeated)} is named twice")
    return names


def _estimators(text: str, known: Collection[str] = of_commands()) -> list[str]:
    """A list of estimators."""
    names = _names(text)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"invalid choice: {unknown[0]!r} (choose from {', '.join(known)})"
        )
    return names


def _of_warehouse(text: str) -> list[str]:
    """A list of estimators of the marts."""
    return _estimators(text, ESTIMATORS)


def _effects(text: str) -> list[tuple[str, ...]]:
    """Sets of fixed effects: columns, or several columns joined by ^."""
    effects = [tuple(name.split("^")) for name in _names(text)]
    if not all(part for effect in effects for part in effect):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of effects")
    return effects


def _level(text: str) -> float:
    """A probability between 0 and 1."""
    try:
        level = float(text)
    except ValueError:
        level = 0.0
    if not 0.0 < level < 1.0:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return level


def _powers(text: str) -> tuple[int, ...]:
    """Powers of the fit for RESET: with a gap the unit of the outcome would change the test."""
    powers = "2,3,4,5,6,7,8,9"
    if text not in [powers[:end] for end in range(1, len(powers) + 1, 2)]:
        raise argparse.ArgumentTypeError(f"{text} is none of 2, 2,3 and so on up to {powers}")
    return tuple(map(int, text.split(",")))


def _digits(text: str) -> int:
    """Decimals, 0 to 15."""
    if not text.isdecimal() or int(text) > 15:
        raise argparse.ArgumentTypeError(f"{text} is no number of decimals from 0 to 15")
    return int(text)


def _limit(check: Callable[[str], Any]) -> Callable[[str], Any]:
    """A check of the library as a type of an argument."""

    def checked(text: str) -> Any:
        try:
            return check(text)
        except InputError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return checked


def parser() -> argparse.ArgumentParser:
    """All commands."""
    raw = argparse.RawDescriptionHelpFormatter
    examples = GRAVITY_EXAMPLES + INDEX_EXAMPLES + TABLE_EXAMPLES
    for module in (outcome, releases, show, explain, doctor, site):
        examples += module.EXAMPLES
    about = "Gravity models and indices of anyone's own table; releases of a warehouse."
    top = _Parser(prog="trade-potential", description=about, epilog=examples, formatter_class=raw)
    top.add_argument("--version", action=_Version, nargs=0, help="show the version and stop")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, text: str, examples: str, formats: tuple[str, ...]) -> _Parser:
        sub: _Parser = commands.add_parser(
            name, help=text, description=text, epilog=examples, formatter_class=raw
        )
        sub.add_argument("--format", choices=formats, default="table")
        sub.add_argument("--output", metavar="FILE", help="write there instead of to stdout")
        return sub

    def over_file(sub: _Parser) -> _Parser:
        sub.add_argument("file", metavar="FILE", help=".csv, .csv.gz, .tsv or .parquet")
        sub.add_argument(
            "--memory-limit",
            type=_limit(limits.memory_limit),
            default="4GB",
            metavar="SIZE",
            help="of DuckDB (default 4GB)",
        )
        sub.add_argument(
            "--threads", type=_limit(limits.threads), metavar="N", help="of DuckDB (default: all)"
        )
        sub.add_argument("--progress", action="store_true", help="show steps without a terminal")
        sub.add_argument("--quiet", action="store_true", help="show no steps and no notes")
        return sub

    def with_digits(sub: _Parser) -> _Parser:
        sub.add_argument(
            "--digits", type=_digits, default=3, metavar="N", help="decimals of a table (default 3)"
        )
        return sub

    about = "Estimate panel models of a file."
    sub = command("gravity", about, GRAVITY_EXAMPLES, gravity.FORMATS)
    _gravity_arguments(with_digits(over_file(sub)))
    about = "Compute a composite index of a file."
    _index_arguments(over_file(command("index", about, INDEX_EXAMPLES, ("table", "json"))))
    about = "Show models of a built warehouse side by side."
    formats = ("table", "json", "latex", "html", "markdown", "docx")
    _table_arguments(with_digits(command("table", about, TABLE_EXAMPLES, formats)))
    about = "Read a series of one's own by partner and year into rows of own_outcomes."
    sub = commands.add_parser(
        "outcome", help=about, description=about, epilog=outcome.EXAMPLES, formatter_class=raw
    )
    outcome.add_arguments(sub)
    for name, module, about in (
        (
            "releases",
            releases,
            "List, compare, verify, accept, keep, roll back what builds made.",
        ),
        ("show", show, "Show the answer for one partner and year, from the current release."),
        (
            "explain",
            explain,
            "Recompute an answer, every step from raw figures to the class.",
        ),
        ("site", site, "Write the pages of the current release into a folder of your own."),
        ("study", study, "Make, check, list and remove studies of your own."),
        (
            "doctor",
            doctor,
            "Say what is wrong with this installation, and what to do.",
        ),
    ):
        sub = commands.add_parser(
            name, help=about, description=about, epilog=module.EXAMPLES, formatter_class=raw
        )
        module.add_arguments(sub)
    return top


def _gravity_arguments(sub: _Parser) -> None:
    sub.add_argument("--outcome", required=True, metavar="Y")
    sub.add_argument(
        "--log-outcome",
        action="store_true",
        help="take the logarithm of Y, but for ppml, which takes Y as it is",
    )
    sub.add_argument("--regressors", required=True, type=_names, metavar="A,B,C")
    sub.add_argument("--entity", required=True, metavar="ID")
    sub.add_argument("--time", required=True, metavar="T")
    sub.add_argument(
        "--estimator",
        required=True,
        type=_estimators,
        metavar="E",
        help=f"one of {', '.join(of_commands())}, or several, separated by commas",
    )
    sub.add_argument("--covariance", choices=COVARIANCES, help="default classical; of ppml robust")
    sub.add_argument(
        "--correction",
        choices=get_args(Correction),
        help="of the standard errors of ppml for small samples (default small_sample)",
    )
    sub.add_argument(
        "--effects",
        type=_effects,
        default=[],
        metavar="F,G^H",
        help="fixed effects of ppml: columns, or combinations of columns joined by ^",
    )
    sub.add_argument("--weights", metavar="W", help="column of positive weights of the rows")
    sub.add_argument(
        "--strict",
        action="store_true",
        help="refuse an estimator that has no coefficient for a regressor, exit code 4",
    )
    sub.add_argument("--tests", action="store_true", help="add specification tests")
    sub.add_argument(
        "--reset-powers",
        type=_powers,
        metavar="A,B",
        help="powers of the fit that RESET adds (default 2,3; of ppml 2)",
    )
    sub.add_argument("--confidence-level", type=_level, default=0.95, metavar="P")
    sub.set_defaults(run=gravity.run, check=_check_gravity, parser=sub)


def _table_arguments(sub: _Parser) -> None:
    sub.add_argument("study", metavar="STUDY", help="study_id of marts.dim_study")
    sub.add_argument("--spec", metavar="SPEC", help="default: that of the study")
    sub.add_argument(
        "--estimator",
        type=_of_warehouse,
        default=DEFAULT_TABLE.split(","),
        metavar="E,F",
        help=f"default {DEFAULT_TABLE}",
    )
    sub.add_argument("--covariance", choices=COVARIANCES, default="clustered")
    sub.add_argument("--database", default="warehouse/trade_potential.duckdb", metavar="FILE")
    sub.set_defaults(run=table.run, check=check_word, parser=sub)


def _index_arguments(sub: _Parser) -> None:
    sub.add_argument("--indicators", required=True, type=_names, metavar="A,B,C")
    sub.add_argument("--id", type=_names, default=[], metavar="COLUMNS", help="label the scores")
    sub.add_argument(
        "--component-rule", choices=("eigenvalue", "cumulative_share", "all"), default="eigenvalue"
    )
    sub.add_argument(
        "--component-threshold",
        type=float,
        metavar="X",
        help="default 1 for eigenvalue, 0.8 for cumulative_share",
    )
    sub.add_argument(
        "--anchor", metavar="VARIABLE", help="loads positively on component 1 (default: the first)"
    )
    sub.set_defaults(run=index.run, check=_check_index, parser=sub)


def _check_gravity(args: argparse.Namespace) -> None:
    check_word(args)
    error = args.parser.error
    if args.outcome in args.regressors:
        error(f"{args.outcome} is both outcome and regressor")
    if args.entity == args.time:
        error(f"{args.entity} is both entity and time")
    reserved = ["const", *(f"mean({name})" for name in args.regressors)]
    taken = [name for name in reserved if name in args.regressors]
    if taken:
        error(f"a regressor is called {taken[0]}, a name of the result")
    for estimator in args.estimator:
        if args.covariance and args.covariance not in ESTIMATORS[estimator].covariances:
            error(f"{estimator} has no covariance {args.covariance}")
    if args.reset_powers and not args.tests:
        error("--reset-powers belongs to --tests")
    has_ppml = "ppml" in args.estimator
    if args.effects and not has_ppml:
        error("--effects belongs to --estimator ppml; twoway and within have their own")
    if args.correction and not has_ppml:
        error("--correction belongs to --estimator ppml; others have one each")
    if has_ppml and len(args.estimator) > 1 and not args.log_outcome:
        error("ppml takes the outcome as it is, others its logarithm: add --log-outcome")


def _check_index(args: argparse.Namespace) -> None:
    from trade_potential.index.front import checked_threshold

    try:
        checked_threshold(
            args.indicators,
            args.id,
            component_rule=args.component_rule,
            component_threshold=args.component_threshold,
            anchor=args.anchor,
        )
    except InputError as error:
        args.parser.error(str(error))
