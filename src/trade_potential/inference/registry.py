"""Every estimator and every covariance, one row each: what it is called and what it can do.

Who asks "which estimator?" reads an attribute here: a new one is a new row and its own code. SQL
reads the same rows as the table ``int_gravity__estimators``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

Estimator = Literal[
    "pooled", "between", "within", "twoway", "random", "mundlak", "ppml", "ppml_twoway"
]
Covariance = Literal["classical", "robust", "clustered", "clustered_twoway", "driscoll_kraay"]
Dimension = Literal["entity", "time"]
Distribution = Literal["t", "normal"]
Correction = Literal["small_sample", "ppmlhdfe", "none"]
"""Of PPML's covariances for small samples; the others have one each."""


@dataclass(frozen=True)
class CovarianceSpec:
    """One kind of covariance.

    Attributes:
        name: In commands and tables.
        title: In regression tables, with the names of the user's columns.
        clusters: What rows are grouped by.
        over_rows: Whether its meat takes one more pass over the rows, with their times.
        is_stored: Whether the warehouse keeps every element: one of these goes into the intervals
            of K.
        has_lags: Whether it adds up over the order of the times.
    """

    name: Covariance
    title: str
    clusters: tuple[Dimension, ...] = ()
    over_rows: bool = False
    is_stored: bool = False
    has_lags: bool = False


@dataclass(frozen=True)
class EstimatorSpec:
    """One estimator.

    Attributes:
        name: In commands and tables.
        title: In regression tables.
        words: In a sentence.
        function: module:function. Of the least-squares family it takes moments and, as keywords
            such as ``within_fit``, the fits that ``needs`` names; PPML takes rows.
        covariances: Those it has, in the order of the registry.
        family: least_squares, solved from moments, or ppml, solved from rows.
        needs: Estimators whose fits it is computed from; they stand before it.
        effects: Fixed effects taken out.
        case_of: The estimator of which this is a case, its effects named: only the warehouse lists
            it; commands name the effects.
        unit: What a row of the weighted model is.
        distribution: Of the statistics of coefficients; t has the degrees of freedom of the
            covariance.
        base_covariance: Reported where none is asked for; PPML's classical one takes the outcome
            for counts.
        has_theta: Whether the share of the entity mean taken out is estimated. R2 is then
            r_squared_overall, for the weighted model has no common total.
        has_sigma_u, has_sigma_e: Whether the standard deviations of effects and of the rest are
            estimated; sigma_e needs an entity with two rows.
        has_means: Whether entity means of the regressors stand beside them.
        link: identity, or log: the outcome is exp of the regressors, and their fit a mean.
    """

    name: Estimator
    title: str
    words: str
    function: str
    covariances: tuple[Covariance, ...]
    family: Literal["least_squares", "ppml"] = "least_squares"
    needs: tuple[Estimator, ...] = ()
    effects: tuple[Dimension, ...] = ()
    case_of: Estimator | None = None
    unit: Literal["row", "entity"] = "row"
    distribution: Distribution = "t"
    base_covariance: Covariance = "classical"
    has_theta: bool = False
    has_sigma_u: bool = False
    has_sigma_e: bool = False
    has_means: bool = False
    link: Literal["identity", "log"] = "identity"

    @property
    def published(self) -> tuple[Covariance, ...]:
        """Covariances of the warehouse: the base one and those behind it, which allow for more."""
        return self.covariances[self.covariances.index(self.base_covariance) :]

    @property
    def predicts(self) -> bool:
        """Whether its fit is a benchmark for K: not once effects are out (decision 004)."""
        return not self.effects

    @property
    def needs_time(self) -> bool:
        """Whether it cannot do without the times of the rows."""
        return "time" in self.effects

    def distribution_df(self, df: float) -> float:
        """Degrees of freedom of t; infinite for the normal distribution."""
        return float("inf") if self.distribution == "normal" else float(df)

    def load(self) -> Callable[..., Any]:
        """The function that computes it."""
        module, _, name = self.function.partition(":")
        function: Callable[..., Any] = getattr(import_module(module), name)
        return function


