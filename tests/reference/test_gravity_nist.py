"""Certified values of NIST's linear regressions, through the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from tests.panels import once
from tests.reference.nist.verify import correct_digits

from trade_potential.cli import main

pytestmark = pytest.mark.usefixtures("engine")

NIST = Path(__file__).parent / "nist"
DEGREES = {
    "Norris": 1,
    "Pontius": 2,
    "Wampler1": 5,
    "Wampler2": 5,
    "Wampler3": 5,
    "Wampler4": 5,
    "Wampler5": 5,
    "Filip": 10,
}
"""Degree of the polynomial in x; NoInt1 and NoInt2 have no constant, ours always has."""


def certified(name: str, quantity: str) -> pd.Series:
    table = pd.read_csv(NIST / "certified.csv")
    return table[(table["dataset"] == name) & (table["quantity"] == quantity)]["value"]


def document(
    frame: pd.DataFrame, folder: Path, estimator: str, capsys: Any, *more: str
) -> tuple[int, Any]:
    path = folder / "panel.csv"
    # Seventeen digits hold a double; the default of pandas is the shortest text that reads back.
    frame.to_csv(path, index=False)
    names = ",".join(name for name in frame.columns if name.startswith("x"))
    columns = ["--outcome", "y", "--regressors", names, "--entity", "entity", "--time", "time"]
    columns += ["--estimator", estimator, "--format", "json", *more]
    code = main(["gravity", str(path), *columns])
    return code, json.loads(capsys.readouterr().out)


def polynomial(name: str) -> pd.DataFrame:
    data = pd.read_csv(NIST / "data.csv")
    data = data[data["dataset"] == name]
    x = data["x"].to_numpy(dtype=float)
    frame = pd.DataFrame({f"x{k}": x**k for k in range(1, DEGREES[name] + 1)})
    frame.insert(0, "y", data["y"].to_numpy(dtype=float))
    frame.insert(0, "time", np.arange(len(frame)))
    frame.insert(0, "entity", np.arange(len(frame)) // 3)
    return frame


@pytest.mark.parametrize("name", DEGREES)
def test_at_most_one_digit_fewer_than_qr_or_a_refusal(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = polynomial(name)
    code, found = document(frame, tmp_path, "pooled", capsys)
    if name == "Filip":  # the condition number of its correlations is 1e19: no digit is left
        assert (code, found["status"], found["omitted"]) == (0, "ok", ["x8", "x10"])
        code, found = document(frame, tmp_path, "pooled", capsys, "--strict")
        assert (code, found["status"], found["coefficients"]) == (4, "rank_deficient", [])
        assert "x8, x10 is a linear combination" in found["reason"]
        return
    assert found["omitted"] == []
    assert (code, found["status"]) == (0, "ok")
    x = sm.add_constant(frame.iloc[:, 3:].to_numpy())
    reference = sm.OLS(frame["y"].to_numpy(), x).fit(method="qr")
    for quantity, key, theirs in (
        ("coefficient", "estimate", reference.params),
        ("std_error", "std_error", reference.bse),
    ):
        truth = certified(name, quantity)
        ours = [row[key] for row in found["coefficients"]]
        assert correct_digits(ours, truth) >= correct_digits(theirs, truth) - 1.0


def wampler_panel(estimator: str) -> pd.DataFrame:
    """Wampler's polynomial over a panel, with the effects that an estimator takes out."""
    rng = np.random.default_rng(5)
    entity, time = np.divmod(np.arange(240), 6)
    x = rng.integers(0, 21, 240).astype(float)
    frame = pd.DataFrame({f"x{k}": x**k for k in range(1, 6)})
    effect = entity % 7 if estimator in ("within", "twoway") else 0
    shock = time**2 if estimator == "twoway" else 0
    frame.insert(0, "y", 1.0 + frame.sum(axis=1) + effect + shock)
    frame.insert(0, "time", time)
    frame.insert(0, "entity", entity)
    return frame


def test_mundlak_gets_its_digits_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With errors: an exact fit leaves no variance to weigh by. The slopes are those of within."""
    frame = wampler_panel("within")
    frame["y"] += np.random.default_rng(6).normal(size=len(frame))
    found = {}
    for estimator in ("within", "mundlak"):
        code, fit = document(frame, tmp_path, estimator, capsys)
        assert (code, fit["status"]) == (0, "ok")
        found[estimator] = [row["estimate"] for row in fit["coefficients"][1:6]]
    assert correct_digits(found["mundlak"], found["within"]) >= 8.0


@pytest.mark.parametrize("estimator", ["between", "within", "twoway", "random"])
def test_every_estimator_gets_its_digits_back(
    estimator: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wampler's polynomial plus effects of entities and years: the slopes are all one."""
    code, found = document(wampler_panel(estimator), tmp_path, estimator, capsys)
    slopes = {row["term"]: row["estimate"] for row in found["coefficients"]}
    assert code == 0
    ours = [slopes[f"x{k}"] for k in range(1, 6)]
    assert correct_digits(ours, np.ones(5)) >= 8.0  # the moments alone give 3 to 5


@once
def test_a_number_that_is_none_has_no_correct_digit() -> None:
    assert correct_digits([1.0, float("nan")], [1.0, 2.0]) == 0.0
    assert correct_digits([1.0, 2.0 + 1e-6], [1.0, 2.0]) == pytest.approx(6.3, abs=0.01)
