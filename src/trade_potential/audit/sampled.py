"""Our own computation on the rows of an audit sample: what a sampled audit compares."""

from __future__ import annotations

import duckdb
import pandas as pd

from trade_potential.audit.panel import PAIR, YEAR
from trade_potential.audit.published import SPEC
from trade_potential.gravity.engine import Rows, engine_of
from trade_potential.gravity.estimators import estimate_all
from trade_potential.results.gravity import Tables
from trade_potential.results.least_squares import inferred, solved
from trade_potential.rows.model_columns import Columns


def own_tables(sample: pd.DataFrame, terms: tuple[str, ...], confidence_level: float) -> Tables:
    """The typed tables of the rows of one specification.

    The SQL is that of the models, which on_sql runs on a database in memory.

    Args:
        sample: study_id, spec_id, pair_id, year, v0, v1, ...; at least one row.
        terms: Names of v1, v2, ...
        confidence_level: Of intervals and tests.
    """
    study_id, spec_id = (str(sample[key].iloc[0]) for key in SPEC)
    slots = [f"v{k}" for k in range(len(terms) + 1)]
    columns = Columns(slots[0], slots[1:], PAIR, YEAR)
    with duckdb.connect() as connection:
        connection.register("audit_sample", sample[[PAIR, YEAR, *slots]])
        rows = Rows.of(engine_of("sql"), connection, "audit_sample", columns, terms)
        fits = estimate_all(rows.moments)
        meats = {
            estimator: rows.meats(fit, over_rows=True)
            for estimator, fit in fits.items()
            if fit.is_estimated
        }
        powers = rows.reset_products(fits["pooled"])
    moments, max_terms = rows.moments, len(terms)
    results = solved(moments, fits, max_terms=max_terms) + inferred(
        moments, fits, meats, powers, confidence_level=confidence_level, max_terms=max_terms
    )
    return Tables.of({(study_id, spec_id): results}, max_terms=max_terms)
