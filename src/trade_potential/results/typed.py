"""Tables whose rows are dataclasses: columns and types are written once, in the class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Annotated, Any, get_args, get_type_hints

import numpy as np
import pandas as pd

from trade_potential.linalg import FloatArray

SLOTS = "slots"
Int32 = Annotated[int, "Int32"]
"""A number of 32 bits: years, positions, degrees of freedom."""
BySlot = Annotated[FloatArray, SLOTS]
"""Values of the slots of a specification: a column each, NaN where a slot is not used."""
_DTYPES = {str: "str", float: "float64", int: "Int64", bool: "boolean"}


def dtypes_of(kind: type[Any]) -> dict[str, str]:
    """Pandas' type of each field of a dataclass in order; ``SLOTS`` for its values by slot."""
    hints = get_type_hints(kind, include_extras=True)
    return {field.name: _dtype(hints[field.name]) for field in fields(kind)}


def _dtype(hint: Any) -> str:
    # `x | None` is x: every column of a table may be null
    (given,) = [part for part in get_args(hint) or (hint,) if part is not type(None)][:1]
    if getattr(hint, "__metadata__", None):
        return str(hint.__metadata__[0])
    return _dtype(given) if given is not hint else _DTYPES[given]


def frame_of(
    kind: type[Any],
    rows: Mapping[tuple[str, str], Sequence[Any]],
    *,
    keys: tuple[str, str],
    slots: Sequence[str] = (),
) -> pd.DataFrame:
    """Rows of a dataclass by study and specification; without rows the same columns and types.

    Args:
        kind: The dataclass.
        rows: Of it, by the values of ``keys``.
        keys: Names of the first two columns.
        slots: Names of the columns of its field of type ``BySlot``.
    """
    held = [(key, row) for key, own in rows.items() for row in own]
    columns = {
        name: pd.Series([key[k] for key, _ in held], dtype="str") for k, name in enumerate(keys)
    }
    for name, dtype in dtypes_of(kind).items():
        values = [getattr(row, name) for _, row in held]
        if dtype == SLOTS:
            matrix = np.array(values, dtype=float).reshape(len(held), len(slots))
            columns |= {
                slot: pd.Series(column) for slot, column in zip(slots, matrix.T, strict=True)
            }
        else:
            columns[name] = pd.Series(values, dtype=dtype)
    return pd.DataFrame(columns)
