"""Components, weights and factor tests of an index from its standardised rows.

The first computation decomposes the correlations. Here the rows themselves are: with Z the rows,
Z = QT gives the inverse and the determinant of the correlations R = T'T, and Z = USV' their
eigenvalues S^2 and eigenvectors V (Jolliffe 2002, Principal Component Analysis, section 3.5).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from trade_potential.audit.marts.factor_tests import adequacy, sphericity

Floats = npt.NDArray[np.float64]

NO_SIGN = 1e-8
"""Loadings that differ by less are equal, and one below it has no sign."""

EQUAL = 1e-8
"""Eigenvalues that differ by less are equal: their eigenvectors have no directions of their own."""

ON_THRESHOLD = 1e-10
"""An eigenvalue or a share that is this near to a threshold lies on it."""

SINGULAR = 1e10
"""Condition number of correlations whose inverse has no digits to publish."""

COLLINEAR = 0.01
"""Coefficient from which a variable is part of a direction without variance."""

NEGATIVE = -1e-12
"""A weight below it is negative and no rounding."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How an index is computed: the row of its specification."""

    method: str
    component_rule: str
    component_threshold: float | None
    anchor: int
    fixed_weights: Floats | None


@dataclass(frozen=True, kw_only=True)
class Factors:
    """What the complete rows of an index say; NaN or empty where it cannot be had.

    Attributes:
        status: ok, or the name of what is degenerate.
        reason: Why, in words.
        n_rows: Complete rows.
        triangle: (r, q) T of the q variables that vary.
        varies: (p,) which variables do.
        weights: (p,) of variables.
        eigenvalues: (p,) the largest first; (0,) without components.
        vectors: (p, p) eigenvectors in columns.
        is_kept: (p,) which components the weights rest on.
        shares: (p,) their shares in the kept variance.
        kmo: Sampling adequacy.
        msa: (p,) of each variable.
        chi2: Bartlett's statistic.
    """

    status: str
    reason: str
    n_rows: int
    triangle: Floats
    varies: npt.NDArray[np.bool_]
    weights: Floats
    eigenvalues: Floats
    vectors: Floats
    is_kept: npt.NDArray[np.bool_]
    shares: Floats
    kmo: float = math.nan
    msa: Floats
    chi2: float = math.nan

    @property
    def df(self) -> int:
        """Degrees of freedom of Bartlett's statistic: pairs of variables."""
        return math.comb(self.weights.size, 2)

    @property
    def condition(self) -> float:
        """Largest over smallest eigenvalue; beyond 1 / machine epsilon it is noise."""
        if not self.eigenvalues.size:
            return math.nan
        smallest = max(self.eigenvalues[-1], self.eigenvalues[0] * np.finfo(np.float64).eps)
        return float(self.eigenvalues[0] / smallest)

    @property
    def hardness(self) -> float:
        """Factor by which rounding grows: of the inverse, and of vectors of near eigenvalues."""
        gaps = self.eigenvalues[:-1] - self.eigenvalues[1:]
        largest, nearest = self.eigenvalues[0], gaps[gaps >= EQUAL].min(initial=1.0)
        return max(1.0 if self.condition > SINGULAR else self.condition, float(largest / nearest))

    def row_weights(self, held: npt.NDArray[np.bool_]) -> tuple[Floats, float]:
        """Weights of rows that hold some variables, and the error of what they lack.

        The composite of the complete rows is regressed on the variables that are held: its slopes
        are what these let expect of the composite of all, its residual the error (Anderson 2003,
        section 2.5).
        """
        there = held[self.varies]
        lacking = self.triangle[:, ~there] @ self.weights[self.varies & ~held]
        known = self.triangle[:, there]
        slopes = np.linalg.lstsq(known, lacking, rcond=None)[0]
        weights = np.where(held, self.weights, 0.0)
        weights[self.varies & held] += slopes
        return weights, float(np.linalg.norm(lacking - known @ slopes))


def factors(
    rows: Floats, names: Sequence[str], rule: Rule, published: Callable[[], Floats]
) -> Factors:
    """Everything of an index that its complete rows decide.

    Args:
        rows: (n, p) complete rows of transformed variables; n >= 1.
        names: (p,) variables.
        rule: Of the index.
        published: (p, p) published eigenvectors, asked for where equal eigenvalues leave their
            directions open: those nearest to the published ones are then taken.
    """
    n, p = rows.shape
    varies = rows.max(axis=0) > rows.min(axis=0)
    moving = rows[:, varies] - rows[:, varies].mean(axis=0)
    standard = moving / np.sqrt((moving**2).sum(axis=0))
    triangle: Floats = np.asarray(np.linalg.qr(standard, mode="r"))
    none = np.full(p, math.nan)
    constants = ", ".join(np.array(names, dtype=object)[~varies])
    if n <= p:
        status = "too_few_rows"
        said = [f"{n} rows for {p} variables: more rows than variables are needed"]
    elif constants:
        status, said = "constant_variable", [f"no spread over the sample: {constants}"]
    else:
        return _estimated(standard, triangle, names, rule, published)
    fixed = rule.fixed_weights
    if fixed is not None:
        said.append("the fixed weights do not depend on it")
    return Factors(
        status=status,
        reason="; ".join(said),
        n_rows=n,
        triangle=triangle,
        varies=varies,
        weights=none if fixed is None else fixed,
        eigenvalues=np.empty(0),
        vectors=np.empty((p, 0)),
        is_kept=np.zeros(p, dtype=bool),
        shares=none,
        msa=none,
    )


