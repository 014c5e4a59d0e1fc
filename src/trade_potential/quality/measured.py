"""Rules on every row of a large input: SQL gives the range of what they judge, and what breaks it.

A rule that holds for the lowest and for the highest value holds for all between, so that Great
Expectations sees two rows and every row is checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from trade_potential.quality.checks import Check
from trade_potential.quality.inputs import Input, asked
from trade_potential.sql.render import double_literal

SHOWN = 10
"""Refused rows of a check that are named; the rest is counted."""
DISTANCES = ("distance_km", "distance_capitals_km", "distance_weighted_km")


def _asymmetry(column: str) -> str:
    """Factor between a distance and the one on the way back; none where either is not held."""
    return f"greatest(input.{column} / back.{column}, back.{column} / input.{column})"


_MOST = f"greatest({', '.join(f'input.{d}' for d in DISTANCES)})"
_LEAST = f"least({', '.join(f'input.{d}' for d in DISTANCES)})"
ROWS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "world_trade": (
        "from input",
        {"self_trade": "cast(input.exporter_code = input.importer_code as integer)"},
    ),
    "world_pairs": (
        "from input left join input as back on input.origin_code = back.destination_code"
        " and input.destination_code = back.origin_code",
        {
            "self_pair": "cast(input.origin_code = input.destination_code as integer)",
            "way_back": "cast(back.origin_code is not null as integer)",
            "distance_spread": f"{_MOST} / {_LEAST}",
            "far_distance_spread": f"case when {_LEAST} >= 5000 then {_MOST} / {_LEAST} end",
            "distance_asymmetry": f"greatest({', '.join(_asymmetry(d) for d in DISTANCES)})",
            "tie_asymmetry": "cast(input.is_contiguous <> back.is_contiguous or"
            " input.has_common_official_language <> back.has_common_official_language or"
            " input.had_colonial_tie <> back.had_colonial_tie as integer)",
        },
    ),
    "agreement_spells": (
        "from (select *, max(to_year) over (partition by country_code_a, country_code_b"
        " order by from_year rows between unbounded preceding and 1 preceding) as ended_year"
        " from input) as input",
        {
            "codes_in_order": "cast(input.country_code_a < input.country_code_b as integer)",
            "spell_years": "input.to_year - input.from_year + 1",
            "years_after_spell_before": "input.from_year - input.ended_year",
            "listed_agreements": "cast(regexp_full_match(input.agreement_ids,"
            " '[0-9]+(;[0-9]+)*') as integer)",
        },
    ),
    "world_observations": (
        "from input",
        {"years_to_vintage": "extract(year from cast(input.vintage_date as date)) - input.year"},
    ),
}
"""By input: the rows in SQL, and what is judged of each where it is no column."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What SQL says of a check.

    Attributes:
        low: Lowest value; None: no row has one.
        high: Highest value.
        rows_checked: Rows that have a value.
        failing_count: Rows whose value lies outside the range.
        failing: The first of them in the order of the file, with key, place and value.
    """

    low: float | None
    high: float | None
    rows_checked: int
    failing_count: int
    failing: pd.DataFrame


def measured(read: Input, name: str, checks: Sequence[Check]) -> dict[str, Measured]:
    """Measure range checks on all rows of an input, by check id.

    Raises:
        duckdb.Error: A column is missing or holds what cannot be computed with.
    """
    if read.relation is None or not checks:
        return {}
    rows, derived = ROWS.get(name, ("from input", {}))
    values = {check.check_id: _value(check, derived) for check in checks}
    cells = []
    for k, check in enumerate(checks):
        value, outside = values[check.check_id], _outside(check, values[check.check_id])
        cells += [
            f"min({value}) as low_{k}", f"max({value}) as high_{k}", f"count({value}) as n_{k}",
            f"count(*) filter (where {outside}) as failing_{k}",
        ]  # fmt: skip
    found = asked(read.relation, f"select {', '.join(cells)} {rows}").iloc[0]
    return {
        check.check_id: Measured(
            low=float(found[f"low_{k}"]) if found[f"n_{k}"] else None,
            high=float(found[f"high_{k}"]) if found[f"n_{k}"] else None,
            rows_checked=int(found[f"n_{k}"]),
            failing_count=int(found[f"failing_{k}"]),
            failing=_failing(read, check, values[check.check_id], rows, int(found[f"failing_{k}"])),
        )
        for k, check in enumerate(checks)
    }


def _value(check: Check, derived: Mapping[str, str]) -> str:
    (column,) = check.columns
    return derived.get(column, f"input.{column}")


def _outside(check: Check, value: str) -> str:
    low, high = (double_literal(check.settings[side]) for side in ("min_value", "max_value"))
    strict = ">" if check.settings.get("strict_min") else ">="
    return f"not ({value} {strict} {low} and {value} <= {high})"


def _failing(read: Input, check: Check, value: str, rows: str, count: int) -> pd.DataFrame:
    (column,) = check.columns
    if not count or read.relation is None:
        return pd.DataFrame()
    place = ["file_name", "file_line"] if read.kind == "parquet" else ["file_line"]
    named = [name for name in dict.fromkeys((*place, *read.key)) if name != column]
    names = ", ".join(f"input.{name}" for name in named)
    order = ", ".join(str(k + 1) for k in range(len(place)))
    sql = (
        f"select {names}, {value} as {column} {rows} where {_outside(check, value)}"
        f" order by {order} limit {SHOWN}"
    )
    return asked(read.relation, sql)


def of_extremes(found: Mapping[str, Measured], checks: Sequence[Check]) -> pd.DataFrame:
    """The frame that Great Expectations judges: lowest and highest value of each check.

    NaN is the highest of all numbers to DuckDB and a missing value to Great Expectations: infinity
    stands for it, which lies outside every range.
    """
    columns = {}
    for check in checks:
        if check.check_id in found:
            of = found[check.check_id]
            values = pd.Series([of.low, of.high], dtype="float64")
            columns[check.columns[0]] = values.fillna(np.inf) if of.rows_checked else values
    return pd.DataFrame(columns, index=range(2))
