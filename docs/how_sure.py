"""Fill the tables of docs/how-sure.md: how sure the classes of some partners of China are.

What stands between <!-- name --> and <!-- end --> is replaced. With --check nothing is written and
the exit status is 1 if a table would change; a warehouse of other studies is not compared.

Usage: python docs/how_sure.py [--check] [--database FILE]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import blocks
import duckdb
from answers import markdown, number, short
from bundled import is_bundled

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "how-sure.md"
ROBUST = "rpt_class_robustness"
"""A mart that says how often other specifications give the same class; shown where there is one."""

COLUMNS = """
    {rows}.partner_iso3, {rows}.year, {rows}.k_ratio, {rows}.potential_class,
    {rows}.probability_huge, {rows}.probability_expansion, {rows}.probability_reshaping,
    {rows}.answer_certainty, {rows}.k_lasting_ci_low, {rows}.k_lasting_ci_high,
    {rows}.new_year_probability, {rows}.probability_status, {robust}, {other}
"""
OTHER = "another.potential_class, another.answer_certainty"
ROBUSTNESS = "robust.share_same_class, robust.most_influential_choice, robust.is_robust"
NO_ROBUSTNESS = "null, null, null"
CENTRAL_ASIA = """
    select {columns}
    from marts.fct_trade_potential as own
    {robustness}
    where own.study_id = 'central_asia' and own.is_default and own.year = 2020
    order by 1
"""
WORLD = """
    with asked as ({asked})
    select {columns}
    from asked
    inner join marts.rpt_answer as own
        on own.reporter_iso3 = 'CHN' and own.flow = 'total'
        and asked.partner_iso3 = own.partner_iso3 and asked.year = own.year
    left join marts.fct_trade_potential as another
        on another.study_id = 'china_world' and another.is_default
        and own.partner_iso3 = another.partner_iso3 and own.year = another.year
    {robustness}
    order by {order}
"""
MOST = "select max(probability_expansion) from marts.rpt_answer"
NEXT_YEAR = """
    select
        least(floor(10 * before.new_year_probability), 9)::integer as bin, count(*),
        avg(before.new_year_probability),
        avg((after.potential_class is not distinct from before.potential_class)::integer)
    from marts.rpt_answer as before
    inner join marts.rpt_answer as after
        on before.reporter_iso3 = after.reporter_iso3 and before.partner_iso3 = after.partner_iso3
        and before.flow = after.flow and before.year + 1 = after.year
    where
        before.flow = 'total' and before.reporter_iso3 < before.partner_iso3
        and before.new_year_probability is not null
    group by bin
    order by bin
"""
JOINED = """
    left join marts.rpt_class_robustness as robust
        on own.study_id = robust.study_id and own.spec_id = robust.spec_id
        and own.reporter_iso3 = robust.reporter_iso3
        and own.partner_iso3 = robust.partner_iso3 and own.year = robust.year
"""
OF_2020 = """
    select partner_iso3, year from marts.fct_trade_potential
    where study_id = 'central_asia' and is_default and year = 2020
"""

LARGEST = """
    select partner_iso3, year
    from marts.rpt_answer
    where reporter_iso3 = 'CHN' and flow = 'total' and year = 2020 and actual_usd is not null
    order by actual_usd desc
    limit 30
"""
"""In the year of which ``rpt_class_robustness`` knows world trade."""

CHOICES = {
    "left_out": "an indicator left out",
    "fill": "how gaps are filled",
    "weights": "weights of the index",
    "normalisation": "scale of the indicators",
    "years": "years in the sample",
    "ties": "languages and colonies",
    "zeros": "pairs without trade",
    "floor": "smallest trade counted",
    "slopes": "slopes by year",
    "distance": "measure of distance",
    "pair": "the pair left out",
}
"""Choices whose names need words."""

REASONS = {
    "additive_model": "a regression in levels: a difference lasts there, not a ratio",
    "few_pairs": "fewer than five partners, or of PPML no more than twice its coefficients",
    "few_years": "fewer than three years with trade",
    "no_trade_in_sample": "no trade in any year of the sample",
    "not_in_estimate": "PPML could not use the row",
    "high_leverage": "the others do not determine the prediction",
    "no_noise": "the years leave no residual",
    "too_large": "more years and pairs than fit into memory at once",
    "below_minimum_prediction": "a prediction below the smallest that has a class",
}
"""Values of probability_status but ok; those of answers without K are values of k_status."""
STATUSES = """
    select probability_status, sum(panels), sum(answers)
    from (
        select probability_status, count(*) as panels, 0 as answers
        from marts.fct_trade_potential group by probability_status
        union all
        select probability_status, 0, count(*)
        from marts.rpt_answer where k_ratio is not null group by probability_status
    )
    group by probability_status
    order by 1
