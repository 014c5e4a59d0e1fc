"""A wrong unit is told at its own row, whatever stands beside it."""

from __future__ import annotations

import pandas as pd
import pytest

from trade_potential.quality.slips import jump_factor, spike_factor


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


def spikes(values: list[float], noted: float = 0.0) -> list[float]:
    frame = pd.DataFrame({"country": "KAZ", "value": values})
    frame["year"] = range(2010, 2010 + len(values))
    return spike_factor(frame, ["country"], "value", noted=noted).tolist()


@pytest.mark.parametrize("slip", [10.0, 0.1])
def test_a_digit_too_many_or_too_few_is_told_between_years_that_agree(slip: float) -> None:
    found = spikes([8.0, 9.0, 8.0 * slip, 7.2, 8.0])
    mean = (9.0 * 7.2) ** 0.5
    assert found[2] == pytest.approx(8.0 * slip / mean if slip > 1 else mean / (8.0 * slip))
    assert [n for n, factor in enumerate(found) if factor >= 6] == [2]
    assert pd.Series(spikes([8.0, 9.0, 8.0 * slip, 7.2, 8.0], noted=100.0)).isna().all()


def test_a_level_that_moves_or_ends_is_no_spike() -> None:
    assert max(f for f in spikes([1.0, 1.0, 10.0, 10.0, 10.0]) if f == f) == 1.0
    assert pd.Series(spikes([1.0, 10.0, 4.0])).isna().all()
    assert pd.Series(spikes([10.0, 0.0, 10.0])).isna().all()
