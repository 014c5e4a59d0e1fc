"""The command line: gravity models and indices of anyone's own table, without dbt."""

from __future__ import annotations

import argparse
import csv
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from trade_potential.errors import InputError

if TYPE_CHECKING:
    import duckdb

OK, BAD_ARGUMENTS, BAD_DATA, DEGENERATE = 0, 2, 3, 4
INDEX_THRESHOLDS = {"eigenvalue": 1.0, "cumulative_share": 0.8}
INDEX_REFUSED = ("too_few_rows", "constant_variable")

GRAVITY_EXAMPLES = """examples of gravity:
  trade-potential gravity panel.csv --outcome lntrade --regressors lngdp,lnpop,lndist \\
      --entity pair --time year --estimator random --covariance clustered --tests
  trade-potential gravity panel.parquet --outcome y --regressors '"a,b",c' --entity firm \\
      --time year --estimator within --format json --output fit.json
"""
INDEX_EXAMPLES = """examples of index:
  trade-potential index countries.csv --indicators internet,phones,servers --id iso3,year
  trade-potential index countries.parquet --indicators internet,phones,servers \\
      --component-rule cumulative_share --component-threshold 0.7 --anchor internet --format json
"""


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


def _level(text: str) -> float:
    """A probability between 0 and 1."""
    try:
        level = float(text)
    except ValueError:
        level = 0.0
    if not 0.0 < level < 1.0:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return level


