"""Which differences between two releases are figures, and which the last digits of a computation.

Sums depend on the order in which threads add and on the kernel that multiplies, so that equal
figures differ in their last digits; a p-value of 1e-300 may double and say the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from trade_potential.sql.render import quoted

RELATIVE = 1e-9
"""Smallest change of a number, as a share of the larger of the two: what two engines agree to."""
ABSOLUTE = 1e-12
"""Smallest change of a number in its unit: what is zero but for rounding moves by 1e-13."""
P_VALUE = 1e-6
"""Smallest change of a p-value: no table prints more digits of one."""
FLOATING = ("DOUBLE", "FLOAT")


def is_p_value(column: str) -> bool:
    """Whether a column holds probabilities, by its name."""
    return column == "p_value" or column.endswith("_p_value")


def _is_share_of_another(column: str) -> bool:
    """Whether a column holds differences of two numbers as a share of them, by its name."""
    return column.startswith("relative_")


def change_of(column: str) -> str:
    """Size of the change from ``old`` to ``new`` in SQL, null where either is no number.

    Relative, |new - old| / max(|new|, |old|), in [0, 2]; of p-values the difference, in [0, 1].
    """
    old, new = f"old.{quoted(column)}", f"new.{quoted(column)}"
    scale = "1" if is_p_value(column) else f"greatest(abs({new}), abs({old}))"
    return f"case when isfinite({old}) and isfinite({new}) then abs({new} - {old}) / {scale} end"


def moved(column: str, type_of: str, *, relative: float = RELATIVE) -> str:
    """Whether a value differs from ``old`` to ``new`` by more than noise, in SQL.

    Args:
        column: Its name.
        type_of: Its type.
        relative: The share of a number, and the difference of p-values where that is larger.
    """
    old, new = f"old.{quoted(column)}", f"new.{quoted(column)}"
    differs = f"{old} is distinct from {new}"
    if type_of not in FLOATING:
        return f"({differs})"
    least = f"greatest({ABSOLUTE}, {relative} * greatest(abs({new}), abs({old})))"
    if is_p_value(column):
        least = str(max(P_VALUE, relative))
    elif _is_share_of_another(column):
        least = str(relative)
    is_noise = f"isfinite({new} - {old}) and abs({new} - {old}) <= {least}"
    return f"({differs} and not coalesce({is_noise}, false))"


def has_moved(was: object, now: object) -> bool:
    """The same of two values of a column of any other kind than p-values and shares of another."""
    if isinstance(was, float) and isinstance(now, float) and math.isfinite(was - now):
        return abs(now - was) > max(ABSOLUTE, RELATIVE * max(abs(now), abs(was)))
    return was != now and not (was != was and now != now)


def any_moved(columns: Iterable[tuple[str, str]], *, relative: float = RELATIVE) -> str:
    """Whether one of some columns, given with their types, differs by more than noise, in SQL."""
    return " or ".join(moved(column, type_of, relative=relative) for column, type_of in columns)


def rule() -> dict[str, float]:
    """The limits, for a document."""
    return {"relative": RELATIVE, "absolute": ABSOLUTE, "p_value": P_VALUE}
