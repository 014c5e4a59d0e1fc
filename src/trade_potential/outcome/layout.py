"""Where a table has its partners, years and values: a long one, or years or partners as columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from trade_potential.errors import InputError
from trade_potential.outcome.countries import Countries, plain
from trade_potential.outcome.numerals import Figure, is_missing
from trade_potential.outcome.sheets import Sheet, Value, shown

Role = Literal["partner", "year", "value", "reporter", "product"]

HEADS: dict[Role, tuple[str, ...]] = {
    # codes before names: a name may be spelled in many ways
    "partner": (
        *("partner iso3", "partner iso", "iso3", "iso 3", "partner iso2", "iso2", "iso", "code"),
        *("partner code", "country code", "country iso3", "partner", "partners", "partnerland"),
        *("partner name", "partner country", "country", "country name", "land", "lander", "staat"),
        *("destination", "zielland", "herkunftsland", "bestimmungsland", "geo", "economy"),
    ),
    "year": ("year", "years", "jahr", "jahre", "time", "time period", "period", "zeit", "ano"),
    "value": (
        *("value", "values", "wert", "werte", "amount", "betrag", "obs value", "trade", "volume"),
        *("exports", "imports", "export", "import", "ausfuhr", "einfuhr", "umsatz", "turnover"),
        *("sales", "flow", "total", "insgesamt", "handel", "ecommerce", "e commerce"),
    ),
    "reporter": ("reporter", "reporter iso3", "reporter code", "meldeland", "reporting country"),
    "product": ("product", "hs", "hs2", "hs chapter", "chapter", "kapitel", "warengruppe", "ware"),
}
SEARCHED = 40
"""Rows among which the head of a table is looked for: titles stand above it."""


class Entry(NamedTuple):
    """A figure with what it is of, not yet understood."""

    partner: Figure
    year: Figure
    value: Figure
    reporter: Figure | None = None
    product: Figure | None = None


@dataclass(frozen=True)
class Layout:
    """A table found in a sheet.

    Attributes:
        kind: long, years (as columns) or partners (as columns).
        head: Row of the heads of columns.
        columns: Column by role, of those that are columns.
        across: Columns of a wide table: of a year or a partner each.
        ignored: Heads of columns that are not read.
    """

    kind: Literal["long", "years", "partners"]
    head: int
    columns: dict[Role, int]
    across: tuple[int, ...] = ()
    ignored: tuple[str, ...] = field(default=())

    def value_head(self, sheet: Sheet) -> str | None:
        """The head of the column of values of a long table."""
        return shown(sheet.value(self.head, self.columns["value"])) if self.kind == "long" else None

    def entries(self, sheet: Sheet) -> Iterator[Entry]:
        """Every figure below the head; rows without partner, year and value say nothing."""
        for row in range(self.head + 1, len(sheet.rows)):
            if _is_note(sheet, row, self):
                continue
            if self.kind == "long":
                held: dict[str, Figure] = {
                    role: self._at(sheet, row, column) for role, column in self.columns.items()
                }
                entry = Entry(**held)
                if any(figure.value is not None for figure in entry[:3]):
                    yield entry
                continue
            role: Role = "partner" if self.kind == "years" else "year"
            own = self._at(sheet, row, self.columns[role])
            if own.value is None and all(sheet.value(row, c) is None for c in self.across):
                continue
            for column in self.across:
                head = sheet.value(self.head, column)
                other = Figure(self.head, column, "", head)
                value = Figure(row, column, shown(head), sheet.value(row, column))
                pair = (own, other) if self.kind == "years" else (other, own)
                yield Entry(*pair, value)

    def notes(self, sheet: Sheet) -> list[str]:
        """Rows below the table that hold a text alone, as footnotes do, and unread columns."""
        return [f"column not read: {head}" for head in self.ignored] + [
            f"not read, a note: {shown(next(cell for cell in sheet.rows[row] if cell is not None))}"
            for row in range(self.head + 1, len(sheet.rows))
            if _is_note(sheet, row, self)
        ]

    def _at(self, sheet: Sheet, row: int, column: int) -> Figure:
        head = shown(sheet.value(self.head, column))
        return Figure(row, column, head, sheet.value(row, column))


def _is_note(sheet: Sheet, row: int, layout: Layout) -> bool:
    """Whether a row has a text of some words and no cell besides."""
    cells = [cell for cell in sheet.rows[row] if cell is not None]
    text = str(cells[0]) if cells else ""
    is_text = len(cells) == 1 and isinstance(cells[0], str) and not year_in(text)
    return is_text and row > layout.head + 1 and (len(text.split()) > 2 or ":" in text)


def year_in(value: Value) -> int | None:
    """The calendar year that a cell names."""
    if isinstance(value, date):
        return value.year if (value.month, value.day) in ((1, 1), (12, 31)) else None
    if isinstance(value, float):
        return int(value) if value.is_integer() and 1800 <= value <= 2200 else None
    text = re.sub(r"^(?:jahr|year|y|x|_)\s*", "", str(value or "").strip().lower())
    return int(text) if re.fullmatch(r"(?:1[89]|2[01])\d\d(?:\.0)?", text) else None


def head_of(value: Value) -> str:
    """The head of a column without its unit."""
    return plain(re.sub(r"[(\[].*?[)\]]", "", shown(value)))


def _role(value: Value, role: Role) -> int | None:
    """How early in ``HEADS`` a head stands; a unit may be behind that of values."""
    name, known = head_of(value), HEADS[role]
    if name in known:
        return known.index(name)
    words = name.split()
    if role == "value" and len(words) > 1 and words[0] in known:
        return known.index(words[0])
    return None


def find_layout(sheet: Sheet, countries: Countries, named: dict[Role, str | None]) -> Layout:
    """The table of a sheet.

    Args:
        sheet: Its cells.
        countries: That partners can be.
        named: Heads of columns that options name, by role.

    Raises:
        InputError: There is none, or more than one column of a kind.
    """
    for row in range(min(SEARCHED, len(sheet.rows))):
        if sum(cell is not None for cell in sheet.rows[row]) < 2:
            continue
        found = _long(sheet, row, named) or _wide(sheet, row, countries, named)
        if found:
            return found
    for role, head in named.items():
        if head and not any(head_is(cell, head) for row in sheet.rows[:SEARCHED] for cell in row):
            rule = f"--{role}-column names a head of the table"
            raise InputError(f'{sheet.label}: no column "{head}" (rule: {rule})')
    rule = (
        "a row of heads names partner, year and value, or holds years or partners; other names are "
        "told by --partner-column, --year-column and --value-column"
    )
    raise InputError(
        f"{sheet.label}: no head of a table in the first {SEARCHED} rows (rule: {rule})"
    )


def head_is(value: Value, name: str) -> bool:
    """Whether a head is the one that an option names."""
    return value is not None and shown(value).strip().lower() == name.strip().lower()


def _columns(sheet: Sheet, row: int, named: dict[Role, str | None]) -> dict[Role, list[int]]:
    """Columns by role, the best ones first; an option stands above all names."""
    found: dict[Role, list[int]] = {}
    for role in HEADS:
        own = named.get(role)
        if own:
            found[role] = [c for c, cell in enumerate(sheet.rows[row]) if head_is(cell, own)]
            continue
        ranks = [(_role(cell, role), c) for c, cell in enumerate(sheet.rows[row])]
        found[role] = [c for rank, c in sorted((r, c) for r, c in ranks if r is not None)]
    return found


def _long(sheet: Sheet, row: int, named: dict[Role, str | None]) -> Layout | None:
    found = _columns(sheet, row, named)
    if not (found["partner"] and found["year"] and found["value"]):
        return None
    chosen = {role: columns[0] for role, columns in found.items() if columns}
    values = [c for c in found["value"] if c not in (chosen["partner"], chosen["year"])]
    if len(values) > 1:
        heads = " and ".join(shown(sheet.value(row, c)) for c in values)
        rule = "one column has the values: --value-column names it"
        raise InputError(f"{sheet.label}: columns {heads} (rule: {rule})")
    if not values or len(set(chosen.values())) < len(chosen):
        return None
    chosen["value"] = values[0]
    return Layout("long", row, chosen, ignored=_others(sheet, row, set(chosen.values())))


def _wide(
    sheet: Sheet, row: int, countries: Countries, named: dict[Role, str | None]
) -> Layout | None:
    cells = sheet.rows[row]
    found = _columns(sheet, row, named)
    years = [c for c, cell in enumerate(cells) if year_in(cell)]
    if years and len(years) + 1 <= sum(cell is not None for cell in [*cells, ""]):
        partner = found["partner"] or [c for c in range(years[0]) if c not in years]
        if partner and (found["partner"] or len(years) > 1):
            own = partner[0]
            rest = _others(sheet, row, {own, *years})
            for column, cell in enumerate(cells):
                if column not in years and re.match(r"(?:19|20)\d\d\b", shown(cell)):
                    rule = "the head of a year is its four digits"
                    sheet.refuse(row, column, "", cell, rule)
            return Layout("years", row, {"partner": own}, tuple(years), rest)
        if not partner:
            return None
    if found["year"] and not years:
        own = found["year"][0]
        others = [c for c, cell in enumerate(cells) if cell is not None and c != own]
        known = [c for c in others if countries.find(shown(cells[c]))]
        if len(known) > 1 and 2 * len(known) >= len(others):
            return Layout("partners", row, {"year": own}, tuple(others))
    return None


def _others(sheet: Sheet, row: int, read: set[int]) -> tuple[str, ...]:
    """Heads of columns that are not read and hold something."""
    found = []
    for column, cell in enumerate(sheet.rows[row]):
        held = any(not is_missing(sheet.value(r, column)) for r in range(row + 1, len(sheet.rows)))
        if column not in read and (cell is not None or held) and held:
            found.append(shown(cell) or f"number {column + 1}, without a head")
    return tuple(found)
