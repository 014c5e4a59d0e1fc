"""Marts as Parquet and as one DuckDB file, and what both hold, read again from the disk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from trade_potential.errors import ReleaseError
from trade_potential.release.layout import DATABASE, MARTS
from trade_potential.sql.render import file_literal, quoted, text_literal

if TYPE_CHECKING:
    import duckdb

STORAGE = "v1.1.0"
"""Oldest DuckDB that reads the file. Left to itself, an engine may write what only it can read."""
RELEASED = "released.main"
"""Where the tables are while the file is written."""
CODEC: Literal["snappy"] = "snappy"
"""Of Parquet: the one that every reader has."""
NAME = re.compile(r"[^/\\\x00-\x1f.][^/\\\x00-\x1f]*")


class Content(NamedTuple):
    """What a table holds: equal contents have equal tuples, in whatever order the rows are."""

    columns: tuple[tuple[str, str], ...]
    rows: int
    fingerprint: int


def literal(path: Path) -> str:
    """A path as an SQL text."""
    return text_literal(str(path.absolute()))


def rows_of(files: Sequence[Path]) -> str:
    """Rows of Parquet files of one mart in SQL, those of the first file first."""
    return f"read_parquet([{', '.join(map(file_literal, files))}], hive_partitioning = false)"


def content(relation: duckdb.DuckDBPyRelation) -> Content:
    """Names, types, number of rows, and a sum over hashes of the rows."""
    cells = ", ".join(map(quoted, relation.columns))
    found = relation.aggregate(f"count(*), sum(cast(hash({cells}) as hugeint))").fetchone()
    rows, fingerprint = found or (0, 0)
    columns = zip(relation.columns, map(str, relation.types), strict=True)
    return Content(tuple(columns), int(rows), int(fingerprint or 0))


def parquet_of(folder: Path, mart: str) -> Path:
    """Where a mart lies in a release: a Parquet file, or a folder with one for each part."""
    parts = folder / MARTS / mart
    return parts if parts.is_dir() else folder / MARTS / f"{mart}.parquet"


def parquet_files(folder: Path, mart: str) -> list[Path]:
    """The Parquet files of a mart in a release; a part's name is its value."""
    path = parquet_of(folder, mart)
    return sorted(path.iterdir()) if path.is_dir() else [path]


def opened() -> duckdb.DuckDBPyConnection:
    """A database in memory that reads what is in a file, not what it remembers of it."""
    import duckdb

    return duckdb.connect(config={"enable_external_file_cache": "false"})


def write_parquet(
    folder: Path,
    marts: Mapping[str, duckdb.DuckDBPyRelation],
    keys: Mapping[str, list[str]],
    parts: Mapping[str, str],
    *,
    build: duckdb.DuckDBPyConnection,
) -> dict[str, Content]:
    """Write every mart as Parquet, rows in the order of its key.

    The database of the build writes the files itself: rows that pass through Arrow into another
    one wait for Arrow's threads, for ever where none can be started.

    Args:
        folder: A directory without tables.
        marts: Rows by name of the mart.
        keys: Columns of the key by name of the mart.
        parts: Column by name of the mart, whose whole numbers part it into files.
        build: A connection to the database of the marts with a transaction of its own: a full
            disk must not abort the build's.

    Returns:
        What each mart holds.

    Raises:
        ReleaseError: A name is no file name, a key is missing, or a part is no whole number.
    """
    (folder / MARTS).mkdir()
    contents = {}
    for mart, relation in sorted(marts.items()):
        key = keys.get(mart, [])
        if not NAME.fullmatch(mart):
            raise ReleaseError(f"{mart!r}: no name of a file; rename the mart")
        if not key or not set(key) <= set(relation.columns):
            raise ReleaseError(f"{mart}: no key among its columns; give it a test rows_are_unique")
        rows = build.sql(relation.sql_query())
        contents[mart] = content(rows)
        for path, part in _parts(folder, mart, rows, parts.get(mart)):
            ordered = part.order(", ".join(f"{quoted(c)} asc nulls last" for c in key))
            ordered.write_parquet(str(path), compression=CODEC)
    return contents


