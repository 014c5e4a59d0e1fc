"""Rules of inputs: what one test asks, tells and has in the lock, and what every input declares."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
import yaml
from dbt_common.clients.jinja import get_environment
from dbt_common.exceptions.macros import MacroReturn
from tests.declared import rules_of
from tests.panels import ROOT

from trade_potential.quality.locked import lock, of_checks

FILES = (
    "macros/input_rules.sql",
    "macros/complaint.sql",
    "macros/compat/is_absent.sql",
    "macros/report_failures.sql",
    "macros/check_locked.sql",
    "tests/generic/input_keeps_rules.sql",
    "tests/generic/keys_are_known.sql",
)
KEY = ["study_id", "year"]


class Relation(str):
    """A table, as dbt's `ref` returns it."""

    __slots__ = ()

    @property
    def identifier(self) -> str:
        return str(self)


def _judged(test: SimpleNamespace) -> dict[str, str]:
    (name,) = re.findall(r"ref\('(\w+)'\)", test.test_metadata.kwargs["model"])
    return {"name": name}


@pytest.fixture(scope="module")
def macros() -> dict[str, Callable[..., Any]]:
    """The macros as dbt calls them, for one input in the table stg_study__studies."""

    def give(value: Any) -> None:
        raise MacroReturn(value)

    context: dict[str, Any] = {
        "return": give,
        "tojson": json.dumps,
        "ref": Relation,
        "staged_rows": lambda: Relation("stg_study__studies"),
        "judged_input": lambda test: SimpleNamespace(**_judged(test)),
        "input_name": lambda staging: staging.split("__")[-1],
        "has_many_files": lambda _: True,
        "input_label": lambda name: f"{name}.csv",
        "input_key": lambda _: KEY,
        "sql_text": lambda text: "'" + text.replace("'", "''") + "'",
    }
    source = "".join((ROOT / file).read_text("utf-8") for file in FILES)
    names = re.findall(r"{% (?:macro|test) (\w+)\(", source)

    def callable_macro(name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            kind = "test_" if hasattr(template.module, f"dbt_macro__test_{name}") else ""
            try:
                return getattr(template.module, f"dbt_macro__{kind}{name}")(*arguments, **options)
            except MacroReturn as returned:
                return returned.value

        return call

    template = get_environment(None).from_string(source, globals=context)
    context |= {name: callable_macro(name) for name in names}
    # A template takes its globals when it is made.
    template = get_environment(None).from_string(source, globals=context)
    return {name: context[name] for name in names}


@pytest.fixture
def rows() -> Iterator[duckdb.DuckDBPyConnection]:
    """Six rows of an input, and others that it names."""
    with duckdb.connect() as memory:
        memory.execute("""
            create table stg_study__studies as
            select *, 'studies.csv' as file_name, row_number() over () + 1 as file_line
            from (values
                ('a', 2013, 'KAZ', 'total', 1::double, 'one'),
                ('b', 2014, 'SUN', 'gift', 'nan', 'one'),
                ('a', 2013, null, null, null, null),
                ('c', 2015, 'QQQ', 'total', -2.0, 'two'),
                ('', 2016, 'KAZ', 'total', 'inf', 'one'),
                (null, 2016, 'KAZ', 'total', 3.0, 'one')
            ) as t (study_id, year, reporter, flow, amount, spec_id)
        """)
        memory.execute("create table stg_inputs__countries as select 'KAZ' as country_iso3")
        memory.execute("create table stg_inputs__country_code_mappings as select 'SUN' source_code")
        memory.execute("create table stg_study__specs as select 'one' as id")
        yield memory


RULES: dict[str, Any] = {
    "present": ["study_id", "amount"],
    "countries": ["reporter"],
    "known": {"spec_id": {"to": Relation("stg_study__specs"), "field": "id"}},
    "one_of": {"flow": ["total", "exports"]},
    "rows": [{"columns": ["amount", "year"], "holds": "amount > 0", "rule": "it's above 0"}],
}
TOLD = {
    "": [("studies.csv", 4, "a, 2013", "study_id, year", "a, 2013", "the key is unique")],
    "present": [
        ("studies.csv", 3, "b, 2014", "amount", "nan", "the value is present and finite"),
        ("studies.csv", 4, "a, 2013", "amount", "", "the value is present and finite"),
        ("studies.csv", 6, ", 2016", "amount", "inf", "the value is present and finite"),
        ("studies.csv", 6, ", 2016", "study_id", "", "the value is present and finite"),
        ("studies.csv", 7, ", 2016", "study_id", "", "the value is present and finite"),
    ],
    "countries": [
        (
            "studies.csv", line, key, "reporter", code,
            "the code is a country_iso3 of countries.csv or a source_code of "
            "country_code_mappings.csv",
        )
        for line, key, code in ((4, "a, 2013", ""), (5, "c, 2015", "QQQ"))
    ],
    "known": [("studies.csv", 5, "c, 2015", "spec_id", "two", "the value is a id of specs.csv")],
    "one_of": [
        ("studies.csv", 3, "b, 2014", "flow", "gift", "the value is one of total, exports")
    ],
    "rows": [("studies.csv", 5, "c, 2015", "amount, year", "-2.0, 2015", "it's above 0")],
}  # fmt: skip
"""By argument: its complaints. Of empty values only `present` and `countries` tell, of NaN and
infinity, which are above 0, only `present`."""


@pytest.mark.parametrize("argument", TOLD)
def test_a_rule_names_place_key_column_and_value(
    macros: dict[str, Callable[..., Any]], rows: duckdb.DuckDBPyConnection, argument: str
) -> None:
    arguments = {argument: RULES[argument]} if argument else {}
    found = rows.sql(macros["input_keeps_rules"]("", **arguments)).fetchall()
    assert found == sorted(TOLD[""] + (TOLD[argument] if argument else []))


def test_all_rules_are_told_by_one_test_in_the_order_of_the_rows(
    macros: dict[str, Callable[..., Any]], rows: duckdb.DuckDBPyConnection
) -> None:
    found = rows.sql(macros["input_keeps_rules"]("", **RULES)).fetchall()
    assert found == sorted(told for of in TOLD.values() for told in of)
    known = rows.sql(macros["keys_are_known"]("", RULES["known"])).fetchall()
    assert known == TOLD["known"]


def test_a_rule_that_many_rows_break_hides_no_other(macros: dict[str, Callable[..., Any]]) -> None:
    test = (
        "select 'a.csv' as file_name, line as file_line, '' as row_key, 'x' as column_name, "
        "'' as value, case when line < 60 then 'first' else 'last' end as rule "
        "from range(1, 61) as t (line) order by line"
    )
    told = duckdb.sql(macros["first_of_each_rule"](test, 50)).fetchall()
    assert [row[1] for row in told] == [*range(1, 51), 60]
    assert [row[1] for row in duckdb.sql(macros["first_rows"](test, 50)).fetchall()] == [
        *range(1, 51)
    ]


# --- The lock -------------------------------------------------------------------------------------


def _node(**arguments: Any) -> SimpleNamespace:
    """A test of the input studies as dbt knows it."""
    return SimpleNamespace(
        name="rules_of_studies",
        test_metadata=SimpleNamespace(
            name="input_keeps_rules",
            kwargs={"model": "{{ get_where_subquery(ref('studies')) }}", **arguments},
        ),
    )


DECLARED: dict[str, Any] = {
    "present": ["study_id", "flow"],
    "countries": ["reporter"],
    "known": {"spec_id": {"to": "ref('stg_study__specs')", "field": "id"}},
    "one_of": {"flow": ["total", "exports"]},
    "rows": [{"columns": ["year"], "holds": "year > 1990", "rule": "a year"}],
}
WEAKER = {
    "value may be missing": ({"present": ["flow"]}, "present study_id"),
    "code unknown": ({"countries": []}, "countries reporter"),
    "key unknown": ({"known": {}}, "known spec_id"),
    "values added": ({"one_of": {"flow": ["total", "exports", "gift"]}}, "one_of flow"),
    "condition weaker": (
        {"rows": [{"columns": ["year"], "holds": "year > 1", "rule": "a year"}]}, "rows",
    ),
    "no rule": ({"rows": []}, "rows"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WEAKER)
def test_a_rule_that_is_gone_or_weaker_is_named_by_the_lock(
    macros: dict[str, Callable[..., Any]], tmp_path: Path, kind: str
) -> None:
    lock(str(tmp_path), macros["rules_in_force"](_node(**DECLARED)))
    change, named = WEAKER[kind]
    (said,) = of_checks(str(tmp_path), macros["rules_in_force"](_node(**DECLARED | change)))
    assert said.startswith(f"not in force as locked: rule rules_of_studies {named}")


def test_a_key_of_more_columns_and_another_input_are_named_by_the_lock(
    macros: dict[str, Callable[..., Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(str(tmp_path), macros["rules_in_force"](_node(**DECLARED)))
    other = _node(**DECLARED | {"model": "{{ get_where_subquery(ref('exhibits')) }}"})
    key = ["not in force as locked: rule rules_of_studies of studies key study_id, year"]
    assert of_checks(str(tmp_path), macros["rules_in_force"](other)) == key
    monkeypatch.setattr(f"{__name__}.KEY", [*KEY, "flow"])
    assert of_checks(str(tmp_path), macros["rules_in_force"](_node(**DECLARED))) == key


def test_a_rule_that_is_new_makes_no_other_weaker(
    macros: dict[str, Callable[..., Any]], tmp_path: Path
) -> None:
    lock(str(tmp_path), macros["rules_in_force"](_node(**DECLARED)))
    more = {"present": ["study_id", "flow", "year"], "one_of": {"year": [1], **DECLARED["one_of"]}}
    assert of_checks(str(tmp_path), macros["rules_in_force"](_node(**DECLARED | more))) == []


# --- What every input declares --------------------------------------------------------------------


def inputs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every input and its entry in the YAML of seeds or of the world's files."""
    for path in sorted(ROOT.glob("seeds/*/_*.yml")):
        for seed in yaml.safe_load(path.read_text("utf-8"))["seeds"]:
            yield seed["name"], seed
    (world,) = yaml.safe_load((ROOT / "inputs/world/_world__sources.yml").read_text())["sources"]
    for table in world["tables"]:
        yield table["name"], table


@pytest.mark.parametrize(("name", "entry"), list(inputs()), ids=[name for name, _ in inputs()])
def test_every_input_is_asked_for_its_key_and_for_columns_that_it_has(
    name: str, entry: dict[str, Any]
) -> None:
    (asked,) = [test for test in entry["data_tests"] if "input_keeps_rules" in test]
    assert asked["input_keeps_rules"]["name"] == f"rules_of_{name}"
    assert "config" not in asked["input_keeps_rules"]
    columns = {column["name"] for column in entry["columns"]}
    rules = rules_of(entry)
    assert set(entry["config"]["meta"]["key"]) <= columns
    assert {*rules.present, *rules.countries, *rules.known, *rules.one_of} <= columns
    assert {column for rule in rules.rows for column in rule["columns"]} <= columns
    assert not any("data_tests" in column for column in entry["columns"])
