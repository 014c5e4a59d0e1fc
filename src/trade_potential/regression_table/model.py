"""What a table is made of: fitted models as plain names and numbers, and the words for them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from trade_potential.inference import registry

OK = "ok"
STARS: tuple[tuple[float, str], ...] = ((0.01, "***"), (0.05, "**"), (0.10, "*"))
"""Levels, strictest first: a p-value below the level earns the stars. The legend prints them."""

ESTIMATORS: dict[str, str] = {name: spec.title for name, spec in registry.ESTIMATORS.items()}
COVARIANCES: dict[str, str] = {name: spec.title for name, spec in registry.COVARIANCES.items()}
DISTRIBUTIONS = {"t": "Student's t", "normal": "normal"}
STATISTICS = {
    "n_obs": "Observations",
    "n_entities": "Groups",
    "n_clusters": "Clusters",
    "r_squared": "R²",
    "r_squared_within": "R² within",
    "r_squared_between": "R² between",
    "r_squared_overall": "R² overall",
    "pseudo_r_squared": "Pseudo R²",
}
TESTS = {
    "f_effects": "F test of effects",
    "f_time_effects": "F test of time effects",
    "breusch_pagan_lm": "Breusch-Pagan LM test",
    "hausman": "Hausman test",
    "hausman_robust": "Robust Hausman test",
    "mundlak": "Mundlak test",
    "reset": "RESET",
    "joint_significance": "Joint significance",
}
"""Names of the project in the words of a table; a name that is not listed is printed as it is."""


def stars_of(p_value: float) -> str:
    """As many as the p-value earns; none for NaN."""
    return next((stars for level, stars in STARS if p_value < level), "")


def legend() -> tuple[tuple[str, str], ...]:
    """Stars with their level, fewest first."""
    return tuple(
        (stars, f"{level:.2f}" if round(level, 2) == level else f"{level:g}")
        for level, stars in reversed(STARS)
    )


@dataclass(frozen=True)
class Coefficient:
    """One coefficient.

    Attributes:
        term: Its name; ``const`` is shown last.
        estimate, std_error, p_value: Numbers; NaN and infinity are shown as not available.
        status: ok, or a word shown in place of the numbers: absorbed, omitted.
    """

    term: str
    estimate: float = math.nan
    std_error: float = math.nan
    p_value: float = math.nan
    status: str = OK


@dataclass(frozen=True)
class Model:
    """One column.

    Attributes:
        title: Its heading; may be empty.
        estimator, covariance, distribution: Names of the project or any other text;
            the distribution is the one behind the p-values.
        coefficients: In order; empty if nothing could be estimated.
        statistics: Numbers by name; names that begin with ``n_`` are counts.
        status, reason: ok, or what kind of result this is and why; shown in a footnote.
        effects: Whether the effects of a dimension ("partner", "year") are in the model.
        tests: P-values of specification tests by name.
        correction: Of the standard errors for small samples, in words; may be empty.
    """

    title: str
    estimator: str
    covariance: str
    distribution: str
    coefficients: tuple[Coefficient, ...] = ()
    statistics: Mapping[str, float] = field(default_factory=dict)
    status: str = OK
    reason: str = ""
    effects: Mapping[str, bool] = field(default_factory=dict)
    tests: Mapping[str, float] = field(default_factory=dict)
    correction: str = ""
