"""Names in the generated files, and the jobs that read them. Imports nothing heavy."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[1]

Kind = Literal["panel", "index"]

KEYS = ("exporter", "importer", "pair", "year")
VARYING = ("ln_gdp_exporter", "ln_gdp_importer", "development_gap", "tariff_pct", "has_agreement")
"""Regressors that vary within a pair."""

CONSTANT = ("ln_distance", "is_contiguous", "is_language_shared")
"""Regressors that are the same in all years of a pair."""

REGRESSORS = (*VARYING, *CONSTANT)
OUTCOME = "ln_trade"
FLOW = "trade"
PAIR_YEARLY = ("development_gap", "tariff_pct", "has_agreement")
"""Regressors that effects of exporter-year, importer-year and pair do not absorb."""

PAIRWISE = (*PAIR_YEARLY, *CONSTANT)
"""Regressors that effects of exporter-year and importer-year do not absorb."""

YEARS = 26
"""Years of the panel; a pair has up to so many rows."""

INDICATORS = tuple(f"v{k}" for k in range(11))

EXPORTER_YEAR = (("exporter", "year"), ("importer", "year"))
PAIR_YEAR = (("pair",), ("year",))
THREE_WAY = (*EXPORTER_YEAR, ("pair",))

USED: dict[Kind, tuple[str, ...]] = {
    "panel": (OUTCOME, *REGRESSORS, "pair"),
    "index": INDICATORS,
}
"""What one scan sums."""
