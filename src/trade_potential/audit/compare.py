"""Published numbers beside their second computation, whoever computed them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from trade_potential.audit.published import NUMBER, SPEC, Record

TOLERANCE = 1e-8
"""Two exact formulas in double precision; moments and coefficients went through tables."""

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

    Args:
        published: ``NUMBER``, published.
        recomputed: ``NUMBER``, recomputed, scale, condition, reference, reason, is_rounding; a row
            of the quantity status says that an estimator has no numbers there.
        tolerance: Largest relative difference of numbers that agree.

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
