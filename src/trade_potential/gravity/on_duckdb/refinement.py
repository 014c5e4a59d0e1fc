"""Estimates with the digits back that their moments have lost, from the scores of rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from trade_potential.gravity.on_duckdb.source import KEYS
from trade_potential.gravity.scores import all_slopes, design_slots, score_columns
from trade_potential.precision import CONSTANT_TOLERANCE
from trade_potential.rows.columns import numbers
from trade_potential.sql.render import macros

if TYPE_CHECKING:
    import duckdb

    from trade_potential.gravity.estimate import Estimate
    from trade_potential.gravity.moments import PanelMoments

REFINEMENTS = 6
"""Passes of ``refined`` at most; each gains as many digits as the condition number has left."""


def refined(
    connection: duckdb.DuckDBPyConnection,
    moments: PanelMoments,
    estimate: Estimate,
    scores_of: Callable[[Estimate], str],
) -> Estimate:
    """The estimate corrected for scores that are not zero, as they are at the minimum.

    Residuals are taken from the rows: Newton's steps, of which each takes one pass over them. See
    ``Estimate.digits_lost``.

    Args:
        connection: Where the rows are.
        moments: What the estimate was computed from.
        estimate: An estimate with numbers.
        scores_of: Makes a relation of the scores of a fit, as ``row_scores`` and ``between_scores``
            of scores.sql do, and returns its name.

    Source: Björck (1996), Numerical Methods for Least Squares Problems, section 2.9.3.
    """
    used = design_slots(moments.terms, estimate.terms, len(moments.terms))
    design = score_columns(moments, estimate)
    spread, slots = moments.spread, [(k - 1) % len(moments.terms) + 1 for k in used[1:]]
    last = np.inf
    for _ in range(REFINEMENTS):
        query = macros().summed_scores(scores_of(estimate), KEYS, design)
        sums = connection.execute(query).fetchnumpy()
        step = estimate.bread @ np.array([numbers(sums, f"m{k}")[0] for k in used])
        estimate = replace(estimate, ssr=float(numbers(sums, "ssr")[0]))
        # In standard units: beside a coefficient that is zero no step is small.
        slopes, constant = step[1:] * spread[slots], step[0] + estimate.term_means @ step[1:]
        size = float(np.abs([constant, *slopes]).max())
        if not size < last / 2.0:  # what is left is the rounding of the residuals
            break
        last = size
        estimate = estimate.moved(step)
    return estimate.with_ssr(0.0 if _is_rounding(moments, estimate) else estimate.ssr)


def _is_rounding(moments: PanelMoments, estimate: Estimate) -> bool:
    """Whether residuals are no larger than the rounding of the values that they are made of."""
    p = len(moments.terms)
    slopes = np.abs(all_slopes(moments.terms, estimate)).reshape(2, p).sum(axis=0)
    size = np.hypot(moments.centre, moments.spread) @ np.concatenate([[1.0], slopes])
    return bool(estimate.ssr <= estimate.n_rows * (CONSTANT_TOLERANCE * size) ** 2)
