"""One index from its correlations: factor tests, components and weights, or a named refusal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from trade_potential.errors import InputError
from trade_potential.index.components import (
    COMPONENT_RULES,
    ComponentRule,
    Components,
    component_weights,
    exceeds,
    kept_components,
    principal_components,
    tied_components,
)
from trade_potential.index.correlation import Correlation
from trade_potential.index.factor_tests import (
    SamplingAdequacy,
    SphericityTest,
    sampling_adequacy,
    sphericity,
)
from trade_potential.linalg import FloatArray

Method = Literal["pca", "fixed_weights"]
METHODS: tuple[Method, ...] = ("pca", "fixed_weights")

Status = Literal[
    "ok",
    "too_few_rows",  # no more rows than variables: nothing is computed
    "constant_variable",  # a variable has no correlations: nothing is computed
    "single_variable",  # one component, trivially; no factor tests
    "singular_correlation",  # components exist; no factor tests, which need the inverse
    "tied_eigenvalues",  # pca: a kept component can be rotated freely, weights are arbitrary
]

CONDITION_LIMIT = 1e10
"""Condition number of the correlations above which their inverse has fewer than 6 good digits."""

COLLINEAR_SHARE = 0.01
"""Coefficient in a near-null direction above which a variable is named as part of it."""

NEGATIVE = -1e-12
"""A weight below this is negative; between it and 0 it is rounding."""


@dataclass(frozen=True, kw_only=True)
class IndexSettings:
    """How an index is computed.

    Attributes:
        method: pca, or fixed_weights: weights are given and components only informative.
        component_rule: Which components are kept; fixed_weights goes with all.
        component_threshold: Eigenvalue (eigenvalue) or share, 0-1 (cumulative_share).
        anchor: Variable on which the first component loads positively.
        fixed_weights: Weight by variable, for fixed_weights only.

    Raises:
        InputError: Settings that are unknown, out of range or contradict each other.
    """

    method: Method
    component_rule: ComponentRule
    component_threshold: float | None = None
    anchor: str
    fixed_weights: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        """Refuse unknown and contradicting settings."""
        if self.method not in METHODS:
            raise InputError(f"method {self.method!r} is none of {', '.join(METHODS)}")
        if self.component_rule not in COMPONENT_RULES:
            raise InputError(
                f"component_rule {self.component_rule!r} is none of {', '.join(COMPONENT_RULES)}"
            )
        limit = {"eigenvalue": math.inf, "cumulative_share": 1.0}.get(self.component_rule)
        threshold = self.component_threshold
        if limit is not None and (threshold is None or not 0.0 < threshold <= limit):
            raise InputError(f"component_threshold {threshold} does not fit {self.component_rule}")
        if self.method == "pca" and self.fixed_weights is not None:
            raise InputError("method pca takes no fixed weights")
        if self.method == "fixed_weights":
            if self.component_rule != "all":
                raise InputError(f"fixed_weights keeps all components, not {self.component_rule}")
            weights = self.fixed_weights or {}
            odd = [name for name, weight in weights.items() if not math.isfinite(weight)]
            if odd:
                raise InputError(f"fixed weight of {', '.join(odd)} is no number")
            if not any(weights.values()):
                raise InputError("method fixed_weights has no fixed weight other than 0")


@dataclass(frozen=True)
class IndexEstimate:
    """What the correlations say about an index.

    Attributes:
        status: What kind of result this is.
        reason: What a reader has to know, else empty.
        correlation: What it was computed from.
        weights: (p,) of variables: index = sum of weight x normalised variable; NaN if refused.
        negative_weights: Variables with a weight below zero.
        components: None if refused.
        is_kept: (p,) which components the weights rest on; all False if refused.
        component_weights: (p,) their shares in the kept variance, 0 for others; NaN if refused.
        adequacy: KMO and MSA; None where undefined.
        sphericity: Bartlett's test; None where undefined.
    """

    status: Status
    reason: str
    correlation: Correlation
    weights: FloatArray
    negative_weights: tuple[str, ...]
    components: Components | None
    is_kept: npt.NDArray[np.bool_]
    component_weights: FloatArray
    adequacy: SamplingAdequacy | None
    sphericity: SphericityTest | None


def _fixed_weights(correlation: Correlation, settings: IndexSettings) -> FloatArray | None:
    """(p,) given weights in the order of the variables."""
    if settings.fixed_weights is None:
        return None
    odd = set(settings.fixed_weights) ^ set(correlation.variables)
    if odd:
        raise InputError(f"fixed weights do not fit the variables: {', '.join(sorted(odd))}")
    return np.array([float(settings.fixed_weights[name]) for name in correlation.variables])


def _refusal(correlation: Correlation) -> tuple[Status, str]:
    """Why there can be no components; ok if there can."""
    p, n = len(correlation.variables), correlation.n_rows
    if n <= p:
        return "too_few_rows", f"{n} rows for {p} variables: more rows than variables are needed"
    if correlation.constants:
        return "constant_variable", f"no spread over the sample: {', '.join(correlation.constants)}"
    return "ok", ""


def _named(correlation: Correlation, chosen: npt.NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(name for name, yes in zip(correlation.variables, chosen, strict=True) if yes)


def _collinear(correlation: Correlation, components: Components) -> tuple[str, ...]:
    """Variables that take part in a near-null direction."""
    null = components.eigenvalues < components.eigenvalues[0] / CONDITION_LIMIT
    part = np.abs(components.vectors[:, null]).max(axis=1, initial=0.0)
    return _named(correlation, part > COLLINEAR_SHARE)


def _notes(settings: IndexSettings, components: Components) -> list[str]:
    """Sentences on rules that could not be followed to the letter."""
    notes = []
    if not components.is_anchored:
        notes.append(
            f"{settings.anchor} does not load on component 1, whose largest loading is made "
            "positive instead"
        )
    threshold = settings.component_threshold
    if (
        settings.component_rule == "eigenvalue"
        and threshold is not None
        and not exceeds(components.eigenvalues, threshold).any()
    ):
        notes.append(f"no eigenvalue exceeds {threshold:g}: component 1 is kept")
    return notes


def estimate_index(correlation: Correlation, settings: IndexSettings) -> IndexEstimate:
    """Factor tests, components and weights of one index.

    The weight of a variable is the sum over kept components of component weight x its element of
    the eigenvector, so that sum of weight x z-score is the weighted sum of component scores.

    Args:
        correlation: Of p variables, already turned so that more is better.
        settings: How the index is computed.

    Returns:
        The estimate; degenerate samples have a status other than ok instead of an exception, and
        fixed weights are returned whatever the status.

    Raises:
        InputError: The anchor or the fixed weights do not fit the variables.
    """
    if settings.anchor not in correlation.variables:
        raise InputError(f"anchor {settings.anchor} is none of the variables")
    p = len(correlation.variables)
    fixed = _fixed_weights(correlation, settings)
    status, reason = _refusal(correlation)
    reasons = [reason] if reason else []
    components: Components | None = None
    is_kept = np.zeros(p, dtype=bool)
    shares = np.full(p, np.nan)
    weights = np.full(p, np.nan)
    adequacy: SamplingAdequacy | None = None
    bartlett: SphericityTest | None = None

    if status == "ok":
        anchor = correlation.variables.index(settings.anchor)
        components = principal_components(correlation.matrix, anchor)
        is_kept = kept_components(components, settings.component_rule, settings.component_threshold)
        shares = component_weights(components.eigenvalues, is_kept)
        weights = components.vectors @ shares
        tied = tied_components(components.eigenvalues, is_kept)
        if p == 1:
            status = "single_variable"
            reasons.append("one variable is its own component: no factor tests")
        elif components.condition_number > CONDITION_LIMIT:
            status = "singular_correlation"
            names = ", ".join(_collinear(correlation, components))
            reasons.append(f"nearly collinear: {names}; KMO, MSA and Bartlett are undefined")
        else:
            adequacy = sampling_adequacy(correlation.matrix)
            bartlett = sphericity(correlation.matrix, correlation.n_rows)
            lone = _named(correlation, np.isnan(adequacy.msa))
            if lone:
                reasons.append(f"MSA undefined, correlated with no variable: {', '.join(lone)}")
            if tied and settings.method == "pca":
                status = "tied_eigenvalues"
        if tied and settings.method == "pca":
            numbers = ", ".join(str(number) for number in tied)
            reasons.append(
                f"components {numbers} have equal eigenvalues: their directions and the weights "
                "from them are arbitrary"
            )
        reasons += _notes(settings, components)
    if fixed is not None:
        weights = fixed
        if status != "ok":
            reasons.append("the fixed weights do not depend on it")

    return IndexEstimate(
        status=status,
        reason="; ".join(reasons),
        correlation=correlation,
        weights=weights,
        negative_weights=_named(correlation, weights < NEGATIVE),
        components=components,
        is_kept=is_kept,
        component_weights=shares,
        adequacy=adequacy,
        sphericity=bartlett,
    )
