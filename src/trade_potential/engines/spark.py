"""The adapter ``tradespark``: dbt-spark in a session, given the SQL of the project.

Rows travel as Arrow, which Spark 4 takes and gives without pandas
(https://spark.apache.org/docs/latest/api/python/tutorial/sql/arrow_pandas.html).
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from dbt.adapters.spark import SparkAdapter, SparkConnectionManager, SparkCredentials
from dbt_common.exceptions import DbtRuntimeError

from trade_potential.engines.adapter import ProjectAdapter
from trade_potential.engines.python_models import Fetch, PythonModels, Write, held
from trade_potential.sql.render import quoted

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
SOUND = {"spark.sql.codegen.wholeStage.union.enabled": "false"}
"""Spark 4.3 compiles a union into the code of its stage, whose tasks then hold the plan and may not
read it back (ClassCastException at UnionExec.children). Older ones do not know the setting."""
FORMAT = "parquet"


@dataclass
class TradeSparkCredentials(SparkCredentials):
    """Those of dbt-spark, method ``session`` only."""

    def __post_init__(self) -> None:
        """Refuse other methods; set what a statement means, and what Spark gets wrong."""
        super().__post_init__()
        if self.method != "session":
            raise DbtRuntimeError(
                f"the method {self.method} carries SQL only; seeds and Python models need the"
                " method session, on a cluster by spark.master"
            )
        self.server_side_parameters |= MEANING | SOUND

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
    return held(session, name, with_doubles(session.from_arrow(spark.table(name).toArrow())))


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


class SparkModels(PythonModels):
    """Python models beside the session."""

    @contextmanager
    def reached(self) -> Iterator[tuple[Fetch, Write]]:
        """The session."""
        spark = started(self.credentials)
        yield partial(fetch, spark), partial(write, spark)


class TradeSparkAdapter(ProjectAdapter, SparkAdapter):
    """dbt-spark with translation, seeds by line and Python models."""

    ENGINE = "spark"
    JobHelper = SparkModels
    ConnectionManager = TradeSparkConnectionManager

    def replace_relation(self, schema: str, name: str, rows: Any) -> None:
        """Create a table from a DuckDB relation, with its schema."""
        spark = started(self.config.credentials)
        spark.sql(f"create schema if not exists {schema}")
        write(spark, name, rows)

    def write_relation(self, name: str, rows: Any) -> None:
        """Create a table from a DuckDB relation."""
        write(started(self.config.credentials), name, rows)
