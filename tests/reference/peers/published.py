"""Printed results with their source, and ours to as many digits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from math import sqrt

import numpy as np
import pandas as pd
from linearmodels.datasets import wage_panel
from tests.panels import ENTITY, OUTCOME, Case, moments_of
from tests.reference.peers.compare import OURS, factor_of
from tests.reference.peers.conventions import convention_of
from tests.reference.peers.make_data import grunfeld

from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.estimators import between, estimate_all
from trade_potential.gravity.least_squares import NormalEquations, weighted_least_squares
from trade_potential.gravity.specification_tests import run_tests
from trade_potential.inference.registry import Covariance, Estimator

SOURCES = {
    "Baltagi": "Baltagi (2021), *Econometric Analysis of Panel Data*",
    "plm": "R plm: `summary(plm(inv ~ value + capital, Grunfeld, ...))`, `pFtest`, `phtest`, as "
    "printed in public lecture notes",
    "plm sss": 'R plm: `coeftest(m, vcov = vcovHC(m, type = "sss"))`, ibid.; K without constant '
    "and year effects",
    "plm HC0": "R plm: `coeftest(m, vcov = vcovHC)`, public lecture notes; nothing is multiplied",
    "linearmodels": "linearmodels of 2022, printed in the guide of OpenBB Terminal (econometrics)",
    "linearmodels, all columns": "Ibid.; degrees of freedom of the variances count every column, "
    "as linearmodels did before 7.1, also those that one of the two regressions cannot tell "
    "apart: ours at those variances. As they are, ours are those of linearmodels 7.1",
    "Wooldridge": "R plm, `ayumu-tanaka.github.io/Wooldridge/Ch14`: Wooldridge's example 14.2; to "
    "seven of its nine decimals, as our copy of the data has log wages to seven digits",
    "ivreg2r": "R ivreg2r, reference page of `wagepan`",
}

WAGES = ("black", "hisp", "exper", "expersq", "married", "educ", "union")


@dataclass(frozen=True)
class Printed:
    """A column of a published table.

    Attributes:
        sample: Of ``SAMPLES``.
        estimator: Ours.
        source: Of ``SOURCES``.
        figures: Digits by term, or by theta, or by the name of a test.
        errors: Digits of standard errors by term.
        covariance: Of the errors.
        option: Of a plm call whose convention differs from ours.
    """

    sample: str
    estimator: Estimator
    source: str
    figures: dict[str, str]
    errors: dict[str, str]
    covariance: Covariance = "classical"
    option: str = ""


def _pairs(*text: str) -> tuple[dict[str, str], dict[str, str]]:
    """Values and errors of "term value error" items; the error may be missing."""
    items = [item.split() for item in text]
    return {item[0]: item[1] for item in items}, {item[0]: item[2] for item in items if item[2:]}


PRINTED = (
    Printed("grunfeld", "pooled", "plm", *_pairs("const -42.7143694 9.5116760",
        "value 0.1155622 0.0058357", "capital 0.2306785 0.0254758")),
    Printed("grunfeld", "within", "plm", *_pairs("value 0.110124 0.011857",
        "capital 0.310065 0.017355", "f_effects 49.177")),
    Printed("grunfeld", "twoway", "plm", *_pairs("value 0.117716 0.013751",
        "capital 0.357916 0.022719", "f_time_effects 1.4032")),
    Printed("grunfeld", "random", "plm", *_pairs("const -57.834415 28.898935",
        "value 0.109781 0.010493", "capital 0.308113 0.017180", "theta 0.8612", "hausman 2.3304")),
    Printed("grunfeld", "pooled", "Baltagi", *_pairs("breusch_pagan_lm 798.16")),
    Printed("grunfeld", "within", "plm sss", {}, {"value": "0.015156", "capital": "0.052618"},
        "clustered", '"sss"'),
    Printed("grunfeld", "twoway", "plm sss", {}, {"value": "0.010263", "capital": "0.045367"},
        "clustered", '"sss"'),
    Printed("grunfeld", "random", "plm HC0", {}, {"const": "23.449626", "value": "0.012984",
        "capital": "0.051889"}, "clustered", '"HC0"'),
    Printed("wage_few", "between", "linearmodels", *_pairs("const 0.2836 0.1784",
        "black -0.1414 0.0489", "hisp 0.0100 0.0426", "exper 0.0278 0.0113",
        "married 0.1416 0.0412", "educ 0.0913 0.0107", "union 0.2587 0.0460")),
    Printed("wage_years", "random", "linearmodels, all columns", *_pairs("const 0.0234 0.1514",
        "black -0.1394 0.0480", "hisp 0.0217 0.0428", "exper 0.1058 0.0154",
        "expersq -0.0047 0.0007", "married 0.0638 0.0168", "educ 0.0919 0.0107",
        "union 0.1059 0.0179", "d81 0.0404 0.0247", "d87 0.1348 0.0817")),
    Printed("wage_three", "within", "linearmodels", *_pairs("expersq -0.0052 0.0007",
        "union 0.0800 0.0193", "married 0.0467 0.0183", "d81 0.1512 0.0219", "d87 0.9250 0.0688",
        "f_effects 9.1568")),
    Printed("wage_three", "twoway", "linearmodels", *_pairs("expersq -0.0052 0.0007",
        "union 0.0800 0.0193", "married 0.0467 0.0183")),
    Printed("wage_educ", "within", "Wooldridge", *_pairs("educ_d81 0.0049906",
        "educ_d82 0.0016510", "educ_d83 -0.0026621", "educ_d84 -0.0098257",
        "educ_d85 -0.0092145", "educ_d86 -0.0121382", "educ_d87 -0.0157892")),
    Printed("wage_plain", "pooled", "ivreg2r", *_pairs("const -0.0347056", "educ 0.0993878",
        "black -0.1438417", "hisp 0.0156980", "exper 0.0891791", "expersq -0.0028487",
        "married 0.1076656", "union 0.1800725")),
)  # fmt: skip


def _wages(names: tuple[str, ...], *, years: bool, educ: bool = False) -> pd.DataFrame:
    """All 545 men, with year dummies, and education times these."""
    data = wage_panel.load()
    frame = data[["nr", "year", "lwage", *names]].rename(columns={"nr": "entity"})
    frame["year"] = frame["year"].astype(int)
    for year in range(1981, 1988) if years else ():
        frame[f"d{year % 100}"] = (frame["year"] == year).astype(float)
    for year in range(81, 88) if educ else ():
        frame[f"educ_d{year}"] = data["educ"] * frame[f"d{year}"]
    return frame


SAMPLES: dict[str, tuple[str, Callable[[], pd.DataFrame]]] = {
    "grunfeld": ("Grunfeld, 10 firms", grunfeld),
    "wage_plain": ("wages", lambda: _wages(WAGES, years=False)),
    "wage_years": ("wages, year dummies", lambda: _wages(WAGES, years=True)),
    "wage_few": (
        "wages",
        lambda: _wages(tuple(name for name in WAGES if name != "expersq"), years=False),
    ),
    "wage_three": (
        "wages, year dummies",
        lambda: _wages(("expersq", "union", "married"), years=True),
    ),
    "wage_educ": (
        "wages, year dummies",
        lambda: _wages(("married", "union", "expersq"), years=True, educ=True),
    ),
}
"""What the panel is called and how it is made; all 545 men of Vella and Verbeek (1998)."""


@cache
def _case(sample: str) -> tuple[Case, dict[str, str]]:
    """The estimates without the sums of their scores, and our term for each name."""
    frame = SAMPLES[sample][1]()
    outcome, *names = [name for name in frame.columns if name not in (ENTITY, "year")]
    terms = {name: f"x{k}" for k, name in enumerate(names, start=1)}
    frame = frame.rename(columns={outcome: OUTCOME, **terms})
    if sample == "grunfeld":
        case = Case.of(frame)
    else:  # large, and printed with classical errors only
        moments = moments_of(frame, list(terms.values()))
        case = Case(frame, moments, estimate_all(moments), {}, None)
    return case, {"const": "const", **terms}


def _factor(item: Printed, case: Case) -> float:
    """Their standard error over ours."""
    if not item.option:
        return 1.0
    fit = case.fits[item.estimator]
    sizes = {
        "n_rows": fit.n_rows,
        "slopes": len(fit.terms),
        "n_entities": case.moments.n_entities,
        "n_years": case.frame["year"].nunique(),
    }
    theirs = convention_of("plm", "entity", item.option)
    return factor_of(OURS[item.covariance], theirs, item.estimator, sizes)[0]


def _with_all_columns(case: Case) -> Estimate:
    """Our random effects at the variances of linearmodels before 7.1; balanced panels."""
    moments, inner = case.moments, case.fits["within"]
    p, groups, years = len(moments.terms), moments.n_entities, moments.sizes
    flat = NormalEquations.of(
        moments, within_weight=0.0, between_weights=np.ones_like(years)
    ).flat_terms()
    outer = between(moments.select(tuple(t for t in moments.terms if t not in flat)))
    variance_e = inner.ssr / (moments.n_obs - groups - p)
    variance_u = outer.ssr / (groups - p - 1) - variance_e / float(years[0])
    theta = 1.0 - np.sqrt(variance_e / (years * variance_u + variance_e))
    weights = years * (1.0 - theta) ** 2
    return weighted_least_squares(
        moments, "random", within_weight=1.0, between_weights=weights, theta=theta
    )


def reproduced(item: Printed) -> Iterator[tuple[str, str, float, bool]]:
    """Name, print, our number, and whether ours is within half a unit of the print's last digit."""
    case, terms = _case(item.sample)
    fit = case.fits[item.estimator]
    if item.source.endswith("all columns"):
        fit = _with_all_columns(case)
    matrix = fit.covariance
    if item.covariance != "classical":
        matrix = case.errors(item.estimator, item.covariance).matrix
    order = ["const", *fit.terms]
    tests = {test.name: test for test in run_tests(case.moments, case.fits)}
    errors = _factor(item, case) * np.sqrt(np.diag(matrix))
    for name, text in item.figures.items():
        if name == "theta":
            ours = float(fit.theta[0])
        elif name in tests:
            ours = tests[name].statistic
        else:
            ours = float(fit.coefficients[order.index(terms[name])])
        yield name, text, ours, is_printed(ours, text)
    for name, text in item.errors.items():
        ours = float(errors[order.index(terms[name])])
        yield f"s.e. of {name}", text, ours, is_printed(ours, text)


def is_printed(value: float, text: str) -> bool:
    """Whether a number is within half a unit of the last digit of a print."""
    unit = 10.0 ** -len(text.partition(".")[2])
    return abs(value - float(text)) <= 0.5 * unit * (1.0 + sqrt(np.finfo(float).eps))
