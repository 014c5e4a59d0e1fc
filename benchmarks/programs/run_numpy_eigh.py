"""numpy: correlations of the rows in memory, and their eigenvectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from benchmarks.columns import INDICATORS
from benchmarks.programs.names import Estimates, named


def rows_of(data: Path) -> np.ndarray[Any, Any]:
    """(11, N), so that a column of the file is one piece of memory."""
    table = pq.read_table(data, columns=list(INDICATORS))
    values = np.empty((len(INDICATORS), len(table)))
    for k, name in enumerate(INDICATORS):
        values[k] = table[name].to_numpy()
    return values


def estimates(eigenvalues: np.ndarray[Any, Any], first: np.ndarray[Any, Any]) -> Estimates:
    """Named as the others name them."""
    numbers = (f"{k}" for k in range(1, len(INDICATORS) + 1))
    return named("eigenvalue", numbers, eigenvalues) | named(
        "component 1", INDICATORS, np.abs(first)
    )


def index(data: Path, _memory_limit: str) -> Estimates:
    """Eigenvalues of the correlations, and the loadings of the first component."""
    values, vectors = np.linalg.eigh(np.corrcoef(rows_of(data)))
    return estimates(values[::-1], vectors[:, -1])


JOBS = {"index": index}
