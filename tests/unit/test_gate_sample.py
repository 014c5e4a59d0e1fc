"""Inputs too large to be read: whole series are, and what is said of all rows is exact."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest
from tests.unit.test_gate import declared, read_inputs

from trade_potential.quality.gate import check_inputs
from trade_potential.quality.inputs import (
    DESIGNS,
    Input,
    asked,
    pairs_of_flows,
    read_input,
)
from trade_potential.quality.levels import OLDER
from trade_potential.quality.parts import profile

pytestmark = pytest.mark.slow(reason="a million rows")
RARE = pytest.mark.rare(reason="a million rows once more")

MAX_ROWS = 20_000
CODES = "chr(65 + (i // 26 % 26)::int) || chr(65 + (i % 26)::int)"
# 120 x 120 pairs x 2 flows x 35 years: a million rows; trade follows its series and grows slowly.
FLOWS = f"""
create table trade_flows as
with codes as (select 'Q' || {CODES} as code from range(120) as t(i))
select
    reporter.code as reporter_code, partner.code as partner_code, flow, valuation,
    'imf_imts' as source_id, (1990 + y)::integer as year,
    1e6 * (1 + ascii(partner.code[2]) + ascii(reporter.code[3])) * (1 + y / 100) as trade_usd,
    cast(null as bigint) as file_line
from codes as reporter, codes as partner, range(35) as years(y),
    (values ('export', 'FOB'), ('import', 'CIF')) as flows(flow, valuation)
"""  # noqa: S608
PAIRS = """
create table country_pairs as
select distinct
    reporter_code, partner_code, 'cepii_geodist' as source_id, 900.0 as distance_km,
    900.0 as distance_capitals_km, 900.0 as distance_weighted_km, false as is_contiguous,
    false as has_common_official_language, false as had_colonial_tie,
    false as is_partner_landlocked, cast(null as bigint) as file_line
