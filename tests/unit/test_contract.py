"""Files and tables in the place of a seed: columns and values that its declaration refuses."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from trade_potential.quality.contract import of_columns, of_files, of_values, values_query
from trade_potential.sql.render import text_literal

TYPES = {"code": "varchar", "year": "integer", "day": "date", "price": "double", "open": "boolean"}
HELD = {"code": "VARCHAR", "year": "BIGINT", "day": "DATE", "price": "DOUBLE", "open": "BOOLEAN"}


def columns(partitions: tuple[str, ...] = (), place: str = "/a.parquet", **held: str) -> list[str]:
    return of_columns("/*.parquet", TYPES, {place: held}, partitions).lines


def test_every_family_of_types_passes() -> None:
    assert columns(**HELD) == []
    wide = HELD | {"year": "DECIMAL(38,0)", "day": "TIMESTAMP_NS", "price": "UINTEGER"}
    assert (
        columns(
            **wide,
        )
        == []
    )
    postgres = {
        "code": "character varying(3)", "year": "integer", "day": "timestamp without time zone",
        "price": "double precision", "open": "boolean",
    }  # fmt: skip
    assert columns(**postgres) == []


@pytest.mark.parametrize(
    ("change", "column", "value", "rule"),
    [
        ({"year": "DOUBLE"}, "year", "DOUBLE", "the type of a whole number is an integer"),
        ({"year": "DECIMAL(10,2)"}, "year", "DECIMAL(10,2)", "the type of a whole number"),
        ({"price": "VARCHAR"}, "price", "VARCHAR", "the type of a number is a float"),
        ({"day": "TIMESTAMP WITH TIME ZONE"}, "day", "TIMESTAMP WITH", "the type of a date"),
        ({"open": "INTEGER"}, "open", "INTEGER", "the type of a yes or no is a boolean"),
        ({"code": "BLOB"}, "code", "BLOB", "the type of a text is a text"),
        ({"codes": "VARCHAR"}, "codes", "the column is unknown", "the input holds only declared"),
    ],
)
def test_column_is_refused_by_name(
    change: dict[str, str], column: str, value: str, rule: str
) -> None:
    (said,) = columns(**(HELD | change))
    assert said.startswith(f'/a.parquet, column {column}: "{value}')
    assert f"(rule: {rule}" in said


def test_columns_in_the_names_of_directories() -> None:
    without = {name: type_ for name, type_ in HELD.items() if name != "year"}
    place = "/year=2015/a.parquet"
    assert columns(("year",), place, **without) == []
    assert "the column is missing" in columns((), place, **without)[0]
    assert "the column stands twice" in columns(("year",), place, **HELD)[0]


def test_files_that_cannot_be_read_are_named_and_counted() -> None:
    told = of_files("/*.parquet", [(f"/{k}.parquet", "cut off") for k in range(23)])
    assert told.lines[0].startswith('/0.parquet: "cut off" (rule: every file of the input')
    assert told.lines[20:] == ["/*.parquet: and 3 complaints more"]


def judged(folder: Path, rows: str, **held: str) -> list[str]:
    """What the query finds in a Parquet file of some rows."""
    path = folder / "it's.parquet"
    with duckdb.connect() as lake:
        lake.execute(f"copy ({rows}) to {text_literal(str(path))} (format parquet)")
        query = values_query(
            label=str(path), kind="parquet", rows=f"read_parquet({text_literal(str(path))})",
            types=TYPES, stored={str(path): HELD | held}, key=["code", "year"], is_duckdb=True,
        )  # fmt: skip
        result = lake.execute(query)
        names = [of[0] for of in result.description or []]
        found = [
            {n: None if v is None else str(v) for n, v in zip(names, row, strict=True)}
            for row in result.fetchall()
        ]
    told = of_values(str(path), found)
    assert all(c.key is not None for c in told.complaints)
    return [line.removeprefix(str(path)) for line in told.lines]


GOOD = (
    "'KAZ' as code, 2015::bigint as year, date '2020-01-01' as day, 1.5::double as price, "
    "true as open"
)


def test_good_rows_pass(tmp_path: Path) -> None:
    missing = ", ".join(f"null::{type_} as {name}" for name, type_ in HELD.items())
    rows = f"select {GOOD} union all by name select {missing}"
    assert judged(tmp_path, rows) == []


def test_values_are_named_by_row_column_and_rule(tmp_path: Path) -> None:
    wrong = ("3000000000 as year, 'inf'::double as price", "'K\u200bZ ' as code")
    rows = " union all by name ".join(
        [f"select {GOOD}", *(f"select * replace ({w}) from (select {GOOD})" for w in wrong)]  # noqa: S608
    )
    assert judged(tmp_path, rows) == [
        ', row 3, column code: "K\\u200bZ " (rule: text holds no control, invisible or replacement '
        "character)",
        ', row 2, column price: "inf" (rule: a number is finite)',
        ', row 2, column year: "3000000000" (rule: a whole number lies below 2147483648)',
    ]


def test_of_many_values_of_a_column_ten_are_told(tmp_path: Path) -> None:
    rows = f"select * replace ('a ' as code) from (select {GOOD}) as one, range(15)"  # noqa: S608
    said = judged(tmp_path, f"select * exclude (range) from ({rows})")  # noqa: S608
    assert len(said) == 11
    assert said[0].startswith(', row 1, column code: "a "')
    assert said[10] == ", column code: and more"


def test_a_row_of_a_table_is_named_by_its_key() -> None:
    query = values_query(
        label="table s.rates", kind="table", rows="rates", types={"year": "integer"},
        stored={"table s.rates": {"year": "bigint"}}, key=["code", "year"], is_duckdb=False,
    )  # fmt: skip
    with duckdb.connect() as lake:
        lake.execute("create table rates as select 'CHN' as code, 20150000000 as year")
        (row,) = lake.execute(query).fetchall()
    assert row[:4] == ("table s.rates", None, "CHN, 20150000000", "year")
