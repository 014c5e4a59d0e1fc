"""Every estimator of a specification by a library, from the rows.

Coefficients and classical covariances are those of linearmodels' models; correlated random effects
are in none and come from statsmodels, on rows from which the share theta of linearmodels' random
effects of the partner's mean is taken out. Classical: SSR / (n - k), k with the constant and the
effects. PanelOLS counts one year effect too many for every further block of years that no partner
connects; its variance is rescaled then. Random effects: Swamy and Arora's components on unbalanced
rows, harmonic mean of the years. Where the between regression has no residual degrees of freedom
linearmodels refuses random effects; by the documented rule sigma_u is then 0, and the reference is
its pooled regression.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from linearmodels.panel import BetweenOLS, PanelOLS, PooledOLS, RandomEffects
from linearmodels.panel.utility import AbsorbingEffectError
from statsmodels.regression.linear_model import OLS  # type: ignore[import-untyped]

from trade_potential.audit.covariances import Errors, errors_of
from trade_potential.audit.design import Design, design_of, objection
from trade_potential.audit.panel import Panel
from trade_potential.inference import CONSTANT
from trade_potential.inference.registry import ESTIMATORS, estimators
from trade_potential.linalg import FloatArray

EXACT_FIT = 1e-18
"""With less than this share of the squares left, residuals are rounding: nothing rests on them."""

MODELS: dict[str, Any] = {
    "pooled": (PooledOLS, {}),
    "between": (BetweenOLS, {}),
    "within": (PanelOLS, {"entity_effects": True}),
    "twoway": (PanelOLS, {"entity_effects": True, "time_effects": True}),
    "random": (RandomEffects, {}),
}


@dataclass(frozen=True)
class Fit:
    """One estimator by a library, in the units of the rows.

    Attributes:
        estimator: As in the registry.
        reference: What computed it.
        design: Rows as the estimator weighs them.
        coefficients: (k + 1,) constant first.
        errors: By kind: classical, robust, ...
        units: (k + 1,) outcome for one standard deviation of each regressor.
        scalars: ssr, df_resid, r_squared; for some sigma_u, sigma_e; within f_effects.
        theta: By number of rows of a partner; random and mundlak.
        residuals: (n,) of the rows; (G,) for between.
        fitted: (N,) of the rows, without effects.
        condition: Condition number of the weighted regressors.
        is_exact: Whether only rounding is left of the residuals.
        note: What is to be said about the reference.
    """

    estimator: str
    reference: str
    design: Design
    coefficients: FloatArray
    errors: dict[str, Errors]
    units: FloatArray
    scalars: dict[str, float]
    residuals: FloatArray
    fitted: FloatArray
    condition: float
    is_exact: bool
    theta: dict[int, float] = field(default_factory=dict)
    note: str = ""

    @property
    def terms(self) -> tuple[str, ...]:
        """Regressors with a coefficient."""
        return self.design.terms

    def covariance(self, kind: str) -> FloatArray:
        """(k + 1, k + 1) covariance of a kind."""
        return self.errors[kind].matrix


@dataclass(frozen=True)
class Refusal:
    """An estimator that has no numbers, and why.

    ``status`` is that of the documented rule; empty where the library alone refuses: near-collinear
    regressors that the rule still admits, of which ``condition`` says how near, are not compared.
    """

    estimator: str
    reference: str
    reason: str
    status: str = ""
    condition: float = 1.0


def reestimate(panel: Panel) -> dict[str, Fit | Refusal]:
    """Every estimator by a library, or why there is none."""
    found: dict[str, Fit | Refusal] = {}
    for estimator in estimators("least_squares"):  # random comes after within, mundlak after random
        found[estimator] = _reestimate(panel, estimator, found)
    return found


def _reestimate(panel: Panel, estimator: str, found: dict[str, Fit | Refusal]) -> Fit | Refusal:
    reference = _reference(estimator)
    if np.isnan(panel.sd[0]):
        is_short = ESTIMATORS[estimator].has_sigma_e and panel.sizes.max() < 2
        status = "single_period" if is_short else "rank_deficient"
        reason = "the outcome does not vary over the rows"
        return Refusal(estimator, "numpy on rows", reason, status)
    before = found.get({"random": "within", "mundlak": "random"}.get(estimator, ""))
    if isinstance(before, Refusal):
        return replace(before, estimator=estimator, reason=f"{before.estimator}: {before.reason}")
    theta = dict.fromkeys((int(n) for n in np.unique(panel.sizes)), 0.0)
    if estimator == "mundlak" and before is not None:
        theta = before.theta
    design = design_of(panel, estimator, theta)
    status, reason = objection(panel, design)
    try:
        fit = _fit(panel, design, estimator, before)
    except (ValueError, ArithmeticError, np.linalg.LinAlgError, AbsorbingEffectError) as error:
        said = f"{reference.partition('.')[0]} refuses: "
        said += " ".join(str(error).split()).partition(". ")[0]
        if estimator == "random" and not status and len(panel.sizes) <= 1 + len(panel.terms):
            return _degenerate(panel, found, said)
        said = f"{reason}; {said}" if status else said
        return Refusal(estimator, reference, said, status, 1.0 if status else design.condition)
    if status:
        said = f"{reason}; {reference.partition('.')[0]} estimates it regardless"
        return Refusal(estimator, "numpy on rows", said, status)
    return fit


def _reference(estimator: str) -> str:
    if estimator == "mundlak":
        return "statsmodels.OLS on rows less theta of linearmodels.RandomEffects"
    return f"linearmodels.{MODELS[estimator][0].__name__}"


def _degenerate(panel: Panel, found: dict[str, Fit | Refusal], said: str) -> Fit | Refusal:
    """Random effects without a between regression: pooled, by the documented rule."""
    pooled, inner = found["pooled"], found["within"]
    if isinstance(pooled, Refusal) or isinstance(inner, Refusal):
        return Refusal("random", _reference("random"), said)
    errors = {kind: replace(one, df=np.inf) for kind, one in pooled.errors.items()}
    scalars = {**pooled.scalars, "sigma_u": 0.0, "sigma_e": inner.scalars["sigma_e"]}
    del scalars["r_squared"]
    theta = dict.fromkeys((int(n) for n in panel.sizes), 0.0)
    return replace(
        pooled, estimator="random", errors=errors, scalars=scalars, theta=theta, note=said
    )


def library_model(panel: Panel, estimator: str, terms: tuple[str, ...]) -> Any:
    """The model of linearmodels on the rows."""
    model, settings = MODELS[estimator]
    x = panel.regressors[list(terms)].assign(**{CONSTANT: 1.0})[[CONSTANT, *terms]]
    return model(panel.outcome, x, **settings)


def _fit(panel: Panel, design: Design, estimator: str, before: Fit | None) -> Fit:
    """One estimator by its library; ``before`` is within for random, random for mundlak."""
    df = design.df_resid
    scalars, theta = {"df_resid": float(df), "n_absorbed": float(design.n_absorbed)}, {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what matters is in the numbers or raised
        if estimator == "mundlak":
            plain: Any = OLS(design.y, design.x).fit()
            ssr, classical = float(plain.ssr), np.asarray(plain.cov_params())
            residuals = np.asarray(plain.resid)
            params = np.asarray(plain.params)
        else:
            # Blocks of years that no partner connects: the library would count effects twice.
            is_split = estimator == "twoway" and panel.n_blocks > 1
            settings = {"low_memory": False} if estimator == "twoway" else {}
            settings |= {"auto_df": False, "count_effects": False} if is_split else {}
            plain = library_model(panel, estimator, design.terms).fit(**settings)
            ssr, classical = float(plain.resid_ss), plain.cov.to_numpy()
            if is_split:
                classical = classical * (len(design.y) - design.x.shape[1]) / df
            else:
                scalars["df_resid"] = float(plain.df_resid)
            residuals, params = plain.resids.to_numpy(), plain.params.to_numpy()
    scalars |= {"ssr": ssr, "n_rows": float(plain.nobs)}
    spec = ESTIMATORS[estimator]
    if not spec.has_theta:
        scalars["r_squared"] = float(plain.rsquared)
    if estimator == "within":
        effects = plain.estimated_effects.iloc[:, 0].groupby(level=0).mean()
        scalars["sigma_u"] = float(effects.std(ddof=1))
        if len(panel.sizes) > 1:
            scalars["f_effects"] = float(plain.f_pooled.stat)
    if spec.effects:
        scalars["sigma_e"] = float(np.sqrt(ssr / scalars["df_resid"]))
    if estimator == "random":
        parts = plain.variance_decomposition
        scalars["sigma_u"] = float(np.sqrt(parts["Effects"]))
        scalars["sigma_e"] = float(np.sqrt(parts["Residual"]))
        by_partner = plain.theta["theta"].to_numpy()
        theta = {int(n): float(x) for n, x in zip(panel.sizes, by_partner, strict=True)}
        design = design_of(panel, estimator, theta)
    if estimator == "mundlak" and before is not None:
        theta = before.theta
        scalars |= {name: before.scalars[name] for name in ("sigma_u", "sigma_e")}
    back = panel.natural(design.terms)
    total = float(((panel.outcome - panel.outcome.mean()) ** 2).sum())
    return Fit(
        estimator=estimator,
        reference=_reference(estimator),
        design=design,
        coefficients=back @ params + np.eye(len(params))[0] * panel.mean[0],
        errors=errors_of(design, params, classical, back),
        units=panel.units(design.terms),
        scalars=scalars,
        residuals=residuals,
        fitted=_fitted(panel, design, params),
        condition=design.condition,
        is_exact=ssr <= EXACT_FIT * total,
        theta=theta,
    )


def _fitted(panel: Panel, design: Design, params: FloatArray) -> FloatArray:
    """(N,) regressors, and means of the partner where they are terms, times their slopes."""
    values = panel.values[:, panel.at(design.terms)]
    means = panel.means[panel.partners][:, panel.at(design.terms)]
    is_mean = np.array([term not in panel.terms for term in design.terms], dtype=bool)
    return np.asarray(np.where(is_mean, means, values) @ params[1:])
