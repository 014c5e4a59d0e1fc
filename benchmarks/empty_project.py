"""A dbt project that does nothing, with the nodes and edges of a real one.

Every seed has one row, every model is `select 1`, every test finds nothing; each node depends on
what its counterpart depends on. What dbt and DuckDB cost with so many nodes is then known. A Python
model becomes a table in SQL, so that the cost of Python is in the difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

NAME = "empty"
GENERIC_TEST = """{% test nothing(model, others=[]) %}
select 1 as id from {{ model }} where false
{% endtest %}
"""
PROJECT: dict[str, Any] = {
    "name": NAME,
    "version": "1.0.0",
    "profile": NAME,
    "flags": {
        "send_anonymous_usage_stats": False,
        "require_generic_test_arguments_property": True,
    },
}

Node = Mapping[str, Any]


def _name(unique_id: str) -> str:
    """Of a model, seed or test, as a reference and a file name; a model may end in a version."""
    parts = unique_id.split(".")
    return "_".join(parts[2:] if parts[0] == "model" else parts[2:3])


def parents(node: Node) -> list[str]:
    """Nodes that a node depends on; a source is a file, and none."""
    return [one for one in node["depends_on"].get("nodes", []) if not one.startswith("source.")]


def _parents(node: Node) -> list[str]:
    return [_name(parent) for parent in parents(node)]


def _edges(parents: list[str]) -> str:
    return "".join(f"-- depends_on: {{{{ ref('{parent}') }}}}\n" for parent in parents)


def kind_of(node: Node) -> str:
    """seed, view, table, python, test, unit test or hook."""
    kinds = {"test": "test", "unit_test": "unit test", "operation": "hook", "seed": "seed"}
    if node["resource_type"] in kinds:
        return kinds[node["resource_type"]]
    return "python" if node["language"] == "python" else str(node["config"]["materialized"])


def write(folder: Path, manifest: Mapping[str, Any], threads: int) -> None:
    """Make the project with its profile in an empty folder.

    Args:
        folder: Made if it is not there.
        manifest: Of dbt, from target/manifest.json of the real project.
        threads: Of the profile.
    """
    for part in ("models", "seeds", "tests/generic"):
        (folder / part).mkdir(parents=True)
    hooks: dict[str, list[str]] = {}
    properties: dict[str, dict[str, Any]] = {}
    for unique_id, node in manifest["nodes"].items():
        kind = node["resource_type"]
        if kind == "operation":
            hooks.setdefault("on-run-end" if "on-run-end" in unique_id else "on-run-start", [])
            hooks["on-run-end" if "on-run-end" in unique_id else "on-run-start"].append("select 1")
        elif kind == "seed":
            (folder / "seeds" / f"{_name(unique_id)}.csv").write_text("id\n1\n")
        elif kind == "test" and node.get("attached_node"):
            _add_generic_test(properties, node, manifest["nodes"])
        elif kind == "test":
            text = f"{_edges(_parents(node))}select 1 as id where false\n"
            (folder / "tests" / f"{_name(unique_id)}.sql").write_text(text)
        else:
            materialized = "view" if kind_of(node) == "view" else "table"
            text = f"{{{{ config(materialized='{materialized}') }}}}\n"
            text += f"{_edges(_parents(node))}select 1 as id\n"
            (folder / "models" / f"{_name(unique_id)}.sql").write_text(text)
    units = [_unit_test(node, manifest["nodes"]) for node in manifest["unit_tests"].values()]
    content: dict[str, Any] = {"unit_tests": units} if units else {}
    for entry in properties.values():
        content.setdefault(entry.pop("section"), []).append(entry)
    _dump(folder / "models" / "properties.yml", content)
    _dump(folder / "dbt_project.yml", PROJECT | hooks)
    output = {"type": "duckdb", "path": "empty.duckdb", "threads": threads}
    profile = {NAME: {"target": "duckdb", "outputs": {"duckdb": output}}}
    _dump(folder / "profiles.yml", profile)
    (folder / "tests" / "generic" / "nothing.sql").write_text(GENERIC_TEST)


def _add_generic_test(
    properties: dict[str, dict[str, Any]], node: Node, nodes: Mapping[str, Node]
) -> None:
    attached: str = node["attached_node"]
    if attached.startswith("source."):  # its test judges the staging model
        attached = next(of for of in node["depends_on"]["nodes"] if of.startswith("model."))
    section = "seeds" if nodes[attached]["resource_type"] == "seed" else "models"
    name = _name(attached)
    entry = properties.setdefault(name, {"section": section, "name": name, "data_tests": []})
    others = [f"ref('{parent}')" for parent in _parents(node) if parent != name]
    arguments = {"arguments": {"others": others}} if others else {}
    number = len(entry["data_tests"])
    entry["data_tests"].append({"nothing": {"name": f"{name}_{number}", **arguments}})


def _unit_test(node: Node, nodes: Mapping[str, Node]) -> dict[str, Any]:
    """One row in, one row out, of the model that the real one tests."""
    tested = next(
        n for n in nodes.values() if n["resource_type"] == "model" and n["name"] == node["model"]
    )
    row = [{"id": 1}]
    given = [{"input": f"ref('{parent}')", "rows": row} for parent in _parents(tested)]
    return {
        "name": node["name"],
        "model": node["model"],
        "given": given,
        "expect": {"rows": row},
    }


def _dump(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(yaml.safe_dump(dict(content), sort_keys=False), encoding="utf-8")
