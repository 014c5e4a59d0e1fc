"""Choices of studies and specifications that were published and are others now."""

from __future__ import annotations

from collections.abc import Iterator

from trade_potential.release.causes import NAMES
from trade_potential.release.moved import Measured
from trade_potential.release.noise import moved
from trade_potential.release.pair import Pairs
from trade_potential.sql.render import quoted

CHOICES = {
    "dim_study": "study_id",
    "dim_specification": "spec_id",
    "dim_index_specification": "index_spec_id",
}
"""Marts of choices: whose each row is. Names and descriptions of theirs are none."""


def choices_moved(pairs: Pairs) -> Iterator[Measured]:
    """By study and by specification how many columns differ, with the first of them."""
    for mart, name in CHOICES.items():
        pair = pairs.comparable(mart)
        if pair is None or pair.is_same or name not in pair.shared:
            continue
        columns = [c for c in pair.shared if c not in pair.key and c not in NAMES]
        differing: dict[str, list[tuple[str, object, object]]] = {}
        for column in columns:
            for whose, was, now in pair.query(
                f"select new.{quoted(name)}, old.{quoted(column)}, new.{quoted(column)} "
                f"from {pair.joined()} where {moved(column, pair.types[column])} "
                f"order by {pair.key_list('new')}"
            ):
                differing.setdefault(whose, []).append((column, was, now))
        for whose, changes in sorted(differing.items()):
            column, was, now = changes[0]
            yield Measured(
                measure="choices_changed",
                mart=mart,
                study_id=whose if name == "study_id" else None,
                spec_id=whose if name != "study_id" else None,
                estimator=None,
                value=len(changes),
                rows=len(changes),
                of_rows=len(columns),
                example={"key": {"column": column}, "before": _text(was), "after": _text(now)},
            )


def _text(value: object) -> str:
    return "none" if value is None else str(value)
