"""Numbers of every estimator and covariance, against other libraries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from linearmodels.panel import BetweenOLS, PanelOLS, PooledOLS, RandomEffects
from statsmodels.stats.diagnostic import linear_reset
from tests.panels import LINEARMODELS
from tests.unit.test_cli import Shell, assert_same_document, column, grunfeld_rows, options, save

from trade_potential.inference.registry import COVARIANCES, ESTIMATORS, estimators

SAME = 1e-9
"""Two exact formulas in double precision; the document is rounded to 12 digits."""

X = ["value", "capital"]


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


@pytest.fixture
def panel() -> pd.DataFrame:
    return grunfeld_rows()


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".tsv", ".parquet"])
def test_grunfeld_as_printed(shell: Shell, panel: pd.DataFrame, suffix: str) -> None:
    path = save(panel, shell.folder / f"grunfeld{suffix}")
    random = shell.document("gravity", path, *options(), "--tests")
    assert column(random, "estimate") == pytest.approx([-57.834415, 0.109781, 0.308113], abs=5e-7)
    within = shell.document("gravity", path, *options(estimator="within"))
    assert column(within, "estimate")[1:] == pytest.approx([0.110124, 0.310065], abs=5e-7)
    assert (random["n_obs"], random["n_entities"]) == (200, 10)
    tests = {test["name"]: test for test in random["tests"]}
    assert tests["f_effects"]["statistic"] == pytest.approx(49.177, abs=5e-4)
    assert tests["f_effects"]["df"] == [9, 188]
    assert tests["breusch_pagan_lm"]["statistic"] == pytest.approx(798.16, abs=5e-3)
    assert tests["hausman"]["statistic"] == pytest.approx(2.3304, abs=5e-5)
    decisions = {name: test["decision"] for name, test in tests.items()}
    assert decisions["f_effects"] == decisions["breusch_pagan_lm"] == "reject"
    assert decisions["hausman"] == "keep"


def theirs(panel: pd.DataFrame, estimator: str, kind: str, theta: float) -> Any:
    """The fit of linearmodels; theta is that of ours, checked by random and by its own tests."""
    data = panel.set_index(["firm", "year"])
    y, x = data["invest"], sm.add_constant(data[X])
    settings = dict(LINEARMODELS[kind])
    if estimator == "between":
        return BetweenOLS(y, x).fit(
            **LINEARMODELS["classical" if kind == "classical" else "robust"]
        )
    if ESTIMATORS[estimator].effects:
        if kind.startswith("clustered"):
            settings |= {"auto_df": False, "count_effects": False}
        model = PanelOLS(y, x, entity_effects=True, time_effects=estimator == "twoway")
        return model.fit(**settings)
    if ESTIMATORS[estimator].has_theta and estimator != "random":
        means = data.groupby("firm")[["invest", *X]].transform("mean")
        x = (data[X] - theta * means[X]).assign(const=1.0 - theta)
        for name in X if ESTIMATORS[estimator].has_means else ():
            x[f"mean({name})"] = (1.0 - theta) * means[name]
        names = [name for name in x if name not in ("const", *X)]
        return PooledOLS(y - theta * means["invest"], x[["const", *X, *names]]).fit(**settings)
    return (PooledOLS if estimator == "pooled" else RandomEffects)(y, x).fit(**settings)


@pytest.mark.parametrize("kind", COVARIANCES)
def test_grunfeld_as_linearmodels(shell: Shell, panel: pd.DataFrame, kind: str) -> None:
    known = [name for name in estimators("least_squares") if kind in ESTIMATORS[name].covariances]
    documents = shell.documents(panel, *options(estimator=",".join(known), covariance=kind))
    assert list(documents) == known
    for name, ours in documents.items():
        expected = theirs(panel, name, kind, ours["statistics"].get("theta_min", 0.0))
        assert column(ours, "term") == list(expected.params.index)
        np.testing.assert_allclose(column(ours, "estimate"), expected.params, rtol=SAME)
        factor = 1.0
        if (name, kind) == ("twoway", "clustered"):  # years are not nested in firms
            factor = (200 - 3) / (200 - 3 - 19)
        first = 1 if ESTIMATORS[name].effects else 0  # the constant is a convention there
        errors = np.sqrt(factor) * expected.std_errors
        np.testing.assert_allclose(column(ours, "std_error")[first:], errors[first:], rtol=SAME)
        assert (ours["covariance"], ours["n_obs"], ours["n_entities"]) == (kind, 200, 10)
        if not ESTIMATORS[name].has_theta:
            assert ours["r_squared"] == pytest.approx(expected.rsquared, rel=SAME)
            assert ours["statistics"]["df_resid"] == expected.df_resid
        # Effects nested in the clusters are not counted.
        k = len(column(ours, "term"))
        counted = {"clustered": k + 19 * (name == "twoway"), "clustered_twoway": k}
        rows = 10 if name == "between" else 200
        every = rows - ours["statistics"]["df_resid"]
        assert ours["statistics"]["n_parameters"] == counted.get(kind, every)
    random = theirs(panel, "random", "classical", 0.0)
    assert documents["random"]["statistics"]["theta_min"] == pytest.approx(
        float(random.theta.iloc[0, 0]), rel=SAME
    )


def test_weights_as_linearmodels(shell: Shell, panel: pd.DataFrame) -> None:
    """A balanced panel in which the weights of every firm have the same mean."""
    panel["w"] = np.where(panel["year"] % 2 == 0, 0.5, 1.5)
    data = panel.set_index(["firm", "year"])
    x = sm.add_constant(data[X])
    for kind in COVARIANCES:
        arguments = options(estimator="pooled", weights="w", covariance=kind)
        ours = shell.document("gravity", panel, *arguments)
        expected = PooledOLS(data["invest"], x, weights=data["w"]).fit(**LINEARMODELS[kind])
        np.testing.assert_allclose(column(ours, "estimate"), expected.params, rtol=SAME)
        np.testing.assert_allclose(column(ours, "std_error"), expected.std_errors, rtol=SAME)


def test_rows_without_a_weight_are_in_the_ledger(shell: Shell, panel: pd.DataFrame) -> None:
    panel["w"] = 2.0
    panel.loc[[3, 4], "w"] = np.nan
    panel.loc[7, "w"] = np.inf
    found = shell.document("gravity", panel, *options(weights="w"))
    assert [tuple(row.values()) for row in found["ledger"]] == [
        ("weights", "infinite value of w", 1),
        ("weights", "no value for w", 2),
    ]
    assert found["n_obs"] == 197


def test_tests_as_statsmodels(shell: Shell, panel: pd.DataFrame) -> None:
    found = shell.document("gravity", panel, *options(estimator="pooled"), "--tests")
    tests = {test["name"]: test for test in found["tests"]}
    fit = sm.OLS(panel["invest"], sm.add_constant(panel[X])).fit()
    expected = linear_reset(fit, power=3, use_f=True)
    assert tests["reset"]["statistic"] == pytest.approx(expected.fvalue, rel=1e-6)
    assert tests["reset"]["df"] == [2, 195]
    assert tests["joint_significance"]["statistic"] == pytest.approx(fit.fvalue, rel=SAME)
    assert tests["joint_significance"]["df"] == [2, 197]
    assert (tests["mundlak"]["df"], tests["hausman_robust"]["df"]) == (2, 2)


def test_joint_test_goes_with_the_covariance(shell: Shell, panel: pd.DataFrame) -> None:
    data = panel.set_index(["firm", "year"])
    x = sm.add_constant(data[X])
    for estimator, model in (("pooled", PooledOLS), ("random", RandomEffects)):
        arguments = options(estimator=estimator, covariance="clustered")
        found = shell.document("gravity", panel, *arguments, "--tests")["tests"][-1]
        fit = model(data["invest"], x).fit(**LINEARMODELS["clustered"])
        slopes = fit.params[X].to_numpy()
        statistic = slopes @ np.linalg.solve(fit.cov.loc[X, X].to_numpy(), slopes)
        assert found["name"] == "joint_significance"
        scale, df = (2.0, [2, 9]) if estimator == "pooled" else (1.0, 2)
        assert (found["statistic"], found["df"]) == (pytest.approx(statistic / scale, rel=SAME), df)
    few = panel[panel["firm"].isin(panel["firm"].unique()[:3])]
    found = shell.document(
        "gravity", few, *options(estimator="pooled", covariance="clustered"), "--tests"
    )
    assert found["status"] == "few_clusters"
    lost = found["tests"][-1]
    assert (lost["status"], lost["statistic"], lost["decision"]) == ("not_available", None, "none")
    assert "3 clusters for 3 coefficients" in lost["reason"]


def test_months_are_ordered_as_numbers(shell: Shell, panel: pd.DataFrame) -> None:
    """A text file holds 9 and 10 as texts, of which 10 comes first."""
    arguments = options(estimator="pooled", covariance="driscoll_kraay")
    years = shell.document("gravity", panel, *arguments)
    assert years.pop("correction").endswith("20 times in the order of numbers, 1935 to 1954")
    early = panel.assign(year=panel["year"] - 1930)
    for file in (early, save(early, shell.folder / "early.parquet")):
        months = shell.document("gravity", file, *arguments)
        assert months.pop("correction").endswith("20 times in the order of numbers, 5 to 24")
        assert_same_document(months, years)


# --- Logarithm ------------------------------------------------------------------------------------


def test_logarithm_of_the_outcome(shell: Shell, panel: pd.DataFrame) -> None:
    arguments = options(estimator="within", covariance="robust")
    logged = panel.assign(invest=np.log(panel["invest"]))
    ours = shell.document("gravity", panel, *arguments, "--log-outcome")
    expected = shell.document("gravity", logged, *arguments)
    for key in ("estimate", "std_error"):
        np.testing.assert_allclose(column(ours, key), column(expected, key), rtol=SAME)
    zeros = panel.copy()
    zeros.loc[[2, 50], "invest"] = 0.0
    zeros.loc[70, "invest"] = -3.0
    zeros.loc[80, "value"] = np.nan
    found = shell.document("gravity", zeros, *arguments, "--log-outcome")
    assert [tuple(row.values()) for row in found["ledger"]] == [
        ("regressors", "no value for value", 1),
        ("logarithm", "invest is not positive", 3),
    ]
    kept = logged.drop(index=[2, 50, 70, 80])
    again = shell.document("gravity", kept, *arguments)
    assert found["n_obs"] == again["n_obs"] == 196
    np.testing.assert_allclose(column(found, "estimate"), column(again, "estimate"), rtol=SAME)
