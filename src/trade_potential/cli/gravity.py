"""The command gravity: panel models of a table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trade_potential.cli.session import DEGENERATE, OK, Progress, connect, write
from trade_potential.errors import InputError

if TYPE_CHECKING:
    import duckdb

    from trade_potential.cli.model_report import ModelReport
    from trade_potential.gravity.covariance import Covariance, Sandwich
    from trade_potential.gravity.estimate import Estimate, Estimator
    from trade_potential.gravity.moments import PanelMoments
    from trade_potential.inference.test_result import TestResult
    from trade_potential.ppml.columns import Columns
    from trade_potential.rows.files import Loss, TableFile

FORMATS = ("table", "json", "csv", "latex", "html", "markdown")
OVER_ROWS = ("robust", "clustered_twoway", "driscoll_kraay")
"""Covariances that take one more pass over the rows."""


@dataclass(frozen=True)
class _Table:
    """The rows of a file as the table ``sample``: keys k0, k1, .., values v0, v1, .."""

    file: TableFile
    rows: int
    ledger: list[Loss]
    columns: Columns
    weight: str | None


def run(args: argparse.Namespace) -> int:
    """Estimate and write; returns the exit code."""
    with connect(args) as connection:
        progress = Progress(args)
        progress(f"reading {args.file}")
        table = _read(connection, args)
        reports: list[ModelReport] = []
        if args.estimator != ["ppml"]:
            reports += _on_moments(connection, args, table, progress)
        has_ppml = "ppml" in args.estimator
        if has_ppml:
            from trade_potential.cli.ppml import report_ppml
            from trade_potential.ppml.on_duckdb import table_sample

            progress(f"ppml of {table.rows} rows")
            sample = table_sample(connection, "sample", table.columns)
    if has_ppml:  # the tables of the connection would stand beside the sample
        reports.append(report_ppml(sample, args, table.ledger))
    reports.sort(key=lambda report: args.estimator.index(report.estimator))
    progress("done")
    write(args, _pieces(args, reports))
    if args.format == "csv" and not args.quiet:
        for report in reports:
            if report.reason:
                said = f"{report.estimator}: {report.status}: {report.reason}"
                print(f"{args.parser.prog}: {said}", file=sys.stderr)
    is_enough = all if args.strict else any
    return OK if is_enough(report.is_estimated for report in reports) else DEGENERATE


def _effect_columns(args: argparse.Namespace, file: TableFile) -> list[tuple[str, ...]]:
    """Effects as columns; entity and time stand for those columns unless the file has such."""
    known = {"entity": args.entity, "time": args.time}
    return [
        tuple(part if part in file.columns else known.get(part, part) for part in effect)
        for effect in args.effects
    ]


def _read(connection: duckdb.DuckDBPyConnection, args: argparse.Namespace) -> _Table:
    """Make the table sample of the rows that have every value."""
    from trade_potential.ppml.columns import Columns
    from trade_potential.rows.duplicate_keys import refuse_repeated_keys
    from trade_potential.rows.files import TableFile, keep_complete

    file = TableFile.of(connection, args.file)
    args.effects = _effect_columns(args, file)
    columns = Columns(
        args.outcome, args.regressors, args.entity, args.time, args.effects, args.weights or None
    )
    rows = file.read(connection, keys=columns.keys, values=columns.numbers, may_stay=True)
    slots = [f"v{k}" for k in range(len(columns.numbers))]
    weight = slots[-1] if args.weights else None
    steps = {
        "entity": {"k0": args.entity},
        "time": {"k1": args.time},
        "effects": {f"k{k}": name for k, name in enumerate(columns.keys) if k > 1},
        "outcome": {"v0": args.outcome},
        "regressors": dict(zip(slots[1:], args.regressors, strict=False)),
        "weights": {weight: args.weights} if weight else {},
    }
    ledger = keep_complete(connection, file, {step: of for step, of in steps.items() if of})
    refuse_repeated_keys(connection, file, [args.entity, args.time])
    if weight:
        found = connection.execute(
            f"select k0, k1, {weight} from sample where {weight} <= 0 order by all limit 1"  # noqa: S608
        ).fetchone()
        if found:
            raise InputError(
                f"{file.name}: {args.entity}, {args.time} = ({found[0]}, {found[1]}), column "
                f"{args.weights}: {found[2]} is not a positive weight"
            )
    return _Table(file, rows, ledger, columns, weight)


def _logarithm(
    connection: duckdb.DuckDBPyConnection, args: argparse.Namespace, table: _Table
) -> tuple[str, list[Loss]]:
    """The sample with the logarithm of the outcome, and the rows that have none."""
    from trade_potential.rows.files import Loss

    if not args.log_outcome:
        return "sample", table.ledger
    connection.execute(
        "create or replace temporary view log_sample as "
        "select * replace (ln(v0) as v0) from sample where v0 > 0"
    )
    counted = connection.execute("select count(*) filter (where v0 <= 0), count(*) from sample")
    lost, rows = counted.fetchone() or (0, 0)
    if lost == rows:
        raise InputError(f"{table.file.name}: no value of {args.outcome} is positive")
    loss = Loss("logarithm", f"{args.outcome} is not positive", lost)
    return "log_sample", [*table.ledger, *([loss] if lost else [])]


def _on_moments(
    connection: duckdb.DuckDBPyConnection,
    args: argparse.Namespace,
    table: _Table,
    progress: Progress,
) -> list[ModelReport]:
    """Every estimator asked for but ppml, from one set of moments."""
    from trade_potential.cli.model_report import ModelReport
    from trade_potential.gravity.estimate import DIGITS_AT_STAKE, strictly
    from trade_potential.gravity.estimators import estimate_all
    from trade_potential.gravity.on_blocks.panel import panel_moments, refined
    from trade_potential.gravity.reset import RESET_POWERS
    from trade_potential.gravity.reset.on_duckdb import reset_of_rows

    relation, ledger = _logarithm(connection, args, table)
    progress(f"moments of {table.rows} rows")
    covariance: Covariance = args.covariance or "classical"
    over_time = args.tests or "twoway" in args.estimator or covariance in OVER_ROWS
    columns: dict[str, Any] = {
        "outcome": "v0",
        "regressors": [f"v{k}" for k in range(1, len(args.regressors) + 1)],
        "entity": "k0",
        "weights": table.weight,
    }
    moments = panel_moments(
        connection,
        relation,
        **columns,
        time="k1" if over_time else None,
        terms=args.regressors,
    )
    progress(f"solving for {moments.n_entities} entities")

    def refine(fit: Estimate) -> Estimate:
        if fit.digits_lost <= DIGITS_AT_STAKE:
            return fit
        progress(f"refining {fit.estimator}: moments left {16 - fit.digits_lost:.0f} digits")
        return refined(connection, moments, fit)

    fits = estimate_all(moments, refine)
    if args.strict:
        asked = [name for name in fits if name in args.estimator]
        fits |= {name: strictly(fits[name], moments) for name in asked}
    try:
        found = {
            name: _errors(connection, covariance, moments, fits[name], progress)
            for name in args.estimator
            if name != "ppml"
        }
    except InputError as error:
        raise InputError(f"{table.file.name}: column {args.time}: {error}") from error
    tests = _tests(connection, moments, fits, refine, progress) if args.tests else ()
    if args.tests:  # last: it takes the place of what is known of the rows
        tests = (
            *tests,
            reset_of_rows(
                connection,
                relation,
                **columns,
                time="k1" if covariance in OVER_ROWS else None,
                moments=moments,
                pooled_fit=fits["pooled"],
                covariance=covariance,
                powers=args.reset_powers or RESET_POWERS,
            ),
        )
    effects = {"within": (args.entity,), "twoway": (args.entity, args.time)}
    reports: list[ModelReport] = []
    for estimator, errors in found.items():
        fit = fits[estimator]
        report = ModelReport.of(
            fit,
            moments,
            covariance=covariance,
            errors=errors,
            confidence_level=args.confidence_level,
            effects=effects.get(estimator, ()),
            tests=tests,
            ledger=ledger,
        )
        reports.append(report.with_joint_test(fit, errors) if args.tests else report)
    return reports


def _errors(
    connection: duckdb.DuckDBPyConnection,
    covariance: Covariance,
    moments: PanelMoments,
    fit: Estimate,
    progress: Progress,
) -> Sandwich | None:
    """The covariance asked for, unless it is the classical one."""
    from trade_potential.gravity.covariance import sandwich
    from trade_potential.gravity.on_blocks.panel import fit_meats

    if covariance == "classical" or not fit.is_estimated:
        return None
    progress(f"scores of {fit.estimator}")
    meats = fit_meats(connection, moments, fit, over_rows=covariance in OVER_ROWS)
    return sandwich(fit, meats, covariance, n_entities=moments.n_entities)


def _tests(
    connection: duckdb.DuckDBPyConnection,
    moments: PanelMoments,
    fits: dict[Estimator, Estimate],
    refine: Callable[[Estimate], Estimate],
    progress: Progress,
) -> tuple[TestResult, ...]:
    """Every specification test of the sample but RESET."""
    from trade_potential.gravity.covariance import sandwich
    from trade_potential.gravity.on_blocks.panel import fit_meats
    from trade_potential.gravity.specification_tests import run_tests
    from trade_potential.gravity.wald_tests import hausman_robust, mundlak

    progress("tests")
    fit, robust = fits["mundlak"], None
    if fit.is_estimated:
        meats = fit_meats(connection, moments, fit, over_rows=False)
        robust = sandwich(fit, meats, "clustered", n_entities=moments.n_entities)
    return (*run_tests(moments, fits, refine), hausman_robust(fit, robust), mundlak(fit))


def _outcome(args: argparse.Namespace) -> str:
    """Dependent variable in words."""
    if not args.log_outcome or args.estimator == ["ppml"]:
        return str(args.outcome)
    also = f"; of PPML {args.outcome}" if "ppml" in args.estimator else ""
    return f"ln({args.outcome}){also}"


def _pieces(args: argparse.Namespace, reports: list[ModelReport]) -> Iterator[str]:
    """The models in the format asked for."""
    from trade_potential.cli.model_files import csv_text, json_text
    from trade_potential.regression_table import render

    if args.format == "json":
        yield json_text(reports)
    elif args.format == "csv":
        yield csv_text(reports)
    elif args.format == "table" and len(reports) == 1:
        yield reports[0].table()
    else:
        yield render(
            [report.column(entity=args.entity, time=args.time) for report in reports],
            format="text" if args.format == "table" else args.format,
            outcome=_outcome(args),
            entity=args.entity,
            time=args.time,
            digits=args.digits,
            standalone=args.format == "html",
        )
