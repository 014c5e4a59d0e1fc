"""Seeds and Parquet files read by DuckDB, whatever engine they are loaded into.

The same values and types everywhere, and the place of each row.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from trade_potential.sql.render import file_literal, quoted

if TYPE_CHECKING:
    import duckdb

LINE = "file_line"
"""Column that a seed gets on engines that do not keep the order of rows: the line of the file."""


def read_seed(
    memory: duckdb.DuckDBPyConnection, path: Path, *, types: Mapping[str, str], delimiter: str = ","
) -> duckdb.DuckDBPyRelation:
    """The rows of a CSV file as dbt-duckdb loads them, and the line each came from.

    Args:
        memory: A connection that no other seed uses.
        path: The file; its form has been checked (``dbt_trade_potential``).
        types: Type by column, in the order of the header.
        delimiter: Between two values.

    Raises:
        duckdb.Error: A value is not of its type.
    """
    columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in types.items())
    separator = delimiter.replace("'", "''")
    memory.execute(f"create table seed ({columns})")
    memory.execute(
        f"copy seed from {file_literal(path)} (format csv, header true, delimiter '{separator}')"
    )
    # The header is line 1, and no value spans lines (it would have been refused).
    return memory.sql(f"select *, cast(rowid + 2 as bigint) as {LINE} from seed order by rowid")


def read_source(
    memory: duckdb.DuckDBPyConnection, path: Path, *, types: Mapping[str, str]
) -> duckdb.DuckDBPyRelation:
    """The rows of the Parquet file of a source, and the number of each.

    Args:
        memory: A connection.
        path: The file; it has been compared with its declaration (``dbt_trade_potential``).
        types: Declared type by column.
    """
    columns = ", ".join(quoted(name) for name in types)
    return memory.sql(
        f"select {columns}, cast(file_row_number + 1 as bigint) as {LINE}"
        f" from read_parquet({file_literal(path)})"
    )
