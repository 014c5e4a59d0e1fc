"""What makes moments and scores of rows: one contract, and the engines that fulfil it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal, Protocol, cast, get_args

from trade_potential.errors import InputError
from trade_potential.gravity.reset import RESET_POWERS

if TYPE_CHECKING:
    import duckdb

    from trade_potential.gravity.estimate import Estimate
    from trade_potential.gravity.moments import PanelMoments
    from trade_potential.gravity.scores import Meats
    from trade_potential.linalg import FloatArray
    from trade_potential.rows.model_columns import Columns

EngineName = Literal["blocks", "sql"]
ENGINES: dict[EngineName, str] = {
    "blocks": "trade_potential.gravity.on_blocks.panel",
    "sql": "trade_potential.gravity.on_sql.panel",
}
"""Modules: rows read in blocks, or reduced by the SQL that the models of the warehouse render."""


class Engine(Protocol):
    """A module with these functions.

    What an engine keeps of the rows, it keeps in temporary tables of the connection on which it
    made the moments: a connection of their own for each.
    """

    def panel_moments(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: str,
        *,
        outcome: str,
        regressors: list[str],
        entity: str,
        time: str | None = None,
        weights: str | None = None,
        terms: Sequence[str] | None = None,
    ) -> PanelMoments:
        """Moments of a table; with its times where ``time`` is given."""

    def fit_meats(
        self,
        connection: duckdb.DuckDBPyConnection,
        moments: PanelMoments,
        estimate: Estimate,
        *,
        over_rows: bool,
    ) -> Meats:
        """Sums of products of the scores of a fit; over rows and times where wanted."""

    def refined(
        self,
        connection: duckdb.DuckDBPyConnection,
        moments: PanelMoments,
        estimate: Estimate,
    ) -> Estimate:
        """The estimate with the digits back that its moments have lost."""

    def reset_products(
        self,
        connection: duckdb.DuckDBPyConnection,
        moments: PanelMoments,
        pooled_fit: Estimate,
        powers: tuple[int, ...] = RESET_POWERS,
    ) -> FloatArray | None:
        """Products that the classical RESET reads."""


def engine_of(name: str) -> Engine:
    """The engine of a name.

    Raises:
        InputError: There is none.
    """
    if name not in get_args(EngineName):
        raise InputError(f"engine {name!r} is none of {', '.join(ENGINES)}")
    return cast("Engine", import_module(ENGINES[cast("EngineName", name)]))


@dataclass(frozen=True)
class Rows:
    """Rows, their moments, and the connection that holds what the engine keeps of both.

    Attributes:
        engine: Which made the moments.
        connection: Where; of these moments alone.
        relation: Name of the table or view.
        columns: Of it.
        moments: Of its rows.
    """

    engine: Engine
    connection: duckdb.DuckDBPyConnection
    relation: str
    columns: Columns
    moments: PanelMoments

    @classmethod
    def of(
        cls,
        engine: Engine,
        connection: duckdb.DuckDBPyConnection,
        relation: str,
        columns: Columns,
        terms: Sequence[str] | None = None,
    ) -> Rows:
        """Pass over the rows once; arguments as ``Engine.panel_moments``."""
        moments = engine.panel_moments(
            connection,
            relation,
            outcome=columns.outcome,
            regressors=list(columns.regressors),
            entity=columns.entity,
            time=columns.time,
            weights=columns.weights,
            terms=terms,
        )
        return cls(engine, connection, relation, columns, moments)

    def meats(self, fit: Estimate, *, over_rows: bool) -> Meats:
        """Sums of products of the scores of a fit."""
        return self.engine.fit_meats(self.connection, self.moments, fit, over_rows=over_rows)

    def refined(self, fit: Estimate) -> Estimate:
        """The estimate with the digits back that its moments have lost."""
        return self.engine.refined(self.connection, self.moments, fit)

    def reset_products(
        self, pooled_fit: Estimate, powers: tuple[int, ...] = RESET_POWERS
    ) -> FloatArray | None:
        """Products that the classical RESET reads."""
        return self.engine.reset_products(self.connection, self.moments, pooled_fit, powers)
