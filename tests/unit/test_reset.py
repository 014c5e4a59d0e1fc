"""Ramsey's test by the covariance that was asked for, with the powers that were asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from linearmodels.panel import PooledOLS
from scipy import stats
from statsmodels.stats.diagnostic import linear_reset
from tests.panels import OUTCOME, Case, make_panel, unbalanced_sizes
from tests.unit.test_cli import Shell, assert_same_document
from tests.unit.test_gravity_wald_tests import assert_not_available
from tests.unit.test_ppml import gravity_rows

from trade_potential.gravity.reset import reset
from trade_potential.inference.registry import COVARIANCES
from trade_potential.ppml.estimate import fit_ppml
from trade_potential.ppml.reset import reset as reset_of_ppml

SAME = 1e-7
"""The powers of a fit that is far from zero are nearly collinear for the others, not for us."""


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


def panel() -> pd.DataFrame:
    """Unbalanced, with a form that is not quite linear and errors that partners share."""
    frame = make_panel(4, sizes=unbalanced_sizes(4, 40, 9), n_terms=2)
    frame[OUTCOME] += 0.1 * frame["x1"] ** 2
    return frame.assign(weight=np.random.default_rng(4).uniform(0.2, 5.0, len(frame)))


def found(
    shell: Shell, frame: pd.DataFrame, *more: str, estimator: str = "pooled"
) -> dict[str, Any]:
    """The test as the command line writes it."""
    given = ["--outcome", OUTCOME, "--regressors", "x1,x2", "--entity", "entity", "--time", "year"]
    given += ["--estimator", estimator, "--tests", "--format", "json"]
    document = shell.document("gravity", frame, *given, *more)
    test: dict[str, Any] = next(t for t in document["tests"] if t["name"] == "reset")
    return test


# --- Least squares --------------------------------------------------------------------------------


@pytest.mark.parametrize("powers", [(2,), (2, 3), (2, 3, 4)])
@pytest.mark.parametrize("kind", COVARIANCES)
def test_by_covariance_and_powers(shell: Shell, kind: str, powers: tuple[int, ...]) -> None:
    """Linearmodels on the regressors and the powers; statsmodels' own test where it has one."""
    frame = panel()
    test = found(shell, frame, "--covariance", kind, "--reset-powers", ",".join(map(str, powers)))
    assert (test["status"], test["covariance"], test["powers"]) == ("ok", kind, list(powers))
    x = sm.add_constant(frame[["x1", "x2"]])
    plain = sm.OLS(frame[OUTCOME], x).fit()
    unit = (plain.fittedvalues - plain.fittedvalues.mean()) / plain.fittedvalues.std()
    wide = x.assign(**{f"p{power}": unit**power for power in powers})
    index = [frame["entity"], frame["year"]]
    clusters = pd.DataFrame({"i": frame["entity"].factorize()[0], "t": frame["year"]})
    settings: dict[str, dict[str, Any]] = {
        "classical": {"cov_type": "unadjusted"},
        "robust": {"cov_type": "robust"},
        "clustered": {"cov_type": "clustered", "clusters": clusters[["i"]], "group_debias": True},
        "clustered_twoway": {"cov_type": "clustered", "clusters": clusters, "group_debias": True},
        "driscoll_kraay": {"cov_type": "kernel"},
    }
    given = settings[kind]
    if "clusters" in given:
        given["clusters"] = given["clusters"].set_index(pd.MultiIndex.from_arrays(index))
    aux = PooledOLS(
        frame[OUTCOME].set_axis(pd.MultiIndex.from_arrays(index)),
        wide.set_axis(pd.MultiIndex.from_arrays(index)),
    ).fit(debiased=True, **given)
    names = [f"p{power}" for power in powers]
    slopes, matrix = aux.params[names].to_numpy(), aux.cov.loc[names, names].to_numpy()
    n, groups, times = len(frame), frame["entity"].nunique(), frame["year"].nunique()
    df = {
        "clustered": groups - 1,
        "clustered_twoway": min(groups, times) - 1,
        "driscoll_kraay": times - 1,
    }.get(kind, n - 3 - len(powers))
    value = float(slopes @ np.linalg.solve(matrix, slopes)) / len(powers)
    assert test["statistic"] == pytest.approx(value, rel=SAME)
    assert test["df"] == [len(powers), df]
    assert test["p_value"] == pytest.approx(stats.f.sf(value, len(powers), df), rel=SAME)
    theirs = {
        "classical": {},
        "robust": {"cov_type": "HC1"},
        "clustered": {"cov_type": "cluster", "cov_kwds": {"groups": clusters["i"]}},
    }
    if kind in theirs:
        own = linear_reset(plain, power=powers[-1], use_f=True, **theirs[kind])
        assert test["statistic"] == pytest.approx(float(own.fvalue), rel=SAME)
        assert test["p_value"] == pytest.approx(float(own.pvalue), rel=SAME)


