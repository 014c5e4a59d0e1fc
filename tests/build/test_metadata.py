"""What dbt knows of the project, held to the rules that its peers are held to.

The rules are those of dbt-project-evaluator (modelling, tests, documentation, structure,
performance, governance), which itself hangs on this graph; where the house differs, a constant
says so with its reason.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import pytest
from tests.build.project import Project

pytestmark = pytest.mark.build

PREFIXES = {
    "staging": ("stg_",),
    "quality": ("gate_", "int_quality__"),
    "panel": ("int_panel__",),
    "index": ("int_index__", "est_index_"),
    "gravity": ("int_gravity__", "est_gravity_"),
    "structural": ("int_structural__", "est_structural_"),
    "audit": ("int_audit__", "est_audit"),
    "replication": ("int_replication__",),
    "track": ("est_track_",),
    "multiverse": ("int_multiverse__", "est_multiverse_"),
    "answer": ("int_answer__",),
    "marts": ("dim_", "fct_", "rpt_"),
    "release": ("publish_release",),
}
"""How the models of a folder begin."""
LEAVES = 3
"""Marts that nothing else reads may hang on one model in this number."""
CHAINED_VIEWS = 3
"""A view of a view of a view is computed whenever one looks."""
ROOTS = {"int_quality__inputs", "int_gravity__estimators"}
"""Made of what the project declares, not of figures."""
TESTED_AS_A_MART = {
    "int_structural__flows", "int_structural__lost_pairs", "int_structural__cells",
    "int_answer__measures", "publish_release",
}  # fmt: skip
"""A million rows each, which rpt_answer and fct_row_ledger hold again; and one row."""
TIMELESS = {"world_pairs"}
"""Distances do not age."""
MIN_TEXT = 15
"""Letters of a description that says something."""

Node = dict[str, Any]


@pytest.fixture(scope="module")
def manifest(built: Project) -> dict[str, Any]:
    return built.manifest()


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> dict[str, Node]:
    return _own(manifest["nodes"], "model")


def _own(nodes: dict[str, Node], *types: str) -> dict[str, Node]:
    return {
        key: node
        for key, node in nodes.items()
        if node["resource_type"] in types and node["package_name"] == "trade_potential"
    }


def _folder(model: Node) -> str:
    return str(model["fqn"][1])


def _parents(model: Node) -> set[str]:
    return set(model["depends_on"]["nodes"])


def _children(models: dict[str, Node]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, model in models.items():
        for parent in _parents(model):
            found[parent].add(key)
    return found


def test_everything_has_a_description(manifest: dict[str, Any]) -> None:
    nodes = {
        **_own(manifest["nodes"], "model", "seed"),
        **_own(manifest["sources"], "source"),
        **_own(manifest["macros"], "macro"),
        **manifest["exposures"],
        **manifest["groups"],
        **_own(manifest["unit_tests"], "unit_test"),
    }
    tests = _own(manifest["nodes"], "test").items()
    singular = {key: test for key, test in tests if "test_metadata" not in test}
    short = [
        key for key, node in {**nodes, **singular}.items()
        if len((node["description"] or "").strip()) < MIN_TEXT
    ]  # fmt: skip
    assert short == []


def test_every_column_has_a_description(manifest: dict[str, Any]) -> None:
    nodes = {**_own(manifest["nodes"], "model", "seed"), **_own(manifest["sources"], "source")}
    assert [
        f"{key}.{name}"
        for key, node in nodes.items()
        for name, column in node["columns"].items()
        if not (column["description"] or "").strip()
    ] == []


def test_every_argument_has_a_description(manifest: dict[str, Any]) -> None:
    assert [
        f"{key}({argument['name']})"
        for key, macro in _own(manifest["macros"], "macro").items()
        for argument in macro["arguments"]
        if not (argument["description"] or "").strip()
    ] == []


def test_columns_that_are_read_in_marts_are_all_described(
    built: Project, models: dict[str, Node]
) -> None:
    described = {
        (str(model["alias"]), name)
        for model in models.values()
        if model["access"] == "public"
        for name in model["columns"]
    }
    stored = built.query(
        "select table_name, column_name from information_schema.columns "
        "where table_schema = 'marts'"
    )
    assert set(stored) == described


def test_text_of_a_column_stands_once(manifest: dict[str, Any]) -> None:
    """What is said of a column in two places is a block: {{ doc('...') }}."""
    # the manifest has blocks resolved: the places where a text came from are in doc_blocks
    said: dict[str, set[str]] = defaultdict(set)
    nodes = {**_own(manifest["nodes"], "model", "seed"), **_own(manifest["sources"], "source")}
    for node in nodes.values():
        is_source = node["resource_type"] == "source"
        where = node["original_file_path"] if is_source else node["patch_path"]
        for name, column in node["columns"].items():
            if not column.get("doc_blocks"):
                said[str(column["description"])].add(f"{where} {node['name']}.{name}")
    assert {text: places for text, places in said.items() if text and len(places) > 1} == {}


def test_marts_are_public_and_nothing_else(models: dict[str, Node]) -> None:
    assert {
        key for key, model in models.items()
        if (model["access"] == "public") != (_folder(model) == "marts")
    } == set()  # fmt: skip
    assert {model["access"] for model in models.values()} == {"public", "protected"}


def test_whoever_answers_for_a_model_is_named(
    manifest: dict[str, Any], models: dict[str, Node]
) -> None:
    groups = {group["name"] for group in manifest["groups"].values()}
    assert {model["group"] for model in models.values()} == groups
    assert all(group["owner"]["name"] for group in manifest["groups"].values())
    assert all(model["config"]["meta"]["owner"] for model in models.values())


def test_public_models_keep_a_contract(models: dict[str, Node]) -> None:
    assert [
        key for key, model in models.items()
        if model["access"] == "public" and not model["contract"]["enforced"]
    ] == []  # fmt: skip


def test_exposures_rest_on_public_tables(manifest: dict[str, Any], models: dict[str, Node]) -> None:
    assert manifest["exposures"]
    for exposure in manifest["exposures"].values():
        assert exposure["owner"]["name"]
        assert exposure["url"]
        parents = exposure["depends_on"]["nodes"]
        assert parents
        for parent in parents:
            assert models[parent]["access"] == "public", parent
            assert models[parent]["config"]["materialized"] == "table", parent


def test_raw_figures_are_read_by_staging_alone_and_once(
    manifest: dict[str, Any], models: dict[str, Node]
) -> None:
    raw = {*_own(manifest["nodes"], "seed"), *manifest["sources"]}
    children = _children(models)
    for key, model in models.items():
        inputs = _parents(model) & raw
        assert len(inputs) == (1 if _folder(model) == "staging" else 0), key
        if _folder(model) == "staging":
            assert _parents(model) == inputs, key
    assert {key: children[key] for key in raw if len(children[key]) != 1} == {}


def test_sources_say_how_fresh_they_are_and_who_loads_them(manifest: dict[str, Any]) -> None:
    tables = manifest["sources"].values()
    assert tables
    assert [table["name"] for table in tables if not table["loader"]] == []
    assert {
        table["name"] for table in tables if not (table["freshness"] or {}).get("warn_after")
    } == TIMELESS
    identities = [(t["database"], t["schema"], t["identifier"]) for t in tables]
    assert len(identities) == len(set(identities))


def test_models_without_parents_are_known(models: dict[str, Node]) -> None:
    assert {model["name"] for model in models.values() if not _parents(model)} == ROOTS


def test_no_relation_is_named_in_sql(models: dict[str, Node]) -> None:
    pattern = re.compile(r"(?<!distinct )\b(?:from|join)\s+[a-z_]+\.[a-z_]+", re.IGNORECASE)
    assert [
        (key, pattern.findall(model["raw_code"]))
        for key, model in models.items()
        if model["language"] == "sql" and pattern.search(model["raw_code"])
    ] == []


def test_names_say_the_folder(models: dict[str, Node]) -> None:
    assert {_folder(model) for model in models.values()} == set(PREFIXES)
    assert [
        key for key, model in models.items()
        if not model["name"].startswith(PREFIXES[_folder(model)])
    ] == []  # fmt: skip


def test_tests_and_declarations_stand_beside_their_models(models: dict[str, Node]) -> None:
    assert [
        key for key, model in models.items()
        if not model["patch_path"]
        or model["patch_path"].split("://")[1].split("/")[-2] != _folder(model)
    ] == []  # fmt: skip


def test_few_marts_hang_on_one_model(models: dict[str, Node]) -> None:
    children = _children(models)
    ends = {key for key, model in models.items() if not children[key]}
    assert {key: children[key] & ends for key in models if len(children[key] & ends) > LEAVES} == {}


def test_views_are_not_chained(models: dict[str, Node]) -> None:
    def depth(key: str) -> int:
        above = [p for p in _parents(models[key]) if p in models]
        views = [p for p in above if models[p]["config"]["materialized"] != "table"]
        return max((1 + depth(parent) for parent in views), default=0)

    assert [key for key in models if depth(key) > CHAINED_VIEWS] == []


def test_tables_have_a_key_that_is_tested(
    manifest: dict[str, Any], models: dict[str, Node]
) -> None:
    tested = {
        test["attached_node"]
        for test in _own(manifest["nodes"], "test").values()
        if test.get("test_metadata", {}).get("name") in {"rows_are_unique", "unique"}
    }
    assert [
        key for key, model in models.items()
        if model["config"]["materialized"] == "table"
        and _folder(model) != "staging"  # the rows of a source, whose key is tested there
        and key not in tested
        and model["name"] not in TESTED_AS_A_MART
    ] == []  # fmt: skip
