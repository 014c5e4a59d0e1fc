"""Samples made again: what enters a regression, which pairs are compared, why a row is lost."""

from __future__ import annotations

from hashlib import md5

import numpy as np
import pandas as pd
import pytest

from trade_potential.audit.marts.reports import rounded
from trade_potential.audit.marts.sample import _lost, transformed, whole_pairs


@pytest.mark.parametrize(
    ("kind", "value", "settings", "expected"),
    [
        ("none", 50.0, {"divisor": 10.0}, 5.0),
        ("none", 1.0, {"floor": 2.0}, 2.0),
        ("ln", np.e**2, {}, 2.0),
        ("ln", 1e4, {"divisor": 1e4}, 0.0),
        ("ln", 0.0, {}, np.nan),
        ("ln", 0.0, {"floor": 1.0}, 0.0),
        ("ln", np.nan, {"floor": 1.0}, np.nan),
        ("ln1p", 0.0, {}, 0.0),
        ("ln1p", -1.0, {}, np.nan),
        ("ln1p", np.e - 1.0, {}, 1.0),
    ],
)
def test_a_value_enters_as_its_row_says(
    kind: str, value: float, settings: dict[str, float], expected: float
) -> None:
    (found,) = transformed([value], kind, **settings)
    np.testing.assert_allclose(found, expected, atol=1e-15)


def test_up_to_the_limit_every_row_is_compared_and_above_whole_pairs_by_md5() -> None:
    codes = [f"P{k}" for k in range(9)]
    rows = pd.DataFrame(
        [("CHN", code) for code in codes for _ in range(4)],
        columns=["reporter_code", "partner_code"],
    )
    kept, said = whole_pairs(rows, len(rows))
    assert (kept.all(), said) == (True, "")
    kept, said = whole_pairs(rows, 14)  # three pairs of four rows, and no fourth
    first = sorted(codes, key=lambda code: md5(f"CHN-{code}".encode()).hexdigest())[:3]  # noqa: S324
    assert set(rows.loc[kept, "partner_code"]) == set(first)
    assert said == "sample of 3 pairs, 12 of 36 rows"


def test_the_first_step_that_loses_a_row_is_told() -> None:
    rows = pd.DataFrame(
        {
            "pair_id": ["a", None, "a", "a", "a", "a", "a", "a", "a"],
            "goods_trade_usd": [1.0, 1.0, np.nan, 1.0, -1.0, 1.0, 1.0, 0.0, 0.0],
            "actual_usd": [1.0, 1.0, np.nan, np.nan, -1.0, 1.0, 1.0, 0.0, 0.0],
            "outcome_transform": "ln",
            "is_unreported": [False] * 8 + [True],
            "trade_missing_reason": "no trade reported",
            "ecommerce_missing_reason": "no e-commerce volume for the year",
        }
    )
    missing = np.array([""] * 5 + ["lncpi, lnopen", "", "", ""], dtype=object)
    undefined = np.array([""] * 5 + ["lnnet", "lnnet", "", ""], dtype=object)
    step, reason = _lost(rows, missing, undefined)
    assert list(zip(step.fillna(""), reason.fillna(""), strict=True)) == [
        ("", ""),
        ("country_code", "the code stands for no country of today"),
        ("trade_flow", "no trade reported"),
        ("ecommerce_scale", "no e-commerce volume for the year"),
        ("trade_flow", "trade is negative"),
        ("regressors", "no value for lncpi, lnopen"),
        ("logarithm", "no logarithm of lnnet"),
        ("logarithm", "trade is zero"),
        ("logarithm", "trade is zero: BACI lists no flow"),
    ]


def test_a_report_rounds_halves_away_from_zero() -> None:
    np.testing.assert_array_equal(
        rounded([0.0625, -0.0625, 2e12 + 0.5, np.nan], 3), [0.063, -0.063, 2e12 + 0.5, np.nan]
    )
