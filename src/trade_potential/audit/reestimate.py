"""Every estimator of a specification by linearmodels, from the rows.

Conventions. Classical: SSR / (n - k), k with the constant and, for within, the effects: the default
``debiased=True``. Clustered: ``debiased=True`` and ``group_debias=True`` multiply to
G/(G-1) * (N-1)/(N-k), k with the constant and without absorbed effects. Random effects: Swamy and
Arora's components on unbalanced rows, harmonic mean of the years. Where the between regression has
no residual degrees of freedom linearmodels refuses random effects; by the documented rule sigma_u
is then 0, and the reference is its pooled regression.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from linearmodels.panel import BetweenOLS, PanelOLS, PooledOLS, RandomEffects
from linearmodels.panel.utility import AbsorbingEffectError

from trade_potential.audit.panel import PARTNER, Panel, condition_number
from trade_potential.gravity.estimate import CONSTANT, ESTIMATORS
from trade_potential.linalg import FloatArray

EXACT_FIT = 1e-18
"""With less than this share of the squares left, residuals are rounding: nothing rests on them."""

_MODELS = {
    "pooled": PooledOLS,
    "between": BetweenOLS,
    "within": PanelOLS,
    "random": RandomEffects,
}


@dataclass(frozen=True)
class Fit:
    """One estimator by a library, in the units of the rows.

    Attributes:
        estimator: As in est_gravity.
        reference: Class of the library.
        terms: Regressors with a coefficient.
        absorbed: Regressors that the effects absorb.
        coefficients: (k + 1,) constant first.
        covariances: (k + 1, k + 1) by kind: classical, clustered.
        units: (k + 1,) outcome for one standard deviation of each regressor.
        scalars: ssr, df_resid; within and random also sigma_u, sigma_e; within f_effects.
        theta: By number of rows of a partner; random only.
        residuals: (N,) of the rows; (G,) for between.
        condition: Condition number of the weighted regressors.
        is_exact: Whether only rounding is left of the residuals.
        note: What is to be said about the reference.
    """

    estimator: str
    reference: str
    terms: tuple[str, ...]
    absorbed: tuple[str, ...]
    coefficients: FloatArray
    covariances: dict[str, FloatArray]
    units: FloatArray
    scalars: dict[str, float]
    residuals: FloatArray
    condition: float
    is_exact: bool
    theta: dict[int, float] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Refusal:
    """An estimator that has no numbers, and why.

    ``condition`` is that of the regressors where the library alone refuses: near-collinear
    regressors that the documented rule still admits are then not compared.
    """

    estimator: str
    reference: str
    reason: str
    condition: float = 1.0


def _results(name: str, panel: Panel, terms: tuple[str, ...], *, clustered: bool) -> Any:
    x = panel.regressors[list(terms)].assign(**{CONSTANT: 1.0})[[CONSTANT, *terms]]
    options: dict[str, Any] = {}
    if clustered:
        options = {"cov_type": "clustered", "group_debias": True}
        if name == "between":
            codes = x.index.get_level_values(PARTNER).factorize()[0]
            options["clusters"] = pd.DataFrame({"cluster": codes}, index=x.index)
        else:
            options["cluster_entity"] = True
    settings = {"entity_effects": True} if name == "within" else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what matters is in the numbers or raised
        return _MODELS[name](panel.outcome, x, **settings).fit(**options)


def _design(
    panel: Panel, estimator: str, terms: tuple[str, ...], theta: dict[int, float]
) -> FloatArray:
    """Weighted regressors, for their condition."""
    if estimator == "within":
        return panel.deviations[list(terms)].to_numpy(dtype=float)
    if estimator == "between":
        x = panel.means[list(terms)].to_numpy(dtype=float)
        return np.column_stack([np.ones(len(x)), x])
    taken = panel.sizes.map(theta).reindex(panel.outcome.index, level=PARTNER).to_numpy(dtype=float)
    means = (panel.regressors - panel.deviations)[list(terms)].to_numpy(dtype=float)
    x = panel.regressors[list(terms)].to_numpy(dtype=float) - taken[:, None] * means
    return np.column_stack([1.0 - taken, x])


def _fit(panel: Panel, estimator: str, name: str, *, note: str = "") -> Fit:
    """``estimator`` by the model ``name`` of linearmodels."""
    absorbed = panel.absorbed if estimator == "within" else ()
    terms = tuple(term for term in panel.terms if term not in absorbed)
    plain = _results(name, panel, terms, clustered=False)
    back = panel.natural(terms)
    groups = len(panel.sizes)
    covariances = {"classical": back @ plain.cov.to_numpy() @ back.T}
    covariances["clustered"] = (
        back @ _results(name, panel, terms, clustered=True).cov.to_numpy() @ back.T
        if groups > 1
        else np.full_like(back, np.nan)
    )
    scalars = {"ssr": float(plain.resid_ss), "df_resid": float(plain.df_resid)}
    theta = dict.fromkeys((int(n) for n in panel.sizes.unique()), 0.0)
    if estimator == "within":
        effects = plain.estimated_effects.iloc[:, 0].groupby(level=0).mean()
        scalars["sigma_u"] = float(effects.std(ddof=1))
        scalars["sigma_e"] = float(np.sqrt(plain.s2))
        if groups > 1:
            scalars["f_effects"] = float(plain.f_pooled.stat)
    if name == "random":
        parts = plain.variance_decomposition
        scalars["sigma_u"] = float(np.sqrt(parts["Effects"]))
        scalars["sigma_e"] = float(np.sqrt(parts["Residual"]))
        by_partner = plain.theta["theta"]
        theta = {int(n): float(by_partner[partner]) for partner, n in panel.sizes.items()}
    total = float(((panel.outcome - panel.outcome.mean()) ** 2).sum())
    return Fit(
        estimator=estimator,
        reference=f"linearmodels.{_MODELS[name].__name__}",
        terms=terms,
        absorbed=absorbed,
        coefficients=back @ plain.params.to_numpy(),
        covariances=covariances,
        units=panel.units(terms),
        scalars=scalars,
        residuals=plain.resids.to_numpy(),
        condition=condition_number(_design(panel, estimator, terms, theta)),
        is_exact=scalars["ssr"] <= EXACT_FIT * total,
        theta=theta if estimator == "random" else {},
        note=note,
    )


def reestimate(panel: Panel) -> dict[str, Fit | Refusal]:
    """Every estimator by linearmodels, or why there is none."""
    found: dict[str, Fit | Refusal] = {}
    for estimator in ESTIMATORS:  # random comes after between and within
        found[estimator] = _reestimate(panel, estimator, found)
    return found


def _reestimate(panel: Panel, estimator: str, found: dict[str, Fit | Refusal]) -> Fit | Refusal:
    reference = f"linearmodels.{_MODELS[estimator].__name__}"
    objection = panel.objection(estimator)
    try:
        fit = _fit(panel, estimator, estimator)
    except (ValueError, ArithmeticError, np.linalg.LinAlgError, AbsorbingEffectError) as error:
        said = f"linearmodels refuses: {' '.join(str(error).split()).partition('. ')[0]}"
        inner, outer = found.get("within"), found.get("between")
        if estimator == "random" and not objection and isinstance(inner, Fit):
            few = isinstance(outer, Refusal) and len(panel.sizes) <= 1 + len(panel.terms)
            if few:
                pooled = _fit(panel, "random", "pooled", note=said)
                pooled.scalars.update(sigma_u=0.0, sigma_e=inner.scalars["sigma_e"])
                return pooled
        if objection:
            return Refusal(estimator, reference, f"{objection}; {said}")
        terms = (
            panel.terms
            if estimator != "within"
            else tuple(term for term in panel.terms if term not in panel.absorbed)
        )
        none = dict.fromkeys((int(n) for n in panel.sizes.unique()), 0.0)
        design = _design(panel, estimator, terms, none)
        return Refusal(estimator, reference, said, condition_number(design))
    if objection:
        return Refusal(
            estimator, "numpy on rows", f"{objection}; linearmodels estimates it regardless"
        )
    return fit
