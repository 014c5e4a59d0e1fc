"""What the dbt models of world trade return: a table, kept from the last build or estimated."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from trade_potential.results.kept import digests_of, kept_or_made
from trade_potential.results.structural import rests_on, structural
from trade_potential.results.structural_lasting import dispersion_table, lasting_table

if TYPE_CHECKING:
    import duckdb

TABLES: dict[str, Callable[..., Any]] = {
    "fits": lambda cells, **asked: structural(cells, **asked).fits,
    "coefficients": lambda cells, **asked: structural(cells, **asked).coefficients,
    "covariances": lambda cells, **asked: structural(cells, **asked).covariances,
    "effects": lambda cells, **asked: structural(cells, **asked).effects,
    "pairs": lambda cells, **asked: structural(cells, **asked).pairs,
    "lasting": lasting_table,
    "dispersion": dispersion_table,
}
"""Tables by name: functions of cells and settings."""

OF_DEFAULTS = ("lasting", "dispersion")
"""Tables of the default specification of a study alone."""


def estimated(
    table: str,
    session: duckdb.DuckDBPyConnection,
    this: Any,
    *,
    cells: duckdb.DuckDBPyRelation,
    runs: pd.DataFrame,
    **settings: pd.DataFrame,
) -> Any:
    """Rows of a table: those of the last build where they rest on the same, else new ones.

    Args:
        table: One of ``TABLES``.
        session: Of the model.
        this: The table as it stands, ``dbt.this``.
        cells: study_id, spec_id, exporter_iso3, importer_iso3, year, trade_usd, v1, v2, ...
        runs: study_id, spec_id, is_default of what is to be answered.
        settings: Frames that the table takes beside them.
    """
    asked = runs[runs["is_default"]] if table in OF_DEFAULTS else runs

    def make(rest: pd.DataFrame) -> Any:
        return TABLES[table](cells, runs=rest, **settings)

    digests = digests_of(cells, runs=asked, settings=rests_on(settings))
    return kept_or_made(session, this, digests, make)
