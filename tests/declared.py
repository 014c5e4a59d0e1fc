"""What the declaration of an input asks of its rows, whichever of its tests asks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Arguments of `input_keeps_rules` and `keys_are_known`; what is broken is refused.

    Attributes:
        present: Columns without a missing value.
        countries: Columns of country codes.
        known: By column, the staging model (`to`, a ref) and the column (`field`) of its keys.
        one_of: By column, its values.
        rows: Conditions (`holds`, over `columns`).
    """

    present: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    known: dict[str, dict[str, str]] = field(default_factory=dict)
    one_of: dict[str, list[Any]] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)


def rules_of(entry: Mapping[str, Any]) -> Rules:
    """The rules of an input, by its entry in a YAML file; those that only warn are left out."""
    rules: dict[str, Any] = {}
    known: dict[str, dict[str, str]] = {}
    for test in entry["data_tests"]:
        ((_, body),) = test.items()
        if body.get("config", {}).get("severity", "error") == "error":
            rules |= body["arguments"]
            known |= body["arguments"].get("known", {})
    return Rules(**rules | {"known": known})
