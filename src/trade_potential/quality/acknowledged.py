"""Warnings that somebody has looked into, as rows: they are counted, and only the others are news.

An acknowledgement names an expectation and, as a pattern, what it says of its rows: `key = value`.
So a figure that moves on is news again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.quality.checks import Check, in_range, missing
from trade_potential.quality.inputs import Input

SUITE = "acknowledged_warnings"
PLACE = f"seeds/study/{SUITE}.csv"
COLUMNS = ("check_id", "row_pattern")
CHECKS = (
    in_range(
        SUITE, "matched_rows", 1, 1e9, "some row of a failed warning has this form; if none has, "
        "the acknowledgement is of the past and goes", severity="warning", optional=True,
        may_be_unseen=True,
    ),
    missing(
        SUITE, "what_it_names", "check_id names an expectation of severity warning: an error "
        "cannot be acknowledged",
    ),
)  # fmt: skip


class Acknowledged:
    """The acknowledgements, and how many rows each of them has matched."""

    def __init__(self, rows: pd.DataFrame) -> None:
        """Take the rows of the seed: columns check_id, row_pattern, and file_line if known."""
        self.rows = rows.reset_index(drop=True) if len(rows) else pd.DataFrame(columns=COLUMNS)
        self._places: dict[str, list[int]] = {}
        for place, check_id in enumerate(self.rows["check_id"]):
            self._places.setdefault(str(check_id), []).append(place)
        self._matched = np.zeros(len(self.rows), dtype="int64")

    def names(self, check: Check) -> bool:
        """Whether some acknowledgement names a warning."""
        return check.severity == "warning" and check.check_id in self._places

    def parted(
        self, check: Check, refused: Sequence[Mapping[str, Any]]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Refused rows of a named check that are news, and those that are acknowledged."""
        new: list[dict[str, Any]] = []
        known: list[dict[str, Any]] = []
        for row in refused:
            (known if self._knows(check, f"{row['key']} = {row['value']}") else new).append({**row})
        return new, known

    def _knows(self, check: Check, said: str) -> bool:
        found = [
            place for place in self._places[check.check_id]
            if fnmatchcase(said, str(self.rows["row_pattern"][place]))
        ]  # fmt: skip
        self._matched[found] += 1
        return bool(found)

    def judged(self, severities: Mapping[str, str], *, is_whole: bool = True) -> Input:
        """The acknowledgements as the gate looks at them, once all other checks have been made.

        Args:
            severities: Of every other check, by id.
            is_whole: Whether all rows were read: in a sample nothing may have the form.
        """
        of = self.rows["check_id"].map(severities).fillna("nothing")
        frame = self.rows.assign(
            matched_rows=self._matched, what_it_names=of.where(of != "warning", None)
        )
        if not is_whole:
            frame["matched_rows"] = frame["matched_rows"].where(frame["matched_rows"] > 0)
        return Input(frame=frame, rows_total=len(frame), place=PLACE, key=COLUMNS)
