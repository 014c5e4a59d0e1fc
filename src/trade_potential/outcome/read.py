"""From a file to rows of own_outcomes: every cell is understood, or refused with its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from trade_potential.errors import InputError
from trade_potential.outcome.countries import Countries, plain
from trade_potential.outcome.layout import Entry, Role, find_layout, year_in
from trade_potential.outcome.numerals import MARKS, Figure, decimal_mark, is_missing, number
from trade_potential.outcome.series import Outcome, OutcomeRow
from trade_potential.outcome.sheets import DELIMITERS, Sheet, read_sheet, shown
from trade_potential.outcome.units import chosen_unit, rates_of

FIRST_YEAR, LAST_YEAR = 1990, 2026
"""As the rules of every input."""
SHARE_TOLERANCE = 0.02
"""Sums of rounded shares lie so near to 1, or to 100."""


class _Read(NamedTuple):
    """A figure that is understood."""

    partner: str
    year: int
    value: float | None
    place: Figure
    product: str


def read_outcome(
    path: str | Path,
    *,
    reporter: str,
    name: str,
    project: str | Path = ".",
    unit: str | None = None,
    currency: str | None = None,
    sheet: str | None = None,
    source: str | None = None,
    accessed: str | None = None,
    decimal: str | None = None,
    delimiter: str | None = None,
    partner_column: str | None = None,
    year_column: str | None = None,
    value_column: str | None = None,
    products: Collection[str] | None = None,
    skip: Collection[str] = (),
) -> Outcome:
    """A series by partner and year of one reporter.

    Args:
        path: .csv, .tsv, .xlsx or .parquet; long, or with years or partners as columns.
        reporter: ISO 3166 alpha-3 code.
        name: Of the series, lower snake_case.
        project: Folder of the project, for its countries and exchange rates.
        unit: Such as EUR million; None: what the head of the column says, else US$.
        currency: Where ``unit`` names none.
        sheet: Of a workbook with several.
        source: URL, or who has made the figures.
        accessed: Day on which they were read, YYYY-MM-DD.
        decimal: comma or point; None: what the figures tell.
        delimiter: comma, semicolon, tab or pipe; None: what parts the lines.
        partner_column: Head of the column of partners, where it has another name.
        year_column: Of years.
        value_column: Of values.
        products: Of a table by product: which of them are added up.
        skip: Partners that are left out, such as a total.

    Raises:
        InputError: What is wrong, in one line: file, sheet, cell, column, value and rule.
    """
    countries = Countries(Path(project))
    _check(reporter, name, accessed, countries, decimal=decimal, delimiter=delimiter)
    found = read_sheet(Path(path), sheet=sheet, delimiter=delimiter)
    named: dict[Role, str | None] = {
        "partner": partner_column, "year": year_column, "value": value_column
    }  # fmt: skip
    layout = find_layout(found, countries, named)
    entries = list(layout.entries(found))
    in_unit = chosen_unit(unit, currency, layout.value_head(found), found.label)
    mark = decimal_mark(found, (entry.value for entry in entries), decimal)
    read = list(_understood(found, entries, countries, reporter, mark, skip))
    read = _added_up(found, read, products, "product" in layout.columns)
    figures = [one for one in read if one.value is not None]
    if not figures:
        raise InputError(f"{found.label}: no figure (rule: a series has one at least)")
    _refuse_shares(found.label, figures)
    rates = rates_of(Path(project), str(in_unit.currency), {one.year for one in figures})
    rows = tuple(
        OutcomeRow(
            series_id=name,
            reporter_iso3=reporter,
            partner_iso3=one.partner,
            unit_as_given=in_unit.text,
            url=source or "",
            year=one.year,
            value_as_given=float(one.value or 0.0),
            value_usd=float(one.value or 0.0) * in_unit.factor / rates[one.year],
            accessed_on=accessed or "",
        )
        for one in sorted(figures, key=lambda one: (one.partner, one.year))
    )
    return Outcome(
        series_id=name,
        reporter_iso3=reporter,
        source=found.label,
        layout=layout.kind,
        unit=in_unit.text,
        rows=rows,
        missing=tuple(sorted((one.partner, one.year) for one in read if one.value is None)),
        notes=(*found.notes, *layout.notes(found), *_skipped(skip)),
    )


def _check(
    reporter: str,
    name: str,
    accessed: str | None,
    countries: Countries,
    *,
    decimal: str | None,
    delimiter: str | None,
) -> None:
    """What needs no file."""
    if reporter not in countries.names:
        rule = "the reporter is an ISO 3166 alpha-3 code of seeds/inputs/countries.csv"
        raise InputError(f'--reporter: "{reporter}" (rule: {rule})')
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise InputError(f'--name: "{name}" (rule: a series has a name in lower snake_case)')
    for option, given, known in (("decimal", decimal, MARKS), ("delimiter", delimiter, DELIMITERS)):
        if given is not None and given not in known:
            raise InputError(f'--{option}: "{given}" (rule: it is one of {", ".join(known)})')
    if accessed is not None:
        try:
            day = date.fromisoformat(accessed)
        except ValueError:
            day = None
        if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR or str(day) != accessed:
            rule = f"the day is YYYY-MM-DD, {FIRST_YEAR} to {LAST_YEAR}"
            raise InputError(f'--accessed: "{accessed}" (rule: {rule})')


def _skipped(skip: Collection[str]) -> Iterable[str]:
    return [f"left out by --skip: {', '.join(skip)}"] if skip else []


def _understood(
    sheet: Sheet,
    entries: Iterable[Entry],
    countries: Countries,
    reporter: str,
    mark: str,
    skip: Collection[str],
) -> Iterable[_Read]:
    """Partner, year and number of every figure that is not left out."""
    left_out = {plain(text) for text in skip}
    partners: dict[str, str] = {}
    for entry in entries:
        text = shown(entry.partner.value)
        if plain(text) in left_out:
            continue
        if text not in partners:
            partners[text] = _partner(sheet, entry.partner, countries, reporter)
        if entry.reporter and countries.find(shown(entry.reporter.value)) != reporter:
            rule = f"every row is of the reporter {reporter}"
            sheet.refuse(*entry.reporter, rule)
        year = year_in(entry.year.value)
        if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
            sheet.refuse(*entry.year, f"a year is one of {FIRST_YEAR} to {LAST_YEAR}")
        value = None
        if not is_missing(entry.value.value):
            value = number(sheet, entry.value, mark)
        product = shown(entry.product.value) if entry.product else ""
        yield _Read(partners[text], year, value, entry.value, product)


def _partner(sheet: Sheet, figure: Figure, countries: Countries, reporter: str) -> str:
    text = shown(figure.value)
    iso3 = countries.find(text)
    if iso3 is None:
        sheet.refuse(*figure, countries.rule(text))
    if iso3 == reporter:
        sheet.refuse(*figure, "a partner is another country than the reporter")
    return iso3


def _added_up(
    sheet: Sheet, read: list[_Read], products: Collection[str] | None, has_products: bool
) -> list[_Read]:
    """One figure a partner and year; of products that were asked for, their sum.

    A product that is not listed adds nothing, one without a figure leaves the sum without one.
    """
    if has_products and not products:
        known = sorted({one.product for one in read})
        rule = f"--products names those to add up, of {', '.join(known[:8])}"
        raise InputError(f"{sheet.label}: {len(known)} products (rule: {rule})")
    if products:
        if not has_products:
            rule = "--products is of a table with a column product or chapter"
            raise InputError(f"{sheet.label}: no column of products (rule: {rule})")
        asked = {product.lstrip("0") for product in products}
        lacking = asked - {one.product.lstrip("0") for one in read}
        if lacking:
            said = ", ".join(sorted(lacking))
            raise InputError(f"{sheet.label}: no row of {said} (rule: --products are in the table)")
        read = [one for one in read if one.product.lstrip("0") in asked]
    first: dict[tuple[str, int, str], _Read] = {}
    sums: dict[tuple[str, int], _Read] = {}
    for one in read:
        key = (one.partner, one.year, one.product.lstrip("0"))
        if key in first:
            place = first[key].place
            other = f"line {place.row + 1}, column {place.header or place.column + 1}"
            rule = (
                f"a partner has one figure a year; {one.partner} {one.year} stands in {other}, too"
            )
            sheet.refuse(*one.place, rule)
        first[key] = one
        so_far = sums.get(key[:2])
        if so_far:
            both = (so_far.value, one.value)
            total = None if None in both else sum(value or 0.0 for value in both)
            one = one._replace(value=total)
        sums[key[:2]] = one
    return list(sums.values())


def _refuse_shares(label: str, figures: list[_Read]) -> None:
    """Refuse what adds up to 1 or to 100 in every year: shares of a total, or per cents of it."""
    years: dict[int, list[float]] = {}
    for one in figures:
        years.setdefault(one.year, []).append(one.value or 0.0)
    for whole in (1.0, 100.0):
        near = [abs(sum(of) / whole - 1.0) <= SHARE_TOLERANCE for of in years.values()]
        if all(near) and all(len(of) > 2 for of in years.values()):
            rule = "amounts are read, not shares: multiply by the total of the year"
            raise InputError(f"{label}: every year adds up to {whole:g} (rule: {rule})")
