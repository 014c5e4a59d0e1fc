"""numpy: singular values of the standardised rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.programs.names import Estimates
from benchmarks.programs.run_numpy_eigh import estimates, rows_of


def index(data: Path, _memory_limit: str) -> Estimates:
    """Eigenvalues of the correlations, and the loadings of the first component."""
    values = rows_of(data)
    values -= values.mean(axis=1, keepdims=True)
    values /= values.std(axis=1, keepdims=True)
    left, singular, _ = np.linalg.svd(values, full_matrices=False)
    return estimates(singular**2 / values.shape[1], left[:, 0])


JOBS = {"index": index}
