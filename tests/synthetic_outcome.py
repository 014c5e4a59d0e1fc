"""Synthetic own series of e-commerce: made of a formula, measured by nobody.

Of partner k = 1, 2, .. and year t = 0, 1, .. the value is
1e6 * k ** 1.5 * 1.1 ** t * exp(sin(k * (t + 1)) / 2), rounded to hundredths; without the sine,
effects of partners and years would fit it exactly. The partner ``HOLE`` lacks its last
year. Files hold millions, in German form.
"""

from __future__ import annotations

import math
from pathlib import Path

FIRST_YEAR, YEARS = 2013, 8
PARTNERS = {
    "Frankreich": "FRA", "Niederlande": "NLD", "Vereinigtes Königreich": "GBR", "Italien": "ITA",
    "Österreich": "AUT", "Polen": "POL", "Schweiz": "CHE", "Belgien": "BEL", "Spanien": "ESP",
    "Tschechien": "CZE", "Vereinigte Staaten": "USA", "China": "CHN", "Russische Föderation": "RUS",
    "Schweden": "SWE", "Ungarn": "HUN", "Dänemark": "DNK", "Türkei": "TUR", "Japan": "JPN",
    "Südkorea": "KOR", "Rumänien": "ROU", "Slowakei": "SVK", "Finnland": "FIN", "Norwegen": "NOR",
    "Portugal": "PRT", "Griechenland": "GRC", "Irland": "IRL", "Indien": "IND", "Mexiko": "MEX",
    "Kasachstan": "KAZ", "Vietnam": "VNM",
}  # fmt: skip
"""Thirty, by their German name."""
HOLE = "VNM"


def amount(k: int, year: int) -> float:
    """The formula, in whole units of the currency."""
    t = year - FIRST_YEAR
    return round(1e6 * k**1.5 * 1.1**t * math.exp(math.sin(k * (t + 1)) / 2), 2)


def series(years: int = YEARS) -> dict[tuple[str, int], float]:
    """Amount by ISO 3166 code and year, without the hole."""
    last = FIRST_YEAR + years - 1
    return {
        (iso3, year): amount(k, year)
        for k, iso3 in enumerate(PARTNERS.values(), start=1)
        for year in range(FIRST_YEAR, last + 1)
        if (iso3, year) != (HOLE, last)
    }


def german(value: float, decimals: int = 3) -> str:
    """1.234,568: points part thousands, a comma the decimals."""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def german_workbook(path: Path, *, as_text: bool = True, currency: str = "CNY") -> Path:
    """A workbook as a German office hands it on: title, years as columns, a total, footnotes.

    Args:
        path: To write.
        as_text: Whether figures are texts in German form; otherwise numbers.
        currency: Told by the title, which nobody can read but people.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Daten"
    years = range(FIRST_YEAR, FIRST_YEAR + YEARS)
    sheet.append([f"Grenzüberschreitender Online-Handel, Mio. {currency} (SYNTHETISCH)"])
    sheet.append([])
    sheet.append(["Land", *years])
    held = series()
    for name, iso3 in PARTNERS.items():
        values = [held.get((iso3, year)) for year in years]
        cells = [None if value is None else value / 1e6 for value in values]
        shown = ["..." if value is None else german(value) for value in cells]
        sheet.append([name, *(shown if as_text else [v if v is not None else ".." for v in cells])])
    sums = [sum(v for (_, y), v in held.items() if y == year) / 1e6 for year in years]
    sheet.append(["Insgesamt", *(map(german, sums) if as_text else sums)])
    sheet.append(["Quelle: eine Formel, kein Amt. Nicht zu verwenden."])
    book.save(path)
    return path
