"""Python models on other engines: what they ask for comes into DuckDB once."""

from __future__ import annotations

import duckdb
import pytest

pytest.importorskip("dbt.adapters.base")

from trade_potential.engines.python_models import held, run_python_model

CODE = """
class dbtObj:
    def __init__(self, load_df_function):
        self.ref = load_df_function


def model(dbt, session):
    one, other = dbt.ref("db.marts.rows"), dbt.ref("db.marts.rows")
    return {"one": one, "both": one.union(other)}["both"]


written_to = "db.marts.made"
"""


def test_a_table_that_a_model_names_twice_is_fetched_once() -> None:
    fetched, written = [], {}

    def fetch(session: duckdb.DuckDBPyConnection, name: str) -> duckdb.DuckDBPyRelation:
        fetched.append(name)
        return held(session, name, session.sql("select 1 as x"))

    def write(name: str, rows: duckdb.DuckDBPyRelation) -> None:
        written[name] = rows.fetchall()

    run_python_model(CODE, session_tables=[], fetch=fetch, write=write)
    assert fetched == ["db.marts.rows"]
    assert written == {"db.marts.made": [(1,), (1,)]}
