"""Rows from anywhere: the same table whatever it comes in, and nothing left where it came from."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from trade_potential.errors import InputError, LimitError, MemoryLimitError
from trade_potential.rows import source as module
from trade_potential.rows import table
from trade_potential.rows.source import Source, open_table
from trade_potential.rows.workspace import Workspace

KEYS, VALUES = ["unit of trade", "year"], ["x", "count"]
FRAME = pd.DataFrame(
    {
        "unused": [[1], [2], [3], [4], [5]],
        "unit of trade": ["b", "a", None, "é", "  "],
        "x": [1.5, -0.0, np.nan, np.inf, 1e-300],
        "year": [2002, 2001, 2001, 2**53 + 1, 5],
        "count": [1, 2, 3, 4, 5],
    }
)

Rows = list[tuple[Any, ...]]


def rows_of(
    given: Source,
    *,
    keys: list[str] = KEYS,
    values: list[str] = VALUES,
    name: str | None = None,
    may_stay: bool = False,
) -> Rows:
    """What is read, in an order that no source decides."""
    space = Workspace(threads=1)
    try:
        opened = open_table(space.connection, given, used={*keys, *values}, name=name)
        opened.read(space.connection, keys=keys, values=values, may_stay=may_stay)
        query = "select * exclude (is_text) from file_rows order by all"
        return list(space.connection.execute(query).fetchall())
    finally:
        space.close()


def csv(frame: pd.DataFrame, folder: Path) -> Source:
    frame.to_csv(folder / "rows.csv", index=False)
    return folder / "rows.csv"


def zipped(frame: pd.DataFrame, folder: Path) -> Source:
    frame.to_csv(folder / "rows.csv.gz", index=False)
    return str(folder / "rows.csv.gz")


def parquet(frame: pd.DataFrame, folder: Path) -> Source:
    frame.to_parquet(folder / "rows.parquet")
    return folder / "rows.parquet"


def relation(frame: pd.DataFrame, _: Path) -> Source:
    connection = duckdb.connect()
    connection.register("registered", frame)
    connection.execute("create temporary table stored as select * from registered")
    return connection.table("stored")


SOURCES: dict[str, Callable[[pd.DataFrame, Path], Source]] = {
    "csv": csv,
    "csv.gz": zipped,
    "parquet": parquet,
    "pandas": lambda frame, _: frame,
    "pandas with an index": lambda frame, _: frame.set_index(["unit of trade", "year"]),
    "pandas of objects": lambda frame, _: frame.astype(object),
    "pandas of extension types": lambda frame, _: frame.convert_dtypes(),
    "polars": lambda frame, _: pl.from_pandas(frame),
    "arrow": lambda frame, _: pa.table(frame),
    "arrow batch": lambda frame, _: pa.record_batch(frame),
    "arrow reader": lambda frame, _: pa.table(frame).to_reader(2),
    "relation": relation,
}


@pytest.mark.parametrize("kind", SOURCES)
@pytest.mark.parametrize("limit", [table.ORDERED_ROWS, 1])
def test_all_sources_give_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, limit: int
) -> None:
    """Of a copy and of rows that stay where they are."""
    monkeypatch.setattr(table, "ORDERED_ROWS", limit)
    found = rows_of(SOURCES[kind](FRAME, tmp_path), may_stay=True)
    expected = [
        ("a", 2001, 0.0, 2.0),
        ("b", 2002, 1.5, 1.0),
        ("é", 2**53 + 1, np.inf, 4.0),
        (None, 5, 1e-300, 5.0),
        (None, 2001, None, 3.0),
    ]
    if kind in ("csv", "csv.gz"):  # text files have no other type
        expected = [(a, str(b), x, n) for a, b, x, n in expected]
    assert sorted(found, key=str) == sorted(expected, key=str)


@pytest.mark.parametrize(("kind", "first"), [("csv", 1), ("pandas", 0), ("polars", 0)])
def test_rows_of_files_count_from_one_and_others_from_zero(
    tmp_path: Path, kind: str, first: int
) -> None:
    found = rows_of(SOURCES[kind](FRAME, tmp_path), keys=[], values=["count"])
    assert found == [(k + first, float(k + 1)) for k in range(5)]
    bad = FRAME.assign(x=["1", "2", "x2", "NA", "5"])
    name = str(tmp_path / "rows.csv") if kind == "csv" else "DataFrame"
    with pytest.raises(InputError) as error:
        rows_of(SOURCES[kind](bad, tmp_path))
    assert str(error.value) == f"{name}: row {2 + first}, column x: 'x2' is not a number"


def test_a_source_can_be_named() -> None:
    with pytest.raises(
        InputError, match=r'^flows: no column "nope"; it has "unused", "unit of trade", "x"'
    ):
        rows_of(FRAME, values=["nope"], name="flows")


@pytest.mark.parametrize("kind", [k for k in SOURCES if k not in ("csv", "csv.gz")])
def test_columns_that_are_not_used_may_be_anything(tmp_path: Path, kind: str) -> None:
    """Lists here; below a column that has no Arrow type at all."""
    assert len(rows_of(SOURCES[kind](FRAME, tmp_path))) == 5


def test_a_column_of_no_one_type_is_refused_where_it_is_used() -> None:
    mixed = FRAME.assign(unused=["a", 1, 2.5, None, b"x"])
    assert rows_of(mixed) == rows_of(FRAME)
    with pytest.raises(InputError, match=r"^DataFrame: column unused: "):
        rows_of(mixed, keys=["unused"])


def test_decimals_are_told_apart_to_the_last_digit() -> None:
    numbers = [Decimal("1234567890123456789012345678901234.5678"), Decimal("0.0001")]
    for given in (
        pd.DataFrame({"key": numbers, "x": [1, 2]}),
        pa.table({"key": pa.array(numbers, pa.decimal256(38, 4)), "x": [1, 2]}),
    ):
        found = rows_of(given, keys=["key"], values=["x"])
        assert [key for key, _ in found] == ["0.0001", str(numbers[0])]
    wide = pa.table({"key": pa.array(numbers, pa.decimal256(50, 4)), "x": [1, 2]})
    assert len(rows_of(wide, keys=["x"], values=["x"])) == 2
    with pytest.raises(InputError, match=r"column key is of type DECIMAL\(50,4\)"):
        rows_of(wide, keys=["key"], values=["x"])


def test_types_of_a_relation_that_arrow_does_not_hold() -> None:
    connection = duckdb.connect()
    connection.execute("create type colour as enum ('red', 'blue')")
    given = connection.sql(
        "select 340282366920938463463374607431768211455::uhugeint as huge, "
        "'red'::colour as colour, [1, 2] as list, date '2010-01-31' as day, "
        "interval 1 day as step, 7::utinyint as x"
    )
    keys = ["huge", "colour", "list", "day", "step"]
    expected = ("340282366920938463463374607431768211455", "red", "[1, 2]", "2010-01-31", "1 day")
    assert rows_of(given, keys=keys, values=["x", "huge"]) == [(*expected, 7.0, 2.0**128)]
    for column, kind in (("colour", "ENUM"), ("day", "DATE")):
        with pytest.raises(InputError, match=f"^relation: column {column} is of type {kind}, not"):
            rows_of(given, keys=["x"], values=[column])


def test_types_of_pandas_and_arrow() -> None:
    frame = pd.DataFrame(
        {
            "period": pd.period_range("2010-11", periods=2, freq="M"),
            "category": pd.Categorical(["b", "a"]),
            "day": [datetime.date(2010, 1, 31), datetime.date(2009, 1, 31)],
            "half": np.array([0.5, 2.0], dtype="float16"),
            "flag": [True, False],
        }
    )
    found = rows_of(frame, keys=["period", "category", "day"], values=["half", "flag"])
    assert found == [
        ("2010-11", "b", "2010-01-31", 0.5, 1.0),
        ("2010-12", "a", "2009-01-31", 2.0, 0.0),
    ]
    dictionary = pa.table({"k": pa.array(["b", "a"]).dictionary_encode(), "x": pa.nulls(2)})
    assert rows_of(dictionary, keys=["k"], values=["x"]) == [("a", None), ("b", None)]


def test_names_that_are_no_texts_and_names_that_repeat() -> None:
    assert rows_of(pd.DataFrame({0: ["a"], 1: [2.0]}), keys=["0"], values=["1"]) == [("a", 2.0)]
    twice = pd.concat([FRAME, FRAME], axis=1)
    same = duckdb.connect().sql("select 1 as x, 2 as x")
    for given, name in ((twice, "DataFrame"), (same, "relation")):
        with pytest.raises(InputError, match=f"^{name}: two columns are called"):
            rows_of(given, keys=[], values=["x"])
    capitals = duckdb.connect().sql("select 1 as a, 2 as A")
    assert rows_of(capitals, keys=["A"], values=["a"]) == [(2, 1.0)]
    quoted = pa.table({'x"; drop table t; --': [1.0], "a,b": ["k"]})
    assert rows_of(quoted, keys=["a,b"], values=['x"; drop table t; --']) == [("k", 1.0)]


def test_a_relation_is_read_as_its_connection_sees_it_and_left_as_it_was(tmp_path: Path) -> None:
    """In an open transaction, in several batches, of a database that nobody may write to."""
    path = str(tmp_path / "users.duckdb")
    with duckdb.connect(path) as connection:
        connection.execute("create table flows as select i as k, i / 2.0 as x from range(5) t(i)")
        connection.begin()
        connection.execute("insert into flows values (99, 1.0)")
        assert len(rows_of(connection.table("flows"), keys=["k"], values=["x"])) == 6
        connection.rollback()
        assert len(rows_of(connection.table("flows"), keys=["k"], values=["x"])) == 5
    before = Path(path).read_bytes()
    with duckdb.connect(path, read_only=True) as connection:
        many = connection.sql("select i as k, 1.0 as x from range(122_881) t(i)")
        assert module.ROW_GROUP < 122_881
        assert len(rows_of(many, keys=["k"], values=["x"])) == 122_881
        assert len(rows_of(connection.table("flows"), keys=["k"], values=["x"])) == 5
        made = "select table_name from information_schema.tables"
        assert connection.execute(made).fetchall() == [("flows",)]
        assert (
            connection.execute("select type_name from duckdb_types() where not internal").fetchall()
            == []
        )
    assert Path(path).read_bytes() == before


def test_frames_are_not_changed() -> None:
    frame = FRAME.copy(deep=True)
    rows_of(frame)
    pd.testing.assert_frame_equal(frame, FRAME)


def test_errors_of_a_relation_are_told() -> None:
    broken = duckdb.connect().sql("select cast('x' || i as int) as x from range(3) t(i)")
    with pytest.raises(InputError, match=r"^relation: Conversion Error"):
        rows_of(broken, keys=[], values=["x"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"x": [1.0]}, "dict: is no table; give a path, a DuckDB relation, a pandas or Polars"),
        (None, "NoneType: is no table"),
        (pl.LazyFrame({"x": [1.0]}), "LazyFrame: is no table"),
        (pa.chunked_array([[1.0]]), "ChunkedArray: "),
        (pd.DataFrame({"x": []}), "DataFrame: no rows"),
        (pd.DataFrame(), 'DataFrame: no column "x"; it has '),
        (Path("no.csv"), "no.csv: no such file"),
        ("rows.xlsx", "rows.xlsx: unknown extension; known are .csv"),
    ],
)
def test_what_is_no_table_is_refused(given: Any, said: str) -> None:
    with pytest.raises(InputError) as error:
        rows_of(given, keys=[], values=["x"])
    assert str(error.value).startswith(said)


def test_a_workspace_leaves_nothing_behind() -> None:
    space = Workspace(threads=1, memory_limit="64MB")
    query = "select current_setting('temp_directory')"
    (folder,) = space.connection.execute(query).fetchone() or ("",)
    assert Path(folder).is_dir()
    space.close()
    space.close()
    assert not Path(folder).exists()
    with pytest.raises(InputError, match="ask for results before close"):
        space.connection  # noqa: B018
    forgotten = Workspace()
    (folder,) = forgotten.connection.execute(query).fetchone() or ("",)
    del forgotten
    assert not Path(folder).exists()


def test_limits_of_a_workspace() -> None:
    for wrong in ({"memory_limit": "much"}, {"threads": 0}, {"threads": 2.5}):
        with pytest.raises(InputError):
            Workspace(**wrong)
    with pytest.raises(LimitError):
        Workspace(memory_limit="99999999999999999TB")
    space = Workspace(memory_limit="1KB")
    said = "flows: 1KB is too little memory; raise memory_limit"

    def read() -> None:
        with space.told("flows"):
            opened = open_table(space.connection, FRAME, used=["x"])
            opened.read(space.connection, keys=[], values=["x"])

    with pytest.raises(MemoryLimitError, match=said):
        read()
    space.close()
