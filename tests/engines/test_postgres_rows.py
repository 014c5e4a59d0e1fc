"""Rows on their way into PostgreSQL and back: odd texts, nulls, extremes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import duckdb
import psycopg2
import pytest
from tests.engines.server import postgres

from trade_potential.engines.dialect import TranslationError
from trade_potential.engines.postgres import fetch, write

ODD = r"""
    select * from (values
        (1, '', 'nan'::double, true, date '2020-02-29', 9223372036854775807),
        (2, '\N', 'inf'::double, false, null, null),
        (3, null, -0.1, null, date '0001-01-01', -1),
        (4, 'two
lines, "quoted", '' and \ and ; and ,', 1e-300, true, date '9999-12-31', 0),
        (5, 'NULL', 0.30000000000000004, true, null, 1),
        (6, ' Ä\n漢 ', null, true, null, 2)
    ) as odd (i, t, x, b, d, n)
"""


@pytest.fixture(scope="module")
def cursor() -> Iterator[Any]:
    with postgres() as environment:
        login = {"host": environment["PGHOST"], "user": environment["PGUSER"], "dbname": "postgres"}
        with closing(psycopg2.connect(**login)) as connection, connection.cursor() as opened:
            yield opened


def test_rows_come_back_as_they_went(cursor: Any) -> None:
    with duckdb.connect() as memory:
        rows = memory.sql(ODD)
        write(cursor, "odd", rows)
        back = fetch(cursor, memory, "odd").order("i")
        assert back.types == rows.types
        assert str(back.fetchall()) == str(rows.order("i").fetchall())
        cursor.execute("select count(*) from odd where t is null or t = ''")
        assert cursor.fetchone() == (2,)


def test_sums_of_whole_numbers_arrive_as_doubles(cursor: Any) -> None:
    cursor.execute("create table s as select sum(x::bigint) as total from (values (1)) v (x)")
    with duckdb.connect() as memory:
        assert list(map(str, fetch(cursor, memory, "s").types)) == ["DOUBLE"]


def test_a_type_that_models_do_not_read_is_named(cursor: Any) -> None:
    cursor.execute("create table j as select '{}'::jsonb as document")
    with duckdb.connect() as memory, pytest.raises(TranslationError, match="column document"):
        fetch(cursor, memory, "j")
