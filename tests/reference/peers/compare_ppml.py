"""Our PPML beside statsmodels with dummies and pyfixest, on trade made up by the unit tests."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import pyfixest as pf
from tests.unit.test_ppml import PAIR, YEAR, gravity_fit, gravity_rows

from trade_potential.audit.ppml_solution import recompute_ppml
from trade_potential.ppml.estimate import PpmlFit

SEED = 22
BOTH_YEARS = (("exporter", "year"), ("importer", "year"))
FORMULAS: dict[Any, tuple[str, str]] = {
    (): ("none", "trade ~ distance_log + gdp_log + agreement"),
    (PAIR,): ("pair", "trade ~ gdp_log + agreement | pair"),
    (PAIR, YEAR): ("pair, year", "trade ~ gdp_log + agreement | pair + year"),
    BOTH_YEARS: (
        "exporter-year, importer-year",
        "trade ~ distance_log + gdp_log + agreement | exporter^year + importer^year",
    ),
}
VCOV: dict[str, Any] = {
    "classical": "iid",
    "robust": "hetero",
    "clustered": {"CRV1": "pair"},
    "clustered_twoway": {"CRV1": "pair + year"},
}
TIGHT: dict[str, Any] = {"iwls_tol": 1e-15, "demeaner": pf.MapDemeaner(fixef_tol=1e-13)}
"""Beyond convergence: with its defaults pyfixest keeps the weights of the iteration before."""


@dataclass(frozen=True)
class PpmlCell:
    """Coefficients and standard errors of one model and covariance, gaps relative.

    Attributes:
        glm, glm_error: statsmodels.
        default, default_error: pyfixest as it comes, after the factor.
        tight, tight_error: pyfixest with ``TIGHT``, after the factor.
        factor: pyfixest's standard error over ours, by the formulas.
        raw: Smallest and largest ratio of pyfixest's standard errors to ours, with its defaults for
            small samples.
        reasons: Names of the conventions that differ.
    """

    effects: str
    covariance: str
    glm: float
    glm_error: float
    default: float
    default_error: float
    tight: float
    tight_error: float
    factor: float
    raw: tuple[float, float]
    reasons: tuple[str, ...]


def _gap(ours: Any, theirs: Any, factor: float = 1.0) -> float:
    first = factor * np.asarray(ours, dtype=float)
    gap = float(np.abs(np.asarray(theirs, dtype=float) / first - 1.0).max())
    return float("inf") if np.isnan(gap) else gap


def _factor(fit: PpmlFit, effects: Any, covariance: str, years: int) -> tuple[float, list[str]]:
    """Standard error of pyfixest over ours."""
    n = fit.n_obs
    # Two sets of effects share one parameter in pyfixest. exporter^year and importer^year share
    # one in every year.
    shared = years - 1 if effects == BOTH_YEARS else 0
    reasons = ["shared"] if shared else []
    if covariance == "classical":
        k = fit.covariances["robust"].n_parameters + shared
        return sqrt((n - 1) / (n - k)), ["scale", *reasons]
    k = fit.covariances[covariance].n_parameters  # type: ignore[index]
    if covariance == "clustered_twoway":
        # Effects of exporter and year are nested in years: neither counts them.
        return 1.0, ["groups"]
    return sqrt((n - k) / (n - k - shared)), reasons


def _fepois(
    rows: Any, formula: str, covariance: str, *, groups: str = "conventional", **settings: Any
) -> Any:
    # Of two-way clusters ours has g/(g - 1) of each part, pyfixest's default, "min", the smallest.
    ssc = pf.ssc(G_df=groups)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pf.fepois(formula, rows, vcov=VCOV[covariance], ssc=ssc, **settings)


def compare_ppml() -> list[PpmlCell]:
    """Every model and covariance."""
    rows = gravity_rows(SEED)
    found = []
    for effects, (name, formula) in FORMULAS.items():
        fit = gravity_fit(rows, effects)
        glm = recompute_ppml(
            fit.keys.merge(rows),
            outcome="trade",
            terms=[term for term in fit.terms if term != "const"],
            entity="pair",
            time="year",
            effects=effects,
        )
        for covariance in VCOV:
            ours = np.sqrt(np.diag(fit.covariances[covariance].matrix))  # type: ignore[index]
            default = _fepois(rows, formula, covariance)
            tight = _fepois(rows, formula, covariance, **TIGHT)
            raw = _fepois(rows, formula, covariance, groups="min", **TIGHT).se() / ours
            factor, reasons = _factor(fit, effects, covariance, rows["year"].nunique())
            found.append(
                PpmlCell(
                    effects=name,
                    covariance=covariance,
                    glm=_gap(fit.coefficients, glm.coefficients),
                    glm_error=_gap(ours, np.sqrt(np.diag(glm.covariances[covariance]))),
                    default=_gap(fit.coefficients, default.coef()),
                    default_error=_gap(ours, default.se(), factor),
                    tight=_gap(fit.coefficients, tight.coef()),
                    tight_error=_gap(ours, tight.se(), factor),
                    factor=factor,
                    raw=(float(raw.min()), float(raw.max())),
                    reasons=tuple(reasons),
                )
            )
    return found
