"""Every mart is tested beside a parent, and the names of its numbers tell their ranges."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt_common.clients.jinja import get_environment
from dbt_common.exceptions.macros import MacroReturn

ROOT = Path(__file__).resolve().parents[2]


def declared() -> dict[str, list[Any]]:
    """Tests of every mart, and of the versions that have their own."""
    found: dict[str, list[Any]] = {}
    for path in sorted((ROOT / "models" / "marts").glob("*.yml")):
        for model in yaml.safe_load(path.read_text("utf-8")).get("models", []):
            found[model["name"]] = model["data_tests"]
            for version in model.get("versions", []):
                if "data_tests" in version:
                    found[f"{model['name']}_v{version['v']}"] = version["data_tests"]
    return found


@pytest.mark.parametrize("mart", declared())
def test_every_mart_is_tested_beside_a_parent(mart: str) -> None:
    of_mart = [test["keeps_to_parents"] for test in declared()[mart] if "keeps_to_parents" in test]
    (beside,) = of_mart
    checks = beside["arguments"]["parents"]
    assert checks
    # at least one that misses a group which only the parent has
    assert any(check.get("groups", "same") != "known" for check in checks)


@pytest.fixture(scope="module")
def natural_range() -> Callable[[str], list[float | None]]:
    """The macro as dbt calls it."""

    def give(value: Any) -> None:
        raise MacroReturn(value)

    source = (ROOT / "macros" / "keeps_to_parents.sql").read_text("utf-8")
    module = get_environment(None).from_string(source, globals={"return": give}).module

    def call(name: str) -> list[float | None]:
        try:
            module.dbt_macro__natural_range(name)  # type: ignore[attr-defined]
        except MacroReturn as returned:
            found: list[float | None] = returned.value
            return found
        raise AssertionError(name)

    return call


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("imputed_share", [0, 1]),
        ("new_year_probability", [0, 1]),
        ("p_value", [0, 1]),
        ("probability_huge", [0, 1]),
        ("k_percentile", [0, 100]),
        ("index_rank", [1, None]),
        ("actual_usd_mn", [0, None]),
        ("predicted_usd", [0, None]),
        ("coefficient_se", [0, None]),
        ("n_years", [0, None]),
        ("coefficient", [None, None]),
        ("population_persons", [None, None]),
    ],
)
def test_the_name_of_a_column_tells_its_range(
    natural_range: Callable[[str], list[float | None]], name: str, expected: list[float | None]
) -> None:
    assert natural_range(name) == expected
