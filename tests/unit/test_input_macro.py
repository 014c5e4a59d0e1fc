"""The var `inputs`: what it may say, and that what it says is never run as SQL."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from dbt_common.clients.jinja import get_environment
from dbt_common.exceptions.macros import MacroReturn
from tests.panels import ROOT

MACROS = ("input", "input_source", "inputs_given", "refuse_inputs", "sql_text", "input_label")
MACROS += ("as_pattern", "has_many_files")
MACROS += ("duckdb__parquet_path", "default__parquet_path", "row_place")
PROJECT = "/srv/trade potential"


class Refused(Exception):  # noqa: N818 (as dbt's)
    """In the place of dbt's compilation error."""


def macros(
    inputs: Any, engine: str = "duckdb", project: str = PROJECT
) -> dict[str, Callable[..., Any]]:
    """The macros of macros/input.sql as dbt calls them, outside a run."""

    def give(value: Any) -> None:
        raise MacroReturn(value)

    def refuse(text: str) -> None:
        raise Refused(text)

    context: dict[str, Any] = {
        "var": lambda name: {"inputs": inputs}[name],
        "return": give,
        "tojson": lambda value, default=None: json.dumps(value) or default,
        "exceptions": SimpleNamespace(raise_compiler_error=refuse),
        "modules": SimpleNamespace(re=re),
        "adapter": SimpleNamespace(dispatch=lambda name, _: context[f"{engine}__{name}"]),
        "invocation_args_dict": {"project_dir": project},
        "target": SimpleNamespace(type=engine),
        "execute": False,
        "ref": lambda name: f"seeds.{name}",
    }
    source = (ROOT / "macros" / "input.sql").read_text(encoding="utf-8")
    template = get_environment(None).from_string(source, globals=context)

    def callable_macro(name: str) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            try:
                return getattr(template.module, f"dbt_macro__{name}")(*arguments)
            except MacroReturn as returned:
                return returned.value

        return call

    context |= {name: callable_macro(name) for name in MACROS}
    # A template takes its globals when it is made.
    template = get_environment(None).from_string(source, globals=context)
    return {name: context[name] for name in MACROS}


def test_the_seed_is_the_default() -> None:
    given = macros({})
    assert given["input"]("trade_flows").strip() == "seeds.trade_flows"
    assert given["row_place"]("trade_flows").split() == ["file_name,", "file_line"]


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("/data/flows", "/data/flows/**/*.parquet"),
        ("/data/flows/", "/data/flows/**/*.parquet"),
        ("/data/flows/*.parquet", "/data/flows/*.parquet"),
        ("/data/flows/year=20??/*", "/data/flows/year=20??/*"),
        ("/data/flows.parquet", "/data/flows.parquet"),
        ("data/flows", f"{PROJECT}/data/flows/**/*.parquet"),
        ("s3://lake/flows", "s3://lake/flows/**/*.parquet"),
        ("https://lake/flows.parquet", "https://lake/flows.parquet"),
    ],
)
def test_paths(path: str, read: str) -> None:
    given = macros({"trade_flows": {"parquet": path}})
    assert given["input_source"]("trade_flows") == {"kind": "parquet", "path": read}
    assert given["row_place"]("trade_flows").split() == ["file_name,", "file_line"]


def test_the_folder_of_the_project_is_no_pattern() -> None:
    given = macros({"trade_flows": {"parquet": "data/*"}}, project="/srv/a [x] b*c?")
    assert given["input_source"]("trade_flows")["path"] == "/srv/a [[]x] b[*]c[?]/data/*"
    given = macros({"trade_flows": {"parquet": "data"}}, project="/srv/a*")
    assert given["input_source"]("trade_flows")["path"] == "/srv/a[*]/data/**/*.parquet"


