"""Warnings that somebody has looked into are counted; only others are news."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from trade_potential.quality.acknowledged import CHECKS, Acknowledged
from trade_potential.quality.checks import in_range
from trade_potential.quality.gate import check_inputs

DECLARED = pd.DataFrame(
    {
        "input_name": ["exchange_rates"], "place": ["seeds/inputs/exchange_rates.csv"],
        "kind": ["seed"], "key_columns": ["country_code, year"], "gate_max_rows": [1000],
    }
)  # fmt: skip
CHANGE = "exchange_rates.value_range.rate_change_share"


def rates(*values: float) -> pd.DataFrame:
    """A rate of 2010 and later; a change of more than 20 % a year is a warning."""
    years = range(2010, 2010 + len(values))
    return pd.DataFrame(
        {
            "country_code": "CHN", "currency": "CNY", "definition": "", "source_id": "s",
            "year": list(years), "lcu_per_usd": list(values),
            "file_line": range(2, 2 + len(values)),
        }
    )  # fmt: skip


def known(*rows: tuple[str, str]) -> pd.DataFrame:
    """Acknowledgements: expectation and pattern."""
    return pd.DataFrame(rows, columns=["check_id", "row_pattern"]).assign(
        file_line=range(2, 2 + len(rows))
    )


def results(frame: pd.DataFrame, *rows: tuple[str, str]) -> pd.DataFrame:
    """The gate on one input."""
    found = check_inputs({"exchange_rates": frame}, DECLARED, known(*rows))
    return found.set_index("check_id", drop=False)


def test_an_acknowledged_row_is_counted_and_the_other_one_is_news() -> None:
    frame = rates(6.0, 8.0, 8.0, 12.0)
    row = results(frame, (CHANGE, "CHN, 2011 = 0.33*")).loc[CHANGE]
    assert not row["passed"]
    assert (row["failing_count"], row["acknowledged_count"], row["new_count"]) == (2, 1, 1)
    assert [refused["key"] for refused in json.loads(row["failing_rows"])] == ["CHN, 2013"]
    assert row["failing_keys"].startswith("line 5: CHN, 2013 = 0.5; line 3: CHN, 2011")


def test_without_acknowledgements_every_row_is_news() -> None:
    row = results(rates(6.0, 8.0)).loc[CHANGE]
    assert (row["acknowledged_count"], row["new_count"]) == (0, 1)


def test_a_figure_that_moves_on_is_news_again() -> None:
    acknowledged = (CHANGE, "CHN, 2011 = 0.33*")
    assert results(rates(6.0, 8.0), acknowledged).loc[CHANGE, "new_count"] == 0
    assert results(rates(6.0, 9.0), acknowledged).loc[CHANGE, "new_count"] == 1


def test_one_that_matches_nothing_any_more_is_told_by_line() -> None:
    found = results(rates(6.0, 8.0), (CHANGE, "CHN, 2011 = *"), (CHANGE, "CHN, 1999 = *"))
    row = found.loc["acknowledged_warnings.value_range.matched_rows"]
    assert (row["severity"], row["failing_count"], row["new_count"]) == ("warning", 1, 1)
    assert row["failing_keys"] == f"line 3: {CHANGE}, CHN, 1999 = * = 0"


def test_in_a_sample_nothing_need_have_the_form() -> None:
    rows = Acknowledged(known((CHANGE, "CHN, 1999 = *")))
    assert list(rows.judged({CHANGE: "warning"}).frame["matched_rows"]) == [0]
    assert rows.judged({CHANGE: "warning"}, is_whole=False).frame["matched_rows"].isna().all()


@pytest.mark.parametrize(
    ("check_id", "named"),
    [("exchange_rates.value_range.year", "error"), ("exchange_rates.no_such", "nothing")],
)
def test_what_is_no_warning_cannot_be_acknowledged(check_id: str, named: str) -> None:
    frame = rates(6.0, 6.0).assign(year=[2010, 1066])
    found = results(frame, (check_id, "*"))
    row = found.loc["acknowledged_warnings.missing.what_it_names"]
    assert (row["severity"], row["passed"]) == ("error", False)
    assert row["failing_keys"] == f"line 2: {check_id}, * = {named}"
    assert found.loc["exchange_rates.value_range.year", "acknowledged_count"] == 0


def test_more_rows_than_are_shown_are_acknowledged_one_by_one() -> None:
    frame = rates(*(6.0 * 1.5**k for k in range(15)))
    row = results(frame, (CHANGE, "CHN, 20?? = 0.5")).loc[CHANGE]
    assert (row["failing_count"], row["acknowledged_count"], row["new_count"]) == (14, 14, 0)
    assert json.loads(row["failing_rows"]) == []


def test_a_check_of_severity_error_has_no_acknowledgement_even_where_one_names_it() -> None:
    error = in_range("exchange_rates", "year", 1990, 2026, "a rule")
    assert not Acknowledged(known((error.check_id, "*"))).names(error)
    assert [check.severity for check in CHECKS] == ["warning", "error"]
