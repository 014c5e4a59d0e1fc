"""What the graph has and a Python model does not name is told before anything runs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from dbt_common.clients.jinja import get_environment
from tests.panels import ROOT

PARENTS = {
    "gate_results": ["stg_inputs__countries", "stg_inputs__kept"],
    "int_quality__series": ["stg_inputs__countries", "stg_inputs__checked"],
    "publish_release": ["dim_country"],
}
FOLDERS = {
    "gate_results": "quality",
    "int_quality__series": "quality",
    "publish_release": "release",
}


class Refused(Exception):  # noqa: N818 (as dbt's)
    """In the place of dbt's compilation error."""


def check(*, has_contract: bool = True, **models: str) -> None:
    """Run the macro in a project with these models and their folders besides."""

    def refuse(text: str) -> None:
        raise Refused(text)

    folders = {"stg_inputs__countries": "staging", "dim_country": "marts", **FOLDERS, **models}
    nodes = {
        f"model.p.{name}": SimpleNamespace(
            unique_id=f"model.p.{name}", name=name, resource_type="model", fqn=["p", folder, name],
            config=SimpleNamespace(contract=SimpleNamespace(enforced=has_contract)),
            original_file_path=f"python_models/{name}.py",
            depends_on=SimpleNamespace(nodes=[f"model.p.{of}" for of in PARENTS.get(name, ())]),
        )
        for name, folder in folders.items()
    }  # fmt: skip
    nodes["test.p.t"] = SimpleNamespace(resource_type="test", name="t", fqn=["p", "marts", "t"])
    context = {
        "execute": True,
        "project_name": "p",
        "graph": SimpleNamespace(nodes=nodes),
        "exceptions": SimpleNamespace(raise_compiler_error=refuse),
    }
    source = (ROOT / "macros" / "check_literals.sql").read_text(encoding="utf-8")
    get_environment(None).from_string(source, globals=context).module.dbt_macro__check_literals()


def test_what_is_read_passes() -> None:
    check(stg_study__studies="staging", int_panel="panel")


@pytest.mark.parametrize(
    ("name", "folder", "reader"),
    [
        ("fct_new", "marts", "python_models/publish_release.py"),
        ("stg_inputs__checked", "staging", "python_models/gate_results.py"),
        ("stg_inputs__kept", "staging", "python_models/int_quality__series.py"),
    ],
)
def test_what_is_not_read_is_named(name: str, folder: str, reader: str) -> None:
    with pytest.raises(Refused) as refused:
        check(**{name: folder})
    assert str(refused.value) == (
        f'{reader} does not read {name}: add a line with dbt.ref("{name}"). Nothing was run'
    )


def test_a_mart_without_a_contract_is_named() -> None:
    with pytest.raises(Refused, match=r"dim_country\.py has no contract: add models/marts/dim_c"):
        check(has_contract=False)
