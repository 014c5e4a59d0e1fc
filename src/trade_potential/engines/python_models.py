"""dbt Python models beside an engine that runs none: in dbt's process, on DuckDB in memory.

A model sees what it sees on DuckDB: ``session`` is a DuckDB connection, ``dbt.ref(x)`` a relation.
Its inputs are small (moments, terms, marts), so that they travel to the model, not the model to
the engine. dbt calls a class like ``PythonModels`` as a plugin declares it
(``python_submission_helpers``, https://docs.getdbt.com/guides/adapter-creation).
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

TARGET = "written_to"
"""Name that the materialization gives the relation to write (macro trade_python_model)."""
Fetch = Callable[["duckdb.DuckDBPyConnection", str], "duckdb.DuckDBPyRelation"]
"""Brings a relation of the engine into a DuckDB connection."""


def run_python_model(
    code: str, *, session_tables: list[str], fetch: Fetch, write: Callable[[str, Any], None]
) -> None:
    """Run the compiled code of a model and write what it returns.

    Args:
        code: As dbt compiles it: ``model``, ``dbtObj`` and the name of the relation to write.
        session_tables: Tables of the engine that the model reads through its session, by
            schema and name (``config.meta.session_tables``).
        fetch: Brings a relation of the engine into DuckDB.
        write: Writes a DuckDB relation into a relation of the engine.

    Raises:
        DbtRuntimeError: The model fails; with its traceback, as dbt-duckdb shows it.
    """
    import duckdb
    from dbt_common.exceptions import DbtRuntimeError

    namespace: dict[str, Any] = {"__name__": "dbt_python_model"}
    try:
        with duckdb.connect() as session:
            for table in session_tables:
                schema, _, _ = table.rpartition(".")
                if schema:
                    session.execute(f"create schema if not exists {schema}")
                fetch(session, table).create(table)
            exec(compile(code.lstrip(), "<dbt Python model>", "exec"), namespace)  # noqa: S102
            dbt = namespace["dbtObj"](lambda name: fetch(session, name))
            returned = namespace["model"](dbt, session)
            write(namespace[TARGET], as_relation(session, returned))
    except Exception as error:
        told = "".join(traceback.format_exception(error))
        raise DbtRuntimeError(f"Python model failed:\n{told}") from error


def as_relation(session: duckdb.DuckDBPyConnection, returned: Any) -> duckdb.DuckDBPyRelation:
    """What a model returned, as DuckDB takes it in: a relation, a data frame or an Arrow table."""
    import duckdb

    if isinstance(returned, duckdb.DuckDBPyRelation):
        return returned
    session.register("returned_by_the_model", returned)
    return session.table("returned_by_the_model")
