"""The gate refuses a damaged world by name.

Every rule is broken once, on the figures as they are but for that; what Great Expectations makes of
rules is tried in one run, since each run costs as much as all of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from trade_potential.quality.checks import ROWS, Check
from trade_potential.quality.frames import frame_of, key_of
from trade_potential.quality.gate import check_inputs
from trade_potential.quality.inputs import Input, read_input
from trade_potential.quality.levels import Known
from trade_potential.quality.measured import measured
from trade_potential.quality.parts import profile
from trade_potential.quality.suites_world import WORLD_CHECKS

ROOT = Path(__file__).parents[2]
WORLD = ("world_trade", "world_pairs", "agreement_spells", "world_observations")
SHOWN = 30
KEYS = {
    "world_trade": "exporter_code, importer_code, year",
    "world_pairs": "origin_code, destination_code",
    "agreement_spells": "country_code_a, country_code_b, from_year",
    "world_observations": "indicator_code, country_code, year",
}
VINTAGES = "observation_vintages"
SEEDS = ("trade_flows", "observations", VINTAGES, "indicators")
CHINA = "(exporter_code = 'CHN' or importer_code = 'CHN')"
Changes = Mapping[str, str]


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    """The world inputs with the numbers of their rows, and the seeds beside them."""
    memory = duckdb.connect()
    for name in WORLD:
        path = ROOT / "inputs" / "world" / f"{name}.parquet"
        memory.execute(
            f"create table {name} as select *, file_row_number + 1 as file_line"  # noqa: S608
            f" from read_parquet('{path}')"
        )
    for name in SEEDS:
        path = ROOT / "seeds" / "inputs" / f"{name}.csv"
        memory.execute(f"create table {name} as select * from read_csv('{path}')")  # noqa: S608
    return memory


def read(database: duckdb.DuckDBPyConnection, name: str, changes: Changes) -> Input:
    relation = database.sql(changes.get(name, f"from {name}"))
    key = tuple(KEYS.get(name, "year").split(", "))
    return read_input(name, relation, place=f"{name}.parquet", kind="file", key=key)


def refused(database: duckdb.DuckDBPyConnection, changes: Changes) -> dict[str, str]:
    """What breaks the rules of the inputs of which a query says otherwise, by column."""
    names = {*changes, *(SEEDS if "world_trade" in changes else ("indicators", VINTAGES))}
    names |= {"world_pairs"} if "world_trade" in changes else {"observations"}
    inputs = {name: read(database, name, changes) for name in names}
    known = Known({**{name: of.frame for name, of in inputs.items()}, **profile(inputs)})
    found = {}
    for check in WORLD_CHECKS:
        column = check.columns[0]
        if check.suite in changes and check.of == ROWS:
            of = measured(inputs[check.suite], check.suite, [check])[check.check_id]
            rows = of.failing
        elif check.suite in changes:
            frame = frame_of(check.suite, check.of, known)
            rows = frame[_breaks(frame[column], check)]
        else:
            continue
        key = key_of(check.suite, check.of) if check.of != ROWS else KEYS[check.suite].split(", ")
        said = [
            f"{_place(row)}{', '.join(str(row[k]) for k in key)} = {_digits(row[column])}"
            for row in rows.head(SHOWN).to_dict("records")
        ]
        if said:
            found[column] = "; ".join(said)
    return found


def _place(row: Mapping[Any, Any]) -> str:
    return f"row {row['file_line']}: " if "file_line" in row else ""


def _digits(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _breaks(values: pd.Series, check: Check) -> pd.Series:
    if "min_value" not in check.settings:
        return values.notna()
    return values.notna() & ~values.between(
        check.settings["min_value"], check.settings["max_value"]
    )


REPLACED = "select * replace ({}) from world_trade"
TRADE: dict[str, tuple[str, Mapping[str, str]]] = {
    "thousands": (
        REPLACED.format("trade_usd / 1000 as trade_usd"),
        {"export_ratio": "export, 2010 = 0.00112", "import_ratio": "import, 2010 = 0.000969"},
    ),
    "shifted": (REPLACED.format("year + 1 as year"), {"years_off": "export, 2010 = -1"}),
    "two years swapped": (
        REPLACED.format("case year when 2014 then 2015 when 2015 then 2014 else year end as year"),
        {"years_off": "export, 2014 = 1; export, 2015 = -1; import, 2014 = 1; import, 2015 = -1"},
    ),
    "exports and imports of China swapped": (
        REPLACED.format(
            f"case when {CHINA} then importer_code else exporter_code end as exporter_code,"
            f" case when {CHINA} then exporter_code else importer_code end as importer_code"
        ),
        {
            "export_ratio": "export, 2007",
            "import_ratio": "import, 2007",
            "log_correlation": "export, 2007 = 0.832",
        },
    ),
    "one exporter a hundredfold": (
        REPLACED.format(
            "case when exporter_code = 'KAZ' then 100 else 1 end * trade_usd as trade_usd"
        ),
        {"merchandise_ratio": "KAZ, export, 2010 = 64.7"},
    ),
    "one exporter and year a hundredfold": (
        REPLACED.format(
            "case when exporter_code = 'KAZ' and year = 2014 then 100 else 1 end * trade_usd"
            " as trade_usd"
        ),
        {"spike_factor": "KAZ, export, 2014 = 125"},
    ),
    "two years of an exporter left out": (
        "from world_trade where not (exporter_code = 'KAZ' and year between 2012 and 2013)",
        {"years_without_figure": "KAZ, export, 2014 = 2012-2013"},
    ),
    "a year cut off": (
        "from world_trade where year <> 2014 or hash(exporter_code, importer_code) % 3 = 0",
        {"flow_count_ratio": "2014 = 0.329; 2015 = 3.07"},
    ),
    "some flows of a year in thousands": (
        REPLACED.format(
            "case when year = 2014 and exporter_code <> 'CHN' and hash(importer_code) % 3 = 0"
            " then trade_usd / 1000 else trade_usd end as trade_usd"
        ),
        {"flows_of_one_unit_share": "all flows = 0.987", "steady_flows_share": "0.98"},
    ),
    "negative": (
        REPLACED.format("case when file_line = 12345 then -1.0 else trade_usd end as trade_usd"),
        {"trade_usd": "row 12345: "},
    ),
    "with itself": (
        REPLACED.format(
            "case when file_line = 77 then importer_code else exporter_code end as exporter_code"
        ),
        {"self_trade": "row 77: "},
    ),
    "exporters without distances": (
        "from world_trade where exporter_code not in ('DEU', 'FRA', 'USA', 'ITA', 'GBR', 'JPN')"
        " union all select * replace ('MNE' as exporter_code) from world_trade"
        " where exporter_code in ('DEU', 'FRA', 'USA', 'ITA', 'GBR', 'JPN')",
        {"exports_with_distance_share": "0.949"},
    ),
}


@pytest.mark.parametrize(("trade", "expected"), TRADE.values(), ids=TRADE)
def test_damaged_trade_is_refused_by_name(
    database: duckdb.DuckDBPyConnection, trade: str, expected: Mapping[str, str]
) -> None:
    found = refused(database, {"world_trade": trade})
    for column, text in expected.items():
        assert text in found[column]


def test_trade_in_some_goods_has_no_witness(database: duckdb.DuckDBPyConnection) -> None:
    trade = REPLACED.format("'own_textiles' as source_id, trade_usd / 1000 as trade_usd")
    assert refused(database, {"world_trade": trade}) == {}


def changed(name: str, replacement: str) -> Changes:
    return {name: f"select * replace ({replacement}) from {name}"}  # noqa: S608


OTHERS = [
    (
        changed("world_pairs", "if(file_line = 5, distance_km * 1.1, distance_km) as distance_km"),
        {"distance_asymmetry": "row 5: "},
    ),
    (
        changed("world_pairs", "distance_capitals_km * 1000 as distance_capitals_km"),
        {"distance_capitals_km": "row 1: ABW, AFG = 1.33e+07", "distance_spread": "row 1: "},
    ),
    (
        changed("world_pairs", "if(file_line = 9, not is_contiguous, is_contiguous)"
                " as is_contiguous"),
        {"tie_asymmetry": "row 9: "},
    ),
    ({"world_pairs": "from world_pairs where file_line <> 3"}, {"way_back": " = 0"}),
    (
        changed("world_pairs", "if(file_line = 2, origin_code, destination_code)"
                " as destination_code"),
        {"self_pair": "row 2: ABW, ABW = 1"},
    ),
    (
        changed("world_pairs", "if(file_line = 4, 'nan', distance_weighted_km)::double"
                " as distance_weighted_km"),
        {"distance_weighted_km": "row 4: "},
    ),
    (
        changed("agreement_spells", "if(file_line = 3, 2015, to_year) as to_year"),
        {"years_after_spell_before": "row 4: AFG, IND, 2012 = -3"},
    ),
    (
        changed("agreement_spells", "if(file_line = 3, 2001, to_year) as to_year"),
        {"spell_years": "row 3: AFG, IND, 2003 = -1"},
    ),
    (
        changed("agreement_spells", "country_code_b as country_code_a,"
                " country_code_a as country_code_b"),
        {"codes_in_order": "row 1: BGD, AFG, 2012 = 0"},
    ),
    (
        changed("agreement_spells", "if(file_line = 1, '188, 966', agreement_ids)"
                " as agreement_ids"),
        {"listed_agreements": "row 1: "},
    ),
    (
        changed("world_observations", "if(vintage_date = '2022-09-16', date '2022-09-17',"
                " vintage_date) as vintage_date"),
        {"is_listed": "SP.POP.TOTL"},
    ),
    (
        changed("world_observations", "if(indicator_code = 'IT.NET.USER.ZS' and country_code ="
                " 'ISL' and year = 2019, 980, observed_value) as observed_value"),
        {"beyond_range": "row 104227: IT.NET.USER.ZS, ISL, 2019 = 880"},
    ),
    (
        changed("world_observations", "if(indicator_code = 'NY.GDP.MKTP.CD', 0.001, 1)"
                " * observed_value as observed_value"),
        {"median_ratio": "NY.GDP.MKTP.CD, 2022-09-16 00:00:00 = 0.00101"},
    ),
    (
        changed("world_observations", "if(file_line = 8, 2024, year) as year"),
        {"years_to_vintage": "row 8: "},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), OTHERS)
def test_other_damage_is_refused_by_name(
    database: duckdb.DuckDBPyConnection, changes: Changes, expected: Mapping[str, str]
) -> None:
    found = refused(database, changes)
    for column, text in expected.items():
        assert text in found[column]


def test_every_rule_of_the_world_is_broken_once() -> None:
    """But for the years, whose rule is that of every input."""
    broken = {rule for _, expected in TRADE.values() for rule in expected}
    broken |= {rule for _, expected in OTHERS for rule in expected}
    rules = {check.columns[0] for check in WORLD_CHECKS}
    assert rules - broken - {"year", "from_year", "to_year", "distance_km"} == set()


def gated(
    database: duckdb.DuckDBPyConnection, changes: Changes, kind: str = "file"
) -> dict[str, dict[str, Any]]:
    """What the gate says of inputs, by check id."""
    declared = pd.DataFrame(
        {
            "input_name": list(changes),
            "place": [f"inputs/world/{name}.parquet" for name in changes],
            "kind": kind,
            "key_columns": [KEYS.get(name, "year") for name in changes],
            "gate_max_rows": 10,
        }
    )
    results = check_inputs({name: database.sql(sql) for name, sql in changes.items()}, declared)
    rows = results[results["suite"].isin(changes)].to_dict("records")
    return {row["check_id"]: row for row in rows}


def test_the_gate_tells_what_sql_has_found(database: duckdb.DuckDBPyConnection) -> None:
    """All rows are judged, whatever gate_max_rows says; of what has no witness nothing is told."""
    damaged = [
        "if(file_line % 4000 = 4, 'nan', distance_weighted_km)::double as distance_weighted_km",
        "if(file_line = 5, distance_km * 1.1, distance_km) as distance_km",
    ]
    found = gated(
        database,
        {
            "world_trade": f"from world_trade where not {CHINA}",
            "trade_flows": "from trade_flows limit 0",
            "observations": "from observations where indicator_code = 'SP.POP.TOTL'",
            **changed("world_pairs", ", ".join(damaged)),
            "agreement_spells": "select * exclude (to_year) from agreement_spells",
        },
    )
    distances = found["world_pairs.value_range.distance_weighted_km"]
    assert (distances["rows_checked"], distances["rows_total"]) == (47_742, 49_952)
    assert (distances["failing_count"], distances["passed"]) == (13, False)
    assert distances["failing_keys"].startswith("row 4: ABW, ALB = missing; row 4004: ")
    assert distances["failing_keys"].count("row ") == 10
    asymmetry = found["world_pairs.value_range.distance_asymmetry"]
    assert asymmetry["failing_keys"].startswith(
        "row 4: ABW, ALB = missing; row 5: ABW, AND = 1.1; "
    )
    unseen = found["world_trade.value_range.export_ratio"]
    assert (unseen["passed"], unseen["rows_checked"]) == (True, 0)
    assert unseen["observed"] == "not checked: there is no row to look at"
    assert found["world_trade.value_range.years_off"]["passed"]
    merchandise = found["world_trade.value_range.merchandise_ratio"]
    assert (merchandise["passed"], merchandise["failing_count"]) == (True, 0)
    assert found["world_trade.value_range.spike_factor"]["rows_checked"] == 8_558
    spells = {key: row for key, row in found.items() if row["suite"] == "agreement_spells"}
    assert not any(row["passed"] for key, row in spells.items() if not key.endswith("row_count"))
    assert spells["agreement_spells.value_range.spell_years"]["observed"].startswith(
        "not checked: "
    )


def test_rows_of_many_files_are_told_by_file(database: duckdb.DuckDBPyConnection) -> None:
    spells = (
        "select * replace ('x' as agreement_ids), '/data/spells.parquet' as file_name"
        " from agreement_spells where file_line = 1"
    )
    found = gated(database, {"agreement_spells": spells}, "parquet")
    row = found["agreement_spells.value_range.listed_agreements"]
    assert row["failing_keys"] == "/data/spells.parquet, row 1: AFG, BGD, 2012 = 0"
    assert found["agreement_spells.value_range.years_after_spell_before"]["passed"]  # one spell
