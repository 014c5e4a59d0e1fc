"""Sums of products of scores, as SQL returns them in wide tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trade_potential.gravity.moments import MEAN_OF
from trade_potential.linalg import FloatArray
from trade_potential.rows.columns import numbers

if TYPE_CHECKING:
    from trade_potential.gravity.estimate import Estimate
    from trade_potential.gravity.moments import PanelMoments
    from trade_potential.gravity.on_blocks.entity_sums import EntitySums
    from trade_potential.rows.columns import Table
    from trade_potential.rows.times import TimeOrder


@dataclass(frozen=True)
class Meats:
    """Sums of products of the scores of one fit, k scores with the constant first.

    Attributes:
        by_entity: (k, k) sum over entities of products of their scores.
        by_row: (k, k) sum over rows of products; None where it was not computed, and for between.
        by_time: (T, k) scores of each time in order; None likewise.
        times: That order; None where times are years.
    """

    by_entity: FloatArray
    by_row: FloatArray | None = None
    by_time: FloatArray | None = None
    times: TimeOrder | None = None

    @classmethod
    def of(cls, by_entity: Table, by_time: Table | None, used: list[int]) -> Meats:
        """Read one row of products by entity and, in order of time, rows of ``time_scores``."""
        meat = read_products(by_entity, used)
        if by_time is None or len(by_time["m0"]) == 0:
            return cls(meat)
        sums = np.column_stack([numbers(by_time, f"m{k}") for k in used])
        return cls(meat, read_products(by_time, used), sums)


def design_slots(regressors: tuple[str, ...], terms: tuple[str, ...], n_slots: int) -> list[int]:
    """Columns of the scores of the constant and of ``terms``.

    A regressor stands at its position from 1, its entity mean ``n_slots`` further.
    """
    slot_of = {term: k for k, term in enumerate(regressors, start=1)}
    slot_of |= {MEAN_OF.format(term): n_slots + k for term, k in slot_of.items()}
    return [0, *(slot_of[term] for term in terms)]


def score_columns(moments: PanelMoments, fit: Estimate) -> list[int]:
    """Columns of the scores of a fit: the constant, the regressors, their means if any."""
    p = len(moments.terms)
    return list(range(2 * p + 1 if fit.spec.has_means else p + 1))


def all_slopes(regressors: tuple[str, ...], fit: Estimate) -> list[float]:
    """Slopes of the regressors and then of their means, 0 of those that are not in the fit."""
    return [slope or 0.0 for slope in own_slopes(regressors, fit)]


def own_slopes(regressors: tuple[str, ...], fit: Estimate) -> list[float | None]:
    """The same, None of those that are not in the fit."""
    terms = [*regressors, *(MEAN_OF.format(term) for term in regressors)]
    slopes = dict(zip(fit.terms, fit.slopes.tolist(), strict=True))
    return [slopes.get(term) for term in terms]


def entity_scores(moments: PanelMoments, fit: Estimate, pairs: EntitySums) -> FloatArray:
    """(k + 1, G) scores of entities, constant first; no row is needed, their products say it all.

    Two-way effects are not of this kind, their scores need the times of rows.

    Args:
        moments: What the fit was computed from.
        fit: An estimate with numbers.
        pairs: G of its entities.

    Source: Arellano (1987), Computing Robust Standard Errors for Within-groups Estimators, for the
    within estimator; the others with the weights of ``Estimate``.
    """
    p, products = len(moments.terms), pairs.products
    slopes = np.array(all_slopes(moments.terms, fit))
    between = fit.between_weights[np.searchsorted(moments.sizes, pairs.rows)]
    apart = pairs.means - moments.mean[:, None]
    residual = apart[0] - fit.centred_constant - (slopes[:p] + slopes[p:]) @ apart[1:]
    residual *= between * (pairs.mass / pairs.rows)
    scores = []
    for slot in design_slots(moments.terms, fit.terms, p):
        if slot == 0:
            scores.append(residual)
            continue
        score = apart[slot if slot <= p else slot - p] * residual
        if slot <= p and fit.within_weight:
            for j, slope in enumerate([-1.0, *slopes[:p]]):
                sums = products.get((min(j, slot), max(j, slot)))
                if sums is not None and slope:
                    score -= fit.within_weight * slope * sums
        scores.append(score)
    return np.array(scores)


def read_products(rows: Table, used: list[int]) -> FloatArray:
    """(k, k) symmetric matrix of the columns c_i_j, i <= j, of the slots used; rows are summed."""
    names = [[f"c_{min(i, j)}_{max(i, j)}" for j in used] for i in used]
    # NaN in a sum is NaN: what has no value stays without, and is not 0.
    sums = {name: numbers(rows, name).sum() for name in {name for row in names for name in row}}
    return np.array([[float(sums[name]) for name in row] for row in names])
