"""Tables of a build as frames: what is never asked for is never read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from trade_potential.errors import InputError

if TYPE_CHECKING:
    import duckdb


class Gated:
    """Gated figures, study rows, verified estimates and marts by name; each is read once."""

    def __init__(self, tables: Mapping[str, duckdb.DuckDBPyRelation]) -> None:
        """Of relations, which stay unread."""
        self._tables = dict(tables)
        self._held: dict[tuple[str, ...], pd.DataFrame] = {}

    def __iter__(self) -> object:
        """Names of the tables."""
        return iter(self._tables)

    def __getitem__(self, name: str) -> pd.DataFrame:
        """All columns of a table, which nobody may change."""
        return self.part(name)

    def columns(self, name: str) -> list[str]:
        """Names of the columns of a table."""
        return list(self._relation(name).columns)

    def part(self, name: str, *columns: str, where: str = "") -> pd.DataFrame:
        """Some columns of a table, which nobody may change.

        Args:
            name: Of the table.
            columns: To read; none: all.
            where: Condition in SQL; none: every row.
        """
        key = (name, where, *columns)
        if key not in self._held:
            rows = self._relation(name)
            rows = rows.filter(where) if where else rows
            rows = rows.project(", ".join(columns)) if columns else rows
            self._held[key] = rows.df()
        return self._held[key]

    def arrow(self, name: str, *columns: str, where: str) -> Any:
        """As ``part``, as an Arrow table that is not held: of a million rows, whose texts are few."""
        rows = self._relation(name).filter(where)
        return rows.project(", ".join(columns)).to_arrow_table()

    def _relation(self, name: str) -> duckdb.DuckDBPyRelation:
        if name not in self._tables:
            raise InputError(f"the audit of the marts is not given {name}")
        return self._tables[name]
