"""statsmodels: pooled and within of the panel suite, and principal components.

It has no panel estimators: within is least squares on deviations from means of pairs, which pandas
takes. The constant beside them changes no slope and makes the correction that of fixed effects.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm

from benchmarks.columns import INDICATORS, OUTCOME, REGRESSORS, VARYING
from benchmarks.programs.names import Estimates, named


def _clustered(
    name: str, outcome: pd.Series, regressors: pd.DataFrame, pairs: np.ndarray[Any, Any]
) -> Estimates:
    terms = [str(name) for name in regressors]
    model = sm.OLS(outcome, sm.add_constant(regressors))
    result = model.fit(cov_type="cluster", cov_kwds={"groups": pairs}, use_t=True)
    return named(f"{name} coefficient", terms, result.params[terms]) | named(
        f"{name} clustered", terms, result.bse[terms]
    )


def panel(data: Path, _memory_limit: str) -> Estimates:
    """Pooled and within, clustered by pair."""
    frame = pd.read_parquet(data, columns=["pair", OUTCOME, *REGRESSORS])
    pairs = frame.pop("pair").to_numpy()
    found = _clustered("pooled", frame[OUTCOME], frame[list(REGRESSORS)], pairs)
    used = frame[[OUTCOME, *VARYING]]
    del frame
    within = used - used.groupby(pairs, sort=False).transform("mean")
    del used
    return found | _clustered("within", within[OUTCOME], within[list(VARYING)], pairs)


def index(data: Path, _memory_limit: str) -> Estimates:
    """Eigenvalues of the correlations, and the loadings of the first component."""
    from statsmodels.multivariate.pca import PCA

    frame = pd.read_parquet(data, columns=list(INDICATORS))
    found = PCA(frame, standardize=True)
    numbers = (f"{k}" for k in range(1, len(INDICATORS) + 1))
    first = np.abs(found.eigenvecs.to_numpy()[:, 0])
    return named("eigenvalue", numbers, found.eigenvals / len(frame)) | named(
        "component 1", INDICATORS, first
    )


JOBS = {"panel": panel, "index": index}
