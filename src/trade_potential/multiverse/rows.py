"""What is stored of the specifications of a study: counts by partner-year and option."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trade_potential.linalg import FloatArray
from trade_potential.multiverse.design import Design

Codes = npt.NDArray[np.int8]

CLASSES = {"huge_potential": "huge", "potential_expansion": "expansion",
           "potential_reshaping": "reshaping"}  # fmt: skip
"""Columns of counts by class."""

COLUMNS = (
    *("study_id", "partner_iso3", "dimension", "choice", "year"),
    *("n_specifications", *(f"n_{name}" for name in CLASSES.values()), "n_switches", "n_switched"),
    "k_ratio_alone",
)

DIGITS = 12
"""Significant digits of a stored K: the audit compares to eight."""


def option_rows(
    study: str, design: Design, k_ratio: FloatArray, codes: Codes, keys: pd.MultiIndex,
    orders: Mapping[str, int],
) -> pd.DataFrame:  # fmt: skip
    """Counts over all specifications that take an option.

    A switch replaces the option by one of its dimension, itself included, and nothing else; it
    counts as switched where one of both has the class of the default specification and the other
    has not. Half the mean share of switches over the options of a dimension is the variance that
    the dimension leaves, so that shares of the variance follow from the counts without an error.

    Args:
        study: Its id.
        design: d dimensions.
        k_ratio: (*shape, m) K.
        codes: (*shape, m) number of the class, 0 without K.
        keys: m partners and years.
        orders: Number of each class.

    Returns:
        ``COLUMNS``.
    """
    same = codes == codes[design.default]
    partners, years = (keys.get_level_values(k) for k in (0, 1))
    found = []
    for at, (dimension, options) in enumerate(zip(design.dimensions, design.options, strict=True)):
        held, own = np.moveaxis(codes, at, 0), np.moveaxis(same, at, 0)
        others = tuple(range(len(design.shape) - 1))
        n = len(design) // len(options)
        for k, choice in enumerate(options):
            columns: dict[str, Any] = {
                "study_id": study,
                "partner_iso3": partners,
                "dimension": dimension,
                "choice": choice,
                "year": years,
                "n_specifications": n,
            }
            for name, column in CLASSES.items():
                columns[f"n_{column}"] = (held[k] == orders[name]).sum(axis=others)
            columns["n_switches"] = n * len(options)
            columns["n_switched"] = sum((own[k] != other).sum(axis=others) for other in own)
            alone = k_ratio[design.alone(dimension, k)]
            columns["k_ratio_alone"] = [_rounded(value) for value in alone]
            found.append(pd.DataFrame(columns, columns=list(COLUMNS)))
    return pd.concat(found, ignore_index=True).sort_values(
        ["study_id", "partner_iso3", "year"], kind="stable", ignore_index=True
    )


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
