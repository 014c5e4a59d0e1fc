"""What a key is, to every estimator: one rule for entities, times, levels of effects and ids.

Whole numbers of up to 64 bits stay numbers, everything else becomes the text that DuckDB writes for
it. Python never sees another type, so that nothing is rounded: pandas would make 2^53 and 2^53 + 1
of a decimal one number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trade_potential.sql.render import quoted

if TYPE_CHECKING:
    import duckdb

INTEGERS = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UINTEGER", "USMALLINT", "UTINYINT")
FLOATS = ("FLOAT", "DOUBLE")


def as_key(sql: str, type_: str) -> str:
    """An expression as a key in SQL, BIGINT or VARCHAR.

    Args:
        sql: The expression.
        type_: Its type, as DuckDB names it.
    """
    if type_ in INTEGERS:
        return f"cast({sql} as bigint)"
    if type_ in FLOATS:  # -0.0 is 0.0, but not as a text
        return f"cast(case when {sql} = 0 then 0 else {sql} end as varchar)"
    return sql if type_ == "VARCHAR" else f"cast({sql} as varchar)"


def as_known_key(sql: str, type_: str) -> str:
    """The same, null where a cell of a file is no name: blank, or not a number."""
    key = as_key(sql, type_)
    if type_ in INTEGERS:
        return key
    is_known = f"not isnan({sql})" if type_ in FLOATS else f"trim({key}) <> ''"
    return f"case when {is_known} then {key} end"


def key_type(connection: duckdb.DuckDBPyConnection, relation: str, column: str) -> str:
    """Type of a column of a relation, as ``as_key`` takes it."""
    query = f"describe select {quoted(column)} from {quoted(relation)}"
    found = connection.execute(query).fetchone() or ("", "")
    return str(found[1])
