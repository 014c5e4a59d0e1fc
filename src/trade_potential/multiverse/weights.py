"""Weights of the indicators of an index: by components, all alike, by entropy, by CRITIC."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from trade_potential.errors import InputError
from trade_potential.index.components import ComponentRule
from trade_potential.index.correlation import Correlation
from trade_potential.index.estimate import IndexSettings, estimate_index
from trade_potential.linalg import FloatArray

VARIANCE_SHARE = 0.8
"""Of the components that the rule of a share keeps."""


NOTHING = 1e-12
"""What indicators that say nothing say, in rounding."""


def entropy_weights(values: FloatArray) -> FloatArray:
    """Indicators whose values differ more between rows count more; the sum is 1.

    With p_ij = x_ij / sum_i x_ij, entropy E_j = - sum_i p_ij ln p_ij / ln n and the weight is
    (1 - E_j) / sum_j (1 - E_j).

    Args:
        values: (n, p) not negative, more is better.

    Raises:
        InputError: A value is negative, a column is zero, or none of the columns varies.

    Source: Shannon (1948); Hwang and Yoon (1981), Multiple Attribute Decision Making, p. 52-54.
    """
    totals = values.sum(axis=0)
    if len(values) < 2 or (values < 0.0).any() or not (totals > 0.0).all():
        raise InputError("entropy weights need two rows, none negative, and no column of zeros")
    shares = values / totals
    logs = np.log(np.where(shares > 0.0, shares, 1.0))
    return _shares(1.0 + (shares * logs).sum(axis=0) / np.log(len(values)))


def critic_weights(values: FloatArray) -> FloatArray:
    """Indicators that vary more and say less of what others say count more; the sum is 1.

    The weight is sigma_j sum_k (1 - r_jk), with sigma the standard deviation of x_j and r
    correlations, over its sum.

    Args:
        values: (n, p) rescaled to 0-1, more is better.

    Raises:
        InputError: A column does not vary.

    Source: Diakoulaki, Mavrotas and Papayannakis (1995), Computers & Operations Research 22(7),
    763-770, equations 3 and 4.
    """
    deviation = values.std(axis=0, ddof=1)
    if len(values) < 2 or not (deviation > 0.0).all():
        raise InputError("CRITIC weights need columns that vary")
    correlation = np.atleast_2d(np.corrcoef(values, rowvar=False))
    return _shares(deviation * (1.0 - correlation).sum(axis=1))


def _shares(values: FloatArray) -> FloatArray:
    if not values.sum() > NOTHING:
        raise InputError("weights of indicators that say nothing")
    shares: FloatArray = values / values.sum()
    return shares


def rescaled(values: FloatArray, sample: FloatArray) -> FloatArray:
    """(m, p) values by the (p,) least and largest of the sample, which become 0 and 1."""
    low, high = sample.min(axis=0), sample.max(axis=0)
    found: FloatArray = (values - low) / (high - low)
    return found


def standardised(values: FloatArray, sample: FloatArray) -> FloatArray:
    """(m, p) values less the (p,) means of the sample, in its standard deviations."""
    found: FloatArray = (values - sample.mean(axis=0)) / sample.std(axis=0, ddof=1)
    return found


NORMALISATIONS: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "zscore": standardised,
    "minmax": rescaled,
}
COMPONENTS: dict[str, tuple[ComponentRule, float]] = {
    "pca_eigenvalue": ("eigenvalue", 1.0),
    "pca_variance_share": ("cumulative_share", VARIANCE_SHARE),
    "pca_first": ("eigenvalue", 1e9),
}
"""Rule of the components kept and its threshold; no eigenvalue exceeds the last: one is kept."""


def indicator_weights(
    sample: FloatArray, names: tuple[str, ...], method: str, *, anchor: str
) -> FloatArray:
    """(p,) weights of normalised indicators.

    Args:
        sample: (n, p) complete rows, more is better.
        names: Of the p indicators.
        method: Of ``COMPONENTS``, equal, entropy or critic.
        anchor: On which the first component loads positively; where it is none of the indicators,
            the first of them is.

    Raises:
        InputError: The method is unknown, or the sample has no such weights.
    """
    if method == "equal":
        return np.full(len(names), 1.0 / len(names))
    if method in ("entropy", "critic"):
        of = entropy_weights if method == "entropy" else critic_weights
        return of(rescaled(sample, sample))
    if method not in COMPONENTS:
        raise InputError(f"weights {method!r}: none of {', '.join((*COMPONENTS, *OTHERS))}")
    rule, threshold = COMPONENTS[method]
    found = estimate_index(
        Correlation.of(names, len(sample), np.atleast_2d(np.corrcoef(sample, rowvar=False))),
        IndexSettings(
            method="pca",
            component_rule=rule,
            component_threshold=threshold,
            anchor=anchor if anchor in names else names[0],
        ),
    )
    if found.components is None:
        raise InputError(f"weights {method}: {found.status}: {found.reason}")
    return found.weights


OTHERS = ("equal", "entropy", "critic")
"""Methods without components."""
