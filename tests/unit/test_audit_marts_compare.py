"""A mart beside its second computation: which row is told, and what counts as equal."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trade_potential.audit.marts.compare import COLUMNS, TOLERANCE, Compared, compared
from trade_potential.errors import InputError

KEY = ("study_id", "spec_id", "partner_iso3", "year")


def mart() -> pd.DataFrame:
    frame = pd.DataFrame(
        [
            (study, "s", partner, year)
            for study in ("a", "b")
            for partner in ("KAZ", "UZB")
            for year in (2019, 2020)
        ],
        columns=list(KEY),
    )
    return frame.assign(
        usd=np.linspace(1e6, 2e9, 8),
        n=pd.array([1, None, 3, 4, 5, 6, 7, 8], dtype="Int64").astype("float64"),
        is_filled=[True, False] * 4,
        label=["x", None, "y", "x"] * 2,
        day=pd.Timestamp("2026-11-01"),
    )


def told(published: pd.DataFrame, again: pd.DataFrame, **settings: object) -> pd.DataFrame:
    """Rows that differ, by quantity."""
    found = compared("fct_m", published, again, key=KEY, **settings)  # type: ignore[arg-type]
    rows = found.rows
    assert list(rows) == list(COLUMNS)
    return rows[rows["status"] == "differs"].set_index("quantity")


def test_a_mart_agrees_with_itself_whatever_the_order() -> None:
    found = compared("fct_m", mart(), mart().iloc[::-1], key=KEY)
    assert set(found.rows["status"]) == {"agrees"}
    assert len(found.rows) == 2 * (1 + 5)  # studies x (rows, columns)
    assert found.columns == set(mart().columns)
    assert set(found.rows["quantity"]) >= {"fct_m.rows", "fct_m.usd", "fct_m.label", "fct_m.day"}


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("usd", 1.43e9, "largest of 4"),
        ("usd", None, "largest of 4"),
        ("n", 6.0, "largest of 4"),
        ("is_filled", False, "'False' published, 'True' recomputed"),
        ("label", "z", "'z' published, 'y' recomputed"),
        ("label", None, "nothing published, 'y' recomputed"),
        ("day", pd.Timestamp("2026-11-02"), "'2026-11-02 00:00:00' published"),
    ],
)
def test_one_wrong_value_is_named(column: str, value: object, reason: str) -> None:
    wrong = mart()
    wrong.loc[6, column] = value
    rows = told(wrong, mart())
    assert list(rows.index) == [f"fct_m.{column}"]
    row = rows.iloc[0]
    assert (row["study_id"], row["spec_id"], row["term"]) == ("b", "s", "UZB, 2019")
    assert reason in row["reason"]


def test_numbers_agree_to_the_tolerance_and_no_further() -> None:
    near, far = mart(), mart()
    near.loc[3, "usd"] *= 1.0 + 0.5 * TOLERANCE
    far.loc[3, "usd"] *= 1.0 + 2.0 * TOLERANCE
    assert told(near, mart()).empty
    assert list(told(far, mart()).index) == ["fct_m.usd"]
    assert list(told(near, mart(), tolerance=0.0).index) == ["fct_m.usd"]


def test_rounding_beside_the_largest_of_a_column_agrees() -> None:
    published, again = mart(), mart()
    published.loc[0, "usd"], again.loc[0, "usd"] = 1e-9, -1e-9
    assert told(published, again).empty
    assert list(told(published, again, small=0.0).index) == ["fct_m.usd"]


def test_rows_that_one_side_lacks_or_has_twice_are_named() -> None:
    whole = mart()
    for published, again, reason in (
        (whole.drop(5), whole, "1 rows not published"),
        (whole, whole.drop(5), "1 rows not recomputed"),
        (pd.concat([whole, whole.loc[[5]]]), whole, "1 rows published twice"),
        (whole, pd.concat([whole, whole.loc[[5]]]), "1 rows recomputed twice"),
    ):
        rows = told(published, again)
        assert list(rows.index) == ["fct_m.rows"]
        assert (rows["study_id"].iloc[0], rows["term"].iloc[0]) == ("b", "KAZ, 2020")
        assert rows["reason"].iloc[0] == reason


def test_a_study_that_is_missing_wholly_differs() -> None:
    rows = told(mart()[mart()["study_id"] == "a"], mart())
    assert rows.loc["fct_m.rows", "study_id"] == "b"
    assert (rows.loc["fct_m.rows", "published"], rows.loc["fct_m.rows", "recomputed"]) == (0.0, 4.0)


def test_an_empty_mart_differs_and_two_empty_sides_agree() -> None:
    rows = told(mart().iloc[:0], mart())
    assert rows.index.to_list() == ["fct_m.rows", "fct_m.rows"]
    nothing: Compared = compared("fct_m", mart().iloc[:0], mart().iloc[:0], key=KEY)
    assert set(nothing.rows["status"]) == {"agrees"}
    assert set(nothing.rows["quantity"]) == {
        "fct_m.rows",
        *(f"fct_m.{c}" for c in list(mart())[4:]),
    }


def test_parts_take_the_names_of_the_audit() -> None:
    frame = mart().rename(columns={"spec_id": "index_spec_id"})
    key = ["study_id", "index_spec_id", "partner_iso3", "year"]
    rows = compared("fct_m", frame, frame, key=key, by=("study_id", "index_spec_id")).rows
    assert set(rows["spec_id"]) == {"s"}
    whole = compared("dim_m", frame, frame, key=key, by=()).rows
    assert set(whole["study_id"]) == set(whole["spec_id"]) == {""}
    assert len(whole) == 1 + 5


def test_a_column_that_one_side_lacks_is_refused() -> None:
    with pytest.raises(InputError, match="fct_m: no column to compare: usd"):
        compared("fct_m", mart().drop(columns="usd"), mart(), key=KEY)


@pytest.mark.parametrize(("row", "place"), [(0, "KAZ, 2019"), (3, "UZB, 2020")])
def test_the_row_that_rounding_chooses_is_told_and_names_nothing(row: int, place: str) -> None:
    again = mart()
    again.loc[row, "usd"] *= 1.0 + TOLERANCE / 10.0
    rows = compared("fct_m", mart(), again, key=KEY).rows
    (found,) = rows[(rows["quantity"] == "fct_m.usd") & (rows["study_id"] == "a")].to_dict(
        "records"
    )
    assert (found["status"], found["term"]) == ("agrees", "")
    assert found["reason"] == f"largest of 4: {place}"


def test_numbers_below_the_smallest_normal_one_agree() -> None:
    published, again = mart().assign(p=0.0), mart().assign(p=1.7e-322)
    assert told(published, again).empty
    assert list(told(published, again.assign(p=1e-300)).index) == ["fct_m.p"] * 2