"""


@dataclass(frozen=True)
class Sure:
    """One partner: K of the year, its class, and how sure that is; columns as in the marts."""

    partner: str
    year: int
    k: float
    potential_class: str | None
    huge: float | None
    expansion: float | None
    reshaping: float | None
    certainty: str | None
    low: float | None
    high: float | None
    new_year: float | None
    status: str
    share_same_class: float | None
    most_influential_choice: str | None
    is_robust: bool | None
    other_class: str | None = None
    other_certainty: str | None = None

    @property
    def probability(self) -> float | None:
        """Of the class of the year."""
        return getattr(self, short(self.potential_class), None) if self.potential_class else None


def percent(share: float | None) -> str:
    """Of a share, cut: no limit is said of what is just below it. Nothing where there is none."""
    return "" if share is None else f"{int(100 * share + 1e-9)}"


def table(rows: Sequence[Sure], *, with_other: bool = False) -> str:
    """One row a partner; of the largest partners with the class by China's own trade."""
    is_robust = any(row.share_same_class is not None for row in rows)
    header = ["partner", "K", "class", "huge, %", "expansion, %", "reshaping, %", "how sure"]
    header += ["lasting K", "class in a year at random, %"]
    header += ["same class elsewhere, %", "what moves it most"] if is_robust else []
    header += ["by China's trade alone"] if with_other else []
    return markdown(header, [_cells(row, is_robust, with_other) for row in rows])


def _cells(row: Sure, is_robust: bool, with_other: bool) -> list[str]:
    ends = "" if row.low is None else f"{number(row.low)} to {number(row.high)}"
    said = row.certainty or (row.status if row.status != "ok" else "")
    cells = [f"{row.partner} {row.year}", number(row.k), short(row.potential_class)]
    cells += [percent(row.huge), percent(row.expansion), percent(row.reshaping), said, ends]
    cells.append(percent(row.new_year))
    if is_robust:
        choice = row.most_influential_choice or ""
        cells += [percent(row.share_same_class), CHOICES.get(choice, choice)]
    if with_other:
        cells.append(f"{short(row.other_class)} {row.other_certainty or ''}".strip())
    return cells


def sentences(
    panel: Sequence[Sure], world: Sequence[Sure], largest: Sequence[Sure], most: float
) -> str:
    """What the tables say, in five sentences; ``most``: largest probability of expansion."""
    firm = [row for row in largest if row.certainty == "firm"]
    by_class = {name: _names(firm, name) for name in ("huge", "reshaping", "expansion")}
    leaning = sum(row.certainty == "leaning" for row in largest)
    again = [row.new_year for row in firm if row.new_year is not None]
    of_panel = sum(row.certainty == "firm" for row in panel)
    of_world = [row.partner for row in world if row.certainty == "firm"]
    robust = [row.partner for row in firm if row.is_robust]
    apart = [row.partner for row in panel for other in world if _differ(row, other)]
    both = [row for row in largest if row.other_class]
    against = [row for row in both if row.other_class != row.potential_class]
    firm_against = [row.partner for row in against if row.certainty == "firm"]
    lines = [
        f"Of China's {len(largest)} largest partners in {largest[0].year}, {len(firm)} have a firm "
        "class by the model of all economies: nine chances in ten or more that what lasts of their "
        f"trade is in it. {leaning} lean to their class and {len(largest) - len(firm) - leaning} "
        "are undecided: do not build on those.",
        f"Firmly far below what such pairs trade (huge potential) are {by_class['huge']}; firmly "
        f"above (reshaping) {by_class['reshaping']}; firmly near it (expansion) "
        f"{by_class['expansion']}; that class is narrow, and no pair of the world is in it with "
        f"more than {percent(most)} %.",
        f"Another model says something else: by that of China's trade alone {len(against)} of the "
        f"{len(both)} that it knows have another class, among them {len(firm_against)} of the firm "
        f"ones ({_listed(firm_against)}). Firm means firm within a model.",
        f"Of the five of Central Asia in 2020, {of_panel} are firm by the model of China's trade "
        f"with them and {len(of_world)} by that of all economies ({_listed(of_world)}); the two "
        f"give {len(apart)} of the five another class ({_listed(apart)}).",
        "Where the class is firm, K of a year drawn at random is in it with "
        f"{percent(min(again))} to {percent(max(again))} %, and {len(robust)} of the {len(firm)} "
        f"keep it in nine of ten other admissible specifications ({_listed(robust)})."
        if again
        else "None is firm, and no year to come is sure.",
    ]
    return "\n".join(f"{k}. {line}" for k, line in enumerate(lines, start=1)) + "\n"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if names else "none"