def _parser() -> argparse.ArgumentParser:
    raw, examples = argparse.RawDescriptionHelpFormatter, GRAVITY_EXAMPLES + INDEX_EXAMPLES
    parser = _Parser(
        prog="trade-potential", description=__doc__, epilog=examples, formatter_class=raw
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and stop")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, text: str, examples: str, formats: tuple[str, ...]) -> _Parser:
        sub: _Parser = commands.add_parser(
            name, help=text, description=text, epilog=examples, formatter_class=raw
        )
        sub.add_argument("file", metavar="FILE", help=".csv, .csv.gz, .tsv or .parquet")
        sub.add_argument("--format", choices=formats, default="table")
        sub.add_argument("--output", metavar="FILE", help="write there instead of to stdout")
        sub.add_argument("--memory-limit", default="4GB", help="of DuckDB (default 4GB)")
        sub.add_argument("--threads", type=int, help="of DuckDB (default: all)")
        sub.add_argument("--progress", action="store_true", help="show steps without a terminal")
        sub.add_argument("--quiet", action="store_true", help="show no steps and no notes")
        return sub

    gravity = command(
        "gravity", "Estimate a panel model.", GRAVITY_EXAMPLES, ("table", "json", "csv")
    )
    gravity.add_argument("--outcome", required=True, metavar="Y")
    gravity.add_argument("--regressors", required=True, type=_names, metavar="A,B,C")
    gravity.add_argument("--entity", required=True, metavar="ID")
    gravity.add_argument("--time", required=True, metavar="T")
    estimators = ("pooled", "between", "within", "random")
    gravity.add_argument("--estimator", required=True, choices=estimators)
    gravity.add_argument("--covariance", choices=("classical", "clustered"), default="classical")
    gravity.add_argument("--tests", action="store_true", help="add F, Breusch-Pagan and Hausman")
    gravity.add_argument("--confidence-level", type=_level, default=0.95, metavar="P")

    index = command("index", "Compute a composite index.", INDEX_EXAMPLES, ("table", "json"))
    index.add_argument("--indicators", required=True, type=_names, metavar="A,B,C")
    index.add_argument("--id", type=_names, default=[], metavar="COLUMNS", help="label the scores")
    index.add_argument(
        "--component-rule", choices=("eigenvalue", "cumulative_share", "all"), default="eigenvalue"
    )
    index.add_argument(
        "--component-threshold",
        type=float,
        metavar="X",
        help="default 1 for eigenvalue, 0.8 for cumulative_share",
    )
    index.add_argument(
        "--anchor", metavar="VARIABLE", help="loads positively on component 1 (default: the first)"
    )
    gravity.set_defaults(run=_gravity, check=_check_gravity, parser=gravity)
    index.set_defaults(run=_index, check=_check_index, parser=index)
    return parser


def _check_gravity(args: argparse.Namespace) -> None:
    if args.outcome in args.regressors:
        args.parser.error(f"{args.outcome} is both outcome and regressor")
    if args.entity == args.time:
        args.parser.error(f"{args.entity} is both entity and time")
    if "const" in args.regressors:
        args.parser.error("a regressor is called const, the name of the constant")


def _check_index(args: argparse.Namespace) -> None:
    args.anchor = args.anchor or args.indicators[0]
    if args.anchor not in args.indicators:
        args.parser.error(f"anchor {args.anchor} is none of the indicators")
    taken = sorted({"score", "index"} & set(args.id))
    if taken:
        args.parser.error(f"an id column is called {taken[0]}, a name of the result")
    if args.component_threshold is None:
        args.component_threshold = INDEX_THRESHOLDS.get(args.component_rule)
    limit = 1.0 if args.component_rule == "cumulative_share" else float("inf")
    if args.component_threshold is not None and not 0.0 < args.component_threshold <= limit:
        args.parser.error(
            f"component threshold {args.component_threshold:g} does not fit {args.component_rule}"
        )


class _Progress:
    """Steps with the seconds since the start, on stderr."""

    def __init__(self, args: argparse.Namespace) -> None:
        self._start = time.perf_counter()
        self._is_shown = not args.quiet and (args.progress or sys.stderr.isatty())

    def __call__(self, step: str) -> None:
        if self._is_shown:
            print(f"[{time.perf_counter() - self._start:7.1f} s] {step}", file=sys.stderr)


@contextmanager
def _connection(args: argparse.Namespace) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory that spills to a directory of its own and fetches no extensions."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="trade-potential-") as spill:
        settings: dict[str, Any] = {"memory_limit": args.memory_limit, "temp_directory": spill}
        settings["autoinstall_known_extensions"] = False
        if args.threads is not None:
            settings["threads"] = args.threads
        try:
            connection = duckdb.connect(config=settings)
        except duckdb.Error as error:
            args.parser.error(str(error).splitlines()[0])
        try:
            with connection:
                connection.execute("set enable_progress_bar = false")
                yield connection
        except duckdb.OutOfMemoryException as error:
            raise InputError(
                f"{args.file}: {args.memory_limit} is too little memory; raise --memory-limit"
            ) from error
        except duckdb.Error as error:
            raise InputError(f"{args.file}: {' '.join(str(error).splitlines()[:3])}") from error


def _write(args: argparse.Namespace, pieces: Iterable[str]) -> None:
    stdout = nullcontext(sys.stdout)
    with Path(args.output).open("w", encoding="utf-8") if args.output else stdout as file:
        file.writelines(pieces)
        file.flush()


def _gravity(args: argparse.Namespace) -> int:
    with _connection(args) as connection:
        progress = _Progress(args)
        progress(f"reading {args.file}")
        from dataclasses import replace

        from trade_potential.files import TableFile, keep_complete, refuse_repeated_keys
        from trade_potential.gravity.estimators import estimate_all
        from trade_potential.gravity.specification_tests import run_tests
        from trade_potential.report import GravityReport
        from trade_potential.warehouse import clustered_meat, panel_moments

        file = TableFile.of(connection, args.file)
        keys, values = [args.entity, args.time], [args.outcome, *args.regressors]
        rows = file.read(connection, keys=keys, values=values)
        slots = [f"v{k}" for k in range(len(values))]
        steps = {
            "entity": {"k0": args.entity},
            "time": {"k1": args.time},
            "outcome": {"v0": args.outcome},
            "regressors": dict(zip(slots[1:], args.regressors, strict=True)),
        }
        ledger = keep_complete(connection, file, steps)
        refuse_repeated_keys(connection, file, keys)
        progress(f"moments of {rows} rows")
        moments = panel_moments(
            connection, "sample", outcome="v0", regressors=slots[1:], entity="k0"
        )
        moments = replace(moments, terms=tuple(args.regressors))
        progress(f"solving for {moments.n_entities} entities")
        fits = estimate_all(moments)
        fit = fits[args.estimator]
        is_clustered = args.covariance == "clustered" and fit.is_estimated
        report = GravityReport.of(
            fit,
            moments,
            covariance=args.covariance,
            meat=clustered_meat(connection, moments, fit) if is_clustered else None,
            confidence_level=args.confidence_level,
            tests=run_tests(moments, fits) if args.tests else (),
            ledger=ledger,
        )
        progress("done")
    _write(args, {"table": report.table, "json": report.json, "csv": report.csv}[args.format]())
    if args.format == "csv" and report.status != "ok" and not args.quiet:
        print(f"{args.parser.prog}: {report.status}: {report.reason}", file=sys.stderr)
    return OK if fit.is_estimated else DEGENERATE


def _index(args: argparse.Namespace) -> int:
    with _connection(args) as connection:
        progress = _Progress(args)
        progress(f"reading {args.file}")
        from trade_potential.files import TableFile, keep_complete
        from trade_potential.index.estimate import IndexSettings, estimate_index
        from trade_potential.index.report import IndexReport
        from trade_potential.warehouse import index_scores, table_correlation

        file = TableFile.of(connection, args.file)
        rows = file.read(connection, keys=args.id, values=args.indicators)
        slots = {f"v{k}": name for k, name in enumerate(args.indicators)}
        ledger = keep_complete(connection, file, {"indicators": slots})
        progress(f"moments of {rows} rows")
        scaled = table_correlation(connection, "sample", variables=args.indicators)
        progress("solving")
        settings = IndexSettings(
            method="pca",
            component_rule=args.component_rule,
            component_threshold=args.component_threshold,
            anchor=args.anchor,
        )
        estimate = estimate_index(scaled.correlation, settings)
        labels = args.id or ["row"]
        scores = index_scores(connection, "sample", scaled, estimate.weights, n_keys=len(labels))
        report = IndexReport(estimate, labels, scores, ledger)
        _write(args, report.json() if args.format == "json" else report.table())
        progress("done")
    return DEGENERATE if estimate.status in INDEX_REFUSED else OK


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code; see docs/command-line.md."""
    args = _parser().parse_args(argv)
    args.check(args)
    try:
        return int(args.run(args))
    except InputError as error:
        print(f"{args.parser.prog}: error: {' '.join(str(error).split())}", file=sys.stderr)
        return BAD_DATA
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        print(f"{args.parser.prog}: error: {error}", file=sys.stderr)
        return BAD_ARGUMENTS


if __name__ == "__main__":
    sys.exit(main())
