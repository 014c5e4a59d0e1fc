"""A wrong unit is told at its own row, whatever stands beside it."""

from __future__ import annotations

import pandas as pd
import pytest

from trade_potential.quality.slips import jump_factor


def factors(values: list[float], years: list[int] | None = None, noted: float = 0.0) -> list[float]:
    frame = pd.DataFrame({"country": "KAZ", "value": values})
    frame["year"] = years or list(range(2010, 2010 + len(values)))
    return jump_factor(frame, ["country"], "value", noted=noted).tolist()


@pytest.mark.parametrize("at", range(4))
def test_thousands_are_told_at_their_row(at: int) -> None:
    values = [2.0, 2.0, 2.0, 2.0]
    values[at] *= 1000
    assert [n for n, factor in enumerate(factors(values)) if factor >= 1000] == [at]


def test_shortfall_needs_both_years_beside_it() -> None:
    assert [n for n, f in enumerate(factors([2.0, 2.0, 0.002, 2.0, 2.0])) if f >= 1000] == [2]
    assert max(f for f in factors([0.002, 2.0, 2.0]) if f == f) == 1.0


def test_gap_and_small_values_tell_nothing() -> None:
    assert pd.Series(factors([2.0, 2000.0, 2.0], [2000, 2005, 2010])).isna().all()
    assert pd.Series(factors([2.0, 2000.0, 2.0], noted=1e4)).isna().all()
