"""Panels with the models of linearmodels beside ours."""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.api as sm
from linearmodels.panel import BetweenOLS, PanelOLS, PooledOLS, RandomEffects
from linearmodels.panel.results import PanelEffectsResults, PanelResults, RandomEffectsResults
from tests.panels import (
    ENTITY,
    LINEARMODELS,
    OUTCOME,
    Case,
    make_panel,
    unbalanced_sizes,
)

from trade_potential.gravity.estimate import Estimate
from trade_potential.inference.registry import (
    Covariance,
)

SAME = 1e-9
"""Two exact formulas in double precision; measured 7e-13 at worst, the rest is room for other
processors and libraries."""

SAME_SQL = 1e-8
"""As SAME, but coefficients and products went through tables; measured 3e-14."""

Reference = PanelEffectsResults | PanelResults | RandomEffectsResults


def assert_same(ours: object, theirs: object, tolerance: float = SAME) -> None:
    np.testing.assert_allclose(
        np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float), rtol=tolerance, atol=0.0
    )


def quasi_demeaned(case: Case, fit: Estimate) -> PooledOLS:
    """Mundlak's model on rows less theta times their entity mean; the constant is 1 - theta."""
    frame = case.frame
    by_size = dict(zip(case.moments.sizes, fit.theta, strict=True))
    counts = frame.groupby(ENTITY)[OUTCOME].transform("size")
    theta = np.array([by_size[float(count)] for count in counts])
    plain = [term for term in fit.terms if term in frame.columns]
    means = frame.groupby(ENTITY)[[OUTCOME, *plain]].transform("mean")
    columns = {OUTCOME: frame[OUTCOME] - theta * means[OUTCOME], "const": 1.0 - theta}
    for term in fit.terms:
        name = term.removeprefix("mean(").removesuffix(")")
        shift = means[name] if term not in plain else frame[name]
        columns[term] = shift - theta * means[name]
    data = pd.DataFrame(columns).set_index([frame[ENTITY], frame["year"]])
    return PooledOLS(data[OUTCOME], data[["const", *fit.terms]])


def reference_fit(case: Case, fit: Estimate, kind: Covariance = "classical") -> Reference:
    """The same estimator by linearmodels."""
    options = dict(LINEARMODELS[kind])
    if fit.spec.has_theta and fit.estimator != "random":  # theta is proven by its own tests
        return quasi_demeaned(case, fit).fit(**options)
    panel = case.frame.set_index([ENTITY, "year"])
    y = panel[OUTCOME]
    x = sm.add_constant(panel[list(fit.terms)], has_constant="add")
    weights = panel["weight"] if case.moments.is_weighted else None
    if fit.estimator == "between":
        # Its rows are entities: clusters of one, for which the robust covariance is the same.
        options = LINEARMODELS["classical" if kind == "classical" else "robust"]
        return BetweenOLS(y, x, weights=weights).fit(**options)
    if fit.spec.effects:
        if kind.startswith("clustered"):  # effects nested in the clusters are not counted in K
            options |= {"auto_df": False, "count_effects": False}
        return PanelOLS(
            y, x, entity_effects=True, time_effects=fit.estimator == "twoway", weights=weights
        ).fit(**options)
    return (PooledOLS if fit.estimator == "pooled" else RandomEffects)(y, x, weights=weights).fit(
        **options
    )


UNITS = (1e-3, 1e6)
SHAPES = {1: (25, 3, 8), 2: (40, 5, 6), 3: (60, 8, 10), 4: (30, 6, 4), 5: (120, 4, 20)}
"""Seed: entities, regressors, longest series."""


def random_frame(seed: int) -> pd.DataFrame:
    """Entities begin in different years, so that no two years hold the same ones."""
    entities, terms, longest = SHAPES[seed]
    frame = make_panel(
        seed,
        sizes=unbalanced_sizes(seed, entities, longest),
        n_terms=terms,
        scales=UNITS,
        effect_sd=0.2 * seed,
    )
    begin = np.random.default_rng(seed).integers(0, 4, entities)
    frame["year"] += begin[frame.groupby(ENTITY).ngroup()]
    frame[OUTCOME] += np.sin(frame["year"])
    return frame
