"""Products with powers of the fit, for Ramsey's test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.reset import RESET_POWERS, scaled_slopes
from trade_potential.linalg import FloatArray
from trade_potential.rows.batches import CentredProducts, batches, doubles

if TYPE_CHECKING:
    import duckdb


def reset_products(
    connection: duckdb.DuckDBPyConnection,
    moments: PanelMoments,
    pooled_fit: Estimate,
    powers: tuple[int, ...] = RESET_POWERS,
) -> FloatArray | None:
    """Products that ``reset`` reads, in one more pass over the rows.

    None where the fit has no numbers. Arguments as ``fit_meats``.
    """
    if not pooled_fit.is_estimated:
        return None
    scaled, used = scaled_slopes(moments, pooled_fit), [0, *moments.positions(pooled_fit.terms)]
    sums = CentredProducts.of_none(len(used) + len(powers))
    columns = ", ".join(
        [*(f"v{k}" for k in range(len(moments.mean))), *(["mass"] if moments.is_weighted else [])]
    )
    for block in batches(connection, f"select {columns} from panel_rows"):
        values = doubles(block.columns)
        weights = values.pop() if moments.is_weighted else None
        rows = np.array(values)
        fit = scaled @ (rows[1:] - moments.mean[1:, None])
        sums.add(np.vstack([rows[used], *(fit**power for power in powers)]), weights)
    return sums.products
