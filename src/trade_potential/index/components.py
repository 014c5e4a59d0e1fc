"""Principal components of a correlation matrix, with reproducible signs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from trade_potential.linalg import FloatArray

ComponentRule = Literal["eigenvalue", "cumulative_share", "all"]
COMPONENT_RULES: tuple[ComponentRule, ...] = ("eigenvalue", "cumulative_share", "all")

LOADING_TOLERANCE = 1e-8
"""Loadings closer than this are equal, and an anchor loading below it has no sign to trust."""

EIGENVALUE_TOLERANCE = 1e-8
"""Eigenvalues closer than this are equal: their eigenvectors are then exact to 1e-8 at best."""

ROUNDING = 1e-10
"""An eigenvalue or a share this close to a threshold counts as on it: errors are about 1e-15."""


@dataclass(frozen=True)
class Components:
    """Principal components, the largest eigenvalue first.

    Attributes:
        eigenvalues: (p,) not negative, their sum is p.
        vectors: (p, p) unit eigenvectors in columns, variables in rows.
        is_anchored: Whether the anchor variable decided the sign of the first component.
    """

    eigenvalues: FloatArray
    vectors: FloatArray
    is_anchored: bool

    @property
    def loadings(self) -> FloatArray:
        """(p, p) correlations of variables (rows) with components (columns)."""
        return self.vectors * np.sqrt(self.eigenvalues)

    @property
    def variance_share(self) -> FloatArray:
        """(p,) shares of the total variance, 0-1."""
        return self.eigenvalues / float(self.eigenvalues.sum())

    @property
    def cumulative_share(self) -> FloatArray:
        """(p,) running sums of the shares, 0-1."""
        return np.cumsum(self.variance_share)

    @property
    def condition_number(self) -> float:
        """Largest over smallest eigenvalue, at most 1 / machine epsilon (noise beyond that)."""
        largest = float(self.eigenvalues[0])
        floor = largest * float(np.finfo(np.float64).eps)
        return largest / max(float(self.eigenvalues[-1]), floor)


def orient(vectors: FloatArray, eigenvalues: FloatArray, anchor: int) -> tuple[FloatArray, bool]:
    """Give every eigenvector the sign that the conventions ask for.

    The first component loads positively on the anchor variable; every other one, and the first
    one where the anchor does not load on it, positively on its largest loading in absolute value,
    the first by position among equals.

    Args:
        vectors: (p, p) eigenvectors in columns, with any signs.
        eigenvalues: (p,) of the columns.
        anchor: Row of the anchor variable.

    Returns:
        (p, p) signed eigenvectors, and whether the anchor decided.
    """
    size = np.abs(vectors)
    decisive = np.argmax(size >= size.max(axis=0) - LOADING_TOLERANCE, axis=0)
    is_anchored = bool(size[anchor, 0] * np.sqrt(eigenvalues[0]) >= LOADING_TOLERANCE)
    if is_anchored:
        decisive[0] = anchor
    signs = np.where(vectors[decisive, np.arange(vectors.shape[1])] < 0.0, -1.0, 1.0)
    return vectors * signs, is_anchored


def principal_components(matrix: FloatArray, anchor: int) -> Components:
    """Eigen-decomposition of ``matrix``, (p, p) correlations; ``anchor`` is a row of it.

    Source: Jolliffe (2002), Principal Component Analysis, 2nd ed., sections 2.3 and 3.
    """
    values, vectors = np.linalg.eigh(matrix)
    eigenvalues = np.maximum(values[::-1], 0.0)
    signed, is_anchored = orient(vectors[:, ::-1], eigenvalues, anchor)
    return Components(eigenvalues=eigenvalues, vectors=signed, is_anchored=is_anchored)


def exceeds(eigenvalues: FloatArray, threshold: float) -> npt.NDArray[np.bool_]:
    """(p,) which eigenvalues are above the threshold by more than rounding."""
    return eigenvalues > threshold + ROUNDING


def kept_components(
    components: Components, rule: ComponentRule, threshold: float | None
) -> npt.NDArray[np.bool_]:
    """(p,) which components an index keeps.

    Args:
        components: Of the correlation matrix.
        rule: eigenvalue: those above the threshold, but at least the first (Kaiser 1960, with 1);
            cumulative_share: the fewest whose share of the variance reaches it; all: every one.
        threshold: Eigenvalue or share (0-1); not read by all.
    """
    p = components.eigenvalues.size
    if rule == "all" or threshold is None:
        return np.ones(p, dtype=bool)
    if rule == "eigenvalue":
        count = int(exceeds(components.eigenvalues, threshold).sum())
    else:
        count = int((components.cumulative_share < threshold - ROUNDING).sum()) + 1
    return np.arange(p) < min(max(count, 1), p)


def component_weights(eigenvalues: FloatArray, is_kept: npt.NDArray[np.bool_]) -> FloatArray:
    """(p,) shares of the kept components in their common variance; 0 for the others."""
    kept = np.where(is_kept, eigenvalues, 0.0)
    return kept / float(kept.sum())


def tied_components(eigenvalues: FloatArray, is_kept: npt.NDArray[np.bool_]) -> tuple[int, ...]:
    """Numbers, from 1, of kept components whose eigenvalue equals a neighbour's.

    Any rotation among them is as good, so weights that rest on them are not determined.
    Components without variance carry no weight and are left out.
    """
    equal = np.diff(eigenvalues) > -EIGENVALUE_TOLERANCE
    tied = np.concatenate([equal, [False]]) | np.concatenate([[False], equal])
    tied &= is_kept & (eigenvalues > EIGENVALUE_TOLERANCE)
    return tuple(int(k) + 1 for k in np.flatnonzero(tied))
