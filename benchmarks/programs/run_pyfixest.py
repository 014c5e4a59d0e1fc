"""pyfixest: pooled and within of the panel suite, two-way effects, and PPML; as it comes."""

from __future__ import annotations

from math import sqrt
from pathlib import Path
from typing import Any

import pandas as pd
import pyfixest as pf

from benchmarks.columns import (
    EXPORTER_YEAR,
    FLOW,
    OUTCOME,
    PAIR_YEAR,
    PAIR_YEARLY,
    PAIRWISE,
    REGRESSORS,
    THREE_WAY,
    VARYING,
    YEARS,
)
from benchmarks.programs.names import Estimates, named

BY_PAIR = {"CRV1": "pair"}
LIGHT: dict[str, Any] = {"copy_data": False, "store_data": False}
"""Options that spare copies of the rows; ``lean`` is left out: it drops what errors are made of."""


def _numbers(prefix: str, fit: Any, terms: tuple[str, ...]) -> Estimates:
    coefficients, errors = fit.coef(), fit.se()
    return named(f"{prefix}coefficient", terms, coefficients[list(terms)]) | named(
        f"{prefix}clustered", terms, errors[list(terms)]
    )


def panel(data: Path, _memory_limit: str) -> Estimates:
    """Pooled and within, clustered by pair."""
    frame = pd.read_parquet(data, columns=["pair", OUTCOME, *REGRESSORS])
    pooled = pf.feols(f"{OUTCOME} ~ {' + '.join(REGRESSORS)}", frame, vcov=BY_PAIR, **LIGHT)
    found = _numbers("pooled ", pooled, REGRESSORS)
    del pooled
    formula = f"{OUTCOME} ~ {' + '.join(VARYING)} | pair"
    within = pf.feols(formula, frame, vcov=BY_PAIR, fixef_rm="none", **LIGHT)
    return found | _numbers("within ", within, VARYING)


def twoway(data: Path, _memory_limit: str) -> Estimates:
    """Effects of pairs and years, clustered by pair."""
    frame = pd.read_parquet(data, columns=["pair", "year", OUTCOME, *VARYING])
    formula = f"{OUTCOME} ~ {' + '.join(VARYING)} | pair + year"
    fit = pf.feols(formula, frame, vcov=BY_PAIR, fixef_rm="none", **LIGHT)
    return _numbers("", fit, VARYING)


def _ppml_fit(
    data: Path,
    regressors: tuple[str, ...],
    effects: tuple[tuple[str, ...], ...],
    **options: Any,
) -> Any:
    keys = ("pair", *(column for effect in effects for column in effect))
    frame = pd.read_parquet(data, columns=list(dict.fromkeys([FLOW, *regressors, *keys])))
    sets = " + ".join("^".join(effect) for effect in effects)
    formula = f"{FLOW} ~ {' + '.join(regressors)} | {sets}"
    return pf.fepois(formula, frame, vcov=BY_PAIR, **LIGHT, **options)


def ppml_pair_year(data: Path, _memory_limit: str) -> Estimates:
    """PPML with effects of pairs and years, clustered by pair."""
    return _numbers("", _ppml_fit(data, VARYING, PAIR_YEAR), VARYING)


def ppml_country_year(data: Path, _memory_limit: str) -> Estimates:
    """PPML with effects of exporter-years and importer-years, clustered by pair."""
    return _by_country_year(data, PAIRWISE, EXPORTER_YEAR)


def ppml_three_way(data: Path, _memory_limit: str) -> Estimates:
    """PPML with effects of exporter-years, importer-years and pairs, clustered by pair."""
    return _by_country_year(data, PAIR_YEARLY, THREE_WAY)


def _by_country_year(
    data: Path, regressors: tuple[str, ...], effects: tuple[tuple[str, ...], ...]
) -> Estimates:
    """PPML with effects of exporter-years and importer-years, and perhaps of pairs.

    pyfixest counts all their levels but one; the two sets share one constant in every year, so that
    as many more are no parameters. Errors are scaled by the exact factor between the two.
    """
    fit = _ppml_fit(data, regressors, effects, ssc=pf.ssc(k_adj=False))
    levels = fit._k_fe.filter(like="year").sum()  # effects of pairs are nested in the clusters
    parameters = len(regressors) + int(levels) - YEARS
    scale = sqrt((fit._N - 1) / (fit._N - parameters))
    found = _numbers("", fit, regressors)
    return {k: v * scale if k.startswith("clustered") else v for k, v in found.items()}


JOBS = {
    "panel": panel,
    "twoway": twoway,
    "ppml_pair_year": ppml_pair_year,
    "ppml_country_year": ppml_country_year,
    "ppml_three_way": ppml_three_way,
}
