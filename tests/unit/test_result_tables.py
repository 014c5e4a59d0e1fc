"""A table has the columns and types of its rows, with rows or without; what is solved is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from trade_potential.results.gravity import LossRow, Results, Tables
from trade_potential.results.memo import solved_once
from trade_potential.results.typed import BySlot, Int32, frame_of

KEYS = ("study_id", "spec_id")


@dataclass(frozen=True)
class Row:
    """One of each type."""

    name: str | None
    count: int | None
    year: Int32
    value: float | None
    is_so: bool
    by_slot: BySlot


TYPES = ["VARCHAR"] * 3 + ["BIGINT", "INTEGER", "DOUBLE", "BOOLEAN", "DOUBLE", "DOUBLE"]
SOME = {
    ("a", "s"): [Row("x", None, 2020, 1.5, True, np.array([1.0, np.nan]))],
    ("b", "s"): [Row(None, 7, 2021, None, False, np.array([np.nan, np.nan]))],
}


def stored(frame: pd.DataFrame) -> duckdb.DuckDBPyRelation:
    connection = duckdb.connect()
    connection.register("frame", frame)
    connection.execute("create table stored as from frame")
    return connection.table("stored")


@pytest.mark.parametrize("rows", [{}, {("a", "s"): []}, SOME], ids=["none", "no_row", "some"])
def test_types_do_not_depend_on_rows(rows: dict[tuple[str, str], list[Row]]) -> None:
    relation = stored(frame_of(Row, rows, keys=KEYS, slots=["s0", "s1"]))
    names = ["name", "count", "year", "value", "is_so", "s0", "s1"]
    assert relation.columns == [*KEYS, *names]
    assert [str(one) for one in relation.types] == TYPES


def test_what_is_missing_is_null() -> None:
    found = stored(frame_of(Row, SOME, keys=KEYS, slots=["s0", "s1"])).fetchall()
    assert found == [
        ("a", "s", "x", None, 2020, 1.5, True, 1.0, None),
        ("b", "s", None, 7, 2021, None, False, None, None),
    ]


def test_every_table_of_gravity_has_its_types_without_rows() -> None:
    loss = LossRow(estimator="ppml", pair_id="P", year=2020, step="singleton", reason="alone")
    empty = Tables.of({}, max_terms=2)
    held = Tables.of({("a", "s"): Results(losses=[loss])}, max_terms=2)
    assert len(held.losses) == 1
    for name, frame in vars(empty).items():
        if name != "max_terms":
            assert frame.empty
            assert stored(frame).types == stored(getattr(held, name)).types
            assert list(frame.columns)[:2] == list(KEYS)
    assert list(empty.fits.columns)[-5:] == ["b0", "b1", "b2", "g1", "g2"]
    assert list(empty.covariances.columns)[-2:] == ["c_3_4", "c_4_4"]


def test_the_same_question_is_solved_once() -> None:
    asked: list[int] = []

    @solved_once
    def answer(*, frame: pd.DataFrame, level: float) -> int:
        asked.append(round(len(frame) * level))
        return len(asked)

    def ask(level: float = 0.9, **columns: Any) -> int:
        return answer(frame=pd.DataFrame(columns), level=level)

    assert ask(a=[1.0, None], b=["x", "y"]) == 1
    assert ask(a=[1.0, None], b=["x", "y"]) == 1
    others: list[dict[str, Any]] = [
        {"a": [1.0, 0.0], "b": ["x", "y"]},
        {"a": [None, 1.0], "b": ["x", "y"]},
        {"a": [1.0, None], "b": ["y", "x"]},
        {"a": [1.0, None], "c": ["x", "y"]},
        {"a": [1, None], "b": ["x", "y"], "level": 0.95},
        {"a": [1.0], "b": ["x"]},
    ]
    for count, other in enumerate(others, start=2):
        assert ask(**other) == count
    assert ask(a=[1.0, None], b=["x", "y"]) == len(others) + 2  # the last answer alone is kept
