"""What a release needs, judged by the nodes that run and not by the arguments that select them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from dbt_common.clients.jinja import get_environment
from dbt_common.exceptions.macros import MacroReturn
from tests.panels import ROOT

MACROS = (
    "plan_release",
    "runs_nodes",
    "left_out_of_a_release",
    "mart_keys",
    "mart_parts",
    "mart_texts",
)
NODE = "model.trade_potential.publish_release"
TEST = "test.trade_potential.unique_dim"
KINDS = {
    "seed.trade_potential.countries": "seed",
    "model.trade_potential.dim": "model",
    NODE: "model",
    TEST: "test",
}
WHOLE = tuple(KINDS)
REFERENCES = [{"columns": ["a"], "mart": "dim_other"}]


class Refused(Exception):  # noqa: N818 (as dbt's)
    """In the place of dbt's compilation error."""


def planned(
    *, which: str = "build", selected: tuple[str, ...] = WHOLE, **args: Any
) -> dict[str, Any] | None:
    """The plan that a command leaves for the node; None where it leaves none."""
    sent: list[str] = []

    def give(value: Any) -> None:
        raise MacroReturn(value)

    def refuse(text: str) -> None:
        raise Refused(text)

    nodes = {
        unique_id: SimpleNamespace(
            resource_type=kind,
            name=unique_id.split(".")[-1],
            alias=unique_id.split(".")[-1],
            fqn=["trade_potential", "release" if unique_id == NODE else "marts"],
            config=SimpleNamespace(
                meta={"parted_by": "year", "references": REFERENCES}
                if unique_id.endswith(".dim")
                else {}
            ),
            description='One\n  "dim" it\'s.\n',
            columns={"a": {"name": "a", "description": "Back\\slash \n of a"}},
        )
        for unique_id, kind in KINDS.items()
    }
    nodes[TEST].test_metadata = None
    context: dict[str, Any] = {
        "project_name": "trade_potential",
        "execute": True,
        "flags": SimpleNamespace(
            WHICH=which, INDIRECT_SELECTION=args.get("indirect_selection", "eager")
        ),
        "graph": SimpleNamespace(nodes=nodes),
        "selected_resources": list(selected),
        "invocation_args_dict": {"project_dir": "/srv", **args},
        "invocation_id": "run-1",
        "target": SimpleNamespace(name="duckdb"),
        "var": lambda name: {"release_path": "release"}[name],
        "whole_number": lambda *_: 10,
        "modules": SimpleNamespace(re=re),
        "return": give,
        "tojson": json.dumps,
        "exceptions": SimpleNamespace(raise_compiler_error=refuse),
        "in_dialect": lambda sql: sql,
        "run_query": sent.append,
        "check_locked": lambda: None,  # test_locked.py
    }
    source = (ROOT / "macros" / "plan_release.sql").read_text(encoding="utf-8")
    template = get_environment(None).from_string(source, globals=context)

    def callable_macro(name: str) -> Callable[..., Any]:
        def call() -> Any:
            try:
                return getattr(template.module, f"dbt_macro__{name}")()
            except MacroReturn as returned:
                return returned.value

        return call

    context |= {name: callable_macro(name) for name in MACROS}
    # A template takes its globals when it is made.
    template = get_environment(None).from_string(source, globals=context)
    context["plan_release"]()
    if not sent:
        return None
    _, _, text = sent[-1].partition("as select '")
    plan: dict[str, Any] = json.loads(text.removesuffix("' as plan").replace("''", "'"))
    return plan


