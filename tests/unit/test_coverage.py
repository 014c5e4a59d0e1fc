"""Years left out and figures withdrawn are told, at the row that shows it."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from trade_potential.quality.coverage import COVERAGE, WITHDRAWN, years_between
from trade_potential.quality.derived import DERIVED
from trade_potential.quality.inputs import read_input

TRADE = """
select reporter_code as country_code, flow, year, sum(trade_usd) as trade_usd
from flows group by reporter_code, flow, year
"""


def flows(*rows: tuple[str, str, str, int, float]) -> dict[str, pd.DataFrame]:
    names = ["reporter_code", "partner_code", "flow", "year", "trade_usd"]
    frame = pd.DataFrame(rows, columns=names)
    with duckdb.connect() as connection:
        connection.register("flows", frame)
        sums = connection.sql(TRADE).df()
    return {"trade_flows": frame, "trade by year": sums}


def told(tables: dict[str, pd.DataFrame], column: str) -> dict[tuple[object, ...], str]:
    values = COVERAGE["trade_flows"][column](tables).dropna()
    keys = tables["trade_flows"].loc[values.index, ["reporter_code", "partner_code", "year"]]
    return dict(zip(keys.itertuples(index=False, name=None), values, strict=True))


def test_years_between_rows_of_a_series() -> None:
    frame = pd.DataFrame({"country": list("aaab"), "year": [2015, 2010, 2012, 2020]})
    found = years_between(frame, ["country"])
    assert found.dropna().to_dict() == {0: "2013-2014", 2: "2011"}


def test_a_year_without_any_flow_of_a_reporter_is_told_once_at_the_year_after_it() -> None:
    rows = [
        ("CHN", partner, "export", year, 5e8)
        for partner in ("KAZ", "KGZ")
        for year in range(2014, 2020)
        if year not in (2016, 2017)
    ]
    rows += [("DEU", "KAZ", "export", year, 5e8) for year in range(2014, 2020)]
    tables = flows(*rows)
    assert told(tables, "years_without_flows") == {("CHN", "KAZ", 2018): "2016-2017"}
    assert told(tables, "years_without_pair") == {}  # the reporter's gap is no gap of each pair


@pytest.mark.parametrize(("beside", "found"), [(1e7, {("CHN", "KAZ", 2017): "2016"}), (9e6, {})])
def test_a_year_without_a_pair_is_told_between_noted_flows(
    beside: float, found: dict[tuple[object, ...], str]
) -> None:
    rows = [("CHN", "KGZ", "export", year, 5e8) for year in range(2014, 2019)]
    rows += [("CHN", "KAZ", "export", year, beside) for year in (2014, 2015, 2017, 2018)]
    tables = flows(*rows)
    assert told(tables, "years_without_pair") == found
    assert told(tables, "years_without_flows") == {}


def test_the_sample_of_a_large_input_holds_the_year_after_a_gap() -> None:
    rows = "select 'R' || r as reporter_code, 'P' || p as partner_code, 'export' as flow, "
    rows += "'FOB' as valuation, 'x' as source_id, (2000 + y)::integer as year, 1e6 as trade_usd "
    rows += "from range(40) as r(r), range(40) as p(p), range(10) as y(y) "
    rows += "where not (r = 17 and y = 5) and not (r = 17 and y = 6 and p < 30)"
    with duckdb.connect() as connection:
        read = read_input("trade_flows", connection.sql(rows), max_rows=500)
        sums = connection.sql(TRADE.replace("from flows", f"from ({rows}) as flows")).df()
    assert read.is_sample
    tables = {"trade_flows": read.frame, "trade by year": sums}
    assert list(told(tables, "years_without_flows").values()) == ["2005"]


OLDER = [(country, year) for country in ("KAZ", "UZB") for year in range(2010, 2020)]


def withdrawn(newer: list[tuple[str, int]], declared: int, kind: str = "revision") -> list[str]:
    vintages_of = {"2020-01-01": OLDER, "2021-01-01": newer}
    rows = [("X", *key, date) for date, keys in vintages_of.items() for key in keys]
    names = ["indicator_code", "country_code", "year", "vintage_date"]
    observations = pd.DataFrame(rows, columns=names)
    with duckdb.connect() as connection:
        connection.register("input", observations)
        counted = connection.sql(WITHDRAWN).df()
    vintages = pd.DataFrame(
        {
            "indicator_code": "X",
            "vintage_date": ["2020-01-01", "2021-01-01"],
            "withdrawn_count": [0, declared],
        }
    )
    tables = {
        "observation_vintages": vintages,
        "withdrawn figures": counted,
        "indicators": pd.DataFrame({"indicator_code": ["X"], "vintage_kind": [kind]}),
    }
    found = COVERAGE["observation_vintages"]["withdrawn_figures"](tables)
    assert pd.isna(found.iloc[0])
    return [str(text) for text in found.dropna()]


def test_a_vintage_of_new_years_alone_says_what_it_withdraws() -> None:
    newer = [("KAZ", 2019), ("KAZ", 2020), ("UZB", 2019), ("UZB", 2020)]
    figures = "18 of 20 figures of 2020-01-01 withdrawn, of 2 economies in 2010-2018"
    assert withdrawn(newer, 0) == [f"{figures}, withdrawn_count is 0"]
    # declared, but more than a fifth: that is no revision of the vintage before
    assert withdrawn(newer, 18)[0].endswith("withdrawn_count is 18")
    assert withdrawn(newer, 0, kind="edition") == []


def test_a_vintage_without_a_country_is_told_and_a_declared_withdrawal_passes() -> None:
    (text,) = withdrawn([key for key in OLDER if key[0] == "KAZ"], 0)
    assert text.startswith("10 of 20 figures of 2020-01-01 withdrawn, of 1 economies in 2010-2019")
    assert withdrawn(OLDER[1:], 1) == []
    assert withdrawn(OLDER[1:], 0) != []
    assert withdrawn(OLDER, 1) == ["no figure withdrawn, withdrawn_count is 1"]
    assert withdrawn([*OLDER, ("KAZ", 2020)], 0) == []


@pytest.mark.parametrize(("kind", "counted"), [("edition", [1, 2, 2]), ("revision", [])])
def test_two_vintages_of_one_edition_are_told(kind: str, counted: list[int]) -> None:
    vintages = pd.DataFrame(
        {
            "indicator_code": ["X", "X", "X", "Y"],
            "vintage_date": ["2021-12-31", "2023-06-30", "2023-12-31", "2023-12-31"],
        }
    )
    kinds = {"indicator_code": ["X", "Y"], "vintage_kind": [kind, "revision"]}
    tables = {"observation_vintages": vintages, "indicators": pd.DataFrame(kinds)}
    found = DERIVED["observation_vintages"]["vintages_of_edition"](tables)
    assert found.dropna().tolist() == counted
