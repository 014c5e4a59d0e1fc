"""An index of a row that lacks some of the variables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trade_potential.linalg import FloatArray


@dataclass(frozen=True)
class RowWeights:
    """Weights of the variables that a row has.

    Attributes:
        weights: (p,) of z-scores, NaN of the variables it lacks.
        error: Standard deviation of what the lacking variables may add to the composite, in its
            unit; 0 of a complete row.
    """

    weights: FloatArray
    error: float


def row_weights(
    correlation: FloatArray, weights: FloatArray, available: npt.NDArray[np.bool_]
) -> RowWeights:
    """Weights whose sum is the best linear prediction of the composite of all variables.

    With a the variables there are, b those that are lacking, R their correlations and w the weights
    of complete rows, E[w'z | z_a] = (w_a + R_aa^-1 R_ab w_b)'z_a, whose error has the variance
    w_b'(R_bb - R_ba R_aa^-1 R_ab) w_b. A variable without spread neither adds nor predicts; among
    collinear ones the solution of the smallest norm is taken.

    Args:
        correlation: (p, p) over the complete rows; NaN in rows and columns of constants.
        weights: (p,) of complete rows.
        available: (p,) which variables the row has.

    Source: Anderson (2003), An Introduction to Multivariate Statistical Analysis, section 2.5.
    """
    held = np.where(available, weights, np.nan)
    varies = ~np.isnan(np.diag(correlation))
    a, b = np.flatnonzero(available & varies), np.flatnonzero(~available & varies)
    if b.size == 0:
        return RowWeights(held, 0.0)
    slopes = np.linalg.lstsq(correlation[np.ix_(a, a)], correlation[np.ix_(a, b)], rcond=None)[0]
    held[a] += slopes @ weights[b]
    unexplained = correlation[np.ix_(b, b)] - correlation[np.ix_(b, a)] @ slopes
    variance = float(weights[b] @ unexplained @ weights[b])
    return RowWeights(held, float(np.sqrt(max(variance, 0.0))))
