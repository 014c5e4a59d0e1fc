"""Tails and quantiles of normal, t, F and chi-squared distributions.

The functions that scipy.stats calls for them: to import scipy.stats takes longer than to read a
million rows.
"""

from __future__ import annotations

import math
from typing import Any

from scipy import special


def chi2_tail(value: float, df: float) -> float:
    """P(X > value), X chi-squared."""
    return 1.0 if value <= 0.0 else float(special.chdtrc(df, value))


def f_tail(value: float, df: float, df_denominator: float) -> float:
    """P(X > value), X of F."""
    return 1.0 if value <= 0.0 else float(special.fdtrc(df, df_denominator, value))


def t_tail(value: Any, df: float) -> Any:
    """P(X > value), X of Student's t; normal where df is infinite."""
    return special.ndtr(-value) if math.isinf(df) else special.stdtr(df, -value)


def t_quantile(share: float, df: float) -> float:
    """The value below which a share lies of Student's t; normal where df is infinite."""
    return float(special.ndtri(share) if math.isinf(df) else special.stdtrit(df, share))