@pytest.mark.parametrize(
    ("kind", "theirs"),
    [
        ("classical", {"cov_type": "nonrobust"}),
        ("robust", {"cov_type": "HC1"}),
        ("clustered", {"cov_type": "cluster"}),
    ],
)
def test_of_weighted_rows(shell: Shell, kind: str, theirs: dict[str, Any]) -> None:
    frame = panel()
    test = found(shell, frame, "--covariance", kind, "--weights", "weight")
    x = sm.add_constant(frame[["x1", "x2"]])
    fitted = sm.WLS(frame[OUTCOME], x, weights=frame["weight"]).fit().fittedvalues
    wide = x.assign(p2=fitted**2, p3=fitted**3)
    if kind == "clustered":
        theirs = {**theirs, "cov_kwds": {"groups": frame["entity"].factorize()[0]}}
    aux = sm.WLS(frame[OUTCOME], wide, weights=frame["weight"]).fit(**theirs)
    own = aux.f_test("p2 = 0, p3 = 0")
    assert test["statistic"] == pytest.approx(float(own.fvalue), rel=SAME)
    assert test["p_value"] == pytest.approx(float(own.pvalue), rel=SAME)


def test_both_ways_to_the_classical_test_agree(shell: Shell) -> None:
    """From products, as in the warehouse, and from the moments of a wider regression."""
    frame = panel()
    case = Case.of(frame)
    test = found(shell, frame)
    assert (test["covariance"], test["powers"]) == ("classical", [2, 3])
    assert case.tests["reset"].statistic == pytest.approx(test["statistic"], rel=SAME)
    assert "powers 2 and 3 of the fit add nothing" in case.tests["reset"].null_hypothesis


def test_it_is_the_test_of_pooled_beside_every_estimator(shell: Shell) -> None:
    """Also where what is known of the rows was read again for another estimator before."""
    frame = panel()
    pooled = found(shell, frame, "--covariance", "robust")
    for estimator in ("within", "twoway", "random", "mundlak", "between"):
        again = found(shell, frame, "--covariance", "robust", estimator=estimator)
        assert again["statistic"] == pytest.approx(pooled["statistic"], rel=1e-9)


def test_other_numbers_do_not_change_for_it(shell: Shell) -> None:
    frame = panel()
    given = ["--outcome", OUTCOME, "--regressors", "x1,x2", "--entity", "entity", "--time", "year"]
    given += ["--estimator", "twoway", "--covariance", "driscoll_kraay", "--format", "json"]
    plain = shell.document("gravity", frame, *given)
    tested = shell.document("gravity", frame, *given, "--tests")
    for one, other in zip(plain["coefficients"], tested["coefficients"], strict=True):
        assert_same_document(one, other)


def test_few_clusters_have_no_test(shell: Shell) -> None:
    frame = make_panel(3, sizes=[20] * 5, n_terms=2)
    test = found(shell, frame, "--covariance", "clustered")
    assert test["status"] == "not_available"
    assert test["reason"] == ("5 clusters for 5 coefficients: the covariance cannot have full rank")


