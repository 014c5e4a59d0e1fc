"""What the gate reads of an input: all rows, or of a large one whole series that hold its extremes.

Memory is that of the rows read; everything else is asked of the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import pandas as pd

from trade_potential.quality.coverage import AFTER_A_GAP
from trade_potential.sql.render import text_literal

MAX_ROWS = 200_000
"""Rows of an input that are read unless told otherwise."""
EXTREMES = 10
"""Lowest and highest values of a column whose series are read."""
MAX_COMBINATIONS = 1000
UNIT_SEPARATOR = 31


class Relation(Protocol):
    """Rows in a database, such as a DuckDBPyRelation."""

    def query(self, virtual_table_view: str, sql_query: str, /) -> Relation:
        """Rows of a query in which the relation has the name given first."""

    def df(self) -> pd.DataFrame:
        """The rows."""


@dataclass(frozen=True, kw_only=True)
class Design:
    """What of a large input must be in the sample.

    Attributes:
        series: Columns that name a series; the sample holds whole ones.
        numbers: Expressions whose lowest and highest values, and some missing ones, are in it.
        within: Columns in whose groups the extremes of a number are sought.
        combinations: Columns of which every combination of values is in it.
        further: Queries of further series that must be in it, where {key} stands for their key.
    """

    series: tuple[str, ...]
    numbers: tuple[str, ...]
    within: Mapping[str, str] = field(default_factory=dict)
    combinations: tuple[tuple[str, ...], ...] = ()
    further: tuple[str, ...] = ()


# Inputs without a design are looked up by others, so they are read whole or not at all.
_DISTANCES = ("distance_km", "distance_capitals_km", "distance_weighted_km")
DESIGNS: Mapping[str, Design] = {
    "observations": Design(
        series=("indicator_code", "country_code"),
        numbers=("year", "observed_value", "extract(year from cast(vintage_date as date)) - year"),
        within={"observed_value": "indicator_code"},
        combinations=(("indicator_code", "vintage_date"),),
    ),
    "trade_flows": Design(
        series=("reporter_code", "partner_code"),
        numbers=("year", "trade_usd"),
        combinations=(("flow", "valuation"),),
        further=(AFTER_A_GAP,),
    ),
    "country_pairs": Design(
        series=("reporter_code", "partner_code"),
        numbers=(
            *_DISTANCES,
            "distance_capitals_km / nullif(distance_km, 0)",
            f"greatest({', '.join(_DISTANCES)}) / nullif(least({', '.join(_DISTANCES)}), 0)",
        ),
        combinations=(("partner_code", "is_partner_landlocked"),),
    ),
}


IN_SQL = frozenset({"world_trade", "world_pairs", "agreement_spells", "world_observations"})
"""Inputs whose rules are asked of all rows in SQL: of them one row is read."""


@dataclass(frozen=True, kw_only=True)
class Input:
    """An input as the gate sees it.

    Attributes:
        frame: The rows read.
        rows_total: Rows there are.
        place: How people know it: a file, a pattern of files or a table.
        kind: seed, parquet or table.
        key: Columns that name a row.
        relation: All rows, to ask for more; None: there are none.
        condition: SQL that holds for the rows read; empty: all are read.
        is_whole: Whether rules are asked of all rows in SQL, whatever was read.
        refusal: Why no row was read, if none could be.
    """

    frame: pd.DataFrame
    rows_total: int
    place: str
    kind: str = "seed"
    key: tuple[str, ...] = ()
    relation: Relation | None = None
    condition: str = ""
    is_whole: bool = False
    refusal: str = ""

    @property
    def is_sample(self) -> bool:
        """Whether there are more rows than were read."""
        return self.rows_total > len(self.frame) and not self.is_whole


def asked(relation: Relation, sql: str) -> pd.DataFrame:
    """Rows of a query on `input`, the rows of the relation."""
    return relation.query("input", sql).df()


def read_input(
    name: str,
    rows: Relation | pd.DataFrame,
    *,
    place: str = "",
    kind: str = "seed",
    key: tuple[str, ...] = (),
    max_rows: int = MAX_ROWS,
) -> Input:
    """Read an input, or a sample of it.

    Args:
        name: Which input.
        rows: Its rows.
        place: Where they stand, for people; default: the file of the seed.
        kind: seed, parquet or table.
        key: Columns that name a row.
        max_rows: Rows above which a sample is read. The series of the hash fit into it; those of
            extremes and combinations come on top.
    """
    relation = _relation_of(rows) if isinstance(rows, pd.DataFrame) else rows
    if relation is None:
        total = len(rows) if isinstance(rows, pd.DataFrame) else 0
    else:
        total = int(asked(relation, "select count(*) as n from input")["n"].iloc[0])
    read = Input(
        frame=pd.DataFrame(), rows_total=total, place=place or f"seeds/inputs/{name}.csv",
        kind=kind, key=key, relation=relation,
    )  # fmt: skip
    if name in IN_SQL and relation is not None:
        first = asked(relation, "select * from input limit 1")
        return replace(read, frame=first, is_whole=True)
    if relation is None or total <= max_rows:
        return replace(read, frame=rows if isinstance(rows, pd.DataFrame) else rows.df())
    if name not in DESIGNS:
        refusal = (
            f"{total} rows; other inputs look rows up in this one, so it is read whole, and at "
            f"most gate_max_rows = {max_rows} are read"
        )
        return replace(read, relation=None, refusal=refusal)
    condition = sample_condition(relation, DESIGNS[name], max_rows)
    frame = asked(relation, f"select * from input where {condition}")
    return replace(read, frame=frame, condition=condition)


def _relation_of(frame: pd.DataFrame) -> Relation | None:
    if not len(frame.columns):
        return None
    import duckdb

    relation: Relation = duckdb.connect().from_df(frame)
    return relation


def sample_condition(relation: Relation, design: Design, max_rows: int) -> str:
    """SQL that is true of the rows of the sample; the same on every day and every machine."""
    key = series_key(design.series)
    columns = ", ".join(design.series)
    bucket = f"substr(md5({key}), 1, 4)"
    counts = asked(
        relation,
        f"select {bucket} as bucket, sum(n) as n from "
        f"(select {columns}, count(*) as n from input group by {columns}) as series "
        "group by bucket order by bucket",
    )
    fitting = counts["n"].cumsum() <= max_rows
    # The first bucket that no longer fits is the limit; of none left there would be no sample.
    first_out = int(fitting.sum()) or 1
    limit = counts["bucket"].iloc[first_out] if first_out < len(counts) else "g"
    listed = ", ".join(text_literal(series) for series in _required(relation, design, key))
    return f"({bucket} < {text_literal(limit)} or {key} in ({listed}))"


def series_key(columns: Sequence[str]) -> str:
    """The columns as one text."""
    parts = ", ".join(f"coalesce(cast({column} as varchar), '')" for column in columns)
    return f"concat_ws(chr({UNIT_SEPARATOR}), {parts})"


def _required(relation: Relation, design: Design, key: str) -> list[str]:
    """Keys of the series that hold extremes, missing numbers and combinations."""
    columns = ", ".join(design.series)
    queries = []
    for number in design.numbers:
        missing = f"select {columns} from input where {number} is null order by {columns}"
        queries.append(f"select {key} as series from ({missing} limit {EXTREMES}) as missing")
        within = design.within.get(number)
        for how, order in (("min", "asc"), ("max", "desc")):
            if within:
                queries.append(
                    f"select unnest(arg_{how}({key}, {number}, {EXTREMES})) as series "
                    f"from input group by {within}"
                )
                continue
            rows = f"select {columns} from input where {number} is not null"
            order_by = f"order by {number} {order}, {columns} limit {EXTREMES}"
            queries.append(f"select {key} as series from ({rows} {order_by}) as extremes")
    queries += [
        f"select min({key}) as series from input group by {', '.join(names)} "
        f"order by series limit {MAX_COMBINATIONS}"
        for names in design.combinations
    ]
    queries += [sql.format(key=key) for sql in design.further]
    found = {str(series) for sql in queries for series in asked(relation, sql)["series"]}
    return sorted(found)


def pairs_of_flows(tables: Mapping[str, Input]) -> pd.DataFrame:
    """Country pairs of the flows that were read, whatever was read of the pairs.

    A flow and its pair have the same key and so the same place in the hash; a pair under a code of
    the past is looked up by its code of today.
    """
    pairs, flows = tables["country_pairs"], tables["trade_flows"]
    if not pairs.is_sample or pairs.relation is None:
        return pairs.frame
    series = DESIGNS["country_pairs"].series
    condition = flows.condition
    if not condition:
        separator = chr(UNIT_SEPARATOR)
        keys = flows.frame[list(series)].drop_duplicates().astype("str").agg(separator.join, axis=1)
        condition = f"{series_key(series)} in ({', '.join(map(text_literal, sorted(keys)))})"
    of_the_past = tables["country_code_mappings"].frame["source_code"].dropna().astype("str")
    codes = ", ".join(map(text_literal, sorted(of_the_past))) or "''"
    return asked(
        pairs.relation, f"select * from input where {condition} or partner_code in ({codes})"
    )
