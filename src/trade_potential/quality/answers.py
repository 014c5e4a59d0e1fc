"""What macros ask of the library: functions by name, arguments and answers as JSON.

A macro has no other way to Python. On DuckDB it is a function of SQL (dbt_trade_potential), on
other engines a method of the adapter (macro library).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from trade_potential.quality import complaints, contract, locked


def answered(function: str, arguments: str) -> str:
    """The answer of a function: an object with the one entry `answer`.

    Args:
        function: A name of `FUNCTIONS`.
        arguments: An object, arguments by name.
    """
    return json.dumps({"answer": FUNCTIONS[function](**json.loads(arguments))})


def _as_columns(told: complaints.Told) -> dict[str, Any]:
    return {"lines": told.lines, "complaints": [found._asdict() for found in told.complaints]}


def _telling(function: Callable[..., complaints.Told]) -> Callable[..., dict[str, Any]]:
    return lambda **arguments: _as_columns(function(**arguments))


def _record(folder: str, invocation_id: str, refused: Sequence[Mapping[str, Any]]) -> str:
    """Write the complaints of a refused run; the path of the file."""
    found = [complaints.Complaint(**of) for of in refused]
    return complaints.write(Path(folder), invocation_id, found)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "of_files": _telling(contract.of_files),
    "of_columns": _telling(contract.of_columns),
    "values_query": contract.values_query,
    "of_values": _telling(contract.of_values),
    "of_test": _telling(complaints.of_test),
    "record": _record,
    "of_checks": locked.of_checks,
    "lock_checks": locked.lock,
}
"""By name; the plugin of dbt adds those of the room `release`."""
