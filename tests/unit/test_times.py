"""The order of times as people write them, and what Driscoll and Kraay's lags make of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyfixest
import pytest
from linearmodels.panel import PooledOLS
from tests.unit.test_cli import Shell, column, save

from trade_potential.rows.time_rules import KNOWN
from trade_potential.rows.times import time_order

T, ENTITIES = 12, 15
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

SPELLINGS: dict[str, Callable[[int], str]] = {
    "whole numbers": str,
    "below nought": lambda k: str(k - 300),
    "decimals below nought": lambda k: f"{k / 4 - 300:.2f}",
    "decimals": lambda k: f"{2010 + (k - 1) / 4:.2f}",
    "Stata's months": lambda k: f"2010m{k}",
    "the IMF's months": lambda k: f"2010M{k:02d}",
    "year and month": lambda k: f"2010-{k:02d}",
    "month and year": lambda k: f"{k}/2010",
    "yyyymm": lambda k: f"2010{k:02d}",
    "names of months": lambda k: f"{MONTHS[k - 1]} 2010",
    "mixed case": lambda k: f"{MONTHS[k - 1].upper() if k % 2 else MONTHS[k - 1].lower()}-2010",
    "names alone": lambda k: MONTHS[k - 1],
    "Stata's dates": lambda k: f"01{MONTHS[k - 1].lower()}2010",
    "dates": lambda k: f"2010-{k:02d}-28",
    "time stamps": lambda k: f"2010-{k:02d}-01 12:00:00",
    "day or month first": lambda k: f"{k}/1/2010",
    "day first": lambda k: f"31/12/{2000 + k}",
    "numbered": lambda k: f"t{k}",
    "waves": lambda k: f"{'Wave' if k % 2 else 'wave'} {k}",
    "fiscal years": lambda k: f"FY{2000 + k}",
    "seasons": lambda k: f"{1995 + k}/{(1996 + k) % 100:02d}",
    "quarters": lambda k: f"{2010 + (k - 1) // 4}q{(k - 1) % 4 + 1}",
    "quarters before years": lambda k: f"Q{(k - 1) % 4 + 1} {2010 + (k - 1) // 4}",
    "half-years": lambda k: f"{2010 + (k - 1) // 2}-S{(k - 1) % 2 + 1}",
    "weeks": lambda k: f"2010-W{k:02d}",
    "two digits": lambda k: f"{k:02d}",
    "fiscal years of a century": lambda k: f"FY{k:02d}",
    "around nought": lambda k: f"t{k - 5:+d}" if k != 5 else "t0",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_known_orders(spelling: str) -> None:
    expected = [SPELLINGS[spelling](k) for k in range(1, T + 1)]
    for seed in range(3):
        shuffled = np.random.default_rng(seed).permutation(expected).tolist()
        found = time_order(shuffled)
        assert (found.problem, list(found.order), found.gaps) == ("", expected, ())


def test_the_last_days_of_months_are_months() -> None:
    ends = [str(end.date()) for end in pd.date_range("2010-01-31", periods=14, freq="ME")]
    assert time_order(ends).gaps == ()
    assert time_order([*ends[:3], *ends[5:]]).gaps == (ends[2],)


@pytest.mark.parametrize(
    "times",
    [
        ["9999-10-31", "9999-11-30", "9999-12-31"],
        ["0001-01-01 00:00:00+02", "0001-01-02 00:00:00+00", "0001-01-03 00:00:00+00"],
        ["2009.", "2010.", "2011."],
        ["-1.5e3", "2E2", "+.5e10"],
    ],
)
def test_ends_of_the_calendar_and_odd_numbers(times: list[str]) -> None:
    assert list(time_order(times[::-1]).order) == times


def test_time_zones_are_counted() -> None:
    found = time_order(["2010-01-01 10:00:00+02", "2010-01-01 09:00:00+00", "2010-01-02 00:00:00Z"])
    assert found.order[0] == "2010-01-01 10:00:00+02"


REFUSED = {
    "day or month": (["1/2/2010", "2/1/2010", "5/6/2010"], "and no value tells which they are"),
    "month or number": (["12.2009", "1.2010", "2.2010"], "in the order of months and of numbers"),
    "both": (["31/12/2010", "12/31/2010", "1/1/2010"], "is none of the dates"),
    "two-digit years": (["1/1/10", "2/1/10", "3/1/10"], "'1/1/10' has no known order; known are"),
    "years over 2000": (["95", "97", "99", "00", "02"], "'95' may be before '02': years of two"),
    "fiscal years over 2000": (["FY98", "FY99", "FY00"], "'FY98' may be before 'FY00'"),
    "another language": (["janv. 2010", "mars 2010", "mai 2010"], "has no known order"),
    "one value astray": (["2010", "2011", "2012", "all"], "'all' is none of the numbers"),
    "a thirteenth month": (["2010m13", "2011m1", "2011m2"], "'2010m13' is none of the months"),
    "the 30th of February": (["2010-02-30", "2011-01-01", "2012-01-01"], "is none of the dates"),
    "the same twice": (["1", "01", "2"], "'01' and '1' are the same in the order of numbers"),
    "words": (["before", "after", "during"], f"'after' has no known order; known are {KNOWN}"),
    "long": (["1" * 5000, "2", "3"], "is none of the numbers"),
    "an exponent": (["1e999999999", "2", "3"], "'1e999999999' is none of the numbers"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_no_order(why: str) -> None:
    values, said = REFUSED[why]
    for order in (values, values[::-1]):
        found = time_order(order)
        assert said in found.problem
        assert sorted(found.order) == sorted(values)


def test_numbers_of_two_digits_that_are_no_years() -> None:
    """Waves 1 to 99, and whole numbers, which have no leading zero."""
    for times in ([f"{k:02d}" for k in range(1, 100)], [0, 1, 2, 95, 99], ["10", "95", "99"]):
        assert list(time_order(times).order) == [str(k) for k in times]


def test_two_times_need_no_order() -> None:
    assert time_order(["after", "before"]).problem == ""
    assert time_order([]).problem == ""


def test_gaps_are_longer_than_the_shortest_step() -> None:
    assert time_order([1986, 1990, 1994, 1998]).gaps == ()
    assert time_order([1986, 1990, 1998, 2002, 2010]).gaps == ("1990", "2002")
    assert time_order(["2010m11", "2010m12", "2011m1", "2011m3"]).gaps == ("2011m1",)
    words = time_order([1, 2, 4, 6, 9, 12, 13]).words
    assert words.endswith("lags pass over the gaps after 2, 4, 6 and 1 more")


# --- Driscoll and Kraay ---------------------------------------------------------------------------

SAME = 1e-9
"""Two ways to the same sums; measured 1e-13."""


def autocorrelated(times: list[int]) -> pd.DataFrame:
    """Errors that all entities share and that outlast a time: lags matter."""
    random = np.random.default_rng(7)
    common = np.zeros(len(times))
    for k in range(1, len(times)):
        common[k] = 0.8 * common[k - 1] + random.normal()
    rows = [
        (f"e{i}", t, c, random.normal())
        for i in range(ENTITIES)
        for t, c in zip(times, common, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["id", "t", "shared", "own"])
    frame["x"] = frame["shared"] + random.normal(size=len(frame))
    frame["y"] = frame["x"] + 2.0 * frame["shared"] + frame["own"]
    return frame


def by_linearmodels(frame: pd.DataFrame) -> list[float]:
    panel = frame.set_index(["id", "t"]).assign(const=1.0)
    fit = PooledOLS(panel["y"], panel[["const", "x"]]).fit(cov_type="kernel", kernel="bartlett")
    return [float(value) for value in fit.std_errors]


ARGUMENTS = "--outcome y --regressors x --entity id --time t --estimator pooled"
KRAAY = (*ARGUMENTS.split(), "--covariance", "driscoll_kraay", "--format", "json")


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


@pytest.mark.parametrize(
    ("spelling", "suffix"),
    [
        ("whole numbers", ".csv"),
        ("Stata's months", ".csv"),
        ("Stata's months", ".parquet"),
        ("names of months", ".csv"),
        ("day or month first", ".csv"),
        ("numbered", ".parquet"),
        ("time stamps", ".csv"),
    ],
)
def test_spelling_does_not_move_errors(shell: Shell, spelling: str, suffix: str) -> None:
    frame = autocorrelated(list(range(1, T + 1)))
    expected = by_linearmodels(frame)
    written = frame.assign(t=frame["t"].map(SPELLINGS[spelling])).sample(frac=1.0, random_state=1)
    path = save(written, shell.folder / f"panel{suffix}")
    ours = shell.document("gravity", path, *KRAAY)
    np.testing.assert_allclose(column(ours, "std_error"), expected, rtol=SAME)
    assert f"{T} times in the order of" in ours["correction"]
    assert "gaps" not in ours["correction"]


def test_dates_of_a_parquet_file(shell: Shell) -> None:
    frame = autocorrelated(list(range(1, T + 1)))
    dated = frame.assign(t=[date(2010, t, 1) for t in frame["t"]])
    ours = shell.document("gravity", save(dated, shell.folder / "dates.parquet"), *KRAAY)
    np.testing.assert_allclose(column(ours, "std_error"), by_linearmodels(frame), rtol=SAME)


@pytest.mark.filterwarnings("ignore")
def test_lags_count_observed_times(shell: Shell) -> None:
    """As linearmodels and pyfixest: a gap is passed over, and said in every format."""
    frame = autocorrelated([1, 2, 3, 4, 9, 10, 11, 20, 21, 22, 23, 24])
    ours = shell.document("gravity", frame, *KRAAY)
    np.testing.assert_allclose(column(ours, "std_error"), by_linearmodels(frame), rtol=SAME)
    theirs = pyfixest.feols(
        "y ~ x",
        frame.assign(id=frame["id"].str[1:].astype(int)),
        vcov="DK",
        vcov_kwargs={"time_id": "t", "panel_id": "id", "lag": 2},
    )
    n, k = len(frame), 2
    factor = np.sqrt(n / (n - k) / (T / (T - 1) * (n - 1) / (n - k)))  # ours over theirs
    np.testing.assert_allclose(column(ours, "std_error"), theirs.se() * factor, rtol=SAME)
    for form in ("json", "csv", "table", "latex", "html", "markdown"):
        code, out, _ = shell.run("gravity", frame, *KRAAY, "--format", form)
        assert code == 0
        # Text wraps.
        assert "lags pass over the gaps after 4, 11" in " ".join(out.split()), form


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_times_without_an_order_are_refused_where_it_matters(shell: Shell, suffix: str) -> None:
    frame = autocorrelated(list(range(1, T + 1)))
    unsure = frame.assign(t=[f"{t}/{13 - t}/2010" for t in frame["t"]])
    path = save(unsure, shell.folder / f"panel{suffix}")
    said = shell.complaint(3, "gravity", path, *KRAAY)
    assert f"panel{suffix}: column t: the lags of driscoll_kraay need an order of times" in said
    assert "in the order of dates, day first and of dates, month first" in said
    for kind in ("classical", "robust", "clustered_twoway"):
        other = (*ARGUMENTS.split(), "--covariance", kind, "--format", "json")
        shell.document("gravity", path, *other)
