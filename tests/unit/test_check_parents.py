"""A part of a build whose parents are not in the database is refused at once, and by name."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from dbt_common.clients.jinja import get_environment
from tests.panels import ROOT

SEEDS = [f"seed.trade_potential.{name}" for name in ("countries", "flows", "pairs", "prices")]
STAGING = "model.trade_potential.staging"
TEST = "test.trade_potential.unique_staging"


class Refused(Exception):  # noqa: N818 (as dbt's)
    """In the place of dbt's compilation error."""


def check(
    *selected: str, which: str = "build", there: tuple[str, ...] = (), **more: Any
) -> list[str]:
    """Run the macro; the names of the tables that it has asked the database for."""
    asked: list[str] = []

    def node(unique_id: str, *parents: str) -> SimpleNamespace:
        name = unique_id.split(".")[-1]
        schema, relation = "s", None if unique_id == TEST else f's."{name}"'
        depends_on = SimpleNamespace(nodes=[*parents, "source.other.table"])
        return SimpleNamespace(
            name=name, alias=name, database="d", schema=schema, relation_name=relation,
            depends_on=depends_on,
        )  # fmt: skip

    def get_relation(database: str, schema: str, alias: str) -> str | None:
        assert (database, schema) == ("d", "s")
        asked.append(alias)
        return alias if alias in there else None

    def refuse(text: str) -> None:
        raise Refused(text)

    nodes = {seed: node(seed) for seed in SEEDS}
    nodes |= {STAGING: node(STAGING, *SEEDS), TEST: node(TEST, STAGING)}
    context = {
        "execute": True,
        "flags": SimpleNamespace(WHICH=which),
        "graph": SimpleNamespace(nodes=nodes),
        "selected_resources": [*selected, "unit_test.trade_potential.one"],
        "invocation_args_dict": {"defer": more.get("defer", False)},
        "inputs_given": lambda: more.get("inputs", {}),
        "adapter": SimpleNamespace(get_relation=get_relation),
        "exceptions": SimpleNamespace(raise_compiler_error=refuse),
    }
    source = (ROOT / "macros" / "check_parents.sql").read_text(encoding="utf-8")
    template = get_environment(None).from_string(source, globals=context)
    template.module.dbt_macro__check_parents()
    return asked


@pytest.mark.parametrize(
    ("selected", "which", "said"),
    [
        ((STAGING, TEST), "run", '4 tables that this run reads are not in the database: s."countr'),
        (
            (STAGING, *SEEDS[1:]),
            "build",
            "1 tables that this run reads are not in the database: s.",
        ),
        ((TEST,), "test", '1 tables that this run reads are not in the database: s."staging". No'),
    ],
)
def test_what_a_part_reads_and_does_not_make_is_told_in_one_line(
    selected: tuple[str, ...], which: str, said: str
) -> None:
    with pytest.raises(Refused) as refused:
        check(*selected, which=which)
    text = str(refused.value)
    assert text.startswith(said)
    assert "\n" not in text
    assert "Nothing was run. Run dbt build, or put a +" in text


def test_a_whole_build_asks_the_database_for_nothing() -> None:
    assert check(*SEEDS, STAGING, TEST) == []


@pytest.mark.parametrize(
    ("which", "more"),
    [
        ("run", {"there": ("countries", "flows", "pairs", "prices")}),
        ("run", {"there": ("countries", "flows", "pairs"), "inputs": {"prices": {}}}),
        ("run", {"defer": True}),
        ("compile", {}),
        ("generate", {}),
    ],
)
def test_a_part_that_can_run_is_let_through(which: str, more: dict[str, Any]) -> None:
    check(STAGING, which=which, **more)
