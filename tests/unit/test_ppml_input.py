"""PPML on bad input, odd types and any column name."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.unit.test_ppml import (
    EXACT,
    TERMS,
    THREE_WAY,
    fitted_on,
    gravity_fit,
    gravity_rows,
    rows_of,
)

from trade_potential.errors import InputError
from trade_potential.ppml.estimate import fit_ppml

# --- Bad input ------------------------------------------------------------------------------------

GOOD: dict[str, Any] = {"y": [1.0, 0.0, 3.0, 7.0], "x": [1.0, 2.0, 1.0, 4.0], "w": [1.0] * 4}


@pytest.mark.parametrize(
    ("column", "value", "complaint"),
    [
        ("y", -1.0, r"y is negative in \(entity, time\) \(2, 1\)"),
        ("y", np.nan, r"y is not a finite number in \(entity, time\) \(2, 1\)"),
        ("y", np.inf, "y is not a finite number"),
        ("x", np.nan, "x is not a finite number"),
        ("x", -np.inf, "x is not a finite number"),
        ("w", 0.0, "w is not positive"),
    ],
)
def test_bad_numbers_name_their_keys(column: str, value: float, complaint: str) -> None:
    bad = {k: list(v) for k, v in GOOD.items()}
    bad[column][2] = value
    with pytest.raises(InputError, match=complaint):
        fitted_on(bad, "x", weights="w")


def test_only_the_first_offending_keys_are_named() -> None:
    with pytest.raises(InputError, match=r"\(0, 1\), \(1, 1\), \(2, 1\) and 2 more"):
        fitted_on({"y": [-1.0] * 5, "x": range(5)}, "x")


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"regressors": []}, "no regressors"),
        ({"regressors": ["x", "x"]}, "regressor x is there twice"),
        ({"regressors": ["nothing"]}, "no column nothing"),
        ({"effects": [("t",), ("t",)]}, "effect .* is there twice"),
        ({"effects": [()]}, "an effect has no columns"),
        ({"entity": "t"}, "t is entity and time"),
        ({"weights": "v"}, "no column v"),
    ],
)
def test_bad_settings(settings: dict[str, Any], complaint: str) -> None:
    rest = {"outcome": "y", "regressors": ["x"], "entity": "e", "time": "t", **settings}
    with pytest.raises(InputError, match=complaint):
        fit_ppml(rows_of(GOOD), **rest)


def test_bad_columns() -> None:
    rows = rows_of(GOOD)
    settings: dict[str, Any] = {"outcome": "y", "regressors": ["x"], "entity": "e", "time": "t"}
    with pytest.raises(InputError, match="two columns x"):
        fit_ppml(pd.concat([rows, rows[["x"]]], axis=1), **settings)
    with pytest.raises(InputError, match="column x is not numeric"):
        fit_ppml(rows.assign(x=["1", "2", "3", "4"]), **settings)
    with pytest.raises(InputError, match=r"e holds what is no key: .*list"):
        fit_ppml(rows.assign(e=[["a"], ["b"], ["c"], ["d"]]), **settings)
    with pytest.raises(InputError, match="e is missing in row 2"):
        fit_ppml(rows.assign(e=["a", None, "b", "c"]), **settings)
    with pytest.raises(InputError, match=r"key is there twice in \(entity, time\) \(a, 1\)"):
        fit_ppml(rows.assign(e=["a", "a", "b", "c"]), **settings)


def test_decimals_nullable_types_and_mixed_keys_are_read() -> None:
    plain = fitted_on(GOOD, "x")
    typed = rows_of(GOOD).assign(
        y=[Decimal("1"), Decimal("0"), Decimal("3"), Decimal("7")],
        x=pd.array([1.0, 2.0, 1.0, 4.0], dtype="Float64"),
        e=["a", 1, "b", 2.5],
    )
    fit = fit_ppml(typed, outcome="y", regressors=["x"], entity="e", time="t")
    np.testing.assert_allclose(fit.coefficients, plain.coefficients, rtol=0.0, atol=EXACT)


ABSURD = [
    "y ~ x | z",
    "a b",
    '"; drop table x; --',
    "log(x) + 1",
    "Straße`\n",
    "C(year)^2",
    "w",
    "1",
]


def test_any_text_is_a_column_name() -> None:
    rows = gravity_rows(6)
    usual = ["trade", *TERMS, "pair", "year", "exporter", "importer"]
    renamed = rows.rename(columns=dict(zip(usual, ABSURD, strict=True)))
    o, a, b, c, pair, year, exporter, importer = ABSURD
    fit = fit_ppml(
        renamed,
        outcome=o,
        regressors=[a, b, c],
        entity=pair,
        time=year,
        effects=[(exporter, year), (importer, year)],
    )
    plain = gravity_fit(rows, THREE_WAY[:2])
    assert fit.terms == (a, b, c)
    np.testing.assert_array_equal(fit.coefficients, plain.coefficients)


def test_keys_may_be_called_as_the_columns_of_the_ledger() -> None:
    rows = gravity_rows(6)
    rows.loc[rows["pair"] == "0-1", "trade"] = 0.0
    renamed = rows.rename(columns={"pair": "reason", "year": "step"})
    fit = fit_ppml(
        renamed,
        outcome="trade",
        regressors=TERMS,
        entity="reason",
        time="step",
        effects=[("reason",)],
    )
    assert list(fit.losses.columns) == ["reason (key)", "step (key)", "step", "reason"]
    assert set(fit.losses["reason (key)"]) == {"0-1"}
    assert set(fit.losses["reason"]) == {"every outcome of reason (0-1) is 0"}


SEEDED = """
import hashlib
from tests.unit.test_ppml import THREE_WAY, gravity_fit, gravity_rows
fit = gravity_fit(gravity_rows(7), THREE_WAY)
numbers = fit.coefficients.tobytes() + b"".join(
    c.matrix.tobytes() for c in fit.covariances.values()
)
print(hashlib.sha256(numbers).hexdigest())
"""


@pytest.mark.slow(reason="two processes that import everything")
def test_hash_seed_is_nothing() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-c", SEEDED],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path.cwd())},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(found) == 1
