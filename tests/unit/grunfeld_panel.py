"""Grunfeld's panel, and what a panel is asked for."""

from __future__ import annotations

from typing import Any

SAME = 1e-8
"""Two solutions in double precision of well-posed regressions."""

REGRESSORS = ["value", "capital"]
NAMES: dict[str, Any] = {
    "outcome": "invest",
    "regressors": REGRESSORS,
    "entity": "firm",
    "time": "year",
}
ESTIMATORS = ["pooled", "between", "within", "twoway", "random", "mundlak", "ppml"]
