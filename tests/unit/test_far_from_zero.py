"""Outcomes and regressors far from zero, in every estimator, reader and engine of sums.

A column that is shifted by ``ORIGIN`` is rounded, and shifted back without another rounding: the
same numbers near zero are the reference.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from tests.panels import ENTITY, OUTCOME, Case, make_panel, run_gravity_models
from tests.unit.test_audit import Published
from tests.unit.test_cli import Shell, column, save
from tests.unit.test_ppml import gravity_rows

from trade_potential.errors import InputError
from trade_potential.index.on_duckdb import table_correlation
from trade_potential.inference.registry import estimators
from trade_potential.ppml.estimate import PpmlFit, fit_ppml

SAME = 1e-9
"""The same numbers but for the value they are shifted by: they agree to 1e-12 in well-conditioned
panels."""

ORIGINS = [3e12, -1e15]
"""Doubles there are 0.0005 and 0.125 apart, for standard deviations of one to three."""

SHIFTED = [[OUTCOME], ["x1"], [OUTCOME, "x1", "x2"]]


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


def far_and_near(
    frame: pd.DataFrame, columns: list[str], origin: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Columns shifted by a number, and shifted back: the second subtraction is exact."""
    far = frame.assign(**{name: frame[name] + origin for name in columns})
    near = far.assign(**{name: far[name] - origin for name in columns})
    assert (near[columns] + origin == far[columns]).all(axis=None)
    return far, near


def panel() -> pd.DataFrame:
    frame = make_panel(5, sizes=[6, 4, 1, 8] * 8, n_terms=2)
    frame["weight"] = np.random.default_rng(5).uniform(0.5, 2.0, len(frame))
    return frame


def test_pooled_slope_in_exact_arithmetic() -> None:
    """Y = 2x + e + 3e12, by fractions."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({ENTITY: np.repeat(np.arange(25), 4), "year": np.tile(np.arange(4), 25)})
    frame["x1"] = rng.normal(size=100)
    frame[OUTCOME] = 2.0 * frame["x1"] + rng.normal(size=100) + 3e12
    x, y = ([Fraction(value) for value in frame[name]] for name in ("x1", OUTCOME))
    mean_x, mean_y = sum(x) / 100, sum(y) / 100
    product = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    slope = product / sum((a - mean_x) ** 2 for a in x)
    left = [b - mean_y - slope * (a - mean_x) for a, b in zip(x, y, strict=True)]
    ssr = float(sum(value**2 for value in left))
    fit = Case.of(frame).fits["pooled"]
    assert fit.slopes[0] == pytest.approx(float(slope), rel=1e-13)
    assert fit.ssr == pytest.approx(ssr, rel=1e-12)
    assert fit.status == "ok"
    assert "the outcome varies by 2.4 where doubles are 0.00049 apart: at most 4" in fit.reason


@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize("columns", SHIFTED)
@pytest.mark.parametrize("origin", ORIGINS)
def test_every_estimator_and_test(origin: float, columns: list[str], weights: str | None) -> None:
    far, near = (Case.of(f, weights=weights) for f in far_and_near(panel(), columns, origin))
    for name in estimators("least_squares"):
        ours, theirs = far.fits[name], near.fits[name]
        assert (ours.status, ours.terms) == (theirs.status, theirs.terms)
        assert "apart: at most" in ours.reason
        assert "apart: at most" not in theirs.reason
        np.testing.assert_allclose(ours.slopes, theirs.slopes, rtol=SAME)
        np.testing.assert_allclose(ours.covariance[1:, 1:], theirs.covariance[1:, 1:], rtol=SAME)
        for number in ("ssr", "r_squared", "r_squared_within", "r_squared_between", "sigma_u"):
            values = (getattr(fit, number) for fit in (ours, theirs))
            np.testing.assert_allclose(*values, rtol=SAME)
        inner, known = (case.errors(name, "clustered").matrix[1:, 1:] for case in (far, near))
        np.testing.assert_allclose(inner, known, rtol=SAME)
    for name, test in near.tests.items():
        assert far.tests[name].status == test.status
        np.testing.assert_allclose(far.tests[name].statistic, test.statistic, rtol=1e-8)


def test_a_reason_is_given_once() -> None:
    """Mundlak's sigma_u is that of random effects, whose sample it has."""
    frame = make_panel(5, sizes=[6, 4, 5, 8] * 8, n_terms=1)
    codes = frame.groupby(ENTITY).ngroup()
    frame[OUTCOME] = frame[OUTCOME].groupby(codes).transform(lambda y: y - y.mean()) + ORIGINS[0]
    fits = Case.of(frame).fits
    for name in ("random", "mundlak"):
        assert fits[name].status == "sigma_u_zero"
        parts = fits[name].reason.split("; ")
        assert len(parts) == len(set(parts)) == 2


