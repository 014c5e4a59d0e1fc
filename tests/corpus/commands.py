"""Files for the command line: anyone's CSV and Parquet, mutated."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from tests.corpus.case import Case, Mutate, edited, with_cell

FIRMS = ("NA", "KZ", "KG", "UZ", "TJ", "TM", "O'Brien", "a,b")
"""Entities: Namibia's code is no missing value, a quote and a comma are letters."""
YEARS = range(2011, 2019)
NUMBERS = ("trade", "gdp", "distance")
COMMANDS: dict[str, tuple[str, ...]] = {
    "gravity": (
        "--outcome", "trade", "--regressors", "gdp,distance", "--entity", "firm", "--time", "year",
        "--estimator", "pooled", "--format", "json",
    ),
    "ppml": (
        "--outcome", "trade", "--regressors", "gdp,distance", "--entity", "firm", "--time", "year",
        "--estimator", "ppml", "--format", "json",
    ),
    "index": ("--indicators", "trade,gdp,distance", "--id", "firm,year", "--format", "json"),
}  # fmt: skip
"""Arguments behind the file; ppml is the command gravity with another estimator."""


def panel(seed: int = 0) -> pd.DataFrame:
    """A panel whose every row is complete."""
    chance = np.random.default_rng(seed)
    rows = [(firm, year) for firm in FIRMS for year in YEARS]
    frame = pd.DataFrame(rows, columns=["firm", "year"])
    frame["gdp"] = chance.uniform(1, 9, len(rows)).round(3)
    frame["distance"] = chance.uniform(2, 5, len(rows)).round(3)
    frame["trade"] = (2 + frame["gdp"] - 0.3 * frame["distance"] + chance.random(len(rows))).round(
        3
    )
    return frame


def as_csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode()


def as_parquet(frame: pd.DataFrame) -> bytes:
    return arrow_bytes(pa.Table.from_pandas(frame, preserve_index=False))


