"""Regressors that say nothing new are left out by name: one rule for every estimator and format."""

from __future__ import annotations

import re
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pyfixest as pf
import pytest
from tests.panels import ENTITY, OUTCOME, make_panel, moments_of, regressors_of, run_gravity_models
from tests.unit.test_cli import Shell
from tests.unit.test_ppml import fitted_on, gravity_rows

from trade_potential.gravity.estimate import Estimate, strictly
from trade_potential.gravity.estimators import estimate_all
from trade_potential.inference.registry import Estimator, estimators
from trade_potential.ppml.estimate import fit_ppml
from trade_potential.ppml.result import strictly as strictly_ppml

EXACT = 1e-9
"""The same regression, solved by others or on other columns: rounding times condition numbers."""

SIZES = [5, 6, 4, 5, 7, 3, 5, 6, 5, 4, 6, 5]


def panel(**columns: str) -> pd.DataFrame:
    """Three regressors and more, each an expression in x1, x2, x3."""
    frame = make_panel(7, sizes=SIZES, n_terms=3)
    for name, expression in columns.items():
        frame[name] = frame.eval(expression)
    return frame


def fits_of(frame: pd.DataFrame) -> dict[Estimator, Estimate]:
    return estimate_all(moments_of(frame, regressors_of(frame)))


REDUNDANT = {
    "combination": ({"x4": "2.0 * x1 - 1e5 * x2 + 7.0"}, ("x4",), "x4 is a linear combination"),
    "repeated": ({"x4": "-3.0 * x2"}, ("x4",), "x4 is a linear combination"),
    "constant": ({"x4": "0.0 * x1 + 0.1"}, ("x4",), "x4 does not vary over the sample"),
    "zero": ({"x4": "0.0 * x1"}, ("x4",), "x4 does not vary over the sample"),
    "both": (
        {"x4": "0.0 * x1 - 1e6 / 3.0", "x5": "x1 + x3"},
        ("x4", "x5"),
        "x4 does not vary over the sample; x5 is a linear combination of the regressors before it",
    ),
    "dummies of all": (
        {"x4": "1.0 * (year % 3 == 0)", "x5": "1.0 * (year % 3 == 1)", "x6": "1.0 - x4 - x5"},
        ("x6",),
        "x6 is a linear combination of the regressors before it",
    ),
}


# --- Least squares --------------------------------------------------------------------------------


@pytest.mark.parametrize("estimator", estimators("least_squares"))
@pytest.mark.parametrize("case", REDUNDANT)
def test_every_estimator_is_as_without_them(case: str, estimator: Estimator) -> None:
    columns, names, said = REDUNDANT[case]
    frame = panel(**columns)
    fit = fits_of(frame)[estimator]
    without = fits_of(frame.drop(columns=list(names)))[estimator]
    assert (fit.status, fit.omitted, fit.terms) == (without.status, names, without.terms)
    assert said in fit.reason
    np.testing.assert_allclose(fit.coefficients, without.coefficients, rtol=EXACT)
    np.testing.assert_allclose(fit.covariance, without.covariance, rtol=EXACT)
    assert fit.df_resid == without.df_resid


def test_the_last_named_goes_whatever_the_order() -> None:
    frame = panel(x4="x1 - x2")
    for order in permutations(("x1", "x2", "x4")):
        fits = estimate_all(moments_of(frame, ["x3", *order]))
        for fit in fits.values():
            assert fit.omitted == (order[-1],)
        design = np.column_stack([np.ones(len(frame)), frame[["x1", "x2", "x3", "x4"]]])
        residual = np.linalg.lstsq(design, frame[OUTCOME])[1]
        assert residual.size == 0  # numpy sees the lost rank as well
        slopes = np.linalg.lstsq(design, frame[OUTCOME])[0]
        squares = float(((frame[OUTCOME] - design @ slopes) ** 2).sum())
        assert fits["pooled"].ssr == pytest.approx(squares, rel=EXACT)


def test_as_fixest() -> None:
    frame = panel(x4="x1 + x2", x5="x3 * 2.0")
    theirs = pf.feols(f"{OUTCOME} ~ x1 + x2 + x3 + x4 + x5", data=frame)
    ours = fits_of(frame)["pooled"]
    assert set(ours.omitted) == set(theirs._collin_vars)
    np.testing.assert_allclose(ours.coefficients, theirs.coef().to_numpy(), rtol=EXACT)
    theirs = pf.feols(f"{OUTCOME} ~ x1 + x2 + x3 + x4 + x5 | {ENTITY}", data=frame)
    ours = fits_of(frame)["within"]
    assert set(ours.omitted) == set(theirs._collin_vars)
    np.testing.assert_allclose(ours.slopes, theirs.coef().to_numpy(), rtol=EXACT)