@pytest.mark.parametrize("columns", SHIFTED)
def test_models_of_the_warehouse_and_their_audit(columns: list[str]) -> None:
    frames = far_and_near(panel().drop(columns="weight"), columns, ORIGINS[0])
    far, near = (run_gravity_models({("a", "s"): frame}) for frame in frames)
    theirs, ours = near.results.coefficients, far.results.coefficients
    slopes, numbers = theirs["term"] != "const", ["coefficient", "coefficient_se"]
    np.testing.assert_allclose(ours.loc[slopes, numbers], theirs.loc[slopes, numbers], rtol=1e-8)
    pd.testing.assert_series_equal(far.results.tests["df"], near.results.tests["df"])
    audit = Published.of(frames[0]).audit()
    assert set(audit.loc[audit["term"] != "const", "status"]) == {"agrees"}


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_files_of_both_kinds(shell: Shell, suffix: str) -> None:
    far, near = far_and_near(panel(), [OUTCOME, "x1"], ORIGINS[0])
    words = ["--outcome", OUTCOME, "--regressors", "x1,x2", "--entity", ENTITY, "--time", "year"]
    words += ["--estimator", ",".join(estimators("least_squares")), "--weights", "weight"]
    found = []
    for name, frame in (("far", far), ("near", near)):
        path = save(frame, shell.folder / f"{name}{suffix}")
        found.append(shell.documents(path, *words, "--format", "json"))
    for ours, theirs in zip(*(part.values() for part in found), strict=True):
        assert ours["status"] == theirs["status"]
        assert "x1 varies by" in ours["reason"]
        assert column(ours, "estimate")[1:] == pytest.approx(
            column(theirs, "estimate")[1:], rel=SAME
        )
        assert column(ours, "std_error")[1:] == pytest.approx(
            column(theirs, "std_error")[1:], rel=SAME
        )


@pytest.mark.parametrize("estimator", ["within", "ppml"])
def test_a_table_says_it_beside_absorbed_regressors(shell: Shell, estimator: str) -> None:
    frame = panel().assign(fixed=lambda rows: rows.groupby(ENTITY).ngroup())
    frame[OUTCOME] += ORIGINS[0]
    words = ["--outcome", OUTCOME, "--regressors", "x1,fixed", "--entity", ENTITY]
    words += ["--time", "year", "--estimator", estimator, "--format", "markdown"]
    words += ["--effects", ENTITY] if estimator == "ppml" else []
    code, out, _ = shell.run("gravity", frame, *words)
    assert code == 0
    assert "absorbed" in out
    assert "the outcome varies by" in out
    assert "absorbed by" not in out
    assert "absorb fixed" not in out


def test_effects_far_from_each_other_leave_what_varies_within() -> None:
    """Between entities 1e10, within 1: the outcome is no constant within, nor is the regressor."""
    frame = panel()
    far = frame.copy()
    step = 1e10 * frame.groupby(ENTITY).ngroup()
    for name in (OUTCOME, "x1"):
        far[name] = frame[name] + step
    near = far.assign(**{name: far[name] - step for name in (OUTCOME, "x1")})
    ours, theirs = Case.of(far).fits, Case.of(near).fits
    for name in ("within", "twoway"):
        np.testing.assert_allclose(ours[name].slopes, theirs[name].slopes, rtol=SAME)
        np.testing.assert_allclose(ours[name].ssr, theirs[name].ssr, rtol=SAME)


