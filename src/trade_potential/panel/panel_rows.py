"""The rows of a panel on their database: moments, arrays, and what fits say of them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from trade_potential.errors import InputError
from trade_potential.gravity.engine import Engine, Rows
from trade_potential.gravity.fitted_rows import FittedRows, Progress
from trade_potential.panel.fitted_values import fitted_values

if TYPE_CHECKING:
    from trade_potential.gravity.estimate import Estimate
    from trade_potential.panel.numbers import FittedValues
    from trade_potential.panel.read import PanelTable
    from trade_potential.ppml.sample import Sample
    from trade_potential.rows.workspace import Workspace


class PanelRows:
    """Rows that have every value, each thing made of them once.

    Attributes:
        table: Their columns, and the rows lost.
        progress: Told of each pass over them.
    """

    def __init__(
        self,
        workspace: Workspace,
        table: PanelTable,
        engine: Engine,
        progress: Progress,
        *,
        log_outcome: bool,
    ) -> None:
        """In a workspace that is theirs, and ends with them."""
        self.table, self.progress = table, progress
        self._workspace, self._engine, self._log_outcome = workspace, engine, log_outcome
        self._fitted: dict[bool, FittedRows] = {}
        self._least_squares: tuple[str, PanelTable] | None = None
        self._sample: Sample | None = None

    @property
    def outcome(self) -> str:
        """The dependent variable of least squares in words."""
        name = self.table.names.outcome
        return f"ln({name})" if self._log_outcome else name

    def told(self) -> AbstractContextManager[None]:
        """Errors of DuckDB become those of the table."""
        return self._workspace.told(self.table.name)

    def close(self) -> None:
        """Let go of them."""
        self._fitted.clear()
        self._workspace.close()

    def fitted(self, *, with_times: bool = False) -> FittedRows:
        """As ``Panel.fitted_rows``."""
        if with_times and self.table.names.time is None:
            raise InputError(f"{self.table.name}: the panel was read without times")
        found = self._fitted.get(True) or self._fitted.get(with_times)
        if found is None:
            with self.told():
                found = self._fitted[with_times] = self._pass_over(with_times=with_times)
        return found

    def _pass_over(self, *, with_times: bool) -> FittedRows:
        relation, table = self.of_least_squares()
        self.progress(f"moments of {table.rows} rows")
        slots = table.slots if with_times else table.slots.without_time()
        rows = Rows.of(
            self._engine, self._workspace.cursor(), relation, slots, terms=table.names.regressors
        )
        self.progress(f"solving for {rows.moments.n_entities} entities")
        return FittedRows(rows, self.progress)

    def of_least_squares(self) -> tuple[str, PanelTable]:
        """The relation whose outcome is that of least squares, and what was lost up to it."""
        if self._least_squares is None:
            self._least_squares = (
                self.table.with_log_outcome(self._workspace.connection)
                if self._log_outcome
                else ("sample", self.table)
            )
        return self._least_squares

    def arrays(self) -> Sample:
        """The rows as arrays."""
        if self._sample is None:
            from trade_potential.ppml.on_duckdb import table_sample

            self.progress(f"ppml of {self.table.rows} rows")
            with self.told():
                connection = self._workspace.connection
                self._sample = table_sample(connection, "sample", self.table.names)
        return self._sample

    def values(self, estimate: Estimate) -> FittedValues:
        """What an estimate says of the rows."""
        relation, table = self.of_least_squares()
        with self.told():
            return fitted_values(self._workspace.connection, relation, table, estimate)
