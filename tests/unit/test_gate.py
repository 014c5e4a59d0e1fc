"""The gate refuses planted defects and names their lines; the inputs as they are pass."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
import yaml

from trade_potential.apart import stand_by, stand_down
from trade_potential.quality.checks import MAY_BE_EMPTY
from trade_potential.quality.gate import COLUMNS, check_inputs
from trade_potential.quality.suites import CHECKS, all_checks

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds" / "inputs"
WORLD = ROOT / "inputs" / "world"
KNOWN = ROOT / "seeds" / "study" / "acknowledged_warnings.csv"
TEXT = {"country_numeric_code": "str", "status_date": "str", "country_iso2": "str"}
Frames = dict[str, pd.DataFrame]


def declared(
    place: str = "seeds/inputs/{name}.csv", kind: str = "seed", max_rows: int = 10**9
) -> pd.DataFrame:
    """The inputs as the project declares them (int_quality__inputs)."""
    entries = yaml.safe_load((SEEDS / "_inputs__seeds.yml").read_text("utf-8"))["seeds"]
    (world,) = yaml.safe_load((WORLD / "_world__sources.yml").read_text("utf-8"))["sources"]
    metas = {entry["name"]: entry["config"]["meta"] for entry in [*entries, *world["tables"]]}
    return pd.DataFrame(
        {
            "input_name": list(metas),
            "place": [place.format(name=name) for name in metas],
            "kind": kind,
            "key_columns": [", ".join(m.get("named_by", m["key"])) for m in metas.values()],
            "gate_max_rows": max_rows,
        }
    )


INPUTS = tuple(declared()["input_name"])


def expected_check_ids(indicators: pd.DataFrame) -> list[str]:
    return [check.check_id for check in all_checks(indicators, INPUTS)]


def read_inputs() -> Frames:
    frames = {}
    for name in INPUTS:
        if not (SEEDS / f"{name}.csv").exists():
            frame = duckdb.sql(f"from read_parquet('{WORLD / name}.parquet')").df()
            frames[name] = frame.assign(file_line=np.arange(1, len(frame) + 1))
            continue
        # "NA" is Namibia: only an empty cell is missing
        frame = pd.read_csv(
            SEEDS / f"{name}.csv", keep_default_na=False, na_values=[""], dtype=TEXT
        )
        frame["file_line"] = np.arange(2, len(frame) + 2)
        frames[name] = frame
    return frames


@pytest.fixture(scope="module")
def inputs() -> Frames:
    return read_inputs()


@pytest.fixture(scope="module")
def clean(inputs: Frames) -> pd.DataFrame:
    return check_inputs(inputs, declared()).set_index("check_id", drop=False)


def rows_of(frame: pd.DataFrame, code: str) -> pd.Index:
    return frame.index[frame["indicator_code"] == code]


def append_vintage(frames: Frames, code: str, first_year: int) -> int:
    """Add a vintage that holds the newest years alone; its line among the vintages."""
    newest = frames["observations"].query("indicator_code == @code and year >= @first_year")
    newest = newest.assign(vintage_date="2026-09-01")
    vintages = frames["observation_vintages"]
    line = len(vintages) + 2
    row = vintages[vintages["indicator_code"] == code].tail(1).assign(
        vintage_date="2026-09-01", value_count=len(newest), first_year=first_year,
        economy_count=newest["country_code"].nunique(), withdrawn_count=0, file_line=line,
    )  # fmt: skip
    frames["observations"] = pd.concat([frames["observations"], newest], ignore_index=True)
    frames["observation_vintages"] = pd.concat([vintages, row], ignore_index=True)
    return line


@pytest.fixture(scope="module")
def defects(inputs: Frames) -> tuple[pd.DataFrame, dict[str, int]]:
    """One run over inputs with many defects, and the line of each."""
    frames = {name: frame.copy() for name, frame in inputs.items()}
    lines: dict[str, int] = {}

    def plant(defect: str, name: str, row: int, column: str, value: object) -> None:
        frame = frames[name]
        if isinstance(value, float):
            frame[column] = frame[column].astype("float64")
        frame.loc[row, column] = value
        lines[defect] = int(frame.loc[row, "file_line"])

    population = rows_of(frames["observations"], "SP.POP.TOTL")
    servers = rows_of(frames["observations"], "IT.NET.SECR.P6")
    lpi = rows_of(frames["observations"], "LP.LPI.OVRL.XQ")
    gdp = rows_of(frames["observations"], "NY.GDP.MKTP.CD")
    plant("negative population", "observations", population[7], "observed_value", -5.0)
    plant("score above 5", "observations", lpi[3], "observed_value", 6.2)
    plant("NaN", "observations", gdp[11], "observed_value", np.nan)
    plant("infinity", "observations", servers[5], "observed_value", np.inf)
    plant("future year", "observations", gdp[20], "year", 2031)
    plant("bad code", "observations", gdp[30], "country_code", "kaz")
    plant("unlisted vintage", "observations", gdp[40], "vintage_date", "2020-01-01")
    plant("minus infinity", "trade_flows", 12, "trade_usd", -np.inf)
    plant("no trade", "trade_flows", 13, "trade_usd", 0.0)
    first_import = int(frames["trade_flows"].query("flow == 'import'").index[0])
    plant("import FOB", "trade_flows", first_import, "valuation", "FOB")
    plant("no distance", "country_pairs", 4, "distance_km", np.nan)
    plant("too far", "country_pairs", 5, "distance_capitals_km", 25000.0)
    plant("limits swapped", "indicators", 0, "value_max", -1.0)
    plant("digits lost", "countries", 1, "country_numeric_code", "4")
    plant("north of the pole", "countries", 2, "latitude_deg", 91.0)
    plant("press total", "total_trade_press", 5, "total_rmb_tn", 32.0)
    plant("US$ for RMB", "exchange_rates", 20, "lcu_per_usd", 1 / 6.9)
    plant("no volume", "ecommerce_volumes", 9, "volume_tn", 0.0)
    kaz = frames["trade_flows"].query("partner_code == 'KAZ' and flow == 'export' and year == 2013")
    plant("digit too many", "trade_flows", kaz.index[0], "trade_usd", kaz["trade_usd"].iloc[0] * 10)
    frames["trade_flows"] = frames["trade_flows"].query("year != 2017")
    after = frames["trade_flows"].query("year == 2018 and flow == 'export'")
    lines["year dropped"] = int(after.sort_values("partner_code")["file_line"].iloc[0])
    few = float(frames["observations"].loc[gdp[90], "observed_value"]) / 10
    plant("digit too few", "observations", gdp[90], "observed_value", few)
    lines["new years alone"] = append_vintage(frames, "SP.POP.TOTL", 2023)
    rates = frames["exchange_rates"].drop(index=10)
    other = rates.tail(1).assign(country_code="MAC", lcu_per_usd=8.0, file_line=len(rates) + 3)
    frames["exchange_rates"] = pd.concat([rates, other], ignore_index=True)
    lines |= {"rate dropped": 13, "second rate": len(rates) + 3}
    plant("precision", "trade_agreements", 3, "date_precision", "day")
    plant("count of values", "observation_vintages", 6, "value_count", 1)
    frames["oil_prices"] = frames["oil_prices"].iloc[:0]
    frames["total_trade"] = frames["total_trade"].drop(columns="trade_usd")
    return check_inputs(frames, declared()).set_index("check_id", drop=False), lines


def test_inputs_pass_without_errors(clean: pd.DataFrame) -> None:
    failed = clean[~clean["passed"] & (clean["severity"] == "error")]
    assert failed["failing_keys"].to_dict() == {}


@pytest.mark.slow(reason="the gate of all figures once more; every build says it, too")
def test_every_warning_of_the_real_figures_is_acknowledged(inputs: Frames) -> None:
    known = pd.read_csv(KNOWN)
    results = check_inputs(inputs, declared(), known.assign(file_line=range(2, len(known) + 2)))
    assert results["acknowledged_count"].sum() > 0
    news = results[~results["passed"] & (results["new_count"] > 0)]
    assert list(news["failing_keys"]) == []


def test_results_have_the_declared_form(clean: pd.DataFrame) -> None:
    assert tuple(clean.columns) == COLUMNS
    assert clean["check_id"].is_unique
    assert set(clean["severity"]) == {"error", "warning"}
    assert set(clean["suite"]) == set(INPUTS)
    text = clean.drop(columns=["rows_checked", "failing_count", "passed"])
    assert text.notna().all(axis=None)
    assert set(clean.loc[clean["rows_checked"] == 0, "suite"]) == set(MAY_BE_EMPTY)
    assert clean["passed"].dtype == bool
    assert clean["failing_count"].dtype == clean["rows_checked"].dtype == np.int64


def test_registry_names_exactly_the_checks_that_ran(
    inputs: Frames, clean: pd.DataFrame, defects: tuple[pd.DataFrame, dict[str, int]]
) -> None:
    expected = expected_check_ids(inputs["indicators"])
    assert len(set(expected)) == len(expected)
    assert set(clean["check_id"]) == set(expected)
    assert set(defects[0]["check_id"]) == set(expected)


def test_registry_follows_the_indicators(inputs: Frames) -> None:
    one = inputs["indicators"].head(1).assign(indicator_code="XX.NEW.CODE")
    assert "observations.value_range.XX.NEW.CODE" in expected_check_ids(one)
    assert "observations.value_range.SP.POP.TOTL" not in expected_check_ids(one)


@pytest.mark.parametrize(
    ("defect", "check_id", "shown"),
    [
        ("negative population", "observations.value_range.SP.POP.TOTL", "= -5"),
        ("score above 5", "observations.value_range.LP.LPI.OVRL.XQ", "= 6.2"),
        ("NaN", "observations.value_range.NY.GDP.MKTP.CD", "= missing"),
        ("infinity", "observations.value_range.IT.NET.SECR.P6", "= inf"),
        ("future year", "observations.value_range.year", "2031"),
        ("future year", "observations.order.vintage_year.year", "2031"),
        ("bad code", "observations.pattern.country_code", "kaz"),
        ("unlisted vintage", "observations.present.listed_value_count", "NY.GDP.MKTP.CD"),
        ("minus infinity", "trade_flows.value_range.trade_usd", "= -inf"),
        ("no trade", "trade_flows.value_range.trade_usd", "= 0"),
        ("import FOB", "trade_flows.pairs.flow.valuation", "= import, FOB"),
        ("no distance", "country_pairs.value_range.distance_km", "= missing"),
        ("too far", "country_pairs.value_range.distance_capitals_km", "= 25000"),
        ("limits swapped", "indicators.order.value_max.value_min", "= -1, 0"),
        ("digits lost", "countries.pattern.country_numeric_code", "= 4"),
        ("north of the pole", "countries.value_range.latitude_deg", "= 91"),
        ("no volume", "ecommerce_volumes.value_range.volume_tn", "= 0"),
        ("digit too many", "trade_flows.value_range.spike_factor", "KAZ, export, 2013 = "),
        ("digit too few", "observations.value_range.spike_factor", "NY.GDP.MKTP.CD"),
        ("year dropped", "trade_flows.missing.years_without_flows", "2018 = 2017"),
        ("rate dropped", "exchange_rates.missing.years_without_figure", "CHN, 2011 = 2010"),
        ("second rate", "exchange_rates.value_range.currency_spread", "MAC, 2025 = "),
        ("new years alone", "observation_vintages.missing.withdrawn_figures", " figures of 2026-"),
        ("precision", "trade_agreements.pairs.date_precision.date_length", "= day, 4"),
        ("count of values", "observation_vintages.agreement.value_count", "= 1, "),
    ],
)
def test_planted_defect_closes_the_gate_and_names_its_line(
    defects: tuple[pd.DataFrame, dict[str, int]], defect: str, check_id: str, shown: str
) -> None:
    results, lines = defects
    row = results.loc[check_id]
    assert not row["passed"]
    assert row["severity"] == "error"
    found = [key for key in row["failing_keys"].split("; ") if f"line {lines[defect]}:" in key]
    assert len(found) == 1
    assert shown in found[0]
    assert row["failing_count"] >= 1


def test_press_and_rate_that_disagree_warn(
    defects: tuple[pd.DataFrame, dict[str, int]],
) -> None:
    results, lines = defects
    gap = results.loc["total_trade_press.value_range.flows_gap_rmb_tn"]
    assert not gap["passed"]
    assert f"line {lines['press total']}:" in gap["failing_keys"]
    change = results.loc["exchange_rates.value_range.rate_change_share"]
    assert (change["passed"], change["severity"]) == (False, "warning")
    assert f"line {lines['US$ for RMB']}:" in change["failing_keys"]


def test_empty_table_fails(defects: tuple[pd.DataFrame, dict[str, int]]) -> None:
    oil = defects[0].query("suite == 'oil_prices'")
    assert not oil["passed"].any()
    assert oil.loc["oil_prices.row_count", "observed"] == "0 rows"
    others = oil.drop(index="oil_prices.row_count")["observed"]
    assert set(others) == {"not checked: there is no row to look at"}


def test_missing_column_fails_with_one_line(
    defects: tuple[pd.DataFrame, dict[str, int]],
) -> None:
    row = defects[0].loc["total_trade.value_range.trade_usd"]
    assert not row["passed"]
    assert "trade_usd" in row["observed"]
    assert "\n" not in row["observed"]
    assert "Traceback" not in row["observed"]
    assert (row["rows_checked"], row["failing_count"], row["failing_keys"]) == (0, 0, "")


def test_missing_input_fails_all_its_checks(inputs: Frames) -> None:
    small = {name: inputs[name] for name in ("exchange_rates", "indicators")}
    results = check_inputs(small, declared())
    assert set(results["check_id"]) == set(expected_check_ids(inputs["indicators"]))
    assert not results[results["suite"] == "observations"]["passed"].any()
    assert results[results["suite"] == "exchange_rates"]["passed"].all()


@pytest.mark.slow(reason="all inputs are judged again")
def test_order_of_rows_does_not_matter(inputs: Frames, clean: pd.DataFrame) -> None:
    shuffled = {name: frame.sample(frac=1, random_state=7) for name, frame in inputs.items()}
    again = check_inputs(shuffled, declared()).set_index("check_id", drop=False)
    pd.testing.assert_frame_equal(again, clean)


@pytest.mark.slow(reason="all inputs are judged again")
def test_another_process_says_the_same(inputs: Frames, clean: pd.DataFrame) -> None:
    stand_by()
    try:
        told = check_inputs(inputs, declared()).set_index("check_id", drop=False)
    finally:
        stand_down()
    pd.testing.assert_frame_equal(told, clean)


def test_rows_without_a_line_are_still_named(inputs: Frames) -> None:
    rates = inputs["exchange_rates"].drop(columns="file_line")
    rates.loc[3, "lcu_per_usd"] = -8.0
    results = check_inputs({"exchange_rates": rates}, declared()).set_index("check_id")
    keys = results.loc["exchange_rates.value_range.lcu_per_usd", "failing_keys"]
    assert keys == "line ?: CHN, 2003 = -8"


def test_failing_rows_are_columns(defects: tuple[pd.DataFrame, dict[str, int]]) -> None:
    results, lines = defects
    row = results.loc["trade_flows.pairs.flow.valuation"]
    (refused,) = json.loads(row["failing_rows"])
    assert refused["file"] == row["file"] == "seeds/inputs/trade_flows.csv"
    assert refused["row"] == lines["import FOB"]
    assert refused["value"] == "import, FOB"
    assert row["failing_keys"] == f"line {refused['row']}: {refused['key']} = import, FOB"


def test_check_of_an_input_that_is_not_declared_fails(inputs: Frames) -> None:
    known = declared().query("input_name in ('exchange_rates', 'indicators')")
    results = check_inputs({name: inputs[name] for name in known["input_name"]}, known)
    others = results[~results["suite"].isin(known["input_name"])]
    assert set(others["suite"]) == {check.suite for check in CHECKS} - set(known["input_name"])
    assert set(others["observed"]) == {"not checked: no such input"}
    assert not others["passed"].any()
    assert "total_trade.row_count" not in set(results["check_id"])


def test_checks_are_of_declared_inputs() -> None:
    assert {check.suite for check in CHECKS} <= set(INPUTS)
