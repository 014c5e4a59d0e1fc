"""Tables of a build as frames: what is never asked for is never read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from trade_potential.errors import InputError

if TYPE_CHECKING:
    import duckdb

Made = TypeVar("Made")
FIGURES = "gate_"
"""How names of tables of gated figures begin."""
VALIDITY_LIMITS = (10, 50, 80)
"""Unless told otherwise: economies that a rank correlation needs, and hundredths of Spearman's rho
from which the lower end of its interval is moderate, and strong."""
PLACE = ["file_name", "file_line"]
"""Columns of staging that tell where a row stands."""
RESULTS = "gate_results"
"""What the gate says of them, also where there is none."""


class Gated:
    """Gated figures, study rows, verified estimates and marts by name; each is read once.

    Attributes:
        max_rows: Rows of a specification above which whole pairs are compared, not all.
        validity_limits: Limits of a rank correlation, as ``VALIDITY_LIMITS``.
        sure_pct: Probability in per cent from which a class is firm, and leaning.
    """

    def __init__(
        self,
        tables: Mapping[str, duckdb.DuckDBPyRelation],
        *,
        max_rows: int = 200_000,
        validity_limits: tuple[int, int, int] = VALIDITY_LIMITS,
        sure_pct: tuple[int, int] = (90, 60),
    ) -> None:
        """Of relations, which stay unread."""
        self._tables = dict(tables)
        self._held: dict[tuple[str, ...], pd.DataFrame] = {}
        self._made: dict[Callable[..., Any], Any] = {}
        self.max_rows = max_rows
        self.validity_limits = validity_limits
        self.sure_pct = sure_pct

    def __iter__(self) -> object:
        """Names of the tables."""
        return iter(self._tables)

    def __getitem__(self, name: str) -> pd.DataFrame:
        """All columns of a table, which nobody may change."""
        return self.part(name)

    def is_empty(self) -> bool:
        """Whether no table of figures holds a row: a run of dbt without rows (--empty)."""
        figures = [
            rows
            for name, rows in self._tables.items()
            if name.startswith(FIGURES) and name != RESULTS
        ]
        return all(rows.limit(1).fetchone() is None for rows in figures)

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
            frame = rows.df()
            # Texts none of which is present come as objects, with which no text can be joined.
            texts = [
                column
                for column, kind in zip(rows.columns, rows.types, strict=True)
                if str(kind) == "VARCHAR" and frame[column].dtype == object
            ]
            self._held[key] = frame.astype(dict.fromkeys(texts, "str"))
        return self._held[key]

    def arrow(self, name: str, *columns: str, where: str) -> Any:
        """As ``part``, but an Arrow table that is not held, for a million rows with few texts."""
        rows = self._relation(name).filter(where)
        return rows.project(", ".join(columns)).to_arrow_table()

    def distinct(self, name: str, *columns: str) -> pd.DataFrame:
        """Combinations of columns of a table, each once; not held."""
        return self._relation(name).project(", ".join(columns)).distinct().df()

    def once(self, make: Callable[[Gated], Made]) -> Made:
        """What ``make`` makes of these tables, once for all checks."""
        if make not in self._made:
            self._made[make] = make(self)
        made: Made = self._made[make]
        return made

    def _relation(self, name: str) -> duckdb.DuckDBPyRelation:
        if name not in self._tables:
            raise InputError(f"the audit of the marts is not given {name}")
        return self._tables[name]


def quoted(text: str) -> str:
    """A text as one of SQL, for the condition of ``part``."""
    return "'" + text.replace("'", "''") + "'"
