"""Rules of form: Python on cells and SQL on stored texts tell the same rule."""

from __future__ import annotations

import random

import duckdb
import pytest

from trade_potential.quality.rules import (
    RULES,
    rule_broken,
    rule_broken_sql,
    stored_rule_broken_sql,
)

AWKWARD = (
    "", "0", "-0", "-", "+1", "1.", ".5", ".", "-.5e-3", "1e", "1e400", "-1e400", "1e-400", "inf",
    "-Infinity", "nan", "NaN", "1_000", "0x3e8", "1,5", "1 000", " 1", "1 ", "\t1", "1\n", "2015",
    "2015.0", "2e3", "2147483647", "2147483648", "-2147483647", "-2147483648", "00000002015",
    "000000002015", "99999999999", "9" * 40, "\u0661", "\uff11", "\u00b2", "true", "TRUE", "True",
    "t", "yes", "1", "false ", "2024-02-29", "2023-02-29", "0000-01-01", "0001-01-01", "9999-12-31",
    "2020-1-1", "20200101", "2020-01-01 00:00:00", "2020-13-01", "+2020-01-01", "infinity", "epoch",
    "today", "a", "a b", " a", "a ", "a\u00a0", "\u3000a", "a\u2028b", "a\u2029", "\u200ba",
    "a\u00adb",
    "a\x00b", "a\x7f", "\x85", "a\x1fb", "\ufeffa", "a\ufffd", "\u202ea", "a\r", "C\u00f4te",
    "Co\u0302te", "\u212b", "\u00c5", "C\u00c3\u00b4te", "\u00e2\u20ac\u2122", "\u00c3\u00a9",
    "\u00c3\u00a0 la", "\u00c3", "\u00a3\u00c3", "\u00e5\u201c\u02c6", "\u00f0\u0178\u2122\u201a",
    "\u00ed\u00a0\u20ac", "\u00e0\u20ac\u20ac", "\u00f4\u20ac\u20ac\u20ac",
    "\u00f5\u20ac\u20ac\u20ac",
    "\u54c8\u8428\u514b", "\U0001f600", "e\u0301", "\uac00", "\u1100\u1161", "it's", 'say "x"',
    "x'); drop table y; --", "NA", "null",
)  # fmt: skip
"""Texts near the limits of every rule."""


def drawn() -> list[str]:
    """Texts drawn from characters that matter to the rules."""
    chance = random.Random(7)  # noqa: S311  no secret
    pool = [*"0123456789+-.eE_, aTtrue", "\u00c3", "\u00b4", "\u20ac", "\u00e2", "\u0178", "\u0302"]
    pool += ["\u00a0", "\u200b", "\x07", "\ufffd", "\u00e9", "\u4e2d", "\u2122", "\u00bf", "\u00f0"]
    return ["".join(chance.choices(pool, k=chance.randint(1, 5))) for _ in range(4000)]


def encoded_twice(text: str) -> bool:
    """By the codecs of Python, what the pattern tells by its classes."""
    for encoding in ("cp1252", "latin-1"):
        try:
            text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return not text.isascii()
    return False


@pytest.mark.parametrize("type_", RULES)
def test_python_and_sql_tell_the_same_rule(type_: str) -> None:
    texts = [*AWKWARD, *drawn()]
    with duckdb.connect() as connection:
        connection.execute("create table cells as select unnest(?::varchar[]) as x", [texts])
        found = connection.execute(
            f"select {rule_broken_sql('x', type_)} from cells order by rowid"  # noqa: S608
        ).fetchall()
    told = [rule_broken(text, type_) for text in texts]
    assert [(t, p, s) for t, p, (s,) in zip(texts, told, found, strict=True) if p != s] == []
    assert {rule.words for rule in RULES[type_]} <= set(told)  # every rule is broken by some text
    assert None in told[1:]


def test_texts_encoded_twice_are_those_of_the_codecs() -> None:
    (once,) = (rule for rule in RULES["varchar"] if rule.words.startswith("text is encoded once"))
    others = [rule for rule in RULES["varchar"] if rule is not once]
    texts = [t for t in (*AWKWARD, *drawn()) if t and not any(rule.breaks(t) for rule in others)]
    assert [t for t in texts if once.breaks(t) != encoded_twice(t)] == []
    assert sum(map(once.breaks, texts)) > 10


@pytest.mark.parametrize(
    ("type_", "stored", "value", "is_refused"),
    [
        ("integer", "BIGINT", "2147483648", True),
        ("integer", "BIGINT", "-2147483647", False),
        ("integer", "DECIMAL(20,0)", "99999999999", True),
        ("double", "DOUBLE", "'nan'", True),
        ("double", "FLOAT", "'-inf'", True),
        ("double", "DOUBLE", "1e308", False),
        ("date", "TIMESTAMP", "'2020-01-01 00:00:01'", True),
        ("date", "TIMESTAMP", "'2020-01-01 00:00:00'", False),
        ("date", "TIMESTAMP", "'infinity'", True),
        ("date", "DATE", "'-infinity'", True),
        ("varchar", "VARCHAR", "'a '", True),
        ("varchar", "VARCHAR", "''", False),
    ],
)
def test_stored_values(type_: str, stored: str, value: str, is_refused: bool) -> None:
    rule = stored_rule_broken_sql("x", type_, stored, is_duckdb=True)
    for given, refused in ((value, is_refused), ("null", False)):
        rows = f"(select cast({given} as {stored}) as x)"
        (found,) = duckdb.sql(f"select {rule} from {rows} as rows").fetchall()  # noqa: S608
        assert (found[0] is not None) == refused, (given, found)


@pytest.mark.parametrize(
    ("type_", "stored"),
    [("integer", "INTEGER"), ("double", "DECIMAL(10,2)"), ("boolean", "BOOLEAN")],
)
def test_types_that_hold_nothing_wrong_are_not_asked(type_: str, stored: str) -> None:
    assert stored_rule_broken_sql("x", type_, stored, is_duckdb=True) == ""