def _estimated(
    standard: Floats,
    triangle: Floats,
    names: Sequence[str],
    rule: Rule,
    published: Callable[[], Floats],
) -> Factors:
    n, p = standard.shape
    singular, turned = np.linalg.svd(standard, full_matrices=False)[1:]
    eigenvalues, vectors = singular**2, turned.T
    vectors, is_anchored = _signed(vectors, singular[0], rule.anchor)
    is_kept = _kept(eigenvalues, rule)
    is_pca = rule.method == "pca"
    equal = _tied(eigenvalues)
    if equal.any():
        vectors = _nearest(vectors, published(), eigenvalues)
    tied = equal & is_kept & (eigenvalues > EQUAL)
    shares = np.where(is_kept, eigenvalues, 0.0) / eigenvalues[is_kept].sum()

    status, said = "ok", []
    tests: dict[str, Any] = {"msa": np.full(p, math.nan)}
    near_null = is_null(eigenvalues)
    if p == 1:
        status, said = "single_variable", ["one variable is its own component: no factor tests"]
    elif near_null.any():
        status = "singular_correlation"
        part = np.abs(vectors[:, near_null]).max(axis=1) > COLLINEAR
        said = [f"nearly collinear: {listed(names, part)}; KMO, MSA and Bartlett are undefined"]
    else:
        tests = adequacy(triangle) | {"chi2": sphericity(triangle, n)}
        lone = np.isnan(tests["msa"])
        if lone.any():
            said.append(f"MSA undefined, correlated with no variable: {listed(names, lone)}")
        if is_pca and tied.any():
            status = "tied_eigenvalues"
    if is_pca and tied.any():
        numbers = listed([str(k + 1) for k in range(p)], tied)
        said.append(
            f"components {numbers} have equal eigenvalues: their directions and the weights from "
            "them are arbitrary"
        )
    if not is_anchored:
        said.append(
            f"{names[rule.anchor]} does not load on component 1, whose largest loading is made "
            "positive instead"
        )
    if rule.component_rule == "eigenvalue" and not _exceeds(eigenvalues, rule).any():
        said.append(f"no eigenvalue exceeds {rule.component_threshold:g}: component 1 is kept")
    weights = vectors @ shares
    if rule.fixed_weights is not None:
        weights = rule.fixed_weights
        said += ["the fixed weights do not depend on it"] if status != "ok" else []
    return Factors(
        status=status,
        reason="; ".join(said),
        n_rows=n,
        triangle=triangle,
        varies=np.ones(p, dtype=bool),
        weights=weights,
        eigenvalues=eigenvalues,
        vectors=vectors,
        is_kept=is_kept,
        shares=shares,
        **tests,
    )


def listed(names: Sequence[str], chosen: npt.NDArray[np.bool_]) -> str:
    """Names that are chosen, as one text."""
    return ", ".join(name for name, yes in zip(names, chosen, strict=True) if yes)


def _signed(vectors: Floats, largest: float, anchor: int) -> tuple[Floats, bool]:
    """Component 1 loads positively on the anchor, every other one on its largest loading.

    Where the anchor does not load on it, component 1 is as the others; of equal loadings the first
    decides.
    """
    is_anchored = abs(vectors[anchor, 0]) * largest >= NO_SIGN
    signed = vectors.copy()
    for k, vector in enumerate(vectors.T):
        size = np.abs(vector)
        decides = int(np.flatnonzero(size >= size.max() - NO_SIGN)[0])
        if k == 0 and is_anchored:
            decides = anchor
        if vector[decides] < 0.0:
            signed[:, k] = -vector
    return signed, bool(is_anchored)


def _kept(eigenvalues: Floats, rule: Rule) -> npt.NDArray[np.bool_]:
    """Components kept: all, those above a threshold or enough for a share; at least one."""
    threshold, p = rule.component_threshold, eigenvalues.size
    count = p
    if rule.component_rule == "eigenvalue":
        count = int(_exceeds(eigenvalues, rule).sum())
    elif rule.component_rule == "cumulative_share" and threshold is not None:
        reached = eigenvalues.cumsum() / eigenvalues.sum() >= threshold - ON_THRESHOLD
        count = int(np.argmax(reached)) + 1 if reached.any() else p
    return np.arange(p) < max(count, 1)


def _exceeds(eigenvalues: Floats, rule: Rule) -> npt.NDArray[np.bool_]:
    """Eigenvalues above the threshold of the rule."""
    threshold = -np.inf if rule.component_threshold is None else rule.component_threshold
    return eigenvalues > threshold + ON_THRESHOLD


def is_null(eigenvalues: Floats) -> npt.NDArray[np.bool_]:
    """Components without variance: what is told of them is rounding."""
    return eigenvalues < eigenvalues[:1] / SINGULAR


def _tied(eigenvalues: Floats) -> npt.NDArray[np.bool_]:
    """Eigenvalues that equal the one before or after."""
    equal = eigenvalues[:-1] - eigenvalues[1:] < EQUAL
    return np.asarray(np.append(equal, False) | np.append(False, equal), dtype=bool)


def _nearest(vectors: Floats, published: Floats, eigenvalues: Floats) -> Floats:
    """Directions of equal eigenvalues turned as near as they go to the published ones.

    The nearest orthonormal matrix is the polar factor of their products (Golub and Van Loan 2013,
    section 6.4.1): the published vectors themselves if they span the same space.
    """
    turned = vectors.copy()
    starts = np.flatnonzero(np.append(True, eigenvalues[:-1] - eigenvalues[1:] >= EQUAL))
    for group in np.split(np.arange(eigenvalues.size), starts[1:]):
        if group.size > 1:
            left, _, right = np.linalg.svd(vectors[:, group].T @ published[:, group])
            turned[:, group] = vectors[:, group] @ left @ right
    return turned
