"""Series, years and flows that stand in each other's place, and what digits and runs tell."""

from __future__ import annotations

import numpy as np

from trade_potential.quality.cubes import longest_run, significant_digits
from trade_potential.quality.exchanged import exchanged_years, swaps
from trade_potential.quality.totals import crossed_years


def test_swaps_are_mutual_and_clear() -> None:
    years = np.arange(6.0)
    own = np.array([years, years + 3, years + 9])
    witness = own[[1, 0, 2]] + 0.01
    assert swaps(own, witness, 0.1) == {0: 1, 1: 0}
    assert swaps(own, own + 0.01, 0.1) == {}
    copied = own[[1, 1, 2]]  # the second keeps its own
    assert swaps(copied, own, 0.1) == {}


def test_digits_and_runs() -> None:
    values = np.array([12.0, 99.65, 140.625, 0.123456789, 0.0, np.nan])
    assert significant_digits(values).tolist() == [2, 4, 6, 6, 0, 0]
    length, end = longest_run(np.array([[True, False, True, True], [False] * 4]))
    assert (length.tolist(), end.tolist()) == ([2, 0], [3, 0])


def test_years_exchanged_and_flows_crossed() -> None:
    years = np.arange(2010, 2015)
    witness = np.array([[0.0, 0.2, 0.4, 0.6, 0.8]])
    own = witness[:, [0, 3, 2, 1, 4]] + 0.01
    assert exchanged_years(years, own, witness, 0.1) == ["2011 and 2013"]
    assert exchanged_years(years, witness + 0.01, witness, 0.1) == [None]
    exports, imports = witness, witness - 0.9
    mixed = np.where(years == 2012, imports, exports), np.where(years == 2012, exports, imports)
    crossed = crossed_years(years, (mixed[0], exports + 0.02), (mixed[1], imports - 0.02))
    assert crossed == ["2012"]
    assert crossed_years(years, (exports, exports + 0.2), (imports, imports)) == [None]
