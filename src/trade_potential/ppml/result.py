"""What PPML returns, and the names of all that can happen to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from trade_potential.inference.wald import too_few
from trade_potential.linalg import FloatArray
from trade_potential.ppml.covariance import Correction, Covariance, Kind
from trade_potential.ppml.sample import Sample
from trade_potential.ppml.solve import Problem, Solution

Status = Literal[
    "ok",  # estimated as named
    "not_converged",  # the first-order conditions do not hold
    "too_few_rows",  # no residual degrees of freedom
    "rank_deficient",  # no regressor is left; strictly: one is left out
    "all_zero",  # no outcome is positive
    "no_rows",  # none given, or every row is a singleton
    "separated",  # no row is left once separated rows are dropped
]
Algorithm = Literal["demeaning", "elimination"]
ESTIMATED: frozenset[str] = frozenset({"ok"})


@dataclass(frozen=True)
class PpmlFit:
    """PPML on one sample; numbers are present only for ``ESTIMATED``.

    Attributes:
        status: What kind of result this is.
        reason: One sentence when the status is not ok or a regressor has no coefficient.
        terms: Coefficients in order; ``const`` first when there are no effects.
        absorbed: Regressors that the effects absorb.
        omitted: Regressors that do not vary or are combinations of those before them.
        separated: Regressors that vary on separated rows only: their coefficient is infinite.
        effects: Sets of fixed effects.
        coefficients: (k,).
        covariances: By kind, see ``covariance``.
        correction: Of the covariances, for small samples.
        df_resid: Rows less slopes less rank of the effects.
        n_obs, n_entities, n_times, n_zeros: Of the rows kept, also without numbers.
        deviance: Of the outcome in its unit.
        log_likelihood: Poisson pseudo log likelihood with ln gamma(y + 1), as Stata.
        pseudo_r_squared: 1 - log_likelihood / that of a constant (McFadden, Stata); like the log
            likelihood it depends on the unit of the outcome.
        deviance_r_squared: 1 - deviance / that of a constant; free of units.
        r_squared: Squared correlation of outcome and fitted.
        level: What makes exp(linear_prediction) add up to the outcome: 0 without effects.
        last_step: Largest change of a linear predictor in the last Newton step.
        iterations: Newton steps.
        algorithm: ``demeaning`` of every regressor in every step (``solve``), or ``elimination`` of
            effects (``newton``): from ``scale_rows`` rows on, where one to three sets of effects
            allow it (``normal.Plan``).
        outcome, weights: (N,).
        fitted: (N,) conditional mean, effects included.
        linear_prediction: (N,) x'b, with the constant if there is one, without effects.
        effects_prediction: (N,) sum of the effects, zeros without.
        losses: Entity and time of each row dropped, under their names (with `` (key)`` behind one
            called step or reason), ``step`` (singleton, separation) and ``reason``.
        key_names: Names of the columns of ``keys``.
        sample, problem, solution: For tests and effects by level.
    """

    status: Status
    reason: str
    losses: pd.DataFrame
    effects: tuple[tuple[str, ...], ...]
    terms: tuple[str, ...] = ()
    absorbed: tuple[str, ...] = ()
    separated: tuple[str, ...] = ()
    omitted: tuple[str, ...] = ()
    coefficients: FloatArray = field(default_factory=lambda: np.zeros(0))
    covariances: dict[Kind, Covariance] = field(default_factory=dict)
    df_resid: int = 0
    n_obs: int = 0
    n_entities: int = 0
    n_times: int = 0
    n_zeros: int = 0
    deviance: float = float("nan")
    log_likelihood: float = float("nan")
    pseudo_r_squared: float = float("nan")
    deviance_r_squared: float = float("nan")
    r_squared: float = float("nan")
    level: float = float("nan")
    last_step: float = float("nan")
    iterations: int = 0
    algorithm: Algorithm = "demeaning"
    correction: Correction = "small_sample"
    key_names: tuple[str, str] = ("entity", "time")
    outcome: FloatArray = field(default_factory=lambda: np.zeros(0))
    weights: FloatArray = field(default_factory=lambda: np.zeros(0))
    fitted: FloatArray = field(default_factory=lambda: np.zeros(0))
    linear_prediction: FloatArray = field(default_factory=lambda: np.zeros(0))
    effects_prediction: FloatArray = field(default_factory=lambda: np.zeros(0))
    sample: Sample | None = field(default=None, repr=False)
    problem: Problem | None = field(default=None, repr=False)
    solution: Solution | None = field(default=None, repr=False)

    @cached_property
    def keys(self) -> pd.DataFrame:
        """(N, 2) entity and time of the rows kept, under their names, sorted."""
        if self.sample is None:
            return pd.DataFrame({name: [] for name in self.key_names})
        return self.sample.keys.set_axis(list(self.key_names), axis=1)

    @property
    def is_estimated(self) -> bool:
        """Whether there are coefficients."""
        return self.status in ESTIMATED

    def too_few(self, kind: Kind) -> str:
        """Why there are too few clusters for the coefficients; empty if there are enough."""
        if not kind.startswith("clustered"):
            return ""
        both = min(self.n_entities, self.n_times)
        n_clusters = both if kind == "clustered_twoway" else self.n_entities
        return too_few(n_clusters, "clusters", len(self.terms))


def counted(fit: PpmlFit, sample: Sample) -> PpmlFit:
    """The fit with the counts of its rows."""
    return replace(
        fit,
        n_obs=len(sample),
        n_entities=int(np.count_nonzero(np.bincount(sample.entity))),
        n_times=int(np.count_nonzero(np.bincount(sample.time))),
        n_zeros=int((sample.outcome == 0.0).sum()),
    )


def refused(
    status: Status,
    reason: str,
    losses: pd.DataFrame,
    effects: tuple[tuple[str, ...], ...],
    sample: Sample,
) -> PpmlFit:
    """A result without coefficients, with the status and the sentence that say why."""
    return counted(PpmlFit(status, reason, losses, effects), sample)


def strictly(fit: PpmlFit) -> PpmlFit:
    """The fit, or a refusal where a regressor that was asked for has no coefficient."""
    if not fit.is_estimated or fit.sample is None:
        return fit
    if not (fit.omitted or fit.absorbed or fit.separated):
        return fit
    refusal = refused("rank_deficient", fit.reason, fit.losses, fit.effects, fit.sample)
    return replace(refusal, key_names=fit.key_names)
