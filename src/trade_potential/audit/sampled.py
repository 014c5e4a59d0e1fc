"""Our own computation on the rows of an audit sample: what a sampled audit compares."""

from __future__ import annotations

import duckdb
import pandas as pd

from trade_potential.audit.panel import PAIR, YEAR
from trade_potential.audit.published import SPEC
from trade_potential.gravity.estimators import estimate_all
from trade_potential.gravity.on_blocks.panel import fit_meats, panel_moments, reset_products
from trade_potential.results.gravity import Tables
from trade_potential.results.least_squares import inferred, solved


def own_tables(sample: pd.DataFrame, terms: tuple[str, ...], confidence_level: float) -> Tables:
    """The typed tables of the rows of one specification.

    The SQL is that of the models, on a database in memory.

    Args:
        sample: study_id, spec_id, pair_id, year, v0, v1, ...; at least one row.
        terms: Names of v1, v2, ...
        confidence_level: Of intervals and tests.
    """
    study_id, spec_id = (str(sample[key].iloc[0]) for key in SPEC)
    slots = [f"v{k}" for k in range(len(terms) + 1)]
    with duckdb.connect() as connection:
        connection.register("audit_sample", sample[[PAIR, YEAR, *slots]])
        moments = panel_moments(
            connection,
            "audit_sample",
            outcome=slots[0],
            regressors=slots[1:],
            entity=PAIR,
            time=YEAR,
            terms=terms,
        )
        fits = estimate_all(moments)
        meats = {
            estimator: fit_meats(connection, moments, fit, over_rows=True)
            for estimator, fit in fits.items()
            if fit.is_estimated
        }
        powers = reset_products(connection, moments, fits["pooled"])
    max_terms = len(terms)
    results = solved(moments, fits, max_terms=max_terms) + inferred(
        moments, fits, meats, powers, confidence_level=confidence_level, max_terms=max_terms
    )
    return Tables.of({(study_id, spec_id): results}, max_terms=max_terms)
