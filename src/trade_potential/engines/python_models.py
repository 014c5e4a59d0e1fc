"""dbt Python models beside an engine that runs none: in dbt's process, on DuckDB in memory.

A model sees what it sees on DuckDB: ``session`` is a DuckDB connection, ``dbt.ref(x)`` a relation.
Its inputs are small (moments, terms, marts), so that they travel to the model, not the model to
the engine. dbt calls a class like ``PythonModels`` as a plugin declares it
(``python_submission_helpers``, https://docs.getdbt.com/guides/adapter-creation).
"""

from __future__ import annotations

import traceback
from abc import abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from typing import TYPE_CHECKING, Any

from dbt.adapters.base import PythonJobHelper
from dbt.adapters.contracts.connection import AdapterResponse
from dbt_common.exceptions import DbtRuntimeError

from trade_potential.sql.render import quoted

if TYPE_CHECKING:
    import duckdb

TARGET = "written_to"
"""Name that the materialization gives the relation to write (macro trade_python_model)."""
Fetch = Callable[["duckdb.DuckDBPyConnection", str], "duckdb.DuckDBPyRelation"]
"""Brings a relation of the engine into a DuckDB connection."""
Write = Callable[[str, "duckdb.DuckDBPyRelation"], None]
"""Writes a DuckDB relation into a relation of the engine."""


class PythonModels(PythonJobHelper):
    """Runs one Python model; a subclass reaches the engine."""

    def __init__(self, parsed_model: dict[str, Any], credential: Any) -> None:
        """As dbt calls it: the node of the model, and how to reach the engine."""
        self.model = parsed_model
        self.credentials = credential

    @abstractmethod
    def reached(self) -> AbstractContextManager[tuple[Fetch, Write]]:
        """Ways into and out of the engine; what was written stays where nothing fails."""

    def submit(self, compiled_code: str) -> AdapterResponse:
        """Run the model and write what it returns."""
        with self.reached() as (fetch, write):
            run_python_model(
                compiled_code,
                session_tables=self.model["config"].get("meta", {}).get("session_tables", []),
                fetch=fetch,
                write=write,
            )
        return AdapterResponse(_message="PYTHON")


def run_python_model(code: str, *, session_tables: list[str], fetch: Fetch, write: Write) -> None:
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

    namespace: dict[str, Any] = {"__name__": "dbt_python_model"}
    try:
        with duckdb.connect() as session:
            # once, however often a model names a table
            fetched = cache(lambda name: fetch(session, name))
            for table in session_tables:
                schema, _, _ = table.rpartition(".")
                if schema:
                    session.execute(f"create schema if not exists {schema}")
                fetched(table).create(table)
            exec(compile(code.lstrip(), "<dbt Python model>", "exec"), namespace)  # noqa: S102
            dbt = namespace["dbtObj"](fetched)
            returned = namespace["model"](dbt, session)
            write(namespace[TARGET], as_relation(session, returned))
    except Exception as error:
        told = "".join(traceback.format_exception(error))
        raise DbtRuntimeError(f"Python model failed:\n{told}") from error


def held(
    session: duckdb.DuckDBPyConnection, name: str, rows: duckdb.DuckDBPyRelation
) -> duckdb.DuckDBPyRelation:
    """Rows as a table of the session's database.

    Every connection to it sees them, and what reads them waits for no thread of Arrow.
    """
    rows.create(quoted(name))
    return session.table(quoted(name))


def as_relation(session: duckdb.DuckDBPyConnection, returned: Any) -> duckdb.DuckDBPyRelation:
    """What a model returned, as DuckDB takes it in: a relation, a data frame or an Arrow table."""
    import duckdb

    if isinstance(returned, duckdb.DuckDBPyRelation):
        return returned
    session.register("returned_by_the_model", returned)
    return session.table("returned_by_the_model")
