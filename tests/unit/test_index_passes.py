"""Correlations of a table, block by block."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest

from trade_potential.index import on_duckdb
from trade_potential.rows import batches

EXACT = 1e-12
"""Correlations of the same rows."""


@pytest.mark.parametrize("offset", [0.0, 2.0, 1e3])
def test_correlations_do_not_depend_on_the_first_rows(
    monkeypatch: pytest.MonkeyPatch, offset: float
) -> None:
    """Of blocks that lie far apart, in steps of the standard deviation."""
    monkeypatch.setattr(batches, "BATCH_ROWS", 50)
    rng = np.random.default_rng(1)
    values = rng.normal(size=(5000, 4)) @ rng.normal(size=(4, 4))
    values[:50] += offset * values.std(axis=0)
    values[:50, 1] -= offset * values[:, 1].std()
    frame = pd.DataFrame(values, columns=[f"v{k}" for k in range(4)])
    frame["v4"] = 0.1
    frame.loc[:, "v5"] = 0.3
    frame.loc[4999, "v5"] = 0.4
    with duckdb.connect() as connection:
        connection.register("rows_of_test", frame)
        found = on_duckdb.table_correlation(
            connection, "rows_of_test", variables=[f"x{k}" for k in range(6)]
        )
    known = [0, 1, 2, 3, 5]
    theirs = np.corrcoef(frame.to_numpy()[:, known].T)
    ours = found.correlation.matrix[np.ix_(known, known)]
    np.testing.assert_allclose(ours, theirs, rtol=0.0, atol=EXACT)
    assert np.isnan(found.correlation.matrix[4]).all()
    np.testing.assert_allclose(found.origin + found.mean, frame.mean(), rtol=1e-9)
    np.testing.assert_allclose(found.deviation[known], frame.std().iloc[known], rtol=1e-9)
