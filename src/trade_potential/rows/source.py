"""Rows from anywhere: a file, a relation of DuckDB, a frame of pandas or Polars, an Arrow table.

Whatever it is, only columns that are used are read, and nothing of the user's is written to. Arrow
tables, Polars frames and numbers of pandas are read where they lie. A relation runs on its own
connection, as the user sees it there (open transaction, temporary tables, registered frames); its
rows are copied batch by batch, so that nothing is left on that connection.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from trade_potential.errors import InputError
from trade_potential.rows.files import file_table
from trade_potential.rows.keys import FLOATS, INTEGERS
from trade_potential.rows.read_errors import WIDEST
from trade_potential.rows.table import Table

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

Source: TypeAlias = "str | os.PathLike[str] | duckdb.DuckDBPyRelation | pd.DataFrame | Any"
"""A path, a relation, a frame, or whatever gives an Arrow stream."""

KNOWN = "a path, a DuckDB relation, a pandas or Polars DataFrame, an Arrow table"
ROWS, BATCH = "source_rows", "source_batch"
ROW_GROUP = 122_880
"""Rows that DuckDB stores together."""

AS_THEY_ARE = (*INTEGERS, *FLOATS, "UBIGINT", "BOOLEAN", "VARCHAR")
"""Types that pass through Arrow unchanged, beside decimals; others pass as their texts."""


def source_name(source: Source, name: str | None = None) -> str:
    """What messages call a source: a file by its path, others as they are told or by their type."""
    import duckdb

    if isinstance(source, str | os.PathLike):
        return os.fspath(source)
    is_relation = isinstance(source, duckdb.DuckDBPyRelation)
    return name or ("relation" if is_relation else type(source).__name__)


def open_table(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    *,
    used: Collection[str],
    name: str | None = None,
) -> Table:
    """A table of the user's, for a connection that is not the user's.

    Rows of a file count from 1 below the header, all others from 0, as ``iloc`` of pandas does.
    Named levels of the index of a pandas frame are columns.

    Args:
        connection: Open connection; the temporary view or table source_rows is made.
        source: A path (.csv, .csv.gz, .tsv, .parquet), a DuckDB relation, a frame of pandas, or
            whatever gives an Arrow stream (``__arrow_c_stream__``): Arrow tables, Polars frames.
        used: Columns that may be read; those that the table does not have are left to
            ``Table.position``.
        name: See ``source_name``.

    Raises:
        InputError: No file of a known kind, none of the known sources, repeated names of columns,
            or a column that no Arrow type fits: the message names it.
    """
    import duckdb

    name = source_name(source, name)
    if isinstance(source, str | os.PathLike):
        return file_table(connection, name)
    if isinstance(source, duckdb.DuckDBPyRelation):
        return _of_relation(connection, source, used, name)
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(source, pandas.DataFrame):
        return _of_pandas(connection, source, used, name)
    if not (hasattr(source, "__arrow_c_stream__") or hasattr(source, "__arrow_c_array__")):
        raise InputError(f"{name}: is no table; give {KNOWN}")
    import pyarrow as pa

    with _told_by_name(name):
        table = pa.table(source)
    names = tuple(table.column_names)
    arrays = {k: table.column(k) for k, column in enumerate(names) if column in used}
    return _of_arrays(connection, name, names, arrays)


def _of_relation(
    connection: duckdb.DuckDBPyConnection,
    relation: duckdb.DuckDBPyRelation,
    used: Collection[str],
    name: str,
) -> Table:
    types = [str(kind) for kind in relation.types]
    table = _table(name, tuple(relation.columns), dict(enumerate(types)))
    as_it_is = [kind in AS_THEY_ARE or kind.startswith("DECIMAL") for kind in types]
    # By position: names that differ in capitals only are one to DuckDB.
    cells = {
        k: f"#{k + 1}" if as_it_is[k] else f"cast(#{k + 1} as varchar)"
        for k, column in enumerate(table.columns)
        if column in used
    }
    if not cells:
        return table
    typed = (f"c{k} {types[k] if as_it_is[k] else 'varchar'}" for k in cells)
    connection.execute(f"create or replace temporary table {ROWS} ({', '.join(typed)})")
    selected = ", ".join(f"{cell} as c{k}" for k, cell in cells.items())
    with table.told():
        # Each batch ends before the next: two databases that wait for each other may wait for ever.
        for batch in relation.project(selected).to_arrow_reader(ROW_GROUP):
            connection.register(BATCH, batch)
            connection.execute(f"insert into {ROWS} select * from {BATCH}")
            connection.unregister(BATCH)
    return table


def _of_pandas(
    connection: duckdb.DuckDBPyConnection, frame: pd.DataFrame, used: Collection[str], name: str
) -> Table:
    import pyarrow as pa

    levels: list[Any] = [n for n in frame.index.names if n is not None and n not in frame.columns]
    columns: list[Any] = [frame.index.get_level_values(level) for level in levels]
    columns += [frame.iloc[:, k] for k in range(frame.shape[1])]
    names = tuple(map(str, [*levels, *frame.columns]))
    arrays: dict[int, Any] = {}
    for k, (column, values) in enumerate(zip(names, columns, strict=True)):
        if column in used:
            is_period = str(values.dtype).startswith("period[")  # Arrow has but their numbers
            with _told_by_name(f"{name}: column {column}"):
                found = pa.Array.from_pandas(values.astype(str) if is_period else values)
            arrays[k] = found
    return _of_arrays(connection, name, names, arrays)


def _of_arrays(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    names: tuple[str, ...],
    arrays: Mapping[int, Any],
) -> Table:
    """A table of Arrow arrays by position of their columns."""
    import pyarrow as pa

    types: dict[int, str] = {}
    too_wide: dict[int, str] = {}
    readable: dict[str, Any] = {}
    for k, values in arrays.items():
        kind = values.type
        if pa.types.is_decimal(kind) and kind.precision > WIDEST:
            types[k] = too_wide[k] = f"DECIMAL({kind.precision},{kind.scale})"
            continue
        if pa.types.is_decimal(kind):
            values = values.cast(pa.decimal128(kind.precision, kind.scale))
        elif pa.types.is_float16(kind):
            values = values.cast(pa.float32())
        readable[f"c{k}"] = values
    if readable:
        with _told_by_name(name):
            connection.register(ROWS, pa.table(readable))
            described = connection.execute(f"describe {ROWS}").fetchall()
        types |= {int(slot[1:]): str(kind) for slot, kind, *_ in described}
    return _table(name, names, types, too_wide)


def _table(
    name: str,
    columns: tuple[str, ...],
    types: Mapping[int, str],
    too_wide: Mapping[int, str] | None = None,
) -> Table:
    """The rows of source_rows; of an enumeration the type is shown without its values."""
    shown = [types.get(k, "") for k in range(len(columns))]
    return Table(
        name=name,
        relation=ROWS,
        columns=columns,
        types=tuple("ENUM" if kind.startswith("ENUM") else kind for kind in shown),
        too_wide=too_wide or {},
        first_row=0,
        may_stay=True,
        told=partial(_told_by_name, name),
    )


@contextmanager
def _told_by_name(name: str) -> Iterator[None]:
    """Turn errors of Arrow and DuckDB on reading rows into InputError."""
    import duckdb
    import pyarrow as pa

    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except (duckdb.Error, pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise InputError(f"{name}: {str(error).splitlines()[0]}") from error
