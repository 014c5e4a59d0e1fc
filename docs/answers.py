"""Fill the tables of docs/answers.md: what every specification says of a pair, and why they differ.

What stands between <!-- name --> and <!-- end --> is replaced. With --check nothing is written and
the exit status is 1 if a table would change; a warehouse of other studies is not compared.

Usage: python docs/answers.py [--check] [--database FILE]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import blocks
import duckdb
from bundled import is_bundled

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "answers.md"

CENTRAL_ASIA = """
    select partners.partner_iso3, years.year
    from (select distinct partner_iso3 from marts.rpt_trade_potential
          where study_id = 'central_asia') as partners
    cross join (select distinct year from marts.rpt_trade_potential
                where study_id = 'central_asia') as years
"""
LARGEST = """
    select partner_iso3, year
    from marts.rpt_answer
    where reporter_iso3 = 'CHN' and flow = 'total' and year = 2019 and actual_usd is not null
    order by actual_usd desc
    limit 30
"""
ANSWERS = """
    with asked as ({asked})
    select
        answers.partner_iso3, answers.year, answers.k_ratio, answers.potential_class,
        answers.k_percentile, answers.k_pair_out_ratio, answers.k_lasting_median,
        answers.lasting_class, answers.class_depends_on_own_trade, exports.k_ratio, imports.k_ratio
    from asked
    inner join marts.rpt_answer as answers
        on answers.reporter_iso3 = 'CHN' and answers.flow = 'total'
        and asked.partner_iso3 = answers.partner_iso3 and asked.year = answers.year
    left join marts.rpt_answer as exports
        on exports.reporter_iso3 = 'CHN' and exports.flow = 'exports'
        and asked.partner_iso3 = exports.partner_iso3 and asked.year = exports.year
    left join marts.rpt_answer as imports
        on imports.reporter_iso3 = 'CHN' and imports.flow = 'imports'
        and asked.partner_iso3 = imports.partner_iso3 and asked.year = imports.year
    order by {order}
"""
OTHERS = """
    with asked as ({asked})
    select
        others.partner_iso3, others.year, others.study_id || ' ' || others.spec_id,
        others.other_k_ratio, others.other_class, others.classes_agree, others.difference_log,
        others.difference_reason
    from asked
    inner join marts.rpt_answer_differences as others
        on others.reporter_iso3 = 'CHN' and others.flow = 'total'
        and asked.partner_iso3 = others.partner_iso3 and asked.year = others.year
    inner join marts.dim_study as studies
        on others.study_id = studies.study_id
        and others.estimator = studies.default_estimator
    union all
    -- of structural ones the mart has what differs
    select
        asked.partner_iso3, asked.year, others.study_id || ' ' || others.spec_id,
        others.k_ratio, others.potential_class, true, null, null
    from asked
    inner join structural.int_structural__other_flows as others
        on others.flow = 'total' and not others.is_another_class
        and least('CHN', asked.partner_iso3) = others.exporter_iso3
        and greatest('CHN', asked.partner_iso3) = others.importer_iso3
        and asked.year = others.year
    order by 3
"""
ORDERS = {
    "central_asia": "answers.partner_iso3, answers.year",
    "largest": "answers.actual_usd desc",
}
ASKED = {"central_asia": CENTRAL_ASIA, "largest": LARGEST}


def short(name: str | None) -> str:
    """Class without the word that all share: huge, expansion, reshaping."""
    return name.replace("potential_", "").replace("_potential", "") if name else ""


def number(value: float | None, places: int = 2) -> str:
    """A number, nothing where there is none."""
    return "" if value is None else f"{value:.{places}f}"


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def tables(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Classes and reasons of both sets of pairs."""
    found = {}
    for name, asked in ASKED.items():
        answers = connection.execute(ANSWERS.format(asked=asked, order=ORDERS[name])).fetchall()
        others = connection.execute(OTHERS.format(asked=asked)).fetchall()
        found[f"{name}_classes"] = classes(answers, others)
        found[f"{name}_reasons"] = reasons(answers, others)
    return found


def classes(answers: Sequence[tuple], others: Sequence[tuple]) -> str:
    """One row a pair and year: the answer, then K and class by specification."""
    specifications = list(dict.fromkeys(row[2] for row in others))
    said = {(row[0], row[1], row[2]): f"{number(row[3])} {short(row[4])}" for row in others}
    header = ["pair", "answer", "exports", "imports", "percentile", "pair left out", "lasting"]
    rows = [
        [
            f"CHN-{partner} {year}",
            f"**{number(k)} {short(its)}**",
            number(exports),
            number(imports),
            number(percentile, 0),
            number(out) + (" *" if depends else ""),
            f"{number(lasting)} {short(its_lasting)}",
            *(said.get((partner, year, one), "") for one in specifications),
        ]
        for (
            partner, year, k, its, percentile, out, lasting, its_lasting, depends, exports, imports
        ) in answers
    ]  # fmt: skip
    return markdown([*header, *specifications], rows)


def reasons(answers: Sequence[tuple], others: Sequence[tuple]) -> str:
    """One row a difference of classes: the factor, and its largest parts."""
    rows = [
        [
            f"CHN-{partner} {year}",
            name,
            f"{short(its)} {number(k)}",
            f"{short(other)} {number(other_k)}",
            reason or "",
        ]
        for partner, year, k, its, *_ in answers
        for at, when, name, other_k, other, agree, _, reason in others
        if (at, when) == (partner, year) and agree is False
    ]
    return markdown(
        ["pair", "specification", "answer", "it says", "factors from one to the other"], rows
    )


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a change")
    parser.add_argument(
        "--database", type=Path, default=ROOT / "warehouse" / "trade_potential.duckdb"
    )
    arguments = parser.parse_args()
    with duckdb.connect(arguments.database, read_only=True) as connection:
        if arguments.check and not is_bundled(connection, "docs/answers.py"):
            return 0
        found = tables(connection)
    return blocks.update(
        PAGE, found, lambda _, __, new: new, check=arguments.check, script="docs/answers.py"
    )


if __name__ == "__main__":
    sys.exit(main())
