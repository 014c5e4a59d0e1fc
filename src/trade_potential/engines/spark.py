"""The adapter ``tradespark``: dbt-spark in a session, given the SQL of the project.

Rows travel as Arrow, which Spark 4 takes and gives without pandas
(https://spark.apache.org/docs/latest/api/python/tutorial/sql/arrow_pandas.html).
"""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dbt.adapters.base import PythonJobHelper
from dbt.adapters.contracts.connection import AdapterResponse
from dbt.adapters.spark import SparkAdapter, SparkConnectionManager, SparkCredentials
from dbt_common.exceptions import DbtRuntimeError

from trade_potential.engines.adapter import ProjectAdapter
from trade_potential.engines.python_models import run_python_model
from trade_potential.macros import quoted

if TYPE_CHECKING:
    import duckdb
    from pyspark.sql import SparkSession

TYPE = "tradespark"
MEANING = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.variable.substitute": "false",
}
"""Settings that say what a statement means: overflow and bad casts are errors, ``${`` is text.
dbt-spark switches ANSI mode off, for models that rely on null instead."""
FORMAT = "parquet"


@dataclass
class TradeSparkCredentials(SparkCredentials):
    """Those of dbt-spark, method ``session`` only."""

    def __post_init__(self) -> None:
        """Refuse other methods; set what a statement means."""
        super().__post_init__()
        if self.method != "session":
            raise DbtRuntimeError(
                f"the method {self.method} carries SQL only; seeds and Python models need the"
                " method session, on a cluster by spark.master"
            )
        self.server_side_parameters |= MEANING

    @property
    def type(self) -> str:
        """Name of the adapter."""
        return TYPE


class TradeSparkConnectionManager(SparkConnectionManager):
    """That of dbt-spark."""

    TYPE = TYPE

    @classmethod
    def open(cls, connection: Any) -> Any:
        """Open a connection without PySpark's noise.

        dbt reports errors itself, PySpark would print a page for each; and no pandas frame ever
        passes between the two, whatever its version.
        """
        from pyspark.logger import PySparkLogger

        warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
        PySparkLogger.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
        return super().open(connection)


def started(credentials: TradeSparkCredentials) -> SparkSession:
    """The session of this process; dbt-spark has started it in the same way."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.enableHiveSupport()
    for name, value in credentials.server_side_parameters.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def fetch(
    spark: SparkSession, session: duckdb.DuckDBPyConnection, name: str
) -> duckdb.DuckDBPyRelation:
    """Rows of a relation of Spark in DuckDB; decimals become doubles, nulls stay."""
    return with_doubles(session.from_arrow(spark.table(name).toArrow()))


def with_doubles(rows: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """The rows with decimals and very wide whole numbers as doubles."""
    wide = ("DECIMAL", "HUGEINT", "UHUGEINT")
    cells = (
        f"cast({quoted(name)} as double) as {quoted(name)}"
        if str(kind).startswith(wide)
        else quoted(name)
        for name, kind in zip(rows.columns, rows.types, strict=True)
    )
    return rows.project(", ".join(cells))


def write(spark: SparkSession, name: str, rows: duckdb.DuckDBPyRelation) -> None:
    """Create a table of Spark from a DuckDB relation, in place of one that is there."""
    frame = spark.createDataFrame(with_doubles(rows).to_arrow_table())
    frame.write.mode("overwrite").format(FORMAT).saveAsTable(name)


class PythonModels(PythonJobHelper):
    """Runs one Python model beside the session."""

    def __init__(self, parsed_model: dict[str, Any], credential: Any) -> None:
        """As dbt calls it: the node of the model, and how to reach the engine."""
        self.model = parsed_model
        self.credentials = credential

    def submit(self, compiled_code: str) -> AdapterResponse:
        """Run the model and write what it returns."""
        spark = started(self.credentials)
        run_python_model(
            compiled_code,
            session_tables=self.model["config"].get("meta", {}).get("session_tables", []),
            fetch=lambda session, name: fetch(spark, session, name),
            write=lambda name, rows: write(spark, name, rows),
        )
        return AdapterResponse(_message="PYTHON")


class TradeSparkAdapter(ProjectAdapter, SparkAdapter):
    """dbt-spark with translation, seeds by line and Python models."""

    ENGINE = "spark"
    JobHelper = PythonModels
    ConnectionManager = TradeSparkConnectionManager

    def write_relation(self, name: str, rows: Any) -> None:
        """Create a table from a DuckDB relation."""
        write(started(self.config.credentials), name, rows)
