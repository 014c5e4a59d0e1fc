"""Answers of every reporter as text that pages load: letters and lists.

K, shares and money are rounded here to what pages print, from the exact number: rounding twice
would print another digit. Which class a K has is the mart's word; no page computes one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from trade_potential.site.source import Source

if TYPE_CHECKING:
    import duckdb

ANSWER = "rpt_answer"
CODES = {
    "huge_potential": "h", "potential_expansion": "e", "potential_reshaping": "r",
    "below_minimum_prediction": "b", "no_recorded_trade": "n", "after_last_trade_year": "a",
    "economy_not_in_sample": "x", "outside_years_of_study": "y", "no_structural_study": "s",
}  # fmt: skip
"""A letter for each class, and for each status that has none."""
CERTAINTIES = {"firm": "f", "leaning": "l", "undecided": "u"}
RATIO = (
    "case when {0} is null then 'null' when {0} >= 0.095 then format('{{:.2f}}', {0}) "
    "else format('{{:.2g}}', {0}) end"
)
"""As ``Words.ratio`` prints it."""
MILLIONS = (
    "case when {0} is null then 'null' when {0} >= 1e11 then format('{{:.0f}}', {0} / 1e6) "
    "when {0} >= 1e6 then format('{{:.7g}}', {0} / 1e6) else format('{{:.6f}}', {0} / 1e6) end"
)
"""US$ millions with the digits of any unit that pages print."""
TWO, WHOLE = (
    "coalesce(format('{{:.2f}}', {0}), 'null')",
    "coalesce(format('{{:.0f}}', {0}::double), 'null')",
)


LETTERS = ("c", "s", "f", "b")
"""Class or status of every row; certainty, flags and band of those that have them."""
LISTS = {
    "k": ("k_ratio", RATIO, "k_ratio > 0"),
    "a": ("actual_usd", MILLIONS, "k_ratio > 0"),
    "p": ("predicted_usd", MILLIONS, "k_ratio is not null"),
    "o": ("k_pair_out_ratio", RATIO, "potential_class is not null"),
    "q": ("k_percentile", WHOLE, "potential_class is not null"),
}
"""By name of the list: column, how it is printed, and of which rows it is."""


def typical(source: Source) -> dict[str, float]:
    """Median K by flow, year and letter of the band of predicted size."""
    rows = source.release.mart(ANSWER).filter("potential_class is not null")
    text = RATIO.format("any_value(k_median_of_band)")
    found = rows.aggregate(f"flow || '/' || year || '/' || chr(64 + size_band) as place, {text}")
    return {place: float(said) for place, said in sorted(found.fetchall())}


def reporters(source: Source) -> Iterator[tuple[str, str]]:
    """Answers of each reporter: by flow texts of letters and lists, partners, within them years.

    A list is of the rows alone that have something to say in it, in the same order.
    """
    held = source.release.mart(ANSWER)
    rows = _with_letters(held)
    lists = [
        f"string_agg({text.format(column)}, ',' order by place) filter ({where}) as {name}"
        for name, (column, text, where) in LISTS.items()
    ]
    letters = [
        "string_agg(c, '' order by place) as c",
        "string_agg(s, '' order by place) filter (potential_class is not null) as s",
        "string_agg(f, '' order by place) filter (k_ratio > 0) as f",
        "string_agg(chr(64 + size_band), '' order by place) "
        "filter (potential_class is not null) as b",
    ]
    by_flow = rows.aggregate(", ".join(["reporter_iso3", "flow", *letters, *lists]))
    flows: dict[str, dict[str, str]] = {}
    for code, flow, *values in by_flow.fetchall():
        names = (*LETTERS, *LISTS)
        said = dict(zip(names, values, strict=True))
        text = ",".join(
            f'"{name}":"{value or ""}"' if name in LETTERS else f'"{name}":[{value or ""}]'
            for name, value in said.items()
        )
        flows.setdefault(code, {})[flow] = text
    lasting = _lasting(held)
    told = _told(held)
    years = _listed(held, "year")
    for code, partners in _partners(held).items():
        parts = ",".join(
            f'"{flow}":{{{text},"l":{lasting[code, flow]}}}'
            for flow, text in sorted(flows[code].items())
        )
        yield (
            f"reporter/{code}",
            (
                f'{{"partners":{json.dumps(partners)},"years":{years},"flows":{{{parts}}},'
                f'"told":{json.dumps(told.get(code, []), ensure_ascii=False)}}}'
            ),
        )


def _with_letters(rows: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """Letters of class, certainty and flags of every pair, flow and year; a point for no row."""
    letters = " ".join(f"when '{code}' then '{letter}'" for code, letter in CODES.items())
    certain = " ".join(f"when '{code}' then '{letter}'" for code, letter in CERTAINTIES.items())
    key = "reporter_iso3, partner_iso3, flow, year"
    pairs = rows.project("reporter_iso3, partner_iso3, flow").distinct().set_alias("pairs")
    years = rows.project("year").distinct().set_alias("years")
    grid = pairs.cross(years).project(key).set_alias("grid")
    on = " and ".join(f"grid.{name} = held.{name}" for name in key.split(", "))
    held = rows.project("*, true as is_there").set_alias("held")
    return grid.join(held, on, how="left").project(
        "held.* exclude (reporter_iso3, partner_iso3, flow, year), "
        "grid.reporter_iso3, grid.flow, grid.partner_iso3 || grid.year::varchar as place, "
        "case when is_there is null then '.' else "
        f"case coalesce(potential_class, k_status) {letters} else '?' end end as c, "
        f"case answer_certainty {certain} else '-' end as s, "
        "(coalesce(is_unreported, false)::int"
        " + 2 * coalesce(class_depends_on_own_trade, false)::int"
        " + 4 * (trade_flag is not null)::int)::varchar as f"
    )


def _listed(rows: duckdb.DuckDBPyRelation, column: str) -> str:
    found = rows.project(column).distinct().order(column).fetchall()
    return json.dumps([value for (value,) in found])


def _partners(rows: duckdb.DuckDBPyRelation) -> dict[str, list[str]]:
    found = rows.project("reporter_iso3, partner_iso3").distinct().order("all").fetchall()
    partners: dict[str, list[str]] = {}
    for reporter, partner in found:
        partners.setdefault(reporter, []).append(partner)
    return partners


LASTING = (
    ("k_lasting_median", RATIO), ("k_lasting_ci_low", RATIO), ("k_lasting_ci_high", RATIO),
    ("probability_huge", TWO), ("probability_expansion", TWO), ("probability_reshaping", TWO),
    ("k_new_year_ci_low", RATIO), ("k_new_year_ci_high", RATIO), ("n_years", WHOLE),
)  # fmt: skip
"""What is said of all years of a pair together, in this order."""


def _lasting(rows: duckdb.DuckDBPyRelation) -> dict[tuple[str, str], str]:
    """By reporter and flow: for each partner the numbers of ``LASTING``, or why there are none."""
    first = ", ".join(f"any_value({column}) as {column}" for column, _ in LASTING)
    pairs = rows.aggregate(
        "reporter_iso3, flow, partner_iso3, any_value(lasting_class) as lasting_class, "
        f"max(probability_status) filter (k_ratio is not null) as status, {first}"
    )
    numbers = " || ',' || ".join(text.format(column) for column, text in LASTING)
    text = (
        "case when lasting_class is null then '\"' || coalesce(status, '') || '\"' else "
        f"'[\"' || lasting_class || '\",' || {numbers} || ']' end"
    )
    found = pairs.aggregate(
        f"reporter_iso3, flow, '[' || string_agg({text}, ',' order by partner_iso3) || ']'"
    )
    return {(reporter, flow): said for reporter, flow, said in found.fetchall()}


def _told(rows: duckdb.DuckDBPyRelation) -> dict[str, list[list[Any]]]:
    """By reporter: flow, partner, year, what other studies answer, and why."""
    found: dict[str, list[list[Any]]] = {}
    said = rows.filter("other_answers is not null").project(
        "reporter_iso3, flow, partner_iso3, year, other_answers, difference_reason"
    )
    for reporter, *rest in said.order("all").fetchall():
        found.setdefault(reporter, []).append(rest)
    return found
