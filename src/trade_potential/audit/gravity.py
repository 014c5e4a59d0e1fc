"""Every published number of the gravity models beside its second computation."""

from __future__ import annotations

import pandas as pd

from trade_potential.audit.compare import COLUMNS, TOLERANCE, compare
from trade_potential.audit.panel import PAIR
from trade_potential.audit.published import NUMBER, SPEC, published_numbers
from trade_potential.audit.recomputed import recomputed_numbers
from trade_potential.audit.sampled import own_tables
from trade_potential.results.build import terms_by_spec
from trade_potential.results.gravity import Tables


def audit_gravity(
    sample: pd.DataFrame,
    terms: pd.DataFrame,
    specifications: pd.DataFrame,
    tables: Tables,
    *,
    tolerance: float = TOLERANCE,
) -> pd.DataFrame:
    """Compute every published number of the gravity models again, from the rows.

    A specification of which ``sample`` holds only some partners is audited on them: our own
    computation runs on the same rows, and each number that is also published for all rows is
    compared with the library's. A published number without one there is not compared.

    Args:
        sample: Rows of int_audit__sample: study_id, spec_id, pair_id, year, full_row_count,
            v0, v1, ...
        terms: spec_id, term, position.
        specifications: spec_id, confidence_level.
        tables: Of the least-squares estimators.
        tolerance: Largest relative difference of numbers that agree; see ``compare``.

    Returns:
        One row per number, columns ``COLUMNS``; status agrees, differs or not_compared.
    """
    names = terms_by_spec(terms)
    published = published_numbers(tables, names)
    samples = {(str(study), str(spec)): rows for (study, spec), rows in sample.groupby(SPEC)}
    numbers = {(str(study), str(spec)): rows for (study, spec), rows in published.groupby(SPEC)}
    levels = dict(zip(specifications["spec_id"], specifications["confidence_level"], strict=True))
    parts: list[pd.DataFrame] = []
    for key in sorted(samples | numbers):
        ours = numbers.get(key, published.iloc[:0])
        rows = samples.get(key, sample.iloc[:0])
        held, level = names[key[1]], float(levels[key[1]])
        total = 0 if rows.empty else int(rows["full_row_count"].iloc[0])
        if total > len(rows):
            part = _on_sample(ours, rows, held, level, tolerance)
        else:
            part = compare(ours, recomputed_numbers(rows, held, level), tolerance=tolerance)
        parts.append(part.assign(study_id=key[0], spec_id=key[1]))
    result = pd.concat(parts) if parts else pd.DataFrame()
    return result.reindex(columns=list(COLUMNS)).astype(COLUMNS).reset_index(drop=True)


def _on_sample(
    published: pd.DataFrame,
    rows: pd.DataFrame,
    terms: tuple[str, ...],
    level: float,
    tolerance: float,
) -> pd.DataFrame:
    """Both computations on the sampled rows; numbers that only all rows have are not compared."""
    said = (
        f"sample of {rows[PAIR].nunique()} pairs, "
        f"{len(rows)} of {int(rows['full_row_count'].iloc[0])} rows"
    )
    ours = published_numbers(own_tables(rows, terms, level), {str(rows["spec_id"].iloc[0]): terms})
    part = compare(ours, recomputed_numbers(rows, terms, level), tolerance=tolerance)
    part["reason"] = [f"{said}; {reason}" if reason else said for reason in part["reason"]]
    lone = published[NUMBER].merge(part[NUMBER], how="left", indicator="side")
    lone = published[(lone["side"] == "left_only").to_numpy()]
    absent = lone[[*NUMBER, "published"]].assign(
        tolerance=tolerance,
        reference="none",
        status="not_compared",
        reason=f"{said}: no such number there",
    )
    return pd.concat([part, absent]) if len(absent) else part