def arrow_bytes(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


BAD_NUMBERS = {
    "text in a number": "about 6",
    "locale decimals": "1,5",
    "thousands separators": "1,234.5",
    "hexadecimal": "0x7df",
    "grouping underscore": "1_000",
    "unit behind the number": "12 km",
    "percent sign": "12%",
    "spreadsheet error": "#DIV/0!",
    "SQL in a number": "1); drop table file_rows; --",
    "typographic minus": "\u22125",
    "date in a number": "2015-01-01",
    "boolean word": "true",
    "NUL": "1\x002",
}
NO_VALUES = {
    "empty": "", "NaN": "NaN", "NA": "NA", "null": "null", "dot": ".", "two dots": "..",
    "colon": ":", "a minus alone": "-", "infinity": "inf",
    "minus infinity": "-Infinity", "overflow": "1e400",
}  # fmt: skip


def command_cases(seed: int) -> Iterator[Case]:
    """Every case of every command."""
    for command in COMMANDS:
        yield from _csv_cases(f"{command} panel.csv", seed)
        yield from _parquet_cases(f"{command} panel.parquet", seed)


def _csv_cases(target: str, seed: int) -> Iterator[Case]:
    chance = np.random.default_rng([seed, len(target)])
    frame = panel(seed)
    columns = list(frame.columns)

    def refused(kind: str, change: Mutate, *expected: str) -> Case:
        return Case(target, kind, "command", change, ("panel.csv", *expected))

    def harmless(kind: str, change: Mutate, *lost: int) -> Case:
        return Case(target, kind, "command", change, lost=lost)

    for kind, value in BAD_NUMBERS.items():
        row, column = int(chance.integers(len(frame))), str(chance.choice(NUMBERS))
        change = with_cell(row + 2, columns.index(column), value)
        yield refused(kind, change, f"row {row + 1}, column {column}: {value!r} is not a number")
    for kind, value in NO_VALUES.items():
        row, column = int(chance.integers(len(frame))), str(chance.choice(NUMBERS))
        yield harmless(
            f"{kind} for a number", with_cell(row + 2, columns.index(column), value), row
        )
    for column in ("gdp", "trade", "year") if "index" not in target else ("gdp", "trade"):
        k = columns.index(column)
        yield refused(f"{column} missing", edited(_cut(k)), f'no column "{column}"')
        yield refused(f"{column} renamed", with_cell(1, k, f"{column}_x"), f'no column "{column}"')
        yield refused(f"{column} in capitals", with_cell(1, k, column.upper()), "no column")
        yield refused(f"{column} twice", edited(_repeat(k)), f"two columns are called {column}")
    yield refused("empty file", lambda _: b"", "the file is empty")
    yield refused("no file", lambda _: None, "no such file")
    yield refused("header only", lambda b: b.split(b"\n")[0] + b"\n", "no rows below the header")
    yield refused("blank first line", lambda b: b"\n" + b, "the first line is empty")
    yield refused("one value too many", _in_line(9, lambda x: x + b",1"), "line 9: 6 values for 5")
    yield refused(
        "one value too few", _in_line(9, lambda x: x[: x.rindex(b",")]), "line 9: 4 values for 5"
    )
    yield refused(
        "truncated in a line",
        lambda b: b[: b.rindex(b",")],
        f"line {len(frame) + 1}: 4 values for 5",
    )
    yield refused("quote that stays open", _in_line(9, lambda x: b'"' + x), "line 9: a quote")
    yield refused("Latin-1", _in_line(9, lambda x: b"C\xf4te" + x), "line 9: not a UTF-8 text")
    yield refused("UTF-16", lambda b: b.decode().encode("utf-16"), "UTF-8")
    yield harmless("semicolons", lambda b: b.replace(b",", b";"))
    if "index" not in target:
        yield refused(
            "duplicate key", edited(lambda rows: rows.append(list(rows[4]))),
            "more than one row for firm, year = (NA, 2014)",
        )  # fmt: skip
    yield harmless("byte order mark", lambda b: b"\xef\xbb\xbf" + b)
    yield harmless("CRLF", lambda b: b.replace(b"\n", b"\r\n"))
    yield harmless("blank lines at the end", lambda b: b + b"\n\n")
    yield harmless("columns in another order", edited(_reversed_columns))
    yield harmless("rows in another order", edited(_reversed_rows))
    yield harmless("future year", with_cell(9, columns.index("year"), "2999"))
    yield harmless("SQL in a key", with_cell(9, 0, "x'); drop table file_rows; --"))
    yield harmless("number with spaces", with_cell(9, 2, f" {frame['gdp'][7]} "))
    yield harmless("number with an exponent", with_cell(9, 2, f"{frame['gdp'][7]}e0"))


def _parquet_cases(target: str, seed: int) -> Iterator[Case]:
    chance = np.random.default_rng([seed, len(target), 1])

    def refused(kind: str, change: Mutate, *expected: str) -> Case:
        return Case(target, kind, "command", change, ("panel.parquet", *expected))

    def of_frame(edit: Callable[[pd.DataFrame], pd.DataFrame]) -> Mutate:
        return lambda content: as_parquet(edit(pd.read_parquet(io.BytesIO(content))))

    def of_table(edit: Callable[[pa.Table], pa.Table]) -> Mutate:
        return lambda content: arrow_bytes(edit(pq.read_table(io.BytesIO(content))))

    def put(column: str, row: int, value: Any, type_: str) -> Mutate:
        def edit(frame: pd.DataFrame) -> pd.DataFrame:
            frame[column] = frame[column].astype(type_)
            frame.loc[row, column] = value
            return frame

        return of_frame(edit)

    for kind, value in BAD_NUMBERS.items():
        row, column = int(chance.integers(len(panel(seed)))), str(chance.choice(NUMBERS))

        def as_text(frame: pd.DataFrame, c: str = column, r: int = row, v: str = value) -> Any:
            frame[c] = frame[c].astype("str")
            frame.loc[r, c] = v
            return frame

        said = f"row {row + 1}, column {column}: {value!r} is not a number"
        yield refused(kind, of_frame(as_text), said)
    for kind, missing in {"null": None, "NaN": np.nan, "infinity": np.inf}.items():
        row, column = int(chance.integers(len(panel(seed)))), str(chance.choice(NUMBERS))
        yield Case(
            target, f"{kind} for a number", "command",
            put(column, row, missing, "object" if missing is None else "float64"), lost=(row,),
        )  # fmt: skip
    for name, type_ in {
        "dates": pa.date32(),
        "lists": pa.list_(pa.int32()),
        "bytes": pa.binary(),
    }.items():
        values = {"dates": 0, "lists": [1], "bytes": b"1"}[name]

        def retyped(table: pa.Table, t: Any = type_, v: Any = values) -> pa.Table:
            k = table.column_names.index("gdp")
            return table.set_column(k, "gdp", pa.array([v] * table.num_rows, t))

        yield refused(f"{name} for numbers", of_table(retyped), "column gdp is of type")
    for column in ("gdp", "trade"):
        yield refused(
            f"{column} missing", of_frame(lambda f, c=column: f.drop(columns=c)),  # type: ignore[misc]
            f'no column "{column}"',
        )  # fmt: skip
        yield refused(
            f"{column} renamed",
            of_frame(lambda f, c=column: f.rename(columns={c: f"{c}_x"})),  # type: ignore[misc]
            f'no column "{column}"',
        )
        yield refused(
            f"{column} twice",
            of_table(lambda t, c=column: t.append_column(c, t.column(c))),  # type: ignore[misc]
            f"two columns are called {column}",
        )
    yield refused("empty file", lambda _: b"", "the file is empty")
    yield refused("no rows", of_frame(lambda f: f.head(0)), "no rows")
    for share in (0.1, 0.5, 0.9):
        yield refused(
            f"truncated to {share:.0%}", lambda b, s=share: b[: int(len(b) * s)],  # type: ignore[misc]
            "no readable Parquet file",
        )  # fmt: skip
    yield refused("magic bytes overwritten", lambda b: b[:-4] + b"RAP1", "no readable Parquet file")
    yield refused(
        "length of the footer overwritten", lambda b: b[:-8] + b"\xff\xff\xff\x7f" + b[-4:],
        "no readable Parquet file",
    )  # fmt: skip
    yield refused(
        "data overwritten", lambda b: b[:4] + b"\xff" * 200 + b[204:], "no readable Parquet file"
    )
    yield refused(
        "CSV called Parquet", lambda b: as_csv(pd.read_parquet(io.BytesIO(b))), "no readable"
    )
    if "index" not in target:
        yield refused(
            "duplicate key", of_frame(lambda f: pd.concat([f, f.iloc[[3]]])),
            "more than one row for firm, year = (NA, 2014)",
        )  # fmt: skip

    def harmless(kind: str, change: Mutate) -> Case:
        return Case(target, kind, "command", change)

    yield harmless("rows in another order", of_frame(lambda f: f.iloc[::-1]))
    yield harmless("columns in another order", of_frame(lambda f: f[list(reversed(list(f)))]))
    yield harmless("categories", of_frame(lambda f: f.assign(firm=f["firm"].astype("category"))))
    yield harmless(
        "decimals",
        of_table(lambda t: t.set_column(2, "gdp", t.column("gdp").cast(pa.decimal128(9, 3)))),
    )
    yield harmless("numbers as texts", of_frame(lambda f: f.assign(gdp=f["gdp"].astype("str"))))
    yield harmless("small integers", of_frame(lambda f: f.assign(year=f["year"].astype("int16"))))


def _cut(k: int) -> Callable[[list[list[str]]], None]:
    return lambda rows: [row.pop(k) for row in rows] and None


def _repeat(k: int) -> Callable[[list[list[str]]], None]:
    return lambda rows: [row.insert(k, row[k]) for row in rows] and None


def _reversed_columns(rows: list[list[str]]) -> None:
    for row in rows:
        row.reverse()


def _reversed_rows(rows: list[list[str]]) -> None:
    rows[1:] = rows[:0:-1]


def _in_line(line: int, edit: Callable[[bytes], bytes]) -> Mutate:
    def change(content: bytes) -> bytes:
        lines = content.split(b"\n")
        lines[line - 1] = edit(lines[line - 1])
        return b"\n".join(lines)

    return change
