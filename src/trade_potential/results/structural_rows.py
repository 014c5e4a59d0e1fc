"""Rows of the tables of world trade: one dataclass a table, one field a column."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from trade_potential.results.typed import Int32


@dataclass(frozen=True, kw_only=True)
class FitRow:
    """One specification of one study; ``structural.estimate`` says what the numbers are.

    ``n_refitted_pairs``: pairs whose prediction without themselves took more than a Newton step.
    """

    status: str
    reason: str | None
    n_obs: int
    n_zero: int
    n_pairs: int
    n_exporter_years: int
    n_importer_years: int
    iterations: Int32 | None = None
    largest_score: float | None = None
    deviance: float | None = None
    deviance_r_squared: float | None = None
    n_refitted_pairs: int | None = None


@dataclass(frozen=True, kw_only=True)
class CoefficientRow:
    """One regressor, with its error clustered by unordered pair, or why it has no coefficient.

    ``term_status``: ok, few_clusters (no more pairs than slopes), absorbed or omitted.
    """

    term: str
    position: Int32
    covariance: str
    term_status: str
    reason: str | None
    coefficient: float | None = None
    std_error: float | None = None
    statistic: float | None = None
    p_value: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None


@dataclass(frozen=True, kw_only=True)
class CovarianceRow:
    """Covariance of two coefficients, each pair of terms in both orders."""

    term_1: str
    term_2: str
    covariance_value: float


@dataclass(frozen=True, kw_only=True)
class EffectRow:
    """One exporter-year or importer-year.

    ``status``: ok; base, the largest importer of a year, whose effect is 0; no_trade, which has no
    effect. ``trade_usd``: exports or imports over the cells used.
    """

    side: str
    country_iso3: str
    year: Int32
    status: str
    log_effect: float | None
    trade_usd: float


TEXT = pa.dictionary(pa.int32(), pa.string())
PAIRS = pa.schema(
    {
        "study_id": TEXT,
        "spec_id": TEXT,
        "exporter_iso3": TEXT,
        "importer_iso3": TEXT,
        "year": pa.int32(),
        "predicted_usd": pa.float64(),
        "predicted_pair_out_usd": pa.float64(),
        "pair_out_method": TEXT,
    }
)
"""Columns of the pairs. ``predicted_pair_out_usd`` is null where other pairs do not determine it
(``pair_out_method`` no_effect), and of specifications that are not
the default of their study; the methods are those of ``structural.pair_out``."""
