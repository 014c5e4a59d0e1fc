"""Published numbers of the gravity models beside their second computation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from trade_potential.audit.numbers import (
    NUMBER,
    SPEC,
    Record,
    published_numbers,
    recomputed_numbers,
)

TOLERANCE = 1e-8
"""Two exact formulas in double precision; moments and coefficients went through tables."""

MAX_ROWS = 200_000
"""Above, a specification is not compared: linearmodels holds several copies of the rows."""

ROUNDING = 100.0 * float(np.finfo(float).eps)
"""Relative error of a well-conditioned result; grows with the condition number."""

USELESS = 1e-3
"""A tolerance beyond this would compare nothing."""

COLUMNS = {
    **dict.fromkeys([*SPEC, *NUMBER], "str"),
    **dict.fromkeys(["published", "recomputed", "relative_difference", "tolerance"], "float64"),
    **dict.fromkeys(["reference", "status", "reason"], "str"),
}


def compare(
    published: pd.DataFrame, recomputed: pd.DataFrame, *, tolerance: float = TOLERANCE
) -> pd.DataFrame:
    """Set both computations of one specification side by side.

    relative_difference = |published - recomputed| / max(|published|, |recomputed|, scale). The
    scale of a coefficient is its standard error: a coefficient near zero is known to within its
    error, not to within a share of itself; of a covariance it is the product of both standard
    errors. Everything else is a size, compared with itself down to
    ``SMALL`` of its natural unit (the outcome's standard deviation, per standard deviation of the
    regressor), where rounding begins.

    The tolerance of a number is max(tolerance, ROUNDING * condition): with condition number c the
    last log10(c) digits of any double-precision result are noise. Below c = 4.5e5 it is
    ``tolerance``; beyond ``USELESS`` the number is not compared.

    Returns:
        ``NUMBER`` and the columns of ``COLUMNS`` after it.
    """
    both = published.merge(recomputed, on=NUMBER, how="outer", validate="1:1", indicator="side")
    refused = recomputed[(recomputed["quantity"] == "status")].set_index("estimator")
    rows: list[Record] = []
    for row in both.to_dict("records"):
        if row["side"] == "left_only" and row["estimator"] in refused.index:
            # Published, but refused by the library: in vain where digits are lost, else it differs.
            for name in ("condition", "reference", "reason"):
                row[name] = refused.loc[row["estimator"], name]
            row["side"] = "refused"
        verdict = _verdict(row, tolerance)
        rows.append({**{name: row[name] for name in NUMBER}, **verdict})
    return pd.DataFrame(rows)


def _verdict(row: dict[Any, Any], tolerance: float) -> Record:
    ours, theirs = float(row["published"]), float(row["recomputed"])
    alone = row["side"] == "left_only"
    allowed = tolerance if alone else max(tolerance, ROUNDING * row["condition"])
    said = "" if alone else str(row["reason"])
    difference = np.nan
    if row["side"] == "both" and np.isnan(ours) and np.isnan(theirs):
        status = "agrees"
    elif allowed > USELESS:
        status = "not_compared"
        lost = f"condition number {row['condition']:.1e} leaves no digits to compare"
        said = "; ".join(filter(None, [lost, said]))
    elif np.isnan(ours) or np.isnan(theirs):
        status = "differs"
        lacking = "published" if np.isnan(ours) else "recomputed"
        said = "; ".join(filter(None, [f"no counterpart is {lacking}", said]))
    elif row["is_rounding"]:
        status, said = "not_compared", "a regression fits exactly: only rounding is left"
    else:
        difference = abs(ours - theirs) / max(abs(ours), abs(theirs), row["scale"])
        status = "agrees" if difference <= allowed else "differs"
    return {
        "published": ours,
        "recomputed": theirs,
        "relative_difference": difference,
        "tolerance": min(allowed, 1.0),
        "reference": "none" if alone else row["reference"],
        "status": status,
        "reason": said,
    }


def audit_gravity(
    sample: pd.DataFrame,
    terms: pd.DataFrame,
    estimates: pd.DataFrame,
    clustered: pd.DataFrame,
    *,
    max_rows: int = MAX_ROWS,
    tolerance: float = TOLERANCE,
) -> pd.DataFrame:
    """Compute every published number of the gravity models again, from the rows.

    Args:
        sample: Rows of int_gravity__sample: study_id, spec_id, partner_iso3, year, v0, v1, ...
        terms: spec_id, term, position.
        estimates: Rows of est_gravity.
        clustered: Rows of est_gravity_covariance.
        max_rows: A specification with more rows is not compared.
        tolerance: Largest relative difference of numbers that agree; see ``compare``.

    Returns:
        One row per number, columns ``COLUMNS``; status agrees, differs or not_compared.
    """
    published = published_numbers(estimates, clustered)
    samples = {(str(study), str(spec)): rows for (study, spec), rows in sample.groupby(SPEC)}
    numbers = {(str(study), str(spec)): rows for (study, spec), rows in published.groupby(SPEC)}
    parts: list[pd.DataFrame] = []
    for key in sorted(samples | numbers):
        ours = numbers.get(key, published.iloc[:0])
        rows = samples.get(key, sample.iloc[:0])
        if len(rows) > max_rows:
            part = ours[[*NUMBER, "published"]].assign(
                tolerance=tolerance,
                reference="none",
                status="not_compared",
                reason=f"{len(rows)} rows, more than {max_rows}",
            )
        else:
            held = terms[terms["spec_id"] == key[1]].sort_values("position")
            theirs = recomputed_numbers(rows, tuple(str(term) for term in held["term"]))
            part = compare(ours, theirs, tolerance=tolerance)
        parts.append(part.assign(study_id=key[0], spec_id=key[1]))
    result = pd.concat(parts) if parts else pd.DataFrame()
    return result.reindex(columns=list(COLUMNS)).astype(COLUMNS).reset_index(drop=True)
