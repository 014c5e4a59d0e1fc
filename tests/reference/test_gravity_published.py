"""Estimators and tests against printed figures and certified values."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from tests.panels import (
    ENTITY,
    OUTCOME,
    Case,
)

pytestmark = pytest.mark.usefixtures("engine")

CERTIFIED_DIGITS = 9
"""Measured 11.1 in coefficients and 10.4 in standard errors. The condition number is 1e4 for
Longley's correlation matrix, beyond 1e15 for the raw cross-products, which would leave none."""


def assert_printed(value: float, printed: str) -> None:
    """Equal to the print: at most half a unit of its last digit away."""
    decimals = len(printed.partition(".")[2])
    assert value == pytest.approx(float(printed), rel=0.0, abs=0.5 * 10.0**-decimals)


def correct_digits(ours: object, certified: object) -> float:
    """Decimal digits on which the worst of some numbers agrees: minus log10 of its error."""
    truth = np.asarray(certified, dtype=float)
    error = np.abs(np.asarray(ours, dtype=float) - truth) / np.abs(truth)
    return float(-np.log10(max(float(error.max()), np.finfo(float).eps)))


# --- Grunfeld: Baltagi (2021), Econometric Analysis of Panel Data, 10 firms over 20 years ---------


def grunfeld_case(*, single_precision: bool) -> Case:
    data = sm.datasets.grunfeld.load_pandas().data
    data = data[data["firm"] != "American Steel"]  # the eleventh firm is not in Baltagi's table
    data = data.rename(columns={"firm": ENTITY, "invest": OUTCOME, "value": "x1", "capital": "x2"})
    if single_precision:
        stored = data[[OUTCOME, "x1", "x2"]].astype(np.float32)
        data[[OUTCOME, "x1", "x2"]] = stored.astype(np.float64)
    return Case.of(data)


@pytest.fixture(scope="module")
def grunfeld(engine: str) -> Case:  # noqa: ARG001
    return grunfeld_case(single_precision=False)


def test_grunfeld_slopes(grunfeld: Case) -> None:
    fixed, random = grunfeld.fits["within"], grunfeld.fits["random"]
    assert_printed(fixed.slopes[0], ".110124")
    assert_printed(fixed.slopes[1], ".310065")
    printed = {"-57.834415": "28.8989", ".109781": ".010493", ".308113": ".017180"}
    for k, (coefficient, std_error) in enumerate(printed.items()):
        assert_printed(random.coefficients[k], coefficient)
        assert_printed(float(np.sqrt(random.covariance[k, k])), std_error)
    assert_printed(random.theta[0], ".8612")


def test_grunfeld_variance_components() -> None:
    """As Stata prints them: it stores the data in single precision, seen in the seventh digit."""
    fits = grunfeld_case(single_precision=True).fits
    assert_printed(fits["within"].sigma_u, "85.7325")
    assert_printed(fits["within"].sigma_e, "52.767964")
    assert_printed(fits["random"].sigma_u, "84.20095")


def test_grunfeld_tests(grunfeld: Case) -> None:
    tests = grunfeld.tests
    assert_printed(tests["hausman"].statistic, "2.3304")
    assert tests["hausman"].df == 2
    assert_printed(tests["f_effects"].statistic, "49.177")
    assert (tests["f_effects"].df, tests["f_effects"].df_denominator) == (9, 188)
    assert_printed(tests["breusch_pagan_lm"].statistic, "798.16")
    assert {test.status for test in tests.values()} == {"ok"}


# --- Longley: certified by NIST, Statistical Reference Datasets ----------------------------------

LONGLEY_COEFFICIENTS = (
    -3482258.63459582,
    15.0618722713733,
    -0.358191792925910e-01,
    -2.02022980381683,
    -1.03322686717359,
    -0.511041056535807e-01,
    1829.15146461355,
)
LONGLEY_STD_ERRORS = (
    890420.383607373,
    84.9149257747669,
    0.334910077722432e-01,
    0.488399681651699,
    0.214274163161675,
    0.226073200069370,
    455.478499142212,
)
LONGLEY_RESIDUAL_SD = 304.854073561965
LONGLEY_R_SQUARED = 0.995479004577296


@pytest.mark.parametrize("grouping", ["one_entity", "a_row_each", "two_entities"])
def test_longley_certified_values(grouping: str) -> None:
    data = sm.datasets.longley.load_pandas().data.astype(float)
    data.columns = [OUTCOME, *(f"x{k}" for k in range(1, 7))]
    data[ENTITY] = {
        "one_entity": np.zeros(len(data), dtype=int),
        "a_row_each": np.arange(len(data)),
        "two_entities": np.arange(len(data)) % 2,
    }[grouping]
    fit = Case.of(data).fits["pooled"]
    assert fit.status == "ok"
    assert correct_digits(fit.coefficients, LONGLEY_COEFFICIENTS) >= CERTIFIED_DIGITS
    std_error = np.sqrt(np.diag(fit.covariance))
    assert correct_digits(std_error, LONGLEY_STD_ERRORS) >= CERTIFIED_DIGITS
    residual_sd = np.sqrt(fit.ssr / fit.df_resid)
    assert correct_digits(residual_sd, LONGLEY_RESIDUAL_SD) >= CERTIFIED_DIGITS
    assert correct_digits(fit.r_squared, LONGLEY_R_SQUARED) >= CERTIFIED_DIGITS
