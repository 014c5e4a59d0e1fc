"""The inputs as a build stages them, in memory, and the declarations that the gate is given."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import yaml

SEEDS, WORLD = "seeds/inputs", "inputs/world"
GATE_MAX_ROWS = 200_000  # the default of the project (dbt_project.yml)


@dataclass(frozen=True, kw_only=True)
class Declared:
    """An input: where its rows stand, their columns and types, what names a row."""

    name: str
    place: str
    kind: str
    types: dict[str, str]
    key: tuple[str, ...]
    named_by: tuple[str, ...]


def declared(project: Path) -> list[Declared]:
    """Every input by its declaration in the YAML of the seeds and of the world's files."""
    seeds = yaml.safe_load((project / SEEDS / "_inputs__seeds.yml").read_text())["seeds"]
    world = yaml.safe_load((project / WORLD / "_world__sources.yml").read_text())["sources"]
    return [
        *(_declared(seed, f"{SEEDS}/{seed['name']}.csv", "seed") for seed in seeds),
        *(
            _declared(table, f"{WORLD}/{table['name']}.parquet", "file")
            for table in world[0]["tables"]
        ),
    ]


def _declared(entry: dict[str, Any], place: str, kind: str) -> Declared:
    meta = entry["config"]["meta"]
    types = entry["config"].get("column_types") or {
        column["name"]: column["data_type"] for column in entry["columns"]
    }
    return Declared(
        name=entry["name"],
        place=place,
        kind=kind,
        types=types,
        key=tuple(meta["key"]),
        named_by=tuple(meta.get("named_by") or meta["key"]),
    )


class Rows:
    """Rows of one input as the gate reads them; what has been asked once is remembered."""

    def __init__(self, relation: duckdb.DuckDBPyRelation) -> None:
        """Take the rows of a relation that nobody changes any more."""
        self._relation = relation
        self._asked: dict[str, Rows] = {}

    def query(self, virtual_table_view: str, sql_query: str, /) -> Rows:
        """Rows of a query in which the relation has the name given first."""
        key = f"{virtual_table_view}: {sql_query}"
        if key not in self._asked:
            self._asked[key] = Rows(self._relation.query(virtual_table_view, sql_query))
        return self._asked[key]

    def df(self) -> pd.DataFrame:
        """The rows."""
        return self._frame

    @cached_property
    def _frame(self) -> pd.DataFrame:
        return self._relation.df()


class Inputs:
    """Frames of the inputs as they are, and rows for the gate of these or of changed ones."""

    def __init__(self, project: Path) -> None:
        """Load every declared input of a project."""
        self.declared = {each.name: each for each in declared(project)}
        self._database = duckdb.connect()
        self.frames = {name: self._loaded(project, each) for name, each in self.declared.items()}
        self.rows = {name: self._staged("clean", name, self.frames[name]) for name in self.frames}

    def _loaded(self, project: Path, each: Declared) -> pd.DataFrame:
        path = str(project / each.place)
        source = (
            f"read_csv('{path}', header = true, columns = {each.types})"
            if each.kind == "seed"
            else f"'{path}'"
        )
        return self._database.sql(f"from {source}").df()[list(each.types)]

    def _staged(self, schema: str, name: str, frame: pd.DataFrame) -> Rows:
        """The rows in a table, with their declared types and their lines."""
        of = self.declared[name]
        first = 2 if of.kind == "seed" else 1  # a seed has a header
        columns = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in of.types.items())
        rows = self._database.from_df(frame.assign(file_line=range(first, len(frame) + first)))
        table = f"{schema}.{name}"
        self._database.execute(f"create schema if not exists {schema}")
        self._database.execute(f"drop table if exists {table}")
        rows.project(f"{columns}, file_line").create(table)
        return Rows(self._database.table(table))

    def rows_with(self, changed: dict[str, pd.DataFrame]) -> dict[str, Rows]:
        """Rows of every input, with the changed ones in place of their own until the next call."""
        return {
            **self.rows,
            **{name: self._staged("changed", name, frame) for name, frame in changed.items()},
        }

    @property
    def declarations(self) -> pd.DataFrame:
        """As the model int_quality__inputs has them."""
        return pd.DataFrame(
            {
                "input_name": each.name,
                "place": each.place,
                "kind": each.kind,
                "key_columns": ", ".join(each.named_by),
                "row_key": ", ".join(each.key),
                "gate_max_rows": GATE_MAX_ROWS,
            }
            for each in self.declared.values()
        )
