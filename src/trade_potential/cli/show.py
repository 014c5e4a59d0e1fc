"""The command show: the answer for one reporter, partner and year, in ten lines."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from trade_potential.cli.release_document import write_document
from trade_potential.cli.session import OK
from trade_potential.errors import InputError
from trade_potential.plain_text import shown
from trade_potential.sql.render import quoted, text_literal

if TYPE_CHECKING:
    import duckdb

    from trade_potential.release.front import Release

EXAMPLES = """examples of show:
  trade-potential show KAZ 2020
  trade-potential show Kazakhstan --reporter UZB --flow exports
  trade-potential show KAZ 2020 --format json
"""
ANSWER, LABELS = "rpt_answer", "dim_label"
FLOWS = ("total", "exports", "imports")
WORDS = {"total": "exports and imports", "exports": "exports", "imports": "imports"}
REPORTER = "CHN"
"""Of the reference study."""
WIDTH = 10
NEAR = 5
Row = dict[str, Any]


class Marts(Protocol):
    """What has marts by their name: a release, or a warehouse."""

    def mart(self, name: str) -> duckdb.DuckDBPyRelation:
        """The rows of one."""


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Who is asked about."""
    sub.add_argument("partner", metavar="PARTNER", help="ISO 3166 code, or name (en, zh, ru)")
    sub.add_argument("year", metavar="YEAR", type=int, nargs="?", help="default: the newest with K")
    sub.add_argument(
        "--reporter", default=REPORTER, metavar="CODE", help=f"who asks (default {REPORTER})"
    )
    sub.add_argument("--flow", choices=FLOWS, default=FLOWS[0], help="of the reporter")
    sub.add_argument("--release-path", default="release", metavar="DIR", help="default release")
    sub.add_argument("--format", choices=("table", "json"), default="table")
    sub.add_argument("--output", metavar="FILE", help="write there instead of to stdout")
    sub.set_defaults(run=run, check=lambda _: None, parser=sub)


def run(args: argparse.Namespace) -> int:
    """Answer from the current release; see ``answer``."""
    from trade_potential.release.front import Release

    with Release.current(args.release_path) as release:
        row = answer(release, args.reporter, args.partner, args.year, args.flow)
        said = {"release_id": release.id, "published_at": release.published_at.isoformat(), **row}
    write_document(args, said, "".join(f"{line}\n" for line in lines(said)))
    return OK


def answer(release: Release, reporter: str, partner: str, year: int | None, flow: str) -> Row:
    """The row of rpt_answer that was asked for.

    Args:
        release: Where it stands.
        reporter: ISO 3166 code, or a name in a language of the labels.
        partner: The same.
        year: None: the newest for which there is a K, else the newest.
        flow: total, exports or imports.

    Raises:
        InputError: No such economy, or none such in the release; the message says what is near.
    """
    sides = {"reporter_iso3": code_of(release, reporter), "partner_iso3": code_of(release, partner)}
    if sides["reporter_iso3"] == sides["partner_iso3"]:
        raise InputError(f"{sides['partner_iso3']}: is one economy; name a partner of another")
    where = " and ".join(
        f"{quoted(name)} = {text_literal(value)}" for name, value in {**sides, "flow": flow}.items()
    )
    rows = release.mart(ANSWER).filter(where)
    years = [found for (found,) in rows.project("year").distinct().order("year").fetchall()]
    if not years:
        raise InputError(
            f"{' and '.join(sides.values())}: {release.id} has no answer of the two in any year; "
            "both must be economies of the world's trade, and two of them"
        )
    if year is not None and year not in years:
        raise InputError(f"year {year}: the answers are of {years[0]} to {years[-1]}")
    if year is None:
        told = rows.filter("k_ratio is not null").aggregate("max(year)").fetchone()
        year = told[0] if told and told[0] is not None else years[-1]
    found = rows.filter(f"year = {int(year)}")
    return dict(zip(found.columns, found.fetchall()[0], strict=True))