def _parts(
    folder: Path, mart: str, rows: duckdb.DuckDBPyRelation, column: str | None
) -> Iterator[tuple[Path, duckdb.DuckDBPyRelation]]:
    """The files of a mart and the rows of each; one file where there is no row to part."""
    if column is not None and column not in rows.columns:
        raise ReleaseError(f"{mart}: is parted by {column}, which is none of its columns")
    values = rows.project(quoted(column)).distinct().fetchall() if column else []
    if column is None or not values:
        yield folder / MARTS / f"{mart}.parquet", rows
        return
    if not all(isinstance(value, int) for (value,) in values):
        raise ReleaseError(f"{mart}: is parted by {column}, which must hold whole numbers only")
    (folder / MARTS / mart).mkdir()
    for (value,) in sorted(values):
        part = rows.filter(f"{quoted(column)} = {value}")
        yield folder / MARTS / mart / f"{value}.parquet", part


def write_database(
    folder: Path,
    marts: Iterable[str],
    *,
    memory: duckdb.DuckDBPyConnection,
    comments: Iterable[str] = (),
) -> None:
    """Write the DuckDB file from the Parquet files.

    Args:
        folder: Where they lie.
        marts: Names.
        memory: As ``opened``: a full disk would end the database that writes.
        comments: Statements that describe the tables of the schema RELEASED.
    """
    path = literal(folder / DATABASE)
    memory.execute(f"attach {path} as released (storage_version '{STORAGE}')")
    for mart in marts:
        rows = rows_of(parquet_files(folder, mart))
        memory.execute(f"create table {RELEASED}.{quoted(mart)} as select * from {rows}")
    memory.execute("begin")
    for statement in comments:
        memory.execute(statement)
    memory.execute("commit")
    memory.execute("detach released")


def refuse_other_contents(
    memory: duckdb.DuckDBPyConnection,
    folder: Path,
    contents: Mapping[str, Content],
    keys: Mapping[str, list[str]],
) -> None:
    """Read all files again and compare.

    Raises:
        ReleaseError: What was read is not what was to be written, or a key repeats.
    """
    for mart, read in read_tables(memory, folder, list(contents)).items():
        for place, found in read.items():
            if found != contents[mart]:
                raise ReleaseError(
                    f"{place}: {mart} was read back as {found.rows} rows that differ from the "
                    f"{contents[mart].rows} written; check the disk, and that Parquet has the "
                    f"types of {mart}, then run dbt build"
                )
        refuse_repeated_key(memory, folder, mart, keys[mart])


def read_tables(
    memory: duckdb.DuckDBPyConnection, folder: Path, marts: list[str]
) -> dict[str, dict[str, Content]]:
    """What the Parquet files and the table of each mart hold, by place.

    Raises:
        ReleaseError: A file cannot be read.
    """
    import duckdb

    found: dict[str, dict[str, Content]] = {}
    path = folder / DATABASE
    try:
        memory.execute(f"attach {literal(path)} as released (read_only)")
        for mart in marts:
            path = parquet_of(folder, mart)
            rows = rows_of(parquet_files(folder, mart))
            in_file = content(memory.sql(f"select * from {rows}"))
            path = folder / DATABASE
            in_table = content(memory.sql(f"select * from released.main.{quoted(mart)}"))
            found[mart] = {str(parquet_of(folder, mart)): in_file, str(path): in_table}
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise ReleaseError(f"{path}: cannot be read: {str(error).splitlines()[0]}") from error
    finally:
        memory.execute("detach database if exists released")
    return found


def refuse_repeated_key(
    memory: duckdb.DuckDBPyConnection, folder: Path, mart: str, key: list[str]
) -> None:
    """Raise ReleaseError where two rows of a mart share their key."""
    columns = ", ".join(map(quoted, key))
    repeated = memory.execute(
        f"select 1 from {rows_of(parquet_files(folder, mart))} "
        f"group by {columns} having count(*) > 1 limit 1"
    ).fetchall()
    if repeated:
        raise ReleaseError(f"{mart}: two rows share the key {', '.join(key)}; nothing is published")