def test_what_effects_absorb_is_no_matter_of_the_sample() -> None:
    frame = panel()
    frame["x2"] = frame.groupby(ENTITY)["x2"].transform("first")
    frame["x4"] = frame["x1"] + frame["x2"]
    fits = fits_of(frame)
    assert (fits["within"].absorbed, fits["within"].omitted) == (("x2",), ("x4",))
    assert (fits["pooled"].absorbed, fits["pooled"].omitted) == ((), ("x4",))
    assert strictly(fits["pooled"], moments_of(frame, ["x1"])).status == "rank_deficient"


def test_means_of_partners_that_are_combinations_have_no_part_between() -> None:
    """x3 has the means of x1: within it counts, between it repeats."""
    frame = panel()
    noise = frame["x3"] - frame.groupby(ENTITY)["x3"].transform("mean")
    frame["x3"] = frame.groupby(ENTITY)["x1"].transform("mean") + noise
    fits = fits_of(frame)
    assert fits["between"].omitted == ("x3",)
    assert "the partner means of x3 are a combination" in fits["between"].reason
    assert fits["within"].omitted == fits["random"].omitted == ()
    assert fits["random"].reason == "between regression without x3"


def test_strictly_nothing_may_be_left_out() -> None:
    frame = panel(x4="x1 + x2")
    moments = moments_of(frame, regressors_of(frame))
    for fit in estimate_all(moments).values():
        refusal = strictly(fit, moments)
        assert (refusal.status, refusal.coefficients.size) == ("rank_deficient", 0)
        assert "x4 is a linear combination of the regressors before it" in refusal.reason
    whole = moments.select(("x1", "x2", "x3"))
    for fit in estimate_all(whole).values():
        assert strictly(fit, whole) is fit


def test_few_rows_are_few_and_not_collinear() -> None:
    frame = make_panel(2, sizes=[2, 2], n_terms=4)
    fit = fits_of(frame)["pooled"]
    assert (fit.status, fit.reason[:25]) == ("too_few_rows", "4 rows for 5 coefficients")


def test_the_warehouse_keeps_a_row_for_each() -> None:
    """Also where covariances and tests read the slots behind the one that is empty."""
    frame = panel(x4="x1 + x2", x5="0.0 * x1 + 3.0").rename(columns={"x3": "x6"})
    frame = frame[[ENTITY, "year", OUTCOME, "x1", "x2", "x4", "x5", "x6"]]
    tables = run_gravity_models({("a", "s"): frame})
    without = run_gravity_models({("a", "s"): frame.drop(columns=["x4", "x5"])})
    held = tables.results.coefficients
    rows = held[held["term_status"] == "omitted"]
    assert set(rows["term"]) == {"x4", "x5"}
    assert len(rows) == 2 * len(estimators("least_squares"))
    assert rows["coefficient"].isna().all()
    assert rows["reason"].str.contains("x5 does not vary over the sample").all()
    for name, key, quantities in (
        ("coefficients", "term", ["coefficient", "coefficient_se", "statistic", "df", "p_value"]),
        ("tests", "test", ["statistic", "df", "p_value"]),
        ("covariances", "covariance", ["critical_value", "c_0_0", "c_0_1"]),
    ):
        ours, theirs = (getattr(one.results, name) for one in (tables, without))
        ours = ours[~ours[key].isin(["x4", "x5"])]
        keys = list(dict.fromkeys(["estimator", "covariance", key]))
        both = ours.merge(theirs, on=keys, how="outer", indicator=True)
        assert set(both["_merge"]) == {"both"}
        for quantity in quantities:
            left, right = (both[f"{quantity}_{side}"].astype(float) for side in "xy")
            np.testing.assert_allclose(left, right, rtol=1e-6, atol=1e-12)


# --- PPML -----------------------------------------------------------------------------------------

G = ["a", "a", "a", "b", "b", "b"]