COVARIANCES: Mapping[str, CovarianceSpec] = {
    spec.name: spec
    for spec in (
        CovarianceSpec("classical", "classical", is_stored=True),
        CovarianceSpec("robust", "robust", over_rows=True, is_stored=True),
        CovarianceSpec("clustered", "clustered by {entity}", ("entity",), is_stored=True),
        CovarianceSpec(
            "clustered_twoway",
            "clustered by {entity} and {time}",
            ("entity", "time"),
            over_rows=True,
        ),
        CovarianceSpec("driscoll_kraay", "Driscoll-Kraay", over_rows=True, has_lags=True),
    )
}

_ALL = tuple(spec.name for spec in COVARIANCES.values())
_WITHOUT_TIME: tuple[Covariance, ...] = ("classical", "robust", "clustered")
_WITHOUT_LAGS: tuple[Covariance, ...] = (*_WITHOUT_TIME, "clustered_twoway")
_GRAVITY = "trade_potential.gravity.estimators"
_PPML = "trade_potential.ppml.estimate:fit_ppml"

ESTIMATORS: Mapping[str, EstimatorSpec] = {
    spec.name: spec
    for spec in (
        EstimatorSpec("pooled", "Pooled OLS", "pooled least squares", f"{_GRAVITY}:pooled", _ALL),
        EstimatorSpec(
            "between",
            "Between",
            "between partners",
            f"{_GRAVITY}:between",
            _WITHOUT_TIME,
            unit="entity",
        ),
        EstimatorSpec(
            "within",
            "Within",
            "partner effects",
            f"{_GRAVITY}:within",
            _ALL,
            effects=("entity",),
            has_sigma_u=True,
            has_sigma_e=True,
        ),
        EstimatorSpec(
            "twoway",
            "Two-way within",
            "partner and year effects",
            f"{_GRAVITY}:twoway",
            _ALL,
            effects=("entity", "time"),
            has_sigma_e=True,
        ),
        EstimatorSpec(
            "random",
            "Random effects",
            "random effects",
            f"{_GRAVITY}:random",
            _ALL,
            needs=("within", "between"),
            distribution="normal",
            has_theta=True,
            has_sigma_u=True,
            has_sigma_e=True,
        ),
        EstimatorSpec(
            "mundlak",
            "Mundlak",
            "correlated random effects",
            f"{_GRAVITY}:mundlak",
            _ALL,
            needs=("random",),
            distribution="normal",
            has_theta=True,
            has_sigma_u=True,
            has_sigma_e=True,
            has_means=True,
        ),
        EstimatorSpec(
            "ppml",
            "PPML",
            "PPML",
            _PPML,
            _WITHOUT_LAGS,
            family="ppml",
            distribution="normal",
            base_covariance="robust",
            link="log",
        ),
        EstimatorSpec(
            "ppml_twoway",
            "Two-way PPML",
            "PPML with partner and year effects",
            _PPML,
            _WITHOUT_LAGS,
            family="ppml",
            effects=("entity", "time"),
            case_of="ppml",
            distribution="normal",
            base_covariance="robust",
            link="log",
        ),
    )
}


def estimators(family: str = "") -> tuple[Estimator, ...]:
    """Names in order, of all or of a family."""
    return tuple(spec.name for spec in ESTIMATORS.values() if family in ("", spec.family))


def of_commands() -> tuple[Estimator, ...]:
    """Estimators that commands know: cases are asked for by their effects."""
    return tuple(spec.name for spec in ESTIMATORS.values() if spec.case_of is None)


def estimator_rows() -> list[dict[str, str | bool]]:
    """What SQL reads: one row an estimator."""
    return [
        {
            "estimator": spec.name,
            "title": spec.title,
            "family": spec.family,
            "effects": ", ".join(spec.effects),
            "distribution": spec.distribution,
            "link": spec.link,
            "unit": spec.unit,
            "covariances": ", ".join(spec.published),
            "has_theta": spec.has_theta,
            "predicts": spec.predicts,
        }
        for spec in ESTIMATORS.values()
    ]
