"""Shares of variance beside analytic values and SciPy's draws, and counts that hold them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from trade_potential.linalg import FloatArray
from trade_potential.multiverse.design import Design
from trade_potential.multiverse.rows import COLUMNS, option_rows
from trade_potential.multiverse.shares import variance_shares

ROUNDING = 1e-12
ANALYTIC = 1e-3
"""Of a grid beside the integral, and of draws beside the sum."""


def grid(points: int) -> FloatArray:
    """Midpoints of equal parts of [-pi, pi]."""
    return -np.pi + (np.arange(points) + 0.5) * 2.0 * np.pi / points


def ishigami(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    """Ishigami and Homma (1990), with a = 7 and b = 0.1."""
    found: FloatArray = np.sin(x) + 7.0 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)
    return found


V1, V2, V13 = (
    0.5 * (1.0 + 0.1 * np.pi**4 / 5.0) ** 2,
    7.0**2 / 8.0,
    0.1**2 * np.pi**8 * (1.0 / 18.0 - 1.0 / 50.0),
)
VARIANCE = V1 + V2 + V13
FIRST = np.array([V1, V2, 0.0]) / VARIANCE
TOTAL = np.array([V1 + V13, V2, V13]) / VARIANCE


def test_of_ishigamis_function_shares_are_the_analytic_ones() -> None:
    x = grid(128)
    found = variance_shares(ishigami(*np.meshgrid(x, x, x, indexing="ij"))[..., None])
    assert found.variance[0] == pytest.approx(VARIANCE, rel=ANALYTIC)
    assert found.first_order[:, 0] == pytest.approx(FIRST, abs=ANALYTIC)
    assert found.total[:, 0] == pytest.approx(TOTAL, abs=ANALYTIC)


def test_of_a_linear_function_first_and_total_are_its_squared_slopes() -> None:
    slopes, sizes = np.array([1.0, -2.0, 0.5]), (3, 4, 5)
    values = [np.linspace(0.0, 1.0, size) for size in sizes]
    answers = sum(
        slope * part
        for slope, part in zip(slopes, np.meshgrid(*values, indexing="ij"), strict=True)
    )
    expected = np.array([s**2 * v.var() for s, v in zip(slopes, values, strict=True)])
    found = variance_shares(np.asarray(answers)[..., None])
    assert found.first_order[:, 0] == pytest.approx(expected / expected.sum(), abs=ROUNDING)
    assert found.total[:, 0] == pytest.approx(expected / expected.sum(), abs=ROUNDING)


def test_shares_are_those_that_draws_come_to() -> None:
    """SciPy: first order by Saltelli (2010), total by Jansen (1999), as COINr's get_sensitivity."""
    rng = np.random.default_rng(3)
    answers = (rng.random((3, 2, 4)) < 0.4).astype(float)
    exact = variance_shares(answers[..., None])

    def drawn(x: FloatArray) -> FloatArray:
        at = tuple((part * size).astype(int) for part, size in zip(x, answers.shape, strict=True))
        return np.asarray(answers[at], dtype=float)[None, :]

    found = stats.sobol_indices(
        func=drawn,
        n=2**17,
        dists=[stats.uniform()] * 3,  # type: ignore[list-item]
        rng=np.random.default_rng(4),
    )
    assert found.first_order.ravel() == pytest.approx(exact.first_order[:, 0], abs=5.0 * ANALYTIC)
    assert found.total_order.ravel() == pytest.approx(exact.total[:, 0], abs=5.0 * ANALYTIC)


def test_an_answer_that_nothing_moves_has_no_shares() -> None:
    found = variance_shares(np.ones((2, 3, 1)))
    assert found.variance[0] == 0.0
    assert np.isnan([*found.first_order[:, 0], *found.total[:, 0]]).all()


DESIGN = Design(("a", "b", "c"), (("a1", "a2"), ("b1", "b2", "b3"), ("c1", "c2")), (0, 1, 0))
ORDERS = {"huge_potential": 1, "potential_expansion": 2, "potential_reshaping": 3}


@pytest.fixture(scope="module")
def counted() -> tuple[np.ndarray, pd.DataFrame]:
    """Classes of two partner-years at random, one specification without, and their rows."""
    rng = np.random.default_rng(9)
    codes = rng.integers(1, 4, size=(*DESIGN.shape, 2)).astype(np.int8)
    codes[1, 2, 1, 0] = 0
    k_ratio = np.array([np.nan, 0.5, 1.0, 2.0])[codes]
    keys = pd.MultiIndex.from_tuples([("KAZ", 2019), ("KAZ", 2020)])
    return codes, option_rows("s", DESIGN, k_ratio, codes, keys, ORDERS)


def test_counts_are_those_of_every_specification(
    counted: tuple[np.ndarray, pd.DataFrame],
) -> None:
    codes, rows = counted
    assert rows.columns.tolist() == list(COLUMNS)
    assert len(rows) == 2 * (2 + 3 + 2)
    for row in rows.to_dict("records"):
        at, k = DESIGN.dimensions.index(row["dimension"]), row["year"] - 2019
        option = DESIGN.options[at].index(row["choice"])
        of_year = codes[..., k]
        own, switches, switched = list[int](), 0, 0
        default = int(of_year[DESIGN.default])
        for place in product(*(range(size) for size in DESIGN.shape)):
            if place[at] != option:
                continue
            own.append(int(of_year[place]))
            for other in range(DESIGN.shape[at]):
                there = int(of_year[(*place[:at], other, *place[at + 1 :])])
                switches += 1
                switched += int((own[-1] == default) != (there == default))
        assert (row["n_specifications"], row["n_switches"]) == (len(own), switches)
        of_class = [row[f"n_{name}"] for name in ("huge", "expansion", "reshaping")]
        assert of_class == [own.count(c) for c in (1, 2, 3)]
        assert row["n_switched"] == switched


def test_shares_of_variance_follow_from_counts(
    counted: tuple[np.ndarray, pd.DataFrame],
) -> None:
    codes, rows = counted
    same = codes == codes[DESIGN.default]
    exact = variance_shares(same.astype(float))
    for k, year in enumerate((2019, 2020)):
        for i, name in enumerate(DESIGN.dimensions):
            own = rows[(rows["year"] == year) & (rows["dimension"] == name)]
            left = (own["n_switched"] / own["n_switches"]).mean() / 2.0
            assert left / exact.variance[k] == pytest.approx(exact.total[i, k], abs=ROUNDING)
            column = ("huge", "expansion", "reshaping")[codes[(*DESIGN.default, k)] - 1]
            means = own[f"n_{column}"] / own["n_specifications"]
            first = means.var(ddof=0) / exact.variance[k]
            assert first == pytest.approx(exact.first_order[i, k], abs=ROUNDING)


def test_k_alone_changes_one_choice(counted: tuple[np.ndarray, pd.DataFrame]) -> None:
    codes, rows = counted
    of_class = {1: 0.5, 2: 1.0, 3: 2.0}
    own = rows[(rows["year"] == 2020) & (rows["dimension"] == "b")]
    expected = [of_class[int(codes[0, option, 0, 1])] for option in range(3)]
    assert own["k_ratio_alone"].tolist() == expected
