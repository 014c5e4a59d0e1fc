"""Every check of the marts, in two tables, and whether the checks leave out a column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from trade_potential.audit.marts.check_answers import check_answers
from trade_potential.audit.marts.check_figures import check_figures
from trade_potential.audit.marts.check_indices import check_indices
from trade_potential.audit.marts.compare import COLUMNS, REFERENCE, Compared
from trade_potential.audit.marts.dimensions import check_dimensions
from trade_potential.audit.marts.effects import check_effects
from trade_potential.audit.marts.elsewhere import ELSEWHERE
from trade_potential.audit.marts.estimates import (
    check_coefficients,
    check_diagnostics,
    check_tests,
)
from trade_potential.audit.marts.findings import check_findings
from trade_potential.audit.marts.gated import VALIDITY_LIMITS, Gated
from trade_potential.audit.marts.labels import check_labels
from trade_potential.audit.marts.lasting import check_lasting
from trade_potential.audit.marts.ledger import check_ledger
from trade_potential.audit.marts.multiverse import check_multiverse
from trade_potential.audit.marts.prediction import check_potential
from trade_potential.audit.marts.printed import check_printed
from trade_potential.audit.marts.replication import check_replication
from trade_potential.audit.marts.reports import check_comparison, check_reports
from trade_potential.audit.marts.samples import check_descriptives, check_samples
from trade_potential.audit.marts.shares import check_shares
from trade_potential.audit.marts.track import check_track
from trade_potential.audit.marts.validity import check_validity

if TYPE_CHECKING:
    import duckdb

Check = Callable[[Gated], Iterable[Compared]]
"""Makes some marts again and compares them."""

CHECKS: tuple[Check, ...] = (
    *(check_figures, check_indices),
    *(check_samples, check_descriptives, check_ledger),
    *(check_coefficients, check_tests, check_diagnostics),
    *(check_potential, check_lasting, check_comparison),
    *(check_dimensions, check_labels, check_effects, check_shares),
    *(check_printed, check_replication, check_findings, check_validity),
    check_track,
)
"""Of every mart but ``REPORTS``, in the order in which they read."""

REPORTS = (
    *("rpt_answer", "rpt_answer_differences", "rpt_trade_potential", "rpt_trade_potential_v1"),
    *("fct_multiverse", "rpt_class_robustness"),
)
"""Marts that a build makes last, so that it need not wait for them with the others."""

CHECKS_OF_REPORTS: tuple[Check, ...] = (check_answers, check_reports, check_multiverse)
"""Of ``REPORTS``."""

PUBLIC = ("dim_", "fct_", "rpt_")
"""How the names of marts begin."""


def audit_marts(
    tables: Mapping[str, duckdb.DuckDBPyRelation],
    *,
    max_rows: int,
    validity_limits: Sequence[int | str] = VALIDITY_LIMITS,
    sure_pct: tuple[int, int] = (90, 60),
) -> pd.DataFrame:
    """Rows of every check but those of ``REPORTS``, and of what no check looks at.

    Args:
        tables: Gated figures (gate_*), rows of the studies (stg_study__*), estimates that other
            audits verify (est_*) and every other mart, by name.
        max_rows: Rows of a specification above which whole pairs are compared, not all.
        validity_limits: Limits of a rank correlation (``VALIDITY_LIMITS``), as dbt gives them.
        sure_pct: Probability in per cent from which a class is firm, and leaning.

    Returns:
        ``COLUMNS``; no row where no table holds one, as in a run of dbt with --empty.
    """
    least, moderate, strong = (int(limit) for limit in validity_limits)
    gated = Gated(
        tables,
        max_rows=max_rows,
        validity_limits=(least, moderate, strong),
        sure_pct=sure_pct,
    )
    return _rows(gated, CHECKS, answered_for(tables))


def audit_reports(tables: Mapping[str, duckdb.DuckDBPyRelation]) -> pd.DataFrame:
    """As ``audit_marts``, of ``REPORTS``, from these and the marts that it verifies."""
    return _rows(Gated(tables), CHECKS_OF_REPORTS, REPORTS)


def answered_for(tables: Iterable[str]) -> list[str]:
    """Marts among tables every column of which ``audit_marts`` compares, or refuses."""
    return [name for name in tables if name.startswith(PUBLIC) and name not in REPORTS]


def _rows(gated: Gated, checks: Iterable[Check], marts: Iterable[str]) -> pd.DataFrame:
    """Rows of checks, and of the columns of marts that they leave out."""
    if gated.is_empty():
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    found = [one for check in checks for one in check(gated)]
    left = uncovered({name: gated.columns(name) for name in marts}, found)
    return pd.concat([*(one.rows for one in found), left], ignore_index=True)


def uncovered(marts: Mapping[str, Iterable[str]], found: Iterable[Compared]) -> pd.DataFrame:
    """A row that differs for every column of a mart that is neither compared nor listed elsewhere.

    Args:
        marts: Columns by mart.
        found: What was compared.
    """
    known = {mart: set(columns) for mart, columns in ELSEWHERE.items()}
    for one in found:
        known.setdefault(one.mart, set()).update(one.columns)
    rows = [
        {
            **dict.fromkeys(COLUMNS, ""),
            **dict.fromkeys(("published", "recomputed", "relative_difference"), float("nan")),
            "quantity": f"{mart}.{column}",
            "tolerance": 0.0,
            "reference": REFERENCE,
            "status": "differs",
            "reason": "the column is published and nothing makes it a second time",
        }
        for mart, columns in marts.items()
        for column in columns
        if column not in known.get(mart, set())
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
