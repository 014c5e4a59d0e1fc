"""What stored records rest on: figures and choices, not texts for people or how a file was read."""

from __future__ import annotations

import duckdb
import pytest
from tests.corpus.harmless import FREE_TEXTS

from trade_potential.row_sums import DESCRIPTIONS, PLACES, Sums, row_sums

BY = ("study_id", "year")


def sums(*parts: str) -> Sums:
    with duckdb.connect() as connection:
        return row_sums(connection.sql(" ".join(parts)), BY)


def test_every_free_text_of_the_seeds_is_a_description() -> None:
    assert set(FREE_TEXTS) <= set(DESCRIPTIONS)


@pytest.mark.parametrize("name", [*DESCRIPTIONS, *PLACES])
def test_a_description_and_a_place_change_nothing(name: str) -> None:
    one, other = (sums(f"select 'a' as study_id, 1 as x, '{text}' as {name}") for text in "xy")
    assert one == other != sums(f"select 'a' as study_id, 2 as x, 'x' as {name}")


@pytest.mark.parametrize(
    "kinds",
    [
        ("double", "decimal(18, 9)"),
        ("bigint", "double"),
        ("smallint", "bigint"),
        ("int", "hugeint"),
    ],
)
def test_a_figure_is_the_same_in_every_type(kinds: tuple[str, str]) -> None:
    one, other = (
        sums("select cast(x as", kind, ") as x from (values (7), (12000), (-3)) as t (x)")
        for kind in kinds
    )
    assert one == other


def test_the_last_bit_of_a_figure_changes_nothing_and_a_digit_does() -> None:
    assert sums("select 0.1e0 + 0.2e0 as x") == sums("select 0.3e0 as x")
    assert sums("select 12345.678901e0 as x") != sums("select 12345.678902e0 as x")


def test_rows_are_told_apart_by_what_they_belong_to() -> None:
    rows = "from (values ('a', 2019, 1.5e0), ('a', 2020, null), ('b', 2020, 1.5e0))"
    found = sums("select *", rows, "as t (study_id, year, x)")
    assert set(found) == {("a", 2019), ("a", 2020), ("b", 2020)}
    turned = sums("select x, year, study_id", rows, "as t (study_id, year, x) order by 1, 2, 3")
    assert found == turned
    assert len({total for _, total in found.values()}) == len(found)


def test_a_table_without_study_and_year_has_one_sum() -> None:
    assert set(sums("select 1 as x union all select 2")) == {(None, None)}
