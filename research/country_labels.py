"""Names of countries in other languages, from the Unicode CLDR as Babel has it: rows of the seed.

    python -m research.country_labels           rows as CSV, for seeds/study/labels.csv
    python -m research.country_labels --check   whether the seed has these rows

English names are those of the seed countries.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from babel import Locale

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = ("code_kind", "code", "language", "label", "source_id")
KIND, SOURCE = "country", "unicode_cldr"
LANGUAGES = ("zh", "ru")


def read(path: str) -> list[dict[str, str]]:
    """Rows of a seed."""
    with (ROOT / "seeds" / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows() -> Iterator[tuple[str, ...]]:
    """One row a country and language, in the order of the codes."""
    for country in sorted(read("inputs/countries.csv"), key=lambda row: row["country_iso3"]):
        for language in LANGUAGES:
            name = Locale.parse(language).territories[country["country_iso2"]]
            yield KIND, country["country_iso3"], language, name, SOURCE


def main() -> int:
    """Print the rows, or compare them with the seed."""
    if sys.argv[1:] == ["--check"]:
        held = {
            tuple(row[name] for name in COLUMNS)
            for row in read("study/labels.csv")
            if row["code_kind"] == KIND
        }
        differing = sorted(held ^ set(rows()))
        for row in differing:
            print("the seed labels and the CLDR differ:", *row)
        return int(bool(differing))
    csv.writer(sys.stdout, lineterminator="\n").writerows(rows())
    return 0


if __name__ == "__main__":
    sys.exit(main())
