"""What stands in the place of a seed keeps the contract of the seed: columns, types, values.

The functions are asked by macros/input_contract.sql, which knows the project and runs the SQL.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trade_potential.quality.complaints import Complaint, Told, from_texts, limited, printable
from trade_potential.quality.rules import STORED, stored_rule_broken_sql
from trade_potential.sql.render import text_literal

MAX_COMPLAINTS = 20
"""Of one input that are told; the rest is counted."""
PER_COLUMN = 10
"""Refused values of one column that are told."""
Stored = Mapping[str, Mapping[str, str]]
"""Stored type by column, by place: a file, or the table."""


def of_files(label: str, unreadable: Sequence[tuple[str, str]]) -> Told:
    """Files that are no Parquet files, with what is wrong."""
    rule = "every file of the input is a whole Parquet file"
    found = [Complaint(file, None, None, None, wrong, rule) for file, wrong in unreadable]
    return limited(found, MAX_COMPLAINTS, label)


def of_columns(
    label: str, types: Mapping[str, str], stored: Stored, partitions: Sequence[str]
) -> Told:
    """Columns that are missing, unknown, of another kind of type, or there twice.

    Args:
        label: How people know the input.
        types: Declared type by column.
        stored: What is there.
        partitions: Columns in the names of directories (`year=2015`).
    """
    found = list(_of_columns(types, stored, bool(partitions)))
    return limited(found, MAX_COMPLAINTS, label)


def _of_columns(types: Mapping[str, str], stored: Stored, has_partitions: bool) -> Iterator[Any]:
    for place, held in stored.items():
        named = re.findall("([^/=]+)=[^/]*/", place) if has_partitions else []
        for column, type_ in types.items():
            value, rule = "", ""
            if column in held and column in named:
                value = "the column stands twice"
                rule = "a column stands in the files or in the names of their directories"
            elif column not in held and column not in named:
                value, rule = "the column is missing", "the input holds every declared column"
            elif column in held and not re.fullmatch(STORED[type_].names, held[column].upper()):
                value, rule = held[column], STORED[type_].type_rule
            if value:
                yield Complaint(place, None, None, column, value, rule)
        for column in held:
            if column not in types:
                rule = "the input holds only declared columns"
                yield Complaint(place, None, None, column, "the column is unknown", rule)


def values_query(
    *,
    label: str,
    kind: str,
    rows: str,
    types: Mapping[str, str],
    stored: Stored,
    key: Sequence[str],
    is_duckdb: bool,
) -> str:
    """SQL of the values that the declared type does not hold, or that no seed could; or nothing.

    Args:
        label: How people know the input.
        kind: parquet or table.
        rows: SQL of the stored rows.
        types: Declared type by column.
        stored: What is there.
        key: Columns of the key.
        is_duckdb: Whether the engine is DuckDB.

    Returns:
        A query of the columns of a complaint, and one row of a column more than are told.
    """
    place = "filename as file_name, file_row_number + 1 as file_line"
    if kind == "table":
        place = f"{text_literal(label)} as file_name, cast(null as bigint) as file_line"
    row_key = " || ', ' || ".join(f"coalesce(cast({name} as varchar), '')" for name in key)
    parts = []
    for column, type_ in types.items():
        found = " ".join(held[column].upper() for held in stored.values() if column in held)
        rule = stored_rule_broken_sql(column, type_, found, is_duckdb=is_duckdb)
        if rule:
            judged = f"select {place}, {row_key} as row_key, '{column}' as column_name, "
            judged += f"cast({column} as varchar) as value, {rule} as rule from {rows}"
            order = f"order by file_name, file_line, row_key limit {PER_COLUMN + 1}"
            refused = f"from ({judged}) as judged where rule is not null {order}"
            parts.append(f"select * from (select * {refused}) as of_{column}")  # noqa: S608 (declared names)
    order = " order by column_name, file_name, file_line, row_key"
    return " union all ".join(parts) + order if parts else ""


def of_values(label: str, rows: Sequence[Mapping[str, str | None]]) -> Told:
    """What the query has found."""
    found, seen, more = [], Counter[str | None](), []
    for row in rows:
        column = row["column_name"]
        seen[column] += 1
        if seen[column] > PER_COLUMN:
            more.append(f"{label}, column {column}: and more")
            continue
        told = from_texts(row)
        found.append(told._replace(value=printable(told.value)))
    listed = limited(found, MAX_COMPLAINTS, label)
    return Told(listed.lines + more, listed.complaints)
