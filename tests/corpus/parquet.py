"""Inputs of the build as Parquet files: what breaks the contract of the seed they replace."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
from tests.corpus.case import Case, Mutate, Seed
from tests.corpus.staging import key, present

PREFIX = "parquet "
"""Before the target of a case whose input is a Parquet file."""
INVISIBLE = "\u200b"
# How a declared type may be stored just as well.
WIDER = {"integer": "bigint", "date": "timestamp", "double": "double"}


def stored(columns: str, options: str = "", *, again: bool = False) -> Mutate:
    """A file with other columns in the same rows, the first once more at the end if `again`.

    Rows are counted from 0 by file_row_number.
    """

    def change(content: bytes) -> bytes:
        with tempfile.TemporaryDirectory() as folder, duckdb.connect() as lake:
            old, new = Path(folder) / "old.parquet", Path(folder) / "new.parquet"
            old.write_bytes(content)
            rows = f"select {columns} from rows"  # noqa: S608  names of declared columns
            lake.execute(f"create view rows as select *, file_row_number from '{old}'")  # noqa: S608
            rows += f" union all {rows} where file_row_number = 0" if again else ""
            lake.execute(f"copy ({rows}) to '{new}' (format parquet{options})")
            return new.read_bytes()

    return change


def _all(change: str) -> str:
    return f"* exclude (file_row_number) replace ({change})"


def parquet_cases(seed: Seed, number: int) -> Iterator[Case]:
    """Every case of one seed; studies and printed tables stay seeds."""
    if not seed.target.startswith("inputs/"):
        return
    chance = seed.random("parquet", number)
    yield from _of_columns(seed, chance)
    yield from _of_values(seed, chance)
    yield from _of_rows(seed, chance)
    yield from _harmless(seed)


def _refused(seed: Seed, kind: str, where: str, change: Mutate, rule: str) -> Case:
    expected = (f"/{seed.target.split('/')[1]}.parquet, {where}: ", f"(rule: {rule}")
    stage = "rows" if rule.startswith(("the key", "the value")) else "contract"
    return Case(PREFIX + seed.target, kind, stage, change, expected)


def _of_columns(seed: Seed, chance: random.Random) -> Iterator[Case]:
    column = chance.choice(seed.header)
    yield _refused(
        seed, "column missing", f"column {column}",
        stored(f"* exclude (file_row_number, {column})"), "the input holds every declared",
    )  # fmt: skip
    yield _refused(
        seed, "column unknown", "column surprise",
        stored("* exclude (file_row_number), 1 as surprise"), "the input holds only declared",
    )  # fmt: skip
    wrong = {
        "text for a number": (("integer", "double"), "varchar", "the type of a"),
        "decimals for whole numbers": (("integer",), "double", "the type of a whole number"),
        "number for a yes or no": (("boolean",), "integer", "the type of a yes or no"),
        "text for a date": (("date",), "varchar", "the type of a date"),
        "bytes for a text": (("varchar",), "blob", "the type of a text"),
    }
    for kind, (types, type_, rule) in wrong.items():
        columns = seed.columns(*types)
        if columns:
            column = chance.choice(columns)
            change = stored(_all(f"cast({column} as {type_}) as {column}"))
            yield _refused(seed, kind, f"column {column}", change, rule)


def _of_values(seed: Seed, chance: random.Random) -> Iterator[Case]:
    values = {
        "whole number too large": ("integer", "3000000000", "a whole number"),
        "infinity": ("double", "cast('inf' as double)", "a number is finite"),
        "not a number": ("double", "cast('nan' as double)", "a number is finite"),
        "date with a time": ("date", "timestamp '2021-01-01 08:00:00'", "a date of the calendar"),
        "space behind a text": ("varchar", "'China '", "text has no space"),
        "invisible character in a text": ("varchar", f"'Ch{INVISIBLE}ina'", "text holds no"),
    }
    for kind, (type_, value, rule) in values.items():
        columns = seed.columns(type_)
        if not columns:
            continue
        column, row = chance.choice(columns), chance.randrange(min(len(seed.rows), 12))
        change = stored(_cell(column, row, value))
        yield _refused(seed, kind, f"row {row + 1}, column {column}", change, rule)


def _cell(column: str, row: int, value: str) -> str:
    return _all(f"case when file_row_number = {row} then {value} else {column} end as {column}")


def _of_rows(seed: Seed, chance: random.Random) -> Iterator[Case]:
    column = chance.choice(present(seed))
    row = chance.randrange(min(len(seed.rows), 12))
    yield _refused(
        seed, "no value", f"row {row + 1}, column {column}",
        stored(_cell(column, row, "null")), "the value is present",
    )  # fmt: skip
    yield _refused(
        seed, "duplicate row",
        f"row {len(seed.rows) + 1}, column {', '.join(key(seed))}",
        stored("* exclude (file_row_number)", again=True), "the key is unique",
    )  # fmt: skip


def _harmless(seed: Seed) -> Iterator[Case]:
    def case(kind: str, columns: str, options: str = "") -> Case:
        return Case(PREFIX + seed.target, kind, "stored", stored(columns, options))

    wider = [
        f"cast({column} as {WIDER[type_]}) as {column}"
        for column, type_ in seed.types.items()
        if type_ in WIDER
    ]
    if wider:
        yield case("wider types", _all(", ".join(wider)))
    empty = [f"coalesce({column}, '') as {column}" for column in seed.columns("varchar")]
    yield case("empty text for no text", _all(", ".join(empty)))
    yield case("columns in another order", ", ".join(reversed(seed.header)))
    small = ", row_group_size 2048, codec zstd"
    yield case("small row groups", "* exclude (file_row_number)", small)