@pytest.mark.parametrize("kind", ["classical", "robust"])
def test_a_power_that_says_nothing(shell: Shell, kind: str) -> None:
    """Powers of a fit with two values are the dummy again; without slopes there is no fit."""
    frame = make_panel(5, sizes=[5] * 8, n_terms=2)
    frame["x1"] = (np.arange(len(frame)) % 3 == 0).astype(float)
    test = found(shell, frame.assign(x2=2.0), "--covariance", kind)
    assert test["status"] == "not_available"
    assert test["reason"] == "a power of the fit is a combination of the regressors"
    test = found(shell, frame.assign(x1=1.0, x2=2.0), "--covariance", kind)
    assert (test["status"], test["reason"]) == ("not_available", "the fit does not vary")


def test_the_table_says_what_it_rests_on(shell: Shell) -> None:
    given = ["--outcome", OUTCOME, "--regressors", "x1,x2", "--entity", "entity", "--time", "year"]
    given += ["--estimator", "pooled,ppml", "--covariance", "clustered", "--tests"]
    frame = panel().assign(**{OUTCOME: lambda rows: np.exp(rows[OUTCOME] / 4.0)})
    for estimator, said in (("pooled", "2, 3"), ("ppml", "2")):
        given[given.index("--estimator") + 1] = estimator
        _, out, _ = shell.run("gravity", frame, *given)
        line = next(text for text in out.splitlines() if text.startswith("  reset "))
        assert line.split()[-1] == "clustered"
        assert f"reset: powers of the fit: {said}\n" in out


@pytest.mark.parametrize("given", ["1,2", "3", "2,4", "2,2", "", "2,3,x", "2,3,4,5,6,7,8,9,10"])
def test_powers_with_a_gap_are_refused(shell: Shell, given: str) -> None:
    """They would depend on the unit of an outcome in logarithms."""
    arguments = ["--outcome", OUTCOME, "--regressors", "x1", "--entity", "entity", "--time", "year"]
    arguments += ["--estimator", "pooled", "--tests", f"--reset-powers={given}"]
    said = shell.complaint(2, "gravity", panel(), *arguments)
    assert "is none of 2, 2,3 and so on" in said
    arguments = [*arguments[:-2], "--reset-powers", "2,3"]
    assert "--reset-powers belongs to --tests" in shell.complaint(2, "gravity", panel(), *arguments)


# --- Degenerate fits, from products ---------------------------------------------------------------


@pytest.mark.parametrize("is_weighted", [False, True])
def test_reset_from_rows(is_weighted: bool) -> None:
    frame = make_panel(4, sizes=unbalanced_sizes(4, 20, 6), n_terms=2)
    frame[OUTCOME] += 0.2 * frame["x1"] ** 2
    weight = np.random.default_rng(4).uniform(0.2, 5.0, len(frame))
    frame["weight"] = weight if is_weighted else 1.0
    test = Case.of(frame, weights="weight" if is_weighted else None).tests["reset"]
    root = np.sqrt(frame["weight"].to_numpy())
    design = np.column_stack([np.ones(len(frame)), frame[["x1", "x2"]]])
    y = frame[OUTCOME].to_numpy()
    fit = design @ np.linalg.lstsq(design * root[:, None], y * root, rcond=None)[0]
    wide = np.column_stack([design, fit**2, fit**3])
    squares = []
    for columns in (design, wide):
        found = np.linalg.lstsq(columns * root[:, None], y * root, rcond=None)[0]
        squares.append(float(((y - columns @ found) ** 2) @ frame["weight"]))
    df = len(frame) - 5
    expected = (squares[0] - squares[1]) / 2.0 / (squares[1] / df)
    assert test.statistic == pytest.approx(expected, rel=1e-8)
    assert (test.df, test.df_denominator) == (2, df)
    assert test.p_value == pytest.approx(stats.f.sf(expected, 2, df), rel=1e-6)


