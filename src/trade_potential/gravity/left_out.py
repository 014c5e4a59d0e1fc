"""Which regressors get no coefficient from moments; the rule is that of ``inference.left_out``."""

from __future__ import annotations

import numpy as np

from trade_potential.gravity.moments import PanelMoments
from trade_potential.inference.left_out import (
    BEYOND_DOUBLES,
    COMBINATION,
    CONSTANT_REGRESSOR,
    LeftOut,
)
from trade_potential.inference.registry import EstimatorSpec
from trade_potential.linalg import collinear_columns


def left_out_of_sample(moments: PanelMoments) -> LeftOut:
    """Those that say nothing over the sample, whatever the estimator."""
    flat, spread = moments.is_constant[1:], moments.spread[1:]
    names = np.array(moments.terms, dtype=object)
    varying = tuple(names[~flat])
    used = moments.positions(varying)
    dependent = collinear_columns(moments.total[np.ix_(used, used)])
    return (
        LeftOut()
        .adding("omitted", tuple(names[flat & (spread == 0.0)]), CONSTANT_REGRESSOR)
        .adding("omitted", tuple(names[flat & (spread > 0.0)]), BEYOND_DOUBLES)
        .adding("omitted", tuple(varying[k] for k in dependent), COMBINATION)
    )


def also_left_out(
    gone: LeftOut,
    spec: EstimatorSpec,
    flat: tuple[str, ...],
    dependent: tuple[str, ...],
    *,
    is_within: bool,
) -> LeftOut:
    """Also those without variation, or dependent, as an estimator weighs the rows."""
    if is_within:
        beside = " beside what all share in a year" if spec.needs_time else ""
        said = f"{{}} does not vary within partners{beside}: absorbed by the effects"
        more = "{} is a combination of the regressors before it once the effects are out"
        return gone.adding("absorbed", flat, said).adding("absorbed", dependent, more)
    means = "the partner means of {} are a combination of those before them"
    more = means if spec.unit == "entity" else COMBINATION
    said = "{} does not vary between partners"
    return gone.adding("omitted", flat, said).adding("omitted", dependent, more)
