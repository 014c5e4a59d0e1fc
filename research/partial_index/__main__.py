"""Hide known indicators of complete rows, and see which way of scoring what is left misses least.

The table between <!-- hold_out --> and <!-- end --> in docs/decisions/025-any-reporter.md is
replaced; with --check nothing is written and the exit status is 1 if it would change.

Usage: python -m research.partial_index [--check] [--warehouse PATH]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np

from trade_potential.index.partial import row_weights
from trade_potential.linalg import FloatArray

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs"))  # shared with the pages
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "replication"))

from blocks import update
from bundled import is_bundled
from page import fixed, markdown, settled

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "decisions" / "025-any-reporter.md"
SPEC = "study_id = 'china_world' and index_spec_id = 'pca_available'"
FOLDS = 10
"""Parts of the countries: the moments for one part are those of the others."""
LEAST = 4
"""Fewest indicators that are tried."""
Score = Callable[[FloatArray, FloatArray, FloatArray, FloatArray], FloatArray]
"""Composite of z-scores by correlations, weights and which variables there are."""


def renormalised(
    z: FloatArray, _: FloatArray, weights: FloatArray, available: FloatArray
) -> FloatArray:
    """Weights of what is there, scaled up to the sum of all."""
    own = weights[available]
    return np.asarray(z[:, available] @ own * weights.sum() / own.sum())


def expected(
    z: FloatArray, correlation: FloatArray, weights: FloatArray, available: FloatArray
) -> FloatArray:
    """What the variables that are there let expect of the composite."""
    own = row_weights(correlation, weights, available).weights
    return np.asarray(z[:, available] @ own[available])


WAYS: dict[str, Score] = {"renormalised": renormalised, "expected": expected}


def table(connection: duckdb.DuckDBPyConnection) -> str:
    """Errors by number of indicators that are left, in the unit of the index."""
    terms = connection.execute(
        "select variable, weight from indices.est_index_variables "  # noqa: S608
        "inner join staging.stg_study__index_terms using (index_spec_id, variable) "
        f"where {SPEC} order by position"
    ).fetchall()
    weights, p = np.array([weight for _, weight in terms]), len(terms)
    slots = ", ".join(f"v{k}" for k in range(1, p + 1))
    rows = connection.execute(
        f"select {slots} from indices.int_index__complete where {SPEC} "  # noqa: S608
        "order by country_iso3, year"
    ).fetchnumpy()
    values = np.column_stack([rows[f"v{k}"] for k in range(1, p + 1)])
    countries = connection.execute(
        f"select country_iso3 from indices.int_index__complete where {SPEC} "  # noqa: S608
        "order by country_iso3, year"
    ).fetchnumpy()["country_iso3"]
    fold = np.unique(countries, return_inverse=True)[1] % FOLDS
    patterns = connection.execute(
        f"select left(available_slots, {p}), count(*) from indices.int_index__candidates "  # noqa: S608
        f"where {SPEC} and is_partial and indicator_count >= {LEAST} and country_iso3 is not null "
        "group by 1 order by 1"
    ).fetchall()
    z = (values - values.mean(axis=0)) / values.std(axis=0, ddof=1)
    width = float(np.ptp(z @ weights))
    found: dict[int, list[tuple[int, dict[str, FloatArray]]]] = {}
    for pattern, count in patterns:
        available = np.array([slot == "1" for slot in pattern])
        missed = {name: _missed(values, fold, weights, available, way) / width
                  for name, way in WAYS.items()}  # fmt: skip
        found.setdefault(int(available.sum()), []).append((count, missed))
    return markdown(
        ["indicators", "rows", *(f"{name}: {what}" for name in WAYS for what in ("mean", "r"))],
        [[n, sum(c for c, _ in own), *_summary(own, z @ weights / width)]
         for n, own in sorted(found.items(), reverse=True)],
    )  # fmt: skip


def _missed(
    values: FloatArray, fold: FloatArray, weights: FloatArray, available: FloatArray, way: Score
) -> FloatArray:
    """What each row's score misses, by moments of the countries of the other folds."""
    missed = np.empty(len(values))
    for held in range(FOLDS):
        out = fold == held
        others = values[~out]
        z = (values[out] - others.mean(axis=0)) / others.std(axis=0, ddof=1)
        scored = way(z, np.corrcoef(others.T), weights, available)
        missed[out] = scored - z @ weights
    return missed


def _summary(own: list[tuple[int, dict[str, FloatArray]]], scores: FloatArray) -> list[str]:
    """Mean absolute error and correlation by way, patterns weighed by their rows."""
    counts = np.array([count for count, _ in own], dtype=float)
    cells = []
    for name in WAYS:
        errors = [np.abs(missed[name]).mean() for _, missed in own]
        together = [np.corrcoef(scores + missed[name], scores)[0, 1] for _, missed in own]
        cells += [fixed(float(np.average(of, weights=counts)), 3) for of in (errors, together)]
    return cells


def main() -> int:
    """Exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--warehouse", default=str(ROOT / "warehouse" / "trade_potential.duckdb"))
    given = parser.parse_args()
    with duckdb.connect(given.warehouse, read_only=True) as connection:
        if not is_bundled(connection, "research/partial_index"):
            return 0
        found = {"hold_out": table(connection)}
    return update(
        PAGE, found, settled, check=given.check, script="python -m research.partial_index"
    )


if __name__ == "__main__":
    sys.exit(main())
