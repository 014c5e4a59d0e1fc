"""The release before is a witness of the inputs: what changed under a vintage that stands."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pandas as pd
import pytest
from tests.unit.kept_series import (
    DECLARED,
    RATES,
    RELEASE,
    beside_clean,
    changed,
    clean,
    counted,
    of_rate,
    told,
    with_new_year,
)

from trade_potential.quality.series import COLUMNS, checksum_of, series_of


def test_a_series_has_a_checksum_that_can_be_computed_elsewhere() -> None:
    found = series_of(clean(), DECLARED).set_index(["input_name", "series"])
    china = found.loc[("exchange_rates", "CHN")]
    rows = ["CNY\x1f6.8\x1f2010", "CNY\x1f6.5\x1f2011", "CNY\x1f6.3\x1f2012"]
    halves = (hashlib.md5(row.encode(), usedforsecurity=False).digest()[8:] for row in rows)
    assert china["digest"] == sum(int.from_bytes(half, "little") for half in halves) % 2**63
    assert (china["row_count"], china["first_year"], china["last_year"]) == (3, 2010, 2012)
    assert china["largest_figure"] == pytest.approx(6.8)
    assert china["vintage_digest"] == checksum_of("2025; a copy")


def test_every_input_of_figures_has_its_series() -> None:
    found = series_of(clean(), DECLARED)
    assert list(found.columns) == list(COLUMNS)
    assert sorted(zip(found["input_name"], found["series"], strict=True)) == [
        ("country_pairs", "CHN, JPN"),
        ("exchange_rates", "CHN"),
        ("exchange_rates", "JPN"),
        ("observations", "SP.POP.TOTL, CHN, 2024-01-01"),
        ("observations", "SP.POP.TOTL, CHN, 2025-01-01"),
    ]
    pair = found.set_index("input_name").loc["country_pairs"]
    assert pd.isna(pair["first_year"])
    assert pair["largest_figure"] == pytest.approx(2103.5)


def test_the_order_of_rows_and_columns_does_not_matter() -> None:
    frames = {
        name: frame.iloc[::-1, ::-1].copy().assign(file_line=list(range(len(frame))))
        for name, frame in clean().items()
    }
    assert counted(beside_clean(frames)) == {"same": 5}


def test_one_digit_is_named_with_its_series_and_the_witness() -> None:
    found = beside_clean(of_rate(4, 79.9))
    assert told(found) == [(RATES, "JPN", "other values in 3 rows of 2010-2012")]
    assert counted(found) == {"same": 4, "changed": 1}
    assert set(found["said_by"]) == {RELEASE}


def test_another_level_is_told_by_the_largest_figure() -> None:
    ((_, _, said),) = told(beside_clean(of_rate(3, 878)))
    assert said.startswith("other values in 3 rows of 2010-2012, the largest figure 878 instead of")


def test_a_row_without_years_is_a_series() -> None:
    found = beside_clean(changed("country_pairs", lambda of: of.assign(is_contiguous=True)))
    assert told(found) == [("seeds/inputs/country_pairs.csv", "CHN, JPN", "other values in 1 row")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda of: of[of["country_code"] == "CHN"], "gone, with 3 rows of 2010-2012"),
        (lambda of: of.drop(index=4), "2 rows, where there were 3 rows of 2010-2012"),
        (lambda of: of.drop(index=5), "2 rows, where there were 3 rows of 2010-2012"),
        (
            lambda of: of.assign(year=of["year"] + (of["country_code"] == "JPN")),
            "2 rows, where there were 3 rows of 2010-2012",
        ),
        (
            lambda of: of.assign(year=of["year"] + 10 * (of["country_code"] == "JPN")),
            "0 rows, where there were 3 rows of 2010-2012",
        ),
    ],
    ids=["series", "row", "last_row", "years_shifted", "years_moved_away"],
)
def test_what_is_lost_is_told(change: Callable[[pd.DataFrame], pd.DataFrame], said: str) -> None:
    found = told(beside_clean(changed("exchange_rates", change)))
    assert [(file, key) for file, key, _ in found] == [(RATES, "JPN")]
    assert found[0][2].startswith(said)


def test_new_years_and_new_series_change_nothing_that_was_there() -> None:
    found = beside_clean(changed("exchange_rates", with_new_year))
    assert counted(found) == {"same": 5, "new": 1}
    assert found["change"].isna().all()


def test_new_years_that_change_old_figures_are_told() -> None:
    frames = of_rate(4, 79.9)
    frames["exchange_rates"] = with_new_year(frames["exchange_rates"])
    assert told(beside_clean(frames)) == [(RATES, "JPN", "other values in 3 rows of 2010-2012")]


@pytest.mark.parametrize("column", ["vintage", "retrieved"])
def test_another_vintage_is_counted_and_told_by_its_size(column: str) -> None:
    frames = of_rate(3, 96.58)  # 1.1 times the largest of Japan
    frames["sources"].loc[0, column] = "2026"
    found = beside_clean(frames)
    assert counted(found) == {"same": 4, "revised": 1}
    (moved_by,) = found.loc[found["status"] == "revised", "moved_by"]
    assert moved_by == pytest.approx(1.1)


def test_what_a_source_says_besides_is_no_vintage() -> None:
    frames = of_rate(4, 79.9)
    frames["sources"]["caveat"] = "mind the gap"
    assert counted(beside_clean(frames)) == {"same": 4, "changed": 1}


def test_a_stored_vintage_of_an_indicator_never_changes() -> None:
    frames = clean()
    frames["sources"]["vintage"] = "2026"
    frames["observations"].loc[1, "observed_value"] = 1.36e9
    ((file, key, said),) = told(beside_clean(frames))
    assert (file, key) == ("seeds/inputs/observations.csv", "SP.POP.TOTL, CHN, 2024-01-01")
    assert said.startswith("other values in 2 rows of 2010-2011, the largest figure 1.36e+09")


def test_another_source_is_declared_by_the_rows() -> None:
    def other_source(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(
            source_id=frame["source_id"].where(frame["country_code"] == "CHN", "fx2")
        )

    found = beside_clean(changed("exchange_rates", other_source))
    assert counted(found) == {"same": 4, "new": 1, "withdrawn": 1}


def test_a_series_that_another_vintage_has_not_is_withdrawn() -> None:
    frames = changed("exchange_rates", lambda of: of[of["country_code"] == "CHN"])
    frames["sources"].loc[0, "vintage"] = "2026"
    assert counted(beside_clean(frames)) == {"same": 4, "withdrawn": 1}


def test_other_columns_are_declared_by_the_project() -> None:
    found = beside_clean(changed("exchange_rates", lambda of: of.assign(definition="average")))
    assert counted(found) == {"same": 3, "revised": 2}