@pytest.mark.parametrize("table", ["public.pairs", "lake.public.pairs", "_a1.B"])
def test_tables(table: str) -> None:
    given = macros({"country_pairs": {"table": table}})
    source = given["input_source"]("country_pairs")
    assert source == {"kind": "table", "parts": table.split("."), "table": table}
    assert given["input_label"]("country_pairs") == f"table {table}"


@pytest.mark.parametrize(
    "inputs", [None, 5, "trade_flows", ["trade_flows"], "{{ 1 / 0 }}; drop schema marts"]
)
def test_var_that_is_no_dictionary(inputs: Any) -> None:
    with pytest.raises(Refused, match=r"the var inputs is .*, not a dictionary of inputs"):
        macros(inputs)["input_source"]("trade_flows")


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"csv": "/data/flows.csv"}, "either parquet (a path) or table (a name)"),
        ({"parquet": "/a", "table": "a.b"}, "either parquet (a path) or table (a name)"),
        ({}, "either parquet (a path) or table (a name)"),
        ("/data/flows", "either parquet (a path) or table (a name)"),
        (None, "either parquet (a path) or table (a name)"),
        ({"parquet": ""}, 'parquet is "", not a path'),
        ({"parquet": "  "}, 'parquet is "  ", not a path'),
        ({"parquet": ["/a", "/b"]}, "not a path"),
        ({"table": 7}, "table is 7, not a name"),
        ({"table": "pairs"}, "not schema.table or database.schema.table"),
        ({"table": "a.b.c.d"}, "not schema.table or database.schema.table"),
        ({"table": "a.b; drop schema marts"}, "not schema.table or database.schema.table"),
        ({"table": 'a."b"'}, "not schema.table or database.schema.table"),
        ({"table": "a.b\n"}, "not schema.table or database.schema.table"),
    ],
)
def test_setting_that_is_refused(setting: Any, said: str) -> None:
    with pytest.raises(Refused, match=re.escape(said)) as refused:
        macros({"trade_flows": setting})["input"]("trade_flows")
    assert str(refused.value).startswith("the var inputs says of trade_flows: ")
    assert "correct dbt_project.yml or --vars" in str(refused.value)


@pytest.mark.parametrize("engine", ["default"])
def test_other_engines_read_tables_only(engine: str) -> None:
    with pytest.raises(
        Refused, match=r"only DuckDB reads.*load the files into a table and say table"
    ):
        macros({"trade_flows": {"parquet": "/a"}}, engine)["input_source"]("trade_flows")
    given = macros({"trade_flows": {"table": "lake.flows"}}, engine)
    assert given["input_source"]("trade_flows")["kind"] == "table"


def test_a_path_is_a_literal() -> None:
    assert macros({})["sql_text"]("it's; drop").strip() == "'it''s; drop'"
    rows = (ROOT / "macros" / "input.sql").read_text(encoding="utf-8")
    assert rows.count("source.path }}") == 0
    assert "{{ sql_text(source.path) }}" in rows


def test_staging_and_gate_are_one_macro_each() -> None:
    """Their columns come from the declaration, so that they cannot differ from it."""
    declared = {
        (path.parent.name, entry["name"])
        for path in (ROOT / "seeds").glob("*/_*.yml")
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["seeds"]
    }
    staging = {path.stem: path.read_text() for path in (ROOT / "models/staging").glob("*.sql")}
    tables = [
        table["name"]
        for path in (ROOT / "inputs").glob("*/_*.yml")
        for source in yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
        for table in source["tables"]
    ]
    assert staging == {
        **{f"stg_{folder}__{name}": "{{ staged() }}\n" for folder, name in declared},
        **{f"stg_inputs__{t}": f"{{{{ staged(source('inputs', '{t}')) }}}}\n" for t in tables},
    }
    declared |= {("inputs", name) for name in tables}
    gates = {path.stem: path.read_text() for path in (ROOT / "models/quality").glob("gate_*.sql")}
    assert set(gates) <= {f"gate_{name}" for folder, name in declared if folder == "inputs"}
    assert set(gates.values()) == {"{{ gated() }}\n"}
