"""Releases on their way into PostgreSQL: all that needs no server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.releases import release

from trade_potential.cli import main
from trade_potential.cli.parser import parser
from trade_potential.errors import ReleaseError
from trade_potential.release import ReleaseFolder
from trade_potential.served.compare import is_same, measures
from trade_potential.served.connection import ODD_PASSWORD, without
from trade_potential.served.made import comments, create, indexes, key
from trade_potential.served.rows import Pieces, selected
from trade_potential.served.schema import MARK, comment
from trade_potential.served.tables import Column, Reference, Table, references_of, tables_of

COMMAND = ["releases", "to-postgres"]


class Described(ReleaseFolder):
    """A release of one table with one column of a type."""

    kind = "INTEGER"

    def manifest(self) -> dict[str, Any]:
        columns = [{"name": "a", "type": self.kind}]
        return {"marts": {"m": {"rows": 1, "key": ["a"], "columns": columns}}}


def _table(*columns: Column, rows: int = 1) -> Table:
    return Table("t", columns, ("id",), (), "One row's table.", rows)


YEAR = Column("year", "INTEGER", "integer", "whole", "It's a year.")
ID = Column("id", "VARCHAR", "text", "texts", None)


def test_arguments_have_defaults() -> None:
    args = parser().parse_args(COMMAND)
    assert (args.release, args.schema, args.reader) == (
        "current",
        "trade_potential",
        "trade_reader",
    )
    assert (args.dsn, args.force, args.wait_seconds) == (None, False, 300.0)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--schema", ""], "is no name"),
        (["--schema", "pg_mine"], "is no name"),
        (["--schema", "s" * 41], "longer than 40 bytes"),
        (["--schema", "two\nlines"], "is no name"),
        (["--reader", "public"], "everybody"),
        (["--wait-seconds", "-1"], "no number of seconds"),
        (["--wait-seconds", "nan"], "no number of seconds"),
    ],
)
def test_a_wrong_argument_is_one_line(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args([*COMMAND, *options])
    told = capsys.readouterr().err
    assert (ended.value.code, told.count("\n")) == (2, 1)
    assert said in told


def test_without_the_driver_a_line_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    release(tmp_path, "one")
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    assert main([*COMMAND, "--release-path", str(tmp_path)]) == 3
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "pip install psycopg2-binary" in told


@pytest.mark.parametrize(
    ("dsn", "is_odd"),
    [
        ("postgresql://me:secret@db:5432/bi", False),
        ("postgresql://me@db:5432/bi?sslmode=require", False),
        ("postgresql://db:5432/bi", False),
        ("host=db password=a@b/c:d", False),
        ("postgresql://me:sec@ret@db/bi", True),
        ("postgresql://me:sec/ret@db/bi", True),
        ("postgresql://me:sec:ret@db/bi", True),
        ("postgresql://me:sec?ret@db/bi", True),
        ("postgresql://me:sec#ret@db/bi", True),
    ],
)
def test_a_password_that_an_address_would_cut_is_found(dsn: str, is_odd: bool) -> None:
    assert bool(ODD_PASSWORD.search(dsn)) is is_odd


def test_a_password_is_cut_from_a_message() -> None:
    assert without('no "secret" here', ["secret"]) == 'no "***" here'


@pytest.mark.parametrize("kind", ["INTEGER[]", "BLOB", "STRUCT(a INTEGER)"])
def test_a_type_without_a_counterpart_is_named(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Described, "kind", kind)
    with (
        duckdb.connect() as memory,
        pytest.raises(ReleaseError, match="m, column a: PostgreSQL has no"),
    ):
        tables_of(memory, Described("000001-00000000", 1, Path("/none")))


def test_decimals_keep_their_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Described, "kind", "DECIMAL(12,2)")
    with duckdb.connect() as memory:
        (table,) = tables_of(memory, Described("000001-00000000", 1, Path("/none")))
    assert table.columns[0].type == "numeric(12,2)"
    assert selected(table.columns) == 'cast("a" as varchar)'


def test_foreign_keys_are_read_in_both_forms() -> None:
    package = {
        "resources": [
            {
                "name": "f",
                "schema": {
                    "foreignKeys": [
                        {"fields": "c", "reference": {"resource": "d", "fields": "id"}},
                        {"fields": ["x", "y"], "reference": {"resource": "", "fields": ["a", "b"]}},
                    ]
                },
            },
            {"name": "d"},
        ]
    }
    assert references_of(package) == {
        "f": (Reference(("c",), "d", ("id",)), Reference(("x", "y"), "f", ("a", "b"))),
        "d": (),
    }
    assert references_of({}) == {}


def test_statements_quote_and_leave_out_what_is_not_said() -> None:
    table = _table(ID, YEAR)
    assert create('"s"."t"', table) == 'create table "s"."t" ("id" text, "year" integer)'
    assert list(comments('"s"."t"', table)) == [
        """comment on table "s"."t" is 'One row''s table.'""",
        """comment on column "s"."t"."year" is 'It''s a year.'""",
    ]
    assert key("t", table, has_nulls=False) == 'alter table t add primary key ("id")'
    assert "unique nulls not distinct" in key("t", table, has_nulls=True)


def test_large_tables_have_indexes_of_what_people_look_for() -> None:
    assert list(indexes("t", _table(ID, YEAR))) == []
    assert list(indexes("t", _table(ID, YEAR, rows=5_000))) == ['create index on t ("year")']


def test_an_empty_text_and_a_null_differ_on_the_way() -> None:
    with duckdb.connect() as memory:
        rows = memory.sql("select * from (values ('', 1), (null, 2), ('a\"b\nc', 3)) v (t, i)")
        sent: list[int] = []
        pieces = Pieces(rows.to_arrow_reader(2), sent.append)
        written = b"".join(iter(lambda: pieces.read(5), b""))
    assert written == b'"",1\n,2\n"a""b\nc",3\n'
    assert sent[-1] == 3


def test_a_schema_is_known_by_its_comment() -> None:
    marked = MARK.match(comment("000012-1f2e3d4c", "2026-12-01T00:00:00+00:00").strip("'"))
    assert marked is not None
    assert marked[1] == "000012-1f2e3d4c"
    assert MARK.match("My notes on Release 000012-1f2e3d4c of trade-potential,") is None


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        (1.0, 1.0 + 1e-7, True),
        (1.0, 1.0 + 1e-5, False),
        (float("nan"), float("nan"), True),
        (float("inf"), float("-inf"), False),
        (float("nan"), 1.0, False),
        (None, None, True),
        (None, 0.0, False),
        ("a", "a", True),
    ],
)
def test_numbers_are_compared_within_a_slack(ours: Any, theirs: Any, same: bool) -> None:
    assert is_same(ours, theirs, slack=1e-6) is same


@pytest.mark.parametrize("compared", ["numbers", "whole", "texts", "truth", "days", "other"])
def test_of_every_column_its_values_are_counted(compared: str) -> None:
    assert measures(Column("a", "X", "x", compared, None))[0].what == "values"
