"""What an economy sells and buys beyond its size and income, by least squares a year and side."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.figures import Tables

KEY = ["study_id", "spec_id", "side", "country_iso3", "year"]

SEPARATE = 1e-12
"""Least 1 - r^2 of income and size: below it their slopes cannot be told apart."""


def check_effects(gated: Tables) -> Iterator[Compared]:
    """Effects of exporters and importers, which the audit of the world has verified."""
    published = gated["fct_country_effects"]
    yield compared("fct_country_effects", published, country_effects(gated), key=KEY)


def country_effects(gated: Tables) -> pd.DataFrame:
    """Rows of fct_country_effects.

    log_effect = a + b ln(GDP per head) + c ln(population) + e by study, specification, side and
    year, of the economies with both figures; exp(e) is what is beyond size and income.
    """
    figures = gated["fct_country_year"][
        ["study_id", "country_iso3", "year", "gdp_per_capita_ppp_intl_usd", "population_persons"]
    ]
    names = [*KEY, "trade_usd", "log_effect"]
    rows = gated["est_structural_effects"][names].merge(
        figures, on=["study_id", "country_iso3", "year"], how="left"
    )
    sizes = rows[["gdp_per_capita_ppp_intl_usd", "population_persons"]].to_numpy(dtype=float)
    logs = np.log(np.where(sizes > 0.0, sizes, np.nan))
    effects = rows["log_effect"].to_numpy(dtype=float)
    expected = np.full(len(rows), np.nan)
    groups = rows.groupby(["study_id", "spec_id", "side", "year"]).ngroup().to_numpy()
    for group in range(int(groups.max()) + 1 if len(rows) else 0):
        known = np.flatnonzero((groups == group) & np.isfinite(logs).all(axis=1))
        centred = logs[known] - logs[known].mean(axis=0) if len(known) else logs[known]
        lengths = np.linalg.norm(centred, axis=0)
        if not (lengths > 0.0).all():
            continue
        unit = centred / lengths
        if 1.0 - (unit[:, 0] @ unit[:, 1]) ** 2 <= SEPARATE:
            continue
        design = np.column_stack([np.ones(len(known)), unit])
        expected[known] = design @ np.linalg.lstsq(design, effects[known], rcond=None)[0]
    return rows[names].assign(
        log_effect_expected=expected, beyond_size_ratio=np.exp(effects - expected)
    )
