"""Which cuts of K class a study, a second time: from rows of potential_classes."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

ALL = "all"
"""Study of the cuts of every study without rows of its own."""


def cuts_of(rows: pd.DataFrame, study: str) -> pd.DataFrame:
    """Classes of a study in their order: its own, or those of all.

    Args:
        rows: Rows of potential_classes, with study_id and display_order.
        study: The study.
    """
    own = rows[rows["study_id"] == study]
    held = own if len(own) else rows[rows["study_id"] == ALL]
    return held.sort_values("display_order")


def cuts_in_words(classes: pd.DataFrame) -> str:
    """Cuts of a study as a reader sees them; equal where, and only where, two studies cut alike."""
    words = [
        row["potential_class"]
        + (
            " above"
            if pd.isna(row["k_upper"])
            else f" {'up to' if row['is_upper_inclusive'] else 'below'} {in_digits(row['k_upper'])}"
        )
        for row in classes.to_dict("records")
    ]
    return ", ".join(words)


def in_digits(value: float) -> str:
    """A number without exponent, and without zeros behind its last decimal of twelve."""
    shortest = Decimal(repr(float(value)))  # 23343.8 has noise in its twelfth decimal
    return f"{shortest:.12f}".rstrip("0").rstrip(".")
