"""Planted defects: a build is stopped by each kind, and the defect is named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from html import escape
from typing import Any

import duckdb
import pytest
from tests.build.changes import (
    column_dropped,
    first_row_doubled,
    row_appended,
    rows_removed,
    value_set,
)
from tests.build.project import ROOT, Project
from tests.corpus.judge import refusals

pytestmark = pytest.mark.build

DEFECTS = {
    "negative population": (
        "gate",
        "inputs/observations",
        value_set(
            "observed_value", "-5", indicator_code="SP.POP.TOTL", country_code="KAZ", year="2015"
        ),
        ["seeds/inputs/observations.csv", "line ", "SP.POP.TOTL, KAZ, 2015", "-5", "rule:"],
    ),
    "LPI 6.2": (
        "gate",
        "inputs/observations",
        value_set("observed_value", "6.2", indicator_code="LP.LPI.CUST.XQ", country_code="KGZ"),
        ["seeds/inputs/observations.csv", "line ", "LP.LPI.CUST.XQ, KGZ", "6.2", "rule:"],
    ),
    "duplicate key": (
        "staging",
        "inputs/trade_flows",
        first_row_doubled,
        ["seeds/inputs/trade_flows.csv, line 3", "rule: the key is unique"],
    ),
    "unknown country": (
        "staging",
        "inputs/trade_flows",
        value_set("partner_code", "QQQ", year="2015"),
        ["seeds/inputs/trade_flows.csv, line ", 'column partner_code: "QQQ"', "rule: the code is"],
    ),
    "missing column": (
        "form",
        "inputs/country_pairs",
        column_dropped("distance_capitals_km"),
        ["seeds/inputs/country_pairs.csv, line 1", "distance_capitals_km", "rule: the header"],
    ),
    "text in a number": (
        "form",
        "inputs/exchange_rates",
        value_set("lcu_per_usd", "about 6", year="2015"),
        ["exchange_rates.csv, line 17, column lcu_per_usd", "about 6", "rule: a number is"],
    ),
}
"""By defect: the stage that must stop it, the seed, the change and what a complaint says."""


@pytest.fixture(scope="module")
def stopped(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[str]]:
    """The complaints of a build with all the defects that one stage must stop; run once."""

    @cache
    def complaints(stage: str) -> list[str]:
        project = Project.copied_to(tmp_path_factory.mktemp(stage) / "project", parsed=built)
        for of_stage, seed, change, _ in DEFECTS.values():
            if of_stage == stage:
                project.edit_seed(seed, change)
        result = project.build()
        assert result.returncode != 0
        assert "Traceback" not in result.stdout
        assert project.mart_count() == 0
        assert_reported(project, stage)
        return refusals(result.stdout)

    return complaints


def assert_reported(project: Project, stage: str) -> None:
    """The report beside the releases has the complaints of the run, and no checks but its own."""
    report = json.loads((project.root / "release" / "gate.json").read_bytes())
    left = json.loads((project.root / "target" / "complaints.json").read_bytes())
    assert left["complaints"]
    assert report["complaints"] == left["complaints"]
    assert report["run"]["run_id"] == left["invocation_id"]
    assert (report["verdict"], report["run"]["current"]) == ("refused", None)
    assert bool(report["checks"]) == (stage == "gate")
    page = (project.root / "release" / "gate.html").read_text(encoding="utf-8")
    assert report["sentence"].startswith("Refused: ")
    for told in left["complaints"]:
        assert escape(told["rule"]) in page
        assert told["row"] is None or f'<td role="cell" data-label="Row">line {told["row"]}' in page


LATER = pytest.mark.slow(reason="a build of all seeds, as that of every input below")


@pytest.mark.parametrize(
    "defect",
    [pytest.param(d, marks=() if at[0] == "form" else LATER) for d, at in DEFECTS.items()],
)
def test_planted_defect_stops_the_build_and_is_named(
    stopped: Callable[[str], list[str]], defect: str
) -> None:
    stage, _, _, fragments = DEFECTS[defect]
    complaints = stopped(stage)
    named = [line for line in complaints if all(part in line for part in fragments)]
    assert named, complaints


OUT_OF_RULE = {
    "countries": value_set("latitude_deg", "91", country_iso3="KAZ"),
    "country_code_mappings": row_appended("KAZ", "UZB", "renames a country"),
    "indicators": value_set("value_max", "-7", indicator_code="SP.POP.TOTL"),
    "observation_vintages": value_set("value_count", "3", indicator_code="SE.TER.ENRR"),
    "observations": value_set("observed_value", "100.5", indicator_code="IT.NET.USER.ZS"),
    "trade_flows": value_set("trade_usd", "-1", partner_code="TJK"),
    "country_pairs": value_set("distance_km", "40000", partner_code="TJK"),
    "oil_prices": value_set("price_usd_per_barrel", "-37", benchmark="wti_nominal"),
    "ecommerce_volumes": value_set("volume_tn", "1250", quote_id="100ec_2020"),
    "ecommerce_measures": value_set("measured_value", "750", country_iso3="AUT"),
    "total_trade": value_set("trade_usd", "0", year="2015"),
    "total_trade_press": value_set("total_rmb_tn", "-3", year="2015"),
    "exchange_rates": value_set("lcu_per_usd", "0", year="2015"),
    "trade_agreements": value_set("status_date", "sometime", country_code="KAZ"),
}
"""One value per input that only an expectation can refuse; sources has texts alone."""


def test_value_out_of_rule_is_named_in_every_input(unbuilt: Project) -> None:
    for seed, change in OUT_OF_RULE.items():
        unbuilt.edit_seed(f"inputs/{seed}", change)
    unbuilt.edit_seed("inputs/trade_flows", rows_removed(year="2017"))
    result = unbuilt.build()
    assert result.returncode != 0
    refused = unbuilt.query(
        "select distinct suite from quality.gate_results where severity = 'error' and not passed"
    )
    assert {suite for (suite,) in refused} >= OUT_OF_RULE.keys()
    unnamed = [
        seed for seed in OUT_OF_RULE if f"seeds/inputs/{seed}.csv, line " not in result.stdout
    ]
    assert unnamed == []
    assert "import, 2018 = 2017 (rule: a reporter has flows in every year between" in result.stdout
    assert unbuilt.mart_count() == 0


@pytest.mark.slow(reason="a build of all seeds")
def test_duplicate_key_is_named_in_every_seed(unbuilt: Project) -> None:
    seeds = sorted(
        str(path.relative_to(ROOT / "seeds").with_suffix(""))
        for path in (ROOT / "seeds").glob("*/*.csv")
        if len(path.read_bytes().splitlines()) > 1  # own_outcomes has no row
    )
    for seed in seeds:
        unbuilt.edit_seed(seed, first_row_doubled)
    result = unbuilt.build()
    assert result.returncode != 0
    unnamed = [
        seed
        for seed in seeds
        if f"seeds/{seed}.csv, line 3" not in result.stdout
        or "(rule: the key is unique)" not in result.stdout
    ]
    assert unnamed == []
    assert unbuilt.mart_count() == 0


@pytest.mark.rare(reason="most of a build; make mutants has many")
def test_wrong_formula_stops_the_build_before_the_release(rebuilt: Project) -> None:
    project = rebuilt
    with duckdb.connect(project.database) as warehouse:
        warehouse.execute("drop table marts.fct_audit_results")  # publish_release needs it
    macro = project.root / "src" / "trade_potential" / "sql" / "meat.sql"
    right = macro.read_text(encoding="utf-8")
    column = "c_{{ i }}_{{ j }}"
    planted = right.replace(f"{column},", f"{column} * 1.000001 as {column},")
    assert planted != right
    macro.write_text(planted, encoding="utf-8")
    result = project.dbt("build", "-s", "int_gravity__meat+", "--exclude", "publish_release")
    assert result.returncode != 0
    assert "Rejected by audit_agrees" in result.stdout
    assert "clustered" in result.stdout
    assert not project.query(
        "select 1 from information_schema.tables where table_name = 'fct_audit_results'"
    )


def _passed_by(graph: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Nodes that a failed test of an input lets pass, by test.

    dbt stops who descends from all that the test reads. Of keys in other inputs that must be
    everybody who reads the one and another one.
    """
    above: dict[str, set[str]] = {}

    def ancestors(node: str) -> set[str]:
        if node not in above:
            parents = graph["parent_map"].get(node, [])
            above[node] = {*parents}.union(*map(ancestors, parents))
        return above[node]

    tests = [node for node in graph["nodes"].values() if node["resource_type"] == "test"]
    readers = graph["nodes"].keys() - {test["unique_id"] for test in tests}
    for test in tests:
        kind = (test.get("test_metadata") or {}).get("name")
        if kind not in ("input_keeps_rules", "keys_are_known"):
            continue
        if test["config"]["severity"].lower() != "error":
            continue
        reads = {*test["depends_on"]["nodes"]}
        (own,) = {child for seed in reads for child in graph["child_map"][seed]} & reads
        others = [{own, other} for other in reads - {own} if other.startswith("model.")]
        for concerned in [{own}] if kind == "input_keeps_rules" else others:
            for node in readers:
                if concerned <= ancestors(node) and not reads <= ancestors(node):
                    yield test["name"], node.split(".")[-1]


def test_who_reads_an_input_waits_for_all_that_is_asked_of_it(built: Project) -> None:
    graph = built.manifest()
    assert sorted(_passed_by(graph)) == []
    # The keys of studies in its one test: who reads no gravity specification would not wait.
    nodes = {node["name"]: node for node in graph["nodes"].values()}
    keys = nodes["specifications_of_studies"]["depends_on"]["nodes"]
    nodes["rules_of_studies"]["depends_on"]["nodes"] += keys
    assert ("rules_of_studies", "dim_study") in set(_passed_by(graph))
