"""linearmodels: the panel suite, with F as given and LM and Hausman by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from linearmodels.panel import BetweenOLS, PanelOLS, PooledOLS, RandomEffects

from benchmarks.columns import OUTCOME, REGRESSORS, VARYING
from benchmarks.programs.names import Estimates, named

CLUSTERED: dict[str, Any] = {
    "cov_type": "clustered",
    "cluster_entity": True,
    "group_debias": True,
    "debiased": True,
}
CLASSICAL: dict[str, Any] = {"cov_type": "unadjusted", "debiased": True}


def _errors(kind: str, result: Any, terms: tuple[str, ...]) -> Estimates:
    return named(kind, terms, result.std_errors[list(terms)])


def _coefficients(name: str, result: Any, terms: tuple[str, ...]) -> Estimates:
    return named(f"{name} coefficient", terms, result.params[list(terms)])


def panel(data: Path, _memory_limit: str) -> Estimates:
    """Pooled, between, within, random; classical and clustered; F, LM, Hausman."""
    frame = pd.read_parquet(data, columns=["pair", "year", OUTCOME, *REGRESSORS])
    frame["const"] = 1.0
    frame = frame.set_index(["pair", "year"])
    outcome, every = frame[OUTCOME], ["const", *REGRESSORS]
    inner = frame[["const", *VARYING]]

    pooled = PooledOLS(outcome, frame[every]).fit(**CLUSTERED)
    found = _coefficients("pooled", pooled, REGRESSORS)
    found |= _errors("pooled clustered", pooled, REGRESSORS)
    found["breusch_pagan_lm"] = breusch_pagan(pooled.resids)
    del pooled

    between = BetweenOLS(outcome, frame[every]).fit(**CLASSICAL)
    found |= _coefficients("between", between, REGRESSORS)
    found |= _errors("between classical", between, REGRESSORS)
    del between

    model: Any = PanelOLS(outcome, inner, entity_effects=True)
    within = model.fit(**CLASSICAL)
    found |= _coefficients("within", within, VARYING)
    found |= _errors("within classical", within, VARYING)
    found |= _errors("within clustered", model.fit(**CLUSTERED), VARYING)
    found["f_effects"] = within.f_pooled.stat

    model = RandomEffects(outcome, frame[every])
    random = model.fit(**CLASSICAL)
    found |= _coefficients("random", random, REGRESSORS)
    found |= _errors("random classical", random, REGRESSORS)
    found |= _errors("random clustered", model.fit(**CLUSTERED), REGRESSORS)

    common = list(VARYING)
    gap = (within.params[common] - random.params[common]).to_numpy()
    spread = within.cov.loc[common, common] - random.cov.loc[common, common]
    found["hausman"] = float(gap @ np.linalg.pinv(spread.to_numpy()) @ gap)
    return found


def breusch_pagan(residuals: pd.Series) -> float:
    """Of residuals by pair; Baltagi and Li (1990)."""
    groups = residuals.groupby(level=0, sort=False)
    sums, sizes = groups.sum().to_numpy(), groups.size().to_numpy().astype(float)
    n = sizes.sum()
    ratio = float(sums @ sums) / float(residuals.to_numpy() @ residuals.to_numpy())
    return float(n**2 / (2.0 * (sizes @ sizes - n)) * (ratio - 1.0) ** 2)


JOBS = {"panel": panel}
