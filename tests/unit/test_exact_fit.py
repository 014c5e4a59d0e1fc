"""What fits exactly has no tests and no errors; what nearly does has those that are no rounding."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.panels import ENTITY, OUTCOME, make_panel
from tests.unit.test_cli import Shell, column

from trade_potential.inference.registry import estimators

LINEAR = ",".join(estimators("least_squares"))


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


def exact(*, effects: bool = False, origin: float = 0.0, noise: float = 0.0) -> pd.DataFrame:
    frame = make_panel(2, sizes=[4, 3, 7, 5] * 5, n_terms=2, scales=(1e-3, 1e3))
    rng = np.random.default_rng(2)
    frame[OUTCOME] = 1.0 + 2.0 * frame["x1"] - frame["x2"] / 3.0
    frame[OUTCOME] += noise * frame[OUTCOME].std() * rng.normal(size=len(frame))
    if effects:
        codes = frame.groupby(ENTITY).ngroup().to_numpy()
        frame[OUTCOME] += rng.normal(size=codes.max() + 1)[codes]
    frame[OUTCOME] += origin
    return frame


def fits(shell: Shell, frame: pd.DataFrame, **settings: str) -> dict[str, dict[str, Any]]:
    words = ["--outcome", OUTCOME, "--regressors", "x1,x2", "--entity", ENTITY, "--time", "year"]
    words += ["--tests", "--format", "json"]
    given = {"estimator": LINEAR, **settings}
    words += [part for name, value in given.items() for part in (f"--{name}", value)]
    code, out, err = shell.run("gravity", frame, *words)
    assert (code, err) == (0, "")
    found = json.loads(out)
    return {fit["estimator"]: fit for fit in (found if isinstance(found, list) else [found])}


@pytest.mark.parametrize(
    ("covariance", "origin"), [("classical", 0.0), ("robust", 0.0), ("clustered", 3e12)]
)
def test_a_perfect_fit(shell: Shell, covariance: str, origin: float) -> None:
    """Residuals are taken from the rows, where rounding of the outcome is left of them."""
    for fit in fits(shell, exact(origin=origin), covariance=covariance).values():
        assert column(fit, "std_error") == [0.0] * len(fit["coefficients"])
        assert set(column(fit, "statistic")) == set(column(fit, "p_value")) == {None}
        for test in fit["tests"]:
            assert test["status"] == "not_available"
            assert (test["statistic"], test["p_value"]) == (None, None)
            assert "exactly" in test["reason"]


def test_a_perfect_fit_within(shell: Shell) -> None:
    found = fits(shell, exact(effects=True))
    for name in ("within", "twoway", "random"):
        assert column(found[name], "std_error") == [0.0] * 3
        tests = {test["name"]: test for test in found[name]["tests"]}
        for test in ("f_effects", "f_time_effects", "hausman", "mundlak", "joint_significance"):
            assert tests[test]["status"] == "not_available"
            assert "exactly" in tests[test]["reason"]
        assert tests["breusch_pagan_lm"]["status"] == tests["reset"]["status"] == "ok"
    assert min(column(found["pooled"], "std_error")) > 0.0


def test_a_fit_that_is_nearly_perfect(shell: Shell) -> None:
    """Noise of 1e-7: squares of 1e-14 of the outcome's, which rows hold and moments do not."""
    near, plain = exact(noise=1e-7), exact(noise=1e-7)
    signal = 1.0 + 2.0 * plain["x1"] - plain["x2"] / 3.0
    plain[OUTCOME] = (plain[OUTCOME] - signal) * 1e7
    ours, theirs = fits(shell, near), fits(shell, plain)
    for name in LINEAR.split(","):
        errors = np.array(column(theirs[name], "std_error")) * 1e-7
        assert column(ours[name], "std_error") == pytest.approx(errors, rel=1e-6)
    tests = {test["name"]: test for test in ours["pooled"]["tests"]}
    known = {test["name"]: test for test in theirs["pooled"]["tests"]}
    for name in ("f_effects", "f_time_effects"):
        assert tests[name]["statistic"] == pytest.approx(known[name]["statistic"], rel=1e-6)
    for name in ("breusch_pagan_lm", "reset"):
        assert tests[name]["status"] == "not_available"
        assert "rounding of the moments" in tests[name]["reason"]


@pytest.mark.parametrize(
    ("covariance", "effects"), [("robust", None), ("clustered", ENTITY), ("clustered_twoway", None)]
)
def test_a_perfect_fit_of_ppml(shell: Shell, covariance: str, effects: str | None) -> None:
    frame = exact()
    frame[OUTCOME] = np.exp((frame[OUTCOME] - frame[OUTCOME].mean()) / frame[OUTCOME].std())
    more = {} if effects is None else {"effects": effects}
    fit = fits(shell, frame, estimator="ppml", covariance=covariance, **more)["ppml"]
    assert column(fit, "std_error") == [0.0] * len(fit["coefficients"])
    for test in fit["tests"]:
        assert test["status"] == "not_available"
        assert "exactly" in test["reason"] or "zero variance" in test["reason"]
