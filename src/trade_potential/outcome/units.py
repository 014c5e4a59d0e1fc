"""Units of amounts: a currency and how many of it one is."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from trade_potential.errors import InputError

CURRENCIES = {"us$": "USD", "$": "USD", "€": "EUR", "euro": "EUR", "£": "GBP", "rmb": "CNY"}
MULTIPLES = {
    1e3: ("thousand", "thousands", "tsd", "tausend", "k", "1000", "th", "ths"),
    1e6: ("million", "millions", "mio", "mn", "mln", "millionen"),
    1e9: ("billion", "bn", "mrd", "bln", "milliarden", "milliarde"),
    1e12: ("trillion", "tn", "trn", "billionen"),
}
FACTORS = {word: factor for factor, words in MULTIPLES.items() for word in words}
SHARES = ("%", "percent", "prozent", "share", "shares", "anteil", "anteile", "pct")
SILENT = ("in", "of", "current", "nominal", "value", "values", "wert")
RATES = Path("seeds/inputs/exchange_rates.csv")
EXAMPLE = '"USD million" or "EUR thousand"'


class Unit(NamedTuple):
    """What one stands for.

    Attributes:
        currency: ISO 4217; None: not said.
        factor: Units of the currency.
        text: As it was given.
    """

    currency: str | None
    factor: float
    text: str


def unit_of(text: str, *, where: str) -> Unit:
    """The unit that a text says.

    Args:
        text: Such as EUR million, Mio. EUR, US$, thousand.
        where: What holds the text, for messages.

    Raises:
        InputError: A word of it is none of those known, or it is a share.
    """
    currency, factor = None, 1.0
    words = re.findall(r"us\$|[€£$%]|[^\W_]+", text.lower().replace("1,000", "1000"))
    for word in words:
        if word in SHARES:
            rule = "amounts are read, not shares: multiply by the total of the year"
            raise InputError(f'{where}: "{text}" (rule: {rule})')
        if word in FACTORS and factor == 1.0:
            factor = FACTORS[word]
        elif (word in CURRENCIES or re.fullmatch("[a-z]{3}", word)) and currency is None:
            currency = CURRENCIES.get(word, word.upper())
        elif word not in SILENT:
            rule = f"a unit is a currency and a multiple, such as {EXAMPLE}"
            raise InputError(f'{where}: "{text}" (rule: {rule})')
    return Unit(currency, factor, text)


def chosen_unit(given: str | None, currency: str | None, header: str | None, label: str) -> Unit:
    """The unit by the options and by the head of the column; US$ where neither says any.

    Raises:
        InputError: They contradict each other.
    """
    asked = unit_of(given, where="--unit") if given else None
    code = currency.upper() if currency else None
    if code and not re.fullmatch("[A-Z]{3}", code):
        rule = "a currency is three letters of ISO 4217, such as EUR"
        raise InputError(f'--currency: "{currency}" (rule: {rule})')
    if asked and code and asked.currency not in (None, code):
        raise InputError(f'--currency: "{code}" (rule: it is that of --unit, {asked.currency})')
    said = _of_header(header)
    if said and asked:
        differs = said.factor != asked.factor
        differs = differs or said.currency not in (None, asked.currency or code or said.currency)
        if differs:
            rule = f'--unit says what the head of the column says: "{said.text}"'
            raise InputError(f'{label}, column {header}: "{given}" (rule: {rule})')
    of_header = said.currency if said else None
    if of_header and code and of_header != code:
        raise InputError(f'{label}, column {header}: "{code}" (rule: the column is in {of_header})')
    base = asked or said or Unit(None, 1.0, "US$")
    found = base.currency or code or of_header or "USD"
    name = next((words[0] for factor, words in MULTIPLES.items() if factor == base.factor), "")
    return Unit(found, base.factor, f"{found} {name}".strip())


def _of_header(header: str | None) -> Unit | None:
    """A unit in the head of a column, behind its name or in brackets; None: none that is known."""
    if not header:
        return None
    inside = re.search(r"[(\[](.+)[)\]]", header)
    words = inside.group(1) if inside else " ".join(re.split(r"[\s_,]+", header)[1:])
    try:
        unit = unit_of(words, where="") if words else None
    except InputError:
        if re.search(r"%|percent|prozent|share|anteil|pct", words.lower()):
            raise InputError(f"column {header}: shares (rule: amounts are read)") from None
        return None
    if unit and unit.factor == 1.0 and unit.currency not in {*CURRENCIES.values(), "CNY", "JPY"}:
        return None  # three letters that are no currency
    return unit


def rates_of(project: Path, currency: str, years: Iterable[int]) -> dict[int, float]:
    """Units of a currency per US$ by year, of the exchange rates of the project.

    Raises:
        InputError: The project has none of the currency, or none of a year.
    """
    if currency == "USD":
        return dict.fromkeys(years, 1.0)
    file = project / RATES
    if not file.is_file():
        raise InputError(f"{file}: no such file (rule: --project names the project)")
    with file.open(encoding="utf-8", newline="") as text:
        rows = [(r["currency"], int(r["year"]), r["lcu_per_usd"]) for r in csv.DictReader(text)]
    rates = {year: float(rate) for code, year, rate in rows if code == currency}
    known = sorted({code for code, _, _ in rows})
    if not rates:
        rule = f"amounts are in USD, or in a currency of {RATES}: {', '.join(known)}"
        raise InputError(f'--unit: "{currency}" (rule: {rule})')
    lacking = sorted(set(years) - set(rates))
    if lacking:
        rule = f"{RATES} has the rate of every year of the series"
        raise InputError(f'--unit: "{currency} in {lacking[0]}" (rule: {rule})')
    return rates