@pytest.mark.parametrize(
    "args",
    [
        {},
        {"select": ("fqn:*",)},
        {"select": ("+publish_release",)},
        {"select": ("fqn:*",), "indirect_selection": "cautious"},
        {"resource_types": ("model", "seed", "test", "unit_test")},
        {"resource_types": ("all",)},
        {"exclude_resource_types": ("exposure",)},
        {"full_refresh": True},
    ],
)
def test_a_build_of_everything_publishes_however_it_is_selected(args: dict[str, Any]) -> None:
    plan = planned(**args)
    assert plan is not None
    assert plan["left_out"] == ""
    assert plan["parts"] == {"dim": "year"}
    assert plan["texts"] == {
        "dim": {
            "description": 'One "dim" it\'s.',
            "columns": {"a": "Back\\slash of a"},
            "references": REFERENCES,
        }
    }


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"selected": (NODE, "model.trade_potential.dim")}, "2 nodes are left out: countries, un"),
        ({"select": ("dim+",), "selected": WHOLE[1:]}, "1 nodes are left out: countries"),
        ({"exclude": ("countries",), "selected": WHOLE[1:]}, "1 nodes are left out: countries"),
        ({"exclude": ("test_type:unit",)}, "--exclude may leave out unit tests"),
        ({"selector": "nightly"}, "--selector may leave out unit tests"),
        ({"exclude_resource_types": ("unit_test",)}, "unit tests are left out"),
        ({"resource_types": ("model", "seed", "test")}, "unit tests are left out"),
        (
            {"select": ("fqn:*",), "indirect_selection": "empty"},
            "--indirect-selection empty may leave out unit tests",
        ),
        ({"select": ("path:/srv/release-x/models/dim+",), "selected": WHOLE[1:]}, "1 nodes are"),
        ({"select": ("path:/srv/release/models",), "selected": WHOLE[1:]}, "1 nodes are"),
        ({"select": ("tag:releases", "prerelease"), "selected": WHOLE[1:]}, "1 nodes are"),
        ({"which": "run", "selected": WHOLE[:3]}, "dbt run runs no tests"),
        ({"empty": True}, "--empty leaves out rows"),
        ({"sample": "3 days"}, "--sample leaves out rows"),
        ({"selected": ()}, "dbt retry runs only what failed before"),
        ({"selected": (), "select": ("+publish_release",)}, "dbt retry runs only what failed"),
    ],
)
def test_a_part_of_a_build_skips_publishing(args: dict[str, Any], said: str) -> None:
    plan = planned(**args)
    assert plan is not None
    assert plan["left_out"].startswith(said)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"select": ("publish_release",), "selected": (NODE,)}, "3 nodes are left out"),
        ({"select": ("path:python_models/release",), "selected": (NODE,)}, "3 nodes are left out"),
        ({"select": ("python_models/release/publish_release.py",), "selected": (NODE,)}, "3 nodes"),
        ({"select": ("trade_potential.release.publish_release",), "selected": (NODE,)}, "3 nodes"),
        ({"select": ("dim,release+",), "selected": (NODE,)}, "3 nodes are left out"),
        ({"select": ("dim", "1+publish_release"), "selected": WHOLE[1:3]}, "2 nodes are left out"),
        ({"select": ("+publish_release",), "exclude": ("x",)}, "--exclude may leave out unit"),
        ({"select": ("publish_release",), "which": "run"}, "dbt run runs no tests"),
        ({"select": ("+publish_release",), "empty": True}, "--empty leaves out rows"),
    ],
)
def test_a_publish_that_is_asked_for_and_cannot_be_had_is_refused(
    args: dict[str, Any], said: str
) -> None:
    with pytest.raises(Refused, match=said) as refused:
        planned(**args)
    assert "publishes only what a whole dbt build has made and tested" in str(refused.value)
    assert "Nothing was run, the current release stays" in str(refused.value)


@pytest.mark.parametrize(
    "args",
    [
        {"selected": ("model.trade_potential.dim",)},
        {"which": "compile"},
        {"which": "generate"},
        {"which": "seed", "selected": WHOLE[:1]},
        {"which": "test", "selected": WHOLE[3:]},
        {"which": "compile", "select": ("publish_release",), "selected": (NODE,)},
        {"which": "show", "select": ("publish_release",), "selected": (NODE,)},
    ],
)
def test_a_command_that_does_not_run_the_node_leaves_no_plan(args: dict[str, Any]) -> None:
    assert planned(**args) is None