def code_of(release: Marts, asked: str) -> str:
    """Code of an economy by its code or its name.

    Raises:
        InputError: There is none; the message has names that are near.
    """
    import difflib

    from babel import Locale

    rows = release.mart(LABELS).filter("code_kind = 'country'").order("language = 'en', language")
    names = rows.project("code, label").fetchall()  # English last: it is the title of a code
    # sources have names of their own, such as Kyrgyz Republic
    usual = Locale.parse("en").territories
    codes = release.mart("dim_country").project("country_iso2, country_iso3").fetchall()
    others = [(code, usual[iso2]) for iso2, code in codes if iso2 in usual]
    by_name: dict[str, str] = {label.casefold(): code for code, label in [*others, *names]}
    if asked.upper() in by_name.values():
        return asked.upper()
    if asked.casefold() in by_name:
        return by_name[asked.casefold()]
    near = difflib.get_close_matches(asked.casefold(), by_name, n=NEAR, cutoff=0.7)
    titles = dict(names)
    said = ", ".join(dict.fromkeys(f"{titles[by_name[name]]} ({by_name[name]})" for name in near))
    raise InputError(f"{asked!r}: no economy{f'; near are {said}' if said else ''}")


def lines(row: Row) -> Iterator[str]:
    """The answer for people."""
    flow, year = WORDS[row["flow"]], row["year"]
    yield f"{row['reporter_name']} with {row['partner_name']}, {flow}, {year}"
    for title, text in (
        ("Answer", _class(row)),
        ("How sure", _sure(row)),
        ("Lasting", _lasting(row)),
        ("Typical", _typical(row)),
        ("Pair out", _pair_out(row)),
        ("Others", row["other_answers"]),
        ("Why other", row["difference_reason"]),
        ("Caveat", _caveat(row)),
        ("From", _origin(row)),
    ):
        if text:
            yield f"  {title.ljust(WIDTH)}{text}"


def _class(row: Row) -> str:
    if row["k_ratio"] is None:
        return f"{row['k_status_label']} ({row['k_reason']})"
    trade = f"K {_ratio(row['k_ratio'])} = {_money(row['actual_usd'])} traded"
    said = f"{trade} / {_money(row['predicted_usd'])} predicted"
    return f"{row['class_label'] or row['k_status_label']}: {said}"


def _sure(row: Row) -> str:
    if row["probability_huge"] is None:
        return str(row["probability_status_label"])
    shares = ", ".join(
        f"{name} {row[f'probability_{name}']:.2f}" for name in ("huge", "expansion", "reshaping")
    )
    return f"{row['answer_certainty'] or 'no class'}; probability of {shares}"


def _lasting(row: Row) -> str | None:
    if row["k_lasting_ci_low"] is None:
        return None
    ends = f"{_ratio(row['k_lasting_ci_low'])} to {_ratio(row['k_lasting_ci_high'])}"
    likely = str(row["lasting_class"] or "no class").replace("_", " ")
    return f"{likely} by K of all {row['n_years']} years, pair left out: {ends}"


def _typical(row: Row) -> str | None:
    if row["k_median_of_band"] is None or row["k_percentile"] is None:
        return None
    return (
        f"K {_ratio(row['k_median_of_band'])} among {row['band_pairs']} pairs of like predicted "
        f"size; {row['k_percentile']:.0f} % of them have a lower one"
    )


def _pair_out(row: Row) -> str | None:
    if row["k_pair_out_ratio"] is None:
        return None
    other = row["class_depends_on_own_trade"]
    said = {True: "; the class is another then", False: "; the class stays", None: ""}[other]
    return (
        f"K {_ratio(row['k_pair_out_ratio'])} without the pair's own trade in the benchmark{said}"
    )


def _caveat(row: Row) -> str | None:
    told = [row["trade_flag"], "one side reports no trade" if row["is_unreported"] else None]
    return "; ".join(text for text in told if text) or None


def _origin(row: Row) -> str:
    by = f"{row['study_id']}/{row['spec_id']}/{row['estimator']}" if row["study_id"] else "no study"
    return f"{by}, goods trade of {row['trade_source'].upper()}; release {row['release_id']}"


def _ratio(value: float) -> str:
    return f"{value:.2f}" if 0.005 <= value < 1000.0 else shown(value)


def _money(value: float) -> str:
    """US$ in the unit that leaves one to three digits before the point."""
    for unit, word in ((1e9, "bn"), (1e6, "mn")):
        if abs(value) >= unit:
            return f"{value / unit:.1f} {word} US$"
    return f"{value:,.0f} US$"
