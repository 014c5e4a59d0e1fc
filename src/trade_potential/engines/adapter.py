"""What the adapters of both engines add to dbt's: translation, seeds by line, Python models.

The parts that dbt documents for adapters
(https://docs.getdbt.com/guides/adapter-creation): a plugin with dependencies, dispatched macros,
``available`` methods and ``python_submission_helpers``. Nothing of dbt is replaced at run time.
"""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any, ClassVar

from dbt.adapters.base import BaseAdapter, PythonJobHelper, available

from trade_potential.engines.dialect import translated, type_name
from trade_potential.engines.seeds import LINE, read_seed, read_source
from trade_potential.quality.answers import answered


class ProjectAdapter(BaseAdapter):
    """An adapter that is given DuckDB's SQL and passes on its engine's."""

    ENGINE: ClassVar[str]
    JobHelper: ClassVar[type[PythonJobHelper]]

    @available
    def translated(self, sql: str) -> str:
        """One statement in the SQL of the engine."""
        return translated(str(sql), self.ENGINE)

    @available
    def answered(self, function: str, arguments: str) -> str:
        """What a macro asks of the library (macro library)."""
        return answered(function, arguments)

    @available
    def type_name(self, name: str) -> str:
        """A type of the project in the words of the engine."""
        return type_name(name, self.ENGINE)

    @available.parse_list
    def get_column_schema_from_query(self, sql: str) -> list[Any]:
        """Names and types of the columns of a query (contracts, unit tests)."""
        return list(super().get_column_schema_from_query(self.translated(sql)))

    @classmethod
    @available
    def render_raw_columns_constraints(cls, raw_columns: dict[str, dict[str, Any]]) -> list[Any]:
        """Columns of an enforced contract, types in the words of the engine."""
        columns = {
            name: {**column, "data_type": type_name(column["data_type"], cls.ENGINE)}
            for name, column in raw_columns.items()
        }
        return list(super().render_raw_columns_constraints(columns))

    @available.parse_none
    def load_seed(self, relation: Any, model: dict[str, Any], names: list[str]) -> str:
        """Make a seed anew from its file; a comment for target/ says how.

        Args:
            relation: To make.
            model: Node of the seed.
            names: Columns in the order of the header.
        """
        import duckdb

        path = Path(model["root_path"]) / model["original_file_path"]
        declared = model["config"].get("column_types") or {}
        with duckdb.connect() as memory:
            rows = read_seed(
                memory,
                path,
                types={name: declared.get(name, "varchar") for name in names},
                delimiter=model["config"].get("delimiter") or ",",
            )
            self.write_relation(relation.render(), rows)
        return f"-- {path.name}, read by DuckDB, with its lines as {LINE}"

    @available.parse_none
    def load_source(self, relation: Any, path: str, types: dict[str, str]) -> None:
        """Make the table of a source anew from its Parquet file.

        Args:
            relation: To make.
            path: The file.
            types: Declared type by column.
        """
        import duckdb

        with duckdb.connect() as memory:
            rows = read_source(memory, Path(path), types=types)
            self.replace_relation(relation.schema, relation.render(), rows)
        # Views of it fell with the table before, which dbt has noted down as it began.
        self.cache_dropped(relation)

    @abstractmethod
    def replace_relation(self, schema: str, name: str, rows: Any) -> None:
        """Create a table from a DuckDB relation outside any transaction, with its schema."""

    @abstractmethod
    def write_relation(self, name: str, rows: Any) -> None:
        """Create a table of the engine from a DuckDB relation."""

    @property
    def default_python_submission_method(self) -> str:
        """Where Python models run."""
        return "in_process"

    @property
    def python_submission_helpers(self) -> dict[str, type[PythonJobHelper]]:
        """Who runs them."""
        return {"in_process": self.JobHelper}

    def generate_python_submission_response(self, submission_result: Any) -> Any:
        """What dbt prints beside the name of a Python model."""
        return submission_result
