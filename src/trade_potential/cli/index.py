"""The command index: a composite index of a table."""

from __future__ import annotations

import argparse

from trade_potential.cli.session import DEGENERATE, OK, Progress, told, write


def run(args: argparse.Namespace) -> int:
    """Estimate and write; returns the exit code."""
    progress = Progress(args)
    progress(f"reading {args.file}")
    from trade_potential.cli.index_report import document, table
    from trade_potential.index.front import Index

    with (
        told(args),
        Index.read(
            args.file,
            indicators=args.indicators,
            id=args.id,
            component_rule=args.component_rule,
            component_threshold=args.component_threshold,
            anchor=args.anchor,
            threads=args.threads,
            memory_limit=args.memory_limit,
            progress=progress,
        ) as index,
    ):
        fit = index.fit()
        write(args, document(fit) if args.format == "json" else table(fit))
    progress("done")
    return OK if fit.is_estimated else DEGENERATE
