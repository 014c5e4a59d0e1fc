"""Small symmetric systems, scaled and checked before they are solved."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

COLLINEARITY_TOLERANCE = 1e-10
"""A column is collinear when less than this share of its variance is left by the columns before it.

1e-10 leaves about six correct digits in double precision; below it a coefficient is noise.
"""


def one_thread() -> AbstractContextManager[Any]:
    """Keep BLAS on one thread, for systems of a hundred columns.

    Several threads wait for each other longer than they compute (measured: least squares of 1,239 x
    143 in 11 ms on one, 300 to 2,000 on two beside dbt's own), and make the last digits depend on
    the machine.
    """
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(limits=1, user_api="blas")
    return limits


@dataclass(frozen=True)
class ScaledSystem:
    """A positive definite matrix, scaled to a unit diagonal, ready to solve.

    Attributes:
        inverse: (p, p) inverse of the matrix, in the original scale.
        condition_number: Ratio of the largest to the smallest eigenvalue of the scaled matrix.
    """

    inverse: FloatArray
    condition_number: float

    @classmethod
    def of(cls, matrix: FloatArray) -> ScaledSystem:
        """Invert ``matrix``, (p, p) symmetric positive definite, by its scaled eigensystem."""
        if matrix.shape[0] == 0:
            return cls(inverse=matrix.copy(), condition_number=1.0)
        scale = np.sqrt(np.diag(matrix))
        values, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
        inverse = (vectors / values) @ vectors.T / np.outer(scale, scale)
        return cls(inverse=inverse, condition_number=float(values[-1] / values[0]))


def collinear_columns(matrix: FloatArray) -> list[int]:
    """Columns that the columns before them explain, by an unpivoted Cholesky factorisation.

    Args:
        matrix: (p, p) symmetric positive semi-definite matrix with a positive diagonal.

    Returns:
        Positions, in the order of the columns, so that the later of two equal columns is named.
    """
    scale = np.sqrt(np.diag(matrix))
    residual = matrix / np.outer(scale, scale)
    found: list[int] = []
    for k in range(residual.shape[0]):
        pivot = residual[k, k]
        if pivot < COLLINEARITY_TOLERANCE:
            found.append(k)
            continue
        residual = residual - np.outer(residual[:, k], residual[k, :]) / pivot
    return found