def _names(rows: Sequence[Sure], name: str) -> str:
    return _listed([row.partner for row in rows if short(row.potential_class) == name])


def _differ(row: Sure, other: Sure) -> bool:
    return row.partner == other.partner and row.potential_class != other.potential_class


def next_year(rows: Sequence[tuple[int, int, float, float]]) -> str:
    """One row a bin of what was said: how often the class was there again in the year after."""
    header = ["said of a year at random, %", "pairs and years", "mean, %", "again next year, %"]
    cells = [
        [f"{10 * bin_} to {10 * bin_ + 10}", f"{n:,}", f"{100 * said:.0f}", f"{100 * came:.0f}"]
        for bin_, n, said, came in rows
    ]
    return markdown(header, cells)


def reasons(rows: Sequence[tuple[str, int, int]]) -> str:
    """One row a status, with its rows in both marts."""
    counts = {status: (int(panels), int(answers)) for status, panels, answers in rows}
    lines = [
        [f"`{status}`", reason, *(f"{count:,}" for count in counts.get(status, (0, 0)))]
        for status, reason in (("ok", "there is one"), *REASONS.items())
    ]
    return markdown(["status", "why", "rows of fct_trade_potential", "of rpt_answer"], lines)


def tables(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """By name."""
    names = connection.execute("select table_name from information_schema.tables").fetchall()
    is_robust = (ROBUST,) in names
    robust = ROBUSTNESS if is_robust else NO_ROBUSTNESS
    given = {"robustness": JOINED if is_robust else ""}
    own, of_world = (
        COLUMNS.format(rows="own", robust=robust, other=other) for other in ("null, null", OTHER)
    )

    def asked(query: str) -> list[Sure]:
        return [Sure(*row) for row in connection.execute(query).fetchall()]

    panel = asked(CENTRAL_ASIA.format(columns=own, **given))
    world = asked(WORLD.format(asked=OF_2020, order="1", columns=of_world, **given))
    largest = asked(
        WORLD.format(asked=LARGEST, order="own.actual_usd desc", columns=of_world, **given)
    )
    years = connection.execute(NEXT_YEAR).fetchall()
    ((most,),) = connection.execute(MOST).fetchall()
    return {
        "sentences": sentences(panel, world, largest, float(most)),
        "central_asia": table(panel),
        "central_asia_world": table(world),
        "largest": table(largest, with_other=True),
        "next_year": next_year(years),
        "statuses": reasons(connection.execute(STATUSES).fetchall()),
    }


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a change")
    parser.add_argument(
        "--database", type=Path, default=ROOT / "warehouse" / "trade_potential.duckdb"
    )
    arguments = parser.parse_args()
    with duckdb.connect(arguments.database, read_only=True) as connection:
        if arguments.check and not is_bundled(connection, "docs/how_sure.py"):
            return 0
        found = tables(connection)
    return blocks.update(
        PAGE, found, lambda _, __, new: new, check=arguments.check, script="docs/how_sure.py"
    )


if __name__ == "__main__":
    sys.exit(main())
