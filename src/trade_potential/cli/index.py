"""The command index: a composite index of a table."""

from __future__ import annotations

import argparse
from dataclasses import replace

from trade_potential.cli.session import DEGENERATE, OK, Progress, connect, write

REFUSED = ("too_few_rows", "constant_variable")


def run(args: argparse.Namespace) -> int:
    """Estimate and write; returns the exit code."""
    with connect(args) as connection:
        progress = Progress(args)
        progress(f"reading {args.file}")
        from trade_potential.cli.index_report import IndexReport
        from trade_potential.index.estimate import IndexSettings, estimate_index
        from trade_potential.index.on_duckdb import index_scores, table_correlation
        from trade_potential.rows.files import TableFile, keep_complete

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
        reason = "; ".join(filter(None, [estimate.reason, scaled.note]))
        estimate = replace(estimate, reason=reason)
        labels = args.id or ["row"]
        scores = index_scores(connection, "sample", scaled, estimate.weights, n_keys=len(labels))
        report = IndexReport(estimate, labels, scores, ledger)
        write(args, report.json() if args.format == "json" else report.table())
        progress("done")
    return DEGENERATE if estimate.status in REFUSED else OK