@pytest.mark.parametrize("name", [OUTCOME, "x1"])
def test_no_digit_is_an_answer(name: str) -> None:
    """Doubles near 1e16 are 2 apart."""
    frame = panel()
    frame[name] += 1e16
    called = {OUTCOME: "the outcome"}.get(name, name)
    for fit in Case.of(frame).fits.values():
        if name == OUTCOME:
            assert fit.status == "rank_deficient"
        else:
            assert fit.is_estimated
            assert name in fit.omitted
        assert f"{called} does not vary over the sample beyond the distance" in fit.reason


def test_index_and_its_scores(shell: Shell) -> None:
    rng = np.random.default_rng(6)
    values = pd.DataFrame(rng.normal(size=(60, 3)) @ rng.normal(size=(3, 3)), columns=list("abc"))
    far, near = far_and_near(values, ["a", "b"], ORIGINS[0])
    words = ["--indicators", "a,b,c", "--anchor", "a", "--format", "json"]
    documents = [
        shell.document("index", save(frame, shell.folder / f"{k}.parquet"), *words)
        for k, frame in enumerate((far, near))
    ]
    assert "a varies by" in documents[0]["reason"]
    assert documents[1]["reason"] == ""
    for name in ("weights", "loadings"):
        for key, value in documents[1][name].items():
            assert documents[0][name][key] == pytest.approx(value, rel=SAME)
    for ours, theirs in zip(documents[0]["scores"], documents[1]["scores"], strict=True):
        assert ours["score"] == pytest.approx(theirs["score"], rel=SAME, abs=SAME)


@pytest.mark.parametrize("size", [1e200, 1e-200])
def test_units_in_which_nothing_can_be_squared(size: float) -> None:
    said = f"values are too {'large' if size > 1.0 else 'small'} to square"
    frame = panel()
    for name in (OUTCOME, "x1"):
        with pytest.raises(InputError, match=said):
            Case.of(frame.assign(**{name: frame[name] * size}))
    columns = frame[["x1", "x2"]].set_axis(["v0", "v1"], axis=1) * size
    with duckdb.connect() as connection:
        connection.register("rows_of_test", columns)
        with pytest.raises(InputError, match=said):
            table_correlation(connection, "rows_of_test", variables=["a", "b"])
    rows = gravity_rows(4)
    rows["gdp_log"] *= size
    with pytest.raises(InputError, match=f"gdp_log: {said}"):
        fit_ppml(rows, outcome="trade", regressors=["gdp_log"], entity="pair", time="year")


@pytest.mark.parametrize("size", [1e300, 1e-300])
def test_weights_and_outcomes_of_any_size(size: float) -> None:
    """Weights count relative to each other, but for variance = mean: there they are counts."""
    frame = panel()
    far, near = (
        Case.of(f, weights="weight") for f in (frame.assign(weight=frame["weight"] * size), frame)
    )
    for name in estimators("least_squares"):
        np.testing.assert_allclose(far.fits[name].slopes, near.fits[name].slopes, rtol=SAME)
        errors = (np.diag(case.fits[name].covariance) for case in (far, near))
        np.testing.assert_allclose(*errors, rtol=SAME)
    rows = gravity_rows(4)

    def fitted(rows: pd.DataFrame) -> PpmlFit:
        return fit_ppml(
            rows,
            outcome="trade",
            regressors=["gdp_log"],
            entity="pair",
            time="year",
            weights="weight",
        )

    known = fitted(rows)
    for name in ("weight", "trade"):
        found = fitted(rows.assign(**{name: rows[name] * size}))
        assert found.coefficients[1] == pytest.approx(known.coefficients[1], rel=SAME)
        for kind in ("robust", "clustered", "clustered_twoway"):
            variance = found.covariances[kind].matrix[1, 1]
            assert variance == pytest.approx(known.covariances[kind].matrix[1, 1], rel=SAME)
        variance = found.covariances["classical"].matrix[1, 1] * size
        assert variance == pytest.approx(known.covariances["classical"].matrix[1, 1], rel=SAME)
        for number in ("deviance_r_squared", "r_squared", "n_zeros"):
            assert getattr(found, number) == pytest.approx(getattr(known, number), rel=SAME)