def test_reset_of_a_dummy() -> None:
    """Powers of a fit with two values are the dummy again."""
    frame = make_panel(5, sizes=[5] * 8, n_terms=1)
    frame["x1"] = (np.arange(len(frame)) % 3 == 0).astype(float)
    said = "a power of the fit is a combination of the regressors"
    assert_not_available(Case.of(frame).tests["reset"], said)


def test_reset_without_degrees_of_freedom() -> None:
    for rows, said in ((4, "0 residual degrees of freedom with the powers"), (3, "-1 residual")):
        frame = make_panel(6, sizes=[1] * rows, n_terms=1)
        assert_not_available(Case.of(frame).tests["reset"], said)


def test_reset_of_a_fit_without_numbers() -> None:
    frame = make_panel(7, sizes=[1] * 3, n_terms=2)
    assert_not_available(Case.of(frame).tests["reset"], "pooled: 3 rows for 3 coefficients")


def test_reset_of_a_fit_that_does_not_vary() -> None:
    """The regressor has no part in the outcome: y is its square, x symmetric around zero."""
    frame = pd.DataFrame({"entity": [f"E{k}" for k in range(8)], "year": 2000})
    frame["x1"] = [-2.0, -1.0, 1.0, 2.0] * 2
    frame["y"] = [1.0, 0.0, 0.0, 1.0] * 2
    case = Case.of(frame)
    assert case.fits["pooled"].slopes.tolist() == [0.0]
    assert_not_available(case.tests["reset"], "the fit does not vary")
    assert_not_available(
        reset(case.fits["pooled"], np.full((4, 4), np.nan)), "the fit does not vary"
    )


# --- PPML -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("powers", [(2,), (2, 3)])
@pytest.mark.parametrize("scale", [1.0, 1e6])
def test_ppml_by_covariance_and_powers(powers: tuple[int, ...], scale: float) -> None:
    """Statsmodels' GLM with the powers; the classical one also in another unit of the outcome."""
    rows = gravity_rows(5)
    rows["trade"] = rows["trade"] / rows["trade"].mean() * scale
    terms = ["distance_log", "gdp_log", "agreement"]
    fit = fit_ppml(
        rows, outcome="trade", regressors=terms, entity="pair", time="year", weights="weight"
    )
    tests = reset_of_ppml(fit, powers)
    rows = rows.sort_values(["pair", "year"], ignore_index=True)
    eta = np.log(fit.fitted)
    x = sm.add_constant(rows[terms]).assign(**{f"p{k}": (eta - eta.mean()) ** k for k in powers})
    model = sm.GLM(
        rows["trade"], x, family=sm.families.Poisson(), var_weights=rows["weight"].to_numpy()
    )
    n, k, groups = len(rows), x.shape[1], rows["pair"].nunique()
    start = np.concatenate([fit.coefficients, np.zeros(len(powers))])
    for kind, settings, factor in (
        ("classical", {}, 1.0),
        ("robust", {"cov_type": "HC0"}, n / (n - k)),
        (
            "clustered",
            {
                "cov_type": "cluster",
                "cov_kwds": {"groups": rows["pair"].factorize()[0], "use_correction": False},
            },
            groups / (groups - 1) * (n - 1) / (n - k),
        ),
    ):
        theirs = model.fit(start_params=start, tol=1e-12, maxiter=100, **settings)
        slopes = theirs.params.to_numpy()[4:]
        matrix = theirs.cov_params().to_numpy()[4:, 4:] * factor
        value = float(slopes @ np.linalg.solve(matrix, slopes))
        test = tests[kind]
        assert (test.covariance, test.powers, test.df) == (kind, powers, len(powers))
        assert test.statistic == pytest.approx(value, rel=1e-6)
        assert test.p_value == pytest.approx(stats.chi2.sf(value, len(powers)), rel=1e-5)
