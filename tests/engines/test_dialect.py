"""Every rule of the translation, and what it must refuse."""

from __future__ import annotations

import pytest

from trade_potential.engines.dialect import TranslationError, translated, type_name
from trade_potential.quality.contract import values_query

NO_LN = "CAST(RAISE_ERROR('ln of a number that has none') AS DOUBLE)"


def said(sql: str, engine: str) -> str:
    """The translation in one line."""
    text = " ".join(translated(sql, engine).split())
    return text.replace("( ", "(").replace(" )", ")").removeprefix("SELECT ")


@pytest.mark.parametrize(
    ("sql", "postgres", "spark"),
    [
        ("select x order by x", "x ORDER BY x", "x ORDER BY x NULLS LAST"),
        ("select x order by x desc", "x ORDER BY x DESC NULLS LAST", "x ORDER BY x DESC"),
        ("select a / b", "CAST(a AS DOUBLE PRECISION) / b", "a / b"),
        ("select cast(x as double)", "CAST(x AS DOUBLE PRECISION)", "CAST(x AS DOUBLE)"),
        ("select 1.5 + 2", "CAST(1.5 AS DOUBLE PRECISION) + 2", "CAST(1.5 AS DOUBLE) + 2"),
        ("select cast(1.5 as double)", "CAST(1.5 AS DOUBLE PRECISION)", "CAST(1.5 AS DOUBLE)"),
        ("select avg(x)", "AVG(CAST(x AS DOUBLE PRECISION))", "AVG(x)"),
        ("select sum(x order by y)", "SUM(x ORDER BY y)", "SUM(x)"),
        ("select corr(x, y order by x, y)", "CORR(x, y ORDER BY x, y)", "CORR(x, y)"),
        (
            "select string_agg(x, ', ' order by y)",
            "STRING_AGG(x, ', ' ORDER BY y)",
            "LISTAGG(x, ', ') WITHIN GROUP (ORDER BY y NULLS LAST)",
        ),
        ("select cast(x as integer)", "CAST(x AS INT)", "CAST(RINT(x) AS INT)"),
        ("select cast(null as integer)", "CAST(NULL AS INT)", "CAST(NULL AS INT)"),
        ("select cast(count(*) as integer)", "CAST(COUNT(*) AS INT)", "CAST(COUNT(*) AS INT)"),
        ("select ln(x)", "LN(x)", f"CASE WHEN (x) <= 0 THEN {NO_LN} ELSE LN(x) END"),
        ("select 'a\\b''c'", "'a\\b''c'", "'a\\\\b\\'c'"),
        ("select `a`", '"a"', "`a`"),
    ],
)
def test_a_construct_in_both_engines(sql: str, postgres: str, spark: str) -> None:
    assert [said(sql, "postgres"), said(sql, "spark")] == [postgres, spark]


def test_postgres_keeps_a_subquery_of_many_computed_columns() -> None:
    many = ", ".join(f"x + {k} as v{k}" for k in range(17))
    plain = ", ".join(f"v{k}" for k in range(17))
    for columns, is_kept in ((many, True), (plain, False), ("x + 1 as v1", False)):
        sql = f"with scores as (select {columns} from rows) select sum(v1 * v1) from scores"  # noqa: S608
        assert ("AS MATERIALIZED" in translated(sql, "postgres")) == is_kept
        assert "MATERIALIZED" not in translated(sql, "spark")


def test_rules_reach_what_lies_within_each_other() -> None:
    assert said("select ln(ln(1.5))", "spark").count("RAISE_ERROR") == 3
    assert said("select cast(cast(x as bigint) / 2 as integer)", "spark") == (
        "CAST(RINT(CAST(RINT(x) AS BIGINT) / 2) AS INT)"
    )


def test_try_cast_to_double_asks_first() -> None:
    assert "THEN CAST(x AS DOUBLE PRECISION)" in said("select try_cast(x as double)", "postgres")
    assert said("select try_cast(x as double)", "spark") == "TRY_CAST(x AS DOUBLE)"


@pytest.mark.parametrize(
    ("sql", "engine", "word"),
    [
        ("select no_such_function(x)", "postgres", "no_such_function"),
        ("select no_such_function(x)", "spark", "no_such_function"),
        ("select x like 'a\\_b'", "postgres", "backslash"),
        ("select round(x, 3)", "postgres", "rounded"),
        ("select try_cast(x as date)", "postgres", "try_cast"),
        ("select from where", "spark", "no spark for this SQL"),
    ],
)
def test_what_cannot_be_said_is_refused(sql: str, engine: str, word: str) -> None:
    with pytest.raises(TranslationError, match=word):
        translated(sql, engine)


def test_types_in_the_words_of_the_engine() -> None:
    names = ("varchar", "double", "integer", "bigint", "boolean", "date")
    assert [type_name(name, "postgres") for name in names] == [
        "TEXT", "DOUBLE PRECISION", "INT", "BIGINT", "BOOLEAN", "DATE",
    ]  # fmt: skip
    assert [type_name(name, "spark") for name in names] == [
        "STRING", "DOUBLE", "INT", "BIGINT", "BOOLEAN", "DATE",
    ]  # fmt: skip


@pytest.mark.parametrize("engine", ["postgres", "spark"])
def test_the_contract_of_a_table_is_asked_on_every_engine(engine: str) -> None:
    types = {"code": "varchar", "year": "integer", "day": "date", "price": "double"}
    stored = {"code": "text", "year": "bigint", "day": "timestamp", "price": "double precision"}
    query = values_query(
        label="table s.rates", kind="table", rows="s.rates", types=types,
        stored={"table s.rates": stored}, key=["code", "year"], is_duckdb=False,
    )  # fmt: skip
    text = said(query, engine)
    for condition in (
        "TRIM(code) <> code", "NOT year BETWEEN", "day <> CAST(CAST(day AS DATE)",
        "WHEN LOWER(CAST(price AS",
    ):  # fmt: skip
        assert condition in text
    assert text.count("LIMIT 11") == len(types)
