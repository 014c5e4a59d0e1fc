"""Series of the inputs: how many rows, of which years, and a checksum of them.

A release keeps one row per series (docs/operations.md), so that the next build knows which figures
are others than they were (``before.py``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from trade_potential.quality.inputs import UNIT_SEPARATOR, Relation, asked
from trade_potential.sql.render import quoted, text_literal

COLUMNS = (
    "input_name", "series", "source_id", "vintage_digest", "column_digest", "row_count",
    "first_year", "last_year", "largest_figure", "digest",
)  # fmt: skip
NAMED_BY = ("input_name", "source_id", "series")
"""What names a series: a source that is replaced by another one gives another series."""
SOURCES, SOURCE = "sources", "source_id"
DECLARING = (SOURCES, "observation_vintages")
"""Inputs that say of which vintage the figures are: no figures themselves."""
YEARS = ("year", "from_year")
"""Columns of a key that number the rows of a series."""
PLACE = ("file_name", "file_line")
"""Columns of staging that tell where a row stands, not what."""
MISSING = 30
"""Character that stands for a missing value; no cell of an input holds it, nor the separator."""
MODULUS = 2**63
"""Checksums are whole numbers below it, which every engine holds."""

Window = tuple[str, str, int, int]
"""Source, series, first and last year: rows to look at."""


@dataclass(frozen=True)
class Shape:
    """How the rows of an input make series.

    Attributes:
        columns: All that hold figures or say what they are, by name.
        numbers: Those of them that hold figures.
        series: Columns that name a series: the key without the year.
        year: The column that numbers its rows; None: a row is a series.
    """

    columns: tuple[str, ...]
    numbers: tuple[str, ...]
    series: tuple[str, ...]
    year: str | None

    @property
    def has_source(self) -> bool:
        """Whether rows name their source."""
        return SOURCE in self.columns

    @property
    def cells(self) -> tuple[str, ...]:
        """Columns that a checksum is of: all that do not name the series."""
        return tuple(name for name in self.columns if name not in (SOURCE, *self.series))


def series_of(
    inputs: Mapping[str, Relation | pd.DataFrame], declared: pd.DataFrame
) -> pd.DataFrame:
    """Every series of the inputs.

    Args:
        inputs: Rows by name.
        declared: The inputs (int_quality__inputs): `input_name` and `row_key`, its key.

    Returns:
        One row per input, source and series, columns `COLUMNS`. `vintage_digest` is the checksum
        (``checksum_of``) of what `sources` says of the source, release and copy; 0 without a
        source. `column_digest` is that of the names of the columns. `first_year` and `last_year`
        are missing where a row is a series, `largest_figure` where it holds no figure. `digest` is
        the sum over the rows, modulo 2^63, of the last eight bytes of the MD5 of each, lowest byte
        first: `Shape.cells` as DuckDB writes them, parted by the character 31. The order of rows
        and of columns does not matter.
    """
    of_source = vintages(inputs[SOURCES])
    parts = []
    for name, key in zip(declared["input_name"], declared["row_key"], strict=True):
        if name in inputs and name not in DECLARING:
            shape = shape_of(inputs[name], str(key).split(", "))
            columns = checksum_of(", ".join(shape.columns))
            part = digested(inputs[name], shape)
            parts.append(part.assign(input_name=name, column_digest=columns))
    found: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return found.assign(vintage_digest=vintage_of(found["source_id"], of_source))[list(COLUMNS)]


def shape_of(rows: Relation | pd.DataFrame, key: Sequence[str]) -> Shape:
    """How the rows of an input with this key make series."""
    first = rows.head(0) if isinstance(rows, pd.DataFrame) else _none_of(rows)
    columns = sorted(str(name) for name in first if name not in PLACE)
    return Shape(
        columns=tuple(columns),
        numbers=tuple(name for name in columns if first[name].dtype == "float64"),
        series=tuple(name for name in key if name not in YEARS),
        year=next((name for name in YEARS if name in key), None),
    )


def digested(
    rows: Relation | pd.DataFrame, shape: Shape, windows: Sequence[Window] = ()
) -> pd.DataFrame:
    """Series of one input, without its name and vintages; of the rows within windows, if any."""
    sql = _sql(shape, windows)
    if isinstance(rows, pd.DataFrame):
        import duckdb

        with duckdb.connect() as memory:
            return asked(memory.from_df(rows), sql)
    return asked(rows, sql)


def _none_of(rows: Relation) -> pd.DataFrame:
    return asked(rows, "select * from input limit 0")


def _sql(shape: Shape, windows: Sequence[Window]) -> str:
    names = [quoted(name) for name in shape.series]
    source = SOURCE if shape.has_source else "''"
    cells = [f"coalesce({_text(quoted(name))}, chr({MISSING}))" for name in shape.cells]
    row = f"concat_ws(chr({UNIT_SEPARATOR}), {', '.join(cells)})" if cells else "''"
    figures = ", ".join(f"abs({quoted(name)})" for name in shape.numbers)
    year = quoted(shape.year) if shape.year else "null"
    within = _within(shape, windows) if windows else ""
    return f"""
        with grouped as (
            select
                {", ".join(names)},
                {source} as of_source,
                count(*) as row_count,
                min({year}) as first_year,
                max({year}) as last_year,
                {f"max(greatest({figures}))" if figures else "null"} as largest_figure,
                sum(md5_number_lower({row})) as digest
            from input {within}
            group by {", ".join([*names, *([SOURCE] if shape.has_source else [])])}
        )
        select
            {_series(names)} as series,
            coalesce(of_source, '') as source_id,
            row_count,
            cast(first_year as integer) as first_year,
            cast(last_year as integer) as last_year,
            cast(largest_figure as float) as largest_figure,
            cast(digest % {MODULUS} as bigint) as digest
        from grouped
    """  # noqa: S608 (names of declared columns)


def _within(shape: Shape, windows: Sequence[Window]) -> str:
    held = ", ".join(
        f"({text_literal(source)}, {text_literal(series)}, {first}, {last})"
        for source, series, first, last in windows
    )
    source = "coalesce(source_id, '')" if shape.has_source else "''"
    return (
        f"semi join (values {held}) as held(of_source, series, first_year, last_year) "
        f"on {source} = held.of_source "
        f"and {_series([quoted(name) for name in shape.series])} = held.series "
        f"and {quoted(str(shape.year))} between held.first_year and held.last_year"
    )


def _series(names: Sequence[str]) -> str:
    texts = ", ".join(f"coalesce({_text(name)}, '')" for name in names)
    return f"concat_ws(', ', {texts})"


def _text(name: str) -> str:
    return f"cast({name} as varchar)"


def vintages(sources: Relation | pd.DataFrame) -> dict[str, int]:
    """By source: the checksum of the release and the copy that its figures were read from."""
    frame = sources if isinstance(sources, pd.DataFrame) else sources.df()
    rows = frame[["source_id", "vintage", "retrieved"]].itertuples(index=False, name=None)
    return {str(source): checksum_of(f"{release}; {copy}") for source, release, copy in rows}


def vintage_of(source: pd.Series, of_source: Mapping[str, int]) -> pd.Series:
    """The checksum of the vintage by source; 0 where there is no source, or none of its name."""
    return source.map(of_source).fillna(0).astype("int64")


def checksum_of(text: str) -> int:
    """The first 52 bits of the SHA-256 of a text: a double holds them, too."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:13], 16)
