"""Which choice moves an answer: shares of its variance over a finite product of choices.

Of an answer Y(x_1, ..., x_d) whose choices are drawn independently, all options alike,

    first order  S_i = Var E[Y | x_i] / Var Y,    total  T_i = E Var[Y | x_not_i] / Var Y.

S_i is what x_i explains by itself, T_i what is left once all others are known, with everything in
which x_i takes part. Over a full product both are sums, without an error.

Source: Sobol' (2001), Mathematics and Computers in Simulation 55, 271-280; Homma and Saltelli
(1996), Reliability Engineering and System Safety 52, 1-17; of composite indicators Saisana,
Saltelli and Tarantola (2005), Journal of the Royal Statistical Society A 168(2), 307-323.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trade_potential.linalg import FloatArray


@dataclass(frozen=True)
class VarianceShares:
    """Of m answers over d choices.

    Attributes:
        variance: (m,) over all specifications.
        first_order, total: (d, m); NaN where the variance is 0.
    """

    variance: FloatArray
    first_order: FloatArray
    total: FloatArray


def variance_shares(answers: FloatArray) -> VarianceShares:
    """Exact shares over a full product.

    Args:
        answers: (n_1, ..., n_d, m) m answers of each specification.
    """
    d = answers.ndim - 1
    every = tuple(range(d))
    variance = answers.var(axis=every)
    moves = variance > 0.0
    scale = np.where(moves, variance, np.nan)
    first, total = [], []
    for i in every:
        means = answers.mean(axis=tuple(k for k in every if k != i))
        first.append(means.var(axis=0) / scale)
        total.append(answers.var(axis=i).mean(axis=tuple(range(d - 1))) / scale)
    return VarianceShares(variance, np.array(first), np.array(total))
