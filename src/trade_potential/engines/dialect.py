"""The SQL of the project, which is DuckDB's, in the SQL of another engine.

sqlglot (https://github.com/tobymao/sqlglot) parses and writes; the rules below are what it does
not know. Each has its reason and a test (tests/engines/test_dialect.py). What neither can say on
an engine is refused: a statement must never run with another meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from sqlglot import ErrorLevel, exp, parse_one
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError

from trade_potential.errors import TradePotentialError

Rule = Callable[[exp.Expr], exp.Expr]

NUMBER = r"^ *[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)? *$"
"""Texts that are a number, as a regular expression of PostgreSQL."""
WHOLE = (exp.DType.INT, exp.DType.BIGINT)
ORDERLESS = (exp.Sum, exp.Avg, exp.Stddev, exp.StddevSamp, exp.StddevPop, exp.Corr)
"""Aggregates whose order moves the last digits only."""


class TranslationError(TradePotentialError):
    """A statement that cannot be said in the SQL of an engine."""


class ProjectSQL(DuckDB):
    """The dialect of the project: DuckDB's, and two things that dbt adds to it.

    - dbt quotes names as the engine does: backticks are Spark's.
    - A division by zero is an error on both engines. sqlglot would write ``nullif(divisor, 0)``
      and give null where DuckDB gives infinity: another number, without a word.
    """

    SAFE_DIVISION = False

    class Tokenizer(DuckDB.Tokenizer):
        """Names in double quotes or backticks."""

        IDENTIFIERS = ['"', "`"]  # noqa: RUF012  # as sqlglot declares it


MANY_COMPUTED = 16
"""Computed columns of a subquery beyond which PostgreSQL is told to keep it."""


def no_unknown_function(node: exp.Expr) -> exp.Expr:
    """Refuse a function that sqlglot does not know.

    It would be passed on by name, and the same name need not mean the same.
    """
    if isinstance(node, exp.Anonymous):
        raise TranslationError(f"the function {node.name} has no known counterpart")
    return node


def no_escape_in_pattern(node: exp.Expr) -> exp.Expr:
    """Refuse a backslash in LIKE: a character on DuckDB, an escape on PostgreSQL and Spark."""
    if isinstance(node, exp.Like) and "\\" in node.expression.name:
        raise TranslationError(f"{node.sql(dialect=DuckDB)}: a backslash in a pattern")
    return node


def try_cast_by_pattern(node: exp.Expr) -> exp.Expr:
    """PostgreSQL has no try_cast (sqlglot writes cast, which fails): ask for a number first."""
    if not isinstance(node, exp.TryCast):
        return node
    if not node.to.is_type(exp.DType.DOUBLE):
        raise TranslationError(f"{node.sql(dialect=DuckDB)}: try_cast to double only")
    text = exp.cast(node.this.copy(), "text")
    number = exp.RegexpLike(this=text, expression=exp.Literal.string(NUMBER))
    return exp.Case().when(number, exp.cast(node.this.copy(), "double"))


def no_round_to_digits(node: exp.Expr) -> exp.Expr:
    """PostgreSQL rounds decimals only to digits, and halves in another way: macro ``rounded``."""
    if isinstance(node, exp.Round) and node.args.get("decimals") is not None:
        raise TranslationError("round to digits differs between engines; use the macro rounded")
    return node


def mean_is_double(node: exp.Expr) -> exp.Expr:
    """PostgreSQL averages whole numbers as numeric, DuckDB as double: so that contracts hold."""
    if not isinstance(node, (exp.Avg, exp.Stddev, exp.StddevSamp, exp.StddevPop)):
        return node
    value = node.this.this if isinstance(node.this, exp.Order) else node.this
    value.replace(exp.cast(value.copy(), "double"))
    return node


def fraction_is_double(node: exp.Expr) -> exp.Expr:
    """1.5 is a decimal on both engines, too, but quotients of decimals are doubles on DuckDB only.

    Spark keeps six digits of them, PostgreSQL sixteen.
    """
    if isinstance(node, exp.Literal) and not node.is_string and not node.is_int:
        if isinstance(node.parent, exp.Cast) and node.parent.to.is_type(exp.DType.DOUBLE):
            return node
        return exp.cast(node.copy(), "double")
    return node


def whole_number_is_rounded(node: exp.Expr) -> exp.Expr:
    """A double becomes a whole number by rounding (half to even) on DuckDB, Spark cuts it off.

    The type is not known here: rint is the identity on whole numbers up to 2^53.
    """
    if not (type(node) is exp.Cast and node.to.this in WHOLE):
        return node
    inner = node.this
    if isinstance(inner, (exp.Literal, exp.Null, exp.Count)):
        return node
    return exp.Cast(this=exp.Anonymous(this="rint", expressions=[inner.copy()]), to=node.to.copy())


def undefined_is_an_error(node: exp.Expr) -> exp.Expr:
    """ln(0) and sqrt(-1) are errors on DuckDB and PostgreSQL, on Spark null and NaN."""
    if not isinstance(node, (exp.Ln, exp.Sqrt)):
        return node
    value = node.this
    least = exp.LTE if isinstance(node, exp.Ln) else exp.LT
    outside = least(this=exp.paren(value.copy()), expression=exp.Literal.number(0))
    name = "ln" if isinstance(node, exp.Ln) else "sqrt"
    complaint = exp.Literal.string(f"{name} of a number that has none")
    error = exp.Anonymous(this="raise_error", expressions=[complaint])
    return exp.Case().when(outside, exp.cast(error, "double")).else_(node.copy())


def order_within_aggregate(node: exp.Expr) -> exp.Expr:
    """Spark sums in the order of its partitions only: drop the order where it moves last digits.

    Where the order is the result (string_agg), sqlglot writes ``within group``.
    """
    if not isinstance(node, ORDERLESS):
        return node
    for slot in ("this", "expression"):
        ordered = node.args.get(slot)
        if isinstance(ordered, exp.Order):
            node.set(slot, ordered.this)
    return node


def wide_subquery_is_computed_once(node: exp.Expr) -> exp.Expr:
    """PostgreSQL writes what a subquery computes into every place that reads it.

    Sums of products of 43 scores, each a sum over 21 slots, took minutes instead of .4 s.
    """
    if not isinstance(node, exp.CTE) or not isinstance(node.this, exp.Select):
        return node
    computed = [one for one in node.this.selects if not isinstance(one.unalias(), exp.Column)]
    if len(computed) <= MANY_COMPUTED or node.args.get("materialized") is not None:
        return node
    wide = node.copy()
    wide.set("materialized", True)
    return wide


RULES: Mapping[str, tuple[Rule, ...]] = {
    "postgres": (
        no_unknown_function,
        no_escape_in_pattern,
        try_cast_by_pattern,
        fraction_is_double,
        mean_is_double,
        no_round_to_digits,
        wide_subquery_is_computed_once,
    ),
    "spark": (
        no_unknown_function,
        no_escape_in_pattern,
        order_within_aggregate,
        fraction_is_double,
        whole_number_is_rounded,
        undefined_is_an_error,
    ),
}


@lru_cache(maxsize=512)
def translated(sql: str, engine: str) -> str:
    """One statement of the project in the SQL of an engine.

    Args:
        sql: In DuckDB's dialect.
        engine: postgres or spark.

    Raises:
        TranslationError: The statement cannot be parsed, or not be said on the engine.
    """
    try:
        tree = _applied(parse_one(sql, dialect=ProjectSQL), RULES[engine])
        return tree.sql(dialect=engine, pretty=True, unsupported_level=ErrorLevel.RAISE)
    except (SqlglotError, TranslationError) as error:
        said = " ".join(str(error).split())
        raise TranslationError(f"no {engine} for this SQL: {said}") from error


def _applied(tree: exp.Expr, rules: tuple[Rule, ...]) -> exp.Expr:
    """The tree with every node replaced as the rules say, from the leaves to the root."""
    for node in reversed(list(tree.walk(bfs=False))):
        new = node
        for rule in rules:
            new = rule(new)
        if node is tree:
            return new
        if new is not node:
            node.replace(new)
    return tree


@lru_cache(maxsize=512)
def type_name(name: str, engine: str) -> str:
    """A type of the project in the words of an engine: varchar is text on PostgreSQL."""
    return exp.DataType.build(name, dialect=ProjectSQL).sql(dialect=engine)
