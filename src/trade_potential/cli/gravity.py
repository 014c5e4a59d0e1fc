"""The command gravity: panel models of a table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from trade_potential.cli.session import DEGENERATE, OK, Progress, told, write, write_bytes

if TYPE_CHECKING:
    from trade_potential.panel.fit import Fit

FORMATS = ("table", "json", "csv", "latex", "html", "markdown", "docx")


def run(args: argparse.Namespace) -> int:
    """Estimate and write; returns the exit code."""
    progress = Progress(args)
    progress(f"reading {args.file}")
    with told(args):
        fits = _fits(args, progress)
        progress("done")
        if args.format == "docx":
            write_bytes(args, _word(args, fits))
        else:
            write(args, _pieces(args, fits))
    if args.format == "csv" and not args.quiet:
        for fit in fits:
            if fit.reason:
                said = f"{fit.estimator}: {fit.status}: {fit.reason}"
                print(f"{args.parser.prog}: {said}", file=sys.stderr)
    is_enough = all if args.strict else any
    return OK if is_enough(fit.is_estimated for fit in fits) else DEGENERATE


def _fits(args: argparse.Namespace, progress: Progress) -> list[Fit]:
    """One fit for each estimator asked for, their tests found where those are asked for."""
    from trade_potential.panel.panel import Panel

    panel = Panel.read(
        args.file,
        outcome=args.outcome,
        regressors=args.regressors,
        entity=args.entity,
        time=args.time,
        weights=args.weights or None,
        effects=args.effects,
        log_outcome=args.log_outcome,
        threads=args.threads,
        memory_limit=args.memory_limit,
        progress=progress,
    )
    settings = {
        "covariance": args.covariance,
        "confidence_level": args.confidence_level,
        "strict": args.strict,
        "correction": args.correction,
    }
    of_moments = [name for name in args.estimator if name != "ppml"]
    with panel:
        if of_moments and args.tests:
            panel.moments(with_times=True)  # one pass over the rows serves fits and tests
        found = panel.fits(of_moments, **settings)
        for fit in found if args.tests else ():
            fit.find_tests(args.reset_powers)
        if len(of_moments) < len(args.estimator):
            panel.only_ppml()
    if len(of_moments) < len(args.estimator):
        found += panel.fits(["ppml"], **settings)
    return sorted(found, key=lambda fit: args.estimator.index(fit.estimator))


def _word(args: argparse.Namespace, fits: list[Fit]) -> bytes:
    """The models as a file of Word."""
    from trade_potential.panel.tables import table

    return table(fits, "docx", digits=args.digits, tests=args.tests, reset_powers=args.reset_powers)


def _pieces(args: argparse.Namespace, fits: list[Fit]) -> Iterator[str]:
    """The models in the format asked for."""
    from trade_potential.cli.model_files import csv_text, json_text
    from trade_potential.panel.tables import table

    tests, powers = args.tests, args.reset_powers
    if args.format == "json":
        yield json_text(fits, [fit.find_tests(powers) if tests else () for fit in fits])
    elif args.format == "csv":
        yield csv_text(fits)
    elif args.format == "table" and len(fits) == 1:
        yield fits[0].summary(tests=tests, reset_powers=powers)
    else:
        yield table(
            fits,
            "text" if args.format == "table" else args.format,
            digits=args.digits,
            tests=tests,
            reset_powers=powers,
            standalone=args.format == "html",
        )
