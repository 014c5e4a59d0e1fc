"""Weights of the rows of an index, by the variables that they have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from trade_potential.index.correlation import Correlation
from trade_potential.index.partial import row_weights
from trade_potential.results.index import KEYS, variables_in_order
from trade_potential.results.typed import BySlot, frame_of


@dataclass(frozen=True, kw_only=True)
class RowWeightsRow:
    """Weights w1.. of the rows of an index that have the same variables, and their error."""

    available_slots: str
    composite_se: float
    by_slot: BySlot


def weights_of_rows(
    patterns: pd.DataFrame,
    variables: pd.DataFrame,
    moments: pd.DataFrame,
    terms: pd.DataFrame,
    *,
    max_terms: int,
) -> pd.DataFrame:
    """One row per index and set of variables that rows of it have.

    Args:
        patterns: study_id, index_spec_id, available_slots: a 1 for each slot that has a value, else
            a 0.
        variables: study_id, index_spec_id, variable, weight of complete rows; null where the index
            was refused, whose rows have no weights.
        moments: As ``estimate_indices``.
        terms: As ``estimate_indices``.
        max_terms: Variables that the columns by slot provide for.
    """
    weights = {
        (str(study), str(spec)): group.set_index("variable")["weight"]
        for (study, spec), group in variables.groupby([*KEYS])
    }
    correlations = dict(list(moments.groupby([*KEYS])))
    found: dict[tuple[str, str], list[RowWeightsRow]] = {}
    for key, group in patterns.groupby([*KEYS], sort=True):
        study_id, spec_id = map(str, key)
        if (study_id, spec_id) not in weights or weights[study_id, spec_id].isna().any():
            continue
        names = variables_in_order(spec_id, terms[terms["index_spec_id"] == spec_id])
        given = weights[study_id, spec_id].loc[list(names)].to_numpy(dtype=float)
        matrix = Correlation.from_rows(correlations[study_id, spec_id], names).matrix
        found[study_id, spec_id] = [
            _row(pattern, matrix, given, max_terms) for pattern in sorted(group["available_slots"])
        ]
    slots = [f"w{k}" for k in range(1, max_terms + 1)]
    return frame_of(RowWeightsRow, found, keys=KEYS, slots=slots)


def _row(pattern: str, matrix: np.ndarray, weights: np.ndarray, max_terms: int) -> RowWeightsRow:
    p = len(weights)
    own = row_weights(matrix, weights, np.array([slot == "1" for slot in pattern[:p]]))
    by_slot = np.full(max_terms, np.nan)
    by_slot[:p] = own.weights
    return RowWeightsRow(available_slots=pattern, composite_se=own.error, by_slot=by_slot)
