"""Names and codes of countries as files write them, to ISO 3166 alpha-3."""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from pathlib import Path

from trade_potential.errors import InputError

COUNTRIES = Path("seeds/inputs/countries.csv")
MAPPINGS = Path("seeds/inputs/country_code_mappings.csv")
LANGUAGES = ("en", "de", "fr", "es")
"""Names of countries in these languages are known from the CLDR, by way of Babel."""

ALIASES = {
    "USA": ("united states of america", "usa", "us", "vereinigte staaten von amerika"),
    "GBR": ("great britain", "uk", "gb", "grossbritannien"),
    "GRC": ("el",),  # as Eurostat writes it
    "KOR": (
        "korea republic of",
        "korea rep",
        "republic of korea",
        "korea republik",
        "republik korea",
    ),
    "PRK": ("korea dem people s rep", "dem people s republic of korea"),
    "RUS": ("russian federation", "russische foderation"),
    "VNM": ("viet nam",),
    "CZE": ("czech republic", "tschechische republik"),
    "SVK": ("slovak republic", "slowakische republik"),
    "TUR": ("turkey", "turkei"),
    "IRN": ("iran islamic republic of", "iran islamic rep"),
    "CHN": ("china mainland", "people s republic of china", "volksrepublik china"),
    "HKG": ("hong kong", "hongkong", "china hong kong sar", "hong kong sar china"),
    "MAC": ("macau", "macao", "china macao sar"),
    "TWN": ("taiwan province of china", "chinese taipei", "other asia nes"),
    "MDA": ("republic of moldova", "republik moldau"),
    "LAO": ("lao people s dem rep", "lao pdr"),
    "COD": ("dem rep of the congo", "congo dem rep"),
    "COG": ("congo rep", "congo"),
    "NLD": ("the netherlands",),
    "ARE": ("united arab emirates", "vae"),
    "BLR": ("weissrussland",),
    "KGZ": ("kyrgyzstan", "kirgistan"),
}
"""Names that neither the list of countries nor the CLDR has; lower case, without accents."""


def plain(name: str) -> str:
    """A name in lower case, without accents, signs and footnote marks."""
    text = re.sub(r"(?:\s*(?:\*+|\d+\)|\(\d+\)|[¹²³]))+$", "", name.strip())
    text = text.lower().replace("ß", "ss").replace("&", " and ")
    text = unicodedata.normalize("NFKD", text)
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    return re.sub(r"\bst\b", "saint", " ".join(re.sub(r"[^\w]+|_", " ", text).split()))


class Countries:
    """The countries of a project by code and name.

    Attributes:
        names: Name by ISO 3166 alpha-3 code.
    """

    def __init__(self, project: Path) -> None:
        """Read the lists of the project."""
        rows = _rows(project / COUNTRIES)
        self.names = {row["country_iso3"]: row["country_name"] for row in rows}
        self._codes = {row["country_iso3"]: row["country_iso3"] for row in rows}
        self._codes |= {row["country_iso2"]: row["country_iso3"] for row in rows}
        self._gone: dict[str, str] = {}
        for row in _rows(project / MAPPINGS):
            if row["country_iso3"]:
                self._codes[row["source_code"]] = row["country_iso3"]
            else:
                self._gone[row["source_code"]] = row["reason"]
        by_iso2 = {row["country_iso2"]: row["country_iso3"] for row in rows}
        found: dict[str, set[str]] = {}
        for name, iso3 in _translated(by_iso2):
            found.setdefault(plain(name), set()).add(iso3)
        # what the list of the project and the aliases say stands above what languages call it
        self._named = {name: next(iter(of)) for name, of in found.items() if len(of) == 1}
        self._named |= {plain(name): iso3 for iso3, name in self.names.items()}
        for iso3, aliases in ALIASES.items():
            if iso3 in self.names:
                self._named |= dict.fromkeys(map(plain, aliases), iso3)

    def find(self, text: str) -> str | None:
        """ISO 3166 alpha-3 code of a code or a name; None: it is none that is known."""
        stripped = text.strip()
        if stripped.upper() in self._codes and (stripped.isupper() or len(stripped) == 3):
            return self._codes[stripped.upper()]
        return self._named.get(plain(text))

    def rule(self, text: str) -> str:
        """Why ``find`` has nothing, with the names that are nearest."""
        if text in self._gone:
            return f"the code stands for no country of today: {self._gone[text]}"
        near = difflib.get_close_matches(plain(text), self._named, n=6, cutoff=0.6)
        codes = list(dict.fromkeys(self._named[name] for name in near))[:3]
        said = " or ".join(f"{self.names[iso3]} ({iso3})" for iso3 in codes)
        more = f"; near are {said}" if said else ""
        return (
            "a partner is a country by its name or ISO 3166 code (a total or a group is left out "
            f"by --skip){more}"
        )


def _rows(file: Path) -> list[dict[str, str]]:
    if not file.is_file():
        raise InputError(f"{file}: no such file (rule: --project names the project)")
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def _translated(by_iso2: dict[str, str]) -> list[tuple[str, str]]:
    """Names of countries in ``LANGUAGES``, with their codes."""
    from babel import Locale

    return [
        (name, by_iso2[code])
        for language in LANGUAGES
        for code, name in Locale(language).territories.items()
        if code in by_iso2
    ]
