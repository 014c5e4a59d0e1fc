"""Which columns of rows the columns before them explain, by orthogonalising the rows."""

from __future__ import annotations

import numpy as np

from trade_potential.linalg import COLLINEARITY_TOLERANCE, FloatArray


def beside(x: FloatArray) -> FloatArray:
    """(n, k) what is left of the columns beside the first, the constant."""
    constant = x[:, :1]
    slopes = (constant.T @ x[:, 1:]) / float((constant**2).sum())
    return np.asarray(x[:, 1:] - constant * slopes)


def collinear(x: FloatArray) -> list[int]:
    """Columns after the constant that those before them explain, counted from 0."""
    columns = beside(x)
    basis = np.zeros((len(columns), 0))
    found: list[int] = []
    for k, column in enumerate(columns.T):
        left = column - basis @ (basis.T @ column)
        left = left - basis @ (basis.T @ left)
        squares = float(left @ left)
        if squares < COLLINEARITY_TOLERANCE * float(column @ column) or squares == 0.0:
            found.append(k)
        else:
            basis = np.column_stack([basis, left / np.sqrt(squares)])
    return found
