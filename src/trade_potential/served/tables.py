"""What a release says of its tables: types, keys, references, descriptions."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trade_potential.errors import ReleaseError
from trade_potential.release.layout import DATABASE, ReleaseFolder
from trade_potential.release.mart_files import literal

if TYPE_CHECKING:
    import duckdb

PACKAGE = "datapackage.json"
"""Description of a release by the standard of Frictionless; an older release has none."""
LONGEST_NAME = 63
"""Bytes of a name; PostgreSQL would cut off the rest without an error."""

NUMBERS, WHOLE, TEXTS, TRUTH, DAYS, OTHER = "numbers", "whole", "texts", "truth", "days", "other"
TYPES = {
    "BIGINT": ("bigint", WHOLE),
    "BOOLEAN": ("boolean", TRUTH),
    "DATE": ("date", DAYS),
    "DOUBLE": ("double precision", NUMBERS),
    "FLOAT": ("real", NUMBERS),
    "HUGEINT": ("numeric(39,0)", WHOLE),
    "INTEGER": ("integer", WHOLE),
    "SMALLINT": ("smallint", WHOLE),
    "TIME": ("time", OTHER),
    "TIMESTAMP": ("timestamp", OTHER),
    "TIMESTAMP WITH TIME ZONE": ("timestamptz", OTHER),
    "TINYINT": ("smallint", WHOLE),
    "UBIGINT": ("numeric(20,0)", WHOLE),
    "UINTEGER": ("bigint", WHOLE),
    "USMALLINT": ("integer", WHOLE),
    "UTINYINT": ("smallint", WHOLE),
    "UUID": ("uuid", OTHER),
    "VARCHAR": ("text", TEXTS),
}
"""Type of PostgreSQL by that of DuckDB, and how the two are compared after the load."""
DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")


@dataclass(frozen=True)
class Column:
    """A column of a table: its type here and there, how it is compared, what it means."""

    name: str
    held: str
    type: str
    compared: str
    comment: str | None


@dataclass(frozen=True)
class Reference:
    """Columns whose values are those of a key: of a table, by name, and its columns."""

    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table of a release as it stands in its manifest."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...]
    comment: str | None
    rows: int


def attach(memory: duckdb.DuckDBPyConnection, release: ReleaseFolder) -> None:
    """Open the DuckDB file of a release as ``released``."""
    memory.execute(f"attach {literal(release.folder / DATABASE)} as released (read_only)")


def tables_of(memory: duckdb.DuckDBPyConnection, release: ReleaseFolder) -> list[Table]:
    """The tables of a release, by name.

    Args:
        memory: A connection that has it attached.
        release: Which.

    Raises:
        ReleaseError: A type has no counterpart, or a name is too long.
    """
    comments = dict(
        memory.execute(
            "select table_name, comment from duckdb_tables() where database_name = 'released'"
        ).fetchall()
    )
    told = {
        (table, column): comment
        for table, column, comment in memory.execute(
            "select table_name, column_name, comment from duckdb_columns()"
            " where database_name = 'released'"
        ).fetchall()
    }
    references = references_of(_package(release))
    return [
        Table(
            name=_named(mart, mart),
            columns=tuple(
                _column(mart, column["name"], column["type"], told.get((mart, column["name"])))
                for column in said["columns"]
            ),
            key=tuple(said["key"]),
            references=references.get(mart, ()),
            comment=comments.get(mart),
            rows=said["rows"],
        )
        for mart, said in sorted(release.manifest()["marts"].items())
    ]


def _column(mart: str, name: str, kind: str, comment: str | None) -> Column:
    decimal = DECIMAL.fullmatch(kind)
    stored = (f"numeric({decimal[1]},{decimal[2]})", WHOLE) if decimal else TYPES.get(kind)
    if stored is None:
        raise ReleaseError(f"{mart}, column {name}: PostgreSQL has no counterpart of type {kind}")
    return Column(_named(mart, name), kind, *stored, comment)


def _named(mart: str, name: str) -> str:
    """A name, if PostgreSQL takes it whole."""
    if len(name.encode()) > LONGEST_NAME:
        raise ReleaseError(
            f"{mart}: the name {name} is longer than the {LONGEST_NAME} bytes of PostgreSQL"
        )
    return name


def _package(release: ReleaseFolder) -> dict[str, Any]:
    path = release.folder / PACKAGE
    if not path.exists():
        return {}
    try:
        read = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ReleaseError(f"{path}: cannot be read ({error})") from error
    return read if isinstance(read, dict) else {}


def references_of(package: dict[str, Any]) -> dict[str, tuple[Reference, ...]]:
    """Foreign keys by table, as Frictionless writes them: one field may stand without a list."""
    found = {}
    for resource in package.get("resources", []):
        found[resource["name"]] = tuple(
            Reference(
                columns=_listed(key["fields"]),
                # An empty name is the table itself.
                table=key["reference"].get("resource") or resource["name"],
                to=_listed(key["reference"]["fields"]),
            )
            for key in (resource.get("schema") or {}).get("foreignKeys", [])
        )
    return found


def _listed(fields: str | list[str]) -> tuple[str, ...]:
    return (fields,) if isinstance(fields, str) else tuple(fields)