from trade_flows
"""
PLANTED = {
    "reporter_code = 'QCD' and partner_code = 'QAB' and flow = 'export' and year = 2003": 3e13,
    "reporter_code = 'QAC' and partner_code = 'QDA' and flow = 'import' and year = 2011": -4.0,
}


@pytest.fixture(scope="module")
def lake() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(FLOWS)
    connection.execute(PAIRS)
    return connection


@pytest.fixture(scope="module")
def flows(lake: duckdb.DuckDBPyConnection) -> Input:
    return read_input("trade_flows", lake.table("trade_flows"), max_rows=MAX_ROWS)


def places(max_rows: int, kind: str = "parquet") -> pd.DataFrame:
    return declared("/data/x", kind, max_rows)


def test_a_million_rows_give_a_sample_of_whole_series(flows: Input) -> None:
    assert flows.rows_total == 120 * 120 * 2 * 35
    assert flows.is_sample
    assert MAX_ROWS / 2 < len(flows.frame) < 2 * MAX_ROWS
    sizes = flows.frame.groupby(["reporter_code", "partner_code"]).size()
    assert set(sizes) == {70}


def test_the_sample_is_the_same_whatever_the_order_of_rows(
    lake: duckdb.DuckDBPyConnection, flows: Input
) -> None:
    shuffled = lake.sql("select * from trade_flows order by hash(trade_usd + year)")
    again = read_input("trade_flows", shuffled, max_rows=MAX_ROWS)
    assert again.condition == flows.condition
    keys = ["reporter_code", "partner_code", "flow", "year"]
    one, other = (f.frame[keys].sort_values(keys, ignore_index=True) for f in (flows, again))
    pd.testing.assert_frame_equal(one, other)


def test_the_sample_holds_the_extremes(lake: duckdb.DuckDBPyConnection, flows: Input) -> None:
    for column in ("year", "trade_usd"):
        query = f"select min({column}), max({column}) from trade_flows"  # noqa: S608
        found = lake.execute(query).fetchone()
        assert (flows.frame[column].min(), flows.frame[column].max()) == found


def test_pairs_of_sampled_flows_are_all_looked_up(
    lake: duckdb.DuckDBPyConnection, flows: Input
) -> None:
    pairs = read_input("country_pairs", lake.table("country_pairs"), max_rows=1000)
    mappings = read_input("country_code_mappings", read_inputs()["country_code_mappings"])
    assert pairs.is_sample
    known = {"trade_flows": flows, "country_pairs": pairs, "country_code_mappings": mappings}
    found = pairs_of_flows(known)
    keys = ["reporter_code", "partner_code"]
    wanted = flows.frame[keys].drop_duplicates()
    assert len(wanted.merge(found[keys], on=keys)) == len(wanted) == len(found)


@RARE
def test_an_extreme_in_a_million_rows_is_refused_by_name(lake: duckdb.DuckDBPyConnection) -> None:
    planted = "case " + " ".join(f"when {w} then {v!r}" for w, v in PLANTED.items())
    lake.execute("set preserve_insertion_order = false")
    flows = lake.sql(
        f"select * replace ({planted} else trade_usd end as trade_usd), "  # noqa: S608
        "'/data/x/' || year || '.parquet' as file_name from trade_flows"
    )
    frames = read_inputs()
    for name, frame in frames.items():
        frame["file_name"] = f"/data/{name}.parquet"
    known = {**frames, "trade_flows": flows, "country_pairs": lake.table("country_pairs")}
    results = check_inputs(known, places(MAX_ROWS)).set_index("check_id")
    row = results.loc["trade_flows.value_range.trade_usd"]
    assert not row["passed"]
    assert row["failing_count"] == 2
    assert row["failing_keys"] == (
        "/data/x/2003.parquet, row ?: QCD, QAB, export, 2003 = 3e+13; "
        "/data/x/2011.parquet, row ?: QAC, QDA, import, 2011 = -4"
    )
    assert row["rows_total"] == 1_008_000
    assert row["rows_checked"] < 2 * MAX_ROWS
    assert row["observed"].startswith("-4 to 3e+13; 2 of ")
    assert row["observed"].endswith(" of 1008000 rows were read")
    # The series of both is read whole, so that their neighbours tell a slip of units.
    assert results.loc["trade_flows.value_range.jump_factor", "failing_count"] == 2
    # 65,190 rows of observations: their vintages are counted in all of them.
    assert results.loc["observation_vintages.agreement.value_count", "passed"]
    assert results.loc["observations.row_count", "rows_total"] == len(frames["observations"])
    assert results.loc["observations.row_count", "rows_checked"] == len(frames["observations"])
    failed = results[~results["passed"] & (results["severity"] == "error")]
    assert set(failed["suite"]) == {"trade_flows"}


@RARE
def test_the_profile_is_that_of_all_rows() -> None:
    frames = read_inputs()
    whole = profile({name: read_input(name, frame) for name, frame in frames.items()})
    sampled = profile(
        {
            name: read_input(name, frame, max_rows=1000 if name in DESIGNS else 10**6)
            for name, frame in frames.items()
        }
    )
    assert whole.keys() == sampled.keys()
    for part in whole.keys() - {"pairs of flows", OLDER}:  # of the series that were read
        columns = list(whole[part].columns)
        one, other = (p[part].sort_values(columns, ignore_index=True) for p in (whole, sampled))
        pd.testing.assert_frame_equal(one, other)


def test_a_table_is_named_by_its_key() -> None:
    frames = read_inputs()
    frames["exchange_rates"].loc[3, "lcu_per_usd"] = -8.0
    results = check_inputs(frames, places(10**6, "table")).set_index("check_id")
    row = results.loc["exchange_rates.value_range.lcu_per_usd"]
    assert row["failing_keys"] == "key: CHN, 2003 = -8"
    assert row["file"] == "/data/x"


def test_an_input_that_others_look_up_is_read_whole_or_refused() -> None:
    rates = read_inputs()["exchange_rates"]
    read = read_input("exchange_rates", rates, max_rows=10)
    assert read.frame.empty
    results = check_inputs({"exchange_rates": rates}, places(10)).query("suite == 'exchange_rates'")
    assert not results["passed"].any()
    assert results["observed"].str.contains("not checked: 26 rows; other inputs look rows up").all()


def test_a_small_input_is_read_as_it_is(lake: duckdb.DuckDBPyConnection) -> None:
    some = lake.sql("select * from trade_flows limit 100")
    read = read_input("trade_flows", some, max_rows=100)
    assert (len(read.frame), read.rows_total, read.is_sample) == (100, 100, False)
    assert asked(some, "select count(*) as n from input")["n"].tolist() == [100]


@RARE
def test_what_was_not_read_is_not_absent() -> None:
    frames = read_inputs()
    of_china = declared().set_index("input_name", drop=False)
    of_china.loc["trade_flows", "gate_max_rows"] = 2_000
    with duckdb.connect() as connection:
        rows = {name: connection.from_df(frame) for name, frame in frames.items()}
        found = check_inputs(rows, of_china).set_index("check_id")
    absent = found.loc["trade_flows.partners.absent_years"]
    assert "a sample" in found.loc["trade_flows.value_range.year", "observed"]
    assert (
        absent["failing_count"]
        <= check_inputs(frames, declared())
        .set_index("check_id")
        .loc["trade_flows.partners.absent_years", "failing_count"]
    )
