"""What identifies the rows of a table, whatever their order and the engine that holds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

PLACES = ("file_name", "file_line")
DESCRIPTIONS = (
    *("caveat", "citation", "class_label", "country_name", "definition", "description"),
    *("exhibit_title", "finding", "index_name", "indicator_name", "note", "reason", "series_note"),
    *("settled_by", "source", "source_note", "spec_name", "study_name", "tolerance_reason"),
    *("variable_name", "why"),
)
"""Columns for people: no number rests on them."""

DIGITS = 12
"""Of figures: the last ones depend on how a file was read, as a decimal or a double."""

Sums = dict[tuple[object, ...], tuple[int, int]]


def row_sums(table: duckdb.DuckDBPyRelation, by: Sequence[str]) -> Sums:
    """Number of rows and sum of their hashes, by the columns of ``by`` that a table has.

    Values are hashed as text, since engines give the same figure in different types: a number by
    its first ``DIGITS`` digits. A column of ``by`` that the table lacks is None in every key.
    """
    kinds = dict(zip(table.columns, map(str, table.types), strict=True))
    names = sorted(set(kinds) - {*PLACES, *DESCRIPTIONS})
    texts = ", ".join(f"coalesce({_text(name, kinds[name])}, '-')" for name in names)
    keys = [name if name in kinds else "null" for name in by]
    rows = table.aggregate(
        ", ".join([*keys, "count(*)", f"sum(hash(concat_ws(chr(31), {texts})))"]),
        ", ".join(name for name in keys if name != "null"),
    ).fetchall()
    return {tuple(key): (count, int(total or 0)) for *key, count, total in rows}


def _text(name: str, kind: str) -> str:
    is_number = kind.startswith(("DECIMAL", "DOUBLE", "FLOAT")) or "INT" in kind
    digits = f"format('{{:.{DIGITS}g}}', cast(\"{name}\" as double))"
    return digits if is_number else f'cast("{name}" as varchar)'
