"""A release in PostgreSQL: values, keys, descriptions, readers, refusals."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
import pytest
from tests.engines.serving import asked, connected, counts, pair, served, told
from tests.releases import release

from trade_potential.cli import main
from trade_potential.errors import ReleaseError
from trade_potential.release import publish
from trade_potential.release.layout import find
from trade_potential.release.mart_files import literal, opened
from trade_potential.served.compare import differences
from trade_potential.served.load import to_postgres
from trade_potential.served.tables import attach, tables_of

pytestmark = pytest.mark.usefixtures("private_server")

ODD = r"""
    select * from (values
        (1, '', 'nan'::double, true, date '2020-02-29', 9223372036854775807, 1.10::decimal(9, 2)),
        (2, '\N', 'inf'::double, false, null, null, null),
        (3, null, -0.1, null, date '0001-01-01', -1, -0.01),
        (4, 'two
\.
lines, "quoted", '' and \ and ; and ,', 1e-300, true, date '9999-12-31', 0, 0),
        (5, '\.', 0.30000000000000004, true, null, 1, 9999999.99),
        (6, ' Ä\n漢 👍🏽 ', null, true, null, 2, 5),
        (7, 'NULL', '-inf'::double, true, null, 2, 5)
    ) as odd (i, t, x, b, d, n, m)
"""


def test_values_come_as_they_are(tmp_path: Path, name: str) -> None:
    session = duckdb.connect()
    session.execute(f"create table odd as {ODD}")
    publish(
        tmp_path, {"odd": session.table("odd")}, session=session, keys={"odd": ["i"]},
        run_id="odd", about={},
    )  # fmt: skip
    done = served(tmp_path, name)
    assert (done.is_new, done.tables, done.rows, done.notes[1:]) == (True, 1, 7, [])
    there = asked(f"select i, t, x, b, d, n, m from {name}.odd order by i")  # noqa: S608
    here = session.sql("select * from odd order by i").fetchall()
    assert [_comparable(row) for row in there] == [_comparable(row) for row in here]
    types = asked(
        "select data_type from information_schema.columns where table_schema = %s"
        " and table_name = 'odd' order by ordinal_position",
        name,
    )
    said = ["integer", "text", "double precision", "boolean", "date", "bigint", "numeric"]
    assert [kind for (kind,) in types] == said


def _comparable(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple("nan" if isinstance(cell, float) and math.isnan(cell) else cell for cell in row)


def test_keys_names_and_what_is_served(tmp_path: Path, name: str) -> None:
    done = release(tmp_path, "one").release
    served(tmp_path, name)
    kinds = dict(
        asked(
            "select conrelid::regclass::text, contype from pg_constraint c"
            " join pg_class t on t.oid = conrelid where t.relnamespace = %s::regnamespace",
            name,
        )
    )
    # A key with a null is unique, nulls included.
    assert kinds[f"{name}.fct_trade_potential"] == "u"
    assert kinds[f'{name}."odd ""mart"""'] == "p"
    listed = asked(f"select table_name, row_count, release_id from {name}.release_info order by 1")  # noqa: S608
    manifest = done.manifest()["marts"]
    assert listed == [(mart, manifest[mart]["rows"], done.release_id) for mart in sorted(manifest)]
    (said,) = asked("select obj_description(%s::regnamespace, 'pg_namespace')", name)[0]
    assert said.startswith(f"Release {done.release_id} of trade-potential,")
    analysed = "select min(reltuples) from pg_class where relnamespace = %s::regnamespace"
    assert asked(f"{analysed} and relkind = 'r'", name)[0][0] > 0


def test_descriptions_and_references_arrive(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def described(_: object, staging: Path, *__: object) -> None:
        """Say of a release what those say that carry descriptions."""
        with opened() as memory:
            memory.execute(f"attach {literal(staging / 'trade_potential.duckdb')} as d")
            memory.execute("comment on table d.main.a is 'One row is an \"a\", isn''t it: 100 %s'")
            memory.execute("comment on column d.main.a.i is 'Number of a; unit: 1'")
        keys = [
            {"fields": ["i"], "reference": {"resource": "b", "fields": ["i"]}},
            {"fields": ["i"], "reference": {"resource": "nowhere", "fields": ["i"]}},
            {"fields": ["i"], "reference": {"resource": "b", "fields": ["j"]}},
        ]
        document = {"resources": [{"name": "a", "schema": {"foreignKeys": keys}}]}
        (staging / "datapackage.json").write_text(json.dumps(document))

    # The package has a function of that name.
    module = sys.modules["trade_potential.release.publish"]
    monkeypatch.setattr(module, "papers", described)
    pair(tmp_path, "described", 3)
    notes = served(tmp_path, name).notes
    assert notes[-1] == "a (i): no foreign key, (i) is no key of nowhere"
    query = "select obj_description(%s::regclass), col_description(%s::regclass, 1)"
    assert asked(query, *2 * [f"{name}.a"]) == [
        ('One row is an "a", isn\'t it: 100 %s', "Number of a; unit: 1")
    ]
    assert asked(query, *2 * [f"{name}.b"]) == [(None, None)]
    query = "select confrelid::regclass::text from pg_constraint where conrelid = %s::regclass"
    assert asked(f"{query} and contype = 'f'", f"{name}.a") == [(f"{name}.b",)] * 2
    # what is referred to and is not the key is unique
    query = "select pg_get_constraintdef(oid) from pg_constraint where conrelid = %s::regclass"
    assert asked(f"{query} and contype = 'u'", f"{name}.b") == [("UNIQUE (j)",)]


def test_a_reader_reads_and_does_not_write(pairs: tuple[Path, str, str], name: str) -> None:
    served(pairs[0], name)
    with connected() as connection, connection.cursor() as cursor:
        cursor.execute("set role trade_reader")
        cursor.execute(f"select count(*) from {name}.a")  # noqa: S608
        assert cursor.fetchone() == (200,)
        connection.commit()
        for statement in (
            f"insert into {name}.a values (1)",  # noqa: S608
            f"delete from {name}.a",  # noqa: S608
            f"drop table {name}.a",
            f"create table {name}.mine (i int)",
        ):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(statement)
            connection.rollback()


def test_privileges_survive_a_swap(pairs: tuple[Path, str, str], name: str) -> None:
    root, first, second = pairs
    served(root, name, first)
    told(
        f'create role "An analyst"; grant usage on schema {name} to "An analyst";'
        f'grant select on {name}.b to "An analyst"'
    )
    assert served(root, name, second).previous_id == first
    allowed = "select has_table_privilege('An analyst', %s, 'select')"
    assert [asked(allowed, f"{name}.{mart}")[0][0] for mart in ("a", "b")] == [False, True]
    assert asked("select has_schema_privilege('An analyst', %s, 'usage')", name) == [(True,)]
    assert asked("select has_table_privilege('trade_reader', %s, 'select')", f"{name}.a") == [
        (True,)
    ]


def test_roles_that_cannot_be_or_may_write_are_refused(
    pairs: tuple[Path, str, str], name: str
) -> None:
    told(f"create role loader login; grant create on database {os.environ['PGDATABASE']} to loader")
    settings = {"name": name, "dsn": "user=loader"}
    with pytest.raises(ReleaseError, match='run: create role "nobody here" nologin'):
        to_postgres(pairs[0], "current", reader="nobody here", **settings)
    with pytest.raises(ReleaseError, match="may do what this user may"):
        to_postgres(pairs[0], "current", reader="loader", **settings)
    told("create role trade_team; grant trade_team to loader")
    assert to_postgres(pairs[0], "current", reader="trade_team", **settings).is_new
    told("create role other_loader login")
    with pytest.raises(ReleaseError, match="belongs to loader; connect as loader"):
        served(pairs[0], name, dsn="user=other_loader")


def test_a_table_that_differs_is_found(pairs: tuple[Path, str, str], name: str) -> None:
    root, _, second = pairs
    served(root, name)
    folder = next(path for path in root.iterdir() if path.name == second)
    with connected() as connection, connection.cursor() as cursor, opened() as memory:
        found = find(root, folder.name)
        attach(memory, found)
        table = tables_of(memory, found)[0]
        assert differences(cursor, memory, f"{name}.a", table) == []
        cursor.execute(f"update {name}.a set i = 1000 where i = 0")  # noqa: S608
        said = differences(cursor, memory, f"{name}.a", table)
        assert said[0] == "a.i: smallest value '1', the release has '0'"
        cursor.execute(f"delete from {name}.a where i = 5")  # noqa: S608
        assert differences(cursor, memory, f"{name}.a", table)[0] == (
            "a: rows 199, the release has 200"
        )


def test_the_command_says_what_it_has_done(
    pairs: tuple[Path, str, str], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["releases", "to-postgres", "--release-path", str(pairs[0]), "--schema", name]
    assert main(arguments) == 0
    said = capsys.readouterr()
    assert f"is {pairs[2]}: 2 tables, 400 rows" in said.out
    assert "verify" in said.err
    assert main([*arguments, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["is_new"] is False


@pytest.mark.parametrize(
    ("failure", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "to-postgres: interrupted; nothing has changed"),
        (RuntimeError("Query interrupted"), 130, "to-postgres: interrupted; nothing has changed"),
        (duckdb.IOException("no\nmore"), 3, "cannot be read: no; nothing has changed"),
        (OSError(5, "Input/output error"), 2, "Input/output error"),
    ],
)
def test_what_fails_while_rows_are_sent_is_one_line(
    pairs: tuple[Path, str, str],
    name: str,
    failure: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object) -> Iterator[memoryview]:
        yield memoryview(b"1\n")
        raise failure

    root, first, _ = pairs
    served(root, name, first)
    monkeypatch.setattr("trade_potential.served.rows.Pieces._written", fail)
    assert main(["releases", "to-postgres", "--release-path", str(root), "--schema", name]) == code
    assert said in capsys.readouterr().err.splitlines()[-1]
    assert counts(name) == (10, 10)


@pytest.mark.parametrize(
    ("dsn", "said"),
    [
        ("postgresql://me:s3cret@127.0.0.1:1/bi", "failed"),
        ("host=127.0.0.1 port=1 password=s3cret", "failed"),
        ("not a connection s3cret", "is no connection string"),
        ("postgresql://me:s3/cret@127.0.0.1/bi", "a character that ends it"),
    ],
)
def test_a_wrong_connection_is_one_line_without_its_password(
    pairs: tuple[Path, str, str], dsn: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["releases", "to-postgres", "--release-path", str(pairs[0]), "--dsn", dsn])
    told_ = capsys.readouterr()
    assert (code, told_.out, told_.err.count("\n")) == (3, "", 1)
    assert said in told_.err
    assert "s3" not in told_.err