@pytest.mark.parametrize(
    ("columns", "effects", "omitted", "absorbed", "said"),
    [
        ({"x": [1, 2, 1, 3, 2, 5], "z": [0.1] * 6}, (), ("z",), (), "z does not vary"),
        (
            {"x": [1, 2, 1, 3, 1, 2], "z": [3, 5, 3, 7, 3, 5]},
            (),
            ("z",),
            (),
            "z is a linear combination of the regressors before it",
        ),
        (
            {"x": [1, 2, 1, 3, 1, 2], "z": [3, 5, 3, 7, 3, 5]},
            (("g",),),
            ("z",),
            (),
            "z is a linear combination of the regressors before it",
        ),
        (
            {"x": [1, 2, 4, 3, 1, 1], "z": [1, 2, 4, 8, 6, 6]},
            (("g",),),
            (),
            ("z",),
            "z is a linear combination of the regressors before it and the effects",
        ),
        (
            {"x": [1, 2, 4, 3, 1, 1], "z": [7, 7, 7, 7, 7, 7]},
            (("g",),),
            ("z",),
            (),
            "z does not vary over the sample",
        ),
    ],
)
def test_ppml_is_as_without_them(
    columns: dict[str, list[float]],
    effects: tuple[tuple[str, ...], ...],
    omitted: tuple[str, ...],
    absorbed: tuple[str, ...],
    said: str,
) -> None:
    rows = {"y": [1, 2, 3, 4, 5, 6], "g": G, **columns}
    fit = fitted_on(rows, "x", "z", effects=effects)
    without = fitted_on(rows, "x", effects=effects)
    assert (fit.status, fit.omitted, fit.absorbed) == ("ok", omitted, absorbed)
    assert fit.reason == said or fit.reason.startswith(f"{said} over")
    assert fit.terms == without.terms
    np.testing.assert_allclose(fit.coefficients, without.coefficients, rtol=EXACT)
    refusal = strictly_ppml(fit)
    assert (refusal.status, refusal.reason) == ("rank_deficient", fit.reason)
    assert (refusal.n_obs, refusal.n_entities, refusal.coefficients.size) == (6, 6, 0)
    assert strictly_ppml(without) is without


@pytest.mark.parametrize("scale_rows", [0, 10**9])
@pytest.mark.parametrize("effects", [(), (("pair",), ("year",))])
def test_ppml_as_fixest(effects: tuple[tuple[str, ...], ...], scale_rows: int) -> None:
    rows = gravity_rows(3).assign(
        both=lambda r: r["gdp_log"] - 2.0 * r["agreement"], flat=2.5, again=lambda r: r["agreement"]
    )
    names = ["gdp_log", "agreement", "both", "flat", "again"]
    fit = fit_ppml(
        rows,
        outcome="trade",
        regressors=names,
        entity="pair",
        time="year",
        effects=effects,
        scale_rows=scale_rows,
    )
    assert (fit.status, set(fit.omitted)) == ("ok", {"both", "flat", "again"})
    kept = rows.merge(fit.keys, on=["pair", "year"])
    right = " | pair + year" if effects else ""
    theirs = pf.fepois(f"trade ~ {' + '.join(names)}{right}", data=kept, iwls_tol=1e-12)
    assert set(theirs._collin_vars) == set(fit.omitted)
    np.testing.assert_allclose(fit.coefficients, theirs.coef().to_numpy(), rtol=1e-6)


# --- Command line ---------------------------------------------------------------------------------

ARGUMENTS = ["--outcome", "y", "--regressors", "x1,x2,x3,x4", "--entity", "entity"]
ARGUMENTS += ["--time", "year"]


@pytest.mark.parametrize("kind", ["table", "json", "csv", "latex", "html", "markdown"])
@pytest.mark.parametrize("estimator", ["pooled", "within", "ppml", "between,random"])
def test_every_format_names_them(
    kind: str, estimator: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(tmp_path, capsys)
    frame = panel(x4="x1 + x2").assign(y=lambda rows: rows["y"].abs())
    given = [*ARGUMENTS, "--estimator", estimator, "--format", kind]
    code, out, err = shell.run("gravity", frame, *given)
    assert code == 0
    flat = re.sub(r"\s+", " ", re.sub(r"</?[a-z][^>]*>", " ", out))
    if kind == "json":
        assert '"omitted": [ "x4" ]' in flat
    else:
        assert re.search(r"x4[\s|&,]*omitted", flat)
    said = "x4 is a linear combination of the regressors before it"
    assert said in (err if kind == "csv" else flat)
    code, out, _ = shell.run("gravity", frame, *given, "--strict")
    assert code == 4
    assert "omitted" not in out or kind == "json"
    assert not re.search(r"\b[Gg]roups\W+0\b", out)


def test_strict_needs_every_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of several estimators one without a number is a refusal; without the option it is not."""
    shell = Shell(tmp_path, capsys)
    frame = panel()
    frame["x4"] = frame.groupby(ENTITY)["x1"].transform("first")
    given = [*ARGUMENTS, "--estimator", "pooled,within", "--format", "json"]
    documents = shell.documents(frame, *given)
    assert [documents[name]["absorbed"] for name in documents] == [[], ["x4"]]
    code, out, _ = shell.run("gravity", frame, *given, "--strict")
    assert code == 4
    assert '"status": "ok"' in out
    assert "x4 does not vary within partners" in out
