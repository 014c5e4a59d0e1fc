"""Rules of form, each once: in words, in Python for a cell of a seed, in SQL for a stored text.

Seeds are judged cell by cell before they are loaded; files and tables that stand in the place of a
seed are judged where they lie, in all rows, by SQL. Both tell the first rule that a value breaks.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from trade_potential.sql.render import text_literal

LARGEST_INTEGER = 2**31 - 1
_INTEGER = "-?[0-9]+"
_NUMBER = r"-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
_ISO_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"


class Rule(NamedTuple):
    """A rule that a text keeps or breaks; an empty one is a missing value and keeps all.

    Attributes:
        words: For people.
        breaks: Whether a text breaks it.
        breaks_sql: The same in DuckDB's SQL, given the expression of a text that is not empty.
    """

    words: str
    breaks: Callable[[str], bool]
    breaks_sql: Callable[[str], str]


def _breaks_integer(text: str) -> bool:
    is_whole = re.fullmatch(_INTEGER, text) and len(text) < 12
    return not (is_whole and abs(int(text)) <= LARGEST_INTEGER)


def _breaks_number(text: str) -> bool:
    return not (re.fullmatch(_NUMBER, text) and math.isfinite(float(text)))


def _breaks_date(text: str) -> bool:
    if not re.fullmatch(_ISO_DATE, text):
        return True
    try:
        date.fromisoformat(text)
    except ValueError:
        return True
    return False


def _of_bytes(first: int, last: int) -> str:
    """The characters that bytes stand for in Windows-1252, for a class of a pattern."""
    known = (bytes([k]).decode("cp1252", "ignore") for k in range(first, last + 1))
    return "".join(known)


_MORE = f"[{_of_bytes(0x80, 0xBF)}]"
TWICE = (
    rf"([\x00-\x7F]|[{_of_bytes(0xC2, 0xDF)}]{_MORE}"
    rf"|{_of_bytes(0xE0, 0xE0)}[{_of_bytes(0xA0, 0xBF)}]{_MORE}"
    rf"|[{_of_bytes(0xE1, 0xEC)}{_of_bytes(0xEE, 0xEF)}]{_MORE}{_MORE}"
    rf"|{_of_bytes(0xED, 0xED)}[{_of_bytes(0x80, 0x9F)}]{_MORE}"
    rf"|{_of_bytes(0xF0, 0xF0)}[{_of_bytes(0x90, 0xBF)}]{_MORE}{_MORE}"
    rf"|[{_of_bytes(0xF1, 0xF3)}]{_MORE}{_MORE}{_MORE}"
    rf"|{_of_bytes(0xF4, 0xF4)}[{_of_bytes(0x80, 0x8F)}]{_MORE}{_MORE})*"
)
"""Well-formed UTF-8 (Unicode standard, table 3-7) whose bytes were read as Windows-1252."""

INVISIBLE = Rule(
    "text holds no control, invisible or replacement character",
    lambda text: any(
        c == "\ufffd" or unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in text
    ),
    lambda x: rf"regexp_matches({x}, '[\p{{Cc}}\p{{Cf}}\p{{Zl}}\p{{Zp}}\x{{FFFD}}]')",
)
EDGES = Rule(
    "text has no space at its ends",
    lambda text: text != text.strip(),
    lambda x: rf"regexp_matches({x}, '^[\s\p{{Z}}]|[\s\p{{Z}}]$')",
)
COMPOSED = Rule(
    "text is composed Unicode (NFC)",
    lambda text: not unicodedata.is_normalized("NFC", text),
    lambda x: f"{x} <> nfc_normalize({x})",
)
ONCE = Rule(
    "text is encoded once (UTF-8 read as Latin-1 and saved again shows as here)",
    lambda text: not text.isascii() and bool(re.fullmatch(TWICE, text)),
    lambda x: (
        rf"(regexp_matches({x}, '[^\x00-\x7F]') and regexp_full_match({x}, {text_literal(TWICE)}))"
    ),
)

RULES: Mapping[str, tuple[Rule, ...]] = {
    "integer": (
        Rule(
            "a whole number is written in digits, such as 2015, and below 2147483648",
            _breaks_integer,
            lambda x: (
                f"not coalesce(regexp_full_match({x}, '{_INTEGER}') and length({x}) < 12"
                f" and abs(try_cast({x} as bigint)) <= {LARGEST_INTEGER}, false)"
            ),
        ),
    ),
    "double": (
        Rule(
            "a number is finite and written with a point, such as 1234.5 or 1.2e9",
            _breaks_number,
            lambda x: (
                f"not coalesce(regexp_full_match({x}, '{_NUMBER}')"
                f" and isfinite(try_cast({x} as double)), false)"
            ),
        ),
    ),
    "boolean": (
        Rule(
            "the value is true or false",
            lambda text: text.lower() not in ("true", "false"),
            lambda x: f"lower({x}) not in ('true', 'false')",
        ),
    ),
    "date": (
        Rule(
            "a date of the calendar is written YYYY-MM-DD",
            _breaks_date,
            # DuckDB has a year 0.
            lambda x: (
                f"not coalesce(regexp_full_match({x}, '{_ISO_DATE}') and {x} not like '0000%'"
                f" and try_cast({x} as date) is not null, false)"
            ),
        ),
    ),
    "varchar": (INVISIBLE, EDGES, COMPOSED, ONCE),
}
"""By declared type: the rules of a text, in the order in which they are told."""


def rule_broken(text: str, type_: str) -> str | None:
    """Words of the first rule that a text breaks as a value of a type; None: it keeps all."""
    if not text or (type_ == "varchar" and text.isascii() and _is_plain(text)):
        return None
    return _first_broken(text, type_)


@lru_cache(maxsize=1 << 16)  # years, dates and positions come back in thousands of rows
def _first_broken(text: str, type_: str) -> str | None:
    return next((rule.words for rule in RULES.get(type_, ()) if rule.breaks(text)), None)


def _is_plain(text: str) -> bool:
    """Nearly all texts, told quickly."""
    return text.isprintable() and text[0] != " " and text[-1] != " "


def rule_broken_sql(text: str, type_: str) -> str:
    """The same as an SQL expression of a text; null where it keeps all."""
    return _first_of(
        [(f"{text} = ''", "null")]
        + [(rule.breaks_sql(text), text_literal(rule.words)) for rule in RULES[type_]]
    )


def _first_of(cases: list[tuple[str, str]]) -> str:
    return f"case {' '.join(f'when {condition} then {words}' for condition, words in cases)} end"


class StoredType(NamedTuple):
    """What may hold the values of a declared type outside the seeds.

    Attributes:
        names: Pattern of stored types, in the names of DuckDB, PostgreSQL and Spark.
        type_rule: In words.
        value_rule: What the type alone does not warrant, in words.
    """

    names: str
    type_rule: str
    value_rule: str


_INTEGERS = "U?(TINYINT|SMALLINT|INTEGER|INT|BIGINT|HUGEINT)"
STORED: Mapping[str, StoredType] = {
    "integer": StoredType(
        rf"{_INTEGERS}|(DECIMAL|NUMERIC)[(][0-9]+, *0[)]",
        "the type of a whole number is an integer or a decimal of at most 38 digits without "
        "decimals",
        "a whole number lies below 2147483648",
    ),
    "double": StoredType(
        rf"{_INTEGERS}|(DECIMAL|NUMERIC)([(].*[)])?|DOUBLE( PRECISION)?|FLOAT|REAL",
        "the type of a number is a float, an integer or a decimal of at most 38 digits",
        "a number is finite",
    ),
    "varchar": StoredType(
        "(VARCHAR|CHARACTER VARYING)([(].*[)])?|TEXT|STRING|ENUM[(].*[)]",
        "the type of a text is a text",
        EDGES.words,
    ),
    "boolean": StoredType("BOOLEAN", "the type of a yes or no is a boolean", ""),
    "date": StoredType(
        "DATE|TIMESTAMP(_S|_MS|_NS|_NTZ| WITHOUT TIME ZONE)?",
        "the type of a date is a date, or a timestamp without time zone at midnight",
        "a date of the calendar, without a time of the day",
    ),
}
"""By declared type. No stored boolean breaks a rule."""


def stored_rule_broken_sql(column: str, type_: str, found: str, *, is_duckdb: bool) -> str:
    """Words of the rule that a stored value breaks, as an SQL expression; empty: none can.

    Args:
        column: Name of the column.
        type_: Declared type.
        found: Stored types of the column; none where it stands in the names of directories, as
            text.
        is_duckdb: Otherwise the SQL is one that every engine has: of texts it tells blanks only.
    """
    if is_duckdb and (type_ == "varchar" or not found):
        return rule_broken_sql(f"cast({column} as varchar)", type_)
    condition = _misfit(column, type_, found, is_duckdb=is_duckdb)
    return _first_of([(condition, text_literal(STORED[type_].value_rule))]) if condition else ""


def _misfit(column: str, type_: str, found: str, *, is_duckdb: bool) -> str:
    if type_ == "integer" and re.search("BIG|HUGE|UINT|DEC|NUM", found):
        return f"{column} not between {-LARGEST_INTEGER} and {LARGEST_INTEGER}"
    if type_ == "double" and is_duckdb:
        may_be_infinite = re.search("FLOAT|DOUBLE|REAL", found)
        return f"not isfinite(cast({column} as double))" if may_be_infinite else ""
    if type_ == "double":
        infinite = "'nan', 'inf', '-inf', 'infinity', '-infinity'"
        return f"lower(cast({column} as varchar)) in ({infinite})"
    if type_ == "varchar":
        return f"trim({column}) <> {column}"
    if type_ == "date":
        parts = [f"not isfinite({column})"] if is_duckdb else []
        if "TIMESTAMP" in found:
            parts.append(f"{column} <> cast(cast({column} as date) as timestamp)")
        return " or ".join(parts)
    return ""
