"""PPML through the command line: statsmodels with dummies, effects by name, what is dropped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from tests.unit.test_cli import (
    COEFFICIENT_KEYS,
    GRAVITY_KEYS,
    Shell,
    assert_same_document,
    column,
    grunfeld_rows,
    options,
)

SAME = 1e-8
"""Both iterate until nothing moves beyond rounding; they agree to 1e-12 here."""

X = ["value", "capital"]
N, FIRMS, YEARS = 200, 10, 20


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


@pytest.fixture
def panel() -> pd.DataFrame:
    """With zeros, and a group of firms."""
    panel = grunfeld_rows()
    panel.loc[panel.index % 7 == 0, "invest"] = 0.0
    panel[X] /= 1000.0
    return panel.assign(group=panel.groupby("firm").ngroup() % 2)


def theirs(panel: pd.DataFrame, effects: list[str], **settings: Any) -> Any:
    """Poisson with a dummy of every level of the effects, each without its first year or level."""
    design = [panel[X]]
    for effect in effects:
        levels = panel[effect.split("^")].astype(str).agg("^".join, axis=1)
        dummies = pd.get_dummies(levels, prefix=effect, dtype=float)
        first = "1935" if "year" in effect else dummies.columns[0]
        design.append(dummies[[name for name in dummies if not name.endswith(first)]])
    x = sm.add_constant(pd.concat(design, axis=1))
    model = sm.GLM(panel["invest"], x, family=sm.families.Poisson())
    return model.fit(tol=1e-14, maxiter=100, **settings)


@pytest.mark.parametrize(
    ("effects", "columns"),
    [
        (None, []),
        ("firm,year", ["firm", "year"]),
        ("entity,time", ["firm", "year"]),
        ("firm,group^year", ["firm", "group^year"]),
    ],
)
def test_poisson_of_statsmodels(
    shell: Shell, panel: pd.DataFrame, effects: str | None, columns: list[str]
) -> None:
    arguments = options(estimator="ppml", effects=effects, covariance="classical")
    ours, expected = shell.document("gravity", panel, *arguments), theirs(panel, columns)
    terms = X if columns else ["const", *X]
    assert column(ours, "term") == terms
    np.testing.assert_allclose(column(ours, "estimate"), expected.params[terms], rtol=SAME)
    np.testing.assert_allclose(column(ours, "std_error"), expected.bse[terms], rtol=1e-6)
    assert ours["statistics"]["deviance"] == pytest.approx(expected.deviance, rel=SAME)
    assert ours["statistics"]["log_likelihood"] == pytest.approx(expected.llf, rel=SAME)
    assert ours["statistics"]["n_zeros"] == (panel["invest"] == 0.0).sum() > 0
    assert ours["statistics"]["df_resid"] == expected.df_resid
    assert (ours["n_obs"], ours["n_entities"], ours["ledger"]) == (N, FIRMS, [])
    assert ours["effects"] == columns


def test_covariances_of_statsmodels(shell: Shell, panel: pd.DataFrame) -> None:
    """Effects of firms are nested in clusters of firms: K has the years and the slopes only."""
    codes = panel.groupby("firm").ngroup()
    groups = {"groups": codes, "use_correction": False}
    k = len(X) + 1 + (FIRMS - 1) + (YEARS - 1)
    expected = {
        "robust": theirs(panel, ["firm", "year"], cov_type="HC0").bse * np.sqrt(N / (N - k)),
        "clustered": theirs(panel, ["firm", "year"], cov_type="cluster", cov_kwds=groups).bse
        * np.sqrt(FIRMS / (FIRMS - 1) * (N - 1) / (N - (k - (FIRMS - 1)))),
    }
    for kind, errors in expected.items():
        arguments = options(estimator="ppml", effects="firm,year", covariance=kind)
        ours = shell.document("gravity", panel, *arguments)
        np.testing.assert_allclose(column(ours, "std_error"), errors[X], rtol=1e-6)
        assert (ours["covariance"], ours["distribution"], ours["df"]) == (kind, "normal", None)


CORRECTED = {
    "robust": (N, {"firm", "year"}),
    "clustered": (FIRMS, {"year"}),
}
"""Clusters, and effects that K counts: those of firms are nested in clusters of firms."""


@pytest.mark.parametrize("kind", CORRECTED)
@pytest.mark.parametrize("correction", ["small_sample", "ppmlhdfe", "none"])
def test_corrections(shell: Shell, panel: pd.DataFrame, kind: str, correction: str) -> None:
    """Of the bare sandwich; the factor and K are in every format."""
    groups, counted = CORRECTED[kind]
    k = len(X) + sum({"firm": FIRMS - 1, "year": YEARS - 1}[name] for name in counted) + 1
    count = groups / (groups - 1)
    factor = {"small_sample": count * (N - 1) / (N - k), "ppmlhdfe": count, "none": 1.0}[correction]
    codes = {"groups": panel.groupby("firm").ngroup(), "use_correction": False}
    settings = (
        {"cov_type": "HC0"} if kind == "robust" else {"cov_type": "cluster", "cov_kwds": codes}
    )
    expected = theirs(panel, ["firm", "year"], **settings).bse[X] * np.sqrt(factor)
    arguments = options(estimator="ppml", effects="firm,year", covariance=kind)
    arguments = (*arguments, "--correction", correction)
    ours = shell.document("gravity", panel, *arguments)
    np.testing.assert_allclose(column(ours, "std_error"), expected, rtol=1e-6)
    assert ours["statistics"]["n_parameters"] == k
    assert ours["statistics"]["correction_factor"] == pytest.approx(factor, rel=1e-12)
    said = ours["correction"]
    assert (f"= {factor:.6g}" in said) is (correction != "none")
    assert (f"K = {k}" in said) is (correction == "small_sample")
    for form in ("table", "csv", "latex", "html", "markdown"):
        code, out, err = shell.run("gravity", panel, *arguments, "--format", form)
        assert (code, err) == (0, "")
        assert f"{factor:.6g}" in out if correction != "none" else "none" in out, form


def test_ppmlhdfe_takes_the_fewest_clusters_for_all_parts(
    shell: Shell, panel: pd.DataFrame
) -> None:
    arguments = options(estimator="ppml", effects="firm,year", covariance="clustered_twoway")
    bare, theirs = (
        shell.document("gravity", panel, *arguments, "--correction", name)
        for name in ("none", "ppmlhdfe")
    )
    fewest = min(FIRMS, YEARS)
    expected = np.sqrt(fewest / (fewest - 1)) * np.array(column(bare, "std_error"))
    np.testing.assert_allclose(column(theirs, "std_error"), expected, rtol=1e-12)


def test_the_correction_reaches_reset(shell: Shell, panel: pd.DataFrame) -> None:
    arguments = (*options(estimator="ppml", covariance="clustered"), "--tests")
    bare, theirs = (
        shell.document("gravity", panel, *arguments, "--correction", name)["tests"][0]
        for name in ("none", "ppmlhdfe")
    )
    expected = bare["statistic"] * (FIRMS - 1) / FIRMS
    assert theirs["statistic"] == pytest.approx(expected, rel=1e-9)


def test_correction_is_of_ppml(shell: Shell, panel: pd.DataFrame) -> None:
    arguments = (*options(estimator="within"), "--correction", "ppmlhdfe")
    code, out, err = shell.run("gravity", panel, *arguments)
    assert (code, out) == (2, "")
    assert "--correction belongs to --estimator ppml" in err


def test_robust_unless_another_is_asked_for(shell: Shell, panel: pd.DataFrame) -> None:
    """Variance = mean is no assumption for money."""
    alone = shell.document("gravity", panel, *options(estimator="ppml"))
    assert alone["covariance"] == "robust"
    both = shell.documents(panel, *options(estimator="pooled,ppml"), "--log-outcome")
    assert {name: both[name]["covariance"] for name in both} == {
        "pooled": "classical",
        "ppml": "robust",
    }


def test_beside_the_logarithm_zeros_are_kept(shell: Shell, panel: pd.DataFrame) -> None:
    zeros = int((panel["invest"] == 0.0).sum())
    arguments = options(estimator="within,ppml,pooled", effects="firm")
    documents = shell.documents(panel, *arguments, "--log-outcome", "--tests")
    assert list(documents) == ["within", "ppml", "pooled"]
    assert {tuple(document) for document in documents.values()} == {tuple(GRAVITY_KEYS)}
    assert {tuple(row) for row in documents["ppml"]["coefficients"]} == {tuple(COEFFICIENT_KEYS)}
    assert [documents[name]["n_obs"] for name in documents] == [N - zeros, N, N - zeros]
    assert documents["ppml"]["ledger"] == []
    assert documents["pooled"]["ledger"] == [
        {"step": "logarithm", "reason": "invest is not positive", "rows": zeros}
    ]
    alone = shell.document("gravity", panel, *options(estimator="ppml", effects="firm"), "--tests")
    assert_same_document(alone, documents["ppml"])
    assert [test["name"] for test in alone["tests"]] == ["reset", "joint_significance"]
    assert {test["status"] for test in alone["tests"]} == {"ok"}


def test_singletons_and_separated_rows_are_in_the_ledger(shell: Shell, panel: pd.DataFrame) -> None:
    lonely = panel.iloc[[0]].assign(firm="Lonely", invest=5.0)
    never = panel.iloc[:4].assign(firm="Never", invest=0.0)
    more = pd.concat([panel, lonely, never], ignore_index=True)
    arguments = options(estimator="ppml", effects="firm,year")
    found = shell.document("gravity", more, *arguments)
    steps = pd.DataFrame(found["ledger"]).groupby("step")["rows"].sum()
    assert steps.to_dict() == {"singleton": 1, "separation": 4}
    reasons = [row["reason"].split(": ")[0] for row in found["ledger"]]
    years = never["year"].tolist()
    expected = [f"firm, year = (Never, {year})" for year in years]
    assert sorted(reasons) == sorted([*expected, f"firm, year = (Lonely, {years[0]})"])
    assert found["n_obs"] + steps.sum() == len(more)
    plain = shell.document("gravity", panel, *arguments)
    np.testing.assert_allclose(column(found, "estimate"), column(plain, "estimate"), rtol=SAME)


def test_nothing_left_is_named(shell: Shell, panel: pd.DataFrame) -> None:
    arguments = options(estimator="ppml", effects="firm^year")
    code, out, err = shell.run("gravity", panel, *arguments)
    document = json.loads(out)
    assert (code, err, document["status"]) == (4, "", "no_rows")
    assert document["coefficients"] == []
    assert sum(row["rows"] for row in document["ledger"]) == N
    code, out, _ = shell.run("gravity", panel.assign(invest=0.0), *options(estimator="ppml"))
    assert (code, json.loads(out)["status"]) == (4, "all_zero")


def test_absorbed_by_the_effects(shell: Shell, panel: pd.DataFrame) -> None:
    panel["capital"] = panel.groupby("firm")["capital"].transform("first")
    found = shell.document("gravity", panel, *options(estimator="ppml", effects="firm"))
    assert found["absorbed"] == ["capital"]
    assert column(found, "term") == ["value"]


def test_weights_are_repeated_rows(shell: Shell, panel: pd.DataFrame) -> None:
    counts = panel.index.to_numpy() % 3 + 1
    arguments = options(estimator="ppml", effects="firm", weights="w", covariance="clustered")
    ours = shell.document("gravity", panel.assign(w=counts), *arguments)
    repeated = panel.loc[panel.index.repeat(counts)]
    expected = theirs(repeated, ["firm"])
    np.testing.assert_allclose(column(ours, "estimate"), expected.params[X], rtol=SAME)


def test_a_weight_that_is_a_regressor_too(shell: Shell, panel: pd.DataFrame) -> None:
    arguments = options(estimator="ppml", weights="capital")
    ours = shell.document("gravity", panel, *arguments)
    copied = panel.assign(w=panel["capital"])
    expected = shell.document("gravity", copied, *options(estimator="ppml", weights="w"))
    assert_same_document(ours, expected)


def test_effects_that_are_columns_come_before_their_aliases(
    shell: Shell, panel: pd.DataFrame
) -> None:
    """A file with a column called time means that column."""
    named = panel.assign(time=panel["group"])
    arguments = options(estimator="ppml", covariance="robust")
    ours = shell.document("gravity", named, *arguments, "--effects", "entity,time")
    expected = shell.document("gravity", panel, *arguments, "--effects", "firm,group")
    assert column(ours, "estimate") == column(expected, "estimate")
    assert ours["effects"] == ["firm", "time"]
