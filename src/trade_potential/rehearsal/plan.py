"""What a rehearsal runs: nodes of dbt's manifest as SQL, in the order of their parents.

Only what judges rows: seeds, staging, the chain from there to the sample of the panel models, and
the tests that look at nothing else. So the rule that a build runs is the rule that is rehearsed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any, Literal

GOAL = "int_gravity__candidates"
"""The model in which every reporter-partner-year of a study is kept, or lost to a step."""
GATE = "gate_results"
STAGING = "stg_"
INPUTS = "int_quality__inputs"
RECORDS = ("seeds/track/", "seeds/multiverse/")
"""Seeds that a machine writes: nobody's row to mistake, and the build tests them."""
MANY_RULES = ("input_keeps_rules", "keys_are_known")
"""Tests that ask several rules, as macro asks_many_rules has them."""

Kind = Literal["seed", "model", "python", "gate", "test"]
Stage = Literal["rows", "sample"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One node.

    Attributes:
        name: As dbt has it.
        kind: seed, model (SQL), python, gate (its results, of which there are none yet) or test.
        stage: rows: only seeds and staging are above it; sample: more is.
        schema: Of the relation.
        relation: Quoted name; empty of a test.
        sql: Compiled; of a seed and of a Python model empty.
        file: Seed or Python model, from the project.
        types: Declared type by column of a seed.
        refs: Relation of every parent by its name.
        meta: Settings of a Python model.
        is_view: Whether a model is one; staging of files is, since not every rule reads them.
        only_warns: Whether a test is of severity warn.
        asks_many: Whether a test asks several rules.
    """

    name: str
    kind: Kind
    stage: Stage
    schema: str = ""
    relation: str = ""
    sql: str = ""
    file: str = ""
    types: Mapping[str, str] = field(default_factory=dict)
    refs: Mapping[str, str] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)
    is_view: bool = False
    only_warns: bool = False
    asks_many: bool = False


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Steps in the order of their parents, and what they were compiled from.

    Attributes:
        digest: Of all that SQL is compiled from.
        catalog: Name of the database in the relations.
        steps: Nodes.
    """

    digest: str
    catalog: str
    steps: tuple[Step, ...]

    def as_json(self) -> str:
        """For a file."""
        return json.dumps(asdict(self), ensure_ascii=False)


def from_json(text: str) -> Plan:
    """A plan that was written before.

    Raises:
        ValueError, TypeError, KeyError: It is none, or one of another version.
    """
    held = json.loads(text)
    return Plan(
        digest=held["digest"],
        catalog=held["catalog"],
        steps=tuple(Step(**step) for step in held["steps"]),
    )


def plan_of(manifest: Mapping[str, Any], digest: str) -> Plan | None:
    """The plan in a manifest of dbt; None where a part of it was not compiled."""
    nodes: Mapping[str, Any] = manifest["nodes"]

    @cache
    def above(name: str) -> frozenset[str]:
        parents = [p for p in nodes[name]["depends_on"].get("nodes", ()) if p in nodes]
        return frozenset(parents).union(*(above(parent) for parent in parents))

    goal = next(i for i, node in nodes.items() if node["name"] == GOAL)
    chain = above(goal) | {goal}
    known = {i for i, node in nodes.items() if i in chain or _is_of_rows(node)}
    tests = [i for i, node in nodes.items() if _judges_rows(node) and above(i) <= known]
    tests = [i for i in tests if not any(_is_record(nodes[parent]) for parent in above(i))]
    tests = [i for i in tests if not _judges_gate(nodes, nodes[i])]
    wanted = chain.union(tests, *(above(test) for test in tests))
    steps = []
    for i in _in_order(nodes, sorted(wanted)):
        node = nodes[i]
        is_of_rows = all(_is_of_rows(nodes[j]) for j in {*above(i), *([i] if i in known else [])})
        steps.append(_step(nodes, node, "rows" if is_of_rows else "sample"))
    if any(step.kind in ("model", "test") and not step.sql for step in steps):
        return None
    return Plan(digest=digest, catalog=nodes[goal]["database"], steps=tuple(steps))


def _is_of_rows(node: Mapping[str, Any]) -> bool:
    name = str(node["name"])
    return node["resource_type"] == "seed" or name.startswith(STAGING) or name == INPUTS


def _judges_rows(node: Mapping[str, Any]) -> bool:
    """Whether a node is a test of the project's own rows, not of a mart, a model or a file.

    Parquet files of inputs/ are the ones of which their checksums tell.
    """
    attached = str(node.get("attached_node") or "seed.")
    is_of_seed = attached.startswith("seed.") and not node.get("sources")
    return node["resource_type"] == "test" and is_of_seed


def _is_table(node: Mapping[str, Any]) -> bool:
    return bool(node["config"].get("materialized") == "table")


def _is_record(node: Mapping[str, Any]) -> bool:
    return str(node["original_file_path"]).startswith(RECORDS)


def _judges_gate(nodes: Mapping[str, Any], test: Mapping[str, Any]) -> bool:
    return any(nodes[i]["name"] == GATE for i in test["depends_on"]["nodes"] if i in nodes)


def _in_order(nodes: Mapping[str, Any], wanted: list[str]) -> Iterator[str]:
    done: set[str] = set()

    def walk(name: str) -> Iterator[str]:
        if name in nodes and name not in done:
            done.add(name)
            for parent in nodes[name]["depends_on"].get("nodes", ()):
                yield from walk(parent)
            yield name

    for name in wanted:
        yield from walk(name)


def _step(nodes: Mapping[str, Any], node: Mapping[str, Any], stage: Stage) -> Step:
    config: Mapping[str, Any] = node["config"]
    kind: Kind = node["resource_type"]
    if node.get("language") == "python":
        kind = "gate" if node["name"] == GATE else "python"
    parents = [nodes[p] for p in node["depends_on"].get("nodes", ()) if p in nodes]
    is_code = kind in ("python", "gate")
    return Step(
        name=node["name"],
        kind=kind,
        stage=stage,
        schema=node["schema"] if kind != "test" else "",
        relation=node["relation_name"] or "",
        sql="" if is_code else (node.get("compiled_code") or ""),
        file=node["original_file_path"],
        types=dict(config.get("column_types") or {}),
        refs={p["name"]: p["relation_name"] for p in parents} if kind == "python" else {},
        meta=dict(config.get("meta") or {}) if kind == "python" else {},
        is_view=bool(node.get("sources")) or not (_is_of_rows(node) or _is_table(node)),
        only_warns=str(config.get("severity")).lower() == "warn",
        asks_many=(node.get("test_metadata") or {}).get("name") in MANY_RULES,
    )
