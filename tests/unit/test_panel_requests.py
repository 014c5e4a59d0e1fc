"""What a panel and its fits refuse, by name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.unit.grunfeld_panel import NAMES, REGRESSORS, SAME
from tests.unit.test_cli import grunfeld_rows

import trade_potential as tp
from trade_potential.errors import InputError, LimitError, NotEstimatedError


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return grunfeld_rows()


@pytest.fixture(scope="module")
def panel(frame: pd.DataFrame) -> Iterator[tp.Panel]:
    with tp.Panel.read(frame, **NAMES) as opened:
        yield opened


def test_tests_rest_on_the_covariance(panel: tp.Panel) -> None:
    tests = panel.fit("random", "clustered").tests().set_index("test")
    names = "f_effects f_time_effects breusch_pagan_lm hausman hausman_robust mundlak reset"
    assert list(tests.index) == [*names.split(), "joint_significance"]
    assert list(tests.loc[["reset", "joint_significance"], "covariance"]) == ["clustered"] * 2
    assert set(tests["decision"]) <= {"reject", "keep"}
    # Breusch and Pagan's as printed for these data: tests/reference/peers/published.py.
    assert tests.loc["breusch_pagan_lm", "statistic"] == pytest.approx(798.16, abs=0.005)
    assert panel.fit("random").tests((2,))["powers"].iloc[-2] == (2,)


def test_a_fit_without_numbers_says_why(frame: pd.DataFrame) -> None:
    few = frame[frame["firm"].isin(["IBM", "Goodyear"])]
    with tp.Panel.read(few, **NAMES) as panel:
        fit = panel.fit("between")
        both = tp.table([fit, panel.fit("pooled")])
    assert (fit.is_estimated, fit.status) == (False, "too_few_entities")
    for name in ("params", "coefficients", "cov", "rsquared", "df_resid", "resids", "fitted"):
        with pytest.raises(NotEstimatedError, match="between: too_few_entities: 2 partners"):
            getattr(fit, name)
    assert fit.reason in fit.notes
    assert "too few entities" in both
    assert "too_few_entities" in fit.summary()
    assert "Between" in fit._repr_html_()


def test_strictly_a_regressor_without_coefficient_is_refused(frame: pd.DataFrame) -> None:
    rows = frame.assign(twice=2.0 * frame["value"])
    names = {**NAMES, "regressors": [*REGRESSORS, "twice"]}
    with tp.Panel.read(rows, **names) as panel:
        assert panel.fit("within").omitted == ("twice",)
        assert panel.fit("within", strict=True).status == "rank_deficient"
        assert panel.fit("within").is_estimated


def test_lost_rows_are_counted(frame: pd.DataFrame) -> None:
    rows = frame.copy()
    rows.loc[rows.index[:3], "value"] = np.nan
    rows.loc[rows.index[5], "invest"] = -1.0
    with tp.Panel.read(rows, **NAMES, log_outcome=True) as panel:
        fit = panel.fit("pooled")
    assert [loss.rows for loss in fit.ledger] == [3, 1]
    assert fit.outcome == "ln(invest)"
    assert fit.nobs == len(rows) - 4
    assert fit.notes[0] == "3 rows lost: regressors: no value for value"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"regressors": ["value", "nothing"]}, 'no column "nothing"'),
        ({"regressors": ["value", "value"]}, "value is a regressor twice"),
        ({"regressors": ["value", "invest"]}, "invest is both outcome and regressor"),
        ({"regressors": []}, "no regressors"),
        ({"regressors": "value"}, "regressors: 'value' is no list of names"),
        ({"regressors": None}, "regressors: None is no list of names"),
        ({"effects": "firm"}, "effects: 'firm' is no list of names"),
        ({"entity": ["firm", "year"]}, r"\['firm', 'year'\] is no name of a column"),
        ({"outcome": "nothing", "name": "investment"}, 'investment: no column "nothing"'),
        ({"entity": "year"}, "year is both entity and time"),
        ({"outcome": "firm"}, "is not a number"),
        ({"weights": "minus"}, "is not a positive weight"),
        ({"engine": "spark"}, "engine 'spark' is none of blocks, sql"),
        ({"memory_limit": "much"}, "no amount of memory"),
        ({"time": "one"}, "more than one row for firm, one"),
    ],
)
def test_bad_input_is_named(frame: pd.DataFrame, changed: dict[str, Any], said: str) -> None:
    rows = frame.assign(minus=-1.0, one=1)
    with pytest.raises(InputError, match=said):
        tp.Panel.read(rows, **{**NAMES, **changed})


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"estimator": "probit"}, "estimator 'probit' is none of pooled"),
        ({"estimator": "pooled", "covariance": "hc3"}, "covariance 'hc3' is none of classical"),
        ({"estimator": "between", "covariance": "driscoll_kraay"}, "between has no covariance"),
        ({"estimator": "ppml", "covariance": "driscoll_kraay"}, "ppml has no covariance"),
        ({"estimator": "ppml", "correction": "stata"}, "correction 'stata' is none of"),
        ({"estimator": "pooled", "confidence_level": 95}, "not between 0 and 1"),
        ({"estimator": "pooled", "confidence_level": "0.95"}, "not between 0 and 1"),
        ({"estimator": "pooled", "covariance": ["robust"]}, "is none of classical"),
    ],
)
def test_bad_requests_are_named(panel: tp.Panel, request_: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        panel.fit(**request_)


def test_a_list_of_estimators_is_none_of_letters(panel: tp.Panel) -> None:
    with pytest.raises(InputError, match="'pooled' is no list"):
        panel.fits("pooled")


@pytest.mark.parametrize("powers", [(), (1,), (2, 2), (2.5,), "2"])
@pytest.mark.parametrize("estimator", ["pooled", "ppml"])
def test_powers_that_reset_does_not_add(panel: tp.Panel, estimator: str, powers: Any) -> None:
    fit = panel.fit(estimator)
    for ask in (fit.tests, partial(tp.table, fit, tests=True)):
        with pytest.raises(InputError, match="not different whole numbers"):
            ask(reset_powers=powers)


def test_powers_may_be_a_list_or_one(panel: tp.Panel) -> None:
    for estimator in ("pooled", "ppml"):
        fit = panel.fit(estimator)
        for given, held in (([2, 3], (2, 3)), (2, (2,))):
            assert held in set(fit.tests(given)["powers"])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"value": ["much"], "capital": [1.0]}, "column value: could not convert"),
        ({"value": [1.0, 2.0, 3.0], "capital": [1.0, 2.0]}, "differ in length"),
        (np.ones((2, 2)), "ndarray: is no table"),
        (pd.DataFrame([[1.0] * 3], columns=["value", "capital", "value"]), "2 columns are called"),
        ({"value": [1.0]}, "no column capital; pooled predicts from it"),
    ],
)
def test_what_nothing_is_predicted_from(panel: tp.Panel, data: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        panel.fit("pooled").predict(data)


def test_without_times_what_needs_them_is_refused(frame: pd.DataFrame) -> None:
    with tp.Panel.read(frame, **{**NAMES, "time": None}) as panel:
        assert panel.fit("within", "clustered").is_estimated
        assert "f_time_effects" not in set(panel.fit("pooled").tests()["test"])
        for request_ in ({"estimator": "twoway"}, {"estimator": "pooled", "covariance": "robust"}):
            with pytest.raises(InputError, match="read without times"):
                panel.fit(**request_)
        with pytest.raises(InputError, match="PPML needs the time"):
            panel.fit("ppml")


def test_names_of_the_user_do_not_meet_those_of_the_panel(frame: pd.DataFrame) -> None:
    """Columns called as tables are here, and two panels at once."""
    odd = {"invest": "sample", "value": "panel_rows", "capital": 'v1"; --', "firm": "file_rows"}
    rows = frame.rename(columns=odd)
    names = {"outcome": "sample", "regressors": ["panel_rows", 'v1"; --'], "entity": "file_rows"}
    with (
        tp.Panel.read(rows, **names, time="year") as one,  # type: ignore[arg-type]
        tp.Panel.read(frame, **NAMES) as other,
    ):
        ours, theirs = one.fit("random", "robust"), other.fit("random", "robust")
        np.testing.assert_allclose(ours.params, theirs.params, rtol=SAME)
        np.testing.assert_allclose(ours.resids, theirs.resids, rtol=SAME)


def test_limits_are_limits(frame: pd.DataFrame) -> None:
    with pytest.raises(LimitError):
        tp.Panel.read(frame, **NAMES, threads=0)


@pytest.mark.parametrize("fits", [None, {"a": 1}, "pooled", 3])
def test_a_table_of_no_fits(fits: Any) -> None:
    with pytest.raises(InputError, match="a table takes a fit or a list of fits"):
        tp.table(fits)


def test_digits_are_whole(panel: tp.Panel) -> None:
    with pytest.raises(InputError, match=r"digits: 2\.5 is not"):
        tp.table(panel.fit("pooled"), digits=2.5)  # type: ignore[arg-type]
