"""Tables of a release in PostgreSQL: their statements, in the order in which they are cheap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from trade_potential.served.connection import Cursor
from trade_potential.served.schema import INFO
from trade_potential.served.tables import Table
from trade_potential.sql.render import quoted, text_literal

INDEXED = ("country_iso3", "reporter_iso3", "partner_iso3", "year", "study_id")
"""Columns by which people look for rows."""
INDEXED_ROWS = 5_000
"""Rows below which reading a whole table is as quick as an index."""


def create(place: str, table: Table) -> str:
    """The table without keys: those are made when the rows are there."""
    columns = ", ".join(f"{quoted(column.name)} {column.type}" for column in table.columns)
    return f"create table {place} ({columns})"


def comments(place: str, table: Table) -> Iterator[str]:
    """What the release says of the table and of its columns; nothing where it says nothing."""
    if table.comment is not None:
        yield f"comment on table {place} is {text_literal(table.comment)}"
    for column in table.columns:
        if column.comment is not None:
            said = text_literal(column.comment)
            yield f"comment on column {place}.{quoted(column.name)} is {said}"


def key(place: str, table: Table, *, has_nulls: bool) -> str:
    """The key; where a column of it has nulls it is unique, two nulls counting as equal."""
    columns = ", ".join(map(quoted, table.key))
    kind = "unique nulls not distinct" if has_nulls else "primary key"
    return f"alter table {place} add {kind} ({columns})"


def indexes(place: str, table: Table) -> Iterator[str]:
    """For columns that people filter by and that the key does not begin with."""
    if table.rows >= INDEXED_ROWS:
        for column in table.columns:
            if column.name in INDEXED and column.name != table.key[0]:
                yield f"create index on {place} ({quoted(column.name)})"


def has_nulls(cursor: Cursor, place: str, table: Table) -> bool:
    """Whether a row lacks a column of the key."""
    lacking = " or ".join(f"{quoted(name)} is null" for name in table.key)
    cursor.execute(f"select exists (select from {place} where {lacking})")
    return bool(cursor.fetchone()[0])


def references(
    schema: str, tables: Sequence[Table], with_key: Mapping[str, bool]
) -> tuple[list[str], list[str]]:
    """Foreign keys as statements, and in words those that PostgreSQL cannot have.

    Columns that are referred to and are not the key, such as one column in place of several, are
    made unique first.

    Args:
        schema: Where the tables are.
        tables: With their references.
        with_key: Whether the key of a table is there, by name.
    """
    known = {table.name: table for table in tables}
    made, left = [], []
    unique: dict[str, None] = {}
    for table in tables:
        for one in table.references:
            to = known.get(one.table)
            columns, targets = (", ".join(map(quoted, names)) for names in (one.columns, one.to))
            names = {column.name for column in to.columns} if to else set()
            is_key = to is not None and set(one.to) == set(to.key)
            if to is None or not set(one.to) <= names or (is_key and not with_key[to.name]):
                left.append(
                    f"{table.name} ({', '.join(one.columns)}): no foreign key,"
                    f" ({', '.join(one.to)}) is no key of {one.table}"
                )
                continue
            if not is_key:
                unique[f"alter table {quoted(schema)}.{quoted(to.name)} add unique ({targets})"] = (
                    None
                )
            made.append(
                f"alter table {quoted(schema)}.{quoted(table.name)} add foreign key ({columns})"
                f" references {quoted(schema)}.{quoted(to.name)} ({targets})"
            )
    return [*unique, *made], left


INFO_COLUMNS = {
    "table_name": ("text", "Name of a table of this schema."),
    "row_count": ("bigint", "Its rows."),
    "key_columns": ("text", "Columns that tell its rows apart, parted by commas."),
    "description": ("text", "What one row is, in the words of the release."),
    "release_id": ("text", "Release that this schema holds: of all tables the same."),
    "published_at": ("timestamptz", "When the release was published."),
    "loaded_at": ("timestamptz", "When it was loaded into this database."),
}


def info(cursor: Cursor, schema: str, tables: Sequence[Table], release: tuple[str, str]) -> None:
    """Make the table that says what the schema holds: a line of a dashboard needs it.

    Args:
        cursor: In the transaction of the load.
        schema: Where the tables are.
        tables: What they are.
        release: Its id, and when it was published.
    """
    place = f"{quoted(schema)}.{INFO}"
    columns = ", ".join(f"{name} {kind}" for name, (kind, _) in INFO_COLUMNS.items())
    cursor.execute(f"create table {place} ({columns}, primary key (table_name))")
    for table in tables:
        cursor.execute(
            f"insert into {place} values (%s, %s, %s, %s, %s, %s, now())",
            [table.name, table.rows, ", ".join(table.key), table.comment, *release],
        )
    cursor.execute(f"comment on table {place} is 'One row is a table of this schema.'")
    for name, (_, said) in INFO_COLUMNS.items():
        cursor.execute(f"comment on column {place}.{name} is {text_literal(said)}")
    cursor.execute(f"analyze {place}")
