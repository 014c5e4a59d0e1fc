"""Our own computation on the rows of an audit sample: what a sampled audit compares."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pandas as pd

from trade_potential.audit.panel import PAIR, YEAR
from trade_potential.audit.published import SPEC, Record
from trade_potential.gravity.estimators import estimate_all
from trade_potential.gravity.inference_tables import inference_of
from trade_potential.gravity.on_blocks.panel import fit_meats, panel_moments
from trade_potential.gravity.reset.on_duckdb import reset_products
from trade_potential.gravity.warehouse_tables import frame_of, panel_rows


def own_tables(
    sample: pd.DataFrame, terms: tuple[str, ...], confidence_level: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """est_gravity and est_gravity_inference of the rows of one specification.

    The SQL is that of the models, on a database in memory.

    Args:
        sample: study_id, spec_id, pair_id, year, v0, v1, ...; at least one row.
        terms: Names of v1, v2, ...
        confidence_level: Of intervals and tests.
    """
    spec = {key: str(sample[key].iloc[0]) for key in SPEC}
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
    inference = inference_of(fits, meats, powers, moments.n_entities, confidence_level)
    estimates = panel_rows(moments, fits, confidence_level)
    return _keyed(spec, estimates), _keyed(spec, inference)


def _keyed(spec: dict[str, str], rows: Iterable[Record]) -> pd.DataFrame:
    return frame_of([{**spec, **row} for row in rows])
